# METADATA
# title: Members of nested objects
# description: |
#   Reads a path of member names, in which `*` stands for every element of a list or every value of a map. What lies
#   on the way and is of the wrong type is told, because a key that can't be found there is not the same as no key.
#   What is read is `{root, unknown, null}`: `root` the content; `unknown` a tree beside it with `true`, or the reason
#   as a clause, at what nobody knows yet, as a plan's `after_unknown`; `null` is `absent` where null means that nobody
#   set it (a plan, a Kubernetes object) and `wrong` where it is a value of the wrong type (an API request); `empty` is
#   `absent` where an empty text means the same (a plan).
# scope: package
package sealgate.lib.member

import data.sealgate.lib.value

# METADATA
# description: What `places` reads of an API request, which knows no unknown values.
request(root) := {"root": root, "unknown": {}, "null": "wrong"}

# METADATA
# description: |
#   The places that a path leads to: `{path, value}` with the value in three states. Where something on the way has
#   the wrong type the value is unknown, and `problem` says what stands there. A list that is absent or empty has no
#   places; one that is not known has one, and its path ends there. At most four `*`.
places(read, path) := [_place(read, path)] if {
	not "*" in path
} else := [_place(read, concrete) |
	some concrete in _expanded(read, _expanded(read, _expanded(read, _expanded(read, [path]))))
]

# METADATA
# description: The one place that a path without `*` leads to.
place(read, path) := _place(read, path)

_expanded(read, paths) := [concrete |
	some path in paths
	some concrete in _alternatives(read, path)
]

_alternatives(_, path) := [path] if not "*" in path

_alternatives(read, path) := [array.flatten([prefix, key, rest]) |
	star := min([i | path[i] == "*"])
	prefix := array.slice(path, 0, star)
	rest := array.slice(path, star + 1, count(path))
	container := object.get(read.root, prefix, {})
	_is_container(container)
	some key, _ in container
] if {
	"*" in path
	not _is_kept(read, path)
}

# Kept up to the `*`, for _place to say what stands there instead of a list.
_alternatives(read, path) := [array.slice(path, 0, min([i | path[i] == "*"]) + 1)] if {
	"*" in path
	_is_kept(read, path)
}

_is_kept(read, path) if {
	prefix := array.slice(path, 0, min([i | path[i] == "*"]))
	count(_obstacles(read, array.concat(prefix, ["*"]))) > 0
}

_is_kept(read, path) if {
	prefix := array.slice(path, 0, min([i | path[i] == "*"]))
	count(_unknowns(read, prefix)) > 0
}

# What is found by its whole path has nothing in its way; nearly everything is found or plainly absent.
_place(read, path) := {"path": path, "value": value.known(content)} if {
	content := _content(read, path)
	_is_there(content)
	not _means_absent(read, content)
} else := _absent(path) if {
	is_object(object.get(read.root, array.slice(path, 0, count(path) - 1), null))
	not value.has(read.unknown, path[0])
} else := {"path": array.slice(path, 0, end), "value": value.unknown(_reason(reason))} if {
	unknowns := _unknowns(read, path)
	count(unknowns) > 0
	end := min(unknowns)
	reason := object.get(read.unknown, array.slice(path, 0, end), true)
} else := {"path": array.slice(path, 0, end), "value": value.unknown(problem), "problem": problem} if {
	obstacles := _obstacles(read, path)
	count(obstacles) > 0
	end := min(obstacles)
	prefix := array.slice(path, 0, end)
	problem := concat("", [
		concat(".", [_shown(step) | some step in prefix]),
		" is ",
		value.type_of(object.get(read.root, prefix, {})),
		", not ",
		_expected(path[end]),
	])
} else := _absent(path)

_absent(path) := {"path": path, "value": value.absent}

_content(read, path) := object.get(read.root, path, _nothing)

_is_there(content) if content != _nothing

_reason(true) := "it is not known until apply"

_reason(reason) := reason if is_string(reason)

# The lengths of the prefixes of a path that nobody knows.
_unknowns(read, path) := {length |
	value.has(read.unknown, path[0])
	some length in numbers.range(1, count(path))
	_is_unknown(object.get(read.unknown, array.slice(path, 0, length), false))
}

_is_unknown(true)

_is_unknown(reason) if is_string(reason)

# The lengths of the prefixes of a path at which something of the wrong type stands.
_obstacles(read, path) := {length |
	some length in numbers.range(1, count(path) - 1)
	found := object.get(read.root, array.slice(path, 0, length), _nothing)
	found != _nothing
	not _means_absent(read, found)
	_obstructs(found, path[length])
}

_means_absent(read, null) if read["null"] == "absent"

# As a provider of Terraform takes the empty text that a variable leaves.
_means_absent(read, "") if read.empty == "absent"

_obstructs(found, "*") if not _is_container(found)

_obstructs(found, step) if {
	is_string(step)
	step != "*"
	not is_object(found)
}

# The one element of a block.
_obstructs(found, step) if {
	is_number(step)
	not is_array(found)
}

_is_container(found) if is_array(found)

_is_container(found) if is_object(found)

_expected("*") := "a list"

_expected(step) := "a list" if is_number(step)

_expected(step) := "an object" if {
	is_string(step)
	step != "*"
}

_shown(step) := step if is_string(step)

_shown(step) := format_int(step, 10) if is_number(step)

# No JSON text has this value: it tells what is missing from what is null or false.
_nothing := {"sealgate.lib.member": "nothing"}
