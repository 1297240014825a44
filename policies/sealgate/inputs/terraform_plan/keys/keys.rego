# METADATA
# title: The keys of a plan
# description: |
#   Keys with their metadata, policies and grants, and the aliases, as AWS will know them once the plan is applied.
# scope: package
package sealgate.inputs.terraform_plan.keys

import data.sealgate.inputs.terraform_plan.documents
import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.references
import data.sealgate.lib.arn
import data.sealgate.lib.kms
import data.sealgate.lib.member
import data.sealgate.lib.planned
import data.sealgate.lib.value

# METADATA
# description: The grants that the plan makes, as entries of ListGrants.
grants := [{"subject": change.address, "key_arn": key_arn, "grant": _grant(change), "path": []} |
	some change in facts.of_kind("grant")
	some named in facts.key_arns_at(change, ["key_id"])
	key_arn := _key_of(change, named)
]

# METADATA
# description: |
#   The keys as the context has them, by ARN: those of the plan, those that were read before it, and null for those
#   that it deletes.
entries := object.union(
	object.union(_read_keys, plan.deleted_arns("key")),
	{key_arn: _described(key) | some key_arn, key in _keys},
)

# METADATA
# description: The ARNs of the plan's keys by their ids.
ids := {key_id: arns[0] |
	some key_id, found in _arns_by_key_id
	arns := [key_arn | some key_arn in found]
	count(arns) == 1
}

# METADATA
# description: The resources that each set the policy of the same key, by the key's ARN.
rival_policies := {key_arn: addresses |
	some key_arn, key in _keys
	own := {facts.of_kind("key_policy")[index].address | some index in object.get(_policies_by_key, key_arn, set())}
	addresses := own | {key.address |
		# Known in the configuration only: what the plan shows may be what the other one has set.
		references.of(key.change, [key.change.fact.policy]).set
		plan.configuration_of(key.change) != {}
	}
	count(addresses) > 1
}

_keys := {key_arn: facts.keys[min(indices)] |
	some key_arn, indices in _indices_by_key
}

_indices_by_key := _indices_of_key

_indices_of_key[key.arn] contains index if some index, key in facts.keys

_described(key) := {
	"metadata": _metadata(key),
	"policy": documents.evaluated(_key_policy(key)),
	"grants": [grants[index].grant | some index in object.get(_grants_by_key, key.arn, set())],
}

_grants_by_key := _grant_indices

_grant_indices[grant.key_arn] contains index if some index, grant in grants

# What AWS said of keys before the plan was made.
_read_keys := {key_arn: {"metadata": object.union(
	{"Arn": key_arn},
	{member: found |
		some name, member in {
			"key_manager": "KeyManager",
			"key_spec": "KeySpec",
			"key_state": "KeyState",
			"key_usage": "KeyUsage",
			"multi_region": "MultiRegion",
			"origin": "Origin",
		}
		found := entries[0].values[name]
		not found in [null, ""]
	},
)} |
	some key_arn in {read.values.arn | some read in plan.read_data; read.type == "aws_kms_key"; is_string(read.values.arn)}
	entries := [read | some read in plan.read_data; read.type == "aws_kms_key"; read.values.arn == key_arn]
}

_arns_by_key_id := _arns_of_key_id

_arns_of_key_id[key.key_id] contains key.arn if some key in facts.keys

# As DescribeKey will answer: what nobody sets is as CreateKey documents it.
_metadata(key) := {
	"Arn": key.arn,
	"KeyManager": "CUSTOMER",
	"KeySpec": _setting(key.change, ["customer_master_key_spec", "key_spec"], "SYMMETRIC_DEFAULT"),
	"KeyUsage": _setting(key.change, ["key_usage"], "ENCRYPT_DECRYPT"),
	"KeyState": _state(_setting(key.change, ["is_enabled", "enabled"], true)),
	"MultiRegion": _multi_region(key.change),
	"Origin": object.get(key.change.fact, "origin", "AWS_KMS"),
}

_state(true) := "Enabled"

_state(false) := "Disabled"

_state(other) := other if not is_boolean(other)

_multi_region(change) if {
	change.fact.multi_region
} else := _setting(change, ["multi_region"], false)

_setting(change, names, otherwise) := found if {
	[found] := [content |
		some name in names
		content := _said(change, name, member.place(plan.reading(change), [name]).value)
	]
} else := otherwise

_said(_, _, found) := found.value if found.state == "known"

