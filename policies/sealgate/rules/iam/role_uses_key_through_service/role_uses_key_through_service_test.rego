package sealgate.rules.iam.role_uses_key_through_service_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.role_uses_key_through_service as rule

test_violation_role_policy if {
	every action in ["kms:Decrypt", "kms:*", ["kms:DescribeKey", "kms:GenerateDataKey"]] {
		_of_role(action, fixture.key, {}) == {_found("violation", concat(" ", [
			"statement 1 of the policy ml lets the execution role use the key by itself,",
			"not only through s3.*.amazonaws.com",
		]))}
	}
}

test_violation_key_policy if {
	_of_key("bedrock_custom_model", "kms:CreateGrant", {}) == {_of_statement("violation", "BCUST-05", concat(" ", [
		"statement 1 of the key policy lets the execution role use the key by itself,",
		"not only through bedrock.us-west-2.amazonaws.com",
	]))}
	_of_key("sagemaker_mtrl", "kms:Decrypt", {"StringLikeIfExists": {"kms:ViaService": "s3.*"}}) == {_of_statement("violation", "MTRL-09", concat(" ", [
		"statement 1 of the key policy lets the execution role use the key by itself,",
		"not only through s3.*.amazonaws.com",
	]))}
}

test_advice_limited_otherwise if {
	every condition in [
		{"StringEquals": {"kms:EncryptionContext:team": "ml"}},
		{"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}},
	] {
		_of_role("kms:Decrypt", fixture.key, condition) == {_found("advice", concat(" ", [
			"statement 1 of the policy ml limits the use of the key by the execution role,",
			"but not to requests through s3.*.amazonaws.com",
		]))}
	}
}

test_pass_through_a_service if {
	through := {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}
	_of_role("kms:Decrypt", fixture.key, through) == set()
	_of_key("sagemaker_mtrl", "kms:Decrypt", through) == set()
}

test_pass_what_is_not_about_the_use_of_the_key if {
	_of_role("kms:DescribeKey", fixture.key, {}) == set()
	_of_role("kms:Decrypt", "arn:aws:kms:us-west-2:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab", {}) == set()
	_of_key("bedrock_evaluation", "kms:Decrypt", {}) == set()
	_of_key("sagemaker_at_rest", "kms:Decrypt", {}) == set()
	rule.findings == set() with input as fixture.of_job(fixture.key_policy([fixture.root]))
	rule.checked == set() with input as fixture.of_job(fixture.key_policy([fixture.root]))
	rule.findings == set() with input as fixture.role_policy([_statement("kms:Decrypt", "*", {})])
}

test_checked_is_what_a_job_rests_on if {
	given := fixture.of_job(fixture.role_policy([_statement("kms:Decrypt", "*", {})]))
	rule.checked == {fixture.role_subject} with input as given
}

_of_role(action, resource, condition) := findings if {
	findings := rule.findings with input as fixture.of_job(fixture.role_policy([_statement(action, resource, condition)]))
}

_of_key(system, action, condition) := findings if {
	findings := rule.findings with input as fixture.key_policy([object.union(
		_statement(action, "*", condition),
		{"Principal": {"AWS": fixture.role}},
	)])
		with data.sealgate.model.policies.job_roles as {fixture.role: {"systems": {system}, "keys": {fixture.key}}}
}

_statement(action, resource, condition) := {
	"Effect": "Allow",
	"Action": action,
	"Resource": resource,
	"Condition": condition,
}

_found(outcome, message) := object.union(
	fixture.found(outcome, fixture.role_subject, array.concat(fixture.role_path, ["Statement", 0]), message),
	{"requirements": ["MTRL-08"]},
)

_of_statement(outcome, requirement, message) := object.union(
	fixture.found(outcome, fixture.key_subject, array.concat(fixture.key_path, ["Statement", 0]), message),
	{"requirements": [requirement]},
)
