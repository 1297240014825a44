package sealgate.rules.plan.carried_request_is_read_test

import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.rules.plan.carried_request_is_read as rule

_machine(values, unknown) := plan_test.holding([plan_test.created("aws_sfn_state_machine.m", values, unknown)], {})

_training(given) := _machine(
	{"definition": json.marshal({"States": {"Train": object.union(
		{"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob"},
		given,
	)}})},
	{},
)

test_violation_no_json if {
	every text in ["{", "[]", "text"] {
		rule.findings == {{
			"outcome": "violation",
			"subject": "aws_sfn_state_machine.m",
			"path": ["definition"],
			"message": "definition: it is no JSON object",
		}} with input as _machine({"definition": text}, {})
		rule.checked == {"aws_sfn_state_machine.m"} with input as _machine({"definition": text}, {})
	}
}

test_violation_parameters_that_are_no_object if {
	[found] := [found | some found in rule.findings] with input as _training({"Parameters": "text"})
	found.outcome == "violation"
	found.message == "definition: the parameters of sagemaker:CreateTrainingJob are no object"
}

test_unverified_text_that_is_not_known if {
	rule.findings == {{
		"outcome": "unverified",
		"subject": "aws_sfn_state_machine.m",
		"path": ["definition"],
		"missing": {"reason": "whether definition starts a job is not known: it is not known until apply"},
	}} with input as _machine({}, {"definition": true})
	rule.checked == {"aws_sfn_state_machine.m"} with input as _machine({}, {"definition": true})
}

test_unverified_parameters_that_are_filled_in_as_a_whole if {
	rule.findings == {{
		"outcome": "unverified",
		"subject": "aws_sfn_state_machine.m",
		"path": ["definition"],
		"missing": {"reason": "the parameters of sagemaker:CreateTrainingJob are filled in as a whole when the request is made"},
	}} with input as _training({})
}

test_pass_request_that_is_read if {
	every document in [_training({"Parameters": {}}), _machine({"definition": "{}"}, {}), {}] {
		rule.findings == set() with input as document
		rule.checked == set() with input as document
	}
}
