package sealgate.inputs.terraform_plan.facts_test

import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.lib.value

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_said := {"context": {"region": "us-west-2", "account": "111122223333"}}

_input(changes, root) := object.union(plan_test.holding(changes, root), _said)

_new_key(address) := plan_test.created(address, {}, {"arn": true, "key_id": true, "id": true})

# --- Keys

test_key_that_is_there_and_one_that_is_to_be_created if {
	changes := [
		plan_test.kept("aws_kms_key.old", {"arn": _key}),
		_new_key("aws_kms_key.new"),
		plan_test.created("aws_kms_key.regions", {"multi_region": true}, {"arn": true}),
		plan_test.created("aws_kms_replica_key.replica", {}, {"arn": true}),
		plan_test.created("awscc_kms_key.cc", {"multi_region": false}, {"arn": true}),
		plan_test.deleted("aws_kms_key.gone", {"arn": "x"}),
		plan_test.created("data.aws_kms_key.read", {}, {"arn": true}),
	]
	found := [[key.index, key.address, key.arn, key.key_id] | some key in facts.keys] with input as _input(changes, {})
	prefix := "arn:aws:kms:us-west-2:111122223333:key"
	found == [
		[0, "aws_kms_key.old", _key, "1234abcd-12ab-34cd-56ef-1234567890ab"],
		[1, "aws_kms_key.new", concat("/", [prefix, "00000000-0000-0000-0000-000000000002"]), "00000000-0000-0000-0000-000000000002"],
		[2, "aws_kms_key.regions", concat("/", [prefix, "mrk-00000000000000000000000000000003"]), "mrk-00000000000000000000000000000003"],
		[3, "aws_kms_replica_key.replica", concat("/", [prefix, "mrk-00000000000000000000000000000004"]), "mrk-00000000000000000000000000000004"],
		[4, "awscc_kms_key.cc", concat("/", [prefix, "00000000-0000-0000-0000-000000000005"]), "00000000-0000-0000-0000-000000000005"],
	]
}

test_made_up_names_where_nobody_knows_account_and_region if {
	[key] := facts.keys with input as plan_test.holding([_new_key("aws_kms_key.k")], {})
	key.arn == "arn:aws:kms:unknown-region-0:000000000000:key/00000000-0000-0000-0000-000000000001"
}

# --- Principals

test_principals_have_the_arn_that_they_will_have if {
	changes := [
		plan_test.created("aws_iam_role.named", {"name": "Job", "path": "/ml/"}, {"arn": true}),
		plan_test.created("aws_iam_role.prefix", {"name_prefix": "job-"}, {"arn": true, "name": true}),
		plan_test.kept("aws_iam_user.me", {"name": "me", "arn": "arn:aws:iam::444455556666:user/x/me"}),
		plan_test.created("awscc_iam_role.cc", {"role_name": "CC"}, {"arn": true}),
	]
	found := [[principal.address, principal.name, principal.arn] | some principal in facts.principals] with input as _input(changes, {})
	found == [
		["aws_iam_role.named", "Job", "arn:aws:iam::111122223333:role/ml/Job"],
		["aws_iam_role.prefix", "planned-000000000002", "arn:aws:iam::111122223333:role/planned-000000000002"],
		["awscc_iam_role.cc", "CC", "arn:aws:iam::111122223333:role/CC"],
		["aws_iam_user.me", "me", "arn:aws:iam::444455556666:user/x/me"],
	]
}

# --- Aliases

