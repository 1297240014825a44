# METADATA
# title: Why a call is not allowed
# description: |
#   The statements that came nearest to allowing a call, with the first part of each that did not hold, and what is not
#   known where a call is undecided. `permissions` are those that `lib/iam` has weighed.
# scope: package
package sealgate.lib.iam.reason

import data.sealgate.lib.iam.condition
import data.sealgate.lib.iam.document
import data.sealgate.lib.iam.organization
import data.sealgate.lib.iam.principal
import data.sealgate.lib.iam.statement as statements

# METADATA
# description: |
#   The statements that came nearest to allowing a call, with the reason why they do not; nothing where a doubt about
#   a Deny is all that is left.
# scope: document
nearest(_, _, permissions) := [] if permissions.truth == 2

nearest(call, policies, permissions) := array.concat(
	_nearest_in_key_policy(call, policies.key_policy, permissions),
	[found |
		some [group, layer] in _limits(call, policies, permissions)
		some found in _nearest_in(call, group, layer)
	],
) if {
	permissions.truth < 2
}

# The groups beside the key policy that do not allow the call although something else does.
_limits(call, policies, permissions) := array.concat(
	[[policies[layer], layer] |
		some layer in ["identity", "boundary", "session_policies"]
		permissions[layer] < 2
		_is_asked(layer, call, permissions)
	],
	[[level, "scp"] |
		some level in organization.service_control(call, policies).levels
		statements.allowed(call, level) < 2
	],
)

_is_asked("identity", call, permissions) if {
	call.caller.type != "service"
	_is_open_to_identity(call, permissions)
}

_is_asked(layer, _, permissions) if {
	layer != "identity"
	max([permissions.role, permissions.identity]) > 0
}

_is_open_to_identity(call, _) if not call.is_kms

_is_open_to_identity(call, permissions) if {
	call.is_kms
	permissions.account > 0
}

_is_open_to_identity(call, permissions) if {
	not call.same_account
	max([permissions.direct, permissions.role]) > 0
}

_nearest_in_key_policy(call, group, permissions) := [] if {
	not call.is_kms
} else := _best(found) if {
	found := [failure |
		some statement in group.allow
		document.names_action(statement, call.action)
		who := max([principal.direct(statement.principals, call.caller), principal.role(statement.principals, call.caller)])
		_is_candidate(who, permissions)
		failure := _failure(statement, call, max([who, principal.account(statement.principals, call.caller)]))
	]
	found != []
} else := [] if {
	max([permissions.direct, permissions.role, permissions.account]) > 0
} else := [_nobody("key_policy", call)]

# Where the key policy delegates, only statements that name the caller are of interest in it.
_is_candidate(_, permissions) if permissions.account == 0

_is_candidate(who, permissions) if {
	permissions.account > 0
	who > 0
}

_nearest_in(call, group, layer) := _best(found) if {
	found := [failure |
		some statement in group.allow
		document.names_action(statement, call.action)
		failure := _failure(statement, call, 2)
	]
	found != []
} else := [_nobody(layer, call)] if {
	group.missing == []
} else := []

_best(failures) := [failure.statement | some failure in failures; failure.rank == highest] if {
	highest := max([failure.rank | some failure in failures])
}

_nobody(layer, call) := {
	"layer": layer,
	"policy": null,
	"index": null,
	"sid": null,
	"reason": concat("", ["no statement allows ", call.name]),
}

# Ranked by truth, and by how many of principal, resource and conditions held. Undefined where all of it holds.
_failure(statement, call, who) := {"rank": [who, 1], "statement": _with_reason(statement, reason)} if {
	who < 2
	reason := _principal_reason(who, call)
} else := {"rank": [resource, 2], "statement": _with_reason(statement, reason)} if {
	resource := document.names_resource(statement, call)
	resource < 2
	reason := _resource_reason(resource, call)
} else := {"rank": [truth, 3], "statement": _with_reason(statement, condition.explained(failing[0], call))} if {
	truth := statements.conditions(statement, call)
	truth < 2
	failing := [test | some test in statement.conditions; condition.truth(test, call) == truth]
}

# METADATA
# description: The Deny statements of a call that may apply, with what leaves them open.
doubts(call, denials) := [_with_reason(denial.statement, _doubt(denial.statement, call)) | some denial in denials]

_doubt(statement, call) := condition.explained(open[0], call) if {
	open := [test | some test in statement.conditions; condition.truth(test, call) == 1]
	open != []
} else := _resource_reason(1, call) if {
	document.names_resource(statement, call) == 1
} else := _principal_reason(1, call)

_with_reason(statement, reason) := object.union(statement.reference, {"reason": reason})

_principal_reason(0, call) := concat("", ["its principals do not include ", _who(call.caller)])

_principal_reason(1, call) := concat("", ["whether its principals include ", _who(call.caller), " is not known"])

_who(caller) := caller.arn if caller.type != "service"

_who(caller) := concat("", ["the service ", caller.name]) if caller.type == "service"

_resource_reason(0, call) := concat("", ["its resources do not include ", call.resource.value])

_resource_reason(1, _) := "whether its resources include that of the call is not known"

# METADATA
# description: What is not known of an undecided call, apart from what its Deny statements leave open.
# scope: document
missing(_, _, permissions) := [] if permissions.truth == 2

missing(call, policies, permissions) := array.flatten([
	of_statements(call, array.concat(permissions.key, permissions.identity_hits)),
	of_statements(call, [hit |
		some [group, _] in _limits(call, policies, permissions)
		some hit in statements.allowing(call, group)
	]),
	_missing_grants(call, policies.grants, permissions),
]) if {
	permissions.truth < 2
}

_missing_grants(call, grants, _) := [_without_state({"layer": "grant", "part": "grants on the key"}, grants)] if {
	_is_open(grants, call)
}

_missing_grants(call, grants, permissions) := [{
	"layer": "grant",
	"part": hit.reference.policy,
	"reason": "whether the grant allows this call is not known",
} |
	some hit in permissions.grants
] if {
	not _is_open(grants, call)
}

_without_state(names, unknown) := object.union(names, object.remove(unknown, ["state"]))

# METADATA
# description: What leaves statements undecided, of those that may allow or deny a call.
of_statements(call, hits) := [missing |
	some hit in hits
	hit.truth == 1
	some missing in array.flatten([
		_of_conditions(hit.statement, call),
		_unknown_resource(hit.statement, call),
		_unknown_principal(hit, call),
	])
]

_of_conditions(statement, call) := [missing |
	some test in statement.conditions
	condition.truth(test, call) == 1
	some missing in _of_condition(test, call, condition.unknown(test, call))
]

_of_condition(_, _, unknown) := [_without_state({"layer": "context", "part": key}, content) |
	some key, content in unknown
] if {
	count(unknown) > 0
}

_of_condition(test, call, unknown) := [{
	"layer": "condition",
	"part": concat(" ", [test.operator, test.name]),
	"reason": concat("", ["AWS does not document the outcome of ", condition.explained(test, call)]),
}] if {
	count(unknown) == 0
}

_unknown_resource(statement, call) := [{
	"layer": "context",
	"part": "resource",
	"reason": _resource_reason(1, call),
}] if {
	document.names_resource(statement, call) == 1
} else := []

_unknown_principal(hit, call) := [{
	"layer": "principal",
	"part": _who(call.caller),
	"reason": _principal_reason(1, call),
}] if {
	hit.who == 1
} else := []

# Whether the grants on the key are not known.
_is_open(grants, call) if {
	call.is_kms
	grants.state == "unknown"
}
