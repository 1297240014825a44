package sealgate.inputs.intended_uses_test

import data.sealgate.inputs.intended_uses
import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.lib.value

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_made_up := "arn:aws:kms:us-west-2:111122223333:key/00000000-0000-0000-0000-000000000001"

_role := "arn:aws:iam::111122223333:role/Execution"

_use := {"system": "sagemaker_mtrl", "key": "aws_kms_key.ml"}

# A key that is to be created, an alias of it and the roles of its jobs.
_changes := [
	plan_test.created("aws_kms_key.ml", {"tags": {"use": "training=yes"}, "tags_all": {"use": "training=yes", "team": "ml"}}, {"arn": true, "key_id": true}),
	plan_test.created("aws_kms_alias.ml", {"name": "alias/ml"}, {"arn": true, "target_key_id": true}),
	plan_test.created("aws_iam_role.execution", {"name": "Execution"}, {"arn": true}),
	plan_test.created(`module.people["x"].aws_iam_user.me`, {"name": "me"}, {"arn": true}),
]

_root := {"resources": [plan_test.configured(
	"aws_kms_alias.ml",
	{"target_key_id": plan_test.from(["aws_kms_key.ml.key_id", "aws_kms_key.ml"])},
)]}

_input(changes, uses) := object.union(plan_test.holding(changes, _root), {
	"settings": {"intended_uses": uses},
	"context": {"region": "us-west-2", "account": "111122223333"},
})

_jobs(changes, uses) := jobs if {
	# regal ignore:with-outside-test-context
	jobs := intended_uses.jobs with input as _input(changes, uses)
}

_elsewhere(changes, uses) := subjects if {
	# regal ignore:with-outside-test-context
	subjects := intended_uses.elsewhere with input as _input(changes, uses)
}

_with(more) := object.union(_use, more)

# --- The job

test_job_of_an_intended_use if {
	[job] := _jobs(_changes, [_with({"execution_role": "Execution", "callers": ["me"]})])
	object.remove(job, ["keys"]) == {
		"subject": "intended use sagemaker_mtrl of aws_kms_key.ml by aws_iam_role.execution",
		"operation": "sagemaker:CreateJob",
		"system": "sagemaker_mtrl",
		"category": value.known("AgentRFT"),
		"name": {"path": [], "value": value.absent},
		"role": {"path": ["intended_uses", 0, "execution_role"], "value": value.known(_role)},
		"partition": value.known("aws"),
		"account": value.known("111122223333"),
		"region": value.known("us-west-2"),
		"buckets": [],
		"models": [],
		"tags": value.absent,
		"labeling_algorithm": value.absent,
		"documents": {},
		"parameters": {},
		"problems": [],
		"callers": [value.known("arn:aws:iam::111122223333:user/me")],
	}
	[key] := job.keys
	object.filter(key, ["path", "value", "use", "forms", "member", "instances", "roles", "serverless"]) == {
		"path": ["intended_uses", 0, "key"],
		"value": value.known(_made_up),
		"use": "output",
		"forms": ["key_arn"],
		"member": "JobConfigDocument.OutputDataConfig.KmsKeyArn",
		"instances": [],
		"roles": [],
		"serverless": [],
	}
}

test_operations_of_systems if {
	every system, expected in {
		"sagemaker_mtrl": ["sagemaker:CreateJob", value.known("AgentRFT")],
		"bedrock_custom_model": ["bedrock:CreateModelCustomizationJob", value.absent],
		"bedrock_evaluation": ["bedrock:CreateEvaluationJob", value.absent],
		"sagemaker_at_rest": ["sagemaker:CreateTrainingJob", value.absent],
		"sagemaker_labeling": ["sagemaker:CreateLabelingJob", value.absent],
	} {
		[job] := _jobs(_changes, [_with({"system": system})])
		[job.operation, job.category] == expected
		count(job.keys) > 0
	}
}

test_another_operation_of_the_system if {
	[job] := _jobs(_changes, [_with({"system": "sagemaker_at_rest", "operation": "sagemaker:CreateProcessingJob"})])
	job.operation == "sagemaker:CreateProcessingJob"
	[own] := _jobs(_changes, [_with({"operation": "sagemaker:CreateJob"})])
	own.operation == "sagemaker:CreateJob"
}

