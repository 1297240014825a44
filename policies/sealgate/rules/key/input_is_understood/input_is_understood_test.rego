package sealgate.rules.key.input_is_understood_test

import data.sealgate.rules.key.input_is_understood as rule

test_violation_no_subject if {
	every document in [{}, {"subject": {}}, {"subject": null}, {"subject": "sagemaker:CreateJob"}, {"subject": []}] {
		rule.findings == {_of_input("the input has no subject: the part that holds what is to be judged")} with input as document
		rule.checked == {"input"} with input as document
	}
}

test_violation_several_subjects if {
	document := {"subject": {"aws_request": _request, "cloudformation": {}}}
	found := {finding.message | some finding in rule.findings} with input as document
	found == {
		"the input has several subjects: aws_request, cloudformation",
		_not_understood("cloudformation"),
	}
}

test_violation_unknown_subject if {
	found := {finding.message | some finding in rule.findings} with input as {"subject": {"awsRequest": _request}}
	found == {_not_understood("awsRequest"), "the subject holds nothing that could be judged"}
}

test_violation_request_that_is_no_object if {
	every type, request in {"null": null, "a string": "CreateJob", "an array": [_request]} {
		document := {"subject": {"aws_request": request}}
		message := concat("", ["subject.aws_request is ", type, ", not an object"])
		rule.findings == {_violation("aws_request", [], message)} with input as document
		rule.checked == {"aws_request"} with input as document
	}
}

test_violation_request_without_its_parts if {
	rule.findings == {
		_violation("aws_request", ["service"], "service is missing, not a string"),
		_violation("aws_request", ["operation"], "operation is missing, not a string"),
		_violation("aws_request", ["parameters"], "parameters is missing, not an object"),
	} with input as {"subject": {"aws_request": {}}}
}

test_violation_parts_of_the_wrong_type if {
	rule.findings == {
		_violation("aws_request", ["service"], "service is null, not a string"),
		_violation("aws_request", ["operation"], "operation is a number, not a string"),
		_violation("aws_request", ["parameters"], "parameters is a string, not an object"),
	} with input as {"subject": {"aws_request": {"service": null, "operation": 7, "parameters": "{}"}}}
}

test_violation_misspelt_operation if {
	every spelling in ["createJob", "CREATEJOB", "create_job", "create-job"] {
		operation := concat(":", ["sagemaker", spelling])
		message := concat("", [operation, " is not how the API writes the operation: sagemaker:CreateJob"])
		document := {"subject": {"aws_request": object.union(_request, {"operation": spelling})}}
		rule.findings == {_violation(operation, ["operation"], message)} with input as document
	}
}

test_violation_settings_or_context_of_the_wrong_type if {
	every wrong in [null, 7, "text", []] {
		rule.findings == {
			_of_input("settings is no object"),
			_of_input("context is no object"),
		} with input as {"subject": {"aws_request": _request}, "settings": wrong, "context": wrong}
	}
}

test_pass_guarded_operation if {
	document := {"subject": {"aws_request": _request}, "settings": {}, "context": {}}
	rule.findings == set() with input as document
	rule.checked == {"sagemaker:CreateJob my-job"} with input as document
}

test_pass_operation_without_keys if {
	document := {"subject": {"aws_request": object.union(_request, {"operation": "ListJobs"})}}
	rule.findings == set() with input as document
	rule.checked == {"sagemaker:ListJobs"} with input as document
}

_request := {"service": "sagemaker", "operation": "CreateJob", "parameters": {"JobName": "my-job"}}

_not_understood(kind) := concat("", ["subject.", kind, " is not understood; what is: subject.aws_request, subject.kubernetes_object, subject.terraform_plan"])

_of_input(message) := _violation("input", [], message)

_violation(subject, path, message) := {
	"outcome": "violation",
	"subject": subject,
	"path": path,
	"message": message,
}

test_pass_request_for_a_grant if {
	document := {"subject": {"aws_request": {"service": "kms", "operation": "CreateGrant", "parameters": {
		"KeyId": "arn:key",
		"GranteePrincipal": "bedrock.amazonaws.com",
		"Operations": ["Decrypt"],
	}}}}
	rule.checked == {"kms:CreateGrant"} with input as document
	rule.findings == set() with input as document
}
