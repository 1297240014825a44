package sealgate.systems.call_context_test

import data.sealgate.systems.call_context

_known(content) := {"state": "known", "value": content}

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_training := {
	"name": {"value": _known("my-job")},
	"category": _known("AgentRFT"),
	"partition": _known("aws"),
	"region": _known("us-west-2"),
	"account": _known("111122223333"),
	"documents": {},
}

_planned(job, entry) := {"job": job, "key": {"arn": _key}, "entry": entry}

_grant := {"context": {
	"kms:GrantIsForAWSResource": "true",
	"kms:EncryptionContext:<context key>": "<job arn>",
}}

test_job_arn_in_its_own_context_and_no_other if {
	keys := call_context.of(_planned(_training, _grant), "kms:CreateGrant") with input as {}
	keys["kms:encryptioncontext:aws:sagemaker:finetuning-job-arn"] == _known("arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/my-job")
	keys["kms:encryptioncontext:aws:sagemaker:agent-rft-evaluation-job-arn"] == {"state": "absent"}
	keys["kms:grantisforawsresource"] == _known("true")
}

test_job_arn_that_is_not_known if {
	every change in [
		{"name": {"value": {"state": "absent"}}},
		{"region": {"state": "unknown", "reason": "not said"}},
		{"account": {"state": "unknown", "reason": "not said"}},
	] {
		job := object.union(object.remove(_training, object.keys(change)), change)
		keys := call_context.of(_planned(job, _grant), "kms:CreateGrant") with input as {}
		keys["kms:encryptioncontext:aws:sagemaker:finetuning-job-arn"].state == "unknown"
	}
}

test_category_without_a_context_of_its_own if {
	job := object.union(_training, {"category": _known("Other")})
	keys := call_context.of(_planned(job, _grant), "kms:CreateGrant") with input as {}
	keys["kms:encryptioncontext:aws:sagemaker:finetuning-job-arn"].state == "known"
}

test_service_in_between if {
	via := {"via": "s3"}
	known := call_context.of(_planned(_training, via), "kms:Decrypt") with input as {}
	known["kms:viaservice"] == _known("s3.us-west-2.amazonaws.com")

	nowhere := object.union(object.remove(_training, {"region"}), {"region": {"state": "unknown", "reason": "not said"}})
	unknown := call_context.of(_planned(nowhere, via), "kms:Decrypt") with input as {}
	unknown["kms:viaservice"].state == "unknown"

	direct := call_context.of(_planned(_training, {}), "kms:Decrypt") with input as {}
	direct["kms:viaservice"].state == "unknown"
}

test_keys_of_other_actions_are_absent if {
	entry := {"unknown": ["kms:GrantOperations", "kms:EncryptionContext:evaluationJobArn"], "unset": ["aws:SourceArn"]}
	describe := call_context.of(_planned(_training, entry), "kms:DescribeKey") with input as {}
	describe["kms:grantoperations"] == {"state": "absent"}
	describe["kms:grantisforawsresource"] == {"state": "absent"}
	describe["kms:encryptioncontext:aws:sagemaker:finetuning-job-arn"] == {"state": "absent"}
	describe["kms:encryptioncontext:evaluationjobarn"].state == "unknown"
	describe["aws:sourcearn"] == {"state": "absent"}

	create := call_context.of(_planned(_training, entry), "kms:CreateGrant") with input as {}
	create["kms:grantoperations"].state == "unknown"
	not create["kms:encryptioncontext:aws:sagemaker:finetuning-job-arn"]

	unlisted := call_context.of(_planned(_training, {}), "kms:NewAction") with input as {}
	not unlisted["kms:grantoperations"]
}

test_key_properties if {
	keys := call_context.of(_planned(_training, {}), "kms:Decrypt") with input.context.keys as {_key: {"metadata": {
		"KeySpec": "SYMMETRIC_DEFAULT",
		"MultiRegion": false,
	}}}
	keys["kms:keyspec"] == _known("SYMMETRIC_DEFAULT")
	keys["kms:multiregion"] == _known(false)
	not keys["kms:keyusage"]
}

test_previous_job_of_the_other_category if {
	package_arn := "arn:aws:sagemaker:us-west-2:111122223333:model-package/models/3"
	previous := "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFTEvaluation/before"
	job := object.union(_training, {"documents": {"JobConfigDocument": {"value": {"ModelPackageConfig": {"InputModelPackageArn": package_arn}}}}})
	entry := {"context": {"kms:EncryptionContext:<previous context key>": "<previous job arn>"}}
	keys := call_context.of(_planned(job, entry), "kms:CreateGrant") with input.context.model_packages as {package_arn: {"job_arn": previous}}
	keys["kms:encryptioncontext:aws:sagemaker:agent-rft-evaluation-job-arn"] == _known(previous)
	keys["kms:encryptioncontext:aws:sagemaker:finetuning-job-arn"] == {"state": "absent"}
}

test_evaluation_job_arn if {
	entry := {"context": {"aws:SourceArn": "<evaluation job arn>"}}
	keys := call_context.of(_planned(_training, entry), "kms:Decrypt") with input as {}
	startswith(keys["aws:sourcearn"].value, "arn:aws:bedrock:us-west-2:111122223333:evaluation-job/")

	nowhere := object.union(object.remove(_training, {"region"}), {"region": {"state": "unknown", "reason": "not said"}})
	unknown := call_context.of(_planned(nowhere, entry), "kms:Decrypt") with input as {}
	unknown["aws:sourcearn"].state == "unknown"
}
