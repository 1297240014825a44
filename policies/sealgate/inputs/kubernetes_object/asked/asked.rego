# METADATA
# title: The request that a Kubernetes object is
# description: |
#   Makes a job of an object whose kind the tables know, or the settings: where its members stand, which of them another
#   object holds, and in which form Crossplane's older versions write them.
# scope: package
package sealgate.inputs.kubernetes_object.asked

import data.sealgate.inputs.kubernetes_object.parts
import data.sealgate.inputs.kubernetes_object.request
import data.sealgate.inputs.kubernetes_object.spelling
import data.sealgate.lib.member
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model.job
import data.sealgate.model.settings

# METADATA
# description: The jobs that the object asks for; none where its kind is not known.
jobs := array.concat(_of_table, _of_settings)

# METADATA
# scope: document
# description: Whether the tables or the settings know a key of the kind.
default is_known := false

is_known if _row

is_known if count(_entries) > 0

# METADATA
# scope: document
# description: What keeps the settings from being used for the object, as `{path, message}`.
problems contains {"path": [], "message": message} if {
	some entry in _entries
	some fault in _faults(entry)
	message := concat("", ["settings.kubernetes_kinds for ", request.group_kind, fault])
}

problems contains {"path": entry.parameters, "message": message} if {
	some entry in _entries
	count(_faults(entry)) == 0
	is_array(entry.parameters)
	found := object.get(request.content, entry.parameters, null)
	not is_object(found)
	message := concat("", [text.path(entry.parameters), _instead(found), ": the parameters of ", entry.operation])
}

_instead(null) := " is missing"

_instead(found) := concat("", [" is ", value.type_of(found), ", not an object"]) if not is_null(found)

# What every job of the object has.
_common := object.union(
	{"subject": request.subject, "documents": {}, "parameters": {}},
	object.union(
		{name: value.known(found) | some name, found in {"region": request.region}},
		object.union(
			{name: value.known(found) | some name, found in {"account": request.account}},
			{name: value.known(found) | some name, found in {"partition": request.partition}},
		),
	),
)

# --- Kinds of the tables

# What the settings say of a kind goes before.
_row := data.sealgate.data.kubernetes_jobs[request.group_kind] if count(_entries) == 0

_of_table := [_finished(started) |
	started := job.of(object.union(_common, {
		"operation": concat(":", [_row.service, _row.operation]),
		"row": _spelt_row,
		"read": parts.reading,
		"category": value.absent,
	}))
]

_spelt_row := object.union(_row, {
	"role": [_spelt(path) | some path in _row.role],
	"models": [_spelt(path) | some path in _row.models],
	"keys": [_spelt_key(key) | some key in _row.keys],
	"instance_types": [object.union(row, {"path": _spelt(row.path)}) | some row in _row.instance_types],
	"s3": [object.union(row, {"path": _spelt(row.path)}) | some row in _row.s3],
}) if {
	request.is_crossplane
} else := _row

_spelt_key(key) := object.union(
	object.union(key, {"path": _spelt(key.path)}),
	object.union(
		{"within": _spelt(path) | path := key.within},
		{name: [_spelt(path) | some path in paths] |
			some name in ["instance_types", "serverless"]
			paths := key[name]
		},
	),
)

# The path with each `?` as the index of the one element where a list stands there, and without it elsewhere.
_spelt(path) := _told(_told(_told(_told(_told(_told(path))))))

_told(path) := path if not "?" in path

_told(path) := array.flatten([prefix, _index(prefix), array.slice(path, first + 1, count(path))]) if {
	"?" in path
	first := min([i | path[i] == "?"])
	prefix := array.slice(path, 0, first)
}

_index(prefix) := [0] if {
	some place in member.places(parts.reading, prefix)
	is_array(place.value.value)
} else := []

# --- What another object holds

_finished(started) := object.union(started, {
	"role": _referred_role(started.role),
	"keys": [parts.placed(_referred(key)) | some key in started.keys],
	"buckets": [parts.placed(place) | some place in started.buckets],
	"models": [parts.placed(place) | some place in started.models],
	"misspelt": spelling.misspelt,
})

