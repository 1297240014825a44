package sealgate.inputs.aws_request_test

import data.sealgate.inputs.aws_request
import data.sealgate.lib.value

# --- The job

test_job_holds_what_rules_read if {
	parameters := {
		"Name": "my-thing",
		"RoleArn": "arn:aws-us-gov:iam::111122223333:role/Role",
		"KeyId": "alias/ml",
		"Output": {"S3Uri": "s3://my-bucket/"},
		"Model": "arn:model",
		"Tags": [{"Key": "team", "Value": "ml"}],
		"Groups": [{"InstanceType": "ml.m5.large", "KeyId": "alias/volume"}],
		"Document": "text",
	}
	document := {"Output": {"Key": "alias/inner"}}
	jobs := aws_request.jobs with input as _read(parameters, {"value": document})
		with data.sealgate.data.operations as _operations
	jobs == [{
		"subject": "acme:MakeThing my-thing",
		"operation": "acme:MakeThing",
		"system": "other",
		"category": value.absent,
		"name": {"path": ["Name"], "value": value.known("my-thing")},
		"role": {"path": ["RoleArn"], "value": value.known("arn:aws-us-gov:iam::111122223333:role/Role")},
		"partition": value.known("aws-us-gov"),
		"account": value.known("111122223333"),
		"region": value.known("us-gov-west-1"),
		"keys": [
			object.union(_plain_key, {"value": value.known("alias/ml")}),
			object.union(_plain_key, {
				"path": ["Groups", 0, "KeyId"],
				"member": "Groups.*.KeyId",
				"use": "volume",
				"value": value.known("alias/volume"),
				"instances": [{"path": ["Groups", 0, "InstanceType"], "value": value.known("ml.m5.large")}],
			}),
			object.union(_plain_key, {
				"path": ["Document", "Output", "Key"],
				"member": "Document.Output.Key",
				"value": value.known("alias/inner"),
			}),
		],
		"buckets": [{"path": ["Output", "S3Uri"], "use": "output", "value": value.known("s3://my-bucket/")}],
		"models": [{"path": ["Model"], "value": value.known("arn:model")}],
		"tags": value.known([{"key": "team", "value": "ml"}]),
		"labeling_algorithm": value.absent,
		"documents": {"Document": {"state": "known", "value": document}},
		"parameters": parameters,
		"problems": [],
	}]
}

test_subject_is_the_operation_where_no_name_is_given if {
	every parameters in [{}, {"Name": null}, {"Name": 7}] {
		_job(parameters).subject == "acme:MakeThing"
	}
}

test_operation_may_have_no_name_role_tags_and_documents if {
	request := {"subject": {"aws_request": {"service": "acme", "operation": "Plain", "parameters": {"KeyId": "k"}}}}
	[job] := aws_request.jobs with input as request with data.sealgate.data.operations as _operations
	object.filter(job, {"subject", "name", "role", "tags", "documents", "partition", "account"}) == {
		"subject": "acme:Plain",
		"name": {"path": [], "value": value.absent},
		"role": {"path": [], "value": value.absent},
		"tags": value.absent,
		"documents": {},
		"partition": _unsaid("partition"),
		"account": _unsaid("account"),
	}
}

# --- What is no job

test_request_that_can_not_be_read_is_no_job if {
	every request in [
		null,
		"MakeThing",
		[],
		{},
		{"service": "acme", "operation": "MakeThing"},
		{"service": "acme", "operation": "MakeThing", "parameters": "{}"},
		{"service": "acme", "operation": 7, "parameters": {}},
		{"service": null, "operation": "MakeThing", "parameters": {}},
	] {
		document := {"subject": {"aws_request": request}}
		aws_request.jobs == [] with input as document with data.sealgate.data.operations as _operations
		aws_request.unguarded == [] with input as document with data.sealgate.data.operations as _operations
		count(aws_request.problems) > 0 with input as document with data.sealgate.data.operations as _operations
	}
}

test_every_fault_of_a_request_is_told if {
	aws_request.problems == {
		{"subject": "aws_request", "path": ["service"], "message": "service is missing, not a string"},
		{"subject": "aws_request", "path": ["operation"], "message": "operation is null, not a string"},
		{"subject": "aws_request", "path": ["parameters"], "message": "parameters is an array, not an object"},
	} with input as {"subject": {"aws_request": {"operation": null, "parameters": []}}}
}

