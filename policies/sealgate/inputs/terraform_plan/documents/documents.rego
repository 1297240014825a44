# METADATA
# title: The policy documents of a plan
# description: |
#   A policy is a JSON text in a plan, or, where it names what is yet to be created, unknown as a whole. Then the blocks
#   of the aws_iam_policy_document that it comes from are read in its place.
# scope: package
package sealgate.inputs.terraform_plan.documents

import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.references
import data.sealgate.lib.arn
import data.sealgate.lib.member
import data.sealgate.lib.value

# METADATA
# description: |
#   The document at a path of a change, in three states: absent where nobody set it. Where some of it can't be told,
#   `doubt` is the unknown value that calls are evaluated with, and the document has the statements that can be told.
at(change, path) := _read(change, path, _place(change, path).value)

# METADATA
# description: |
#   The policy at a path of a change, as `model/policies` lists it: `owner` is the ARN of its key or principal, `name`
#   what a person would call it.
policy(change, kind, owner, name, path) := declared(
	change,
	kind,
	owner,
	name,
	path,
	at(change, path),
)

# METADATA
# description: A policy whose document was found elsewhere, such as the default of a key.
declared(change, kind, owner, name, path, found) := object.union(
	{
		"subject": change.address,
		"kind": kind,
		"owner": owner,
		"account": arn.parse(owner).account,
		"name": name,
		"path": path,
		"document": object.remove(found, ["doubt"]),
	},
	object.filter(found, ["doubt"]),
)

# METADATA
# description: The document of a policy that calls are evaluated with.
evaluated(entry) := object.get(entry, "doubt", entry.document)

_read(_, _, found) := value.absent if found.state == "absent"

_read(_, _, found) := _known(found.value) if found.state == "known"

_read(change, path, found) := _resolved(references.of(change, path)) if found.state == "unknown"

# Whose account a document names matters to what it allows.
_known(content) := object.union(value.known(content), {"doubt": facts.account}) if {
	facts.account.state == "unknown"
	is_string(content)
	regex.match(`[^0-9][0-9]{12}[^0-9]`, content)
} else := value.known(content)

_resolved(source) := value.absent if {
	# Nobody set it: AWS fills it in.
	not source.set
	count(source.targets) == 0
	count(source.open) == 0
} else := _assembled[source.targets[0].index] if {
	count(source.open) == 0
	count(source.targets) == 1
	source.targets[0].attribute in {"json", "minified_json"}
	_assembled[source.targets[0].index]
} else := _unresolved(source)

# A text that names what is yet to be created is unknown as a whole.
_unresolved(source) := value.missing(
	concat(", ", named),
	concat("", ["the policy is not known until apply: it comes from ", concat(", ", named)]),
	concat(" ", [
		"Write it as an aws_iam_policy_document, whose statements the plan shows,",
		"or of values that are known when the plan is made.",
	]),
) if {
	named := sort([name |
		some name in ({name | some name in source.open} | {concat(".", [change.address, target.attribute]) |
			some target in source.targets
			change := plan.changes[target.index]
		})
	])
	count(named) > 0
} else := facts.unresolved(source)

# The documents of data sources that are read while the plan is applied, by the index of the change.
_assembled := {change.index: _document(change) |
	some change in plan.changes
	change.mode == "data"
	change.fact.kind == "policy_document"
	is_object(change.values)
}

_place(change, path) := member.place(plan.reading(change), path)

_document(change) := value.unknown(concat("", [change.address, doubts[0]])) if {
	doubts := _doubts_of_whole(change)
	count(doubts) > 0
} else := object.union(
	value.known({
		"Version": _version(change),
		"Statement": [statement |
			some index, block in change.values.statement
			count(_doubts_of(change, index, block)) == 0
			statement := _statement(change, ["statement", index], block)
		],
	}),
	{"doubt": value.unknown(concat("", [change.address, doubts[0]])) |
		doubts := [doubt |
			some index, block in change.values.statement
			some doubt in _doubts_of(change, index, block)
		]
		count(doubts) > 0
	},
)

_version(change) := version if {
	version := change.values.version
	is_string(version)
} else := "2012-10-17"

# Why the whole document is not known, as clauses.
_doubts_of_whole(change) := array.flatten([
	[" takes statements from other documents, which are not read" |
		some name in ["source_policy_documents", "override_policy_documents", "source_json", "override_json"]
		given := _place(change, [name]).value
		given.state != "absent"
		object.get(given, "value", null) != []
	],
	[" has statements that are not known until apply" |
		_place(change, ["statement"]).value.state == "unknown"
	],
	[" has statements that are not written as Terraform writes them" |
		found := _place(change, ["statement"]).value
		found.state == "known"
		not _are_statements(found.value)
	],
])

_are_statements(blocks) if {
	is_array(blocks)
	every block in blocks {
		is_object(block)
		_are_blocks(object.get(block, "principals", []), ["type"])
		_are_blocks(object.get(block, "not_principals", []), ["type"])
		_are_blocks(object.get(block, "condition", []), ["test", "variable"])
	}
}

_are_blocks(null, _)

