# METADATA
# title: What the keys of a plan are for
# description: |
#   Most jobs are not in Terraform, and their keys and roles are. The settings say which system's jobs will use a key
#   (`intended_uses`); each is a job here, so that every call of the system is evaluated against the plan.
# scope: package
package sealgate.inputs.intended_uses

import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
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
	"role": {"path": [], "value": role.arn},
	"partition": value.known(facts.partition),
	"account": facts.account,
	"region": key.region,
	"keys": [_key(row, key.arn) |
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
	some use in _uses
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
# description: What of the settings fits nothing, as `{subject, path, message}`.
problems := {{
	"subject": "settings",
	"path": ["intended_uses", index, "operation"],
	"message": concat("", [use.operation, " is no operation of ", use.system]),
} |
	some index, use in _uses
	is_string(use.operation)
	not _fits(use)
}

_uses := [use |
	is_object(plan.content)
	plan.side == "after"
	some use in settings.current.intended_uses
	is_object(use)
	data.sealgate.data.system_operations[use.system]
	is_string(use.key)
]

_operation(use) := use.operation if {
	_fits(use)
} else := data.sealgate.data.system_operations[use.system].operation

_fits(use) if data.sealgate.data.operations[use.operation].system == use.system

_fits(use) if {
	use.operation == "sagemaker:CreateJob"
	use.system == "sagemaker_mtrl"
}

_category(null) := value.absent

_category(category) := value.known(category) if is_string(category)

_key(row, key_arn) := object.union(
	object.remove(row, {"path", "within", "instance_types", "serverless", "sources"}),
	{
		"path": [],
		"value": value.known(key_arn),
		"forms": ["key_arn"],
		"member": text.path(row.path),
		"instances": [],
		"roles": [],
		"serverless": [],
	},
)

_is_meant(use, kind) if kind in object.get(use, "uses", ["output", "volume", "model", "temporary"])

# The keys of the plan that a text means, `{called, arn, region}`; a key ARN may be of another plan, where a principal
# of this one will use it.
_keys(use) := [{"called": key.address, "arn": key.arn, "region": facts.region(key.change)} |
	some key in facts.keys
	_means(use.key, key)
] if {
	kms.form(use.key) != "key_arn"
} else := [{"called": use.key, "arn": use.key, "region": value.known(split(use.key, ":")[3])}] if {
	count(_principals(object.get(use, "execution_role", ""))) > 0
} else := [{"called": key.address, "arn": key.arn, "region": facts.region(key.change)} |
	some key in facts.keys
	key.arn == use.key
]

_means(name, key) if wildcard.matches(name, key.address)

_means(name, key) if {
	some alias in facts.aliases
	name in {alias.name, alias.arn, alias.address}
	value.known(key.arn) in alias.keys
}

_means(name, key) if {
	startswith(name, "tag:")
	[tag, wanted] := split(substring(name, 4, -1), "=")
	some tags in ["tags", "tags_all"]
	key.change.values[tags][tag] == wanted
}

_roles(use) := _principals(use.execution_role) if {
	count(_principals(use.execution_role)) > 0
} else := [{"called": use.execution_role, "arn": value.unknown(concat("", [
	use.execution_role,
	" is no role of this plan",
]))}] if {
	is_string(use.execution_role)
} else := [{"called": "", "arn": value.absent}]

_principals(name) := [{"called": principal.address, "arn": value.known(principal.arn)} |
	some principal in facts.principals
	_is_named(name, principal)
] if {
	not startswith(name, "arn:")
} else := [{"called": name, "arn": value.known(name)}]

_is_named(name, principal) if name in {principal.name, principal.arn}

_is_named(name, principal) if wildcard.matches(name, principal.address)