test_keys_are_those_of_the_uses if {
	every uses, expected in {["output"]: {"output"}, ["volume"]: {"volume"}, ["volume", "output"]: {"output", "volume"}, ["model"]: set()} {
		[job] := _jobs(_changes, [_with({"system": "sagemaker_at_rest", "uses": uses})])
		{key.use | some key in job.keys} == expected
	}
	[every_use] := _jobs(_changes, [_with({"system": "sagemaker_at_rest"})])
	{key.use | some key in every_use.keys} == {"output", "volume"}
}

# --- The key

test_ways_to_name_a_key if {
	every name in ["aws_kms_key.ml", "aws_kms_key.*", "*.ml", _made_up, "alias/ml", "aws_kms_alias.ml", "tag:use=training=yes", "tag:team=ml"] {
		[job] := _jobs(_changes, [_with({"key": name})])
		[key.value.value | some key in job.keys] == [_made_up]
		job.subject == "intended use sagemaker_mtrl of aws_kms_key.ml"
		_elsewhere(_changes, [_with({"key": name})]) == []
	}
}

test_key_that_the_plan_does_not_have_is_told if {
	every name in ["aws_kms_key.other", "alias/other", "tag:use=training", "tag:use", "tag:other=ml", "", _key] {
		_jobs(_changes, [_with({"key": name})]) == []
		_elsewhere(_changes, [_with({"key": name})]) == [concat(" ", ["intended use sagemaker_mtrl of", name])]
	}

	# A tag that is no text is none of these words.
	changes := [plan_test.created("aws_kms_key.ml", {"tags": {"use": 7}, "tags_all": "text"}, {"arn": true})]
	_jobs(changes, [_with({"key": "tag:use=7"})]) == []
}

test_every_key_that_is_meant if {
	changes := [plan_test.created(`aws_kms_key.ml["a"]`, {}, {"arn": true}), plan_test.created(`aws_kms_key.ml["b"]`, {}, {"arn": true})]
	[job.subject | some job in _jobs(changes, [_with({"key": "aws_kms_key.ml[*"})])] == [
		`intended use sagemaker_mtrl of aws_kms_key.ml["a"]`,
		`intended use sagemaker_mtrl of aws_kms_key.ml["b"]`,
	]
}

test_key_of_another_plan_is_used_by_a_role_of_this_one if {
	[job] := _jobs(_changes, [_with({"key": _key, "execution_role": "Execution"})])
	job.subject == concat("", ["intended use sagemaker_mtrl of ", _key, " by aws_iam_role.execution"])
	job.region == value.known("us-west-2")
	[key.value | some key in job.keys] == [value.known(_key)]

	# Neither of which is in this one.
	every role in ["Other", "arn:aws:iam::111122223333:role/Other", 7] {
		_jobs(_changes, [_with({"key": _key, "execution_role": role})]) == []
	}

	# And no other text names a key of another plan.
	_jobs(_changes, [_with({"key": "alias/other", "execution_role": "Execution"})]) == []
}

test_key_that_the_plan_takes_away_is_still_meant if {
	values := {"arn": _key, "key_id": "1234abcd-12ab-34cd-56ef-1234567890ab", "tags": {"use": "training"}}
	alias := {"name": "alias/ml", "arn": "arn:aws:kms:us-west-2:111122223333:alias/ml", "target_key_id": values.key_id}
	changes := [plan_test.deleted("aws_kms_key.ml", values), plan_test.deleted("aws_kms_alias.ml", alias)]
	every name in ["aws_kms_key.ml", _key, "alias/ml", alias.arn, "aws_kms_alias.ml", "tag:use=training"] {
		[job] := _jobs(changes, [_with({"key": name})])
		job.subject == "intended use sagemaker_mtrl of aws_kms_key.ml"
		job.region == value.known("us-west-2")
		[key.value | some key in job.keys] == [value.known(_key)]
	}

	# A key that takes its place is the one that is meant.
	replaced := array.concat(changes, [plan_test.created("aws_kms_key.next", {"tags": {"use": "training"}}, {"arn": true})])
	[job.subject | some job in _jobs(replaced, [_with({"key": "tag:use=training"})])] == ["intended use sagemaker_mtrl of aws_kms_key.next"]

	# Without an ARN there is nothing that could be said of it.
	_jobs([plan_test.deleted("aws_kms_key.ml", {})], [_use]) == []
}