_are_blocks(blocks, names) if {
	is_array(blocks)
	every block in blocks {
		every name in names {
			is_string(block[name])
		}
	}
}

# Why it is not known who may do what by a statement.
_doubts_of(change, index, block) := [doubt |
	some [path, doubts] in array.concat(
		[[path, ["it is not known until apply"]] |
			# Without its condition a statement would say more than it will.
			some name in ["effect", "principals", "not_principals", "condition"]
			path := ["statement", index, name]
			_place(change, path).value.state == "unknown"
		],
		[[path, _texts(change, path).doubts] | some path in _texts_of(["statement", index], block)],
	)
	count(doubts) > 0
	doubt := concat("", [
		", statement ",
		format_int(index + 1, 10),
		": its ",
		concat(" ", [step | some step in array.slice(path, 2, count(path)); is_string(step)]),
		" can't be told: ",
		doubts[0],
	])
]

# The lists without which it is not known who may do what. What is not known of a resource leaves its statement open.
_texts_of(steps, block) := array.flatten([
	[array.concat(steps, [name]) | some name in ["actions", "not_actions"]],
	[array.concat(steps, [kind, index, "identifiers"]) |
		some kind in ["principals", "not_principals"]
		some index, _ in block[kind]
	],
	[array.concat(steps, ["condition", index, "values"]) | some index, _ in block.condition],
])

_statement(change, steps, block) := object.union(
	object.union(
		{"Effect": _text(block, "effect", "Allow")},
		{"Sid": block.sid | is_string(block.sid)},
	),
	object.union(
		object.union(
			{member: texts |
				some name, member in _members
				texts := _texts(change, array.concat(steps, [name])).texts
				count(texts) > 0
			},
			{member: _principals(change, steps, block, name) |
				some name, member in {"principals": "Principal", "not_principals": "NotPrincipal"}
				_has_some(block, name)
			},
		),
		{"Condition": _conditions(change, steps, block) | _has_some(block, "condition")},
	),
)

_has_some(block, name) if {
	is_array(block[name])
	count(block[name]) > 0
}

_members := {
	"actions": "Action",
	"not_actions": "NotAction",
	"not_resources": "NotResource",
	"resources": "Resource",
}

_text(block, name, _) := block[name] if is_string(block[name])

_text(block, name, otherwise) := otherwise if not is_string(object.get(block, name, null))

# As the provider writes everyone.
_principals(_, _, block, name) := "*" if {
	some principals in block[name]
	principals.type == "*"
}

_principals(change, steps, block, name) := {type: sort([text | some text in texts]) |
	some type in {principals.type | some principals in block[name]}
	texts := {text |
		some index, principals in block[name]
		principals.type == type
		some text in _texts(change, array.concat(steps, [name, index, "identifiers"])).texts
	}
} if {
	count([principals | some principals in block[name]; principals.type == "*"]) == 0
}

_conditions(change, steps, block) := {test: {variable: sort([text | some text in texts]) |
	some variable in {condition.variable | some condition in block.condition; condition.test == test}
	texts := {text |
		some index, condition in block.condition
		condition.test == test
		condition.variable == variable
		some text in _texts(change, array.concat(steps, ["condition", index, "values"])).texts
	}
} |
	some test in {condition.test | some condition in block.condition}
}

# The texts of a list, `{texts, doubts}`, with what is yet to be created under its made-up name.
_texts(change, path) := {
	"texts": [found | is_string(found)],
	"doubts": [found.reason | not is_string(found)],
} if {
	_place(change, path).value.state == "unknown"
	found := _untold(path, value.unknown("it is not known until apply"))
} else := {
	"texts": array.concat([text | some text in listed; is_string(text)], [text | some text in made; is_string(text)]),
	"doubts": [found.reason | some found in made; not is_string(found)],
} if {
	listed := object.get(change.values, path, [])
	is_array(listed)
	missing := count([element | some element in listed; element == null])
	made := _made(change, path, missing)
} else := {"texts": [], "doubts": []}

_made(_, _, 0) := []

_made(change, path, missing) := [found | some source in causes; found := _made_of(path, source)] if {
	missing > 0
	causes := [source | some source in references.of_elements(change, path); _is_cause(source)]
	count(causes) == missing
}

_made(change, path, missing) := [_untold(path, facts.unresolved(references.of(change, path)))] if {
	missing > 0
	count([source | some source in references.of_elements(change, path); _is_cause(source)]) != missing
}

_is_cause(source) if count(source.open) > 0

_is_cause(source) if {
	some target in source.targets
	not is_string(object.get(plan.changes[target.index].values, target.attribute, null))
}

_made_of(path, source) := texts[0] if {
	count(source.open) == 0
	count(source.targets) == 1
	texts := facts.text_of(source.targets[0])
	count(texts) == 1
} else := _untold(path, facts.unresolved(source))

# Nobody can say which calls a resource of an unknown name is about; IAM reads `${...}` in it as what is not known.
_untold(path, unknown) := "arn:${sealgate:unknown}" if {
	path[count(path) - 1] in {"resources", "not_resources"}
} else := unknown
