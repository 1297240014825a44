package sealgate.inputs.kubernetes_object.parts_test

import data.sealgate.inputs.kubernetes_object.parts
import data.sealgate.lib.value

test_object_is_read_as_it_stands if {
	given := {"apiVersion": "sagemaker.services.k8s.aws/v1alpha1", "kind": "TrainingJob", "spec": {"a": 1, "b": null}}
	parts.reading == {"root": given, "unknown": {}, "null": "absent"} with input as _given(given)
	parts.at(["spec", "a"]) == value.known(1) with input as _given(given)
	parts.at(["spec", "b"]) == value.absent with input as _given(given)
	parts.at(["spec", "c"]) == value.absent with input as _given(given)
}

test_both_parts_of_crossplane_are_read_as_one if {
	given := _notebook({"initProvider": {"a": "initial", "b": "initial", "block": {"x": 1, "y": 1}}, "forProvider": {"a": "later", "block": {"y": 2}}})
	parts.at(["spec", "forProvider", "a"]) == value.known("later") with input as _given(given)
	parts.at(["spec", "forProvider", "b"]) == value.known("initial") with input as _given(given)
	parts.at(["spec", "forProvider", "block"]) == value.known({"x": 1, "y": 2}) with input as _given(given)
}

test_initial_part_alone_is_read if {
	given := _notebook({"initProvider": {"a": "initial"}})
	parts.at(["spec", "forProvider", "a"]) == value.known("initial") with input as _given(given)
}

test_part_of_the_wrong_type_is_left_for_the_reader_to_find if {
	every spec in [{"initProvider": ["a"], "forProvider": {"a": 1}}, {"initProvider": {"a": 1}, "forProvider": "b"}] {
		parts.reading.root == _notebook(spec) with input as _given(_notebook(spec))
	}
}

test_list_in_both_parts_is_unknown if {
	given := _notebook({"initProvider": {"list": [1], "other": [1]}, "forProvider": {"list": [2], "other": {}}})
	reason := "list is a list in both spec.forProvider and spec.initProvider"
	parts.at(["spec", "forProvider", "list", 0]) == value.unknown(reason) with input as _given(given)
	parts.reading.unknown == {"spec": {"forProvider": {"list": reason}}} with input as _given(given)
}

test_place_is_shown_where_it_stands if {
	given := _notebook({"initProvider": {"a": "initial", "b": "initial"}, "forProvider": {"a": "later"}})
	cases := {
		["spec", "forProvider", "a"]: ["spec", "forProvider", "a"],
		["spec", "forProvider", "b"]: ["spec", "initProvider", "b"],
		["spec", "forProvider", "c"]: ["spec", "forProvider", "c"],
		["metadata", "name"]: ["metadata", "name"],
		[]: [],
	}
	every path, shown in cases {
		parts.placed({"path": path, "use": "output"}) == {"path": shown, "use": "output"} with input as _given(given)
	}
}

test_reference_is_told_with_what_it_leads_to if {
	cases := [
		{"reference": {"from": {"name": "k", "namespace": "ml"}}, "named": " (ml/k)"},
		{"reference": {"name": "k"}, "named": " (k)"},
		{"reference": {"matchLabels": {"a": "b"}}, "named": ""},
		{"reference": "k", "named": ""},
	]
	every case in cases {
		reason := concat("", ["it is what the reference spec.kmsKeyRef leads to", case.named, ", and not in the object"])
		parts.behind(["spec", "kmsKeyRef"], case.reference) == value.unknown(reason)
	}
}

_given(content) := {"subject": {"kubernetes_object": {"object": content}}}

_notebook(spec) := {"apiVersion": "sagemaker.aws.upbound.io/v1beta1", "kind": "NotebookInstance", "spec": spec}