test_aliases_with_the_keys_behind_them if {
	root := {"resources": [
		plan_test.configured("aws_kms_alias.new", {"target_key_id": plan_test.from(["aws_kms_key.new.id", "aws_kms_key.new"])}),
		plan_test.configured("aws_kms_alias.open", {"target_key_id": plan_test.from(["local.key"])}),
	]}
	changes := [
		_new_key("aws_kms_key.new"),
		plan_test.kept("aws_kms_key.old", {"arn": _key}),
		plan_test.created("aws_kms_alias.new", {"name": "alias/new"}, {"target_key_id": true}),
		plan_test.created("aws_kms_alias.id", {"name": "alias/id", "target_key_id": "1234abcd-12ab-34cd-56ef-1234567890ab"}, {}),
		plan_test.created("aws_kms_alias.arn", {"target_key_id": _key}, {"name": true}),
		plan_test.created("aws_kms_alias.open", {"name": "alias/open"}, {"target_key_id": true}),
		plan_test.created("awscc_kms_alias.cc", {"alias_name": "alias/cc", "target_key_id": "alias/other"}, {}),
	]
	found := [[alias.name, alias.arn, alias.keys] | some alias in facts.aliases] with input as _input(changes, root)
	prefix := "arn:aws:kms:us-west-2:111122223333"
	found == [
		["alias/new", concat(":", [prefix, "alias/new"]), [value.known(concat(":", [prefix, "key/00000000-0000-0000-0000-000000000001"]))]],
		["alias/id", concat(":", [prefix, "alias/id"]), [value.known(_key)]],
		["alias/planned-000000000005", concat(":", [prefix, "alias/planned-000000000005"]), [value.known(_key)]],
		["alias/open", concat(":", [prefix, "alias/open"]), [value.unknown("it is not known until apply: it comes from local.key")]],
		["alias/cc", concat(":", [prefix, "alias/cc"]), [value.known("alias/other")]],
	]
}

test_id_of_two_keys_is_of_none if {
	# A multi-Region key has the same id in each Region.
	first := "arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
	second := "arn:aws:kms:eu-west-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab"
	changes := [
		plan_test.created("aws_kms_alias.a", {"name": "alias/a", "target_key_id": "mrk-1234abcd12ab34cd56ef1234567890ab"}, {}),
		plan_test.kept("aws_kms_key.one", {"arn": first}),
		plan_test.kept("aws_kms_replica_key.two", {"arn": second}),
	]
	[alias] := facts.aliases with input as _input(changes, {})
	alias.keys == [value.known("mrk-1234abcd12ab34cd56ef1234567890ab")]
}

# --- Region, account and partition

_region(change, root, context) := found if {
	# regal ignore:with-outside-test-context
	found := facts.region(plan.changes[0]) with input as object.union(plan_test.holding([change], root), {"context": context})
}

_provider(expressions) := {
	"resources": [object.union(plan_test.configured("aws_kms_key.k", {}), {"provider_config_key": "aws.west"})],
	"provider_config": {"aws.west": {"name": "aws", "alias": "west", "expressions": expressions}},
}

test_region_of_a_resource if {
	_region(plan_test.kept("aws_kms_key.k", {"region": "eu-west-1", "arn": _key}), {}, {"region": "us-east-1"}) == value.known("eu-west-1")
	_region(plan_test.kept("aws_kms_key.k", {"arn": _key}), {}, {"region": "us-east-1"}) == value.known("us-west-2")
	_region(_new_key("aws_kms_key.k"), {}, {"region": "us-east-1"}) == value.known("us-east-1")
	every wrong in [{"region": null}, {"region": 7}, {"arn": "arn:aws:iam::111122223333:role/r"}, {"arn": "text"}] {
		found := _region(plan_test.kept("aws_kms_key.k", wrong), {}, {})
		found.state == "unknown"
		found.part == "region"
	}
}

