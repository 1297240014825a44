package sealgate_test

import data.sealgate

test_generated_policies_of_a_training_job_allow_its_calls_and_no_more if {
	answer := sealgate.generated_policy with input as _asked({})

	answer.key_policies == [{
		"key": _generated_key,
		"merged": null,
		"statements": [_caller_create_grant, _caller_describe_key, _role_use],
	}]
	answer.identity_policies == [{
		"who": "the caller",
		"principal": "arn:aws:iam::111122223333:role/team/Caller",
		"document": {"Version": "2012-10-17", "Statement": [_caller_create_job]},
	}]
	[answer.verified, answer.minimal, answer.unmet, answer.open, answer.problems] == [true, true, [], [], []]
	answer.notes == [_no_whole_policy]
}

test_generated_policies_for_any_job_have_wildcards if {
	answer := sealgate.generated_policy with input as _asked({"for_any_job": true})

	answer.key_policies[0].statements[0].Condition.StringLike == {
		"kms:EncryptionContext:aws:sagemaker:finetuning-job-arn": "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/*",
		"kms:ViaService": "sagemaker.*.amazonaws.com",
	}
	answer.identity_policies[0].document.Statement[0].Resource == "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/*"
	[answer.verified, answer.minimal] == [true, true]
}

test_generated_policies_with_minimal_conditions_have_none if {
	answer := sealgate.generated_policy with input as _asked({"minimal_conditions": true})

	answer.key_policies[0].statements == [
		{
			"Sid": "AllowCallerCreateGrantDescribeKey",
			"Effect": "Allow",
			"Principal": {"AWS": "arn:aws:iam::111122223333:role/team/Caller"},
			"Action": ["kms:CreateGrant", "kms:DescribeKey"],
			"Resource": "*",
		},
		object.remove(_role_use, {"Condition"}),
	]
	[answer.verified, answer.minimal] == [true, true]
}

test_generated_policies_of_an_iterative_job_allow_the_job_before_it if {
	package_arn := "arn:aws:sagemaker:us-west-2:111122223333:model-package/models/3"
	request := _training({"ModelPackageConfig": {"InputModelPackageArn": package_arn}})
	previous := {"job_arn": "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/before", "kms_key_arn": _generated_key}
	context := object.union(_known, {"model_packages": {package_arn: previous}})
	answer := sealgate.generated_policy with input as _asked_of(request, context, {})

	count(answer.key_policies[0].statements) == 3
	answer.key_policies[0].statements[0].Condition.StringLike["kms:EncryptionContext:aws:sagemaker:finetuning-job-arn"] == "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/*"
	answer.identity_policies[0].document.Statement == [_caller_create_job]
	[answer.verified, answer.minimal] == [true, true]
	{note | some note in answer.notes} == {
		_no_whole_policy,
		"sagemaker:CreateJob my-job continues from an earlier job, so its conditions allow every job of the category",
		"that the job makes the call mtrl.role.decrypt_previous (kms:Decrypt by the execution role) is an inference, which no document states",
	}
}

test_generated_policies_of_an_unnamed_previous_job_allow_the_category if {
	package_arn := "arn:aws:sagemaker:us-west-2:111122223333:model-package/models/3"
	request := _training({"ModelPackageConfig": {"InputModelPackageArn": package_arn}})
	context := object.union(_known, {"model_packages": {package_arn: {"kms_key_arn": _generated_key}}})
	answer := sealgate.generated_policy with input as _asked_of(request, context, {})

	count(answer.key_policies[0].statements) == 3
	not answer.verified
}

