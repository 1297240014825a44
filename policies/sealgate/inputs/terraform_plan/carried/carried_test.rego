package sealgate.inputs.terraform_plan.carried_test

import data.sealgate.inputs.terraform_plan.carried
import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.lib.member
import data.sealgate.lib.value

_later := value.unknown("it is filled in when the request is made")

# A resource with a request in its text; which member that is the table of its type says.
_holding(address, values) := plan_test.holding([plan_test.created(address, values, {})], {})

_machine(definition) := _holding("aws_sfn_state_machine.m", {"definition": json.marshal(definition)})

_pipeline(definition) := _holding("aws_sagemaker_pipeline.p", {"pipeline_definition": json.marshal(definition)})

_schedule(target, sent) := _holding("aws_scheduler_schedule.s", {"target": [{"arn": target, "input": sent}]})

_task(resource, given) := object.union({"Type": "Task", "Resource": resource}, given)

_training := "arn:aws:states:::sagemaker:createTrainingJob.sync"

# What the input carries: `{requests, unread}` in short.
_carried(document) := {
	"requests": {[request.subject, request.operation, request.at] | some request in requests},
	"unread": {object.union({"subject": one.subject, "path": one.path}, _told(one)) | some one in unread},
} if {
	# regal ignore:with-outside-test-context
	requests := carried.requests with input as document

	# regal ignore:with-outside-test-context
	unread := carried.unread with input as document
}

_told(one) := {"error": one.error} if one.error

_told(one) := {"reason": one.value.reason} if one.value

_nothing := {"requests": set(), "unread": set()}

# The value of a member of the one request, as it is read.
_member(document, path) := member.place(request.read, path).value if {
	# regal ignore:with-outside-test-context
	[request] := carried.requests with input as document
}

# --- State machines

test_request_of_a_task if {
	machine := _machine({"StartAt": "Train", "States": {"Train": _task(_training, {"Parameters": {"TrainingJobName": "j"}})}})
	_carried(machine) == {
		"requests": {["aws_sfn_state_machine.m", "sagemaker:CreateTrainingJob", ["definition", "States", "Train", "Parameters"]]},
		"unread": set(),
	}
	[request] := carried.requests with input as machine
	request.parameters == {"TrainingJobName": "j"}
	request.change.address == "aws_sfn_state_machine.m"
}

test_ways_to_name_the_operation if {
	every resource, operation in {
		"arn:aws:states:::sagemaker:createTrainingJob": "sagemaker:CreateTrainingJob",
		"arn:aws:states:::sagemaker:createTransformJob.sync": "sagemaker:CreateTransformJob",
		"arn:aws:states:::aws-sdk:sagemaker:createJob": "sagemaker:CreateJob",
		"arn:aws-us-gov:states:::aws-sdk:sagemaker:createLabelingJob.waitForTaskToken": "sagemaker:CreateLabelingJob",
		"arn:aws:states:::aws-sdk:bedrock:createEvaluationJob": "bedrock:CreateEvaluationJob",
		"arn:aws-cn:states:::bedrock:createModelCustomizationJob.sync": "bedrock:CreateModelCustomizationJob",
	} {
		found := _carried(_machine({"States": {"S": _task(resource, {"Arguments": {}})}}))
		found.requests == {["aws_sfn_state_machine.m", operation, ["definition", "States", "S", "Arguments"]]}
	}
}

test_tasks_that_start_no_guarded_job if {
	every resource in [
		"arn:aws:states:::lambda:invoke",
		"arn:aws:states:::sagemaker:createEndpoint",
		"arn:aws:lambda:us-west-2:111122223333:function:createTrainingJob",
		"sagemaker:createTrainingJob",
		"",
		7,
		null,
		{"Fn::Sub": "x"},
	] {
		_carried(_machine({"States": {"S": _task(resource, {"Parameters": {"a": 1}})}})) == _nothing
	}
	_carried(_machine({"States": {"S": {"Type": "Pass"}}})) == _nothing
	_carried(_machine({})) == _nothing
}

test_requests_within_map_and_parallel_states if {
	train := _task(_training, {"Parameters": {}})
	machine := _machine({"States": {
		"Each": {"Type": "Map", "ItemProcessor": {"States": {"Train": train}}},
		"Old": {"Type": "Map", "Iterator": {"States": {"Train": train}}},
		"Both": {"Type": "Parallel", "Branches": [{"States": {"One": train}}, {"States": {"Two": train}}]},
	}})

	# Of several requests each is named by its place.
	_carried(machine).requests == {
	[concat(" ", ["aws_sfn_state_machine.m", concat(".", [_step(step) | some step in steps])]), "sagemaker:CreateTrainingJob", array.flatten(["definition", steps, "Parameters"])] |
		some steps in [
			["States", "Each", "ItemProcessor", "States", "Train"],
			["States", "Old", "Iterator", "States", "Train"],
			["States", "Both", "Branches", 0, "States", "One"],
			["States", "Both", "Branches", 1, "States", "Two"],
		]
	}
}

