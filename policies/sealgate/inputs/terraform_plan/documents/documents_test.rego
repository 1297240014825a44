package sealgate.inputs.terraform_plan.documents_test

import data.sealgate.inputs.terraform_plan.documents
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.lib.value

_account := {"context": {"account": "111122223333", "region": "us-west-2"}}

# The document of a key whose policy is unknown, and comes from these references, beside other changes.
_from(references, changes) := found if {
	document := object.union(
		plan_test.holding(
			array.concat([plan_test.created("aws_kms_key.k", {}, {"policy": true, "arn": true})], changes),
			{"resources": array.concat(
				[plan_test.configured("aws_kms_key.k", {"policy": plan_test.from(references)})],
				[object.union(plan_test.configured("data.aws_iam_policy_document.d", {}), {"expressions": _expressions})],
			)},
		),
		_account,
	)

	# regal ignore:with-outside-test-context
	found := documents.at(plan.changes[0], ["policy"]) with input as document
}

# As the configuration has the statements of the document.
_expressions := {"statement": [
	{
		"actions": {"constant_value": ["kms:Decrypt"]},
		"resources": plan_test.from(["aws_kms_key.other.arn", "aws_kms_key.other"]),
		"principals": [{"identifiers": plan_test.from(["aws_iam_role.r.arn", "aws_iam_role.r", "local.more"])}],
		"condition": [{"values": plan_test.from(["aws_iam_role.r.id", "aws_iam_role.r"])}],
	},
	{"principals": [{"identifiers": plan_test.from(["aws_iam_role.r.arn", "aws_iam_role.r"])}]},
]}

_of(values, unknown) := _from(
	["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"],
	[
		plan_test.created("data.aws_iam_policy_document.d", values, object.union({"json": true}, unknown)),
		plan_test.created("aws_iam_role.r", {"name": "Job"}, {"arn": true}),
		plan_test.created("aws_kms_key.other", {}, {"arn": true}),
	],
)

_statements(blocks, unknown) := _of({"statement": blocks}, {"statement": unknown})

_role := "arn:aws:iam::111122223333:role/Job"

_doubted(reason, statements) := {
	"state": "known",
	"value": {"Version": "2012-10-17", "Statement": statements},
	"doubt": value.unknown(concat("", ["data.aws_iam_policy_document.d", reason])),
}

_written(statements) := value.known({"Version": "2012-10-17", "Statement": statements})

# --- A text

test_text_as_it_is if {
	document := object.union(plan_test.holding([plan_test.created("aws_kms_key.k", {"policy": `{"Statement": []}`}, {})], {}), _account)
	documents.at(plan.changes[0], ["policy"]) == value.known(`{"Statement": []}`) with input as document

	# What is no text is for the rules to judge.
	every wrong in [7, {}, ["x"], true] {
		given := object.union(plan_test.holding([plan_test.created("aws_kms_key.k", {"policy": wrong}, {})], {}), _account)
		documents.at(plan.changes[0], ["policy"]) == value.known(wrong) with input as given
	}
}

test_text_that_nobody_set if {
	every values in [{}, {"policy": null}, {"policy": ""}] {
		documents.at(plan.changes[0], ["policy"]) == value.absent with input as plan_test.holding([plan_test.created("aws_kms_key.k", values, {})], {})
	}

	# What AWS fills in.
	unset := plan_test.holding(
		[plan_test.created("aws_kms_key.k", {}, {"policy": true})],
		{"resources": [plan_test.configured("aws_kms_key.k", {})]},
	)
	documents.at(plan.changes[0], ["policy"]) == value.absent with input as unset
}

test_text_that_names_an_account_where_the_own_is_not_known if {
	every text, part in {
		`{"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}`: "account",
		`{"Principal": {"AWS": "111122223333"}}`: "account",
		`{"Principal": "*"}`: "",
		`{"Sid": "0000000000000"}`: "",
	} {
		found := documents.at(plan.changes[0], ["policy"]) with input as plan_test.holding([plan_test.created("aws_kms_key.k", {"policy": text}, {})], {})
		found.value == text
		object.get(found, ["doubt", "part"], "") == part
	}
}

# --- A text that is not known

