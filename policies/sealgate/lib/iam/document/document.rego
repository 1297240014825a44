# METADATA
# title: Policy documents
# description: |
#   Reads policy documents into groups of statements, the form that the evaluator walks. Each distinct document is read
#   once, in a complete rule. A group is `{state, missing, problems, allow, deny}`: `missing` says what is not known of
#   it (`{layer, part, reason}`), `problems` where a document is malformed (`{layer, policy, pointer, message}`);
#   `allow` and `deny` are its statements. AWS would refuse a malformed document, so nothing in it is relied on: it
#   counts as not known.
#
#   Layers are key_policy, identity, boundary, session_policies, scp and rcp.
# scope: package
package sealgate.lib.iam.document

import data.sealgate.lib.iam.condition
import data.sealgate.lib.iam.pattern
import data.sealgate.lib.iam.principal
import data.sealgate.lib.value

# METADATA
# description: A group without any document.
none := {"state": "absent", "missing": [], "problems": [], "allow": [], "deny": []}

# METADATA
# description: |
#   The group of one document, an object or JSON text in three states; `policy` is what a person would call it.
single(given, layer, policy) := _document(_parsed(given), layer, policy)

# METADATA
# description: |
#   The group of a list in three states: of `{name, document}`, or of documents as they are. A document there may itself
#   be in three states.
# scope: document
many(given, layer) := _many(given.value, layer) if {
	given.state == "known"
	is_array(given.value)
}

many(given, layer) := _unread(value.unknown("it is not a list of policies"), layer, _called(layer)) if {
	given.state == "known"
	not is_array(given.value)
}

many(given, _) := none if given.state == "absent"

many(given, layer) := _unread(given, layer, _called(layer)) if given.state == "unknown"

# METADATA
# description: The one group of several documents that are read already.
# scope: document
merged(groups) := {
	"state": "known",
	"missing": [missing | some group in groups; some missing in group.missing],
	"problems": [problem | some group in groups; some problem in group.problems],
	"allow": [statement | some group in groups; some statement in group.allow],
	"deny": [statement | some group in groups; some statement in group.deny],
}

# METADATA
# description: |
#   The groups of a list of lists in three states, one a level of the organisation: `{state, missing, levels}`.
# scope: document
levels(given, layer) := {
	"state": "known",
	"missing": [],
	"levels": [many(_wrapped(level), layer) | some level in given.value],
} if {
	given.state == "known"
	is_array(given.value)
}

levels(given, layer) := {
	"state": "unknown",
	"missing": _unread(value.unknown("it is not a list of levels"), layer, _called(layer)).missing,
	"levels": [],
} if {
	given.state == "known"
	not is_array(given.value)
}

levels(given, _) := {"state": "absent", "missing": [], "levels": []} if given.state == "absent"

levels(given, layer) := {
	"state": "unknown",
	"missing": _unread(given, layer, _called(layer)).missing,
	"levels": [],
} if {
	given.state == "unknown"
}

# METADATA
# description: Whether a statement is about an action, which is given in lower case.
# scope: document
names_action(statement, action) if {
	not statement.actions.negated
	_in_actions(statement.actions, action)
}

names_action(statement, action) if {
	statement.actions.negated
	not _in_actions(statement.actions, action)
}

# METADATA
# description: Truth of whether a statement is about a call's resource.
# scope: document
names_resource(statement, _) := _turned(statement.resources.negated, 2) if statement.resources.everything

names_resource(statement, call) := truth if {
	not statement.resources.everything
	call.resource.state == "known"
	truth := _turned(statement.resources.negated, _in_resources(statement.resources, call))
}

names_resource(statement, call) := 1 if {
	not statement.resources.everything
	call.resource.state != "known"
}

_in_actions(actions, action) if actions.names[action]

_in_actions(actions, action) if {
	pattern.matches(actions.pattern, action)
}

_turned(false, truth) := truth

_turned(true, truth) := 2 - truth

_in_resources(resources, call) := 2 if {
	pattern.matches(resources.pattern, call.resource.value)
} else := max([_open_resource(content, resources.negated, call) | some content in resources.open]) if {
	resources.open != []
} else := 0

_open_resource(content, negated, call) := truth if {
	expanded := pattern.expanded(content, call.context, call.others)
	truth := _opened_resource(expanded, negated, call.resource.value)
}

_opened_resource(expanded, _, _) := 1 if expanded.state == "unknown"

_opened_resource(expanded, false, _) := 0 if expanded.state == "absent"

# A statement whose variable has no value may be invalid as a whole.
_opened_resource(expanded, true, _) := 1 if expanded.state == "absent"

_opened_resource(expanded, _, resource) := 2 if {
	expanded.state == "known"
	pattern.matches(pattern.resource([expanded.value]), resource)
} else := 0 if {
	expanded.state == "known"
}

_many(documents, layer) := merged([single(_entry_document(entry), layer, _entry_name(layer, entry, index)) |
	some index, entry in documents
])

_entry_document(entry) := _wrapped(entry.document) if value.has(entry, "document")

