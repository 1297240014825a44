# METADATA
# title: The roles and users of a plan
# description: |
#   Principals with the policies that the plan gives them: their own, attached ones, the boundary and who may assume
#   them.
# scope: package
package sealgate.inputs.terraform_plan.principals

import data.sealgate.inputs.terraform_plan.documents
import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.lib.arn
import data.sealgate.lib.planned
import data.sealgate.lib.value

# METADATA
# description: The principals as the context has them, by ARN; null for those that the plan deletes.
entries := object.union(
	object.union(plan.deleted_arns("role"), plan.deleted_arns("user")),
	{principal_arn: _described(principal) | some principal_arn, principal in _principals},
)

# METADATA
# description: The policies of roles and users, and the managed ones that the plan gives to nobody.
policies := array.concat(_principal_policies, _unattached_policies)

_principals := {principal_arn: facts.principals[min(indices)] |
	some principal_arn, indices in _indices_by_principal
}

_indices_by_principal := _indices_of_principal

_indices_of_principal[principal.arn] contains index if some index, principal in facts.principals

_principal_policies := array.concat(
	[policy |
		some principal in _principals
		some policy in _own_policies(principal)
	],
	[policy |
		some attached in _attached_policies
		some policy in attached
	],
)

_described(principal) := {
	"policies": array.concat(
		[{"name": policy.name, "document": documents.evaluated(policy)} |
			some policy in _own_policies(principal)
			policy.kind == "identity"
		],
		[{"name": policy.name, "document": documents.evaluated(policy)} |
			some index in object.get(_attached_by_principal, principal.arn, set())
			some policy in _attached_policies[index]
			policy.owner == principal.arn
		],
	),
	"permissions_boundary": _boundary(principal),
}

# What stands in the resource of the principal itself.
_own_policies(principal) := array.flatten([
	[documents.policy(principal.change, "identity", principal.arn, name, path) |
		inline := principal.change.fact.inline
		some index, block in principal.change.values[inline.block]
		name := _named("the policy", object.get(block, inline.name, null))
		path := [inline.block, index, inline.document]
	],
	[documents.policy(principal.change, "trust", principal.arn, "the trust policy", [principal.change.fact.trust]) |
		principal.change.fact.trust
	],
	[policy |
		some named in facts.each_text_at(principal.change, [principal.change.fact.managed])
		some policy in _managed(principal.change, named, principal.arn, [principal.change.fact.managed])
	],
])

_named(what, name) := concat(" ", [what, name]) if is_string(name)

_named(what, name) := what if not is_string(name)

# The policy that a resource of its own is, as one of the owner's.
_identity_policy(change, owner) := documents.policy(
	change,
	"identity",
	owner,
	_named("the policy", object.get(change.values, "name", null)),
	[change.fact.document],
)

# The policies that other resources give to a principal, by the index of the change: one for each principal.
_attached_policies := object.union(
	{change.index: [_identity_policy(change, owner) |
		some owner in _owners(change)
	] |
		some change in facts.of_kind("inline_policy")
		change.fact.of
	},
	{change.index: [policy |
		some owner in _owners(change)
		some named in facts.texts_at(change, ["policy_arn"])
		some policy in _managed(change, named, owner, ["policy_arn"])
	] |
		some change in facts.of_kind("attachment")
	},
)

_attached_by_principal := _attached_indices

_attached_indices[policy.owner] contains index if {
	some index, attached in _attached_policies
	some policy in attached
}

# The ARNs of the principals that a policy or an attachment is for. One that is not of this plan is named by what is
# known of it, so that what it is given is judged.
_owners(change) := [owner |
	some [kind, named] in _named_principals(change)
	some owner in _principals_named(change, kind, named)
]

_principals_named(_, kind, named) := _principals_by_name[concat(" ", [kind, named.value])] if {
	is_string(named.value)
	_principals_by_name[concat(" ", [kind, named.value])]
} else := {_arn_of(kind, named.value)} if {
	is_string(named.value)
}

_principals_named(change, kind, named) := {_arn_of(kind, planned.name(change.index))} if {
	not is_string(object.get(named, "value", null))
}

_arn_of(kind, name) := concat("", [
	"arn:",
	facts.partition,
	":iam::",
	facts.account_text,
	":",
	kind,
	"/",
	name,
])

# As `[kind, name in three states]`: a role and a user may have the same name.
_named_principals(change) := [[change.fact.of, named] | some named in facts.texts_at(change, [change.fact.of])] if {
	change.fact.of
} else := [[kind, named] |
	some member, kind in {"roles": "role", "users": "user"}
	some named in facts.each_text_at(change, [member])
]

_principals_by_name := _named_arns

_named_arns[concat(" ", [principal.change.fact.kind, name])] contains principal.arn if {
	some principal in facts.principals

	# By its ARN where the configuration of an old version names the resource alone.
	some name in [principal.name, principal.arn]
}

# The document behind the ARN of a managed policy: of this plan, or of none that it says.
_managed(_, named, owner, _) := [_identity_policy(found, owner) |
	some index in _managed_by_arn[named.value]
	found := plan.changes[index]
] if {
	named.state == "known"
	_managed_by_arn[named.value]
}

_managed(change, named, owner, path) := [{
	"subject": change.address,
	"kind": "identity",
	"owner": owner,
	"account": arn.parse(owner).account,
	"name": _named("the policy", object.get(named, "value", null)),
	"path": path,
	"document": _beyond(named),
}] if {
	not _managed_by_arn[object.get(named, "value", "")]
}

_beyond(named) := named if named.state == "unknown"

_beyond(named) := value.unknown(concat("", [
	"the policy ",
	_text(named.value),
	" is not of this plan, so what it allows is not known",
])) if {
	named.state == "known"
}

_text(content) := content if is_string(content)

_text(content) := concat("", ["(", value.type_of(content), ")"]) if not is_string(content)

_managed_by_arn := _managed_indices

_managed_indices[policy_arn] contains change.index if {
	some change in facts.of_kind("managed_policy")
	some policy_arn in facts.text_of({"index": change.index, "attribute": "arn"})
}

_boundary(principal) := value.absent if {
	facts.texts_at(principal.change, [principal.change.fact.boundary]) == []
} else := documents.at(found, [found.fact.document]) if {
	[named] := facts.texts_at(principal.change, [principal.change.fact.boundary])
	found := plan.changes[min(_managed_by_arn[named.value])]
} else := _beyond(named) if {
	[named] := facts.texts_at(principal.change, [principal.change.fact.boundary])
} else := value.unknown("which of several policies is the permissions boundary is not known until apply")

# A managed policy that the plan gives to nobody is judged as it stands.
_unattached_policies := [_identity_policy(change, policy_arn) |
	some policy_arn, indices in _managed_by_arn
	change := plan.changes[min(indices)]
	not _given_policies[change.address]
]

_given_policies := {policy.subject | some policy in _principal_policies}