test_generated_policies_for_a_key_of_another_account_stand_on_both_sides if {
	foreign := replace(_generated_key, "111122223333", "444455556666")
	request := _training({"OutputDataConfig": {"S3OutputPath": "s3://my-bucket/out/", "KmsKeyArn": foreign}})
	answer := sealgate.generated_policy with input as _asked_of(request, _known, {"minimal_conditions": true})

	[statement.Sid | some statement in answer.key_policies[0].statements] == ["AllowCallerCreateGrantDescribeKey", "AllowExecutionRoleDecryptGenerateDataKey"]
	{policy.principal: policy.document.Statement | some policy in answer.identity_policies} == {
		"arn:aws:iam::111122223333:role/Job": [{
			"Sid": "AllowExecutionRoleDecryptGenerateDataKey",
			"Effect": "Allow",
			"Action": ["kms:Decrypt", "kms:GenerateDataKey"],
			"Resource": foreign,
		}],
		"arn:aws:iam::111122223333:role/team/Caller": [
			{
				"Sid": "AllowCallerCreateGrantDescribeKey",
				"Effect": "Allow",
				"Action": ["kms:CreateGrant", "kms:DescribeKey"],
				"Resource": foreign,
			},
			object.remove(_caller_create_job, {"Condition"}),
		],
	}
	[answer.verified, answer.minimal] == [true, true]
}

test_permission_in_the_own_policy_is_delegated_by_the_key_policy if {
	answer := sealgate.generated_policy with input as _asked_of(_evaluation, _known, {})

	answer.key_policies[0].statements == [
		{
			"Sid": "AllowPoliciesOfAccountDecryptDescribeKeyGenerateDataKey",
			"Effect": "Allow",
			"Principal": {"AWS": "arn:aws:iam::111122223333:root"},
			"Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
			"Resource": "*",
		},
		{
			"Sid": "AllowServiceDecryptGenerateDataKey",
			"Effect": "Allow",
			"Principal": {"Service": "bedrock.amazonaws.com"},
			"Action": ["kms:Decrypt", "kms:GenerateDataKey"],
			"Resource": "*",
			"Condition": {
				"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-west-2:111122223333:evaluation-job/*"},
				"StringLike": {"kms:EncryptionContext:evaluationJobArn": "arn:aws:bedrock:us-west-2:111122223333:evaluation-job/*"},
			},
		},
		{
			"Sid": "AllowServiceDescribeKey",
			"Effect": "Allow",
			"Principal": {"Service": "bedrock.amazonaws.com"},
			"Action": "kms:DescribeKey",
			"Resource": "*",
			"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-west-2:111122223333:evaluation-job/*"}},
		},
	]
	{policy.who: [statement.Sid | some statement in policy.document.Statement] | some policy in answer.identity_policies} == {
		"the caller": ["AllowCallerDecryptDescribeKeyGenerateDataKey"],
		"the execution role": ["AllowExecutionRoleDecryptGenerateDataKey", "AllowExecutionRoleDescribeKey"],
	}
	[answer.verified, answer.minimal] == [true, true]
}

test_root_user_gets_no_policy_of_its_own if {
	context := object.union(_known, {"caller": {"arn": "arn:aws:iam::111122223333:root", "role_arn": null}})
	answer := sealgate.generated_policy with input as _asked_of(_evaluation, context, {})

	[policy.who | some policy in answer.identity_policies] == ["the execution role"]
	answer.verified
}

test_same_statement_names_every_principal_that_needs_it if {
	request := {"service": "bedrock", "operation": "CreateModelCustomizationJob", "parameters": {"jobName": "my-job", "roleArn": "arn:aws:iam::111122223333:role/Job", "customModelKmsKeyId": _generated_key}}
	answer := sealgate.generated_policy with input as _asked_of(request, _known, {})

	answer.key_policies[0].statements == [{
		"Sid": "AllowCallerAndExecutionRoleCreateGrantDecryptDescribeKeyGenerateDataKey",
		"Effect": "Allow",
		"Principal": {"AWS": ["arn:aws:iam::111122223333:role/Job", "arn:aws:iam::111122223333:role/team/Caller"]},
		"Action": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"],
		"Resource": "*",
		"Condition": {"StringEquals": {"kms:ViaService": "bedrock.us-west-2.amazonaws.com"}},
	}]
	[answer.verified, answer.minimal] == [true, true]
	"the documents do not settle who makes the call bcust.role.encrypt: the statements allow it to each who may" in answer.notes
}

