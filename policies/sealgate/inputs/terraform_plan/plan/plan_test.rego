package sealgate.inputs.terraform_plan.plan_test

import data.sealgate.inputs.terraform_plan.plan

# --- Plans for tests, as Terraform writes them

# METADATA
# description: The input that holds a plan of these changes, with the root module of its configuration.
holding(changes, root_module) := {"subject": {"terraform_plan": {
	"format_version": "1.2",
	"resource_changes": changes,
	"configuration": {"root_module": root_module},
}}}

# METADATA
# description: A change that creates a resource, or reads a data source while the plan is applied.
created(address, values, unknown) := _change(address, [_creating(address)], null, values, {"after_unknown": unknown})

_creating(address) := "read" if contains(address, "data.")

_creating(address) := "create" if not contains(address, "data.")

# METADATA
# description: A change that changes nothing.
kept(address, values) := _change(address, ["no-op"], values, values, {})

# METADATA
# description: A change of a resource that is there.
changed(address, before, after) := _change(address, ["update"], before, after, {})

# METADATA
# description: A change that deletes a resource.
deleted(address, values) := _change(address, ["delete"], values, null, {})

_change(address, actions, before, after, more) := object.union(
	{
		"address": address,
		"mode": {true: "data", false: "managed"}[steps[2] != ""],
		"type": steps[3],
		"name": steps[4],
		"change": object.union({"actions": actions, "before": before, "after": after, "after_unknown": {}}, more),
	},
	object.union(
		{"module_address": steps[1] | steps[1] != ""},
		{"index": json.unmarshal(steps[5]) | steps[5] != ""},
	),
) if {
	steps := regex.find_all_string_submatch_n(
		`^(?:(module\..*)\.)?(data\.)?([a-z0-9_]+)\.([a-z0-9_]+)(?:\[(.*)\])?$`,
		address,
		1,
	)[0]
}

# METADATA
# description: A resource in the configuration of a module, whose expressions take their values from references.
configured(address, expressions) := {
	"address": address,
	"mode": {true: "data", false: "managed"}[startswith(address, "data.")],
	"type": steps[count(steps) - 2],
	"name": steps[count(steps) - 1],
	"expressions": expressions,
} if {
	steps := split(address, ".")
}

# METADATA
# description: An expression, with its references as Terraform lists them.
from(references) := {"references": references}

_read(document) := {"changes": changes, "problems": {problem.message | some problem in problems}} if {
	# regal ignore:with-outside-test-context
	changes := plan.changes with input as {"subject": {"terraform_plan": document}}

	# regal ignore:with-outside-test-context
	problems := plan.problems with input as {"subject": {"terraform_plan": document}}
}

_key := {"arn": "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"}

# --- Where the plan stands

test_plan_is_the_subject_or_the_whole_input if {
	document := {"format_version": "1.2", "resource_changes": []}
	plan.content == document with input as {"subject": {"terraform_plan": document}}
	every name in ["format_version", "resource_changes", "planned_values", "configuration"] {
		plan.content == {name: {}} with input as {name: {}}
	}
}

test_another_input_holds_no_plan if {
	every document in [{}, [], null, 7, "text", {"subject": {}}, {"subject": {"aws_request": {}}, "resource_changes": []}, {"values": {}}] {
		not plan.content with input as document
		plan.changes == [] with input as document
		plan.problems == set() with input as document
		plan.sensitive == set() with input as document
		plan.read_data == [] with input as document
		plan.configurations == {} with input as document
	}
}

# --- The plan as a whole

test_plan_that_is_no_object_is_told if {
	every type, wrong in {"null": null, "a string": "plan", "an array": [], "a number": 7, "a boolean": true} {
		_read(wrong) == {"changes": [], "problems": {concat("", ["the plan is ", type, ", not an object"])}}
	}
}

test_formats_that_are_understood if {
	every version in ["0.1", "0.2", "1.0", "1.2", "1.10"] {
		_read({"format_version": version, "resource_changes": []}).problems == set()
	}
	_read({"resource_changes": []}).problems == set()
}

test_other_formats_are_told if {
	every version, shown in {
		"0.3": "0.3",
		"2.0": "2.0",
		"1": "1",
		"": "",
		"1.2 ": "1.2 ",
		1.2: "(a number)",
		null: "(null)",
		["1.2"]: "(an array)",
	} {
		_read({"format_version": version, "resource_changes": []}).problems == {concat("", [
			"the format version ",
			shown,
			" is none that this version understands: 0.1, 0.2 and 1.x are",
		])}
	}
}