test_region_of_the_provider if {
	every expression, expected in {
		{"constant_value": "us-east-2"}: value.known("us-east-2"),
		plan_test.from(["var.region"]): value.known("eu-north-1"),
		plan_test.from(["local.region"]): value.known("us-west-2"),
		plan_test.from(["var.other"]): value.known("us-west-2"),
		{"constant_value": 7}: value.known("us-west-2"),
		{"references": [7, {"x": 1}]}: value.known("us-west-2"),
		{}: value.known("us-west-2"),
	} {
		configuration := _provider({"region": expression})
		document := {
			"context": {"region": "us-west-2"},
			"subject": {"terraform_plan": {
				"resource_changes": [_new_key("aws_kms_key.k")],
				"variables": {"region": {"value": "eu-north-1"}},
				"configuration": {
					"provider_config": configuration.provider_config,
					"root_module": {"resources": configuration.resources},
				},
			}},
		}
		found := facts.region(plan.changes[0]) with input as document
		found == expected
	}
}

_account(changes, prior, context) := [account, text] if {
	document := {
		"context": context,
		"subject": {"terraform_plan": {
			"resource_changes": changes,
			"prior_state": {"values": {"root_module": {"resources": [{
				"address": "data.aws_caller_identity.me",
				"mode": "data",
				"type": "aws_caller_identity",
				"name": "me",
				"values": {"account_id": account_id},
			} |
				some account_id in prior
			]}}},
		}},
	}

	# regal ignore:with-outside-test-context
	account := facts.account with input as document

	# regal ignore:with-outside-test-context
	text := facts.account_text with input as document
}

test_account_as_it_was_said_told_or_seen if {
	key := plan_test.kept("aws_kms_key.k", {"arn": _key})
	other := plan_test.kept("aws_iam_role.r", {"arn": "arn:aws:iam::444455556666:role/r", "name": "r"})
	every case in [
		{"changes": [key, other], "prior": ["444455556666"], "context": {"account": "000011112222"}, "account": "000011112222"},
		{"changes": [key], "prior": ["444455556666", "444455556666"], "context": {}, "account": "444455556666"},
		{"changes": [key], "prior": ["444455556666", "000011112222"], "context": {}, "account": "111122223333"},
		{"changes": [key], "prior": [7, null], "context": {"account": 7}, "account": "111122223333"},
		{"changes": [plan_test.created("aws_sagemaker_endpoint_configuration.e", {"execution_role_arn": "arn:aws:iam::111122223333:role/r"}, {})], "prior": [], "context": {}, "account": "111122223333"},
	] {
		_account(case.changes, case.prior, case.context) == [value.known(case.account), case.account]
	}
}

test_account_that_nobody_knows if {
	key := plan_test.kept("aws_kms_key.k", {"arn": _key})
	other := plan_test.kept("aws_iam_role.r", {"arn": "arn:aws:iam::444455556666:role/r", "name": "r"})
	every changes in [
		[],
		[key, other],
		[plan_test.kept("aws_kms_key.k", {"arn": "arn:aws:kms:us-west-2:aws:key/x"})],
		[_new_key("aws_kms_key.k")],
	] {
		[account, text] := _account(changes, [], {})
		account.state == "unknown"
		account.part == "account"
		text == "000000000000"
	}
}

test_partition if {
	key := plan_test.kept("aws_kms_key.k", {"arn": "arn:aws-cn:kms:cn-north-1:111122223333:key/x"})
	every case in [
		{"changes": [key], "context": {"partition": "aws-us-gov"}, "partition": "aws-us-gov"},
		{"changes": [_new_key("aws_kms_key.a"), key], "context": {}, "partition": "aws-cn"},
		{"changes": [plan_test.created("aws_kms_key.a", {"region": "us-gov-west-1"}, {})], "context": {}, "partition": "aws-us-gov"},
		{"changes": [_new_key("aws_kms_key.a")], "context": {"region": "cn-north-1"}, "partition": "aws-cn"},
		{"changes": [_new_key("aws_kms_key.a")], "context": {}, "partition": "aws"},
		{"changes": [], "context": {}, "partition": "aws"},
	] {
		found := facts.partition with input as object.union(plan_test.holding(case.changes, {}), {"context": case.context})
		found == case.partition
	}
}

# --- What an attribute names

