# METADATA
# title: Who a statement of a key policy is about
# description: |
#   The Principal and NotPrincipal elements. Truth is 0 (no), 1 (not known), 2 (yes). How a principal is named decides
#   what limits it: `direct` (itself, its session, everyone) and `role` (its role) grant by themselves within the
#   account, `account` only delegates to the account's own policies.
# scope: package
package sealgate.lib.iam.principal

# METADATA
# description: |
#   A Principal or NotPrincipal element in one form; only for elements without `problems`.
# scope: document
compile("*", negated) := object.union(_nobody, {"negated": negated, "everyone": true})

compile(element, negated) := {
	"negated": negated,
	"everyone": _everyone(names),
	"accounts": {_account(name) | some name in names},
	"arns": names,
	"roles": {_role(name) | some name in names},
	"services": {name | some name in _list(object.get(element, "Service", []))},
} if {
	is_object(element)
	names := {name | some name in _list(object.get(element, "AWS", []))}
}

# METADATA
# description: What is wrong with an element, as `{steps below the element, a sentence}`.
# scope: document
problems(element) := {{"steps": [], "message": "a principal is \"*\" or an object such as {\"AWS\": …}"}} if {
	not is_object(element)
	element != "*"
}

problems("*") := set()

problems(element) := union({_unknown_kinds(element), _no_texts(element), _no_principals(element)}) if is_object(element)

# METADATA
# description: Truth of whether a statement with a Principal names the caller itself, its session or everyone.
# scope: document
direct(principals, _) := 2 if principals.everyone

direct(principals, caller) := _direct(principals, caller) if not principals.everyone

# METADATA
# description: |
#   Truth of whether a statement with a Principal names the role of the caller, or the user behind a federated user.
role(principals, caller) := 2 if {
	caller.type == "role"
	principals.arns[caller.arn]
} else := 2 if {
	principals.arns[caller.role_arn]
} else := 2 if {
	principals.arns[caller.user_arn]
} else := 1 if {
	caller.type == "assumed_role_session"
	not caller.path_known
	principals.roles[caller.full_role]
} else := 0

# METADATA
# description: |
#   Truth of whether a statement with a Principal names the account of the caller. Its root user is the account itself.
# scope: document
account(principals, caller) := 2 if _has_account(principals, caller)

account(principals, caller) := 0 if not _has_account(principals, caller)

# METADATA
# description: |
#   Truth of whether a Deny is about the caller; `bounded` says that a permissions boundary is attached to it, which
#   makes every Deny with NotPrincipal apply.
# scope: document
denied(principals, caller, _) := max([
	direct(principals, caller),
	role(principals, caller),
	account(principals, caller),
]) if {
	not principals.negated
}

denied(principals, caller, bounded) := _not_excepted(principals, caller, bounded) if principals.negated

_not_excepted(principals, caller, bounded) := 0 if {
	principals.everyone
} else := 2 if {
	bounded
} else := 2 - direct(principals, caller) if {
	caller.type in {"service", "account_root"}
} else := 2 - named if {
	# The caller and its account must both be named. Whether one of them alone is enough depends on the service.
	named := max([direct(principals, caller), role(principals, caller)])
	named == account(principals, caller)
} else := 1

_direct(principals, caller) := 2 if {
	caller.type in {"user", "assumed_role_session", "federated"}
	principals.arns[caller.arn]
} else := 2 if {
	caller.type == "service"
	principals.services[caller.name]
} else := 2 if {
	caller.type == "account_root"
	principals.accounts[caller.account]
} else := 1 if {
	caller.type == "role"
	some name in principals.arns
	contains(name, caller.sessions)
} else := 0

_has_account(principals, caller) if {
	not caller.type in {"account_root", "service"}
	principals.accounts[caller.account]
}

_nobody := {"everyone": false, "accounts": set(), "arns": set(), "roles": set(), "services": set()}

_everyone(names) if names["*"]

_everyone(names) := false if not names["*"]

_account(name) := name if not contains(name, ":")

_account(name) := split(name, ":")[4] if endswith(name, ":root")

# `<account>/<role name>`, without the role's path.
_role(name) := concat("/", [parts[4], steps[count(steps) - 1]]) if {
	contains(name, ":role/")
	parts := split(name, ":")
	steps := split(parts[5], "/")
}

_list(content) := content if is_array(content)

_list(content) := [content] if not is_array(content)

_unknown_kinds(element) := {{"steps": [kind], "message": "principals are AWS, Service, Federated or CanonicalUser"} |
	some kind, _ in element
	not kind in {"AWS", "Service", "Federated", "CanonicalUser"}
}

_no_texts(element) := {{"steps": [kind], "message": "a principal is a text or a list of texts"} |
	some kind, names in element
	some name in _list(names)
	not is_string(name)
}

_no_principals(element) := {{"steps": ["AWS"], "message": _no_principal(name)} |
	some name in _list(object.get(element, "AWS", []))
	is_string(name)
	not _is_principal(name)
}

_no_principal(name) := concat("", [
	name,
	" is no AWS principal: an account, or the ARN of an account, user, role or session, without wildcards",
])

_is_principal(name) if regex.match(_principal, name)

# An account, the unique id of a principal that was deleted, everyone, or an ARN.
_principal := concat("", [
	`^(?:\*|[0-9]{12}|A[A-Z0-9]{15,}|arn:[a-z-]+:(?:iam|sts)::[^:*?]+:`,
	`(?:root|(?:user|role|assumed-role|federated-user|saml-provider|oidc-provider)/[^*?]+))$`,
])