test_operation_in_another_spelling_is_told if {
	every spelling in [["acme", "makeThing"], ["Acme", "MakeThing"], ["acme", "make-thing"]] {
		[service, operation] := spelling
		document := {"subject": {"aws_request": {"service": service, "operation": operation, "parameters": {}}}}
		messages := {problem.message | some problem in aws_request.problems} with input as document
			with data.sealgate.data.operations as _operations
		messages == {concat("", [service, ":", operation, " is not how the API writes the operation: acme:MakeThing"])}
	}
}

test_name_that_the_api_would_not_write_is_told if {
	every name in ["", "MakeThing\n", "\"MakeThing\"", "ＭakeThing", "Make/Thing"] {
		document := {"subject": {"aws_request": {"service": "acme", "operation": name, "parameters": {}}}}
		messages := [problem.message | some problem in aws_request.problems] with input as document
			with data.sealgate.data.operations as _operations
		messages == ["operation is not written as the API writes names: in letters and digits"]
		aws_request.unguarded == [] with input as document with data.sealgate.data.operations as _operations
	}
}

test_operation_that_the_tables_lack_is_unguarded if {
	document := {"subject": {"aws_request": {"service": "acme", "operation": "ListThings", "parameters": {"Name": "x"}}}}
	tables := {"operations": _operations, "api_operations": {"acme": {"ListThings": true}}}
	aws_request.unguarded == ["acme:ListThings"] with input as document with data.sealgate.data.operations as tables.operations
		with data.sealgate.data.api_operations as tables.api_operations
	aws_request.jobs == [] with input as document with data.sealgate.data.operations as tables.operations
		with data.sealgate.data.api_operations as tables.api_operations
	aws_request.problems == set() with input as document with data.sealgate.data.operations as tables.operations
		with data.sealgate.data.api_operations as tables.api_operations
}

test_what_is_no_operation_of_a_known_service_is_told if {
	tables := {"operations": _operations, "api_operations": {"acme": {"ListThings": true}, "acme-agent": {}}}
	every request, message in {
		["acme", "MakeThings"]: "MakeThings is no operation of acme that this version knows",
		["acme-agent", "MakeThing"]: "MakeThing is no operation of acme-agent that this version knows; there is acme:MakeThing",
		["acme.example", "MakeThing"]: "acme.example is no service that this version understands: acme, acme-agent",
	} {
		document := {"subject": {"aws_request": {"service": request[0], "operation": request[1], "parameters": {}}}}
		messages := [problem.message | some problem in aws_request.problems] with input as document
			with data.sealgate.data.operations as tables.operations
			with data.sealgate.data.api_operations as tables.api_operations
		messages == [message]
		aws_request.unguarded == [] with input as document with data.sealgate.data.operations as tables.operations
			with data.sealgate.data.api_operations as tables.api_operations
	}
}

test_guarded_operation_is_not_unguarded if {
	aws_request.unguarded == [] with input as _read({}, {"value": {}}) with data.sealgate.data.operations as _operations
}

test_other_subjects_are_none_of_its_business if {
	every document in [{}, {"subject": {}}, {"subject": {"kubernetes_object": {}}}] {
		aws_request.jobs == [] with input as document
		aws_request.unguarded == [] with input as document
		aws_request.problems == set() with input as document
	}
}

# --- JSON strings

test_document_of_the_reader_goes_before_the_text if {
	job := _job_with({"Document": `{"Output": {"Key": "text"}}`}, {"value": {"Output": {"Key": "read"}}})
	job.documents == {"Document": {"state": "known", "value": {"Output": {"Key": "read"}}}}
	_values(job.keys, ["Document", "Output", "Key"]) == [value.known("read")]
}

test_document_that_the_reader_could_not_read_has_no_places if {
	job := _job_with({"Document": `{"Output": {"Key": "text"}}`}, {"error": "it is wrong", "line": 1, "column": 2})
	job.documents == {"Document": {"state": "unreadable", "error": "it is wrong", "line": 1, "column": 2}}
	_values(job.keys, ["Document", "Output", "Key"]) == []
	job.problems == []
}