_texts(values, unknown, given, changes) := found if {
	expressions := {"custom_model_kms_key_id": given}
	document := _input(
		array.concat([plan_test.created("aws_bedrock_custom_model.m", values, unknown)], changes),
		{"resources": [plan_test.configured("aws_bedrock_custom_model.m", {name: content | some name, content in expressions; content != null})]},
	)

	# regal ignore:with-outside-test-context
	found := facts.key_texts_at(plan.changes[0], ["custom_model_kms_key_id"]) with input as document
}

_from_references(references, changes) := _texts({}, {"custom_model_kms_key_id": true}, plan_test.from(references), changes)

test_text_of_an_attribute_that_is_known_or_not_set if {
	_texts({"custom_model_kms_key_id": "alias/ml"}, {}, {"constant_value": "alias/ml"}, []) == [value.known("alias/ml")]
	every nothing in [{}, {"custom_model_kms_key_id": null}, {"custom_model_kms_key_id": ""}] {
		_texts(nothing, {}, null, []) == []
	}

	# What the provider fills in by itself.
	_texts({}, {"custom_model_kms_key_id": true}, null, []) == []
	_texts({"custom_model_kms_key_id": 7}, {}, null, []) == [value.known(7)]
}

test_texts_of_references if {
	made_up := "00000000-0000-0000-0000-000000000002"
	made_up_arn := concat("/", ["arn:aws:kms:us-west-2:111122223333:key", made_up])
	every attribute, expected in {"arn": made_up_arn, "key_id": made_up, "id": made_up} {
		found := _from_references([concat(".", ["aws_kms_key.k", attribute]), "aws_kms_key.k"], [_new_key("aws_kms_key.k")])
		found == [value.known(expected)]
	}
	_from_references(["aws_kms_key.k"], [_new_key("aws_kms_key.k")]) == [value.known(made_up_arn)]

	# Known where it is, as of a key that is there.
	_from_references(["aws_kms_key.k.arn", "aws_kms_key.k"], [plan_test.kept("aws_kms_key.k", {"arn": _key})]) == [value.known(_key)]
}

test_texts_of_several_references if {
	changes := [_new_key("aws_kms_key.j"), _new_key("aws_kms_key.k")]
	found := _from_references(["aws_kms_key.j.id", "aws_kms_key.j", "aws_kms_key.k.id", "aws_kms_key.k"], changes)
	{text.value | some text in found} == {"00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000003"}

	some_open := _from_references(["aws_kms_key.j.id", "aws_kms_key.j", "local.other"], changes)
	some_open == [
		value.known("00000000-0000-0000-0000-000000000002"),
		value.unknown("it is not known until apply: it comes from local.other"),
	]
}

test_reference_to_an_attribute_that_names_nothing if {
	found := _from_references(["aws_kms_key.k.policy", "aws_kms_key.k"], [_new_key("aws_kms_key.k")])
	found == [value.unknown("it is not known until apply: it comes from aws_kms_key.k.policy")]
	_from_references([], []) == [value.unknown("it is not known until apply")]
}

test_arns_of_the_keys_that_an_attribute_names if {
	document := _input(
		[
			plan_test.created("aws_kms_grant.g", {"key_id": "1234abcd-12ab-34cd-56ef-1234567890ab"}, {}),
			plan_test.kept("aws_kms_key.k", {"arn": _key}),
		],
		{},
	)
	facts.key_arns_at(plan.changes[0], ["key_id"]) == [value.known(_key)] with input as document
	facts.key_arns_at(plan.changes[0], ["nothing"]) == [] with input as document

	elsewhere := _input([plan_test.created("aws_kms_grant.g", {"key_id": "alias/ml"}, {"name": true})], {})
	facts.key_arns_at(plan.changes[0], ["key_id"]) == [value.known("alias/ml")] with input as elsewhere
	[unknown] := facts.key_arns_at(plan.changes[0], ["name"]) with input as elsewhere
	unknown.state == "unknown"

	# As a text it stays what it is.
	facts.texts_at(plan.changes[0], ["key_id"]) == [value.known("1234abcd-12ab-34cd-56ef-1234567890ab")] with input as document
}

