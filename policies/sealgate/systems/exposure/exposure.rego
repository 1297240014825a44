# METADATA
# title: Who a key policy lets use the key
# description: |
#   Reads each Allow statement of a key policy as what it gives to whom: a row for each statement and principal,
#   `{width, kind, who, actions, conditions, services, widens, by}`. `kind` is everyone, other_account, account, service
#   or principal, and `width` its place in that order, the widest first; `actions` are the KMS actions in full, without
#   those that an unconditional Deny takes away again; `conditions` bind the row as they stand in the statement, and
#   `services` are those that its kms:ViaService names; `widens` has the actions by which the holder can give the key to
#   others.
# scope: package
package sealgate.systems.exposure

import data.sealgate.lib.arn
import data.sealgate.lib.iam.document

# METADATA
# description: The rows of a key policy, given as its document and as the group that `lib/iam/document` has read.
of_policy(policy, group, key_arn) := [row |
	some statement in group.allow
	document.names_resource(statement, _on(key_arn)) > 0
	given := _statement(policy, statement)
	some named in _named(given.Principal)
	who := _bound(_who(named, key_arn), object.get(given, "Condition", {}), key_arn)
	actions := {action |
		some action in _actions(statement)
		not _is_denied(group.deny, who, action, key_arn)
	}
	count(actions) > 0
	row := of_holder(who, actions, object.get(given, "Condition", {}), statement.reference)
]

# METADATA
# description: A row for a holder `{kind, who}`, with its actions as a set of lower-case names.
of_holder(holder, actions, conditions, by) := {
	"width": _widths[holder.kind],
	"kind": holder.kind,
	"who": holder.who,
	"actions": sort([data.sealgate.data.key_actions[action] | some action in actions]),
	"conditions": conditions,
	"services": sort([service | some service in _services(conditions)]),
	"widens": sort([data.sealgate.data.key_actions[action] |
		some action in actions
		action in {"kms:creategrant", "kms:putkeypolicy"}
	]),
	"by": by,
}

# METADATA
# description: The row of an entry of ListGrants.
of_grant(grant, index, key_arn) := of_holder(
	_who(_grantee(grant), key_arn),
	{action |
		some operation in object.get(grant, "Operations", [])
		action := lower(concat("", ["kms:", operation]))
		data.sealgate.data.key_actions[action]
	},
	object.get(grant, "Constraints", {}),
	{
		"layer": "grant",
		"policy": concat(" ", ["grant", object.get(grant, "GrantId", format_int(index + 1, 10))]),
		"index": index,
		"sid": object.get(grant, "Name", null),
	},
)

# METADATA
# description: |
#   The Deny statements of a key policy that concern KMS, as they stand there: `{by, principal, actions, conditions}`.
denials(policy, group) := [denial |
	some statement in group.deny
	given := _statement(policy, statement)
	denial := {
		"by": statement.reference,
		"principal": object.filter(given, ["Principal", "NotPrincipal"]),
		"actions": sort([data.sealgate.data.key_actions[action] | some action in _actions(statement)]),
		"conditions": object.get(given, "Condition", {}),
	}
]

# METADATA
# description: |
#   What of the rows `some_rows` is not in the rows `others`, as rows `{width, kind, who, actions, conditions, services,
#   widens}`.
beyond(some_rows, others) := [row |
	some holder in {object.filter(row, ["kind", "who", "conditions"]) | some row in some_rows}
	actions := {lower(action) |
		some row in some_rows
		object.filter(row, ["kind", "who", "conditions"]) == holder
		some action in row.actions
	} - {lower(action) |
		some row in others
		object.filter(row, ["kind", "who", "conditions"]) == holder
		some action in row.actions
	}
	count(actions) > 0
	row := object.remove(of_holder(holder, actions, holder.conditions, null), {"by"})
]

_widths := {"everyone": 0, "other_account": 1, "account": 2, "service": 3, "principal": 4}

# What of a call a resource element is held against.
_on(key_arn) := {
	"resource": {"state": "known", "value": key_arn},
	"context": {},
	"others": {"state": "unknown", "reason": "no call is meant"},
}

_statement(policy, compiled) := _list(policy.Statement)[compiled.reference.index]

_named("*") := ["*"]

_named(principals) := [name | some names in principals; some name in _list(names)] if is_object(principals)

_list(content) := content if is_array(content)

_list(content) := [content] if not is_array(content)

_who("*", _) := {"kind": "everyone", "who": "everyone"}

_who(name, key_arn) := _account(_account_in(name), key_arn) if _account_in(name)

_who(name, _) := {"kind": "service", "who": name} if endswith(name, ".amazonaws.com")

_who(name, _) := {"kind": "principal", "who": name} if {
	name != "*"
	not _account_in(name)
	not endswith(name, ".amazonaws.com")
}

_account_in(name) := name if regex.match(`^[0-9]{12}$`, name)

_account_in(name) := arn.parse(name).account if arn.parse(name).resource == "root"

_account(account, key_arn) := {"kind": "account", "who": account} if account == arn.parse(key_arn).account

_account(account, key_arn) := {"kind": "other_account", "who": account} if account != arn.parse(key_arn).account

# Everyone, where a condition leaves one account of them.
_bound(holder, conditions, key_arn) := _account(accounts[0], key_arn) if {
	holder.kind == "everyone"
	accounts := [account |
		some operator, tests in conditions
		lower(operator) == "stringequals"
		some key, value in tests
		lower(key) in {"aws:principalaccount", "kms:calleraccount"}
		[account] := _list(value)
	]
	count(accounts) > 0
} else := holder

_actions(statement) := {action |
	some action, _ in data.sealgate.data.key_actions
	document.names_action(statement, action)
}

_services(conditions) := {service |
	some operator, tests in conditions
	not contains(lower(operator), "not")
	some key, value in tests
	lower(key) == "kms:viaservice"
	some service in _list(value)
}

_grantee(grant) := object.get(grant, "GranteeServicePrincipal", object.get(grant, "GranteePrincipal", "(unknown)"))

# Whether a Deny without conditions takes an action from the whole of a holder.
_is_denied(statements, holder, action, key_arn) if {
	some statement in statements
	statement.conditions == []
	document.names_action(statement, action)
	document.names_resource(statement, _on(key_arn)) == 2
	_is_about(statement.principals, holder)
}

_is_about(principals, _) if {
	not principals.negated
	principals.everyone
}

_is_about(principals, holder) if {
	not principals.negated
	holder.kind in {"account", "other_account"}
	principals.accounts[holder.who]
}

_is_about(principals, holder) if {
	not principals.negated
	holder.kind == "service"
	principals.services[holder.who]
}

_is_about(principals, holder) if {
	not principals.negated
	holder.kind == "principal"
	principals.arns[holder.who]
}

_is_about(principals, holder) if {
	not principals.negated
	holder.kind == "principal"
	principals.accounts[arn.parse(holder.who).account]
}
