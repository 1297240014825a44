# METADATA
# title: Requests in the strings of a plan
# description: |
#   State machines, pipelines and schedules hold the requests that they will make in a JSON text. What they fill in
#   while they run is not known before.
# scope: package
package sealgate.inputs.terraform_plan.carried

import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.references
import data.sealgate.lib.member
import data.sealgate.lib.text
import data.sealgate.lib.value

# METADATA
# description: |
#   The requests of guarded operations, `{change, subject, operation, row, parameters, read, at}`: `at` is the path of
#   the parameters in the resource.
requests := [{
	"change": found.change,
	"subject": _subject(found),
	"operation": found.operation,
	"row": row,
	"parameters": found.parameters,
	"read": _reading(found.parameters),
	"at": array.concat(found.change.request.path, found.path),
} |
	some found in _found
	is_object(found.parameters)
	row := _respelt(data.sealgate.data.operations[found.operation], found.parameters)
]

# METADATA
# description: |
#   The resources whose text can't be read, `{subject, path, value}` where it is not known before apply, and
#   `{subject, path, error}` where it is no JSON, or a guarded request in it has no parameters.
unread := array.flatten([
	[{"subject": change.address, "path": path, "value": _why(change, path)} |
		some change in _carriers
		_text(change).state == "unknown"
		_may_start(change)
		path := change.request.path
	],
	[{"subject": change.address, "path": change.request.path, "error": "it is no JSON object"} |
		some change in _carriers
		_is_given(change)
		_may_start(change)
		not _definitions[change.address]
	],
	[{"subject": change.address, "path": path, "value": value.unknown("its definition stands there, and is not read")} |
		some change in _carriers
		_text(change).state == "absent"
		some path in change.request.elsewhere
		_place(change, path).value.state != "absent"
	],
	[{"subject": _subject(found), "path": found.change.request.path, "value": value.unknown(concat(" ", [
		"the parameters of",
		found.operation,
		"are filled in as a whole when the request is made",
	]))} |
		some found in _found
		_is_filled_in(found)
	],
	[{"subject": _subject(found), "path": found.change.request.path, "error": concat(" ", [
		"the parameters of",
		found.operation,
		"are no object",
	])} |
		some found in _found
		not is_object(found.parameters)
		not _is_filled_in(found)
	],
])

_is_given(change) if _text(change).state == "known"

# The parameters of the request that a schedule makes.
_is_given(change) if {
	change.request.form == "schedule"
	_text(change).state == "absent"
}

# A task without parameters sends its input.
_is_filled_in(found) if {
	found.change.request.form == "states"
	found.parameters == null
}

_is_filled_in(found) if {
	found.change.request.form == "states"
	is_string(found.parameters)
	startswith(found.parameters, "{%")
}

_carriers := [change |
	some change in plan.changes
	change.request != null
	is_object(change.values)
]

_place(change, path) := member.place(plan.reading(change), path)

_text(change) := _place(change, change.request.path).value

# Of a schedule the target says what it calls.
_may_start(change) if change.request.form in {"pipeline", "states"}

_may_start(change) if {
	change.request.form == "schedule"
	_place(change, change.request.target).value.state == "unknown"
}

_may_start(change) if data.sealgate.data.operations[_target_operation(change)]

_target_operation(change) := operation if {
	target := _place(change, change.request.target).value.value
	operation := _called(target)
}

_why(change, path) := object.union(unknown, {"reason": concat("", [
	"whether ",
	text.path(path),
	" starts a job is not known: ",
	unknown.reason,
])}) if {
	unknown := facts.unresolved(references.of(change, path))
}

# The text of each, read once.
_definitions := {change.address: content |
	some change in _carriers
	_text(change).state == "known"
	is_string(_text(change).value)
	json.is_valid(_text(change).value)
	content := json.unmarshal(_text(change).value)
	is_object(content)
}

_found := array.flatten([_of_states, _of_steps, _of_schedules])

_of_states := [{
	"change": change,
	"operation": operation,
	"path": array.concat(path, [name]),
	"parameters": object.get(task, name, null),
} |
	some change in _carriers
	change.request.form == "states"
	walk(_definitions[change.address], [path, task])
	is_object(task)
	operation := _called(task.Resource)
	data.sealgate.data.operations[operation]
	name := _given_as(task)
]

_given_as(task) := "Arguments" if {
	value.has(task, "Arguments")
} else := "Parameters"