_entry_document(entry) := _wrapped(entry) if not value.has(entry, "document")

_entry_name(layer, entry, index) := concat(" ", [_called(layer), entry.name]) if {
	value.has(entry, "document")
	is_string(entry.name)
} else := concat(" ", [_called(layer), format_int(index + 1, 10)])

_wrapped(content) := content if content.state in {"known", "absent", "unknown"}

_wrapped(content) := value.known(content) if not _is_wrapped(content)

_is_wrapped(content) if content.state in {"known", "absent", "unknown"}

_called("key_policy") := "key policy"

_called("identity") := "identity policy"

_called("boundary") := "permissions boundary"

_called("session_policies") := "session policy"

_called("scp") := "service control policy"

_called("rcp") := "resource control policy"

_parsed(given) := given if given.state != "known"

_parsed(given) := given if {
	given.state == "known"
	not is_string(given.value)
}

_parsed(given) := value.known(json.unmarshal(given.value)) if {
	given.state == "known"
	is_string(given.value)
	json.is_valid(given.value)
}

# Not an object, and so found malformed.
_parsed(given) := given if {
	given.state == "known"
	is_string(given.value)
	not json.is_valid(given.value)
}

_document(given, _, _) := none if given.state == "absent"

_document(given, layer, policy) := _unread(given, layer, policy) if given.state == "unknown"

_document(given, layer, policy) := _judged(given.value, layer, policy, _problems(given.value, layer)) if {
	given.state == "known"
}

_judged(document, layer, policy, found) := _sound(document, layer, policy) if count(found) == 0

_judged(_, layer, policy, found) := _malformed(found, layer, policy) if count(found) > 0

_unread(given, layer, policy) := object.union(none, {
	"state": "unknown",
	"missing": [object.union({"layer": layer, "part": policy}, object.remove(given, ["state"]))],
})

_malformed(found, layer, policy) := object.union(none, {
	"state": "unknown",
	"missing": [{"layer": layer, "part": policy, "reason": concat("", ["it is malformed: ", first.message])}],
	"problems": [object.union({"layer": layer, "policy": policy}, problem) | some problem in sorted],
}) if {
	sorted := sort(found)
	first := sorted[0]
}

_sound(document, layer, policy) := {
	"state": "known",
	"missing": [],
	"problems": [],
	"allow": [statement.compiled | some statement in statements; statement.effect == "Allow"],
	"deny": [statement.compiled | some statement in statements; statement.effect == "Deny"],
} if {
	variables := object.get(document, "Version", "2008-10-17") == "2012-10-17"
	statements := [{"effect": statement.Effect, "compiled": compiled} |
		some index, statement in _list(document.Statement)
		_is_relevant(statement)
		compiled := {
			"reference": {"layer": layer, "policy": policy, "index": index, "sid": object.get(statement, "Sid", null)},
			"actions": _actions(statement),
			"resources": _resources(statement, variables),
			"principals": _principals(statement),
			"conditions": condition.compile(object.get(statement, "Condition", {}), variables),
		}
	]
}

# The services whose calls are evaluated. Statements on the actions of others are checked and left out.
_services := ["kms:", "sagemaker:", "bedrock"]

_is_relevant(statement) if value.has(statement, "NotAction")

_is_relevant(statement) if {
	some action in _list(statement.Action)
	_is_of_service(lower(action))
}

_is_of_service("*")

_is_of_service(action) if {
	some service in _services
	startswith(action, service)
}

_actions(statement) := {
	"negated": _is_negated(statement, "NotAction"),
	"names": {action | some action in actions; not _is_wild(action)},
	"pattern": pattern.text([action | some action in actions; _is_wild(action)]),
} if {
	written := object.get(statement, "Action", object.get(statement, "NotAction", []))
	actions := [lowered | some action in _list(written); lowered := lower(action); _is_of_service(lowered)]
}

_is_negated(statement, member) if {
	value.has(statement, member)
} else := false

_is_wild(content) if contains(content, "*")

_is_wild(content) if contains(content, "?")

_resources(statement, variables) := _compiled_resources(statement.Resource, false, variables) if {
	value.has(statement, "Resource")
}

_resources(statement, variables) := _compiled_resources(statement.NotResource, true, variables) if {
	value.has(statement, "NotResource")
}

_compiled_resources("*", negated, _) := {"negated": negated, "everything": true, "pattern": [], "open": []}

_compiled_resources(resources, negated, variables) := {
	"negated": negated,
	"everything": _has_star(listed),
	"pattern": pattern.resource([resource | some resource in listed; not _is_open(resource, variables)]),
	"open": [resource | some resource in listed; _is_open(resource, variables)],
} if {
	resources != "*"
	listed := _list(resources)
}

_has_star(resources) if {
	"*" in resources
} else := false

_is_open(content, true) if contains(content, "${")

_principals(statement) := principal.compile(statement.Principal, false) if value.has(statement, "Principal")

_principals(statement) := principal.compile(statement.NotPrincipal, true) if value.has(statement, "NotPrincipal")

