package sealgate.rules.iam.job_creation_names_output_key_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.job_creation_names_output_key as rule

test_advice_any_key if {
	every action in ["sagemaker:CreateJob", "sagemaker:*", "*"] {
		rule.findings == {fixture.found(
			"advice",
			fixture.role_subject,
			array.concat(fixture.role_path, ["Statement", 0]),
			concat(" ", [
				"statement 1 of the policy ml allows sagemaker:CreateJob with any key, or none:",
				"it has no condition on sagemaker:OutputKmsKeyArn",
			]),
		)} with input as fixture.role_policy([_statement("Allow", action, {})])
	}
}

test_advice_deprecated_name_is_none if {
	given := fixture.role_policy([_statement("Allow", "sagemaker:CreateJob", {"ArnEquals": {"sagemaker:OutputKmsKey": fixture.key}})])
	count(rule.findings) == 1 with input as given
}

test_pass_key_is_named if {
	given := fixture.role_policy([_statement("Allow", "sagemaker:CreateJob", _named)])
	rule.findings == set() with input as given
	rule.checked == {fixture.role_subject} with input as given
}

test_pass_denial_or_boundary_does_as_well if {
	denied := fixture.role_policy([
		_statement("Allow", "sagemaker:*", {}),
		_statement("Deny", "sagemaker:CreateJob", {"ArnNotEquals": {"sagemaker:OutputKmsKeyArn": fixture.key}}),
	])
	rule.findings == set() with input as denied

	bounded := object.union(
		fixture.role_policy([_statement("Allow", "sagemaker:*", {})]),
		{"context": {"principals": {fixture.role: {"permissions_boundary": fixture.document([_statement("Allow", "sagemaker:CreateJob", _named)])}}}},
	)
	rule.findings == set() with input as bounded
}

test_pass_other_actions if {
	given := fixture.role_policy([_statement("Allow", "sagemaker:DescribeJob", {})])
	rule.findings == set() with input as given
	rule.checked == set() with input as given
}

_named := {"ArnEquals": {"sagemaker:OutputKmsKeyArn": fixture.key}}

_statement(effect, action, condition) := {
	"Effect": effect,
	"Action": action,
	"Resource": "*",
	"Condition": condition,
}