test_actions_that_only_a_sample_has_are_a_note if {
	request := {"service": "sagemaker", "operation": "CreateLabelingJob", "parameters": {"LabelingJobName": "my-job", "RoleArn": "arn:aws:iam::111122223333:role/Job", "OutputConfig": {"S3OutputPath": "s3://my-bucket/", "KmsKeyId": _generated_key}}}
	answer := sealgate.generated_policy with input as _asked_of(request, _known, {})

	answer.key_policies[0].statements[0].Action == ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"]
	some note in answer.notes
	startswith(note, "AWS's own sample for the call label.role.output_key also allows kms:GenerateDataKeyPair")
}

test_session_whose_role_is_not_known_has_a_note if {
	context := object.union(_known, {"caller": {"arn": "arn:aws:sts::111122223333:assumed-role/Caller/me", "role_arn": null}})
	answer := sealgate.generated_policy with input as _asked_of(_training({}), context, {})

	answer.identity_policies[0].principal == "arn:aws:iam::111122223333:role/Caller"
	"the role of the session arn:aws:sts::111122223333:assumed-role/Caller/me is taken to have no path: supply caller.role_arn where it has one" in answer.notes
}

test_what_is_not_known_is_said if {
	answer := sealgate.generated_policy with input as _asked_of(_training({}), object.remove(_known, {"region", "caller"}), {})

	not answer.verified
	{unmet.action | some unmet in answer.unmet} == {"kms:Decrypt", "kms:GenerateDataKey"}
	{open.call: open.reason | some open in answer.open} == {
		"mtrl.caller.create_write_grant": "who submits the job is not known",
		"mtrl.caller.describe_key": "who submits the job is not known",
	}
}

test_request_of_unknown_region_is_undecided_for_its_caller if {
	answer := sealgate.generated_policy with input as _asked_of(_training({}), object.remove(_known, {"region"}), {})

	{unmet.call: unmet.decision | some unmet in answer.unmet}["mtrl.caller.create_job"] == "undecided"
}