# Unknown is also what nobody set, and the provider takes from AWS.
_said(change, name, found) := value.unknown(concat("", [
	change.address,
	".",
	name,
	" ",
	substring(facts.unresolved(source).reason, 3, -1),
])) if {
	found.state == "unknown"
	source := references.of(change, [name])
	source.set
}

# METADATA
# description: The key policies that keys end up with. That of a resource of its own goes before the attribute.
policies := array.concat(
	[_key_policy(key) | some key in _keys],
	[documents.policy(change, "key_policy", key_arn, "the key policy", [change.fact.policy]) |
		# Of a key that is not of this plan.
		some key_arn, indices in _policies_by_key
		arn.parse(key_arn)
		not _keys[key_arn]
		change := facts.of_kind("key_policy")[min(indices)]
	],
)

_key_policy(key) := documents.policy(change, "key_policy", key.arn, "the key policy", [change.fact.policy]) if {
	indices := _policies_by_key[key.arn]
	change := facts.of_kind("key_policy")[min(indices)]
} else := documents.declared(key.change, "key_policy", key.arn, "the key policy", path, left) if {
	address := min(_deleted_policies[key.arn])
	path := [key.change.fact.policy]
	left := value.missing(
		address,
		concat("", ["the plan takes ", address, " away, and does not say which policy is left"]),
		"Keep the resource, or write the policy into the key.",
	)
} else := documents.declared(key.change, "key_policy", key.arn, "the key policy", path, document) if {
	path := [key.change.fact.policy]
	document := _or_default(documents.at(key.change, path), key)
}

_deleted_policies := _deleted_policy_of

_deleted_policy_of[key.arn] contains change.address if {
	plan.side == "after"
	some change in plan.changes
	change.fact.kind == "key_policy"
	change.deleted
	some key in _keys_by_text[change.before.key_id]
}

_keys_by_text := _keys_of_text

_keys_of_text[name] contains key if {
	some key in facts.keys
	some name in [key.arn, key.key_id]
}

_policies_by_key := _policy_indices

_policy_indices[owner] contains index if {
	some index, change in facts.of_kind("key_policy")
	some key_arn in facts.key_arns_at(change, ["key_id"])
	owner := _key_of(change, key_arn)
}

# A key of another plan may be named by its id alone, or by what this plan does not tell: its policy is judged all the
# same.
_key_of(change, named) := named.value if {
	named.state == "known"
	arn.parse(named.value)
} else := concat(":", [
	"arn",
	facts.partition,
	"kms",
	facts.region_text(change),
	facts.account_text,
	concat("/", ["key", named.value]),
]) if {
	is_string(named.value)
} else := planned.key_arn(facts.partition, facts.region_text(change), facts.account_text, change.index)

# The policy that KMS gives to a key for which nobody says another.
_or_default(document, _) := document if document.state != "absent"

_or_default(document, key) := value.known(kms.default_policy(facts.partition, arn.parse(key.arn).account)) if {
	document.state == "absent"
}

_grant(change) := object.union(
	{
		"Name": object.get(change.values, "name", null),
		"Operations": _texts(object.get(change.values, "operations", [])),
		"Constraints": {member: constraint[name] |
			some name, member in {
				"encryption_context_equals": "EncryptionContextEquals",
				"encryption_context_subset": "EncryptionContextSubset",
			}
			some constraint in change.values.constraints
			is_object(constraint[name])
		},
	},
	{member: text.value |
		some name, member in {"grantee_principal": "GranteePrincipal", "retiring_principal": "RetiringPrincipal"}
		[text] := facts.texts_at(change, [name])
		is_string(text.value)
	},
)

_texts(content) := [text | some text in content; is_string(text)]

# METADATA
# description: |
#   The aliases as the context has them. A name that stands for keys in several Regions says nothing by itself.
aliases := object.union(
	{change.before.name: null |
		some change in plan.changes
		change.deleted
		change.fact.kind == "alias"
		is_string(change.before.name)
	},
	{name: key_arns[0] |
		some name, targets in _targets_by_alias
		key_arns := [key_arn | some key_arn in targets]
		count(key_arns) == 1
	},
)

_targets_by_alias := _alias_targets

_alias_targets[name] contains read.values.target_key_arn if {
	some read in plan.read_data
	read.type == "aws_kms_alias"
	is_string(read.values.target_key_arn)
	some member in ["name", "arn"]
	name := read.values[member]
	is_string(name)
}

_alias_targets[name] contains key_arn.value if {
	some alias in facts.aliases
	some name in [alias.name, alias.arn]
	some key_arn in alias.keys
	key_arn.state == "known"
}