test_texts_of_each_element if {
	root := {"resources": [plan_test.configured("aws_iam_role.r", {"managed_policy_arns": plan_test.from(["aws_iam_policy.p.arn", "aws_iam_policy.p"])})]}
	document := _input(
		[
			plan_test.created("aws_iam_role.r", {"managed_policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess", null]}, {"managed_policy_arns": [false, true]}),
			plan_test.created("aws_iam_policy.p", {}, {"arn": true}),
		],
		root,
	)
	found := facts.each_text_at(plan.changes[0], ["managed_policy_arns"]) with input as document
	found == [
		value.known("arn:aws:iam::aws:policy/ReadOnlyAccess"),
		value.known("arn:aws:iam::111122223333:policy/planned-000000000002"),
	]
}

# --- What an attribute of a resource will be

_text_of(change, attribute) := found if {
	# regal ignore:with-outside-test-context
	found := facts.text_of({"index": 0, "attribute": attribute}) with input as _input([change], {})
}

test_texts_of_resources_that_are_to_be_created if {
	every case in [
		{"change": plan_test.created("aws_kms_alias.a", {"name": "alias/ml"}, {"arn": true}), "texts": {
			"": ["arn:aws:kms:us-west-2:111122223333:alias/ml"],
			"arn": ["arn:aws:kms:us-west-2:111122223333:alias/ml"],
			"id": ["alias/ml"],
			"name": ["alias/ml"],
			"alias_name": ["alias/ml"],
			"target_key_arn": [],
		}},
		{"change": plan_test.created("aws_kms_alias.a", {"name": "alias/ml", "target_key_id": _key}, {"target_key_arn": true}), "texts": {"target_key_arn": [_key]}},
		{"change": plan_test.created("aws_iam_role.r", {"name": "Job"}, {"arn": true}), "texts": {
			"": ["arn:aws:iam::111122223333:role/Job"],
			"arn": ["arn:aws:iam::111122223333:role/Job"],
			"id": ["Job"],
			"name": ["Job"],
			"unique_id": [],
		}},
		{"change": plan_test.created("aws_s3_bucket.b", {"bucket": "my-bucket"}, {"arn": true, "id": true}), "texts": {
			"arn": ["arn:aws:s3:::my-bucket"],
			"id": ["my-bucket"],
			"bucket": ["my-bucket"],
			"region": [],
		}},
		{"change": plan_test.created("aws_s3_bucket.b", {}, {"bucket": true}), "texts": {"arn": [], "id": []}},
		{"change": plan_test.created("aws_iam_policy.p", {}, {"arn": true}), "texts": {
			"arn": ["arn:aws:iam::111122223333:policy/planned-000000000001"],
			"id": ["arn:aws:iam::111122223333:policy/planned-000000000001"],
			"": ["arn:aws:iam::111122223333:policy/planned-000000000001"],
			"name": [],
		}},
		{"change": plan_test.created("aws_kms_grant.g", {"name": "g"}, {"grant_id": true}), "texts": {"grant_id": [], "name": ["g"]}},
	] {
		every attribute, expected in case.texts {
			_text_of(case.change, attribute) == expected
		}
	}
}

test_changes_of_a_kind if {
	document := _input(
		[
			_new_key("aws_kms_key.k"),
			plan_test.created("data.aws_kms_key.read", {}, {}),
			plan_test.deleted("aws_kms_grant.g", {}),
			plan_test.created("aws_bedrock_custom_model.m", {}, {}),
		],
		{},
	)
	[change.address | some change in facts.of_kind("key")] == ["aws_kms_key.k"] with input as document
	facts.of_kind("grant") == [] with input as document
	facts.of_kind("other") == [] with input as document
}