# --- Who uses it

test_ways_to_name_a_role if {
	every name in ["Execution", _role, "aws_iam_role.execution", "aws_iam_role.*"] {
		[job] := _jobs(_changes, [_with({"execution_role": name})])
		job.role.value == value.known(_role)
		endswith(job.subject, " by aws_iam_role.execution")
	}
	[job] := _jobs(_changes, [_with({"execution_role": "arn:aws:iam::111122223333:role/Other"})])
	job.role.value == value.known("arn:aws:iam::111122223333:role/Other")
}

test_role_that_is_not_in_the_plan_is_not_known if {
	[job] := _jobs(_changes, [_with({"execution_role": "Other"})])
	job.role.value == value.unknown("Other is no principal of this plan")
	job.subject == "intended use sagemaker_mtrl of aws_kms_key.ml by Other"
}

test_role_that_nobody_named if {
	every given in [{}, {"execution_role": null}, {"execution_role": 7}] {
		[job] := _jobs(_changes, [_with(given)])
		job.role.value == value.absent
		job.subject == "intended use sagemaker_mtrl of aws_kms_key.ml"
	}
}

test_role_that_the_plan_takes_away if {
	changes := [_changes[0], plan_test.deleted("aws_iam_role.execution", {"name": "Execution", "arn": _role})]
	every name in ["Execution", "aws_iam_role.execution", _role] {
		[job] := _jobs(changes, [_with({"execution_role": name})])
		job.role.value == value.known(_role)
		endswith(job.subject, " by aws_iam_role.execution")
	}
}

test_callers if {
	every name in ["me", `module.people["x"].aws_iam_user.me`, "module.people*", "arn:aws:iam::111122223333:user/me"] {
		[job] := _jobs(_changes, [_with({"callers": [name]})])
		job.callers == [value.known("arn:aws:iam::111122223333:user/me")]
	}
	[job] := _jobs(_changes, [_with({"callers": ["nobody", "Execution", 7]})])
	job.callers == [value.unknown("nobody is no principal of this plan"), value.known(_role)]
}

# --- What fits nothing

test_nothing_is_said_of_other_inputs_and_of_the_side_before if {
	every document in [{}, {"subject": {"aws_request": {}}}, {"subject": {"terraform_plan": null}}] {
		whole := object.union(document, {"settings": {"intended_uses": [_use, 7]}})
		intended_uses.jobs == [] with input as whole
		intended_uses.elsewhere == [] with input as whole
		intended_uses.problems == set() with input as whole
	}
	before := object.union(_input(_changes, [_use]), {"plan_side": "before"})
	intended_uses.jobs == [] with input as before
	intended_uses.elsewhere == [] with input as before
}

test_settings_that_fit_nothing_are_told if {
	every wrong in [7, null, "text", {}, {"system": "sagemaker_mtrl"}, {"key": "alias/ml"}, _with({"system": "sagemaker_mrtl"}), _with({"key": null}), _with({"system": 7})] {
		found := intended_uses.problems with input as _input(_changes, [_use, wrong])
		found == {{"subject": "settings", "path": ["intended_uses", 1], "message": "an intended use names its system and its key"}}
		count(_jobs(_changes, [_use, wrong])) == 1
	}
	every wrong in [7, null, "text", {}] {
		found := intended_uses.problems with input as _input(_changes, wrong)
		found == {{"subject": "settings", "path": ["intended_uses"], "message": "intended_uses is no list"}}
		_jobs(_changes, wrong) == []
	}
}

test_operation_of_another_system_is_told if {
	every wrong in ["bedrock:CreateEvaluationJob", "sagemaker:CreateNothing", "", null, 7, ["sagemaker:CreateJob"]] {
		found := intended_uses.problems with input as _input(_changes, [_with({"operation": wrong})])
		found == {{
			"subject": "settings",
			"path": ["intended_uses", 0, "operation"],
			"message": "this is no operation of sagemaker_mtrl",
		}}
		[job.operation | some job in _jobs(_changes, [_with({"operation": wrong})])] == ["sagemaker:CreateJob"]
	}
}
