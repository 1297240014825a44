package sealgate.inputs.terraform_plan_test

import data.sealgate
import data.sealgate.inputs.terraform_plan
import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.lib.value

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_said := {"context": {"region": "us-west-2", "account": "111122223333"}}

_input(changes, root) := object.union(plan_test.holding(changes, root), _said)

_jobs(changes, root) := jobs if {
	# regal ignore:with-outside-test-context
	jobs := terraform_plan.jobs with input as _input(changes, root)
}

_decided(changes, root) := decided if {
	# regal ignore:with-outside-test-context
	decided := sealgate.decision with input as _input(changes, root)
}

# A training job, with its key and role known or not.
_job(values, unknown) := plan_test.created(
	"aws_sagemaker_training_job.j",
	object.union({"training_job_name": "j", "output_data_config": [{"s3_output_path": "s3://out/"}]}, values),
	unknown,
)

_configured(expressions) := {"resources": [plan_test.configured("aws_sagemaker_training_job.j", expressions)]}

# --- Jobs

test_job_of_a_resource if {
	[job] := _jobs([_job({"output_data_config": [{"kms_key_id": _key, "s3_output_path": "s3://out/"}]}, {})], {})
	job.subject == "aws_sagemaker_training_job.j"
	job.operation == "sagemaker:CreateTrainingJob"
	job.account == value.known("111122223333")
	job.region == value.known("us-west-2")
	[[key.path, key.value] | some key in job.keys] == [[["output_data_config", 0, "kms_key_id"], value.known(_key)]]
}

test_what_is_not_known_is_taken_from_where_it_comes_from if {
	change := _job(
		{"output_data_config": [{}]},
		{"role_arn": true, "output_data_config": [{"kms_key_id": true, "s3_output_path": true}]},
	)
	root := _configured({
		"role_arn": plan_test.from(["aws_iam_role.r.arn", "aws_iam_role.r"]),
		"output_data_config": [{
			"kms_key_id": plan_test.from(["aws_kms_key.k.arn", "aws_kms_key.k"]),
			"s3_output_path": plan_test.from(["aws_s3_bucket.b.bucket", "aws_s3_bucket.b"]),
		}],
	})
	[job] := _jobs(
		[
			change,
			plan_test.kept("aws_kms_key.k", {"arn": _key}),
			plan_test.created("aws_iam_role.r", {"name": "job"}, {"arn": true}),
			plan_test.created("aws_s3_bucket.b", {"bucket": "out"}, {}),
		],
		root,
	)
	job.role.value == value.known("arn:aws:iam::111122223333:role/job")
	[key.value | some key in job.keys] == [value.known(_key)]
	[bucket.value | some bucket in job.buckets; bucket.value.state != "absent"] == [value.known("s3://out/")]
}

test_what_leads_nowhere_stays_unknown if {
	change := _job({"output_data_config": [{}]}, {"output_data_config": [{"kms_key_id": true, "s3_output_path": true}]})
	root := _configured({"output_data_config": [{
		"kms_key_id": plan_test.from(["local.key"]),
		"s3_output_path": plan_test.from(["local.path"]),
	}]})
	[job] := _jobs([change], root)
	[contains(key.value.reason, "local.key") | some key in job.keys] == [true]
	[contains(bucket.value.reason, "local.path") | some bucket in job.buckets; bucket.value.state != "absent"] == [true]
}

test_what_nobody_sets_is_absent_though_it_is_not_known if {
	change := plan_test.created("aws_sagemaker_notebook_instance.n", {"name": "n"}, {"kms_key_id": true, "role_arn": true})
	root := {"resources": [plan_test.configured("aws_sagemaker_notebook_instance.n", {"name": {"constant_value": "n"}})]}
	[job] := _jobs([change], root)
	[key.value | some key in job.keys] == [value.absent]
	job.role.value == value.absent
}

# --- One of several keys