test_text_of_what_the_plan_does_not_tell if {
	found := _from(["local.policy", "aws_iam_role.r.arn", "aws_iam_role.r"], [plan_test.created("aws_iam_role.r", {"name": "Job"}, {"arn": true})])
	found.state == "unknown"
	found.reason == "the policy is not known until apply: it comes from aws_iam_role.r.arn, local.policy"
	found.part == "aws_iam_role.r.arn, local.policy"

	# With nothing to name, and of a document among others.
	_from([], []) == value.unknown("it is not known until apply")
	several := _from(
		["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d", "local.other"],
		[plan_test.created("data.aws_iam_policy_document.d", {"statement": []}, {"json": true})],
	)
	several.state == "unknown"
	other := _from(
		["data.aws_iam_policy_document.d.id", "data.aws_iam_policy_document.d"],
		[plan_test.created("data.aws_iam_policy_document.d", {"statement": []}, {"json": true})],
	)
	other.part == "data.aws_iam_policy_document.d.id"
}

# --- Blocks

test_statements_of_blocks if {
	_of(
		{
			"version": "2008-10-17",
			"statement": [
				{
					"sid": "Use",
					"effect": "Allow",
					"actions": ["kms:Decrypt", "kms:GenerateDataKey"],
					"not_actions": [],
					"resources": ["*"],
					"not_resources": null,
					"principals": [
						{"type": "AWS", "identifiers": ["111122223333", "arn:aws:iam::111122223333:role/a"]},
						{"type": "AWS", "identifiers": ["444455556666"]},
						{"type": "Service", "identifiers": ["bedrock.amazonaws.com"]},
					],
					"not_principals": [],
					"condition": [
						{"test": "StringEquals", "variable": "kms:ViaService", "values": ["b", "a"]},
						{"test": "StringEquals", "variable": "kms:ViaService", "values": ["c"]},
						{"test": "StringEquals", "variable": "kms:CallerAccount", "values": ["111122223333"]},
						{"test": "Bool", "variable": "kms:GrantIsForAWSResource", "values": ["true"]},
					],
				},
				{"sid": "", "effect": "Deny", "not_actions": ["kms:Get*"], "not_resources": ["arn:x"], "not_principals": [{"type": "*", "identifiers": ["*"]}]},
				{"effect": null, "actions": ["kms:*"], "resources": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]},
			],
		},
		{},
	) == value.known({"Version": "2008-10-17", "Statement": [
		{
			"Sid": "Use",
			"Effect": "Allow",
			"Action": ["kms:Decrypt", "kms:GenerateDataKey"],
			"Resource": ["*"],
			"Principal": {
				"AWS": ["111122223333", "444455556666", "arn:aws:iam::111122223333:role/a"],
				"Service": ["bedrock.amazonaws.com"],
			},
			"Condition": {
				"StringEquals": {"kms:ViaService": ["a", "b", "c"], "kms:CallerAccount": ["111122223333"]},
				"Bool": {"kms:GrantIsForAWSResource": ["true"]},
			},
		},
		{"Sid": "", "Effect": "Deny", "NotAction": ["kms:Get*"], "NotResource": ["arn:x"], "NotPrincipal": "*"},
		{"Effect": "Allow", "Action": ["kms:*"], "Resource": ["*"], "Principal": "*"},
	]})
}

test_document_without_statements if {
	every values in [{}, {"statement": null}, {"statement": []}, {"statement": [], "source_policy_documents": [], "override_json": "", "version": 7}] {
		_of(values, {}) == _written([])
	}
}

test_what_is_to_be_created_stands_there_under_its_made_up_name if {
	blocks := [{
		"effect": "Allow",
		"actions": ["kms:Decrypt"],
		"resources": [null],
		"condition": [{"test": "StringLike", "variable": "aws:userid", "values": [null]}],
	}]
	_statements(blocks, [{"resources": [true], "condition": [{"values": [true]}]}]) == _written([{
		"Effect": "Allow",
		"Action": ["kms:Decrypt"],
		"Resource": ["arn:aws:kms:us-west-2:111122223333:key/00000000-0000-0000-0000-000000000004"],
		"Condition": {"StringLike": {"aws:userid": ["Job"]}},
	}])

	principals := [{"effect": "Allow", "actions": ["kms:Decrypt"], "principals": [{"type": "AWS", "identifiers": ["arn:known"]}]}, {"effect": "Allow", "actions": ["kms:Decrypt"], "principals": [{"type": "AWS", "identifiers": [null, "arn:known"]}]}]
	found := _statements(principals, [{}, {"principals": [{"identifiers": [true, false]}]}])
	[statement.Principal.AWS | some statement in found.value.Statement] == [["arn:known"], [_role, "arn:known"]]
	not found.doubt
}