test_what_is_no_plan_is_told if {
	every document in [{}, {"plan": {}}, {"variables": {}}] {
		[message] := [message | some message in _read(document).problems]
		startswith(message, "this is no plan")
	}
	some message in _read({"format_version": "1.0", "values": {"root_module": {}}}).problems
	startswith(message, "this is a state, not a plan")
}

test_plan_without_changes_is_whole if {
	# Terraform leaves out what is empty.
	_read({"format_version": "1.2"}) == {"changes": [], "problems": set()}
}

test_changes_that_are_no_list_are_told if {
	every wrong in [null, {}, "none", 7] {
		_read({"format_version": "1.2", "resource_changes": wrong}) == {
			"changes": [],
			"problems": {"the plan has no list of resource_changes"},
		}
	}
}

test_part_of_a_plan_is_told if {
	whole := {"format_version": "1.2", "resource_changes": []}
	every member in [{"errored": true}, {"errored": null}, {"errored": "true"}] {
		[message] := [message | some message in _read(object.union(whole, member)).problems]
		startswith(message, "planning ended with an error")
	}
	every member in [{"complete": false}, {"complete": null}, {"complete": "true"}] {
		_read(object.union(whole, member)).problems == {"the plan is not complete: Terraform left changes for a later plan"}
	}
	every deferred in [[{"reason": "provider_config_unknown"}], {}, "text", false] {
		_read(object.union(whole, {"deferred_changes": deferred})).problems == {"the plan defers changes, which can't be judged until they are planned"}
	}
	_read(object.union(whole, {"errored": false, "complete": true, "deferred_changes": []})).problems == set()
}

# --- Changes

test_change_is_read_with_the_rows_of_its_type if {
	change := created(`module.a["x.y"].aws_kms_key.ml["a\"b"]`, {"enable_key_rotation": true}, {"arn": true})
	[read] := _read({"resource_changes": [change]}).changes
	read == {
		"index": 0,
		"address": `module.a["x.y"].aws_kms_key.ml["a\"b"]`,
		"module": `module.a["x.y"]`,
		"key": "a\"b",
		"type": "aws_kms_key",
		"name": "ml",
		"mode": "managed",
		"actions": ["create"],
		"imported": false,
		"fact": {"kind": "key", "policy": "policy"},
		"job": null,
		"request": null,
		"values": {"enable_key_rotation": true},
		"unknown": {"arn": true},
		"before": null,
		"deleted": false,
	}
}

test_only_types_that_the_tables_know_are_read if {
	changes := [
		created("null_resource.x", {}, {}),
		created("aws_sagemaker_training_job.x", {}, {}),
		created("aws_sfn_state_machine.x", {}, {}),
		created("data.aws_iam_policy_document.x", {}, {}),
	]
	[[read.index, read.type, read.mode] | some read in _read({"resource_changes": changes}).changes] == [
		[0, "aws_sagemaker_training_job", "managed"],
		[1, "aws_sfn_state_machine", "managed"],
		[2, "aws_iam_policy_document", "data"],
	]
}

test_what_was_deposed_is_read_no_more if {
	deposed := object.union(deleted("aws_kms_key.ml", _key), {"deposed": "00000001"})
	changes := [object.union(kept("aws_kms_key.ml", _key), {"deposed": null}), deposed]
	[read.actions | some read in _read({"resource_changes": changes}).changes] == [["no-op"]]
}

test_deleted_and_imported_changes if {
	imported := _change("aws_kms_key.imported", ["no-op"], _key, _key, {"importing": {"id": "x"}})
	changes := [
		deleted("aws_kms_key.deleted", _key),
		imported,
		_change("aws_kms_key.replaced", ["delete", "create"], _key, {}, {}),
		_change("aws_kms_key.forgotten", ["forget"], _key, null, {}),
	]
	[[read.name, read.deleted, read.imported, read.values != null] | some read in _read({"resource_changes": changes}).changes] == [
		["deleted", true, false, false],
		["imported", false, true, true],
		["replaced", false, false, true],
		["forgotten", false, false, false],
	]
}

