# METADATA
# title: The calls that IAM is asked about
# description: |
#   `prepare` makes a call ready to be evaluated, once. A call is
#   `{principal, action, resource, key_account, context, [complete]}`:
#   - `principal`: `{type, arn, account}`; `type` is role, user, assumed_role_session (with `role_arn` where it is
#     known: a session ARN has lost the role's path), account_root, federated (an STS federated user; `user_arn` where
#     it is known) or service (`{type, name}`). A `role` is a session of that role whose name is not known.
#   - `resource`: an ARN, or a value in three states; `key_account`: the account of the key.
#   - `context`: `{<condition key, in any case>: value in three states}`; a known value is a text, boolean or number, or
#     a list of them for a key with several values.
#   - `complete: true`: every key that `context` does not have is absent from the call; else it is unknown.
#   Keys that follow from the principal, the account and the resource are added where `context` does not have them.
# scope: package
package sealgate.lib.iam.call

# METADATA
# description: |
#   A call as the evaluator reads it: `{action, name, resource, context, others, caller, same_account, is_kms}`.
prepare(call) := {
	"action": lower(call.action),
	"name": call.action,
	"resource": _resource(call.resource),
	"context": object.union(_computed(call, caller), {lower(key): _texts(value) | some key, value in call.context}),
	"others": _others(call),
	"caller": caller,
	"same_account": _same_account(caller, call),
	"is_kms": startswith(lower(call.action), "kms:"),
} if {
	caller := _caller(call.principal)
}

_resource(resource) := {"state": "known", "value": resource} if is_string(resource)

_resource(resource) := resource if is_object(resource)

_others(call) := {"state": "absent"} if call.complete

_others(call) := {"state": "unknown", "reason": "the documents do not say what this call carries there"} if {
	not call.complete
}

_same_account(caller, _) if caller.type == "service"

_same_account(caller, call) if {
	caller.type != "service"
	caller.account == call.key_account
}

_same_account(caller, call) := false if {
	caller.type != "service"
	caller.account != call.key_account
}

# What the principal elements of policies are compared with: `full_role` is `<account>/<role name>`, by which a role is
# recognised when its path is not known; `sessions` begins the ARN of every session of the role.
_caller(principal) := object.union(principal, {
	"full_role": concat("/", [principal.account, name]),
	"sessions": concat("", [":sts::", principal.account, ":assumed-role/", name, "/"]),
	"linked": contains(principal.arn, ":role/aws-service-role/"),
}) if {
	principal.type == "role"
	name := _last(principal.arn)
}

_caller(principal) := object.union(principal, {
	"full_role": concat("/", [principal.account, split(principal.arn, "/")[1]]),
	"role_arn": object.get(principal, "role_arn", _without_path(principal)),
	"path_known": _has_role_arn(principal),
	"linked": contains(object.get(principal, "role_arn", ""), ":role/aws-service-role/"),
}) if {
	principal.type == "assumed_role_session"
}

_caller(principal) := object.union(principal, {"linked": false}) if {
	principal.type in {"user", "account_root", "federated", "service"}
}

_has_role_arn(principal) if principal.role_arn

_has_role_arn(principal) := false if not principal.role_arn

_without_path(session) := concat("", [
	"arn:",
	split(session.arn, ":")[1],
	":iam::",
	session.account,
	":role/",
	split(session.arn, "/")[1],
])

_last(arn) := parts[count(parts) - 1] if parts := split(arn, "/")

_texts(value) := {"state": "known", "several": true, "value": [_text(item) | some item in value.value]} if {
	value.state == "known"
	is_array(value.value)
}

_texts(value) := {"state": "known", "several": false, "value": [_text(value.value)]} if {
	value.state == "known"
	not is_array(value.value)
}

_texts(value) := value if value.state != "known"

_text(item) := item if is_string(item)

_text(item) := json.marshal(item) if not is_string(item)

_computed(call, caller) := object.union(_of_resource(call), _of_principal(caller))

_of_resource(call) := {
	"aws:resourceaccount": _one(call.key_account),
	"aws:requestedregion": _one(split(call.resource, ":")[3]),
} if {
	is_string(call.resource)
	startswith(call.resource, "arn:")
} else := {"aws:resourceaccount": _one(call.key_account)}

_of_principal(caller) := {
	"aws:principalisawsservice": _one("true"),
	"aws:principalservicename": _one(caller.name),
	"aws:principalarn": {"state": "absent"},
	"aws:principalorgid": {"state": "absent"},
	"aws:username": {"state": "absent"},
} if {
	caller.type == "service"
}

_of_principal(caller) := {
	"aws:principalisawsservice": _one("false"),
	"aws:principalservicename": {"state": "absent"},
	"aws:principalarn": _arn(caller),
	"aws:principalaccount": _one(caller.account),
	"aws:principaltype": _one(_types[caller.type]),
	"aws:username": _user_name(caller),
	"kms:calleraccount": _one(caller.account),
	"aws:sourcearn": {"state": "absent"},
	"aws:sourceaccount": {"state": "absent"},
	"aws:sourceorgid": {"state": "absent"},
	"aws:sourceorgpaths": {"state": "absent"},
} if {
	caller.type != "service"
}

_types := {
	"account_root": "Account",
	"assumed_role_session": "AssumedRole",
	"federated": "FederatedUser",
	"role": "AssumedRole",
	"user": "User",
}

_arn(caller) := _one(caller.arn) if caller.type != "assumed_role_session"

_arn(caller) := _one(caller.role_arn) if {
	caller.type == "assumed_role_session"
	caller.path_known
}

_arn(caller) := {"state": "unknown", "reason": "a session's ARN does not show the path of its role"} if {
	caller.type == "assumed_role_session"
	not caller.path_known
}

_user_name(caller) := _one(_last(caller.arn)) if caller.type == "user"

_user_name(caller) := {"state": "absent"} if caller.type != "user"

_one(content) := {"state": "known", "several": false, "value": [content]}