_principals(statement) := null if {
	not value.has(statement, "Principal")
	not value.has(statement, "NotPrincipal")
}

_list(content) := content if is_array(content)

_list(content) := [content] if not is_array(content)

# What is wrong with a document, as `{pointer, message}`.
_problems(document, _) := {_problem([], "a policy is a JSON object")} if not is_object(document)

_problems(document, layer) := union({
	{_problem([member], "a policy has no such member") |
		some member, _ in document
		not member in {"Version", "Id", "Statement"}
	},
	{_problem(["Version"], "the version is 2012-10-17 or 2008-10-17") |
		value.has(document, "Version")
		not document.Version in {"2012-10-17", "2008-10-17"}
	},
	{_problem(["Statement"], "a policy has statements: an object or a list of objects") | not _has_statements(document)},
	{_problem(array.concat(_steps(document.Statement, index), found.steps), found.message) |
		some index, statement in _list(object.get(document, "Statement", []))
		some found in _faults(statement, layer)
	},
}) if {
	is_object(document)
}

_has_statements(document) if {
	every statement in _list(document.Statement) {
		is_object(statement)
	}
}

_steps(statements, index) := ["Statement", format_int(index, 10)] if is_array(statements)

_steps(statements, _) := ["Statement"] if not is_array(statements)

_problem(steps, message) := {
	"pointer": concat("", [concat("", ["/", strings.replace_n({"~": "~0", "/": "~1"}, step)]) | some step in steps]),
	"message": message,
}

_faults(statement, _) := set() if not is_object(statement)

_faults(statement, layer) := union({
	{_fault([member], "a statement has no such member") | some member in (object.keys(statement) - _members)},
	{_fault(["Effect"], "the effect is Allow or Deny") | not _has_effect(statement)},
	{_fault(["Sid"], "the Sid is a text") |
		value.has(statement, "Sid")
		not is_string(statement.Sid)
	},
	_texts(statement, "Action", "NotAction", _action, "is no action: \"*\" or <service>:<action>"),
	_texts(statement, "Resource", "NotResource", _resource, "is no resource: \"*\" or an ARN"),
	_principal_faults(statement, layer),
	{_fault(array.concat(["Condition"], found.steps), found.message) |
		value.has(statement, "Condition")
		some found in condition.problems(statement.Condition)
	},
}) if {
	is_object(statement)
}

_action := `(?:\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)`

_resource := `(?:\*|arn:[^\n]+)`

_fault(steps, message) := {"steps": steps, "message": message}

_members := {
	"Sid",
	"Effect",
	"Principal",
	"NotPrincipal",
	"Action",
	"NotAction",
	"Resource",
	"NotResource",
	"Condition",
}

_has_effect(statement) if statement.Effect in {"Allow", "Deny"}

_texts(statement, member, negated, form, message) := _text_faults(statement[member], member, form, message) if {
	value.has(statement, member)
	not value.has(statement, negated)
} else := _text_faults(statement[negated], negated, form, message) if {
	value.has(statement, negated)
	not value.has(statement, member)
} else := {_fault([], concat("", ["a statement has exactly one of ", member, " and ", negated]))}

# All of them at once, since nearly always all are well written.
_text_faults(content, member, form, message) := set() if {
	texts := [text | some text in _list(content); is_string(text)]
	count(texts) == count(_list(content))
	regex.match(concat("", ["^", form, "(\n", form, ")*$"]), concat("\n", texts))
} else := {_fault([member], "it names nothing")} if {
	content == []
} else := {_fault([member], _text_fault(text, message)) |
	some text in _list(content)
	not _is_text(text, form)
}

_is_text(text, form) if {
	is_string(text)
	regex.match(concat("", ["^", form, "$"]), text)
}

_text_fault(text, message) := concat(" ", [text, message]) if is_string(text)

_text_fault(text, _) := concat("", ["it is ", value.type_of(text), ", not a text or a list of texts"]) if {
	not is_string(text)
}

_principal_faults(statement, layer) := union({
	{_fault([], "a statement of a key policy has exactly one of Principal and NotPrincipal") | count(present) != 1},
	{_fault(["NotPrincipal"], "NotPrincipal is only supported with the effect Deny") |
		value.has(statement, "NotPrincipal")
		statement.Effect == "Allow"
	},
	{_fault(array.concat([member], found.steps), found.message) |
		some member in present
		some found in principal.problems(statement[member])
	},
}) if {
	layer == "key_policy"
	present := _present_principals(statement)
}

_principal_faults(statement, layer) := {_fault([member], "only policies of resources name principals") |
	some member in _present_principals(statement)
} if {
	layer in {"identity", "boundary", "session_policies", "scp"}
}

_principal_faults(statement, "rcp") := {_fault([], "the principal of a resource control policy is \"*\"") |
	not _is_for_all(statement)
}

_is_for_all(statement) if statement.Principal == "*"

_present_principals(statement) := {member | some member in ["Principal", "NotPrincipal"]; value.has(statement, member)}
