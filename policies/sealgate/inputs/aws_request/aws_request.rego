# METADATA
# title: A request of the AWS API, as a job
# description: |
#   Reads `subject.aws_request {service, operation, parameters}` by the table of operations. In an API request
#   `null` is a value of the wrong type, not an absent one.
# scope: package
package sealgate.inputs.aws_request

import data.sealgate.lib.member
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model.context
import data.sealgate.model.settings

# METADATA
# description: The job that the request starts; none where the operation is not in the table.
jobs := [job |
	is_object(_parameters)
	_row != null
	job := {
		"subject": subject,
		"operation": operation,
		"system": _system,
		"category": _category,
		"name": _one(_row.name),
		"role": _role,
		"partition": context.partition_or_of(_role.value),
		"account": context.account_or_of(_role.value),
		"region": context.region,
		"keys": [object.remove(place, {"problem"}) | some place in _keys; not place.problem],
		"buckets": [object.remove(place, {"problem"}) | some place in _buckets; not place.problem],
		"models": [place | some place in _models; not place.problem],
		"tags": _tags,
		"labeling_algorithm": _one(["LabelingJobAlgorithmsConfig", "LabelingJobAlgorithmSpecificationArn"]).value,
		"documents": _documents,
		"parameters": _parameters,
		"problems": _member_problems,
	}
]

# METADATA
# description: What makes the whole request unreadable, as `{subject, path, message}`.
problems := {problem | some problem in _problems}

# METADATA
# description: The grant that a request of KMS makes, with its parameters as an entry of ListGrants.
grants := [{"subject": operation, "key_arn": _parameters.KeyId, "grant": _parameters, "path": [], "requested": true} |
	operation == "kms:CreateGrant"
	count(problems) == 0
]

# METADATA
# description: The operation, where it carries no KMS key that the tables know.
unguarded := [subject |
	is_object(_request)
	_row == null
	count(problems) == 0
	operation != "kms:CreateGrant"
]

# METADATA
# description: What findings call the request, such as `sagemaker:CreateJob my-job`.
subject := concat(" ", [operation, _one(_row.name).value.value]) if {
	is_string(_one(_row.name).value.value)
} else := operation

# METADATA
# scope: document
# description: The operation as IAM writes it, such as `sagemaker:CreateJob`.
default operation := "aws_request"

operation := concat(":", [_request.service, _request.operation]) if {
	is_string(_request.service)
	is_string(_request.operation)
}

_request := input.subject.aws_request

_parameters := _request.parameters

default _row := null

_row := data.sealgate.data.operations[operation]

_problems contains {"subject": operation, "path": [], "message": message} if {
	not is_object(_request)
	message := concat("", ["subject.aws_request is ", value.type_of(_request), ", not an object"])
}

_problems contains {"subject": operation, "path": [name], "message": message} if {
	is_object(_request)
	some name in ["service", "operation"]
	not is_string(object.get(_request, name, null))
	message := concat("", [name, _instead(name), ", not a string"])
}

_problems contains {"subject": operation, "path": ["parameters"], "message": message} if {
	is_object(_request)
	not is_object(object.get(_request, "parameters", null))
	message := concat("", ["parameters", _instead("parameters"), ", not an object"])
}

# A misspelt operation would otherwise pass as one that carries no key.
_problems contains {"subject": operation, "path": [name], "message": message} if {
	some name in ["service", "operation"]
	is_string(_request[name])
	not regex.match(`^[A-Za-z0-9._ -]+$`, _request[name])
	message := concat("", [name, " is not written as the API writes names: in letters and digits"])
}

_problems contains {"subject": operation, "path": ["operation"], "message": message} if {
	_row == null
	some known in _respelt
	message := concat("", [operation, " is not how the API writes the operation: ", known])
}

_problems contains {"subject": operation, "path": [name], "message": message} if {
	operation == "kms:CreateGrant"
	some name, kind in {
		"Constraints": "object",
		"GranteePrincipal": "string",
		"GranteeServicePrincipal": "string",
		"KeyId": "string",
		"Operations": "array",
		"RetiringPrincipal": "string",
		"RetiringServicePrincipal": "string",
	}
	content := _parameters[name]
	type_name(content) != kind
	message := concat("", [name, " is ", value.type_of(content)])
}

