# METADATA
# title: Misspelt keys in manifests
# description: |
#   An API server drops a member that the kind does not have, or refuses the object: what a manifest calls a key, and
#   the kind does not, encrypts nothing. In a request the API server has dropped it already.
# scope: package
package sealgate.inputs.kubernetes_object.spelling

import data.sealgate.inputs.kubernetes_object.request
import data.sealgate.lib.text

# METADATA
# description: |
#   The members that look like a key and are none of the kind, `{path, meant}`, with the member of the kind that is
#   meant as people write it; empty where nothing tells.
misspelt := [{"path": array.concat(["spec"], path), "meant": _meant(steps)} |
	request.is_manifest
	walk(request.content.spec, [path, content])
	not is_null(content)
	steps := array.concat(["spec"], [_step(step) | some step in path])
	_is_looked_at(steps, text.folded(steps[count(steps) - 1]))
	not _known[steps]
]

_row := data.sealgate.data.kubernetes_jobs[request.group_kind]

_step(step) := step if is_string(step)

_step(step) := "*" if is_number(step)

# Where people write what they like, whatever it is called is no misspelling.
_is_looked_at(steps, name) if {
	_names[name]
	_structures[array.slice(steps, 0, count(steps) - 1)]
}

_is_looked_at(steps, _) if _folded_keys[_folded(steps)]

_folded(steps) := [text.folded(step) | some step in steps]

# The keys of the kind, each in every way in which it may be written.
_keys := {object.union(key, {"steps": steps}) |
	some key in _row.keys
	some steps in _written(key.path)
}

# In either part of Crossplane's parameters, with and without lists of one.
_written(path) := {steps |
	some part in ["forProvider", "initProvider"]
	some block in [[], ["*"]]
	steps := array.flatten([_spelt(step, part, block) | some step in path])
}

_spelt("forProvider", part, _) := part

_spelt("?", _, block) := block

_spelt(step, _, _) := step if not step in {"forProvider", "?"}

# The places that the kind does have, and those of references beside its keys.
_known := {key.steps | some key in _keys} | {array.concat(_holder(key.steps), [name]) |
	some key in _keys
	some name in key.references
}

_holder(steps) := array.slice(steps, 0, count(steps) - 1)

# Keys of the kind, and keys of the operation that the kind does not have.
_folded_keys := {_folded(key.steps) | some key in _keys} | {_folded(steps) |
	some path in _row.dropped
	some steps in _written(path)
}

# What any kind calls a key, without case and separators.
_names := {name |
	some row in data.sealgate.data.kubernetes_jobs
	some key in row.keys
	name := text.folded(key.path[count(key.path) - 1])
	name != "keyid"
}

# The structures around what the table knows of the kind.
_structures := {array.slice(steps, 0, length) |
	some path in array.flatten([
		[key.path | some key in _row.keys],
		_row.role,
		[place.path | some part in ["s3", "instance_types"]; some place in _row[part]],
	])
	some steps in _written(path)
	some length in numbers.range(1, count(steps) - 1)
}

_meant(steps) := found[0] if {
	found := sort([text.path(key.steps) | some key in _keys; _folded(key.steps) == _folded(steps)])
	count(found) > 0
} else := found[0] if {
	found := sort([text.path(key.steps) | some key in _keys; _holder(key.steps) == _holder(steps)])
	count(found) > 0
} else := ""