_either(first, second) := _decided(
	[
		_job({"output_data_config": [{"s3_output_path": "s3://out/"}]}, {"output_data_config": [{"kms_key_id": true}]}),
		plan_test.created("aws_kms_key.a", {"customer_master_key_spec": first}, {"arn": true}),
		plan_test.created("aws_kms_key.b", {"customer_master_key_spec": second}, {"arn": true}),
	],
	_configured({"output_data_config": [{"kms_key_id": plan_test.from([
		"aws_kms_key.a.arn",
		"aws_kms_key.a",
		"aws_kms_key.b.arn",
		"aws_kms_key.b",
	])}]}),
)

_outcomes(decided, rule) := {[finding.outcome, finding.subject] |
	some finding in decided.findings
	rule in array.concat([finding.rule], object.get(finding, ["missing", "rules"], []))
}

test_fault_of_one_of_several_keys_is_not_certain if {
	decided := _either("RSA_2048", "SYMMETRIC_DEFAULT")
	_outcomes(decided, "SG-KEY-006") == {["unverified", "aws_sagemaker_training_job.j"]}
	decided.allowed
}

test_fault_of_all_of_several_keys_is if {
	decided := _either("RSA_2048", "RSA_2048")
	_outcomes(decided, "SG-KEY-006") == {["violation", "aws_sagemaker_training_job.j"]}
	not decided.allowed
}

test_sound_keys_are_sound_whichever_it_will_be if {
	_outcomes(_either("SYMMETRIC_DEFAULT", "SYMMETRIC_DEFAULT"), "SG-KEY-006") == set()
}

# --- What is left as it is

test_fault_of_what_the_plan_leaves_as_it_is_only_warns if {
	values := {"training_job_name": "j", "output_data_config": [{"kms_key_id": "no key"}]}
	kept := _decided([plan_test.kept("aws_sagemaker_training_job.j", values)], {})
	[finding.enforcement | some finding in kept.findings; finding.rule == "SG-KEY-003"] == ["warn"]
	created := _decided([plan_test.created("aws_sagemaker_training_job.j", values, {})], {})
	[finding.enforcement | some finding in created.findings; finding.rule == "SG-KEY-003"] == ["deny"]
}

test_fault_of_what_is_left_denies_where_the_settings_say_so if {
	values := {"training_job_name": "j", "output_data_config": [{"kms_key_id": "no key"}]}
	document := _input([plan_test.kept("aws_sagemaker_training_job.j", values)], {})
	decided := sealgate.decision with input as object.union(document, {"settings": {"unchanged": "deny"}})
	[finding.enforcement | some finding in decided.findings; finding.rule == "SG-KEY-003"] == ["deny"]
}

# --- A plan with nothing to judge

test_plan_without_keys_is_unguarded if {
	every changes in [
		[],
		[plan_test.created("aws_iam_role.r", {"name": "r", "assume_role_policy": "{}"}, {})],
		[plan_test.created("aws_iam_policy.p", {"name": "p"}, {"policy": true})],
	] {
		subjects := terraform_plan.unguarded with input as _input(changes, {})
		subjects == ["terraform plan"]
	}
}

test_policy_that_can_be_read_is_judged if {
	every change in [
		plan_test.created("aws_iam_policy.p", {"name": "p", "policy": "{}"}, {}),
		plan_test.created("aws_kms_key.k", {}, {"policy": true}),
	] {
		subjects := terraform_plan.unguarded with input as _input([change], {})
		subjects == []
	}
}

# --- A policy that can't be read whole

_in_blocks(identifiers, unknown) := _decided(
	[
		plan_test.created("aws_kms_key.k", {}, {"arn": true, "policy": true}),
		plan_test.created(
			"data.aws_iam_policy_document.d",
			{"statement": [
				{"actions": ["kms:*"], "resources": ["*"], "principals": [{"type": "*", "identifiers": ["*"]}]},
				{"actions": ["kms:Decrypt"], "resources": ["*"], "principals": [{"type": "AWS", "identifiers": identifiers}]},
			]},
			{"json": true, "statement": [{}, {"principals": [{"identifiers": unknown}]}]},
		),
	],
	{"resources": [
		plan_test.configured("aws_kms_key.k", {"policy": plan_test.from([
			"data.aws_iam_policy_document.d.json",
			"data.aws_iam_policy_document.d",
		])}),
		plan_test.configured("data.aws_iam_policy_document.d", {"statement": [
			{},
			{"principals": [{"identifiers": plan_test.from(["local.role"])}]},
		]}),
	]},
)

