# METADATA
# title: A Terraform plan
# description: |
#   What `terraform show -json` printed, whole or cut: the changes of the resources that the tables know, the modules
#   they stand in, and the configuration of both. A plan may also be the whole input, for conftest and a bare OPA.
# scope: package
package sealgate.inputs.terraform_plan.plan

import data.sealgate.lib.value

# METADATA
# description: The plan; undefined where the input holds none.
content := input.subject.terraform_plan if {
	value.has(input, "subject")
} else := input if {
	not value.has(input, "subject")
	some name in ["format_version", "resource_changes", "planned_values", "configuration"]
	value.has(input, name)
}

# METADATA
# description: |
#   Which of its two worlds is read: `after` the plan was applied, or `before`. Both are read where they are compared.
# scope: document
default side := "after"

side := "before" if input.plan_side == "before"

# METADATA
# description: |
#   The changes of the resources that the tables know, in the order of the plan: `{index, address, module, key, type,
#   name, mode, actions, imported, fact, job, request, values, unknown, before, deleted}`. `module` is the address of
#   the module's instance, `key` the index of the resource's own; `fact`, `job` and `request` the rows of its type,
#   where it has them; `values` and `unknown` those of the side that is read, null where it is not there.
changes := [change |
	some index, given in _known_changes
	change := {
		"index": index,
		"address": given.address,
		"module": object.get(given, "module_address", ""),
		"key": object.get(given, "index", null),
		"type": given.type,
		"name": given.name,
		"mode": object.get(given, "mode", "managed"),
		"actions": given.change.actions,
		"imported": _is_imported(given.change),
		"fact": _fact(given.type),
		"job": object.get(data.sealgate.data.terraform_jobs, given.type, null),
		"request": object.get(data.sealgate.data.terraform_requests, given.type, null),
		"values": _side(given.change),
		"unknown": _unknown(given.change),
		"before": object.get(given.change, "before", null),
		"deleted": _is_deleted(given.change),
	}
]

_fact(type) := object.get(data.sealgate.data.terraform_facts, type, {"kind": "none"})

# METADATA
# description: The values of a change, as `lib/member` reads them.
reading(change) := {"root": change.values, "unknown": change.unknown, "null": "absent", "empty": "absent"}

# METADATA
# description: |
#   What was read before the plan was made: the data sources of the tables, `{address, module, type, name, values}`.
#   Down to four levels of modules.
read_data := [{
	"address": resource.address,
	"type": resource.type,
	"name": resource.name,
	"values": resource.values,
} |
	some module in _prior_modules
	some resource in module.resources
	resource.mode == "data"
	data.sealgate.data.terraform_facts[resource.type]
	is_object(resource.values)
]

# METADATA
# description: |
#   The instances of modules that hold such a change, and those around them, by address: `{path, parent, call}` with the
#   path of the configuration, the address of the instance around it and the name of the call.
modules := {prefix.address: {
	"path": _path(prefix.steps),
	"parent": _parent(prefix.steps),
	"call": prefix.steps[count(prefix.steps) - 1].call,
} |
	some prefix in _module_prefixes
}

# METADATA
# description: |
#   The configuration of each module by the path of its calls, such as `network.keys`; the root's is empty. Down to
#   eight levels.
configurations := _merged([_root, _level_1, _level_2, _level_3, _level_4, _level_5, _level_6, _level_7, _level_8])

# METADATA
# description: The call of a module by the path of its configuration.
calls := _merged([
	_calls(_root),
	_calls(_level_1),
	_calls(_level_2),
	_calls(_level_3),
	_calls(_level_4),
	_calls(_level_5),
	_calls(_level_6),
	_calls(_level_7),
])

# METADATA
# description: The configured resources by `<path of the module>|<address in it>`.
configured := {concat("|", [path, resource.address]): resource |
	some path, module in configurations
	some resource in module.resources
	every member in ["address", "type", "name"] {
		is_string(resource[member])
	}
	is_object(object.get(resource, "expressions", {}))
}

# METADATA
# description: The ARNs of what the plan deletes of a kind of fact, each null as what is known not to exist.
deleted_arns(kind) := {change.before.arn: null |
	side == "after"
	some change in changes
	change.deleted
	change.fact.kind == kind
	change.mode != "data"
	is_string(change.before.arn)
}

# METADATA
# description: The configured resource behind a change; an empty one where the plan has no configuration of it.
configuration_of(change) := object.get(configured, concat("|", [path_of(change.module), relative(change)]), {})

# METADATA
# scope: document
# description: The path of the configuration of a module's instance.
path_of("") := ""

path_of(module) := modules[module].path if module != ""

# METADATA
# scope: document
# description: The address of a resource in its module, without the index of an instance.
relative(change) := concat(".", [change.type, change.name]) if change.mode != "data"

relative(change) := concat(".", ["data", change.type, change.name]) if change.mode == "data"

# METADATA
# description: The texts that the plan marks as sensitive, in the resources that the tables know.
sensitive := {text |
	some given in _known_changes
	some name, marks in {"before": "before_sensitive", "after": "after_sensitive"}
	is_object(given.change[name])
	marked := object.get(given.change, marks, {})
	not marked in [false, {}]
	walk(marked, [path, true])
	some text in _texts_below(object.get(given.change[name], path, null))
	text != ""
}

_texts_below(content) := {text |
	walk(content, [_, text])
	is_string(text)
}

# METADATA
# scope: document
# description: What keeps the plan from being judged, as `{subject, path, message}`.
problems contains _problem([], concat("", ["the plan is ", value.type_of(content), ", not an object"])) if {
	given := content
	not is_object(given)
}