test_both_sides_of_a_plan if {
	change := _change("aws_kms_key.ml", ["update"], {"policy": "before"}, {}, {"after_unknown": {"policy": true}})
	document := holding([change], {})
	[[read.values, read.unknown] | some read in plan.changes] == [[{}, {"policy": true}]] with input as document
	plan.side == "after" with input as document

	earlier := object.union(document, {"plan_side": "before"})
	[[read.values, read.unknown] | some read in plan.changes] == [[{"policy": "before"}, {}]] with input as earlier
	plan.side == "before" with input as earlier

	# What is there on one side only has no values on the other.
	[read.values | some read in plan.changes] == [null] with input as object.union(holding([created("aws_kms_key.x", {}, {})], {}), {"plan_side": "before"})
	[read.values | some read in plan.changes] == [null] with input as holding([deleted("aws_kms_key.x", {})], {})
}

test_changes_that_terraform_would_not_write_are_told if {
	change := created("aws_kms_key.ml", {}, {})
	every wrong in [
		null,
		"aws_kms_key.ml",
		[],
		{},
		object.remove(change, ["address"]),
		object.union(change, {"address": 7}),
		object.remove(change, ["name"]),
		object.union(change, {"type": null}),
		object.union(change, {"module_address": ["module.a"]}),
		object.remove(change, ["change"]),
		object.union(change, {"change": 7}),
		object.union(change, {"change": {"actions": "create"}}),
		object.union(change, {"change": {"after": "text"}}),
		object.union(change, {"change": {"before": ["text"]}}),
		object.union(change, {"change": {"after_unknown": true}}),
		object.union(change, {"change": {"after_unknown": ["policy"]}}),
	] {
		document := {"resource_changes": [created("aws_kms_key.other", {}, {}), wrong]}
		found := plan.problems with input as {"subject": {"terraform_plan": document}}
		found == {{
			"subject": "terraform plan",
			"path": ["resource_changes", 1],
			"message": "the change is not written as Terraform writes changes",
		}}
		[read.name | some read in _read(document).changes] == ["other"]
	}
}

test_nothing_is_asked_of_types_that_nobody_reads if {
	every other in [
		{"type": "null_resource"},
		{"type": "null_resource", "address": 7, "change": "text"},
	] {
		_read({"resource_changes": [other]}) == {"changes": [], "problems": set()}
	}
}

test_unknown_values_of_what_is_not_there_are_none if {
	every after_unknown in [false, {}] {
		[read] := _read({"resource_changes": [_change("aws_kms_key.x", ["delete"], {}, null, {"after_unknown": after_unknown})]}).changes
		read.unknown == {}
	}
}

test_values_as_they_are_read if {
	[change] := _read({"resource_changes": [created("aws_kms_key.x", {"policy": ""}, {"arn": true})]}).changes
	plan.reading(change) == {"root": {"policy": ""}, "unknown": {"arn": true}, "null": "absent", "empty": "absent"}
}

# --- Sensitive texts

test_sensitive_texts_are_those_that_the_plan_marks if {
	marked := _change(
		"aws_iam_role_policy.r",
		["update"],
		{"policy": "old secret", "name": "shown"},
		{"policy": "new secret", "tags": {"a": "tag", "b": "shown too"}, "list": ["x", {"y": "deep", "z": ["deeper", 7]}], "empty": ""},
		{
			"before_sensitive": {"policy": true},
			"after_sensitive": {"policy": true, "tags": {"a": true}, "list": [false, true], "empty": true, "gone": true},
		},
	)
	plan.sensitive == {"old secret", "new secret", "tag", "deep", "deeper"} with input as holding([marked], {})
}

test_whole_resource_may_be_sensitive if {
	marked := _change("aws_kms_key.k", ["create"], null, {"description": "all of it", "n": 7}, {"after_sensitive": true, "before_sensitive": false})
	plan.sensitive == {"all of it"} with input as holding([marked], {})
}

test_marks_on_what_is_not_there_hide_nothing if {
	every marks in [true, {"policy": true}, "true", 7, null, [], [true]] {
		change := _change("aws_kms_key.k", ["create"], null, {"policy": 7}, {"before_sensitive": marks, "after_sensitive": {"other": true}})
		plan.sensitive == set() with input as holding([change], {})
	}
}

# --- What was read before

