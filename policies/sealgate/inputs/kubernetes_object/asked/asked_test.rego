package sealgate.inputs.kubernetes_object.asked_test

import data.sealgate.inputs.kubernetes_object.asked
import data.sealgate.lib.value

# --- Kinds of the tables

test_job_of_ack_holds_what_rules_read if {
	[job] := asked.jobs with input as _ack("TrainingJob", {
		"trainingJobName": "my-job",
		"roleARN": _role,
		"outputDataConfig": {"kmsKeyID": _key, "s3OutputPath": "s3://bucket/out"},
		"resourceConfig": {"instanceType": "ml.m5.large", "volumeKMSKeyID": null},
		"tags": [{"key": "team", "value": "ml"}],
	})
	job.subject == "sagemaker.services.k8s.aws/TrainingJob ml/job"
	job.operation == "sagemaker:CreateTrainingJob"
	job.system == "sagemaker_at_rest"
	job.name == {"path": ["spec", "trainingJobName"], "value": value.known("my-job")}
	job.role == {"path": ["spec", "roleARN"], "value": value.known(_role)}
	job.account == value.known("444455556666")
	job.region == value.known("eu-west-1")
	job.partition == value.known("aws")
	{[key.path, key.member, key.value] | some key in job.keys} == {
		[["spec", "outputDataConfig", "kmsKeyID"], "OutputDataConfig.KmsKeyId", value.known(_key)],
		[["spec", "resourceConfig", "volumeKMSKeyID"], "ResourceConfig.VolumeKmsKeyId", value.absent],
	}
	[instance.value.value | some key in job.keys; some instance in key.instances] == ["ml.m5.large"]
	value.known("s3://bucket/out") in [bucket.value | some bucket in job.buckets]
	job.tags == value.known([{"key": "team", "value": "ml"}])
	job.problems == []
	job.misspelt == []
}

test_member_of_the_wrong_type_is_a_problem if {
	[job] := asked.jobs with input as _ack("NotebookInstance", ["kmsKeyID"])
	job.keys == []
	{"path": ["spec"], "message": "spec is an array, not an object"} in job.problems
}

test_kind_that_no_table_has_asks_for_nothing if {
	asked.jobs == [] with input as _ack("Model", {})
	not asked.is_known with input as _ack("Model", {})
	asked.is_known with input as _ack("TrainingJob", {})
	asked.problems == set() with input as _ack("Model", {})
}

test_reference_beside_a_key_and_a_role_is_unknown if {
	[job] := asked.jobs with input as _object("bedrockagentcorecontrol.services.k8s.aws", "Gateway", {
		"kmsKeyRef": {"from": {"name": "k"}},
		"roleRef": {"from": {"name": "r"}},
	})
	[key.value | some key in job.keys] == [value.unknown("it is what the reference spec.kmsKeyRef leads to (k), and not in the object")]
	job.role == {"path": ["spec", "roleRef"], "value": value.unknown("it is what the reference spec.roleRef leads to (r), and not in the object")}
}

test_value_goes_before_a_reference if {
	[job] := asked.jobs with input as _object("bedrockagentcorecontrol.services.k8s.aws", "Gateway", {
		"kmsKeyARN": _key,
		"kmsKeyRef": {"from": {"name": "k"}},
		"roleARN": _role,
		"roleRef": null,
	})
	[key.value | some key in job.keys] == [value.known(_key)]
	job.role.value == value.known(_role)
}

test_neither_value_nor_reference_is_absent if {
	[job] := asked.jobs with input as _object("bedrockagentcorecontrol.services.k8s.aws", "Gateway", {})
	[key.value | some key in job.keys] == [value.absent]
	job.role == {"path": [], "value": value.absent}
}

