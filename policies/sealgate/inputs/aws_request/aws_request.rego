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
import data.sealgate.model.job

# METADATA
# description: The job that the request starts; none where the operation is not in the table.
jobs := [started |
	is_object(_parameters)
	_row != null
	documents := job.documents(_row, _parameters, "/aws_request/parameters")
	started := job.of({
		"subject": subject,
		"operation": operation,
		"row": _row,
		"read": member.request(job.content(_parameters, documents)),
		"documents": documents,
		"parameters": _parameters,
	})
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
subject := concat(" ", [operation, name]) if {
	name := job.name(_row, member.request(_parameters)).value.value
	is_string(name)
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
