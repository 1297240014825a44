package sealgate_test

import data.sealgate

test_explanation_has_a_row_for_each_action_of_each_call if {
	statement := object.union(_role_use, {"Action": ["kms:Decrypt"]})
	policy := {"Version": "2012-10-17", "Statement": [_caller_describe_key, statement]}
	context := object.union(_known, {
		"keys": {_generated_key: {"policy": policy}},
		"principals": {
			"arn:aws:iam::111122223333:role/Job": {"policies": []},
			"arn:aws:iam::111122223333:role/team/Caller": {"policies": []},
		},
	})
	answer := sealgate.explanation with input as _asked_of(_training({}), context, {})

	answer.problems == []
	{[row.call, row.action]: [row.decision, row.through] | some row in answer.calls} == {
		["mtrl.caller.describe_key", "kms:DescribeKey"]: ["allowed", "key_policy"],
		["mtrl.caller.create_write_grant", "kms:CreateGrant"]: ["denied", null],
		["mtrl.caller.create_job", "sagemaker:CreateJob"]: ["denied", null],
		["mtrl.role.use", "kms:Decrypt"]: ["allowed", "key_policy"],
		["mtrl.role.use", "kms:GenerateDataKey"]: ["denied", null],
		["mtrl.service.use_grant", "kms:Decrypt"]: ["allowed", "grant"],
		["mtrl.service.use_grant", "kms:GenerateDataKey"]: ["allowed", "grant"],
	}
	[row | some row in answer.calls; row.call == "mtrl.caller.describe_key"] == [{
		"job": "sagemaker:CreateJob my-job",
		"call": "mtrl.caller.describe_key",
		"who": "the caller",
		"principal": "arn:aws:sts::111122223333:assumed-role/Caller/me",
		"action": "kms:DescribeKey",
		"key": _generated_key,
		"path": ["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"],
		"via": "sagemaker",
		"decision": "allowed",
		"by": {"layer": "key_policy", "policy": "the key policy", "index": 0, "sid": "AllowCallerDescribeKey"},
		"through": "key_policy",
		"nearest": [],
		"missing": [],
		"requirements": ["MTRL-05", "MTRL-10", "MTRL-12"],
		"inferred": false,
	}]
}

test_explanation_says_what_is_missing_of_a_call_that_nobody_can_be_asked_about if {
	answer := sealgate.explanation with input as _asked_of(_training({}), object.remove(_known, {"caller"}), {})

	[row | some row in answer.calls; row.call == "mtrl.caller.describe_key"] == [{
		"job": "sagemaker:CreateJob my-job",
		"call": "mtrl.caller.describe_key",
		"who": "the caller",
		"principal": null,
		"action": "kms:DescribeKey",
		"key": null,
		"path": ["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"],
		"via": "sagemaker",
		"decision": "undecided",
		"by": null,
		"through": null,
		"nearest": [],
		"missing": [{
			"layer": "context",
			"part": "caller",
			"reason": "who submits the job is not known",
			"supply": "Say it in the context as caller.arn: aws sts get-caller-identity prints it.",
		}],
		"requirements": ["MTRL-05", "MTRL-10", "MTRL-12"],
		"inferred": false,
	}]
}
