package sealgate.rules.key.operation_is_not_guarded_test

import data.sealgate.rules.key.operation_is_not_guarded as rule

test_note_operation_that_carries_no_key if {
	rule.notes == {{
		"subject": "sagemaker:ListJobs",
		"path": [],
		"message": "sagemaker:ListJobs carries no KMS key that this version knows of; nothing was judged",
	}} with input as _request("ListJobs")
	rule.checked == {"sagemaker:ListJobs"} with input as _request("ListJobs")
}

test_pass_guarded_operation if {
	rule.notes == set() with input as _request("CreateJob")
	rule.checked == set() with input as _request("CreateJob")
}

test_pass_what_another_rule_denies if {
	every document in [{}, {"subject": {"kubernetes_object": {}}}, {"subject": {"aws_request": {}}}, _request("createjob"), _request(7)] {
		rule.notes == set() with input as document
		rule.checked == set() with input as document
	}
}

_request(operation) := {"subject": {"aws_request": {
	"service": "sagemaker",
	"operation": operation,
	"parameters": {"JobName": "my-job"},
}}}