test_text_that_no_reader_read_is_parsed_loosely if {
	job := _job({"Document": ` {"Output": {"Key": "text"}} `})
	job.documents == {"Document": {"state": "known", "value": {"Output": {"Key": "text"}}, "loose": true}}
	_values(job.keys, ["Document", "Output", "Key"]) == [value.known("text")]
}

test_document_that_is_no_json_object_is_unreadable if {
	every text in ["", "{", "[]", "null", `"{}"`, "{} {}"] {
		_job({"Document": text}).documents == {"Document": {"state": "unreadable", "error": "Document holds no JSON object"}}
	}
}

test_document_that_is_missing_or_no_string_is_unreadable if {
	_job({}).documents == {"Document": {"state": "unreadable", "error": "Document is missing"}}
	every type, content in {"null": null, "a number": 7, "an array": [], "an object": {"Output": {"Key": "k"}}} {
		error := concat("", ["Document is ", type, ", not a string that holds JSON"])
		job := _job({"Document": content})
		job.documents == {"Document": {"state": "unreadable", "error": error}}
		_values(job.keys, ["Document", "Output", "Key"]) == []
	}
}

test_value_of_the_reader_that_is_no_object_is_not_trusted if {
	every entry in [null, {}, {"value": null}, {"value": []}, {"partial": null, "variable": "V"}] {
		_job_with({"Document": "[]"}, entry).documents == {"Document": {
			"state": "unreadable",
			"error": "Document holds no JSON object",
		}}
	}
}

test_pipeline_function_that_no_reader_read_may_hold_anything if {
	every function in [{"Get": "Parameters.Document"}, {"Std:Join": {"On": "", "Values": ["{", "}"]}}] {
		job := _job({"Document": function})
		job.documents == {"Document": {"state": "known", "value": {}, "variable": "a pipeline function"}}
		_values(job.keys, ["Document", "Output", "Key"]) == [_spliced("a pipeline function")]
	}
}

test_members_before_a_variable_are_known_and_others_are_not if {
	job := _job_with({"Document": {"Std:Join": {}}}, {"partial": {"Output": {"Key": "k"}}, "variable": "Parameters.Tail"})
	_values(job.keys, ["Document", "Output", "Key"]) == [value.known("k")]

	other := _job_with({"Document": {"Std:Join": {}}}, {"partial": {"Agent": {}}, "variable": "Parameters.Key"})
	_values(other.keys, ["Document", "Output", "Key"]) == [_spliced("Parameters.Key")]
}

# --- Keys and what stands beside them

test_key_of_a_list_element_has_its_own_instance_types if {
	job := _job({"Groups": [
		{"InstanceType": "ml.m5.large", "KeyId": "first"},
		{"Serverless": {"MaxConcurrency": 1}},
		{"InstanceType": null, "KeyId": "third"},
	]})
	[[key.path[1], key.value, key.instances, key.serverless] | some key in job.keys; key.use == "volume"] == [
		[0, value.known("first"), [{"path": ["Groups", 0, "InstanceType"], "value": value.known("ml.m5.large")}], []],
		[1, value.absent, [], [["Groups", 1, "Serverless"]]],
		[2, value.known("third"), [{"path": ["Groups", 2, "InstanceType"], "value": value.known(null)}], []],
	]
}

test_key_within_a_part_that_is_absent_has_no_place if {
	_values(_job({}).keys, ["Capture", "KeyId"]) == []
	_values(_job({"Capture": {}}).keys, ["Capture", "KeyId"]) == [value.absent]
	_values(_job({"Capture": {"KeyId": "k"}}).keys, ["Capture", "KeyId"]) == [value.known("k")]
}

test_role_beside_a_key_is_the_one_of_the_request if {
	[roles] := [key.roles | some key in _job({"RoleArn": "arn:role"}).keys; key.path == ["KeyId"]]
	roles == [{"path": ["RoleArn"], "value": value.known("arn:role")}]
}

# --- What has the wrong type

