package sealgate.systems.calls_test

import data.sealgate.systems.calls
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

# What the tests of the simulated calls share: requests, the policies that bear on them, and the context around both.

role := "arn:aws:iam::111122223333:role/SageMakerExecutionRole"

submitter := "arn:aws:iam::111122223333:role/Submitter"

session := "arn:aws:sts::111122223333:assumed-role/Submitter/me"

policy(statements) := {"Version": "2012-10-17", "Statement": statements}

allow(principal, actions, condition) := {
	"Sid": "Allow",
	"Effect": "Allow",
	"Principal": {"AWS": principal},
	"Action": actions,
	"Resource": "*",
	"Condition": condition,
}

delegation := {
	"Sid": "Root",
	"Effect": "Allow",
	"Principal": {"AWS": "arn:aws:iam::111122223333:root"},
	"Action": "kms:*",
	"Resource": "*",
}

administrator := [{"name": "all", "document": policy([{"Effect": "Allow", "Action": "*", "Resource": "*"}])}]

# The context of a job whose key has a policy, and whose principals have the same identity policies.
around(key_policy, identity, more) := object.union(
	{
		"region": "us-west-2",
		"account": "111122223333",
		"caller": {"arn": session, "role_arn": submitter},
		"keys": {mtrl.key: {"policy": key_policy}},
		"principals": {role: {"policies": identity}, submitter: {"policies": identity}},
		"buckets": {"my-bucket": {"encryption": null}},
	},
	more,
)

document := {
	"InputDataConfig": [{"DataSource": {"S3DataSource": {"S3Uri": "s3://my-bucket/in/"}}}],
	"OutputDataConfig": {"KmsKeyArn": mtrl.key},
}

create_job(category, more, context) := mtrl.request(
	category,
	{"value": object.union(document, more)},
	{"context": context},
)

request(service, operation, parameters, context) := {
	"subject": {"aws_request": {"service": service, "operation": operation, "parameters": parameters}},
	"context": context,
}

# The decision on each action of each call, as `<call> <action>`.
decisions(simulated) := {concat(" ", [simulation.entry.id, action]): answer.decision |
	some simulation in simulated
	some action, answer in simulation.answers
}

_mtrl_calls := {
	"mtrl.caller.create_write_grant kms:CreateGrant",
	"mtrl.caller.describe_key kms:DescribeKey",
	"mtrl.role.use kms:Decrypt",
	"mtrl.role.use kms:GenerateDataKey",
	"mtrl.service.use_grant kms:Decrypt",
	"mtrl.service.use_grant kms:GenerateDataKey",
}

test_all_calls_are_allowed_by_delegation_and_identity if {
	every category in mtrl.categories {
		simulated := calls.simulated with input as create_job(
			category, {},
			around(policy([delegation]), administrator, {}),
		)
		decisions(simulated) == {name: "allowed" | some name in _mtrl_calls}
	}
}

test_nothing_is_allowed_without_delegation if {
	simulated := calls.simulated with input as create_job(
		"AgentRFT", {},
		around(policy([allow("arn:aws:iam::111122223333:role/Other", "kms:*", {})]), administrator, {}),
	)
	denied := {name | some name, decision in decisions(simulated); decision == "denied"}
	denied == {name | some name in _mtrl_calls; not startswith(name, "mtrl.service.")}
}

test_statements_for_the_documented_paths if {
	key_policy := policy([
		allow(role, ["kms:Decrypt", "kms:GenerateDataKey"], {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}),
		allow(submitter, "kms:DescribeKey", {"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"}}),
		allow(submitter, "kms:CreateGrant", {
			"Bool": {"kms:GrantIsForAWSResource": "true"},
			"StringEquals": {"kms:CallerAccount": "111122223333"},
			"StringLike": {
				"kms:ViaService": "sagemaker.*.amazonaws.com",
				"kms:EncryptionContext:aws:sagemaker:finetuning-job-arn": "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/*",
			},
		}),
	])
	training := calls.simulated with input as create_job("AgentRFT", {}, around(key_policy, [], {}))
	decisions(training) == {name: "allowed" | some name in _mtrl_calls}

	# The context of an evaluation job is another.
	evaluation := calls.simulated with input as create_job("AgentRFTEvaluation", {}, around(key_policy, [], {}))
	decisions(evaluation)["mtrl.caller.create_write_grant kms:CreateGrant"] == "denied"
	decisions(evaluation)["mtrl.role.use kms:Decrypt"] == "allowed"
}