_source(name) := {"address": name, "mode": "data", "type": "aws_iam_policy_document", "name": name, "values": {"json": name}}

test_data_sources_are_read_down_to_four_levels if {
	four := {"resources": [_source("four")], "child_modules": [{"resources": [_source("five")]}]}
	root := {
		"resources": [
			_source("root"),
			object.union(_source("managed"), {"mode": "managed"}),
			object.union(_source("of another type"), {"type": "aws_ami"}),
			object.union(_source("without values"), {"values": null}),
			7,
		],
		"child_modules": [{"child_modules": [{"resources": [_source("two")], "child_modules": [{"child_modules": [four]}]}]}],
	}
	document := {"format_version": "1.2", "prior_state": {"values": {"root_module": root}}}
	[read.name | some read in plan.read_data] == ["root", "two", "four"] with input as document
	every state in [null, 7, {}, {"values": null}, {"values": {"root_module": "text"}}] {
		plan.read_data == [] with input as {"format_version": "1.2", "prior_state": state}
	}
}

# --- Modules

test_modules_of_the_changes_and_those_around_them if {
	changes := [
		created(`module.a["x"].module.b[0].aws_kms_key.k`, {}, {}),
		created(`module.a["module.z[\"q\"].y"].aws_kms_key.k`, {}, {}),
		created("aws_kms_key.k", {}, {}),
	]
	plan.modules == {
		`module.a["x"]`: {"path": "a", "parent": "", "call": "a"},
		`module.a["x"].module.b[0]`: {"path": "a.b", "parent": `module.a["x"]`, "call": "b"},
		`module.a["module.z[\"q\"].y"]`: {"path": "a", "parent": "", "call": "a"},
	} with input as holding(changes, {})
	paths := [plan.path_of(change.module) | some change in plan.changes] with input as holding(changes, {})
	paths == ["a.b", "a", ""]
}

_calling(inner) := {"resources": [], "module_calls": {"m": {"module": inner}}}

test_configuration_of_modules_down_to_eight_levels if {
	nine := _calling(_calling(_calling(_calling(_calling(_calling(_calling(_calling({"resources": []}))))))))
	configurations := plan.configurations with input as holding([], _calling(nine))
	object.keys(configurations) == {"", "m", "m.m", "m.m.m", "m.m.m.m", "m.m.m.m.m", "m.m.m.m.m.m", "m.m.m.m.m.m.m", "m.m.m.m.m.m.m.m"}
	calls := plan.calls with input as holding([], _calling(nine))
	object.keys(calls) == object.keys(configurations) - {""}
}

test_configuration_of_a_change if {
	in_module := configured("aws_kms_key.k", {"policy": {"constant_value": "in the module"}})
	source := configured("data.aws_iam_policy_document.d", {})
	root := {
		"resources": [configured("aws_kms_key.k", {"policy": {"constant_value": "in the root"}}), source],
		"module_calls": {"a": {"module": {"resources": [in_module]}}},
	}
	changes := [
		created("aws_kms_key.k[0]", {}, {}),
		created(`module.a["x"].aws_kms_key.k`, {}, {}),
		created("data.aws_iam_policy_document.d", {}, {}),
		created("aws_kms_key.of_no_configuration", {}, {}),
		created("module.b.aws_kms_key.of_no_module", {}, {}),
	]
	found := [plan.configuration_of(change) | some change in plan.changes] with input as holding(changes, root)
	found == [root.resources[0], in_module, source, {}, {}]
}

test_configuration_that_terraform_would_not_write_is_none if {
	every wrong in [
		null,
		7,
		{"root_module": []},
		{"root_module": {"resources": 7, "module_calls": [{}]}},
		{"root_module": {"resources": [7, {}, {"address": 7}, {"address": "aws_kms_key.k", "type": "aws_kms_key", "name": []}], "module_calls": {"a": 7}}},
		{"root_module": {"resources": [object.union(configured("aws_kms_key.k", {}), {"expressions": "text"})], "module_calls": {"a": {"module": []}}}},
	] {
		document := {"format_version": "1.2", "resource_changes": [created("aws_kms_key.k", {}, {})], "configuration": wrong}
		found := [plan.configuration_of(change) | some change in plan.changes] with input as document
		found == [{}]
		plan.problems == set() with input as document
	}
}