test_statement_that_can_be_told_is_judged_beside_one_that_can_not if {
	decided := _in_blocks([null], [true])
	_outcomes(decided, "SG-IAM-007") == {["violation", "aws_kms_key.k"]}
	_outcomes(decided, "SG-IAM-001") == {["unverified", "aws_kms_key.k"]}
}

test_policy_that_can_be_told_whole_is_verified if {
	_outcomes(_in_blocks(["111122223333"], [false]), "SG-IAM-001") == set()
}

# --- Requests in strings

test_document_that_is_filled_in_later_is_no_fault if {
	definition := json.marshal({"States": {"Train": {
		"Resource": "arn:aws:states:::aws-sdk:sagemaker:createJob",
		"Parameters": {"JobName": "j", "JobCategory": "AgentRFT", "JobConfigDocument.$": "$.document"},
	}}})
	[job] := _jobs([plan_test.created("aws_sfn_state_machine.m", {"definition": definition}, {})], {})
	job.at == ["definition", "States", "Train", "Parameters"]
	job.documents.JobConfigDocument == {"state": "known", "value": {}}
}

# --- Of a plan as a whole

_other := "arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321"

_role := "arn:aws:iam::111122223333:role/Job"

_model(values, unknown) := plan_test.created("aws_bedrock_custom_model.m", values, unknown)

_configured_model(expressions) := {"resources": [plan_test.configured("aws_bedrock_custom_model.m", expressions)]}

test_account_is_that_of_the_role_where_nobody_says_it if {
	jobs := terraform_plan.jobs with input as plan_test.holding(
		[
			_model({"role_arn": _role}, {}),
			plan_test.kept("aws_iam_role.other", {"arn": "arn:aws:iam::444455556666:role/x", "name": "x"}),
		],
		{},
	)
	[job.account | some job in jobs] == [value.known("111122223333")]
}

test_what_starts_no_job if {
	_jobs(
		[
			plan_test.deleted("aws_bedrock_custom_model.m", {"custom_model_kms_key_id": _key}),
			plan_test.created("data.aws_bedrock_custom_model.m", {}, {}),
			plan_test.created("aws_kms_key.k", {}, {}),
			plan_test.created("aws_sagemaker_endpoint.e", {}, {}),
		],
		{},
	) == []
}

test_key_of_every_kind_of_value if {
	every case in [
		{"values": {"custom_model_kms_key_id": _key}, "unknown": {}, "value": value.known(_key)},
		{"values": {"custom_model_kms_key_id": "alias/ml"}, "unknown": {}, "value": value.known("alias/ml")},
		{"values": {"custom_model_kms_key_id": "malformed"}, "unknown": {}, "value": value.known("malformed")},
		{"values": {"custom_model_kms_key_id": 7}, "unknown": {}, "value": value.known(7)},
		{"values": {"custom_model_kms_key_id": [_key]}, "unknown": {}, "value": value.known([_key])},
		{"values": {"custom_model_kms_key_id": ""}, "unknown": {}, "value": value.absent},
		{"values": {"custom_model_kms_key_id": null}, "unknown": {}, "value": value.absent},
		{"values": {}, "unknown": {}, "value": value.absent},
		# Left to the provider, which is no key of one's own.
		{"values": {}, "unknown": {"custom_model_kms_key_id": true}, "value": value.absent},
	] {
		[job] := _jobs([_model(case.values, case.unknown)], _configured_model({}))
		[key.value | some key in job.keys] == [case.value]
		job.subject == "aws_bedrock_custom_model.m"
	}
}

