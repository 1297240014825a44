# METADATA
# title: KMS grants
# description: |
#   What the grants on a key allow a call. A grant is an entry of ListGrants: `{GrantId, GranteePrincipal |
#   GranteeServicePrincipal, Operations, Constraints}`. Truth is 0 (no), 1 (not known), 2 (yes).
# scope: package
package sealgate.lib.iam.grant

import data.sealgate.lib.iam.pattern
import data.sealgate.lib.iam.principal

# METADATA
# description: |
#   The grants that allow a call or may, as `{truth, delegated, reference}`; `delegated` where the grantee is the
#   account of the caller.
hits(grants, call) := [hit |
	some index, grant in grants
	some operation in object.get(grant, "Operations", [])
	lower(concat("", ["kms:", operation])) == call.action
	some hit in _by_grantee(grant, call, _reference(grant, index))
]

_by_grantee(grant, call, reference) := [{"truth": truth, "delegated": delegated, "reference": reference} |
	grantee := principal.compile(_element(grant), false)
	delegated := _is_delegated(grantee, call.caller)
	truth := min([_named(grantee, call.caller), _constrained(object.get(grant, "Constraints", {}), call)])
	truth > 0
]

_reference(grant, index) := {
	"layer": "grant",
	"policy": concat(" ", ["grant", object.get(grant, "GrantId", format_int(index + 1, 10))]),
	"index": index,
	"sid": object.get(grant, "Name", null),
}

_element(grant) := {"Service": grant.GranteeServicePrincipal} if {
	grant.GranteeServicePrincipal
} else := {"Service": grant.GranteePrincipal} if {
	endswith(grant.GranteePrincipal, ".amazonaws.com")
} else := {"AWS": object.get(grant, "GranteePrincipal", [])}

_is_delegated(grantee, caller) if {
	caller.type != "account_root"
	grantee.accounts[caller.account]
} else := false

_named(grantee, caller) := max([
	principal.direct(grantee, caller),
	principal.role(grantee, caller),
	principal.account(grantee, caller),
])

# DescribeKey and RetireGrant have no encryption context; the constraints do not apply to them.
_constrained(_, call) := 2 if call.action in {"kms:describekey", "kms:retiregrant"}

_constrained(constraints, call) := min([
	_pairs(object.get(constraints, "EncryptionContextSubset", {}), call),
	_pairs(object.get(constraints, "EncryptionContextEquals", {}), call),
	_only(object.get(constraints, "EncryptionContextEquals", null), call),
	_source(object.get(constraints, "SourceArn", null), call),
]) if {
	not call.action in {"kms:describekey", "kms:retiregrant"}
}

_pairs(pairs, call) := min(array.concat([2], [_pair(_context(call, name), content) | some name, content in pairs]))

_context(call, name) := object.get(call.context, concat("", ["kms:encryptioncontext:", lower(name)]), call.others)

_pair(value, content) := 2 if {
	value.state == "known"
	value.value == [content]
} else := 1 if {
	value.state == "unknown"
} else := 0

# EncryptionContextEquals: no other pairs.
_only(null, _) := 2

_only(pairs, call) := _same_names({lower(name) | some name, _ in pairs}, names) if {
	is_object(pairs)
	names := object.get(call.context, "kms:encryptioncontextkeys", call.others)
}

_same_names(names, value) := 2 if {
	value.state == "known"
	{lower(name) | some name in value.value} == names
} else := 1 if {
	value.state == "unknown"
} else := 0

_source(null, _) := 2

_source(arn, call) := _from(arn, object.get(call.context, "aws:sourcearn", call.others)) if is_string(arn)

_from(arn, value) := 2 if {
	value.state == "known"
	some source in value.value
	pattern.matches(pattern.arn([arn]), source)
} else := 1 if {
	value.state == "unknown"
} else := 0