_problems contains {"subject": operation, "path": [name], "message": concat(" ", [name, "is missing"])} if {
	operation == "kms:CreateGrant"
	is_object(_parameters)
	some name in ["KeyId", "Operations"]
	not value.has(_parameters, name)
}

# Nothing is known of other services; and what is no operation of a service may be one of another, with a key.
_problems contains {"subject": operation, "path": ["service"], "message": message} if {
	_is_unfamiliar
	not data.sealgate.data.api_operations[_request.service]
	message := concat("", [
		_request.service,
		" is no service that this version understands: ",
		text.listed(object.keys(data.sealgate.data.api_operations)),
	])
}

_problems contains {"subject": operation, "path": ["operation"], "message": message} if {
	_is_unfamiliar
	names := data.sealgate.data.api_operations[_request.service]
	not names[_request.operation]
	message := concat("", [
		_request.operation,
		" is no operation of ",
		_request.service,
		" that this version knows",
		_elsewhere(_request.operation),
	])
}

# The guarded operations that are this one but for their spelling.
_respelt := {known | some known, _ in data.sealgate.data.operations; text.folded(known) == text.folded(operation)}

_is_unfamiliar if {
	_row == null
	count(_respelt) == 0
	is_string(_request.service)
	is_string(_request.operation)
	regex.match(`^[A-Za-z0-9._ -]+:[A-Za-z0-9._ -]+$`, operation)
}

default _elsewhere(_) := ""

_elsewhere(name) := concat("", ["; there is ", text.listed(found)]) if {
	found := {known |
		some known, row in data.sealgate.data.operations
		row.operation == name
	}
	count(found) > 0
}

_instead(name) := concat("", [" is ", value.type_of(_request[name])])

_instead(name) := " is missing" if not value.has(_request, name)

# The parameters with each JSON string replaced by what stands in it.
_content := object.union(
	object.remove(_parameters, object.keys(_documents)),
	{name: document.value | some name, document in _documents; document.state == "known"},
)

_documents := {name: _document(name, object.get(_parameters, name, _nothing), _parsed(name)) |
	some path in _row.json_strings
	some name in path
}

# What the reader made of the string, where it read it.
_parsed(name) := object.get(input, ["parsed", concat("/", ["/aws_request/parameters", name])], null)

_document(name, content, entry) := object.union({"state": "unreadable"}, entry) if {
	value.has(entry, "error")
} else := {"state": "known", "value": entry.value} if {
	is_object(entry.value)
} else := {"state": "known", "value": entry.partial, "variable": entry.variable} if {
	is_object(entry.partial)
} else := {"state": "unreadable", "error": concat("", [name, " is missing"])} if {
	content == _nothing
} else := {"state": "known", "value": {}, "variable": "a pipeline function"} if {
	is_object(content)
	some function, _ in content
	_is_pipeline_function(function)
} else := {"state": "unreadable", "error": error} if {
	not is_string(content)
	error := concat("", [name, " is ", value.type_of(content), ", not a string that holds JSON"])
} else := {"state": "known", "value": json.unmarshal(content), "loose": true} if {
	json.is_valid(content)
	is_object(json.unmarshal(content))
} else := {"state": "unreadable", "error": concat("", [name, " holds no JSON object"])}

# No parameter has this value.
_nothing := {"sealgate.inputs.aws_request": "nothing"}

_is_pipeline_function("Get")

_is_pipeline_function(member) if startswith(member, "Std:")

_category := member.place(_parameters, ["JobCategory"]).value

default _system := "unknown_job_category"

_system := _row.system if operation != "sagemaker:CreateJob"

_system := data.sealgate.data.job_categories[_category.value].system if {
	operation == "sagemaker:CreateJob"
	is_string(_category.value)
}

default _role := {"path": [], "value": {"state": "absent"}}

