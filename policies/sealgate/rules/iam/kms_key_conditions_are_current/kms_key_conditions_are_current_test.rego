package sealgate.rules.iam.kms_key_conditions_are_current_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.kms_key_conditions_are_current as rule

test_advice_deprecated_name_in_allow_and_deny if {
	every effect in ["Allow", "Deny"] {
		given := fixture.role_policy([_statement(effect, "sagemaker:OutputKmsKey")])
		rule.findings == {fixture.found(
			"advice",
			fixture.role_subject,
			array.concat(fixture.role_path, ["Statement", 0]),
			concat(" ", [
				"statement 1 of the policy ml tests sagemaker:OutputKmsKey, which is deprecated and listed by no action;",
				"sagemaker:OutputKmsKeyArn has replaced it",
			]),
		)} with input as given
	}
}

test_pass_current_name if {
	given := fixture.role_policy([_statement("Allow", "sagemaker:OutputKmsKeyArn")])
	rule.findings == set() with input as given
	rule.checked == {fixture.role_subject} with input as given
}

test_pass_no_policy if {
	rule.findings == set() with input as {}
	rule.checked == set() with input as {}
}

_statement(effect, name) := {
	"Effect": effect,
	"Action": "sagemaker:CreateJob",
	"Resource": "*",
	"Condition": {"ArnEquals": {name: fixture.key}},
}
