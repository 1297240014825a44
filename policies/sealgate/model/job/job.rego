# METADATA
# title: A job, out of what asks for it
# description: |
#   Makes a job of a request, a planned resource or an object, by a row of a table: where the name, the role, the keys,
#   the instance types and the buckets stand. The rows are those of `data/operations`, or the same in the spelling of
#   what carries the request (`data/terraform_jobs`, `data/kubernetes_jobs`).
# scope: package
package sealgate.model.job

import data.sealgate.lib.member
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model.context
import data.sealgate.model.settings

# METADATA
# description: |
#   The job of `{subject, operation, row, read, documents, parameters}`: `read` is what `lib/member` reads, with each
#   document in the place of its text; `parameters` what was sent. `region` and `account`, in three states, go before
#   the context's.
of(asked) := {
	"subject": asked.subject,
	"operation": asked.operation,
	"system": _system(asked),
	"category": _category(asked),
	"name": name(asked.row, asked.read),
	"role": _role(asked),
	"partition": object.get(asked, "partition", context.partition_or_of(_role(asked).value)),
	"account": object.get(asked, "account", context.account_or_of(_role(asked).value)),
	"region": object.get(asked, "region", context.region),
	"keys": _read_places(keys),
	"buckets": _read_places(buckets),
	"models": _read_places(models),
	"tags": _tags(asked, _one(asked, asked.row.tags).value),
	"labeling_algorithm": _one(asked, object.get(asked.row, "labeling_algorithm", _labeling_algorithm)).value,
	"documents": asked.documents,
	"parameters": asked.parameters,
	"problems": _problems(asked, keys, array.flatten([buckets, models])),
} if {
	keys := _keys(asked)
	buckets := _buckets(asked)
	models := _models(asked)
}

# METADATA
# scope: document
# description: The name of what is asked for, as a place.
name(row, read) := member.place(read, row.name) if is_array(row.name)

name(row, _) := {"path": [], "value": value.absent} if not is_array(row.name)

# METADATA
# description: |
#   The JSON texts among the parameters, by the member that holds them: `{state: known, value}` with an object, or
#   `{state: unreadable, error}`. `pointer` is where the parameters stand in the subject, for what the reader parsed.
documents(row, parameters, pointer) := {top: document |
	some path in row.json_strings
	some top in path
	document := _document(top, object.get(parameters, top, _nothing), _parsed(pointer, top))
}

# METADATA
# description: The parameters with each JSON text replaced by what stands in it.
content(parameters, read_documents) := object.union(
	object.remove(parameters, object.keys(read_documents)),
	{top: document.value | some top, document in read_documents; document.state == "known"},
)

# What the reader made of the text, where it read it.
_parsed(pointer, top) := object.get(input, ["parsed", concat("/", [pointer, top])], null)

_document(top, sent, entry) := object.union({"state": "unreadable"}, entry) if {
	value.has(entry, "error")
} else := {"state": "known", "value": entry.value} if {
	is_object(entry.value)
} else := {"state": "known", "value": entry.partial, "variable": entry.variable} if {
	is_object(entry.partial)
} else := {"state": "unreadable", "error": concat("", [top, " is missing"])} if {
	sent == _nothing
} else := {"state": "known", "value": {}, "variable": "a pipeline function"} if {
	is_object(sent)
	some function, _ in sent
	_is_pipeline_function(function)
} else := {"state": "unreadable", "error": error} if {
	not is_string(sent)
	error := concat("", [top, " is ", value.type_of(sent), ", not a string that holds JSON"])
} else := {"state": "known", "value": json.unmarshal(sent), "loose": true} if {
	json.is_valid(sent)
	is_object(json.unmarshal(sent))
} else := {"state": "unreadable", "error": concat("", [top, " holds no JSON object"])}

# No parameter has this value.
_nothing := {"sealgate.model.job": "nothing"}

_is_pipeline_function("Get")

_is_pipeline_function(function) if startswith(function, "Std:")

_category(asked) := asked.category

_category(asked) := member.place(member.request(asked.parameters), ["JobCategory"]).value if {
	not value.has(asked, "category")
}

_system(asked) := asked.row.system if asked.operation != "sagemaker:CreateJob"

_system(asked) := _system_of(_category(asked)) if asked.operation == "sagemaker:CreateJob"

_system_of(category) := data.sealgate.data.job_categories[category.value].system if {
	is_string(category.value)
} else := "unknown_job_category"

_labeling_algorithm := ["LabelingJobAlgorithmsConfig", "LabelingJobAlgorithmSpecificationArn"]

_role(asked) := object.remove(roles[0], {"problem"}) if {
	roles := _roles(asked)
	count(roles) > 0
} else := {"path": [], "value": value.absent}

_one(asked, path) := _place(asked, member.place(asked.read, path)) if is_array(path)

_one(_, path) := {"path": [], "value": value.absent} if not is_array(path)

_roles(asked) := [place |
	some path in asked.row.role
	some place in _places(asked, path)
	place.value.state != "absent"
]