_of_steps := [{
	"change": change,
	"operation": operation,
	"path": array.concat(path, ["Arguments"]),
	"parameters": object.get(step, "Arguments", null),
} |
	some change in _carriers
	change.request.form == "pipeline"
	walk(_definitions[change.address], [path, step])
	is_object(step)
	operation := data.sealgate.data.pipeline_steps[step.Type]
]

_of_schedules := [{"change": change, "operation": operation, "path": [], "parameters": _definitions[change.address]} |
	some change in _carriers
	change.request.form == "schedule"
	operation := _target_operation(change)
	data.sealgate.data.operations[operation]
	_definitions[change.address]
]

# The operation behind the resource of a task or the target of a schedule, such as
# arn:aws:states:::sagemaker:createTrainingJob.sync or arn:aws:scheduler:::aws-sdk:bedrock:createEvaluationJob.
_called(resource) := concat("", [lower(step[1]), ":", upper(substring(step[2], 0, 1)), substring(step[2], 1, -1)]) if {
	is_string(resource)
	step := regex.find_all_string_submatch_n(
		`^arn:aws[a-z-]*:(?:states|scheduler):::(?:aws-sdk:)?([A-Za-z0-9-]+):([A-Za-z0-9]+)(?:\..*)?$`,
		resource,
		1,
	)[0]
}

# A resource with one request is its subject; of several each is named by its place.
_subject(found) := found.change.address if {
	count([other | some other in _found; other.change.address == found.change.address]) == 1
} else := concat(" ", [found.change.address, text.path(array.slice(found.path, 0, count(found.path) - 1))])

# State machines write every member with a capital, whatever the API does.
_respelt(row, parameters) := row if {
	every name, _ in parameters {
		not _begins_with_capital(name)
	}
} else := object.union(row, {
	"name": _capital(row.name),
	"role": [_capital(path) | some path in row.role],
	"tags": _capital(row.tags),
	"keys": [_capital_key(key) | some key in row.keys],
	"instance_types": [{"path": _capital(place.path)} | some place in row.instance_types],
	"s3": [object.union(place, {"path": _capital(place.path)}) | some place in row.s3],
	"models": [_capital(path) | some path in row.models],
})

_capital_key(key) := object.union(
	object.union(key, {"path": _capital(key.path), "member": text.path(key.path)}),
	object.union(
		{"within": _capital(key.within) | key.within},
		{name: [_capital(path) | some path in key[name]] | some name in ["instance_types", "serverless"]; key[name]},
	),
)

_capital(path) := [_capital_step(step) | some step in path] if is_array(path)

_capital(path) := path if not is_array(path)

_capital_step(step) := concat("", [upper(substring(step, 0, 1)), substring(step, 1, -1)])

_begins_with_capital(name) if upper(substring(name, 0, 1)) == substring(name, 0, 1)

# What is filled in while it runs stands in the tree beside the parameters, and not among them.
_reading(parameters) := {
	"root": json.remove(parameters, places),
	"unknown": object.union_n([_tree(path) | some path in places]),
	"null": "wrong",
} if {
	places := _outermost({_without_index(_filled_in(full, content)) |
		walk(parameters, [full, content])
		count(full) > 0
	})
}

_outermost(paths) := {path |
	some path in paths
	count([length |
		some length in numbers.range(0, count(path) - 1)
		paths[array.slice(path, 0, length)]
	]) == 0
}

# Of a list the whole is not known.
_without_index(path) := array.slice(path, 0, min(array.concat(
	[index | some index, step in path; is_number(step)],
	[count(path)],
)))

# A member whose name ends in `.$`, an expression in {% %}, a substitution in ${ }, a function of a pipeline.
_filled_in(full, content) := array.concat(array.slice(full, 0, last), [trim_suffix(full[last], ".$")]) if {
	last := count(full) - 1
	is_string(full[last])
	endswith(full[last], ".$")
} else := full if {
	is_string(content)
	startswith(content, "{%")
} else := full if {
	is_string(content)
	contains(content, "${")
} else := full if {
	is_object(content)
	some name, _ in content
	_is_function(name)
}

_is_function("Get")

_is_function(name) if startswith(name, "Std:")

# The path as a tree.
_tree(path) := json.unmarshal(concat("", array.flatten([
	[concat("", ["{", json.marshal(step), ":"]) | some step in path],
	json.marshal("it is filled in when the request is made"),
	["}" | some _ in path],
])))
