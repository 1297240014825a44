package sealgate.inputs.terraform_plan.keys_test

import data.sealgate.inputs.terraform_plan.keys
import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.lib.value

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_id := "1234abcd-12ab-34cd-56ef-1234567890ab"

_policy := `{"Version": "2012-10-17", "Statement": []}`

_input(changes, root) := object.union(
	plan_test.holding(changes, root),
	{"context": {"region": "us-west-2", "account": "111122223333"}},
)

_entry(changes, root) := found if {
	# regal ignore:with-outside-test-context
	entries := keys.entries with input as _input(changes, root)
	found := entries[_key]
}

# --- What DescribeKey will answer

test_what_nobody_sets_is_as_kms_documents_it if {
	_entry([plan_test.kept("aws_kms_key.k", {"arn": _key})], {}).metadata == {
		"Arn": _key,
		"KeyManager": "CUSTOMER",
		"KeySpec": "SYMMETRIC_DEFAULT",
		"KeyUsage": "ENCRYPT_DECRYPT",
		"KeyState": "Enabled",
		"MultiRegion": false,
		"Origin": "AWS_KMS",
	}
}

test_what_the_key_sets if {
	values := {
		"arn": _key,
		"customer_master_key_spec": "RSA_2048",
		"key_usage": "SIGN_VERIFY",
		"is_enabled": false,
		"multi_region": true,
	}
	metadata := _entry([plan_test.kept("aws_kms_key.k", values)], {}).metadata
	object.filter(metadata, ["KeySpec", "KeyUsage", "KeyState", "MultiRegion"]) == {
		"KeySpec": "RSA_2048",
		"KeyUsage": "SIGN_VERIFY",
		"KeyState": "Disabled",
		"MultiRegion": true,
	}
}

test_kinds_of_keys_have_what_their_kind_is if {
	external := _entry([plan_test.kept("aws_kms_external_key.k", {"arn": _key})], {}).metadata
	external.Origin == "EXTERNAL"
	replica := _entry([plan_test.kept("aws_kms_replica_key.k", {"arn": _key})], {}).metadata
	replica.MultiRegion == true
}

test_what_is_set_and_not_known_yet_is_unknown if {
	change := plan_test.created("aws_kms_key.k", {"arn": _key}, {"is_enabled": true, "key_usage": true})
	root := {"resources": [plan_test.configured("aws_kms_key.k", {"is_enabled": plan_test.from(["local.on"])})]}
	metadata := _entry([change], root).metadata
	metadata.KeyState.state == "unknown"
	contains(metadata.KeyState.reason, "aws_kms_key.k.is_enabled")
	contains(metadata.KeyState.reason, "local.on")
	metadata.KeyUsage == "ENCRYPT_DECRYPT"
}

test_key_that_was_read_before_the_plan if {
	read := {
		"mode": "data",
		"type": "aws_kms_key",
		"name": "r",
		"address": "data.aws_kms_key.r",
		"values": {"arn": _key, "key_state": "Enabled", "key_manager": "AWS", "key_spec": "", "origin": null},
	}
	document := plan_test.holding([], {})
	prior := {"prior_state": {"values": {"root_module": {"resources": [read]}}}}
	entries := keys.entries with input as {"subject": {"terraform_plan": object.union(document.subject.terraform_plan, prior)}}
	entries == {_key: {"metadata": {"Arn": _key, "KeyState": "Enabled", "KeyManager": "AWS"}}}
}

test_key_that_is_deleted_is_known_not_to_exist if {
	entries := keys.entries with input as _input([plan_test.deleted("aws_kms_key.k", {"arn": _key})], {})
	entries == {_key: null}
}

# --- Policies

_policies(changes, root) := [[policy.subject, policy.path, policy.document] | some policy in found] if {
	# regal ignore:with-outside-test-context
	found := keys.policies with input as _input(changes, root)
}

_attached(key_id) := plan_test.created("aws_kms_key_policy.p", {"key_id": key_id, "policy": _policy}, {})

test_policy_of_the_key_itself if {
	_policies([plan_test.kept("aws_kms_key.k", {"arn": _key, "policy": _policy})], {}) == [
		["aws_kms_key.k", ["policy"], value.known(_policy)],
	]
}

test_policy_of_a_resource_of_its_own_goes_first if {
	key := plan_test.kept("aws_kms_key.k", {"arn": _key, "policy": "other"})
	every name in [_key, _id] {
		_policies([key, _attached(name)], {}) == [["aws_kms_key_policy.p", ["policy"], value.known(_policy)]]
	}
}

test_policy_of_a_key_of_another_plan if {
	every name in [_key, _id] {
		found := keys.policies with input as _input([_attached(name)], {})
		[[policy.subject, policy.owner] | some policy in found] == [["aws_kms_key_policy.p", _key]]
	}
}

