# METADATA
# title: What IAM and KMS would decide
# description: |
#   Evaluates a call against the policies that bear on it, as AWS documents the evaluation, with three-valued logic:
#   truth is 0 (no), 1 (not known), 2 (yes).
#
#   `evaluate(call, policies)`: the call comes from `lib/iam/call.prepare`; `policies` is
#   `object.union(iam.no_policies, {…})` with groups that `lib/iam/document` has read, each distinct document once:
#   - `key_policy`: the root of trust. No permission of IAM counts unless the key policy delegates to the account. For
#     an action that is no KMS action the key policy has no say, and the identity's policies decide.
#   - `identity`, `boundary`, `session_policies`: an absent boundary or session policy does not limit.
#   - `grants`: ListGrants entries, a value in three states.
#   - `scps`, `rcps`: levels; absent where nothing is known to be attached. Every level of `scps` must allow; SCPs bind
#     neither services nor service-linked roles. Resource control policies can only deny, and do not bind
#     service-linked roles or kms:RetireGrant. For a management account both are given as absent.
#
#   The answer is `{decision, kind, by, path, paths, nearest, missing}`:
#   - `decision`: allowed, denied or undecided; `kind`: explicit or implicit for a denial.
#   - `by`: the statement that decides, `{layer, policy, index, sid}`; null for an implicit denial and an open question.
#   - `path`: the first of `paths`, `{<path>: [statements]}`, through which the call is allowed: key_policy (a statement
#     names the caller), identity_via_key_policy (the key policy delegates to the account), grant, identity (where the
#     action has no key policy).
#   - `nearest`: where the call is not allowed, the statements that came nearest, `{layer, policy, index, sid, reason}`;
#     in an undecided call also the Deny statements that may apply.
#   - `missing`: in an undecided call what is not known: `{layer, part, reason, …}`; `layer` is context for a condition
#     key.
#
#   Within an account a permissions boundary and session policies limit what a statement grants to a role's ARN, and
#   nothing that it grants to a user, a session or to everyone. Whether a boundary, a session policy or, from another
#   account, the identity's own policies limit a grant is not documented: where they do not allow the call, a grant
#   leaves it undecided.
# scope: package
package sealgate.lib.iam

import data.sealgate.lib.iam.document
import data.sealgate.lib.iam.grant
import data.sealgate.lib.iam.organization
import data.sealgate.lib.iam.principal
import data.sealgate.lib.iam.reason
import data.sealgate.lib.iam.statement as statements

# METADATA
# description: The policies of a call that nothing is attached to.
no_policies := {
	"key_policy": document.none,
	"identity": document.none,
	"boundary": document.none,
	"session_policies": document.none,
	"grants": {"state": "absent"},
	"scps": organization.none,
	"rcps": organization.none,
}

# METADATA
# description: What IAM and KMS decide on a call.
evaluate(call, policies) := _decision(call, policies, _denials(call, policies))

_decision(call, policies, denials) := _answer({
	"decision": "denied",
	"kind": "explicit",
	"by": certain[0],
}) if {
	certain := [denial.statement.reference | some denial in denials; denial.truth == 2]
	certain != []
} else := _weighed(call, policies, denials, _permissions(call, policies))

_weighed(call, policies, denials, permissions) := _answer({
	"decision": "allowed",
	"by": _head(references),
	"path": path,
	"paths": permissions.paths,
}) if {
	permissions.truth == 2
	denials == []
	_unread_denials(call, policies) == []
	path := _first(permissions.paths)
	references := permissions.paths[path]
} else := _answer({
	"decision": "denied",
	"kind": "implicit",
	"nearest": reason.nearest(call, policies, permissions),
}) if {
	permissions.truth == 0
} else := _answer({
	"paths": permissions.paths,
	"nearest": array.concat(reason.doubts(call, denials), reason.nearest(call, policies, permissions)),
	"missing": sort({missing |
		some missing in array.flatten([
			_unread_denials(call, policies),
			reason.of_statements(call, denials),
			reason.missing(call, policies, permissions),
		])
	}),
})

_answer(known) := object.union(
	{
		"decision": "undecided",
		"kind": null,
		"by": null,
		"path": null,
		"paths": {},
		"nearest": [],
		"missing": [],
	},
	known,
)

# The root user is allowed without a statement.
_head([]) := null

_head(references) := references[0] if references != []

_first(paths) := [path | some path in ["key_policy", "identity_via_key_policy", "identity", "grant"]; paths[path]][0]

# Deny statements that apply (2) or may apply (1).

_denials(call, policies) := [denial |
	some group in _groups(call, policies)
	some statement in group.deny
	document.names_action(statement, call.action)
	resource := document.names_resource(statement, call)
	resource > 0
	who := _denied(statement.principals, call, policies)
	who > 0
	truth := min([resource, who, statements.conditions(statement, call)])
	truth > 0
	denial := {"truth": truth, "who": who, "statement": statement}
]

_denied(null, _, _) := 2

_denied(principals, call, policies) := principal.denied(principals, call.caller, _is_bounded(policies)) if {
	is_object(principals)
}

_is_bounded(policies) if policies.boundary.state == "known"

_is_bounded(policies) := false if policies.boundary.state != "known"

# Every group whose Deny statements bind the call.
_groups(call, policies) := array.flatten([
	[group |
		some layer in ["key_policy", "identity", "boundary", "session_policies"]
		group := policies[layer]
		_has_layer(layer, call)
	],
	organization.service_control(call, policies).levels,
	organization.resource_control(call, policies).levels,
])

