# METADATA
# title: Members of nested objects
# description: |
#   Reads a path of member names, in which `*` stands for every element of a list or every value of a map. What lies
#   on the way and is of the wrong type is told, because a key that can't be found there is not the same as no key.
# scope: package
package sealgate.lib.member

import data.sealgate.lib.value

# METADATA
# description: |
#   The places that a path leads to: `{path, value}` with the value in three states. Where something on the way has
#   the wrong type the value is unknown, and `problem` says what stands there. A list that is absent or empty has no
#   places. At most four `*`.
places(root, path) := [_place(root, concrete) |
	some concrete in _expanded(root, _expanded(root, _expanded(root, _expanded(root, [path]))))
]

# METADATA
# description: The one place that a path without `*` leads to.
place(root, path) := _place(root, path)

_expanded(root, paths) := [concrete |
	some path in paths
	some concrete in _alternatives(root, path)
]

_alternatives(_, path) := [path] if not "*" in path

_alternatives(root, path) := [array.flatten([prefix, key, rest]) |
	star := min([i | path[i] == "*"])
	prefix := array.slice(path, 0, star)
	rest := array.slice(path, star + 1, count(path))
	container := object.get(root, prefix, {})
	_is_container(container)
	some key, _ in container
] if {
	"*" in path
	not _blocked_list(root, path)
}

# Kept up to the `*`, for _place to say what stands there instead of a list.
_alternatives(root, path) := [array.slice(path, 0, min([i | path[i] == "*"]) + 1)] if {
	"*" in path
	_blocked_list(root, path)
}

_blocked_list(root, path) if {
	prefix := array.slice(path, 0, min([i | path[i] == "*"]))
	count(_obstacles(root, array.concat(prefix, ["*"]))) > 0
}

_place(root, path) := {"path": array.slice(path, 0, end), "value": value.unknown(problem), "problem": problem} if {
	obstacles := _obstacles(root, path)
	count(obstacles) > 0
	end := min(obstacles)
	prefix := array.slice(path, 0, end)
	problem := concat("", [
		concat(".", [_shown(step) | some step in prefix]),
		" is ",
		value.type_of(object.get(root, prefix, {})),
		", not ",
		_expected(path[end]),
	])
}

_place(root, path) := {"path": path, "value": value.known(content)} if {
	content := object.get(root, path, _nothing)
	content != _nothing
}

_place(root, path) := {"path": path, "value": value.absent} if {
	object.get(root, path, _nothing) == _nothing
	count(_obstacles(root, path)) == 0
}

# The lengths of the prefixes of a path at which something of the wrong type stands.
_obstacles(root, path) := {length |
	some length in numbers.range(1, count(path) - 1)
	found := object.get(root, array.slice(path, 0, length), {})
	_obstructs(found, path[length])
}

_obstructs(found, "*") if not _is_container(found)

_obstructs(found, step) if {
	is_string(step)
	step != "*"
	not is_object(found)
}

_is_container(found) if is_array(found)

_is_container(found) if is_object(found)

_expected("*") := "a list"

_expected(step) := "an object" if step != "*"

_shown(step) := step if is_string(step)

_shown(step) := format_int(step, 10) if is_number(step)

# No JSON text has this value: it tells what is missing from what is null or false.
_nothing := {"sealgate.lib.member": "nothing"}