test_block_of_crossplane_is_an_object_or_a_list_of_one if {
	every index, block in {0: [_block], 1: _block} {
		steps := [[0], []][index]
		[job] := asked.jobs with input as _endpoint({
			"asyncInferenceConfig": _wrapped(index, {"outputConfig": _wrapped(index, {"kmsKeyId": _key})}),
			"dataCaptureConfig": block,
			"productionVariants": [{"instanceType": "ml.m5.large"}, {"coreDumpConfig": block, "serverlessConfig": block}],
		})
		{key.path | some key in job.keys; key.value == value.known(_key)} == {
			array.flatten([["spec", "forProvider", "asyncInferenceConfig"], steps, ["outputConfig"], steps, ["kmsKeyId"]]),
			array.flatten([["spec", "forProvider", "dataCaptureConfig"], steps, ["kmsKeyId"]]),
			array.flatten([["spec", "forProvider", "productionVariants", 1, "coreDumpConfig"], steps, ["kmsKeyId"]]),
		}
		[volume] := [key | some key in job.keys; key.use == "volume"]
		volume.serverless == [array.concat(["spec", "forProvider", "productionVariants", 1, "serverlessConfig"], steps)]
		job.name.value == value.known("object")
		job.region == value.known("us-west-2")
	}
}

test_key_of_the_initial_part_is_shown_there if {
	[job] := asked.jobs with input as _object("sagemaker.aws.m.upbound.io", "NotebookInstance", {
		"initProvider": {"kmsKeyId": _key, "roleArnSelector": {"matchLabels": {"a": "b"}}},
		"forProvider": {"instanceType": "ml.t3.medium"},
	})
	[key.path | some key in job.keys] == [["spec", "initProvider", "kmsKeyId"]]
	job.role == {
		"path": ["spec", "initProvider", "roleArnSelector"],
		"value": value.unknown("it is what the reference spec.initProvider.roleArnSelector leads to, and not in the object"),
	}
}

# --- Kinds of the settings

test_parameters_are_those_of_the_api if {
	[job] := asked.jobs with input as _run({"JobName": "my-job", "JobCategory": "AgentRFT", "RoleArn": _role, "JobConfigDocument": "{}"}, [_parameters])
	job.subject == "ml.example.com/TrainingRun ml/object"
	job.at == ["spec", "job"]
	job.system == "sagemaker_mtrl"
	job.name == {"path": ["JobName"], "value": value.known("my-job")}
	job.documents == {"JobConfigDocument": {"state": "known", "value": {}, "loose": true}}
	asked.is_known with input as _run({}, [_parameters])
}

test_document_is_read_by_the_reader_or_stands_there_as_an_object if {
	parameters := {"JobCategory": "AgentRFT", "JobConfigDocument": "{\"OutputDataConfig\":{}}"}
	parsed := {"/kubernetes_object/object/spec/job/JobConfigDocument": {"value": {"OutputDataConfig": {"KmsKeyArn": _key}}}}
	[read] := asked.jobs with input as object.union(_run(parameters, [_parameters]), {"parsed": parsed})
	[key.value | some key in read.keys] == [value.known(_key)]

	[given] := asked.jobs with input as _run(object.union(parameters, {"JobConfigDocument": {"OutputDataConfig": {"KmsKeyArn": _key}}}), [_parameters])
	[key.value | some key in given.keys] == [value.known(_key)]
	given.documents.JobConfigDocument == {"state": "known", "value": {"OutputDataConfig": {"KmsKeyArn": _key}}}

	[wrong] := asked.jobs with input as _run(object.union(parameters, {"JobConfigDocument": 7}), [_parameters])
	wrong.documents.JobConfigDocument.state == "unreadable"
}

test_keys_by_hand_are_what_the_api_says_of_them if {
	line := object.union(_kind, {
		"operation": "sagemaker:CreateTrainingJob",
		"role": ["spec", "job", "role"],
		"keys": [
			{"path": ["spec", "job", "volumeKey"], "member": "ResourceConfig.VolumeKmsKeyId"},
			{"path": ["spec", "job", "otherKey"], "use": "data_capture"},
			{"path": "spec.job.noPath"},
		],
	})
	[job] := asked.jobs with input as _run({"volumeKey": _key, "role": _role}, [line])
	[{name: key[name] | some name in ["path", "member", "use", "forms", "value"]} | some key in job.keys] == [
		{"path": ["spec", "job", "volumeKey"], "member": "ResourceConfig.VolumeKmsKeyId", "use": "volume", "forms": ["key_id", "key_arn"], "value": value.known(_key)},
		{"path": ["spec", "job", "otherKey"], "member": "spec.job.otherKey", "use": "data_capture", "forms": ["key_arn", "key_id", "alias_arn", "alias"], "value": value.absent},
	]
	job.role.value == value.known(_role)
	job.name.value == value.known("object")
	job.category == value.absent
}

