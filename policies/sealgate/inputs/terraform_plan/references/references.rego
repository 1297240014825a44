# METADATA
# title: What an unknown value of a plan comes from
# description: |
#   Follows the references of the configuration, through variables and outputs of modules, to the resources that an
#   expression takes its value from. The references between modules are one graph, of the modules' instances, so that
#   following them costs no more than the plan is long.
# scope: package
package sealgate.inputs.terraform_plan.references

import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.lib.member
import data.sealgate.lib.value

# METADATA
# description: |
#   What the attribute at a path of a change takes its value from: `{targets, open, set}`. A target is `{index,
#   attribute}` with the index of a change; `open` has the references that lead to nothing the plan says; `set` is
#   whether the configuration sets the attribute at all, as far as it shows.
of(change, path) := {
	"targets": array.flatten([_targets_of(node, own_key) | some node in terminals]),
	"open": sort([open | some node in terminals; some open in _open(node, own_key)]),
	"set": _may_be_set(configured, path),
} if {
	configured := plan.configuration_of(change)
	given := _references_at(object.get(configured, "expressions", {}), path)
	each := object.get(configured, ["for_each_expression", "references"], [])
	terminals := _terminals(_nodes(change.module, given, each))
	own_key := _own_key(change, given)
}

# METADATA
# description: The same for each reference of an expression on its own, in their order.
of_elements(change, path) := [{
	"targets": array.flatten([_targets_of(node, own_key) | some node in terminals]),
	"open": sort([open | some node in terminals; some open in _open(node, own_key)]),
} |
	some reference in _kept(given)
	terminals := _terminals(_nodes(change.module, [reference], each))
] if {
	configured := plan.configuration_of(change)
	given := _references_at(object.get(configured, "expressions", {}), path)
	each := object.get(configured, ["for_each_expression", "references"], [])
	own_key := _own_key(change, given)
}

# The references of the longest part of the path that has any: those of a nested attribute stand at its whole.
_references_at(expressions, path) := references if {
	lengths := [length |
		some length in numbers.range(1, count(path))
		is_array(object.get(expressions, array.concat(array.slice(path, 0, length), ["references"]), null))
	]
	count(lengths) > 0
	references := object.get(
		expressions,
		array.concat(array.slice(path, 0, max(lengths)), ["references"]),
		[],
	)
} else := [reference |
	# A block whose place in the plan is not its place in the configuration, as in a set.
	some place in member.places(member.request(expressions), [_any(step) | some step in path])
	is_object(place.value.value)
	some reference in place.value.value.references
]

_any(step) := "*" if is_number(step)

_any(step) := step if is_string(step)

# A plan without the resource's configuration does not say, and neither does one with a dynamic block: its expressions
# are not in the plan.
_may_be_set(configured, _) if configured == {}

_may_be_set(configured, path) if {
	count(path) > 1
	not value.has(object.get(configured, "expressions", {}), path[0])
}

_may_be_set(configured, path) := _is_set(object.get(configured, "expressions", {}), path) if {
	configured != {}
	_is_shown(configured, path)
}

_is_shown(_, path) if count(path) == 1

_is_shown(configured, path) if value.has(object.get(configured, "expressions", {}), path[0])

_is_set(expressions, path) if {
	some length in numbers.range(1, count(path))
	expression := object.get(expressions, array.slice(path, 0, length), null)
	is_object(expression)
	some name in ["references", "constant_value"]
	value.has(expression, name)
} else if {
	some place in member.places(member.request(expressions), [_any(step) | some step in path])
	place.value.state != "absent"
	not object.get(place.value, "value", null) in [{}, null]
} else := false

# The index of the resource's own instance, where the expression takes another's by it.
_own_key(change, references) := change.key if {
	change.key != null
	some reference in references
	reference in ["each.key", "each.value", "count.index"]
} else := null

