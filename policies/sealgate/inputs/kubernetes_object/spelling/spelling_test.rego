package sealgate.inputs.kubernetes_object.spelling_test

import data.sealgate.inputs.kubernetes_object.spelling

test_key_in_the_spelling_of_another_api_is_misspelt if {
	every name in ["kmsKeyId", "KmsKeyId", "kms_key_id", "KMSKeyID"] {
		_misspelt({"outputDataConfig": {name: "x"}}) == {{"path": ["spec", "outputDataConfig", name], "meant": "spec.outputDataConfig.kmsKeyID"}}
	}
	_misspelt({"outputDataConfig": {"kmsKeyID": "x"}}) == set()
}

test_key_in_a_misspelt_structure_is_misspelt if {
	_misspelt({"OutputDataConfig": {"kmsKeyID": "x"}}) == {{"path": ["spec", "OutputDataConfig", "kmsKeyID"], "meant": "spec.outputDataConfig.kmsKeyID"}}
}

test_key_of_another_structure_is_misspelt if {
	_misspelt({"resourceConfig": {"kmsKeyID": "x"}}) == {{"path": ["spec", "resourceConfig", "kmsKeyID"], "meant": "spec.resourceConfig.volumeKMSKeyID"}}
	_misspelt({"kmsKeyID": "x"}) == {{"path": ["spec", "kmsKeyID"], "meant": ""}}
}

test_member_that_people_name_themselves_is_left if {
	_misspelt({"environment": {"KMS_KEY_ID": "x"}, "hyperParameters": {"kmsKeyID": "x"}, "tags": [{"key": "kmsKeyID", "value": "x"}]}) == set()
}

test_member_without_a_value_is_left if {
	_misspelt({"outputDataConfig": {"kmsKeyId": null}}) == set()
}

test_member_of_a_list_is_looked_at if {
	spec := {"trainingJobDefinitions": [{}, {"outputDataConfig": {"kmsKeyId": "x"}}]}
	spelling.misspelt == [{"path": ["spec", "trainingJobDefinitions", 1, "outputDataConfig", "kmsKeyId"], "meant": "spec.trainingJobDefinitions.*.outputDataConfig.kmsKeyID"}] with input as _given("sagemaker.services.k8s.aws", "HyperParameterTuningJob", spec)
}

test_key_that_the_kind_does_not_have_is_misspelt if {
	spec := {"securityConfig": {"kmsKeyID": "x"}}
	spelling.misspelt == [{"path": ["spec", "securityConfig", "kmsKeyID"], "meant": ""}] with input as _given("sagemaker.services.k8s.aws", "ModelPackage", spec)
}

test_both_parts_and_both_forms_of_crossplane_are_right if {
	every part in ["forProvider", "initProvider"] {
		every capture in [{"kmsKeyId": "x", "kmsKeyIdRef": {"name": "k"}}, [{"kmsKeyId": "x", "kmsKeyIdSelector": {}}]] {
			spelling.misspelt == [] with input as _given("sagemaker.aws.upbound.io", "EndpointConfiguration", {part: {"dataCaptureConfig": capture}})
		}
		every capture in [{"kmsKeyID": "x"}, [{"kmsKeyID": "x"}]] {
			count(spelling.misspelt) == 1 with input as _given("sagemaker.aws.upbound.io", "EndpointConfiguration", {part: {"dataCaptureConfig": capture}})
		}
	}
}

test_request_is_not_looked_at if {
	given := {"subject": {"kubernetes_object": object.union(
		_given("sagemaker.services.k8s.aws", "TrainingJob", {"kmsKeyID": "x"}).subject.kubernetes_object,
		{"operation": "CREATE"},
	)}}
	spelling.misspelt == [] with input as given
}

_misspelt(spec) := {found | some found in misspelt} if {
	misspelt := spelling.misspelt with input as _given("sagemaker.services.k8s.aws", "TrainingJob", spec)
}

_given(group, kind, spec) := {"subject": {"kubernetes_object": {"object": {
	"apiVersion": concat("/", [group, "v1"]),
	"kind": kind,
	"spec": spec,
}}}}