problems contains _problem(["format_version"], concat("", [
	"the format version ",
	_text(content.format_version),
	" is none that this version understands: 0.1, 0.2 and 1.x are",
])) if {
	is_object(content)
	value.has(content, "format_version")
	not _is_understood(content.format_version)
}

problems contains _problem([], concat(" ", [
	"this is no plan, for it has none of resource_changes, planned_values and configuration:",
	"print one with terraform show -json FILE",
])) if {
	is_object(content)
	every name in ["format_version", "resource_changes", "planned_values", "configuration"] {
		not value.has(content, name)
	}
}

problems contains _problem([], concat(" ", [
	"this is a state, not a plan: make a plan with terraform plan -out=FILE",
	"and print it with terraform show -json FILE",
])) if {
	is_object(content)
	value.has(content, "values")
	not value.has(content, "resource_changes")
}

problems contains _problem(["resource_changes"], "the plan has no list of resource_changes") if {
	is_object(content)
	value.has(content, "resource_changes")
	not is_array(content.resource_changes)
}

problems contains _problem(["errored"], concat(" ", [
	"planning ended with an error, and the plan holds a part of the changes only:",
	"mend what terraform plan reports",
])) if {
	is_object(content)
	object.get(content, "errored", false) != false
}

problems contains _problem(["complete"], "the plan is not complete: Terraform left changes for a later plan") if {
	is_object(content)
	object.get(content, "complete", true) != true
}

problems contains _problem(["deferred_changes"], concat(" ", [
	"the plan defers changes,",
	"which can't be judged until they are planned",
])) if {
	is_object(content)
	not object.get(content, "deferred_changes", []) in [[], null]
}

problems contains _problem(["resource_changes", index], "the change is not written as Terraform writes changes") if {
	some index, given in content.resource_changes
	not _is_whole(given)
	_may_matter(given)
}

_problem(path, message) := {"subject": "terraform plan", "path": path, "message": message}

_text(version) := version if is_string(version)

_text(version) := concat("", ["(", value.type_of(version), ")"]) if not is_string(version)

_is_understood(version) if version in ["0.1", "0.2"]

_is_understood(version) if {
	is_string(version)
	regex.match(`^1\.[0-9]+$`, version)
}

# Of a type that the tables do not know nothing is read.
_may_matter(given) if not is_object(given)

_may_matter(given) if {
	is_object(given)
	not is_string(object.get(given, "type", null))
}

_may_matter(given) if _is_of_known_type(given.type)

_is_whole(given) if {
	is_string(given.address)
	is_string(given.type)
	is_string(given.name)
	is_string(object.get(given, "module_address", ""))
	is_array(given.change.actions)
	_is_tree(object.get(given.change, "after_unknown", {}))
	every member in ["before", "after"] {
		_is_value(object.get(given.change, member, null))
	}
}

_is_value(null)

_is_value(values) if is_object(values)

_is_tree(false)

_is_tree(tree) if is_object(tree)

_known_changes := [given |
	some given in content.resource_changes
	_is_of_known_type(given.type)
	_is_whole(given)
	object.get(given, "deposed", "") in ["", null]
]

_is_of_known_type(type) if data.sealgate.data.terraform_facts[type]

_is_of_known_type(type) if data.sealgate.data.terraform_jobs[type]

_is_of_known_type(type) if data.sealgate.data.terraform_requests[type]

_side(change) := object.get(change, side, null)

_unknown(change) := tree if {
	side == "after"
	tree := change.after_unknown
	is_object(tree)
} else := {}

_is_imported(change) if {
	is_object(change.importing)
} else := false

_is_deleted(change) if {
	change.actions == ["delete"]
} else := false

default _prior_modules := []

_prior_modules := array.flatten([[root], first, second, third, fourth]) if {
	root := content.prior_state.values.root_module
	first := _children([root])
	second := _children(first)
	third := _children(second)
	fourth := _children(third)
}

_children(parents) := [child | some parent in parents; some child in parent.child_modules]

# The address of a module's instance, taken apart: `module.a["x"].module.b[0]`.
_module_steps := {address: [{"call": step[1], "text": step[0]} |
	some step in regex.find_all_string_submatch_n(
		`module\.([^.\[\]"]+)(?:\["(?:[^"\\]|\\.)*"\]|\[[0-9]+\])?`,
		address,
		-1,
	)
] |
	some address in {change.module | some change in changes; change.module != ""}
}

_module_prefixes := {{"address": concat(".", [step.text | some step in steps]), "steps": steps} |
	some all_steps in _module_steps
	some length in numbers.range(1, count(all_steps))
	steps := array.slice(all_steps, 0, length)
}

_path(steps) := concat(".", [step.call | some step in steps])

_parent(steps) := concat(".", [step.text | some step in array.slice(steps, 0, count(steps) - 1)])

default _root := {}

_root := {"": content.configuration.root_module} if is_object(content.configuration.root_module)

_calls(level) := {concat("", [_prefix(path), name]): call |
	some path, module in level
	some name, call in module.module_calls
	is_string(name)
}

_level(above) := {path: call.module |
	some path, call in _calls(above)
	is_object(call.module)
}

_prefix("") := ""

_prefix(path) := concat("", [path, "."]) if path != ""

_level_1 := _level(_root)

_level_2 := _level(_level_1)

_level_3 := _level(_level_2)

_level_4 := _level(_level_3)

_level_5 := _level(_level_4)

_level_6 := _level(_level_5)

_level_7 := _level(_level_6)

_level_8 := _level(_level_7)

# One after another: of no more than nine.
_merged(levels) := {path: module | some level in levels; some path, module in level}