test_wrong_type_around_a_key_is_a_problem if {
	job := _job({"Groups": "none", "Capture": null, "Document": "{\"Output\": []}"})
	{[problem.path, problem.message] | some problem in job.problems} == {
		[["Groups"], "Groups is a string, not a list"],
		[["Capture"], "Capture is null, not an object"],
		[["Document", "Output"], "Document.Output is an array, not an object"],
	}
	{key.path | some key in job.keys} == {["KeyId"]}
}

test_members_that_rules_read_are_strings if {
	job := _job({"Name": 7, "RoleArn": null, "Model": {}, "Output": {"S3Uri": []}, "Groups": [{"InstanceType": false}]})
	{[problem.path, problem.message] | some problem in job.problems} == {
		[["Name"], "Name is a number, not a string"],
		[["RoleArn"], "RoleArn is null, not a string"],
		[["Model"], "Model is an object, not a string"],
		[["Output", "S3Uri"], "Output.S3Uri is an array, not a string"],
		[["Groups", 0, "InstanceType"], "Groups.0.InstanceType is a boolean, not a string"],
	}
}

# --- Tags

test_tags_are_read_from_lists_and_maps if {
	every tags in [
		[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
		[{"key": "a", "value": "1"}, {"key": "b", "value": "2"}],
		{"a": "1", "b": "2"},
	] {
		_job({"Tags": tags}).tags == value.known([{"key": "a", "value": "1"}, {"key": "b", "value": "2"}])
	}
}

test_tag_that_is_given_twice_counts_twice if {
	tags := _job({"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}, {"Key": "a", "key": "b", "Value": "3"}]}).tags
	tags == value.known([
		{"key": "a", "value": "1"},
		{"key": "a", "value": "2"},
		{"key": "a", "value": "3"},
		{"key": "b", "value": "3"},
	])
}

test_what_is_no_tag_is_left_out if {
	_job({"Tags": [null, "a", {}, {"Key": "a"}, {"Value": "1"}]}).tags == value.known([])
	_job({"Tags": []}).tags == value.known([])
}

test_tags_that_are_neither_list_nor_map_are_unknown if {
	every tags in [null, "a=1", 7] {
		_job({"Tags": tags}).tags == value.unknown("the tags are neither a list nor a map")
	}
}

# --- CreateJob

test_system_of_create_job_is_that_of_its_category if {
	{category: system |
		some category in [
			"AgentRFT",
			"AgentRFTEvaluation",
			"DataTransformation",
			"SyntheticDataGeneration",
			"DataQualityEvaluation",
			"agentRFT",
			"",
		]
		system := _create_job({"JobCategory": category}, {}).system
	} == {
		"AgentRFT": "sagemaker_mtrl",
		"AgentRFTEvaluation": "sagemaker_mtrl",
		"DataTransformation": "sagemaker_data_preparation",
		"SyntheticDataGeneration": "sagemaker_data_preparation",
		"DataQualityEvaluation": "sagemaker_data_preparation",
		"agentRFT": "unknown_job_category",
		"": "unknown_job_category",
	}
	every parameters in [{}, {"JobCategory": null}, {"JobCategory": ["AgentRFT"]}] {
		_create_job(parameters, {}).system == "unknown_job_category"
	}
}

test_category_that_nobody_knows_has_no_place_for_a_key if {
	_create_job({"JobCategory": "Unknown"}, {"job_config_key_members": {"Unknown": [["Key"]]}}).keys == []
}

test_settings_say_where_the_key_of_an_unpublished_document_stands if {
	members := {"DataTransformation": [["OutputDataConfig", "KmsKeyArn"], ["KmsKeyArn"]]}
	job := _create_job({"JobCategory": "DataTransformation"}, {"job_config_key_members": members})
	[[key.path, key.member, key.use, key.forms, key.value] | some key in job.keys] == [
		[
			["JobConfigDocument", "OutputDataConfig", "KmsKeyArn"],
			"JobConfigDocument.OutputDataConfig.KmsKeyArn",
			"output",
			["key_arn", "key_id", "alias_arn", "alias"],
			value.known("alias/ml"),
		],
		[
			["JobConfigDocument", "KmsKeyArn"],
			"JobConfigDocument.KmsKeyArn",
			"output",
			["key_arn", "key_id", "alias_arn", "alias"],
			value.absent,
		],
	]
	_create_job({"JobCategory": "DataTransformation"}, {}).keys == []
}

# --- The operations that stand in for the real ones

_operations := {
	"acme:MakeThing": {
		"service": "acme",
		"operation": "MakeThing",
		"system": "other",
		"name": ["Name"],
		"role": [["RoleArn"]],
		"tags": ["Tags"],
		"json_strings": [["Document"]],
		"keys": [
			{"path": ["KeyId"], "use": "output", "forms": ["alias"]},
			{
				"path": ["Groups", "*", "KeyId"],
				"use": "volume",
				"forms": ["alias"],
				"instance_types": [["Groups", "*", "InstanceType"]],
				"serverless": [["Groups", "*", "Serverless"]],
			},
			{"path": ["Capture", "KeyId"], "use": "output", "forms": ["alias"], "within": ["Capture"]},
			{"path": ["Document", "Output", "Key"], "use": "output", "forms": ["alias"]},
		],
		"models": [["Model"]],
		"instance_types": [{"path": ["Groups", "*", "InstanceType"]}],
		"s3": [{"path": ["Output", "S3Uri"], "use": "output"}],
	},
	"acme:Plain": {
		"service": "acme",
		"operation": "Plain",
		"system": "other",
		"name": null,
		"role": [],
		"tags": null,
		"json_strings": [],
		"keys": [{"path": ["KeyId"], "use": "output", "forms": ["alias"]}],
		"models": [],
		"instance_types": [],
		"s3": [],
	},
}

_plain_key := {
	"path": ["KeyId"],
	"member": "KeyId",
	"use": "output",
	"forms": ["alias"],
	"instances": [],
	"serverless": [],
	"roles": [{"path": ["RoleArn"], "value": value.known("arn:aws-us-gov:iam::111122223333:role/Role")}],
}

_job(parameters) := _job_with(parameters, null)

_job_with(parameters, entry) := job if {
	[job] := aws_request.jobs with input as _read(parameters, entry) with data.sealgate.data.operations as _operations
}

_read(parameters, entry) := {
	"subject": {"aws_request": {"service": "acme", "operation": "MakeThing", "parameters": parameters}},
	"parsed": {"/aws_request/parameters/Document": entry},
	"context": {"region": "us-gov-west-1"},
}

_create_job(parameters, settings) := job if {
	[job] := aws_request.jobs with input as {
		"subject": {"aws_request": {"service": "sagemaker", "operation": "CreateJob", "parameters": parameters}},
		"parsed": {"/aws_request/parameters/JobConfigDocument": {"value": {"OutputDataConfig": {"KmsKeyArn": "alias/ml"}}}},
		"settings": settings,
	}
}

_values(keys, path) := [key.value | some key in keys; key.path == path]

_spliced(variable) := value.unknown(concat("", [
	"the pipeline variable ", variable, " stands in or before it, and its text becomes part of the JSON",
]))

_unsaid(part) := value.missing(
	part,
	concat("", ["the ", part, " of the job is not known"]),
	concat("", ["Say it with --", part, ", as ", part, " in the context, or as context.", part, " in the settings."]),
)

test_request_for_a_grant_is_a_grant if {
	parameters := {"KeyId": "arn:key", "GranteePrincipal": "bedrock.amazonaws.com", "Operations": ["Decrypt"]}
	document := {"subject": {"aws_request": {"service": "kms", "operation": "CreateGrant", "parameters": parameters}}}
	aws_request.grants == [{"subject": "kms:CreateGrant", "key_arn": "arn:key", "grant": parameters, "path": [], "requested": true}] with input as document
	aws_request.unguarded == [] with input as document
	aws_request.problems == set() with input as document
}

test_request_for_a_grant_that_cannot_be_read_is_told if {
	parameters := {"KeyId": 7, "Constraints": []}
	document := {"subject": {"aws_request": {"service": "kms", "operation": "CreateGrant", "parameters": parameters}}}
	messages := {problem.message | some problem in aws_request.problems} with input as document
	messages == {"KeyId is a number", "Constraints is an array", "Operations is missing"}
	aws_request.grants == [] with input as document
}