_step(step) := step if is_string(step)

_step(step) := format_int(step, 10) if is_number(step)

test_members_that_are_filled_in_are_not_known if {
	parameters := {
		"TrainingJobName.$": "$.name",
		"OutputDataConfig": {"S3OutputPath": "s3://b/", "KmsKeyId.$": "$.key"},
		"ResourceConfig": {"VolumeKmsKeyId": "alias/ml", "InstanceGroups": [{"InstanceType.$": "$.type"}]},
		"RoleArn": "{% $states.input.role %}",
		"Tags.$": "$.tags",
		"Environment": {"a": "{%$x%}", "b": "not {% here %}"},
	}
	machine := _machine({"States": {"S": _task(_training, {"Parameters": parameters})}})
	every path, expected in {
		["TrainingJobName"]: _later,
		["OutputDataConfig", "KmsKeyId"]: _later,
		["OutputDataConfig", "S3OutputPath"]: value.known("s3://b/"),
		["ResourceConfig", "VolumeKmsKeyId"]: value.known("alias/ml"),
		["Tags"]: _later,
		["Environment", "b"]: value.known("not {% here %}"),
	} {
		_member(machine, path) == expected
	}
	[request] := carried.requests with input as machine
	member.places(request.read, ["ResourceConfig", "InstanceGroups", "*", "InstanceType"]) == [{"path": ["ResourceConfig", "InstanceGroups"], "value": _later}]
	request.read.unknown.RoleArn == "it is filled in when the request is made"
	request.read.unknown.Environment == {"a": "it is filled in when the request is made"}
}

test_null_in_a_request_is_of_the_wrong_type if {
	machine := _machine({"States": {"S": _task(_training, {"Parameters": {"RoleArn": null}})}})
	_member(machine, ["RoleArn"]) == value.known(null)
}

test_parameters_that_are_filled_in_as_a_whole_are_told if {
	every given in [{}, {"Parameters": null}, {"Arguments": "{% $states.input %}"}] {
		_carried(_machine({"States": {"S": _task(_training, given)}})) == {"requests": set(), "unread": {{
			"subject": "aws_sfn_state_machine.m",
			"path": ["definition"],
			"reason": "the parameters of sagemaker:CreateTrainingJob are filled in as a whole when the request is made",
		}}}
	}
}

test_parameters_of_the_wrong_type_are_told if {
	every wrong in ["text", 7, [], true] {
		every name in ["Parameters", "Arguments"] {
			_carried(_machine({"States": {"S": _task(_training, {name: wrong})}})) == {"requests": set(), "unread": {{
				"subject": "aws_sfn_state_machine.m",
				"path": ["definition"],
				"error": "the parameters of sagemaker:CreateTrainingJob are no object",
			}}}
		}
	}
}

test_members_of_other_services_are_written_with_a_capital if {
	parameters := {"JobName": "j", "RoleArn": "arn:role", "CustomModelKmsKeyId": "alias/ml", "OutputDataConfig": {"S3Uri": "s3://b/"}}
	machine := _machine({"States": {"S": _task("arn:aws:states:::aws-sdk:bedrock:createModelCustomizationJob", {"Parameters": parameters})}})
	[request] := carried.requests with input as machine
	request.row.name == ["JobName"]
	request.row.role == [["RoleArn"]]
	[[key.path, key.member, key.use] | some key in request.row.keys] == [[["CustomModelKmsKeyId"], "customModelKmsKeyId", "model"]]
	["OutputDataConfig", "S3Uri"] in [place.path | some place in request.row.s3]

	# In the API's own spelling the row stays.
	own := _machine({"States": {"S": _task("arn:aws:states:::aws-sdk:bedrock:createModelCustomizationJob", {"Parameters": {"jobName": "j"}})}})
	[other] := carried.requests with input as own
	other.row == data.sealgate.data.operations["bedrock:CreateModelCustomizationJob"]
}