_role := _roles[0]

_one(path) := _place(member.place(_content, path)) if is_array(path)

_one(path) := {"path": [], "value": value.absent} if not is_array(path)

_roles := [place |
	some path in _row.role
	some place in _places(path)
	place.value.state != "absent"
]

_keys := [object.union(_key(row, place), place) |
	some row in _key_rows
	some place in _places(row.path)
	_has_its_part(row, place)
]

# Without the part of the request that asks for it there is nothing to encrypt, and so no place for a key.
_has_its_part(row, _) if not row.within

_has_its_part(row, place) if {
	some part in _places(_beside(row.within, row.path, place.path))
	part.value.state != "absent"
}

_key(row, place) := object.union(
	object.remove(row, {"path", "within", "instance_types", "serverless", "sources"}),
	{
		"member": text.path(row.path),
		"instances": [instance |
			some path in object.get(row, "instance_types", [])
			some instance in _places(_beside(path, row.path, place.path))
			instance.value.state != "absent"
		],
		"roles": [role |
			some path in object.get(_row, "role", [])
			some role in _places(_beside(path, row.path, place.path))
			role.value.state != "absent"
		],
		"serverless": [instance.path |
			some path in object.get(row, "serverless", [])
			some instance in _places(_beside(path, row.path, place.path))
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
	shared := max({length |
		some length in numbers.range(0, count(path))
		array.slice(path, 0, length) == array.slice(declared, 0, length)
	})
}

# The organisation says where the key stands in a document whose form AWS has not published.
_key_rows := [row |
	some path in settings.current.job_config_key_members[_category.value]
	is_array(path)
	row := {"path": array.concat(["JobConfigDocument"], path), "use": "output", "forms": _every_form}
] if {
	_system == "sagemaker_data_preparation"
} else := [] if {
	_system == "unknown_job_category"
} else := _row.keys

_every_form := ["key_arn", "key_id", "alias_arn", "alias"]

_buckets := [object.union(row, place) |
	some row in _row.s3
	some place in _places(row.path)
]

_member_problems := array.concat(
	[{"path": place.path, "message": place.problem} |
		some place in array.flatten([_keys, _texts, _one(_row.tags)])
		place.problem
	],
	[{"path": place.path, "message": message} |
		some place in _texts
		place.value.state == "known"
		not is_string(place.value.value)
		message := concat("", [text.path(place.path), " is ", value.type_of(place.value.value), ", not a string"])
	],
)

# The members besides keys that rules read, all of them strings.
_texts := array.flatten([_buckets, _models, _instances, _roles, _one(_row.name)])

_models := [place |
	some path in _row.models
	some place in _places(path)
]

_instances := [place |
	some row in _row.instance_types
	some place in _places(row.path)
]

# Tags as `{key, value}`, from a list of {Key, Value} or {key, value} or a map; unknown where they are neither.
_tags := value.absent if {
	_one(_row.tags).value.state == "absent"
} else := value.known([{"key": element[key], "value": element[content]} |
	some element in _one(_row.tags).value.value
	some key in ["Key", "key"]
	some content in ["Value", "value"]
]) if {
	is_array(_one(_row.tags).value.value)
} else := value.known([{"key": key, "value": content} | some key, content in _one(_row.tags).value.value]) if {
	is_object(_one(_row.tags).value.value)
} else := value.unknown("the tags are neither a list nor a map")

# Nothing is said of places in a document that could not be read: the document itself is the finding.
_places(path) := [_place(place) | some place in member.places(_content, path)] if {
	_readable(path[0])
} else := []

_readable(name) if not value.has(_documents, name)

_readable(name) if _documents[name].state == "known"

# A place that the pipeline may still fill, or fill again.
_place(place) := {"path": place.path, "value": value.unknown(concat("", [
	"the pipeline variable ", variable, " stands in or before it, and its text becomes part of the JSON",
]))} if {
	variable := _documents[place.path[0]].variable
	not value.has(_documents[place.path[0]].value, place.path[1])
} else := place
