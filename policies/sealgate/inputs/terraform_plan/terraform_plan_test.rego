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