test_describe_key_has_no_grant_condition if {
	simulated := calls.simulated with input as create_job("AgentRFT", {}, around(
		policy([allow(submitter, ["kms:CreateGrant", "kms:DescribeKey"], {"Bool": {"kms:GrantIsForAWSResource": "true"}})]),
		[],
		{},
	))
	decisions(simulated)["mtrl.caller.describe_key kms:DescribeKey"] == "denied"
	decisions(simulated)["mtrl.caller.create_write_grant kms:CreateGrant"] == "allowed"
}

test_perimeter_denies_the_service if {
	key_policy := policy([delegation, {
		"Sid": "Perimeter",
		"Effect": "Deny",
		"Principal": "*",
		"Action": "kms:Decrypt",
		"Resource": "*",
		"Condition": {"Bool": {"aws:PrincipalIsAWSService": "true"}},
	}])
	simulated := calls.simulated with input as create_job("AgentRFT", {}, around(key_policy, administrator, {}))
	decisions(simulated)["mtrl.service.use_grant kms:Decrypt"] == "denied"
	decisions(simulated)["mtrl.service.use_grant kms:GenerateDataKey"] == "allowed"
	decisions(simulated)["mtrl.role.use kms:Decrypt"] == "allowed"
}

test_organisation_policies_count if {
	nothing := [[{"name": "none", "document": policy([{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}])}]]
	bound := around(policy([delegation]), administrator, {"organization": {"111122223333": {"service_control_policies": nothing}}})
	simulated := calls.simulated with input as create_job("AgentRFT", {}, bound)
	decisions(simulated)["mtrl.role.use kms:Decrypt"] == "denied"

	management := object.union(bound, {"organization": {"111122223333": {"management": true}}})
	exempt := calls.simulated with input as create_job("AgentRFT", {}, management)
	decisions(exempt)["mtrl.role.use kms:Decrypt"] == "allowed"
}

test_grants_that_exist_count if {
	granted := around(policy([delegation]), [], {"keys": {mtrl.key: {"grants": [{
		"GrantId": "1",
		"GranteePrincipal": role,
		"Operations": ["Decrypt"],
	}]}}})
	simulated := calls.simulated with input as create_job("AgentRFT", {}, granted)
	decisions(simulated)["mtrl.role.use kms:Decrypt"] == "allowed"
	decisions(simulated)["mtrl.role.use kms:GenerateDataKey"] == "denied"
}

test_unknown_principal_is_undetermined if {
	undetermined := calls.undetermined with input as create_job("AgentRFT", {}, {"region": "us-west-2", "keys": {}})
	{one.unknown.part | some one in undetermined} == {"caller", "buckets.my-bucket.encryption"}
}

test_key_that_is_aws_managed_has_no_policy_of_ours if {
	simulated := calls.simulated with input as create_job("AgentRFT", {}, around(policy([delegation]), administrator, {"keys": {mtrl.key: {
		"metadata": {"KeyManager": "AWS"},
	}}}))
	simulated == []
}

test_inferred_calls if {
	# A default encryption of the bucket only infers the objects' key; HeadObject says it.
	inferred := around(policy([delegation]), administrator, {"buckets": {"my-bucket": {"encryption": _encryption(mtrl.key)}}})
	by_default := calls.simulated with input as create_job("AgentRFT", {}, inferred)
	[simulation.inferred | some simulation in by_default; simulation.entry.id == "mtrl.role.decrypt_input"] == [true]

	known := object.union(inferred, {"objects": {"s3://my-bucket/in/a": {"SSEKMSKeyId": mtrl.key}}})
	by_object := calls.simulated with input as create_job("AgentRFT", {}, known)
	[simulation.inferred | some simulation in by_object; simulation.entry.id == "mtrl.role.decrypt_input"] == [false]

	every form, by_inference in {mtrl.key: true, "1234abcd-12ab-34cd-56ef-1234567890ab": false} {
		training := calls.simulated with input as request("sagemaker", "CreateTrainingJob", _training(form), inferred)
		flags := {simulation.entry.id: simulation.inferred | some simulation in training}
		flags["rest.role.output_key"] == false
		flags["rest.role.output_key_encrypt"] == by_inference
		flags["rest.role.volume_grant"] == false
	}

	notebook := calls.simulated with input as request(
		"sagemaker", "CreateNotebookInstance",
		{"RoleArn": role, "KmsKeyId": mtrl.key},
		inferred,
	)
	{simulation.entry.id: simulation.inferred | some simulation in notebook} == {"rest.role.volume_grant": true}

	imported := calls.simulated with input as request(
		"bedrock", "CreateModelImportJob",
		{"roleArn": role, "importedModelKmsKeyId": mtrl.key},
		inferred,
	)
	[simulation.inferred | some simulation in imported; simulation.entry.id == "bcust.role.encrypt"] == [true, true]
}