_keys(asked) := [object.union(_key(asked, row, place), place) |
	some row in _key_rows(asked)
	some place in _places(asked, row.path)
	_has_its_part(asked, row, place)
]

# Without the part of the request that asks for it there is nothing to encrypt, and so no place for a key.
_has_its_part(_, row, _) if not row.within

_has_its_part(asked, row, place) if {
	some part in _places(asked, _beside(row.within, row.path, place.path))
	part.value.state != "absent"
}

_key(asked, row, place) := object.union(
	object.remove(row, {"path", "within", "instance_types", "serverless", "sources"}),
	{
		"member": object.get(row, "member", text.path(row.path)),
		"instances": [instance |
			some path in object.get(row, "instance_types", [])
			some instance in _places(asked, _beside(path, row.path, place.path))
			instance.value.state != "absent"
		],
		"roles": [role |
			some path in object.get(asked.row, "role", [])
			some role in _places(asked, _beside(path, row.path, place.path))
			role.value.state != "absent"
		],
		"serverless": [instance.path |
			some path in object.get(row, "serverless", [])
			some instance in _places(asked, _beside(path, row.path, place.path))
			instance.value.state != "absent"
		],
	},
)

# A path of the same list element as a place: beside `Variants.3.Key`, `Variants.*.InstanceType` is
# `Variants.3.InstanceType`.
_beside(path, declared, concrete) := array.concat(
	array.slice(concrete, 0, shared),
	array.slice(path, shared, count(path)),
) if {
	shared := min([
		count(concrete),
		max({length |
			some length in numbers.range(0, count(path))
			array.slice(path, 0, length) == array.slice(declared, 0, length)
		}),
	])
}

# The organisation says where the key stands in a document whose form AWS has not published.
_key_rows(asked) := [row |
	some path in settings.current.job_config_key_members[_category(asked).value]
	is_array(path)
	row := {"path": array.concat(["JobConfigDocument"], path), "use": "output", "forms": _every_form}
] if {
	_system(asked) == "sagemaker_data_preparation"
} else := [] if {
	_system(asked) == "unknown_job_category"
} else := asked.row.keys

_every_form := ["key_arn", "key_id", "alias_arn", "alias"]

_buckets(asked) := [object.union(row, place) |
	some row in asked.row.s3
	some place in _places(asked, row.path)
]

_models(asked) := [place |
	some path in asked.row.models
	some place in _places(asked, path)
]

_instances(asked) := [place |
	some row in asked.row.instance_types
	some place in _places(asked, row.path)
]

# What could not be found is told by the problem.
_read_places(places) := [object.remove(place, {"problem"}) | some place in places; not place.problem]

# `texts`: the members besides keys that rules read, all of them strings.
_problems(asked, keys, others) := array.concat(
	[{"path": place.path, "message": place.problem} |
		some place in array.flatten([keys, texts, _one(asked, asked.row.tags)])
		place.problem
	],
	[{"path": place.path, "message": message} |
		some place in texts
		place.value.state == "known"
		not is_string(place.value.value)
		message := concat("", [text.path(place.path), " is ", value.type_of(place.value.value), ", not a string"])
	],
) if {
	texts := array.flatten([others, _instances(asked), _roles(asked), name(asked.row, asked.read)])
}

# Tags as `{key, value}`, from a list of {Key, Value} or {key, value} or a map; unknown where they are neither. Of one
# whose text is not known yet the value is that unknown value.
_tags(_, given) := given if given.state != "known"

_tags(asked, given) := value.known(array.concat(
	[{"key": element[key], "value": element[tag]} |
		some element in given.value
		some key in ["Key", "key"]
		some tag in ["Value", "value"]
	],
	[{"key": given.value[index].key, "value": value.unknown("it is not known until apply")} |
		some index, element in _unknown_at(asked, asked.row.tags)
		element.value == true
	],
)) if {
	is_array(given.value)
}

_tags(asked, given) := value.known(array.concat(
	[{"key": key, "value": tag} | some key, tag in given.value],
	[{"key": key, "value": value.unknown("it is not known until apply")} |
		some key, unknown in _unknown_at(asked, asked.row.tags)
		unknown == true
	],
)) if {
	is_object(given.value)
}

_tags(_, given) := value.unknown("the tags are neither a list nor a map") if {
	given.state == "known"
	not is_array(given.value)
	not is_object(given.value)
}

_unknown_at(asked, path) := object.get(asked.read.unknown, path, {})

# Nothing is said of places in a document that could not be read: the document itself is the finding.
_places(asked, path) := [_place(asked, place) | some place in member.places(asked.read, path)] if {
	_is_readable(asked.documents, path[0])
} else := []

_is_readable(read_documents, top) if not value.has(read_documents, top)

_is_readable(read_documents, top) if read_documents[top].state == "known"

# A place that the pipeline may still fill, or fill again.
_place(asked, place) := {"path": place.path, "value": value.unknown(concat("", [
	"the pipeline variable ", variable, " stands in or before it, and its text becomes part of the JSON",
]))} if {
	variable := asked.documents[place.path[0]].variable
	not value.has(asked.documents[place.path[0]].value, place.path[1])
} else := place
