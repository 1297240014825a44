# METADATA
# title: What a plan says of keys, principals and buckets
# description: |
#   The planned world in the shapes of the AWS API's answers, so that every rule reads it as it reads the context. What
#   is yet to be created has no ARN; a made-up one stands for it inside the policies, and findings show its address.
# scope: package
package sealgate.inputs.terraform_plan.facts

import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.references
import data.sealgate.lib.arn
import data.sealgate.lib.member
import data.sealgate.lib.planned
import data.sealgate.lib.value
import data.sealgate.model.supplied

# METADATA
# description: The keys of the plan, `{index, address, arn, key_id, change}`.
keys := [{
	"index": change.index,
	"address": change.address,
	"arn": key_arn,
	"key_id": _key_id(key_arn),
	"change": change,
} |
	some change in _of_kind.key
	key_arn := _key_arn(change, change.values)
]

# METADATA
# description: The roles and users of the plan, `{index, address, arn, name, change}`.
principals := [{
	"index": change.index,
	"address": change.address,
	"arn": principal_arn,
	"name": name,
	"change": change,
} |
	some kind in ["role", "user"]
	some change in _of_kind[kind]
	name := _principal_name(change)
	principal_arn := _principal_arn(change, kind, name)
]

# METADATA
# description: The aliases of the plan, `{index, address, name, arn, keys}` with the ARNs of the keys in three states.
aliases := [object.union(alias, {"keys": key_arns_at(plan.changes[alias.index], [target])}) |
	some alias in _aliases
	target := plan.changes[alias.index].fact.target
]

_aliases := [{"index": change.index, "address": change.address, "name": name, "arn": alias_arn} |
	some change in _of_kind.alias
	name := _alias_name(change)
	alias_arn := concat(":", ["arn", partition, "kms", region_text(change), account_text, name])
]

# METADATA
# description: The region of a change, in three states.
region(change) := value.known(change.values.region) if {
	is_string(change.values.region)
} else := value.known(arn.parse(change.values.arn).region) if {
	arn.parse(change.values.arn).region != ""
} else := value.known(_provider_region(change)) if {
	_provider_region(change)
} else := value.known(supplied.text("region")) if {
	supplied.text("region")
} else := value.missing(
	"region",
	"the Region of the provider is not in the plan",
	"Say it with --region, as region in the context, or as context.region in the settings.",
)

# METADATA
# scope: document
# description: |
#   The account of the plan, in three states: as it was said, as AWS told who plans, or as the ARNs of the plan have it.
#   A plan with the ARNs of several accounts does not say which is its own.
account := value.known(supplied.text("account")) if {
	supplied.text("account")
} else := value.known(told[0]) if {
	told := [read.values.account_id |
		some read in plan.read_data
		read.type == "aws_caller_identity"
		is_string(read.values.account_id)
	]
	count({one | some one in told}) == 1
} else := value.known(seen) if {
	some seen in _accounts_seen
	count(_accounts_seen) == 1
} else := value.missing(
	"account",
	"the account of the plan is not known",
	"Say it with --account, as account in the context, or as context.account in the settings.",
)

# METADATA
# scope: document
# description: The account in made-up ARNs.
account_text := account.value if account.state == "known"

account_text := planned.account if account.state != "known"

# METADATA
# scope: document
# description: The partition of the plan.
default partition := "aws"

partition := supplied.text("partition") if {
	supplied.text("partition")
} else := arn.parse(found).partition if {
	found := [change.values.arn | some change in plan.changes; arn.parse(change.values.arn)][0]
} else := found if {
	regions := {region(change).value | some change in plan.changes; region(change).state == "known"}
	partitions := {name |
		some name, pattern in data.sealgate.data.partitions
		some region_name in regions
		regex.match(pattern, region_name)
	}
	[found] := [name | some name in partitions]
}

# METADATA
# description: |
#   The values in three states of an attribute that names a key: none where nobody set it, several where the plan does
#   not say which of several it will be. A planned resource stands there as what the attribute takes of it.
key_texts_at(change, path) := _texts_at(change, path)

# METADATA
# description: The ARNs of the keys that an attribute names, in three states.
key_arns_at(change, path) := [key_arn |
	some named in _texts_at(change, path)
	some key_arn in _key_arns_of(named)
]

_key_arns_of(named) := [named] if named.state != "known"

_key_arns_of(named) := [value.known(_arn_by_key_id[named.value])] if {
	named.state == "known"
	_arn_by_key_id[named.value]
} else := [named] if {
	named.state == "known"
}

_arn_by_key_id := {key_id: key_arns[0] |
	some key_id, key_arns in _arns_by_key_id
	count(key_arns) == 1
}

_arns_by_key_id := {key.key_id: [other | some other in _arns_of_key_id[key.key_id]] | some key in keys}

_arns_of_key_id := _key_ids

_key_ids[key.key_id] contains key.arn if some key in keys

# METADATA
# description: The values in three states of an attribute that names a principal, a bucket or anything else by a text.
texts_at(change, path) := _texts_at(change, path)

# METADATA
# description: The same of each element of a list or set.
each_text_at(change, path) := [text |
	some place in member.places(plan.reading(change), array.concat(path, ["*"]))
	some text in _texts_at(change, place.path)
]

_texts_at(change, path) := [] if {
	_place(change, path).value.state == "absent"
} else := [_place(change, path).value] if {
	_place(change, path).value.state == "known"
} else := _resolved(references.of(change, path))

