# METADATA
# title: The members of a Kubernetes object
# description: |
#   The object as `lib/member` reads it. Crossplane creates from spec.initProvider and spec.forProvider together, of
#   which the latter goes before: they are read as one, below spec.forProvider.
# scope: package
package sealgate.inputs.kubernetes_object.parts

import data.sealgate.inputs.kubernetes_object.request
import data.sealgate.lib.member
import data.sealgate.lib.text
import data.sealgate.lib.value

# METADATA
# description: The object, for `lib/member`.
reading := {"root": _root, "unknown": _unknown, "null": "absent"}

# METADATA
# description: What stands at a path of the object, in three states.
at(path) := member.place(reading, path).value

# METADATA
# scope: document
# description: A place as it stands in the object, where only spec.initProvider has it.
placed(place) := object.union(place, {"path": initial}) if {
	_is_merged
	array.slice(place.path, 0, 2) == ["spec", "forProvider"]
	object.get(request.content, place.path, null) == null
	initial := array.concat(["spec", "initProvider"], array.slice(place.path, 2, count(place.path)))
	not object.get(request.content, initial, null) == null
} else := place

# METADATA
# description: The unknown value of what another object holds, to which a member of this one leads.
behind(path, reference) := value.unknown(concat("", [
	"it is what the reference ",
	text.path(placed({"path": path}).path),
	" leads to",
	_named(reference),
	", and not in the object",
]))

_named(reference) := concat("", [" (", concat("/", names), ")"]) if {
	is_object(reference)
	names := [name |
		some path in [["from", "namespace"], ["namespace"], ["from", "name"], ["name"]]
		name := object.get(reference, path, null)
		is_string(name)
		name != ""
	]
	count(names) > 0
} else := ""

_root := object.union(
	object.remove(request.content, ["spec"]),
	{"spec": object.union(
		object.remove(request.content.spec, ["forProvider"]),
		{"forProvider": object.remove(object.union(_initial, _current), object.keys(_twice))},
	)},
) if {
	_is_merged
} else := request.content

default _is_merged := false

_is_merged if {
	request.is_crossplane
	is_object(_initial)
	is_object(_current)
}

_initial := object.get(request.content, ["spec", "initProvider"], null)

_current := object.get(request.content, ["spec", "forProvider"], {})

# How the controller puts two lists together is its own affair.
_twice := {name: reason |
	some name, elements in _initial
	is_array(elements)
	is_array(_current[name])
	reason := concat("", [name, " is a list in both spec.forProvider and spec.initProvider"])
}

default _unknown := {}

_unknown := {"spec": {"forProvider": _twice}} if {
	_is_merged
	count(_twice) > 0
}