# Each reference is followed by the shorter ones that it begins with.
_kept(given) := [reference |
	references := [reference | some reference in given; is_string(reference)]
	some index, reference in references
	not _is_prefix(reference, references, index)
	not _is_local_to_expression(reference)
]

_is_prefix(reference, references, _) if {
	some other in references
	other != reference
	startswith(other, reference)
	substring(other, count(reference), 1) in {".", "["}
}

_is_prefix(reference, references, index) if {
	some other in array.slice(references, 0, index)
	other == reference
}

_is_local_to_expression(reference) if reference in {"each.key", "count.index", "self"}

_is_local_to_expression(reference) if {
	some prefix in ["path.", "terraform.", "self."]
	startswith(reference, prefix)
}

# A node names what stands in an instance of a module: `<kind>\n<address of the instance>\n<what>`.
_node(kind, module, what) := concat("\n", [kind, module, what])

_nodes(module, references, each) := array.flatten([_nodes_of(module, reference) |
	some reference in _expanded(_kept(references), _kept(each))
])

# What an element of for_each is comes from the expression of for_each.
_expanded(references, each) := array.concat(
	[reference | some reference in references; not _is_each_value(reference)],
	[reference |
		count([use | some use in references; _is_each_value(use)]) > 0
		some reference in each
		not _is_each_value(reference)
	],
)

_is_each_value("each.value")

_is_each_value(reference) if startswith(reference, "each.value.")

_is_each_value(reference) if startswith(reference, "each.value[")

_nodes_of(module, reference) := [_node("var", module, name)] if {
	startswith(reference, "var.")
	name := _first(substring(reference, 4, -1))
} else := [_node("out", child, _first(step[3])) | some child in _children(module, step[1], step[2])] if {
	step := regex.find_all_string_submatch_n(_module_reference, reference, 1)[0]
} else := [_node("pass", module, passing.relative)] if {
	passing := _passing(module, reference)
} else := [_node("ref", module, reference)]

# What a resource takes from another and gives on, where the configuration says from which.
_passing(module, reference) := {"relative": named.relative, "references": references} if {
	named := _named(_node("ref", module, reference))
	row := _passed_on[concat("", [named.data, named.type])]
	named.attribute in row.attributes
	configured := plan.configured[concat("|", [_paths[module], named.relative])]
	references := configured.expressions[row.from].references
}

_passed_on := {
	"aws_kms_alias": {"from": "target_key_id", "attributes": ["target_key_arn", "target_key_id"]},
	"data.aws_kms_alias": {"from": "name", "attributes": ["target_key_arn", "target_key_id"]},
	"data.aws_kms_key": {"from": "key_id", "attributes": ["", "arn", "id", "key_id"]},
}

_module_reference := `^module\.([^.\[\]]+)(\["(?:[^"\\]|\\.)*"\]|\[[0-9]+\])?\.(.+)$`

_first(path) := regex.find_all_string_submatch_n(`^[^.\[]+`, path, 1)[0][0]

_children(module, call, "") := object.get(_children_by, _node("call", module, call), set())

_children(module, call, key) := {concat("", [_inside(module), "module.", call, key])} if key != ""

_inside("") := ""

_inside(module) := concat("", [module, "."]) if module != ""

_children_of[_node("call", module.parent, module.call)] contains address if some address, module in _modules

_children_by := _children_of

# The modules that hold a change, and those called from them that hold none but may pass a value on.
_modules := object.union(
	{address: {"path": path, "parent": parent, "call": name} |
		some parent, parent_path in _paths
		some name, _ in plan.configurations[parent_path].module_calls
		is_string(name)
		address := concat("", [_inside(parent), "module.", name])
		not _called[_node("call", parent, name)]
		path := concat(".", [step | some step in [parent_path, name]; step != ""])
	},
	plan.modules,
)

_called := {_node("call", module.parent, module.call) | some module in plan.modules}

_paths := object.union({"": ""}, {address: module.path | some address, module in plan.modules})

_graph := object.union(_variables, object.union(_outputs, _passes))