test_every_path_of_a_row_is_respelt if {
	rows := {"sagemaker:CreateTrainingJob": {
		"name": null,
		"role": [["roleArn"], ["groups", "*", "roleArn"]],
		"tags": null,
		"keys": [{
			"path": ["groups", "*", "keyId"],
			"within": ["groups", "*"],
			"instance_types": [["groups", "*", "type"]],
			"serverless": [["serverless"]],
		}],
		"instance_types": [{"path": ["type"], "use": "lost"}],
		"s3": [{"path": ["out", "uri"], "use": "output"}],
		"models": [["model", "arn"]],
	}}
	machine := _machine({"States": {"S": _task(_training, {"Parameters": {"Groups": []}})}})
	[request] := carried.requests with input as machine with data.sealgate.data.operations as rows
	request.row == {
		"name": null,
		"role": [["RoleArn"], ["Groups", "*", "RoleArn"]],
		"tags": null,
		"keys": [{
			"path": ["Groups", "*", "KeyId"],
			"member": "groups.*.keyId",
			"within": ["Groups", "*"],
			"instance_types": [["Groups", "*", "Type"]],
			"serverless": [["Serverless"]],
		}],
		"instance_types": [{"path": ["Type"]}],
		"s3": [{"path": ["Out", "Uri"], "use": "output"}],
		"models": [["Model", "Arn"]],
	}
}

# --- Texts that can't be read

test_text_that_is_no_object_is_told if {
	every text in ["{", "[]", "7", "null", "text"] {
		_carried(_holding("aws_sfn_state_machine.m", {"definition": text})) == {"requests": set(), "unread": {{
			"subject": "aws_sfn_state_machine.m",
			"path": ["definition"],
			"error": "it is no JSON object",
		}}}
	}
}

test_text_of_the_wrong_type_is_told if {
	every wrong in [7, true, {}, ["{}"]] {
		found := _carried(_holding("aws_sagemaker_pipeline.p", {"pipeline_definition": wrong}))
		found.unread == {{"subject": "aws_sagemaker_pipeline.p", "path": ["pipeline_definition"], "error": "it is no JSON object"}}
	}
}

test_text_that_is_not_there_starts_nothing if {
	every values in [{}, {"definition": null}, {"definition": ""}] {
		_carried(_holding("aws_sfn_state_machine.m", values)) == _nothing
	}
	_carried(plan_test.holding([plan_test.deleted("aws_sfn_state_machine.m", {"definition": "text"})], {})) == _nothing
}

test_text_that_is_not_known_is_told_with_what_it_comes_from if {
	change := plan_test.created("aws_sfn_state_machine.m", {}, {"definition": true})
	reference := plan_test.from(["aws_lambda_function.f.arn", "aws_lambda_function.f"])
	document := plan_test.holding([change], {"resources": [plan_test.configured("aws_sfn_state_machine.m", {"definition": reference})]})
	_carried(document) == {"requests": set(), "unread": {{
		"subject": "aws_sfn_state_machine.m",
		"path": ["definition"],
		"reason": concat("", [
			"whether definition starts a job is not known: ",
			"it is not known until apply: it comes from aws_lambda_function.f.arn",
		]),
	}}}
}

test_definition_that_stands_elsewhere_is_told if {
	every given in [
		{"address": "aws_sagemaker_pipeline.p", "values": {"pipeline_definition_s3_location": [{"bucket": "b"}]}, "path": ["pipeline_definition_s3_location"]},
		{"address": "awscc_sagemaker_pipeline.p", "values": {"pipeline_definition": {"pipeline_definition_s3_location": {"bucket": "b"}}}, "path": ["pipeline_definition", "pipeline_definition_s3_location"]},
		{"address": "awscc_stepfunctions_state_machine.m", "values": {"definition_s3_location": {"bucket": "b"}}, "path": ["definition_s3_location"]},
		{"address": "awscc_stepfunctions_state_machine.m", "values": {"definition": "{}"}, "path": ["definition"]},
	] {
		_carried(_holding(given.address, given.values)) == {"requests": set(), "unread": {{
			"subject": given.address,
			"path": given.path,
			"reason": "its definition stands there, and is not read",
		}}}
	}
	_carried(_holding("aws_sagemaker_pipeline.p", {"pipeline_definition_s3_location": null, "pipeline_definition": "{}"})) == _nothing
}

test_substitution_is_not_known if {
	definition := {"States": {"S": _task(_training, {"Parameters": {"OutputDataConfig": {"KmsKeyId": "${KeyArn}"}}})}}
	machine := _holding("awscc_stepfunctions_state_machine.m", {"definition_string": json.marshal(definition)})
	_member(machine, ["OutputDataConfig", "KmsKeyId"]) == _later
}

# --- Pipelines