_referred(key) := object.union(key, {"value": behind}) if {
	key.value.state == "absent"
	behind := [parts.behind(path, given.value) |
		some name in key.references
		path := array.concat(array.slice(key.path, 0, count(key.path) - 1), [name])
		given := parts.at(path)
		given.state == "known"
	][0]
} else := key

_referred_role(role) := parts.placed({"path": place.path, "value": parts.behind(place.path, place.value.value)}) if {
	role.value.state == "absent"
	place := [place |
		some path in _row.role_references
		some place in member.places(parts.reading, _spelt(path))
		place.value.state == "known"
	][0]
} else := parts.placed(role)

# --- Kinds of the settings

_entries := [entry |
	some entry in settings.current.kubernetes_kinds
	entry.group == request.group
	entry.kind == request.kind
]

# What settings that nobody validated may hold.
_faults(entry) := {fault | some name, fault in _fault_texts; _has_fault(name, entry)}

_fault_texts := {
	"operation": ": its operation is none that the tables know",
	"places": ": either parameters or keys, a list, says where its keys stand",
}

_has_fault("operation", entry) if not value.has(data.sealgate.data.operations, object.get(entry, "operation", ""))

_has_fault("places", entry) if count({name | some name in ["parameters", "keys"]; is_array(entry[name])}) != 1

_of_settings := [started |
	some entry in _entries
	count(_faults(entry)) == 0
	some started in array.concat(_of_parameters(entry), _of_keys(entry))
]

# The parameters of the operation, as the API has them.
_of_parameters(entry) := [object.union(started, {"at": entry.parameters}) |
	is_array(entry.parameters)
	parameters := object.get(request.content, entry.parameters, null)
	is_object(parameters)
	row := data.sealgate.data.operations[entry.operation]
	documents := _documents(row, parameters, entry.parameters)
	started := job.of(object.union(_common, {
		"operation": entry.operation,
		"row": row,
		"read": {"root": job.content(parameters, documents), "unknown": {}, "null": "absent"},
		"documents": documents,
		"parameters": parameters,
	}))
]

# A document may stand there as an object: whatever makes the request of it writes the text.
_documents(row, parameters, path) := {name: _document(document, parameters[name]) |
	some name, document in job.documents(row, parameters, _pointer(path))
}

_document(document, _) := document if document.state == "known"

_document(document, given) := {"state": "known", "value": given} if {
	document.state != "known"
	is_object(given)
} else := document if {
	document.state != "known"
}

_pointer(path) := concat("/", array.concat(
	["/kubernetes_object", "object"],
	[strings.replace_n({"~": "~0", "/": "~1"}, step) | some step in path],
))

# Its keys by hand, each under the name that the API has for it.
_of_keys(entry) := [started |
	is_array(entry.keys)
	started := job.of(object.union(_common, {
		"operation": entry.operation,
		"row": {
			"system": object.get(data.sealgate.data.operations[entry.operation], "system", "other"),
			"name": ["metadata", "name"],
			"role": [entry.role | is_array(entry.role)],
			"tags": null,
			"json_strings": [],
			"keys": [_key_by_hand(entry, key) | some key in entry.keys; is_array(key.path)],
			"instance_types": [],
			"s3": [],
			"models": [],
		},
		"read": {"root": request.content, "unknown": {}, "null": "absent"},
		"category": _category(entry),
	}))
]

_category(entry) := value.known(entry.job_category) if is_string(entry.job_category)

_category(entry) := value.absent if not is_string(object.get(entry, "job_category", null))

_key_by_hand(entry, key) := object.union(facts[0], {"path": key.path}) if {
	facts := [object.union(object.filter(listed, {"use", "forms", "documented"}), {"member": key.member}) |
		some listed in data.sealgate.data.operations[entry.operation].keys
		text.path(listed.path) == key.member
	]
	count(facts) > 0
} else := {
	"path": key.path,
	"use": object.get(key, "use", "output"),
	"forms": _every_form,
	"documented": _every_form,
	"member": object.get(key, "member", text.path(key.path)),
}

_every_form := ["key_arn", "key_id", "alias_arn", "alias"]
