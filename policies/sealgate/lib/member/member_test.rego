package sealgate.lib.member_test

import data.sealgate.lib.member
import data.sealgate.lib.value

test_place_of_a_member if {
	member.place(member.request({"a": 1}), ["a"]) == {"path": ["a"], "value": value.known(1)}
	every content in ["text", "", 0, false, null, [], {}] {
		member.place(member.request({"a": {"b": content}}), ["a", "b"]) == {"path": ["a", "b"], "value": value.known(content)}
	}
}

test_place_of_what_nobody_set if {
	member.place(member.request({"a": {}}), ["a", "b"]) == {"path": ["a", "b"], "value": value.absent}
	member.place(member.request({}), ["a", "b"]) == {"path": ["a", "b"], "value": value.absent}
	member.place(member.request({}), ["a"]) == {"path": ["a"], "value": value.absent}
}

test_wrong_type_on_the_way_is_told if {
	messages := {
		"a.b is null, not an object": null,
		"a.b is a boolean, not an object": false,
		"a.b is a number, not an object": 7,
		"a.b is a string, not an object": "text",
		"a.b is an array, not an object": [{"c": "key"}],
	}
	every message, content in messages {
		member.place(member.request({"a": {"b": content}}), ["a", "b", "c"]) == _obstructed(["a", "b"], message)
	}
}

test_first_wrong_type_on_the_way_is_told if {
	member.place(member.request({"a": "text"}), ["a", "b", "c"]) == _obstructed(["a"], "a is a string, not an object")
}

test_path_without_a_star_leads_to_one_place if {
	member.places(member.request({"a": {"b": 1}}), ["a", "b"]) == [{"path": ["a", "b"], "value": value.known(1)}]
	member.places(member.request({}), ["a", "b"]) == [{"path": ["a", "b"], "value": value.absent}]
}

test_star_leads_to_every_element_of_a_list if {
	member.places(member.request({"a": [{"b": 1}, {}, {"b": 3}]}), ["a", "*", "b"]) == [
		{"path": ["a", 0, "b"], "value": value.known(1)},
		{"path": ["a", 1, "b"], "value": value.absent},
		{"path": ["a", 2, "b"], "value": value.known(3)},
	]
	member.places(member.request({"a": ["x", "y"]}), ["a", "*"]) == [
		{"path": ["a", 0], "value": value.known("x")},
		{"path": ["a", 1], "value": value.known("y")},
	]
}

test_star_leads_to_every_value_of_a_map if {
	member.places(member.request({"a": {"one": {"b": 1}}}), ["a", "*", "b"]) == [{"path": ["a", "one", "b"], "value": value.known(1)}]
}

test_stars_may_follow_each_other if {
	root := {"a": [[[[1]]], [], [[], [[2, 3]]]]}
	{place.path: place.value.value | some place in member.places(member.request(root), ["a", "*", "*", "*", "*"])} == {
		["a", 0, 0, 0, 0]: 1,
		["a", 2, 1, 0, 0]: 2,
		["a", 2, 1, 0, 1]: 3,
	}
}

test_absent_or_empty_list_has_no_places if {
	member.places(member.request({}), ["a", "b", "*", "c", "*"]) == []
	every root in [{}, {"a": []}, {"a": {}}] {
		member.places(member.request(root), ["a", "*", "b"]) == []
	}
}

test_what_stands_instead_of_a_list_is_told if {
	member.places(member.request({"a": "text"}), ["a", "*", "b"]) == [_obstructed(["a"], "a is a string, not a list")]
	member.places(member.request({"a": {"b": null}}), ["a", "b", "*"]) == [_obstructed(["a", "b"], "a.b is null, not a list")]
}

test_what_stands_before_a_list_is_told if {
	member.places(member.request({"a": 7}), ["a", "b", "*", "c"]) == [_obstructed(["a"], "a is a number, not an object")]
}

test_what_stands_instead_of_an_element_is_told if {
	member.places(member.request({"a": [null, {"b": 1}]}), ["a", "*", "b"]) == [
		_obstructed(["a", 0], "a.0 is null, not an object"),
		{"path": ["a", 1, "b"], "value": value.known(1)},
	]
}

test_what_stands_instead_of_a_list_in_a_list_is_told if {
	member.places(member.request({"a": [[1], 7]}), ["a", "*", "*"]) == [
		{"path": ["a", 0, 0], "value": value.known(1)},
		_obstructed(["a", 1], "a.1 is a number, not a list"),
	]
}

test_member_that_is_named_as_a_star_is_a_member if {
	member.places(member.request({"a": {"*": {"b": 1}}}), ["a", "*", "b"]) == [{"path": ["a", "*", "b"], "value": value.known(1)}]
}

_obstructed(path, problem) := {"path": path, "value": value.unknown(problem), "problem": problem}

# --- A plan or an object

test_what_is_not_known_yet_is_unknown_at_every_depth if {
	every unknown in [{"a": true}, {"a": [true]}, {"a": [{"b": true}]}] {
		member.place(_plan({"a": [{}]}, unknown), ["a", 0, "b"]).value.state == "unknown"
	}
	member.place(_plan({"a": [{}]}, {"a": [{"b": true}]}), ["a", 0, "b"]) == {
		"path": ["a", 0, "b"],
		"value": value.unknown("it is not known until apply"),
	}
}

test_reason_of_what_is_not_known_is_kept if {
	member.place(_plan({}, {"a": "keyRef names my-key"}), ["a"]).value == value.unknown("keyRef names my-key")
}

test_unknown_stands_before_what_takes_its_place if {
	member.places(_plan({"a": [null, "known"]}, {"a": [true, false]}), ["a", "*"]) == [
		{"path": ["a", 0], "value": value.unknown("it is not known until apply")},
		{"path": ["a", 1], "value": value.known("known")},
	]
}

test_list_that_is_not_known_has_one_place if {
	places := member.places(_plan({}, {"a": true}), ["a", "*", "b"])
	places == [{"path": ["a"], "value": value.unknown("it is not known until apply")}]
}

test_null_is_absent_where_it_means_that_nobody_set_it if {
	every root in [{"a": null}, {"a": {"b": null}}, {"a": {}}] {
		member.place(_plan(root, {}), ["a", "b"]) == {"path": ["a", "b"], "value": value.absent}
	}
	member.places(_plan({"a": null}, {}), ["a", "*", "b"]) == []
}

test_the_one_element_of_a_block if {
	member.place(_plan({"a": [{"b": 1}]}, {}), ["a", 0, "b"]).value == value.known(1)
	member.place(_plan({"a": []}, {}), ["a", 0, "b"]).value == value.absent
	member.place(_plan({}, {}), ["a", 0, "b"]).value == value.absent
	member.place(_plan({"a": {"b": 1}}, {}), ["a", 0, "b"]).problem == "a is an object, not a list"
}

_plan(root, unknown) := {"root": root, "unknown": unknown, "null": "absent"}

test_empty_text_is_absent_where_it_means_that_nobody_set_it if {
	every root in [{"a": ""}, {"a": {"b": ""}}] {
		member.place(object.union(_plan(root, {}), {"empty": "absent"}), ["a", "b"]) == {"path": ["a", "b"], "value": value.absent}
	}
	member.place(_plan({"a": {"b": ""}}, {}), ["a", "b"]).value == value.known("")
	member.place(member.request({"a": {"b": ""}}), ["a", "b"]).value == value.known("")
}