test_steps_of_a_pipeline if {
	found := _carried(_pipeline({"Steps": [
		{"Name": "T", "Type": "Training", "Arguments": {"RoleArn": "r"}},
		{"Name": "C", "Type": "Condition", "Arguments": {
			"IfSteps": [{"Name": "P", "Type": "Processing", "Arguments": {}}],
			"ElseSteps": [{"Name": "Q", "Type": "QualityCheck", "Arguments": {}}],
		}},
		{"Name": "L", "Type": "Lambda", "Arguments": {"a": 1}},
		{"Name": "F", "Type": "Fail"},
	]}))
	found == {
		"requests": {
			["aws_sagemaker_pipeline.p Steps.0", "sagemaker:CreateTrainingJob", ["pipeline_definition", "Steps", 0, "Arguments"]],
			["aws_sagemaker_pipeline.p Steps.1.Arguments.IfSteps.0", "sagemaker:CreateProcessingJob", ["pipeline_definition", "Steps", 1, "Arguments", "IfSteps", 0, "Arguments"]],
			["aws_sagemaker_pipeline.p Steps.1.Arguments.ElseSteps.0", "sagemaker:CreateProcessingJob", ["pipeline_definition", "Steps", 1, "Arguments", "ElseSteps", 0, "Arguments"]],
		},
		"unread": set(),
	}
}

test_functions_of_a_pipeline_are_not_known if {
	arguments := {
		"OutputDataConfig": {"KmsKeyId": {"Get": "Parameters.Key"}, "S3OutputPath": {"Std:Join": {"On": "/", "Values": ["s3:/", {"Get": "Parameters.Bucket"}]}}},
		"RoleArn": "arn:role",
	}
	pipeline := _pipeline({"Steps": [{"Type": "Training", "Arguments": arguments}]})
	every path, expected in {
		["OutputDataConfig", "KmsKeyId"]: _later,
		["OutputDataConfig", "S3OutputPath"]: _later,
		["RoleArn"]: value.known("arn:role"),
	} {
		_member(pipeline, path) == expected
	}
}

test_step_without_arguments_is_told if {
	every given in [{}, {"Arguments": null}, {"Arguments": "{% x %}"}, {"Arguments": []}] {
		_carried(_pipeline({"Steps": [object.union({"Type": "Training"}, given)]})) == {"requests": set(), "unread": {{
			"subject": "aws_sagemaker_pipeline.p",
			"path": ["pipeline_definition"],
			"error": "the parameters of sagemaker:CreateTrainingJob are no object",
		}}}
	}
}

# --- Schedules

_target := "arn:aws:scheduler:::aws-sdk:sagemaker:createTrainingJob"

test_request_of_a_schedule if {
	every document in [
		_schedule(_target, `{"TrainingJobName": "j", "RoleArn": "r"}`),
		_holding("awscc_scheduler_schedule.s", {"target": {"arn": _target, "input": `{"TrainingJobName": "j", "RoleArn": "r"}`}}),
	] {
		[request] := carried.requests with input as document
		request.operation == "sagemaker:CreateTrainingJob"
		request.parameters == {"TrainingJobName": "j", "RoleArn": "r"}
		_carried(document).unread == set()
	}
	{at | some [_, _, at] in _carried(_schedule(_target, "{}")).requests} == {["target", 0, "input"]}
}

test_schedule_of_something_else_starts_nothing if {
	every target in ["arn:aws:lambda:us-west-2:111122223333:function:f", "arn:aws:scheduler:::aws-sdk:sagemaker:stopTrainingJob", 7, null] {
		every sent in ["{}", "text", null] {
			_carried(_schedule(target, sent)) == _nothing
		}
	}
}

test_schedule_whose_request_can_not_be_read if {
	every sent in ["text", "[]", null, 7] {
		_carried(_schedule(_target, sent)) == {"requests": set(), "unread": {{
			"subject": "aws_scheduler_schedule.s",
			"path": ["target", 0, "input"],
			"error": "it is no JSON object",
		}}}
	}
}

test_schedule_that_is_not_known if {
	every unknown in [{"target": [{"input": true}]}, {"target": [{"input": true, "arn": true}]}, {"target": true}] {
		known := {"target": [{"arn": _target} | not unknown.target[0].arn]}
		change := plan_test.created("aws_scheduler_schedule.s", {name: values | some name, values in known; unknown.target != true}, unknown)
		[told] := [one | some one in _carried(plan_test.holding([change], {})).unread]
		startswith(told.reason, "whether target.0.input starts a job is not known: ")
	}

	# Of another target the input may be anything.
	other := plan_test.created(
		"aws_scheduler_schedule.s",
		{"target": [{"arn": "arn:aws:lambda:us-west-2:111122223333:function:f"}]},
		{"target": [{"input": true}]},
	)
	_carried(plan_test.holding([other], {})) == _nothing
}