_passes := {_node("pass", module, relative): nodes |
	some module, path in _paths
	some relative, references in object.get(_passing_by_path, path, {})
	nodes := _nodes(module, references, [])
}

_passing_by_path := {path: {resource.address: references |
	some resource in configuration.resources
	is_string(resource.address)
	plan.configured[concat("|", [path, resource.address])]
	row := _passed_on[concat("", [_data_prefix(resource), resource.type])]
	references := resource.expressions[row.from].references
} |
	some path, configuration in plan.configurations
}

_data_prefix(resource) := "data." if resource.mode == "data"

_data_prefix(resource) := "" if resource.mode != "data"

_variables := {_node("var", address, name): nodes |
	some address, module in _modules
	call := plan.calls[module.path]
	some name, expression in call.expressions
	nodes := _nodes(module.parent, expression.references, object.get(call, ["for_each_expression", "references"], []))
}

_outputs := object.union(_outputs_of({"": {"path": ""}}), _outputs_of(_modules))

_outputs_of(modules) := {_node("out", address, name): nodes |
	some address, module in modules
	some name, output in plan.configurations[module.path].outputs
	nodes := _nodes(address, output.expression.references, [])
}

# What the nodes lead to: resources, and what leads no further.
_terminals(nodes) := {node | some node in nodes; _is_terminal(node)} | {node |
	some reached in graph.reachable(_graph, {node | some node in nodes})
	some node in _graph[reached]
	_is_terminal(node)
}

_is_terminal(node) if startswith(node, "ref\n")

# An output of a module that has none, or whose configuration the plan does not show.
_is_terminal(node) if {
	startswith(node, "out\n")
	not _graph[node]
}

_targets_of(node, own_key) := [{"index": index, "attribute": named.attribute} |
	named := _named(node)
	some index in _instances(named, own_key)
]

_open(node, own_key) := [reference |
	count(_targets_of(node, own_key)) == 0
	reference := split(node, "\n")[2]
	not _is_settled(node)
]

# A resource of which the plan makes no instance gives no value, and what AWS says of the caller is known before.
_is_settled(node) if {
	named := _named(node)
	data.sealgate.data.terraform_facts[named.type]
	configured := concat("|", [plan.path_of(named.module), named.relative])
	plan.configured[configured]
}

_is_settled(node) if _named(node).type in {"aws_caller_identity", "aws_region", "aws_partition"}

# A reference to a resource, taken apart.
_named(node) := {
	"module": pieces[1],
	"type": step[2],
	"data": step[1],
	"relative": concat("", [step[1], step[2], ".", step[3]]),
	"key": _literal(step[4]),
	"attribute": step[5],
} if {
	pieces := split(node, "\n")
	pieces[0] == "ref"
	step := regex.find_all_string_submatch_n(_resource_reference, pieces[2], 1)[0]
	not step[2] in {"local", "var", "module", "each"}
}

_resource_reference := concat("", [
	`^(data\.)?([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)`,
	`(?:\[((?:"(?:[^"\\]|\\.)*")|[0-9]+)\])?(?:\.([A-Za-z0-9_]+).*)?$`,
])

_literal("") := null

_literal(text) := json.unmarshal(text) if {
	text != ""
	json.is_valid(text)
}

# The instances that a reference means: the one it names, the one of the same index, or all.
_instances(named, _) := {index |
	some index in _by_name[_node("at", named.module, named.relative)]
	plan.changes[index].key == named.key
} if {
	named.key != null
}

_instances(named, own_key) := own if {
	named.key == null
	own_key != null
	own := {index |
		some index in _by_name[_node("at", named.module, named.relative)]
		plan.changes[index].key == own_key
	}
	count(own) > 0
} else := object.get(_by_name, _node("at", named.module, named.relative), set()) if {
	named.key == null
}

_by_name := _indices_by_name

_indices_by_name[_node("at", change.module, plan.relative(change))] contains change.index if {
	some change in plan.changes
	is_object(change.values)
}