_has_layer(layer, call) if {
	call.caller.type != "service"
	layer != "key_policy"
}

_has_layer("key_policy", call) if call.is_kms

# What is not known of the policies whose Deny would bind the call.
_unread_denials(call, policies) := array.flatten([
	[missing | some group in _groups(call, policies); some missing in group.missing],
	organization.service_control(call, policies).missing,
	organization.resource_control(call, policies).missing,
])

# What the policies allow: `truth` of the whole and of its parts, and the paths that are certain.

_permissions(call, policies) := object.union(parts, {
	"truth": min([parts.scps, max([parts.by_key, parts.by_delegation, parts.by_grant])]),
	"paths": _paths(call, parts),
}) if {
	parts := _combined(call, _parts(call, policies))
}

_parts(call, policies) := {
	"key": key,
	"direct": statements.strongest([hit.direct | some hit in key], policies.key_policy),
	"role": statements.strongest([hit.role | some hit in key], policies.key_policy),
	"account": statements.strongest([hit.account | some hit in key], policies.key_policy),
	"identity_hits": identity,
	"identity": _identity(call, identity, policies.identity),
	"boundary": _limit(call, policies.boundary),
	"session_policies": _limit(call, policies.session_policies),
	"scps": _levels(call, organization.service_control(call, policies)),
	"grants": grants,
	"granted": max({_unknown_grants(policies.grants, call)} | {hit.truth | some hit in grants; not hit.delegated}),
	"granted_account": max({0} | {hit.truth | some hit in grants; hit.delegated}),
} if {
	key := _key_hits(call, policies.key_policy)
	identity := statements.allowing(call, policies.identity)
	grants := _grant_hits(call, policies.grants)
}

_combined(call, parts) := object.union(parts, {
	"by_key": _by_key(call, parts),
	"by_delegation": min([_delegation(call, parts), parts.identity, limit]),
	"by_grant": _by_grant(call, parts, limit),
}) if {
	limit := min([parts.boundary, parts.session_policies])
}

# Statements that name the caller: within the account they are enough, from another account its own policies must
# allow as well.
_by_key(call, parts) := 0 if {
	not call.is_kms
} else := max([
	parts.direct,
	min([parts.role, parts.boundary, parts.session_policies]),
]) if {
	call.same_account
} else := min([max([parts.direct, parts.role]), parts.identity, parts.boundary, parts.session_policies])

_delegation(call, parts) := parts.account if call.is_kms

_delegation(call, _) := 2 if not call.is_kms

_by_grant(call, parts, limit) := max([
	min([parts.granted, max([_grant_limit(call, parts, limit), 1])]),
	min([parts.granted_account, parts.identity, limit]),
])

_grant_limit(call, _, limit) := limit if call.same_account

_grant_limit(call, parts, limit) := min([limit, parts.identity]) if not call.same_account

_paths(call, parts) := object.union(
	{path: references |
		some path, references in {
			"key_policy": [hit.statement.reference | some hit in parts.key; max([hit.direct, hit.role]) == 2],
			"grant": [hit.reference | some hit in parts.grants; hit.truth == 2],
		}
		parts[_truths[path]] == 2
	},
	{path: references |
		parts.by_delegation == 2
		path := _delegated_path(call)
		references := array.concat(
			[hit.statement.reference | some hit in parts.identity_hits; hit.truth == 2],
			[hit.statement.reference | some hit in parts.key; hit.account == 2],
		)
	},
)

_truths := {"key_policy": "by_key", "grant": "by_grant"}

_delegated_path(call) := "identity_via_key_policy" if call.is_kms

_delegated_path(call) := "identity" if not call.is_kms

_key_hits(call, group) := [hit |
	call.is_kms
	some statement in group.allow
	document.names_action(statement, call.action)
	direct := principal.direct(statement.principals, call.caller)
	role := principal.role(statement.principals, call.caller)
	account := principal.account(statement.principals, call.caller)
	who := max([direct, role, account])
	who > 0
	truth := min([document.names_resource(statement, call), statements.conditions(statement, call)])
	truth > 0
	hit := {
		"truth": min([truth, who]),
		"who": who,
		"direct": min([truth, direct]),
		"role": min([truth, role]),
		"account": min([truth, account]),
		"statement": statement,
	}
]

# The root user needs no policy of its own account; a service has none.
_identity(call, hits, group) := 2 if {
	call.caller.type == "account_root"
} else := 0 if {
	call.caller.type == "service"
} else := statements.strongest([hit.truth | some hit in hits], group)

# A boundary or session policies. There are none on the root user and on a service.
_limit(call, group) := 2 if {
	group.state == "absent"
} else := 2 if {
	call.caller.type in {"account_root", "service"}
} else := statements.allowed(call, group)

_levels(_, levels) := 2 if levels.state == "absent"

_levels(_, levels) := 1 if levels.state == "unknown"

_levels(call, levels) := min({2} | {statements.allowed(call, level) | some level in levels.levels}) if {
	levels.state == "known"
}

_grant_hits(call, grants) := grant.hits(grants.value, call) if {
	call.is_kms
	grants.state == "known"
} else := []

_unknown_grants(grants, call) := 1 if {
	call.is_kms
	grants.state == "unknown"
} else := 0