test_statement_that_can_not_be_told_is_left_out_with_the_reason if {
	known := {"effect": "Allow", "actions": ["kms:Encrypt"], "resources": ["*"]}
	kept := [{"Effect": "Allow", "Action": ["kms:Encrypt"], "Resource": ["*"]}]
	every case in [
		# One of two references is open: which of the elements it is, nobody can say.
		{
			"block": {"principals": [{"type": "AWS", "identifiers": [null]}]},
			"unknown": {"principals": [{"identifiers": [true]}]},
			"reason": ", statement 1: its principals identifiers can't be told: it is not known until apply: it comes from local.more",
		},
		{
			"block": {"actions": []},
			"unknown": {"principals": [{"identifiers": true}]},
			"reason": ", statement 1: its principals identifiers can't be told: it is not known until apply",
			"also": {"principals": [{"type": "AWS"}]},
		},
		{"block": {}, "unknown": {"actions": true}, "reason": ", statement 1: its actions can't be told: it is not known until apply"},
		{"block": {}, "unknown": {"not_actions": true}, "reason": ", statement 1: its not_actions can't be told: it is not known until apply"},
		{"block": {"actions": ["kms:*"]}, "unknown": {"condition": true}, "reason": ", statement 1: its condition can't be told: it is not known until apply"},
		{"block": {"actions": ["kms:*"]}, "unknown": {"effect": true}, "reason": ", statement 1: its effect can't be told: it is not known until apply"},
		{"block": {"actions": ["kms:*"]}, "unknown": {"principals": true}, "reason": ", statement 1: its principals can't be told: it is not known until apply"},
		{"block": {"actions": ["kms:*"]}, "unknown": {"not_principals": true}, "reason": ", statement 1: its not_principals can't be told: it is not known until apply"},
		{
			"block": {"actions": ["kms:*"], "condition": [{"test": "Bool", "variable": "x"}]},
			"unknown": {"condition": [{"values": true}]},
			"reason": ", statement 1: its condition values can't be told: it is not known until apply",
		},
	] {
		block := object.union(case.block, object.get(case, "also", {}))
		_statements([block, known], [case.unknown, {}]) == _doubted(case.reason, kept)
	}
}

test_resources_that_are_not_known_leave_the_statement_open if {
	every case in [
		{"block": {"resources": ["*", null, null]}, "unknown": {"resources": [false, true, true]}, "member": "Resource", "texts": ["*", "arn:${sealgate:unknown}"]},
		{"block": {"not_resources": [null]}, "unknown": {"not_resources": [true]}, "member": "NotResource", "texts": ["arn:${sealgate:unknown}"]},
		{"block": {}, "unknown": {"resources": true}, "member": "Resource", "texts": ["arn:${sealgate:unknown}"]},
	] {
		block := object.union({"effect": "Allow", "actions": ["kms:*"]}, case.block)
		_statements([block], [case.unknown]) == _written([{"Effect": "Allow", "Action": ["kms:*"], case.member: case.texts}])
	}
}

test_document_that_is_not_known_as_a_whole if {
	every case in [
		{"values": {}, "unknown": {"statement": true}, "reason": " has statements that are not known until apply"},
		{"values": {"source_policy_documents": ["{}"]}, "unknown": {}, "reason": " takes statements from other documents, which are not read"},
		{"values": {"statement": []}, "unknown": {"override_policy_documents": true}, "reason": " takes statements from other documents, which are not read"},
		{"values": {"statement": [], "source_json": "{}"}, "unknown": {}, "reason": " takes statements from other documents, which are not read"},
	] {
		_of(case.values, case.unknown) == value.unknown(concat("", ["data.aws_iam_policy_document.d", case.reason]))
	}
}

test_blocks_that_terraform_would_not_write if {
	every wrong in [
		7,
		"text",
		{"a": {}},
		[7],
		[null],
		[{"principals": 7}],
		[{"principals": [7]}],
		[{"principals": [{"identifiers": ["*"]}]}],
		[{"not_principals": {"type": "AWS"}}],
		[{"condition": [{"test": "Bool"}]}],
		[{"condition": [{"test": 7, "variable": "x"}]}],
	] {
		_of({"statement": wrong}, {}) == value.unknown("data.aws_iam_policy_document.d has statements that are not written as Terraform writes them")
	}
	_of({"statement": [{"sid": 7, "effect": 7, "actions": "kms:*", "principals": null, "condition": null}]}, {}) == _written([{"Effect": "Allow"}])
}
