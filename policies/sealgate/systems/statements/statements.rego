# METADATA
# title: The statements that allow a job's calls
# description: |
#   Writes policies from the tables that calls are simulated from. A permission is one action in one policy,
#   `{policy, key, owner, principal, name, delegates, action, resource, conditions}`: `policy` is key or identity,
#   `owner` the ARN that an identity policy is attached to, `principal` is `[AWS or Service, name]`, `name` what a Sid
#   calls it, and `conditions` a set of `[operator, key, value]`.
#
#   Within the account a statement of the key policy that names the principal is enough; where the documentation wants
#   the permission in the principal's own policy, the key policy delegates the action to the account besides. From
#   another account both must allow.
# scope: package
package sealgate.systems.statements

import data.sealgate.lib.arn
import data.sealgate.systems.placeholders
import data.sealgate.systems.principals

# METADATA
# description: |
#   The permissions for actions of simulated calls, given as `{simulation, action}`, as a set; `scope` is
#   `{for_any_job, minimal_conditions}`. A permission that another one covers, with fewer conditions, is left out.
needed(wanted, scope) := {permission |
	some permission in every_one
	not _is_covered(permission, every_one)
} if {
	names := _names_by_owner(wanted)
	every_one := {permission |
		some want in wanted
		some permission in _permissions(want, scope, names)
	}
}

# METADATA
# description: |
#   The statements of a key policy for the permissions on the key, ordered by their Sids, of which none is one of
#   `taken`.
for_key(permissions, key_arn, taken) := _statements(
	{permission |
		some permission in permissions
		permission.policy == "key"
		permission.key == key_arn
	},
	taken,
)

# METADATA
# description: The statements of a principal's own policy, ordered by their Sids.
for_owner(permissions, owner) := _statements(
	{permission |
		some permission in permissions
		permission.policy == "identity"
		permission.owner == owner
	},
	set(),
)

_permissions(want, scope, names) := {permission |
	some place in _places(want.simulation, names)
	permission := {
		"policy": place.policy,
		"key": want.simulation.key.arn,
		"owner": place.owner,
		"principal": place.principal,
		"name": place.name,
		"delegates": place.delegates,
		"action": want.action,
		"resource": _resource(want.simulation.entry, place, values),
		"conditions": _conditions(want, place, values, scope),
	}
} if {
	values := _values(want.simulation, scope)
}

_values(call, scope) := placeholders.of_category(call.job, call.key.arn, call.who.arn.value) if {
	scope.for_any_job
} else := placeholders.of_category(call.job, call.key.arn, call.who.arn.value) if {
	# The grants of such a job name the job before it as well.
	placeholders.is_iterative(call.job)
	not call.entry.resource
} else := placeholders.of_job(call.job, call.key.arn, call.who.arn.value)

# The policies that a call needs its permission in.
_places(simulation, _) := [{
	"policy": "key",
	"owner": "",
	"principal": ["Service", simulation.who.arn.value],
	"name": "Service",
	"delegates": false,
}] if {
	startswith(simulation.entry.principal, "service:")
}

_places(simulation, names) := [place |
	some kind in _kinds(simulation, owner)
	place := _place(kind, owner, names[owner])
] if {
	not startswith(simulation.entry.principal, "service:")
	owner := principals.owner(simulation.who.arn.value)
}

_place("named", owner, name) := {
	"policy": "key",
	"owner": "",
	"principal": ["AWS", owner],
	"name": name,
	"delegates": false,
}

_place("own", owner, name) := {
	"policy": "identity",
	"owner": owner,
	"principal": ["AWS", owner],
	"name": name,
	"delegates": false,
}

_place("delegated", owner, _) := {
	"policy": "key",
	"owner": "",
	"principal": ["AWS", concat("", ["arn:", parts.partition, ":iam::", parts.account, ":root"])],
	"name": "PoliciesOfAccount",
	"delegates": true,
} if {
	parts := arn.parse(owner)
}

_kinds(simulation, owner) := ["own"] if {
	simulation.entry.resource
} else := ["delegated"] if {
	# The root user has no policies of its own; what names it names the account.
	arn.parse(owner).resource == "root"
} else := ["named", "own"] if {
	arn.parse(owner).account != arn.parse(simulation.key.arn).account
} else := ["delegated", "own"] if {
	simulation.entry.must_be_in == "identity_policy"
} else := ["named"]

_names_by_owner(wanted) := {owner: concat("And", sort([name | some name in names])) |
	some want in wanted
	owner := principals.owner(want.simulation.who.arn.value)
	names := {_names[other.simulation.who.name] |
		some other in wanted
		principals.owner(other.simulation.who.arn.value) == owner
	}
}

