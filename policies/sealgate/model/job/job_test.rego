package sealgate.model.job_test

import data.sealgate.lib.value
import data.sealgate.model.job

_row := {
	"system": "other",
	"name": ["name"],
	"role": [["role_arn"]],
	"tags": ["tags_all"],
	"json_strings": [],
	"keys": [
		{"path": ["groups", "*", "key"], "use": "volume", "forms": ["key_arn"], "instance_types": [["groups", "*", "type"]]},
		{"path": ["output", 0, "key"], "use": "output", "forms": ["key_arn"], "within": ["output", 0], "member": "Output.Key"},
	],
	"instance_types": [],
	"s3": [{"path": ["output", 0, "uri"], "use": "output"}],
	"models": [],
}

# Of a resource of a plan.
_of(root, unknown) := job.of({
	"subject": "aws_thing.x",
	"operation": "acme:MakeThing",
	"row": _row,
	"read": {"root": root, "unknown": unknown, "null": "absent", "empty": "absent"},
	"documents": {},
	"parameters": {},
	"category": value.absent,
	"region": value.known("us-west-2"),
	"account": value.known("111122223333"),
	"partition": value.known("aws"),
})

_later := value.unknown("it is not known until apply")

# --- Keys of a resource

test_keys_of_every_block_and_of_the_block_that_is_there if {
	made := _of({"groups": [{"key": "a", "type": "ml.m5.large"}, {"key": null, "type": null}], "output": [{"key": ""}]}, {})
	[[key.path, key.member, key.value] | some key in made.keys] == [
		[["groups", 0, "key"], "groups.*.key", value.known("a")],
		[["groups", 1, "key"], "groups.*.key", value.absent],
		[["output", 0, "key"], "Output.Key", value.absent],
	]
	[[instance.value.value | some instance in key.instances] | some key in made.keys] == [["ml.m5.large"], [], []]
}

test_key_of_a_block_that_is_not_there_is_no_key if {
	every root in [{}, {"output": null}, {"output": []}, {"output": "", "groups": null}] {
		_of(root, {}).keys == []
		_of(root, {}).problems == []
	}
}

test_key_is_unknown_at_every_depth if {
	every unknown in [{"output": [{"key": true}]}, {"output": [true]}, {"output": true}] {
		[key] := _of({"output": [{}]}, unknown).keys
		key.value == _later
	}
}

test_key_of_the_wrong_type_is_kept_for_rules_to_judge if {
	every wrong in [7, true, {}, ["a"]] {
		[key] := _of({"output": [{"key": wrong}]}, {}).keys
		key.value == value.known(wrong)
	}
}

test_what_stands_in_the_way_is_a_problem if {
	made := _of({"output": "text", "groups": 7}, {})
	{problem.message | some problem in made.problems} == {"groups is a number, not a list", "output is a string, not a list"}
	made.keys == []
}

test_texts_of_the_wrong_type_are_problems if {
	made := _of({"name": 7, "role_arn": {}, "output": [{"uri": ["s3://b/"]}]}, {})
	{problem.message | some problem in made.problems} == {
		"name is a number, not a string",
		"role_arn is an object, not a string",
		"output.0.uri is an array, not a string",
	}
}

# --- Tags

test_tags_of_a_map_and_of_a_list if {
	every tags in [{"team": "ml"}, [{"key": "team", "value": "ml"}], [{"Key": "team", "Value": "ml"}, {"Key": "x"}, 7]] {
		_of({"tags_all": tags}, {}).tags == value.known([{"key": "team", "value": "ml"}])
	}
	every nothing in [{}, {"tags_all": null}, {"tags_all": ""}] {
		_of(nothing, {}).tags == value.absent
	}
	every wrong in [7, "team=ml", true] {
		_of({"tags_all": wrong}, {}).tags == value.unknown("the tags are neither a list nor a map")
	}
}

test_tag_that_is_not_known_yet_is_none_that_is_not_there if {
	later := value.known([{"key": "team", "value": "ml"}, {"key": "sensitivity", "value": _later}])
	_of({"tags_all": {"team": "ml"}}, {"tags_all": {"sensitivity": true}}).tags == later
	_of(
		{"tags_all": [{"key": "team", "value": "ml"}, {"key": "sensitivity"}]},
		{"tags_all": [{}, {"value": true}]},
	).tags == later
	_of({}, {"tags_all": true}).tags == _later
	_of({"tags_all": {"team": "ml"}}, {"tags_all": {}}).tags == value.known([{"key": "team", "value": "ml"}])
}

# --- Documents

test_document_is_as_the_reader_read_it if {
	every entry, expected in {
		{"value": {"a": 1}}: {"state": "known", "value": {"a": 1}},
		{"error": "a key is there twice", "line": 1}: {"state": "unreadable", "error": "a key is there twice", "line": 1},
		{"partial": {"a": 1}, "variable": "${x}"}: {"state": "known", "value": {"a": 1}, "variable": "${x}"},
	} {
		found := job.documents({"json_strings": [["Document"]]}, {"Document": "{}"}, "/p") with input as {"parsed": {"/p/Document": entry}}
		found == {"Document": expected}
	}
}

test_document_that_nobody_read if {
	cases := {
		`{"a": 1}`: {"state": "known", "value": {"a": 1}, "loose": true},
		`{"a": 1`: {"state": "unreadable", "error": "Document holds no JSON object"},
		"[1]": {"state": "unreadable", "error": "Document holds no JSON object"},
		"": {"state": "unreadable", "error": "Document holds no JSON object"},
	}
	every text, expected in cases {
		job.documents({"json_strings": [["Document"]]}, {"Document": text}, "") == {"Document": expected} with input as {}
	}
	every wrong, type in {7: "a number", null: "null", ["{}"]: "an array", {"a": 1}: "an object", {}: "an object"} {
		job.documents({"json_strings": [["Document"]]}, {"Document": wrong}, "") == {"Document": {
			"state": "unreadable",
			"error": concat("", ["Document is ", type, ", not a string that holds JSON"]),
		}} with input as {}
	}
	job.documents({"json_strings": [["Document"]]}, {}, "").Document.error == "Document is missing" with input as {}
}

test_document_that_a_pipeline_writes if {
	every sent in [{"Get": "Parameters.Document"}, {"Std:Join": {"On": "", "Values": ["{", {"Get": "Parameters.Rest"}]}}] {
		found := job.documents({"json_strings": [["Document"]]}, {"Document": sent}, "") with input as {}
		found == {"Document": {"state": "known", "value": {}, "variable": "a pipeline function"}}
	}
}

test_content_has_documents_in_the_place_of_their_texts if {
	read := {"A": {"state": "known", "value": {"x": 1}}, "B": {"state": "unreadable", "error": "it is empty"}}
	job.content({"A": "{\"x\": 1}", "B": "", "C": 2}, read) == {"A": {"x": 1}, "C": 2}
}
