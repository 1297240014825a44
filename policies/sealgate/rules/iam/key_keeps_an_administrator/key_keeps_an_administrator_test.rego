package sealgate.rules.iam.key_keeps_an_administrator_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.key_keeps_an_administrator as rule

test_violation_nobody if {
	every statements in [
		[],
		[_statement({"AWS": fixture.role}, "kms:Decrypt", {})],
		[_statement({"Service": "bedrock.amazonaws.com"}, "kms:*", {})],
		[_statement({"AWS": fixture.role}, "kms:*", {"StringLike": {"kms:ViaService": "s3.*"}})],
		[object.union(fixture.root, {"Effect": "Deny"})],
	] {
		rule.findings == {fixture.found(
			"violation",
			fixture.key_subject,
			fixture.key_path,
			"the key policy names nobody who may change it",
		)} with input as fixture.key_policy(statements)
	}
}

test_advice_sample_of_aws if {
	policy := object.union(
		fixture.document([_statement({"AWS": fixture.role}, "kms:Decrypt", {})]),
		{"Id": "PermissionsSourceModelKey"},
	)
	rule.findings == {fixture.found("advice", fixture.key_subject, fixture.key_path, concat(" ", [
		"the key policy names nobody who may change it",
		"(AWS's own sample, of statements to add to a key policy, not to replace it with)",
	]))} with input as {"context": {"keys": {fixture.key: {"policy": policy}}}}
}

test_pass_administrator if {
	every principal in [{"AWS": fixture.role}, {"AWS": "444455556666"}, "*"] {
		rule.findings == set() with input as fixture.key_policy([_statement(principal, "kms:PutKeyPolicy", {})])
	}
	rule.findings == set() with input as fixture.key_policy([fixture.root])
	rule.checked == {fixture.key_subject} with input as fixture.key_policy([fixture.root])
}

test_pass_policies_of_roles_and_unread_ones if {
	rule.findings == set() with input as fixture.role_policy([])
	rule.findings == set() with input as {"context": {"keys": {fixture.key: {"policy": "{"}}}}
	rule.checked == set() with input as {"context": {"keys": {fixture.key: {"policy": "{"}}}}
}

_statement(principal, action, condition) := {
	"Effect": "Allow",
	"Principal": principal,
	"Action": action,
	"Resource": "*",
	"Condition": condition,
}
