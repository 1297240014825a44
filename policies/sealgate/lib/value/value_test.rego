package sealgate.lib.value_test

import data.sealgate.lib.value

test_member_is_known_whatever_its_value if {
	every content in ["text", "", 0, false, null, [], {}] {
		value.of({"member": content}, "member", "the parent") == {"state": "known", "value": content}
	}
}

test_member_that_nobody_set_is_absent if {
	value.of({}, "member", "the parent") == {"state": "absent"}
	value.of({"Member": 1}, "member", "the parent") == value.absent
}

test_member_of_something_else_than_an_object_is_unknown if {
	value.of([], "member", "the parent") == value.unknown("the parent is an array, not an object")
	value.of(null, "member", "the parent") == {"state": "unknown", "reason": "the parent is null, not an object"}
}

test_missing_part_is_unknown_with_the_way_to_supply_it if {
	value.missing("region", "nobody said it", "Say it.") == {
		"state": "unknown",
		"part": "region",
		"reason": "nobody said it",
		"supply": "Say it.",
	}
}

test_member_is_had_whatever_its_value if {
	value.has({"member": false}, "member")
	value.has({"member": null}, "member")
	value.has(["first"], 0)
	not value.has({}, "member")
	not value.has(null, "member")
	not value.has("text", "member")
}

test_type_has_a_name_with_its_article if {
	{name: value.type_of(content) | some name, content in _one_of_each} == {
		"null": "null",
		"boolean": "a boolean",
		"number": "a number",
		"string": "a string",
		"array": "an array",
		"object": "an object",
	}
}

_one_of_each := {"null": null, "boolean": false, "number": 0, "string": "", "array": [], "object": {}}