test_read_grant_on_the_previous_key if {
	other := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ac"
	package_arn := "arn:aws:sagemaker:us-west-2:111122223333:model-package/models/3"
	previous := "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/before"
	pinned := policy([delegation, {
		"Sid": "Pinned",
		"Effect": "Deny",
		"Principal": "*",
		"Action": "kms:CreateGrant",
		"Resource": "*",
		"Condition": {"StringNotEquals": {"kms:EncryptionContext:aws:sagemaker:finetuning-job-arn": previous}},
	}])
	every key, by_inference in {mtrl.key: false, other: true} {
		simulated := calls.simulated with input as create_job(
			"AgentRFT", {"ModelPackageConfig": {"InputModelPackageArn": package_arn}},
			around(policy([delegation]), administrator, {
				"keys": {key: {"policy": pinned}},
				"model_packages": {package_arn: {"job_arn": previous, "kms_key_arn": key}},
			}),
		)
		read := [simulation | some simulation in simulated; simulation.entry.id == "mtrl.caller.create_read_grant"]
		[simulation.inferred | some simulation in read] == [by_inference]
		decisions(read) == {"mtrl.caller.create_read_grant kms:CreateGrant": "allowed"}
		decisions(simulated)["mtrl.role.decrypt_previous kms:Decrypt"] == "allowed"
	}
}

test_invokers_and_agent_role_where_the_context_names_them if {
	invoker := "arn:aws:iam::111122223333:user/reader"
	named := around(policy([delegation]), administrator, {
		"invoking_principals": [invoker],
		"principals": {invoker: {"policies": []}},
		"agent_runtime_role": role,
	})
	model := calls.simulated with input as request(
		"bedrock", "CreateCustomModel",
		{"roleArn": role, "modelKmsKeyArn": mtrl.key},
		named,
	)
	decisions(model)["bcust.invoker.decrypt kms:Decrypt"] == "denied"

	job := calls.simulated with input as create_job("AgentRFT", {}, named)
	decisions(job)["mtrl.agent_role.use kms:Decrypt"] == "allowed"
}

test_copy_reads_the_source_model if {
	source := "arn:aws:bedrock:us-west-2:111122223333:custom-model/a/b"
	simulated := calls.simulated with input as request(
		"bedrock", "CreateModelCopyJob",
		{"sourceModelArn": source, "modelKmsKeyId": mtrl.key},
		around(policy([delegation]), administrator, {"models": {source: {"kms_key_arn": mtrl.key}}}),
	)
	decisions(simulated)["bcust.role.decrypt_source kms:Decrypt"] == "allowed"
	{simulation.who.name | some simulation in simulated; simulation.entry.id == "bcust.role.encrypt"} == {"the caller"}
}

test_evaluation_service_under_its_documented_statement if {
	arn := "arn:aws:bedrock:us-west-2:111122223333:evaluation-job/*"
	simulated := calls.simulated with input as request(
		"bedrock", "CreateEvaluationJob",
		{"roleArn": role, "customerEncryptionKeyId": mtrl.key},
		around(
			policy([delegation, {
				"Sid": "Bedrock",
				"Effect": "Allow",
				"Principal": {"Service": "bedrock.amazonaws.com"},
				"Action": ["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"],
				"Resource": "*",
				"Condition": {"StringLike": {"kms:EncryptionContext:evaluationJobArn": arn, "aws:SourceArn": arn}},
			}]),
			administrator, {},
		),
	)
	decisions(simulated)["beval.service.use kms:Decrypt"] == "allowed"

	# AWS's own statement: whether DescribeKey carries that context is not settled, and so never denied for it.
	decisions(simulated)["beval.service.describe kms:DescribeKey"] == "undecided"
}

test_output_bucket_under_a_key if {
	simulated := calls.simulated with input as request(
		"bedrock", "CreateModelCustomizationJob",
		{"roleArn": role, "outputDataConfig": {"s3Uri": "s3://my-bucket/out/"}},
		around(policy([delegation]), [], {"buckets": {"my-bucket": {"encryption": _encryption(mtrl.key)}}}),
	)
	decisions(simulated) == {"bcust.role.write_output kms:GenerateDataKey": "denied"}
}

_encryption(key_arn) := {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": {
	"SSEAlgorithm": "aws:kms",
	"KMSMasterKeyID": key_arn,
}}]}}

_training(key) := {
	"TrainingJobName": "t",
	"RoleArn": role,
	"OutputDataConfig": {"S3OutputPath": "s3://my-bucket/out/", "KmsKeyId": key},
	"ResourceConfig": {"InstanceType": "ml.m5.large", "VolumeKmsKeyId": key},
}