test_job_with_one_of_several_keys_is_there_for_each if {
	root := _configured_model({"custom_model_kms_key_id": plan_test.from(["aws_kms_key.a.arn", "aws_kms_key.a", "aws_kms_key.b.arn", "aws_kms_key.b", "local.choice"])})
	jobs := _jobs(
		[
			_model({}, {"custom_model_kms_key_id": true}),
			plan_test.kept("aws_kms_key.a", {"arn": _key}),
			plan_test.kept("aws_kms_key.b", {"arn": _other}),
		],
		root,
	)
	[job.subject | some job in jobs] == ["aws_bedrock_custom_model.m\n0", "aws_bedrock_custom_model.m\n1", "aws_bedrock_custom_model.m\n2"]
	{key.value | some job in jobs; some key in job.keys} == {
		value.known(_key),
		value.known(_other),
		value.unknown("it is not known until apply: it comes from local.choice"),
	}
}

test_keys_beside_one_of_several_stay if {
	document := _jobs(
		[
			plan_test.created(
				"aws_sagemaker_training_job.t",
				{"output_data_config": [{"kms_key_id": _other}], "resource_config": [{}]},
				{"resource_config": [{"volume_kms_key_id": true}]},
			),
			plan_test.kept("aws_kms_key.a", {"arn": _key}),
			plan_test.kept("aws_kms_key.b", {"arn": _other}),
		],
		{"resources": [plan_test.configured("aws_sagemaker_training_job.t", {"resource_config": [{"volume_kms_key_id": plan_test.from([
			"aws_kms_key.a.arn",
			"aws_kms_key.a",
			"aws_kms_key.b.arn",
			"aws_kms_key.b",
		])}]})]},
	)
	[{key.use: key.value.value | some key in job.keys} | some job in document] == [
		{"output": _other, "volume": _key},
		{"output": _other, "volume": _other},
	]
}

_machine(parameters) := plan_test.created(
	"aws_sfn_state_machine.m", {"region": "eu-west-1", "definition": json.marshal({"States": {"S": {
		"Type": "Task",
		"Resource": "arn:aws:states:::aws-sdk:sagemaker:createJob",
		"Parameters": parameters,
	}}})},
	{},
)

test_job_that_a_state_machine_starts if {
	[job] := _jobs(
		[_machine({
			"JobName": "j",
			"JobCategory": "AgentRFT",
			"RoleArn": _role,
			"JobConfigDocument": json.marshal({"OutputDataConfig": {"KmsKeyArn": _key}}),
		})],
		{},
	)
	job.subject == "aws_sfn_state_machine.m"
	job.at == ["definition", "States", "S", "Parameters"]
	job.system == "sagemaker_mtrl"
	job.region == value.known("eu-west-1")
	job.role.value == value.known(_role)
	[[key.path, key.value] | some key in job.keys] == [[["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"], value.known(_key)]]
}

test_document_that_is_not_there_is_a_fault_unlike_one_that_is_filled_in if {
	every parameters in [
		{"JobCategory": "AgentRFT", "JobConfigDocument.$": "States.JsonToString($.document)"},
		{"JobCategory": "AgentRFT", "JobConfigDocument": "{% $string($states.input) %}"},
	] {
		[job] := _jobs([_machine(parameters)], {})
		job.documents == {"JobConfigDocument": {"state": "known", "value": {}}}
		[key.value | some key in job.keys] == [value.unknown("it is filled in when the request is made")]
	}

	# Unlike one that is not there, or is no JSON.
	every parameters, error in {
		{"JobCategory": "AgentRFT"}: "JobConfigDocument is missing",
		{"JobCategory": "AgentRFT", "JobConfigDocument": "text"}: "JobConfigDocument holds no JSON object",
	} {
		[job] := _jobs([_machine(parameters)], {})
		job.documents == {"JobConfigDocument": {"state": "unreadable", "error": error}}
		job.keys == []
	}
}

test_unchanged_and_deleted_addresses if {
	imported := object.union(plan_test.kept("aws_kms_key.imported", {"arn": _key}), {"change": {"importing": {"id": "x"}}})
	read := plan_test.created("data.aws_iam_policy_document.d", {}, {})
	machine := object.union(_machine({"JobCategory": "AgentRFT"}), {"change": {"actions": ["no-op"]}})
	document := _input(
		[
			plan_test.kept("aws_kms_key.kept", {"arn": _key}),
			imported,
			read,
			machine,
			plan_test.created("aws_kms_key.created", {}, {}),
			plan_test.changed("aws_kms_key.changed", {}, {}),
			plan_test.deleted("aws_kms_key.deleted", {}),
		],
		{},
	)
	terraform_plan.unchanged == {"aws_kms_key.kept", "data.aws_iam_policy_document.d", "aws_sfn_state_machine.m"} with input as document
	terraform_plan.deleted == {"aws_kms_key.deleted"} with input as document
	addresses := terraform_plan.addresses with input as document
	addresses[6] == "aws_kms_key.deleted"
	count(addresses) == 7
}

