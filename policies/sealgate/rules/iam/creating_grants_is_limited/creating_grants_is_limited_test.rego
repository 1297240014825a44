package sealgate.rules.iam.creating_grants_is_limited_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.creating_grants_is_limited as rule

test_violation_unlimited if {
	every action in ["kms:CreateGrant", "kms:Create*", ["kms:Decrypt", "kms:CreateGrant"]] {
		every condition in [
			{},
			{"Bool": {"kms:GrantIsForAWSResource": "false"}},
			{"StringNotEquals": {"kms:GrantOperations": "Encrypt"}},
			{"Null": {"kms:GrantOperations": "false"}},
			{"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
		] {
			_of_key({"AWS": [fixture.role, "arn:aws:iam::111122223333:root"]}, action, condition) == {fixture.found(
				"violation",
				fixture.key_subject,
				array.concat(fixture.key_path, ["Statement", 0]),
				"the statement S of the key policy allows grants of any kind, to anyone",
			)}
		}
	}
}

test_violation_role_and_service if {
	count(_of_role("kms:CreateGrant", {"StringEquals": {"aws:PrincipalOrgID": "o-1"}})) == 1
	count(_of_key({"Service": "bedrock.amazonaws.com"}, "kms:CreateGrant", {})) == 1
	count(_of_key("*", "kms:CreateGrant", {})) == 1
}

test_advice_limited_to_a_service if {
	_of_key({"AWS": fixture.role}, "kms:CreateGrant", {"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"}}) == {fixture.found(
		"advice",
		fixture.key_subject,
		array.concat(fixture.key_path, ["Statement", 0]),
		"the statement S of the key policy limits where grants are created, but neither what they may allow nor to whom",
	)}
	{found.outcome | some found in _of_role("kms:CreateGrant", {"StringEquals": {"aws:ResourceTag/team": "ml"}})} == {"advice"}
}

test_advice_sample_of_aws if {
	_of_role("kms:CreateGrant", {}) == {fixture.found(
		"advice",
		fixture.role_subject,
		array.concat(fixture.role_path, ["Statement", 0]),
		concat(" ", [
			"statement 1 of the policy ml allows grants of any kind",
			"(AWS's own sample: Encrypt output data and storage volume with AWS KMS)",
		]),
	)}
}

test_pass_limited if {
	every condition in [
		{"Bool": {"kms:GrantIsForAWSResource": true}},
		{"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}},
		{"StringEquals": {"kms:GranteePrincipal": fixture.role}},
	] {
		_of_key({"AWS": fixture.role}, "kms:CreateGrant", condition) == set()
		_of_role("kms:CreateGrant", condition) == set()
	}
}

test_pass_limited_by_a_denial if {
	given := fixture.key_policy([
		_statement({"AWS": fixture.role}, "kms:CreateGrant", {}),
		object.union(
			_statement("*", "kms:CreateGrant", {"Bool": {"kms:GrantIsForAWSResource": "false"}}),
			{"Effect": "Deny"},
		),
	])
	rule.findings == set() with input as given
}

test_pass_accounts_and_administrators if {
	rule.findings == set() with input as fixture.key_policy([fixture.root])
	rule.checked == {fixture.key_subject} with input as fixture.key_policy([fixture.root])
	_of_key({"AWS": ["111122223333", "arn:aws:iam::444455556666:root"]}, "kms:CreateGrant", {}) == set()
	_of_key({"AWS": fixture.role}, "kms:*", {}) == set()
	_of_key({"AWS": fixture.role}, ["kms:Create*", "kms:Put*"], {}) == set()
	_of_key({"AWS": fixture.role}, "kms:Decrypt", {}) == set()
}

test_pass_boundaries_grant_nothing if {
	given := {"context": {"principals": {fixture.role: {"permissions_boundary": fixture.document([{
		"Effect": "Allow",
		"Action": "kms:CreateGrant",
		"Resource": fixture.key,
	}])}}}}
	rule.findings == set() with input as given
	rule.checked == set() with input as given
}

_of_key(principal, action, condition) := findings if {
	findings := rule.findings with input as fixture.key_policy([_statement(principal, action, condition)])
}

_of_role(action, condition) := findings if {
	findings := rule.findings with input as fixture.role_policy([{
		"Effect": "Allow",
		"Action": action,
		"Resource": "*",
		"Condition": condition,
	}])
}

_statement(principal, action, condition) := {
	"Sid": "S",
	"Effect": "Allow",
	"Principal": principal,
	"Action": action,
	"Resource": "*",
	"Condition": condition,
}
