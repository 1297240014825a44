package sealgate.rules.iam.role_statement_names_the_key_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.role_statement_names_the_key as rule

test_violation_every_key if {
	every resource in ["*", ["arn:aws:kms:*:*:*"], "arn:aws:kms:us-west-2:111122223333:key/*"] {
		_of("sagemaker_mtrl", "kms:Decrypt", {"Resource": resource}) == {_found(
			"violation",
			"MTRL-08",
			"statement 1 of the policy ml lets the execution role use every key",
		)}
	}
	_of("bedrock_evaluation", "kms:*", {"Resource": "*"}) == {_found(
		"violation",
		"BEVAL-02",
		"statement 1 of the policy ml lets the execution role use every key",
	)}
}

test_advice_within_limits if {
	_of("sagemaker_mtrl", "kms:Decrypt", {"Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "${aws:PrincipalAccount}"}}}) == {_found("advice", "MTRL-08", concat(" ", [
		"statement 1 of the policy ml is about every key, within the limits of its conditions,",
		"as in AWS's managed policies",
	]))}
}

test_advice_sample_of_aws if {
	_of("sagemaker_labeling", ["kms:CreateGrant"], {"Resource": "*"}) == {_found("advice", "LABEL-06", concat(" ", [
		"statement 1 of the policy ml is about every key",
		"(AWS's own sample: Encrypt output data and storage volume with AWS KMS)",
	]))}
}

test_pass_named_key if {
	_of("sagemaker_mtrl", "kms:Decrypt", {"Resource": [fixture.key]}) == set()
	_of("sagemaker_mtrl", "kms:Decrypt", {"Resource": "arn:aws:kms:*:*:key/${aws:PrincipalTag/KmsKeyId}"}) == set()
}

test_pass_other_uses_and_other_roles if {
	_of("sagemaker_mtrl", "kms:DescribeKey", {"Resource": "*"}) == set()
	_of("sagemaker_labeling", "kms:Decrypt", {"Resource": "*"}) == set()
	_of("sagemaker_at_rest", "kms:Decrypt", {"Resource": "*"}) == set()
	_of("bedrock_custom_model", "kms:Decrypt", {"Resource": "*"}) == set()
	rule.findings == set() with input as fixture.role_policy([_statement("kms:Decrypt", {"Resource": "*"})])
}

test_checked_is_what_a_job_rests_on if {
	given := fixture.role_policy([_statement("kms:Decrypt", {"Resource": fixture.key})])
	rule.checked == {fixture.role_subject} with input as fixture.of_job(given)
	rule.checked == set() with input as given
}

_of(system, action, changes) := findings if {
	findings := rule.findings with input as fixture.role_policy([_statement(action, changes)])
		with data.sealgate.model.policies.job_roles as {fixture.role: {"systems": {system}, "keys": {fixture.key}}}
}

_statement(action, changes) := object.union({"Effect": "Allow", "Action": action}, changes)

_found(outcome, requirement, message) := object.union(
	fixture.found(outcome, fixture.role_subject, array.concat(fixture.role_path, ["Statement", 0]), message),
	{"requirements": [requirement]},
)