test_category_of_keys_by_hand_is_said if {
	line := object.union(_kind, {
		"operation": "sagemaker:CreateJob",
		"keys": [{"path": ["spec", "job", "key"], "member": "JobConfigDocument.OutputDataConfig.KmsKeyArn"}],
		"job_category": "AgentRFT",
	})
	[job] := asked.jobs with input as _run({"key": _key}, [line])
	job.system == "sagemaker_mtrl"
	[key.value | some key in job.keys] == [value.known(_key)]
}

test_settings_go_before_the_tables if {
	line := {"group": "sagemaker.services.k8s.aws", "kind": "TrainingJob", "operation": "sagemaker:CreateTransformJob", "parameters": ["spec", "job"]}
	given := object.union(_ack("TrainingJob", {"job": {}}), {"settings": {"kubernetes_kinds": [line]}})
	[job.operation | some job in asked.jobs] == ["sagemaker:CreateTransformJob"] with input as given
}

test_parameters_that_are_not_there_are_a_problem if {
	asked.problems == {{"path": ["spec", "job"], "message": "spec.job is missing: the parameters of sagemaker:CreateJob"}} with input as _run(null, [_parameters])
	asked.problems == {{"path": ["spec", "job"], "message": "spec.job is a string, not an object: the parameters of sagemaker:CreateJob"}} with input as _run("{}", [_parameters])
	asked.jobs == [] with input as _run("{}", [_parameters])
}

test_settings_that_nobody_validated_are_a_problem if {
	cases := [
		{"line": object.union(_parameters, {"operation": "sagemaker:MakeJob"}), "fault": ": its operation is none that the tables know"},
		{"line": object.union(_kind, {"operation": "sagemaker:CreateJob"}), "fault": ": either parameters or keys, a list, says where its keys stand"},
		{"line": object.union(_parameters, {"keys": []}), "fault": ": either parameters or keys, a list, says where its keys stand"},
	]
	every case in cases {
		message := concat("", ["settings.kubernetes_kinds for ml.example.com/TrainingRun", case.fault])
		asked.problems == {{"path": [], "message": message}} with input as _run({}, [case.line])
		asked.jobs == [] with input as _run({}, [case.line])
	}
}

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_role := "arn:aws:iam::111122223333:role/Role"

_block := {"kmsKeyId": _key}

_wrapped(0, block) := [block]

_wrapped(1, block) := block

_kind := {"group": "ml.example.com", "kind": "TrainingRun"}

_parameters := object.union(_kind, {"operation": "sagemaker:CreateJob", "parameters": ["spec", "job"]})

_run(parameters, lines) := object.union(
	_object("ml.example.com", "TrainingRun", {"job": parameters}),
	{"settings": {"kubernetes_kinds": lines}},
)

_endpoint(parameters) := _object("sagemaker.aws.upbound.io", "EndpointConfiguration", {"forProvider": object.union({"region": "us-west-2"}, parameters)})

_ack(kind, spec) := {"subject": {"kubernetes_object": {"object": {
	"apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
	"kind": kind,
	"metadata": {
		"name": "job",
		"namespace": "ml",
		"annotations": {"services.k8s.aws/region": "eu-west-1", "services.k8s.aws/owner-account-id": "444455556666"},
	},
	"spec": spec,
}}}}

_object(group, kind, spec) := {"subject": {"kubernetes_object": {"object": {
	"apiVersion": concat("/", [group, "v1"]),
	"kind": kind,
	"metadata": {"name": "object", "namespace": "ml"},
	"spec": spec,
}}}}
