package sealgate.systems.call_keys_test

import data.sealgate.systems.call_keys

_package := "arn:aws:sagemaker:us-west-2:111122223333:model-package/models/3"

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_job(category, config) := {
	"category": {"state": "known", "value": category},
	"documents": {"JobConfigDocument": {"state": "known", "value": config}},
}

_continuing := {"ModelPackageConfig": {"InputModelPackageArn": _package}}

_previous_keys(job, packages) := [key.arn | some key in found] if {
	found := call_keys.of(job, "previous_output") with input.context.model_packages as packages
}

test_job_that_continues_nothing if {
	every config in [{}, {"ModelPackageConfig": {}}] {
		call_keys.of(_job("AgentRFT", config), "previous_output") == [] with input as {}
	}
	call_keys.of({"category": {"state": "absent"}, "documents": {}}, "previous_output") == [] with input as {}
}

test_key_of_the_previous_job if {
	_previous_keys(_job("AgentRFT", _continuing), {_package: {"kms_key_arn": _key}}) == [{"state": "known", "value": _key}]
	_previous_keys(_job("AgentRFT", _continuing), {_package: {"kms_key_arn": null}}) == [{"state": "absent"}]
	_previous_keys(_job("AgentRFT", _continuing), {_package: null}) == [{"state": "absent"}]
	[unknown] := _previous_keys(_job("AgentRFT", _continuing), {})
	unknown.part == concat("", ["model_packages.", _package])
}

test_evaluation_is_never_known if {
	[key] := _previous_keys(_job("AgentRFTEvaluation", _continuing), {_package: {"kms_key_arn": _key}})
	key.state == "unknown"
	endswith(key.reason, "is not documented")
}

test_package_that_cannot_be_read if {
	[number] := _previous_keys(_job("AgentRFT", {"ModelPackageConfig": {"InputModelPackageArn": 7}}), {})
	startswith(number.reason, "InputModelPackageArn is no string")

	[open] := _previous_keys(
		{
			"category": {"state": "known", "value": "AgentRFT"},
			"documents": {"JobConfigDocument": {"state": "known", "value": {}, "variable": "Parameters.Package"}},
		},
		{},
	)
	open.reason == "the pipeline variable Parameters.Package may name a model package to go on from"
}

test_keys_that_the_job_names if {
	place := {"path": ["KmsKeyId"], "use": "output", "forms": ["key_arn"], "roles": [], "value": {"state": "known", "value": _key}}
	[key] := call_keys.of({"keys": [place]}, "output") with input as {}
	key.arn == {"state": "known", "value": _key}

	waiting := object.union(object.remove(place, {"value"}), {"value": {"state": "unknown", "reason": "a variable"}})
	[unknown] := call_keys.of({"keys": [waiting]}, "output") with input as {}
	unknown.arn == waiting.value

	every content in ["alias/ml", "", 7, null] {
		other := object.union(object.remove(place, {"value"}), {"value": {"state": "known", "value": content}})
		call_keys.of({"keys": [other]}, "output") == [] with input as {}
	}
	call_keys.of({"keys": [place]}, "volume") == [] with input as {}
}