test_deny_beside_the_generated_policies_is_named if {
	nothing := {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
	context := object.union(_known, {"principals": {"arn:aws:iam::111122223333:role/Job": {"permissions_boundary": nothing}}})
	answer := sealgate.generated_policy with input as _asked_of(_training({}), context, {})

	not answer.verified
	not answer.minimal
	{unmet.principal | some unmet in answer.unmet} == {"arn:aws:iam::111122223333:role/Job"}
}

test_unreadable_request_is_a_problem if {
	request := object.union(_training({}), {"parameters": {"JobConfigDocument": 7}})
	answer := sealgate.generated_policy with input as _asked_of(request, _known, {})

	not answer.verified
	answer.problems == ["sagemaker:CreateJob my-job: JobConfigDocument: JobConfigDocument is a number, not a string that holds JSON"]
}

test_member_of_the_wrong_type_is_a_problem if {
	request := object.union(_evaluation, {"parameters": {"roleArn": 7}})
	answer := sealgate.generated_policy with input as _asked_of(request, _known, {})

	count(answer.problems) == 1
}

test_input_that_is_not_understood_is_a_problem if {
	answer := sealgate.generated_policy with input as {}
	answer.problems == ["the input has no subject: the part that holds what is to be judged"]
}

test_request_without_calls_needs_nothing if {
	answer := sealgate.generated_policy with input as _asked_of({"service": "sagemaker", "operation": "ListModels", "parameters": {}}, {}, {})

	answer.notes == ["no call of this request is known that needs a permission"]
	[answer.key_policies, answer.identity_policies, answer.problems] == [[], [], []]
}

test_merging_adds_what_is_missing_and_keeps_the_rest if {
	present := object.union(_role_use, {"Sid": "AllowCallerDescribeKey"})
	existing := {"Version": "2012-10-17", "Id": "mine", "Statement": [_root_statement, present]}
	answer := sealgate.generated_policy with input as _asked({"merge": json.marshal(existing)})

	second := object.union(_caller_describe_key, {"Sid": "AllowCallerDescribeKey2"})
	answer.key_policies == [{
		"key": _generated_key,
		"statements": [_caller_create_grant, second],
		"merged": {"Version": "2012-10-17", "Id": "mine", "Statement": [_root_statement, present, _caller_create_grant, second]},
	}]
	[answer.verified, answer.minimal, answer.notes] == [true, true, []]
}

test_merging_adds_nothing_where_all_is_allowed if {
	existing := {"Version": "2012-10-17", "Statement": _root_statement}
	admin := {"policies": [{"name": "admin", "document": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": ["kms:*", "sagemaker:*"], "Resource": "*"}}}]}
	principals := {"arn:aws:iam::111122223333:role/Job": admin, "arn:aws:iam::111122223333:role/team/Caller": admin}
	answer := sealgate.generated_policy with input as _asked_of(_training({}), object.union(_known, {"principals": principals}), {"merge": existing})

	answer.key_policies == [{"key": _generated_key, "statements": [], "merged": {"Version": "2012-10-17", "Statement": [_root_statement]}}]
	[answer.identity_policies, answer.verified, answer.minimal] == [[], true, true]
}

test_merging_leaves_out_what_a_delegation_allows_already if {
	existing := {"Version": "2012-10-17", "Statement": [_root_statement]}
	answer := sealgate.generated_policy with input as _asked_of(_evaluation, _known, {"merge": existing})

	[statement.Sid | some statement in answer.key_policies[0].statements] == ["AllowServiceDecryptGenerateDataKey", "AllowServiceDescribeKey"]
	count(answer.identity_policies) == 2
	[answer.verified, answer.minimal] == [true, true]
}

test_merging_needs_the_own_policy_of_a_principal_of_another_account if {
	foreign := replace(_generated_key, "111122223333", "444455556666")
	request := _training({"OutputDataConfig": {"S3OutputPath": "s3://my-bucket/out/", "KmsKeyArn": foreign}})
	existing := {"Version": "2012-10-17", "Statement": [object.union(_role_use, {"Action": "kms:*"})]}
	answer := sealgate.generated_policy with input as _asked_of(request, _known, {"merge": existing, "minimal_conditions": true})

	[statement.Sid | some statement in answer.key_policies[0].statements] == ["AllowCallerCreateGrantDescribeKey"]
	{policy.who | some policy in answer.identity_policies} == {"the caller", "the execution role"}
	[answer.verified, answer.minimal] == [true, true]
}

test_permission_that_another_with_fewer_conditions_covers_is_left_out if {
	objects := {"s3://my-bucket/in/data": {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": _generated_key}}
	request := _training({"InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://my-bucket/in/"}}}]})
	answer := sealgate.generated_policy with input as _asked_of(request, object.union(_known, {"objects": objects}), {})

	[[statement.Sid, statement.Condition] | some statement in answer.key_policies[0].statements; startswith(statement.Sid, "AllowExecutionRole")] == [
		["AllowExecutionRoleDecrypt", {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}],
		["AllowExecutionRoleGenerateDataKey", _role_use.Condition],
	]
	[answer.verified, answer.minimal] == [true, true]
}

test_malformed_policy_is_not_merged if {
	answer := sealgate.generated_policy with input as _asked({"merge": "{"})

	answer.key_policies[0].merged == null
	answer.problems == ["the key policy to complete is malformed at : a policy is a JSON object"]
}

test_policy_of_an_unnamed_key_is_not_merged if {
	request := {"service": "sagemaker", "operation": "CreateTrainingJob", "parameters": {
		"TrainingJobName": "my-job",
		"RoleArn": "arn:aws:iam::111122223333:role/Job",
		"OutputDataConfig": {"S3OutputPath": "s3://my-bucket/", "KmsKeyId": _generated_key},
		"ResourceConfig": {"InstanceType": "ml.m5.xlarge", "VolumeKmsKeyId": _volume_key},
	}}
	nothing := {"service": "sagemaker", "operation": "ListModels", "parameters": {}}
	existing := {"Version": "2012-10-17", "Statement": [_root_statement]}

	unnamed := sealgate.generated_policy with input as _asked_of(request, _known, {"merge": existing})
	unnamed.problems == [concat("", ["say which key's policy is to be completed: the job uses ", _generated_key, ", ", _volume_key])]

	named := sealgate.generated_policy with input as _asked_of(request, _known, {"merge": existing, "key": _volume_key})
	{policy.key | some policy in named.key_policies; policy.merged != null} == {_volume_key}

	other_key := replace(_volume_key, "2222", "3333")
	other := sealgate.generated_policy with input as _asked_of(request, _known, {"merge": existing, "key": other_key})
	other.problems == [concat("", ["the job makes no call on ", other_key])]

	without := sealgate.generated_policy with input as _asked_of(nothing, {}, {"merge": existing})
	without.problems == ["the job makes no call on any key"]
}

_asked(question) := _asked_of(_training({}), _known, question)

_asked_of(request, context, question) := {
	"subject": {"aws_request": request},
	"context": context,
	"question": question,
	"now": "2026-11-22T12:00:00Z",
}

_training(members) := {"service": "sagemaker", "operation": "CreateJob", "parameters": {
	"JobName": "my-job",
	"RoleArn": "arn:aws:iam::111122223333:role/Job",
	"JobCategory": "AgentRFT",
	"JobConfigSchemaVersion": "1.0.0",
	"JobConfigDocument": json.marshal(object.union({"OutputDataConfig": {"S3OutputPath": "s3://my-bucket/out/", "KmsKeyArn": _generated_key}}, members)),
}}

_evaluation := {"service": "bedrock", "operation": "CreateEvaluationJob", "parameters": {
	"jobName": "my-job",
	"roleArn": "arn:aws:iam::111122223333:role/Job",
	"customerEncryptionKeyId": _generated_key,
}}

_known := {
	"region": "us-west-2",
	"account": "111122223333",
	"caller": {
		"arn": "arn:aws:sts::111122223333:assumed-role/Caller/me",
		"role_arn": "arn:aws:iam::111122223333:role/team/Caller",
	},
}

_generated_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_volume_key := "arn:aws:kms:us-west-2:111122223333:key/2222abcd-12ab-34cd-56ef-1234567890ab"

_no_whole_policy := concat("", ["the statements are no whole key policy: they go into the policy of ", _generated_key, ", which must keep a statement for its administrators"])

_root_statement := {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}

_caller_create_grant := {
	"Sid": "AllowCallerCreateGrant",
	"Effect": "Allow",
	"Principal": {"AWS": "arn:aws:iam::111122223333:role/team/Caller"},
	"Action": "kms:CreateGrant",
	"Resource": "*",
	"Condition": {
		"Bool": {"kms:GrantIsForAWSResource": "true"},
		"StringEquals": {
			"kms:CallerAccount": "111122223333",
			"kms:EncryptionContext:aws:sagemaker:finetuning-job-arn": "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/my-job",
		},
		"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"},
	},
}

_caller_describe_key := {
	"Sid": "AllowCallerDescribeKey",
	"Effect": "Allow",
	"Principal": {"AWS": "arn:aws:iam::111122223333:role/team/Caller"},
	"Action": "kms:DescribeKey",
	"Resource": "*",
	"Condition": {
		"StringEquals": {"kms:CallerAccount": "111122223333"},
		"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"},
	},
}

_role_use := {
	"Sid": "AllowExecutionRoleDecryptGenerateDataKey",
	"Effect": "Allow",
	"Principal": {"AWS": "arn:aws:iam::111122223333:role/Job"},
	"Action": ["kms:Decrypt", "kms:GenerateDataKey"],
	"Resource": "*",
	"Condition": {
		"StringEquals": {"kms:EncryptionContext:aws:sagemaker:finetuning-job-arn": "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/my-job"},
		"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"},
	},
}

_caller_create_job := {
	"Sid": "AllowCallerCreateJob",
	"Effect": "Allow",
	"Action": "sagemaker:CreateJob",
	"Resource": "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/my-job",
	"Condition": {"ArnEquals": {"sagemaker:OutputKmsKeyArn": _generated_key}},
}
