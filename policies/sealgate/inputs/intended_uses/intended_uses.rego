# METADATA
# title: What the keys of a plan are for
# description: |
#   Most jobs are not in Terraform, and their keys and roles are. The settings say which system's jobs will use a key
#   (`intended_uses`); each is a job here, so that every call of the system is evaluated against the plan.
# scope: package
package sealgate.inputs.intended_uses

import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.lib.arn
import data.sealgate.lib.kms
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.lib.wildcard
import data.sealgate.model.settings

# METADATA
# description: A job for each key and role that an intended use means in the plan.
jobs := [{
	"subject": concat("", array.concat(
		["intended use ", use.system, " of ", key.called],
		[part | some part in [" by ", role.called]; role.called != ""],
	)),
	"operation": operation,
	"system": use.system,
	"category": _category(data.sealgate.data.system_operations[use.system].category),
	"name": {"path": [], "value": value.absent},
	"role": {"path": ["intended_uses", index, "execution_role"], "value": role.arn},
	"partition": value.known(facts.partition),
	"account": facts.account,
	"region": key.region,
	"keys": [_key(row, key.arn, ["intended_uses", index, "key"]) |
		some row in data.sealgate.data.operations[operation].keys
		_is_meant(use, row.use)
	],
	"buckets": [],
	"models": [],
	"tags": value.absent,
	"labeling_algorithm": value.absent,
	"documents": {},
	"parameters": {},
	"problems": [],
	"callers": [caller.arn | some name in object.get(use, "callers", []); some caller in _principals(name)],
} |
	some index, use in _uses
	operation := _operation(use)
	some key in _keys(use)
	some role in _roles(use)
]

# METADATA
# description: The intended uses of which the plan has neither the key nor a principal, by what they are called.
elsewhere := [concat(" ", ["intended use", use.system, "of", use.key]) |
	some use in _uses
	count(_keys(use)) == 0
]

# METADATA
# scope: document
# description: What of the settings fits nothing, as `{subject, path, message}`.
problems contains _problem([], "intended_uses is no list") if {
	is_object(plan.content)
	not is_array(_given)
}

problems contains _problem([index], "an intended use names its system and its key") if {
	is_object(plan.content)
	some index, use in _given
	not _is_use(use)
}

problems contains _problem([index, "operation"], concat("", ["this is no operation of ", use.system])) if {
	some index, use in _uses
	value.has(use, "operation")
	not _fits(use)
}

_problem(steps, message) := {
	"subject": "settings",
	"path": array.concat(["intended_uses"], steps),
	"message": message,
}

_given := settings.current.intended_uses

# By their place in the settings.
_uses := {index: use |
	is_object(plan.content)
	plan.side == "after"
	some index, use in _given
	_is_use(use)
}

_is_use(use) if {
	data.sealgate.data.system_operations[use.system]
	is_string(use.key)
}

_operation(use) := use.operation if {
	_fits(use)
} else := data.sealgate.data.system_operations[use.system].operation

_fits(use) if data.sealgate.data.operations[use.operation].system == use.system

_category(null) := value.absent

_category(category) := value.known(category) if is_string(category)

_key(row, key_arn, path) := object.union(
	object.remove(row, {"path", "within", "instance_types", "serverless", "sources"}),
	{
		"path": path,
		"value": value.known(key_arn),
		"forms": ["key_arn"],
		"member": text.path(row.path),
		"instances": [],
		"roles": [],
		"serverless": [],
	},
)

_is_meant(use, kind) if kind in object.get(use, "uses", ["output", "volume", "model", "temporary"])

# The keys that a text means, `{called, arn, region}`: of the plan; else those that the plan takes away, of which the
# jobs are to know; else, by its ARN, one of another plan, which a principal of this one will use.
_keys(use) := planned if {
	planned := [{"called": key.address, "arn": key.arn, "region": facts.region(key.change)} |
		some key in facts.keys
		_means(use.key, key)
	]
	count(planned) > 0
} else := deleted if {
	deleted := [{"called": change.address, "arn": change.before.arn, "region": value.known(region)} |
		some change in _deleted
		change.fact.kind == "key"
		_meant(use.key, change)
		region := arn.parse(change.before.arn).region
	]
	count(deleted) > 0
} else := [{"called": use.key, "arn": use.key, "region": value.known(arn.parse(use.key).region)}] if {
	kms.form(use.key) == "key_arn"
	_is_of_plan(use.execution_role)
} else := []

_means(name, key) if name == key.arn

_means(name, key) if wildcard.matches(name, key.address)

_means(name, key) if {
	some alias in facts.aliases
	name in {alias.name, alias.arn, alias.address}
	value.known(key.arn) in alias.keys
}

_means(name, key) if _is_tagged(name, key.change.values)

_meant(name, change) if name == change.before.arn

_meant(name, change) if wildcard.matches(name, change.address)

_meant(name, change) if {
	some alias in plan.changes
	alias.fact.kind == "alias"
	name in {alias.before[alias.fact.name], alias.before.arn, alias.address}
	alias.before[alias.fact.target] in {change.before.arn, change.before.key_id}
}

_meant(name, change) if _is_tagged(name, change.before)

_is_tagged(name, values) if {
	startswith(name, "tag:")
	some tags in ["tags", "tags_all"]
	some tag, content in values[tags]
	is_string(content)
	concat("", ["tag:", tag, "=", content]) == name
}

_deleted := [change |
	some change in plan.changes
	change.deleted
	change.mode != "data"
	arn.parse(change.before.arn)
]

_roles(use) := [{"called": "", "arn": value.absent}] if {
	not is_string(object.get(use, "execution_role", null))
} else := _principals(use.execution_role)

# The principals that a text means: of the plan; else those that the plan takes away; else the one of the ARN.
_principals(name) := planned if {
	planned := [{"called": principal.address, "arn": value.known(principal.arn)} |
		some principal in facts.principals
		_is_named(name, principal)
	]
	count(planned) > 0
} else := deleted if {
	deleted := [{"called": change.address, "arn": value.known(change.before.arn)} |
		some change in _deleted
		change.fact.kind in {"role", "user"}
		_is_named(name, {
			"name": object.get(change.before, change.fact.name, null),
			"arn": change.before.arn,
			"address": change.address,
		})
	]
	count(deleted) > 0
} else := [{"called": name, "arn": value.known(name)}] if {
	arn.parse(name)
} else := [{"called": name, "arn": value.unknown(concat("", [name, " is no principal of this plan"]))}] if {
	is_string(name)
} else := []

_is_of_plan(name) if {
	some principal in facts.principals
	_is_named(name, principal)
}

_is_named(name, principal) if name in {principal.name, principal.arn}

_is_named(name, principal) if {
	is_string(name)
	wildcard.matches(name, principal.address)
}