_names := {
	"the agent runtime's role": "AgentRuntimeRole",
	"the caller": "Caller",
	"the execution role": "ExecutionRole",
	"the invoking principal": "InvokingPrincipal",
}

_resource(_, place, _) := "*" if place.policy == "key"

_resource(entry, place, values) := placeholders.filled(entry.resource, values) if {
	place.policy == "identity"
	entry.resource
}

_resource(entry, place, values) := values["<key arn>"] if {
	place.policy == "identity"
	not entry.resource
}

_conditions(_, _, _, scope) := set() if scope.minimal_conditions

_conditions(_, place, _, scope) := set() if {
	not scope.minimal_conditions
	place.delegates
}

# A condition key that the action does not have would refuse every call of it.
_conditions(want, place, values, scope) := {[_operator(operator, content), key, content] |
	some operator, tests in data.sealgate.data.advised_conditions[want.simulation.entry.id].condition
	some name, text in tests
	key := placeholders.filled(name, values)
	content := placeholders.filled(text, values)
	_has_key(want.action, lower(key))
} if {
	not scope.minimal_conditions
	not place.delegates
}

_operator("StringLike", content) := "StringEquals" if not contains(content, "*")

_operator("StringLike", content) := "StringLike" if contains(content, "*")

_operator(operator, _) := operator if operator != "StringLike"

_has_key(_, key) if startswith(key, "aws:")

_has_key(action, key) if {
	not startswith(key, "kms:encryptioncontext:")
	key in data.sealgate.data.condition_keys.actions[lower(action)]
}

_has_key(action, key) if {
	startswith(key, "kms:encryptioncontext:")
	"kms:encryptioncontext:*" in data.sealgate.data.condition_keys.actions[lower(action)]
}

_is_covered(permission, others) if {
	some other in others
	object.remove(other, {"conditions"}) == object.remove(permission, {"conditions"})
	count(other.conditions) < count(permission.conditions)
	count(other.conditions - permission.conditions) == 0
}

_statements(permissions, taken) := [object.union({"Sid": sid}, statement) |
	ordered := sort([[_sid(group), sort(_list(group.conditions)), sort(_list(group.principals)), group] |
		some group in _groups(permissions)
	])
	some index, [base, _, _, group] in ordered
	rank := count([other | some other, [name, _, _, _] in ordered; name == base; other < index])
	sid := _free(base, rank, taken)
	statement := _statement(group)
]

# Permissions that differ in their action alone make one statement, and then those that differ in their principal.
_groups(permissions) := {group |
	singles := {single |
		some permission in permissions
		single := object.union(object.remove(permission, {"action"}), {"actions": {other.action |
			some other in permissions
			object.remove(other, {"action"}) == object.remove(permission, {"action"})
		}})
	}
	some single in singles
	alike := {other |
		some other in singles
		other.principal[0] == single.principal[0]
		object.remove(other, {"principal", "name"}) == object.remove(single, {"principal", "name"})
	}
	group := object.union(object.remove(single, {"principal", "name"}), {
		"kind": single.principal[0],
		"principals": {other.principal[1] | some other in alike},
		"names": {other.name | some other in alike},
	})
}

_sid(group) := concat("", array.flatten([
	"Allow",
	concat("And", sort(_list(group.names))),
	[split(action, ":")[1] | some action in sort(_list(group.actions))],
]))

_free(base, rank, taken) := [sid |
	some number in numbers.range(1, (rank + count(taken)) + 1)
	sid := _numbered(base, number)
	not taken[sid]
][rank]

_numbered(base, 1) := base

_numbered(base, number) := concat("", [base, format_int(number, 10)]) if number > 1

_statement(group) := object.union(
	{"Effect": "Allow", "Action": _one_or_all(group.actions), "Resource": group.resource},
	object.union(_principal(group), _condition(group.conditions)),
)

_principal(group) := {"Principal": {group.kind: _one_or_all(group.principals)}} if group.policy == "key"

_principal(group) := {} if group.policy == "identity"

_condition(conditions) := {} if count(conditions) == 0

_condition(conditions) := {"Condition": {operator: tests |
	some [operator, _, _] in conditions
	tests := {key: content | some [other, key, content] in conditions; other == operator}
}} if {
	count(conditions) > 0
}

_one_or_all(names) := sort(_list(names))[0] if count(names) == 1

_one_or_all(names) := sort(_list(names)) if count(names) > 1

_list(members) := [member | some member in members]
