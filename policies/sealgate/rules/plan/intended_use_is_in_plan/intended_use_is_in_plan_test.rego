package sealgate.rules.plan.intended_use_is_in_plan_test

import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.rules.plan.intended_use_is_in_plan as rule

_input(key) := object.union(
	plan_test.holding([plan_test.created("aws_kms_key.ml", {}, {"arn": true})], {}),
	{"settings": {"intended_uses": [{"system": "sagemaker_mtrl", "key": key}]}},
)

test_note_key_of_no_plan if {
	rule.notes == {{
		"subject": "intended use sagemaker_mtrl of alias/ml",
		"path": [],
		"message": "the plan has no such key, so nothing was evaluated for these jobs",
	}} with input as _input("alias/ml")
	rule.checked == {"intended use sagemaker_mtrl of alias/ml"} with input as _input("alias/ml")
}

test_pass_key_of_the_plan if {
	every document in [_input("aws_kms_key.ml"), _input("aws_kms_key.*"), {}] {
		rule.notes == set() with input as document
		rule.checked == set() with input as document
	}
}