test_policy_of_a_key_that_can_not_be_told_is_judged if {
	change := plan_test.created("aws_kms_key_policy.p", {"policy": _policy}, {"key_id": true})
	root := {"resources": [plan_test.configured("aws_kms_key_policy.p", {"key_id": plan_test.from(["local.key"])})]}
	[policy] := keys.policies with input as _input([change], root)
	policy.document == value.known(_policy)
}

test_default_policy_of_a_key_without_one if {
	[policy] := keys.policies with input as _input([plan_test.kept("aws_kms_key.k", {"arn": _key, "policy": null})], {})
	policy.document.value.Statement[0].Principal.AWS == "arn:aws:iam::111122223333:root"
}

test_policy_that_is_taken_away_leaves_one_that_is_not_known if {
	[policy] := keys.policies with input as _input(
		[
			plan_test.kept("aws_kms_key.k", {"arn": _key, "policy": _policy}),
			plan_test.deleted("aws_kms_key_policy.p", {"key_id": _id, "policy": _policy}),
		],
		{},
	)
	policy.document.state == "unknown"
	contains(policy.document.reason, "aws_kms_key_policy.p")
}

test_two_resources_that_set_one_policy_are_rivals if {
	changes := [plan_test.kept("aws_kms_key.k", {"arn": _key, "policy": _policy}), _attached(_key)]
	set_in_both := {"resources": [plan_test.configured("aws_kms_key.k", {"policy": {"constant_value": _policy}})]}
	rivals := keys.rival_policies with input as _input(changes, set_in_both)
	rivals == {_key: {"aws_kms_key.k", "aws_kms_key_policy.p"}}
	set_in_one := {"resources": [plan_test.configured("aws_kms_key.k", {"description": {"constant_value": "x"}})]}
	none := keys.rival_policies with input as _input(changes, set_in_one)
	none == {}
}

# --- Grants and aliases

test_grant_as_list_grants_has_it if {
	changes := [
		plan_test.kept("aws_kms_key.k", {"arn": _key}),
		plan_test.created(
			"aws_kms_grant.g",
			{
				"key_id": _id,
				"name": "g",
				"operations": ["Decrypt", 7],
				"grantee_principal": "bedrock.amazonaws.com",
				"constraints": [{"encryption_context_equals": {"a": "b"}, "encryption_context_subset": null}],
			},
			{"retiring_principal": true},
		),
	]
	[grant] := keys.grants with input as _input(changes, {})
	grant.key_arn == _key
	grant.grant == {
		"Name": "g",
		"Operations": ["Decrypt"],
		"GranteePrincipal": "bedrock.amazonaws.com",
		"Constraints": {"EncryptionContextEquals": {"a": "b"}},
	}
	_entry(changes, {}).grants == [grant.grant]
}

test_aliases_lead_to_their_keys if {
	read := {
		"mode": "data",
		"type": "aws_kms_alias",
		"name": "r",
		"address": "data.aws_kms_alias.r",
		"values": {"name": "alias/read", "arn": 7, "target_key_arn": _key},
	}
	document := _input(
		[
			plan_test.kept("aws_kms_key.k", {"arn": _key}),
			plan_test.created("aws_kms_alias.a", {"name": "alias/ml", "target_key_id": _id}, {}),
			plan_test.deleted("aws_kms_alias.gone", {"name": "alias/gone"}),
		],
		{},
	)
	prior := {"subject": {"terraform_plan": {"prior_state": {"values": {"root_module": {"resources": [read]}}}}}}
	aliases := keys.aliases with input as object.union(document, prior)
	aliases == {
		"alias/ml": _key,
		"arn:aws:kms:us-west-2:111122223333:alias/ml": _key,
		"alias/read": _key,
		"alias/gone": null,
	}
}

test_alias_of_several_keys_says_nothing if {
	other := replace(_key, "1234abcd", "9999abcd")
	aliases := keys.aliases with input as _input(
		[
			plan_test.created("aws_kms_alias.a", {"name": "alias/ml", "target_key_id": _key, "region": "us-west-2"}, {}),
			plan_test.created("aws_kms_alias.b", {"name": "alias/ml", "target_key_id": other, "region": "eu-west-1"}, {}),
		],
		{},
	)
	not aliases["alias/ml"]
	aliases["arn:aws:kms:eu-west-1:111122223333:alias/ml"] == other
}

test_grant_on_a_key_that_can_not_be_told_is_judged if {
	root := {"resources": [plan_test.configured("aws_kms_grant.g", {"key_id": plan_test.from(["local.key"])})]}
	[grant] := keys.grants with input as _input([plan_test.created("aws_kms_grant.g", {"operations": ["Decrypt"]}, {"key_id": true})], root)
	grant.key_arn == "arn:aws:kms:us-west-2:111122223333:key/00000000-0000-0000-0000-000000000001"
	grant.grant.Operations == ["Decrypt"]

	[named] := keys.grants with input as _input([plan_test.created("aws_kms_grant.g", {"key_id": "1234abcd-12ab-34cd-56ef-1234567890ab"}, {})], {})
	named.key_arn == _key
}
