package sealgate.inputs.kubernetes_object.request_test

import data.sealgate.inputs.kubernetes_object.request

# --- What it is

test_object_is_called_by_its_kind_and_place if {
	cases := [
		{"given": {"object": _object({})}, "subject": "sagemaker.services.k8s.aws/TrainingJob ml/job"},
		{"given": {"object": _object({"metadata": {"generateName": "job-"}}), "namespace": "team"}, "subject": "sagemaker.services.k8s.aws/TrainingJob team/job-"},
		{"given": {"object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}}}, "subject": "Pod p"},
		{"given": {"object": {"apiVersion": "a.b/v1", "kind": "Thing"}}, "subject": "a.b/Thing"},
		{"given": {"object": null, "oldObject": _object({}), "operation": "DELETE"}, "subject": "sagemaker.services.k8s.aws/TrainingJob ml/job"},
		{"given": {"object": null, "operation": "DELETE", "namespace": "ml"}, "subject": "kubernetes_object ml"},
		{"given": {"object": {"apiVersion": 1, "kind": [], "metadata": []}}, "subject": "kubernetes_object"},
	]
	every case in cases {
		request.subject == case.subject with input as _given(case.given)
	}
}

test_nothing_is_given if {
	not request.given with input as {"subject": {"aws_request": {}}}
	not request.is_manifest with input as {"subject": {"aws_request": {}}}
	request.problems == set() with input as {"subject": {"aws_request": {}}}
	request.set_aside == set() with input as {"subject": {"aws_request": {}}}
	request.content == {} with input as {}
}

test_manifest_has_no_operation if {
	request.is_manifest with input as _given({"object": _object({})})
	not request.is_manifest with input as _given({"object": _object({}), "operation": "CREATE"})
	not request.is_manifest with input as _given("object")
}

# --- What can't be judged

test_problem_is_told_with_its_place if {
	cases := [
		{"given": 7, "problem": {"path": [], "message": "subject.kubernetes_object is a number, not an object"}},
		{"given": {"object": _object({}), "operation": "PATCH"}, "problem": {"path": ["operation"], "message": "operation is none of CREATE, UPDATE, DELETE and CONNECT"}},
		{"given": {"object": null, "operation": "CREATE"}, "problem": {"path": ["object"], "message": "object is null, not an object"}},
		{"given": {"object": [_object({})]}, "problem": {"path": ["object"], "message": "object is an array, not an object"}},
		{"given": {"object": _object({"apiVersion": null})}, "problem": {"path": ["apiVersion"], "message": "apiVersion is no text, so it is not known what the object is"}},
		{"given": {"object": object.remove(_object({}), ["kind"])}, "problem": {"path": ["kind"], "message": "kind is no text, so it is not known what the object is"}},
		{"given": {"object": _object({"metadata": "job"})}, "problem": {"path": ["metadata"], "message": "metadata is a string, not an object"}},
		{"given": {"object": {"apiVersion": "v1", "kind": "List", "items": [_object({})]}}, "problem": {"path": ["items"], "message": "List holds several objects: give each of them alone"}},
	]
	every case in cases {
		request.problems == {case.problem} with input as _given(case.given)
	}
}

test_object_of_a_kind_is_no_problem if {
	every given in [
		{"object": _object({})},
		{"object": _object({}), "operation": "UPDATE", "oldObject": _object({})},
		{"object": null, "operation": "DELETE", "oldObject": null},
		{"operation": "CONNECT"},
	] {
		request.problems == set() with input as _given(given)
	}
}

# --- What is not judged

test_set_aside_what_creates_and_changes_nothing if {
	every operation in ["DELETE", "CONNECT"] {
		request.set_aside == {concat("", ["a ", operation, " creates and changes nothing that has a key"])} with input as _given({"object": _object({}), "operation": operation})
	}
}

test_set_aside_update_of_what_is_being_deleted if {
	deleted := _object({"metadata": {"deletionTimestamp": "2026-06-30T12:00:00Z"}, "spec": {"roleARN": "b"}})
	request.set_aside == {"the object is being deleted"} with input as _given({"object": deleted, "oldObject": _object({}), "operation": "UPDATE"})
	request.set_aside == set() with input as _given({"object": deleted, "operation": "CREATE"})
}

test_set_aside_update_that_leaves_the_spec if {
	old := _object({"metadata": {"resourceVersion": "1"}})
	new := _object({"metadata": {"labels": {"a": "b"}, "annotations": {"other": "c"}}})
	request.set_aside == {"the update leaves spec as it is"} with input as _given({"object": new, "oldObject": old, "operation": "UPDATE"})
	request.set_aside == set() with input as _given({"object": new, "oldObject": old, "operation": "CREATE"})
	request.set_aside == set() with input as _given({"object": new, "oldObject": null, "operation": "UPDATE"})
	request.set_aside == set() with input as _given({"object": new, "oldObject": _object({"spec": {"roleARN": "b"}}), "operation": "UPDATE"})
}

test_update_that_makes_the_controller_create_is_judged if {
	old := _object({"metadata": {"annotations": {"services.k8s.aws/read-only": "true"}}})
	request.set_aside == set() with input as _given({"object": _object({}), "oldObject": old, "operation": "UPDATE"})
	elsewhere := _object({"metadata": {"annotations": {"services.k8s.aws/region": "eu-west-1"}}})
	request.set_aside == set() with input as _given({"object": elsewhere, "oldObject": _object({}), "operation": "UPDATE"})
}

test_set_aside_what_ack_only_reads if {
	every name, words in {"read-only": "true", "adoption-policy": "adopt"} {
		annotation := concat("/", ["services.k8s.aws", name])
		reason := concat("", ["the controller only reads what it describes (", annotation, ": ", words, ")"])
		request.set_aside == {reason} with input as _given({"object": _object({"metadata": {"annotations": {annotation: words}}})})
	}
	adopted := {"metadata": {"annotations": {"services.k8s.aws/adoption-policy": "adopt-or-create"}}}
	request.set_aside == set() with input as _given({"object": _object(adopted)})
	elsewhere := object.union(_object({"metadata": {"annotations": {"services.k8s.aws/read-only": "true"}}}), {"apiVersion": "ml.example.com/v1"})
	request.set_aside == set() with input as _given({"object": elsewhere})
}

test_set_aside_what_crossplane_only_observes if {
	every policies in [["Observe"], ["Observe", "LateInitialize", "Delete"]] {
		observed := object.union(_notebook, {"spec": {"managementPolicies": policies}})
		request.set_aside == {"the controller only observes what it describes (spec.managementPolicies)"} with input as _given({"object": observed})
	}
	every policies in [["*"], ["Observe", "Create"], [], "Observe"] {
		observed := object.union(_notebook, {"spec": {"managementPolicies": policies}})
		request.set_aside == set() with input as _given({"object": observed})
	}
}

# --- Where it is created

test_region_and_account_are_those_that_the_object_says if {
	annotated := _object({"metadata": {"annotations": {"services.k8s.aws/region": "cn-north-1", "services.k8s.aws/owner-account-id": "444455556666"}}})
	request.region == "cn-north-1" with input as _given({"object": annotated})
	request.partition == "aws-cn" with input as _given({"object": annotated})
	request.account == "444455556666" with input as _given({"object": annotated})
	request.region == "us-west-2" with input as _given({"object": _notebook})
	request.region == "eu-west-1" with input as _given({"object": _object({"spec": {"region": "eu-west-1"}})})
	stored := {"status": {"ackResourceMetadata": {"region": "us-east-1", "ownerAccountID": "111122223333"}}}
	request.region == "us-east-1" with input as _given({"object": _object(stored)})
	request.account == "111122223333" with input as _given({"object": _object(stored)})
}

test_region_that_nobody_says_is_undefined if {
	every region in ["", 7, null] {
		not request.region with input as _given({"object": _object({"spec": {"region": region}})})
	}
	not request.account with input as _given({"object": _object({})})
	not request.partition with input as _given({"object": _object({})})
	request.partition == "aws-us-gov" with input as object.union(_given({"object": _object({})}), {"context": {"partition": "aws-us-gov"}})
}

_given(content) := {"subject": {"kubernetes_object": content}}

_object(more) := object.union(
	{
		"apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
		"kind": "TrainingJob",
		"metadata": {"name": "job", "namespace": "ml"},
		"spec": {"roleARN": "a"},
	},
	more,
) if {
	not more.metadata
} else := object.union(
	{
		"apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
		"kind": "TrainingJob",
		"spec": {"roleARN": "a"},
	},
	more,
)

_notebook := {
	"apiVersion": "sagemaker.aws.m.upbound.io/v1beta1",
	"kind": "NotebookInstance",
	"metadata": {"name": "n"},
	"spec": {"forProvider": {"region": "us-west-2"}},
}