_place(change, path) := member.place(plan.reading(change), path)

_resolved(source) := [] if {
	# What the provider fills in by itself, and nobody set.
	not source.set
	count(source.targets) == 0
	count(source.open) == 0
} else := array.concat(
	[value.known(text) | some target in source.targets; some text in text_of(target)],
	[unresolved(source) | not _is_resolved(source)],
)

_is_resolved(source) if {
	count(source.open) == 0
	count(source.targets) > 0
	every target in source.targets {
		count(text_of(target)) > 0
	}
}

# METADATA
# description: The unknown value of an attribute whose references lead to nothing that the plan says.
unresolved(source) := value.unknown(concat("", [
	"it is not known until apply",
	concat("", [concat("", [": it comes from ", concat(", ", names)]) |
		names := array.concat(source.open, _addresses(source.targets))
		count(names) > 0
	]),
]))

_addresses(targets) := sort([address |
	some target in targets
	count(text_of(target)) == 0
	address := concat(".", [plan.changes[target.index].address, target.attribute])
])

# METADATA
# description: What an attribute of a planned resource will be, as a list of texts; none where that is not known.
text_of(target) := _text_of(plan.changes[target.index], target.attribute)

_text_of(change, attribute) := [text] if {
	text := change.values[attribute]
	is_string(text)
} else := [_key_by_index[change.index].key_id] if {
	_key_by_index[change.index]
	attribute in {"key_id", "id"}
} else := [_key_by_index[change.index].arn] if {
	_key_by_index[change.index]
	attribute in {"arn", ""}
} else := _of_alias(_alias_by_index[change.index], attribute) if {
	_alias_by_index[change.index]
} else := [_principal_by_index[change.index].arn] if {
	_principal_by_index[change.index]
	attribute in {"arn", ""}
} else := [_principal_by_index[change.index].name] if {
	_principal_by_index[change.index]
	attribute in {"id", "name", "role_name"}
} else := [concat("", ["arn:", partition, ":s3:::", change.values.bucket])] if {
	change.fact.kind == "bucket"
	attribute == "arn"
	is_string(change.values.bucket)
} else := [change.values.bucket] if {
	change.fact.kind == "bucket"
	attribute in {"id", "bucket"}
	is_string(change.values.bucket)
} else := [planned.policy_arn(partition, account_text, change.index)] if {
	change.fact.kind == "managed_policy"
	attribute in {"arn", "id", "policy_arn", ""}
} else := []

_of_alias(alias, attribute) := [alias.arn] if {
	attribute in {"arn", ""}
} else := [alias.name] if {
	attribute in {"id", "name", "alias_name"}
} else := [target] if {
	# The ARN of a key that is not of this plan.
	target := plan.changes[alias.index].values[plan.changes[alias.index].fact.target]
	is_string(target)
} else := []

_key_by_index := {key.index: key | some key in keys}

_alias_by_index := {alias.index: alias | some alias in _aliases}

_principal_by_index := {principal.index: principal | some principal in principals}

# METADATA
# description: The changes that tell of a kind of fact, on the side that is read.
of_kind(kind) := object.get(_of_kind, kind, [])

_of_kind := {kind: [change |
	some change in plan.changes
	change.fact.kind == kind
	change.mode != "data"
	is_object(change.values)
] |
	some kind in {fact.kind | some fact in data.sealgate.data.terraform_facts}
}

_key_arn(change, values) := values.arn if {
	is_string(values.arn)
} else := planned.key_arn(partition, region_text(change), account_text, change.index) if {
	not _is_multi_region(change, values)
} else := planned.multi_region_key_arn(partition, region_text(change), account_text, change.index)

_is_multi_region(change, _) if change.fact.multi_region

_is_multi_region(_, values) if values.multi_region == true

_key_id(key_arn) := split(arn.parse(key_arn).resource, "/")[1]

# METADATA
# description: The Region in made-up ARNs of a change.
region_text(change) := found.value if {
	found := region(change)
	found.state == "known"
} else := planned.region

_principal_name(change) := name if {
	name := change.values[change.fact.name]
	is_string(name)
} else := planned.name(change.index)

_principal_arn(change, kind, name) := found if {
	found := change.values.arn
	is_string(found)
} else := concat("", ["arn:", partition, ":iam::", account_text, ":", kind, _path_of(change.values), name])

_path_of(values) := values.path if {
	is_string(values.path)
} else := "/"

_alias_name(change) := name if {
	name := change.values[change.fact.name]
	is_string(name)
} else := concat("", ["alias/", planned.name(change.index)])

# The Region that the configuration gives to the provider of a change.
_provider_region(change) := found if {
	provider := object.get(plan.configuration_of(change), "provider_config_key", "")
	expression := plan.content.configuration.provider_config[provider].expressions.region
	some found in _said(expression)
}

_said(expression) := {found} if {
	found := expression.constant_value
	is_string(found)
} else := {found |
	# A variable of the root, whose value the plan has.
	some reference in expression.references
	is_string(reference)
	startswith(reference, "var.")
	found := plan.content.variables[substring(reference, 4, -1)].value
	is_string(found)
}

_accounts_seen := {parts.account |
	some change in plan.changes
	some name in ["arn", "role_arn", "execution_role_arn"]
	parts := arn.parse(object.get(change, ["values", name], ""))
	regex.match(`^[0-9]{12}$`, parts.account)
}