test_each_request_of_an_unchanged_resource_is_unchanged if {
	definition := json.marshal({"States": {name: {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob", "Parameters": {}} | some name in ["A", "B"]}})
	document := _input([plan_test.kept("aws_sfn_state_machine.m", {"definition": definition})], {})
	terraform_plan.unchanged == {"aws_sfn_state_machine.m", "aws_sfn_state_machine.m States.A", "aws_sfn_state_machine.m States.B"} with input as document
}

test_access_that_is_changed if {
	document := _input(
		[
			plan_test.changed("aws_kms_key.k", {}, {"arn": _key, "policy": "{}"}),
			plan_test.kept("aws_kms_key.other", {"arn": _other, "policy": "{}"}),
			plan_test.created("aws_kms_grant.g", {"key_id": _key, "operations": []}, {}),
			plan_test.created("aws_iam_role.r", {"name": "Job", "arn": _role, "assume_role_policy": "{}"}, {}),
		],
		{},
	)
	terraform_plan.changed_access == {
		{"address": "aws_kms_key.k", "kind": "key", "owner": _key},
		{"address": "aws_kms_key.k", "kind": "key_policy", "owner": _key},
		{"address": "aws_kms_grant.g", "kind": "grant", "owner": _key},
		{"address": "aws_iam_role.r", "kind": "trust", "owner": _role},
	} with input as document
}

test_plan_with_something_to_judge_is_guarded if {
	every changes in [
		[_model({}, {})],
		[plan_test.created("aws_kms_key.k", {}, {"policy": true})],
		[plan_test.created("aws_kms_grant.g", {"key_id": _key}, {})],
		[plan_test.created("aws_iam_role_policy.p", {"role": "Job", "policy": "{}"}, {})],
		[plan_test.created("aws_sfn_state_machine.m", {"definition": "text"}, {})],
		[null],
	] {
		terraform_plan.unguarded == [] with input as _input(changes, {})
	}
}

test_another_input_yields_nothing if {
	every document in [{}, {"subject": {"aws_request": {}}}, {"subject": {"terraform_plan": null}}, {"subject": {"terraform_plan": "text"}}] {
		terraform_plan.jobs == [] with input as document
		terraform_plan.unguarded == [] with input as document
		terraform_plan.unchanged == set() with input as document
		terraform_plan.grants == [] with input as document
		terraform_plan.unread == [] with input as document
		not terraform_plan.context with input as document
		not terraform_plan.policies with input as document
	}
}

test_context_has_what_is_declared if {
	document := _input(
		[
			plan_test.kept("aws_kms_key.k", {"arn": _key, "policy": "{}"}),
			plan_test.created("aws_iam_role.r", {"name": "Job", "arn": _role}, {}),
			plan_test.created("aws_kms_alias.a", {"name": "alias/ml", "target_key_id": _key}, {}),
			plan_test.created("aws_s3_bucket.b", {"bucket": "b", "region": "eu-west-1"}, {}),
		],
		{},
	)
	context := terraform_plan.context with input as document
	{part: object.keys(entries) | some part, entries in context} == {
		"keys": {_key},
		"key_ids": {"1234abcd-12ab-34cd-56ef-1234567890ab"},
		"principals": {_role},
		"aliases": {"alias/ml", "arn:aws:kms:us-west-2:111122223333:alias/ml"},
		"buckets": {"b"},
	}
	{[policy.subject, policy.kind] | some policy in terraform_plan.policies} == {["aws_kms_key.k", "key_policy"], ["aws_iam_role.r", "trust"]} with input as document
}
