# METADATA
# title: The policies that the input gives
# description: |
#   Every policy document, whatever the input was: those of the context, and those that adapters yield. Each is read
#   once, by `lib/iam/document`.
# scope: package
package sealgate.model.policies

import data.sealgate.lib.arn
import data.sealgate.lib.iam.document
import data.sealgate.lib.kms
import data.sealgate.lib.value
import data.sealgate.model.context

# METADATA
# description: |
#   The documents: `{subject, kind, owner, account, name, path, document}`. `kind` is key_policy, identity,
#   permissions_boundary, session or trust; `owner` the ARN of the key or principal; `name` what a person would call the
#   document; `document` an object or JSON text in three states. What an adapter can tell of a document in part has
#   `doubt` besides, the unknown value of the whole.
all := array.flatten([_declared, _key_policies, _principal_policies])

# What a plan or an object declares of a key or principal stands in it, and not in the context besides.
_declared := [policy | some policy in data.sealgate.inputs[_].policies]

_declared_owners := {policy.owner | some policy in _declared}

# METADATA
# description: |
#   The documents that permissions are evaluated from, each with the `group` of its statements. A trust policy is none
#   of them.
read := [object.union(policy, {
	"group": group,
	"evaluated": _evaluated(policy, layer, group),
	"steps": array.concat(policy.path, ["Statement"]),
	"has_list": _has_list(object.get(policy.document, "value", null)),
}) |
	some policy in all
	layer := _layers[policy.kind]
	group := document.single(policy.document, layer, policy.name)
]

# Where some of a document can't be told, what can be is judged, and calls are evaluated without an answer.
_evaluated(policy, layer, _) := document.single(policy.doubt, layer, policy.name) if policy.doubt

_evaluated(policy, _, group) := group if not policy.doubt

# METADATA
# description: |
#   The statements of the documents that could be read: `{policy, effect, compiled, path, called}`. Statements on the
#   actions of other services are not among them.
statements := [statement |
	some policy in read
	some effect, compiled_statements in {"Allow": policy.group.allow, "Deny": policy.group.deny}
	some compiled in compiled_statements
	statement := {
		"policy": policy,
		"effect": effect,
		"compiled": compiled,
		"path": _path(policy, compiled.reference.index),
		"called": _called(policy.name, compiled.reference),
	}
]

# METADATA
# description: The statements of a key's policy, as `lib/iam` takes them.
# scope: document
of_key(key_arn) := group if {
	group := _key_groups[key_arn]
} else := document.single(context.key_part(key_arn, "policy"), "key_policy", "the key policy")

# METADATA
# description: |
#   The statements of a principal's policies, `{identity, boundary, session_policies}`, as `lib/iam` takes them.
# scope: document
of_principal(principal_arn) := groups if {
	groups := _principal_groups[principal_arn]
} else := _principal(principal_arn, {})

# METADATA
# description: The subjects of the documents of some kinds that could be read.
readable(kinds) := {policy.subject |
	some policy in read
	kinds[policy.kind]
	policy.group.state == "known"
}

# METADATA
# description: The entries of ListGrants, as `{subject, key_arn, grant, path}`.
grants := array.concat(
	[grant | some grant in data.sealgate.inputs[_].grants],
	[{
		"subject": concat(" ", [key_arn, "grant", _grant_name(grant, index)]),
		"key_arn": key_arn,
		"grant": grant,
		"path": ["context", "keys", key_arn, "grants", index],
	} |
		some key_arn in _key_arns
		some index, grant in context.key_part(key_arn, "grants").value
		is_object(grant)
	],
)

# METADATA
# description: |
#   The services whose grants are documented that a grant is made to, such as `job.sagemaker.amazonaws.com`, under
#   either of the members that name a grantee.
grantee_services(grant) := {service |
	some service, _ in data.sealgate.data.grants.services
	some member in ["GranteeServicePrincipal", "GranteePrincipal"]
	grant[member] == service
}

# METADATA
# description: The ARNs of the jobs that a grant's constraints name as its encryption context.
grant_jobs(grant) := {grant.Constraints[constraint][row.context_key] |
	some constraint in ["EncryptionContextSubset", "EncryptionContextEquals"]
	some row in data.sealgate.data.job_categories
}

# METADATA
# description: |
#   The roles that the jobs of the input run as, each with the systems of its jobs and the ARNs of their keys, where
#   known.
job_roles := {role: {"systems": _systems_by_role[role], "keys": object.get(_keys_by_role, role, set())} |
	some role in _role_arns
}

_systems_by_role := _systems_of_role

_systems_of_role[role] contains job.system if {
	some job in data.sealgate.model.jobs
	some role in _roles(job)
}

_keys_by_role := _keys_of_role

_keys_of_role[role] contains named.arn.value if {
	some named in data.sealgate.model.named_keys
	named.arn.state == "known"
	kms.form(named.arn.value) == "key_arn"
	some role in _roles(named.job)
}

# METADATA
# description: The statements of an owner's documents, by the ARN of the owner, as indices into `statements`.
statements_by_owner := _statements_of

_statements_of[statement.policy.owner] contains index if some index, statement in statements

# METADATA
# description: |
#   Truth (0 no, 1 not known, 2 yes) of whether a statement's resources include one: what a variable stands for is not
#   known here.
includes(compiled, resource) := document.names_resource(compiled, {
	"resource": value.known(resource),
	"context": {},
	"others": value.unknown("the call is not known"),
})

# METADATA
# description: |
#   The sample statement of AWS's documentation that a statement repeats, as the end of a sentence; empty where it
#   repeats none.
sample_of(compiled) := concat("", [" (AWS's own sample: ", pages[0], ")"]) if {
	pages := [sample.page |
		some sample in data.sealgate.data.statement_facts.samples
		compiled.reference.layer == sample.layer
		compiled.actions.pattern == []
		not compiled.actions.negated
		compiled.actions.names == {action | some action in sample.actions}
		{condition.key | some condition in compiled.conditions} == {key | some key in sample.condition_keys}
	]
	count(pages) > 0
} else := ""

# METADATA
# description: |
#   The keys of the conditions without which a statement grants nothing: positive ones that hold for no request that
#   lacks the key.
needed_keys(compiled) := {condition.key |
	some condition in compiled.conditions
	_is_needed(condition)
}

# METADATA
# scope: document
# description: |
#   Whether a statement is limited to some keys, services or data: AWS's managed policies limit theirs in these ways.
is_limited(compiled) if {
	some key in needed_keys(compiled)
	key in data.sealgate.data.statement_facts.limits
}

is_limited(compiled) if {
	some condition in compiled.conditions
	some family in data.sealgate.data.statement_facts.limit_families
	startswith(condition.key, family)
}

_is_needed(condition) if {
	condition.absent == 0
	condition.kind != "null"
	not condition.negated
}

_layers := {
	"key_policy": "key_policy",
	"identity": "identity",
	"permissions_boundary": "boundary",
	"session": "session_policies",
}

_key_policies := [{
	"subject": concat(" ", [key_arn, "policy"]),
	"kind": "key_policy",
	"owner": key_arn,
	"account": arn.parse(key_arn).account,
	"name": "the key policy",
	"path": ["context", "keys", key_arn, "policy"],
	"document": context.key_part(key_arn, "policy"),
} |
	some key_arn in _key_arns
	not _declared_owners[key_arn]
]

_key_groups := {policy.owner: policy.evaluated | some policy in read; policy.kind == "key_policy"}

_principal_groups := {principal_arn: _principal(principal_arn, {"identity", "session"}) |
	some principal_arn in (_principal_arns | _declared_principals)
}

_declared_principals := {policy.owner | some policy in _declared; policy.kind != "key_policy"}

# `read_kinds`: those whose documents stand in `read` already.
_principal(principal_arn, read_kinds) := {
	"identity": _group(principal_arn, "identity", "policies", read_kinds),
	"boundary": document.single(
		context.principal_part(principal_arn, "permissions_boundary"),
		"boundary",
		"the permissions boundary",
	),
	"session_policies": _group(principal_arn, "session", "session_policies", read_kinds),
}

_read_by_owner := {owner: {kind: indices |
	some kind, _ in _layers
	indices := {index | some index in owned; read[index].kind == kind}
} |
	some owner, owned in _indices_by_owner
}

_indices_by_owner := _indices_of_owner

_indices_of_owner[policy.owner] contains index if some index, policy in read

# What is no list was not read policy by policy.
_group(principal_arn, kind, member, read_kinds) := document.merged([policy.evaluated |
	some index in object.get(_read_by_owner, [principal_arn, kind], set())
	policy := read[index]
]) if {
	kind in read_kinds
	is_array(context.principal_part(principal_arn, member).value)
} else := document.many(context.principal_part(principal_arn, member), _layers[kind])

_key_arns := {key_arn |
	some key_arn in context.entries("keys")
	kms.form(key_arn) == "key_arn"
} | {named.arn.value |
	some named in data.sealgate.model.named_keys
	named.arn.state == "known"
	kms.form(named.arn.value) == "key_arn"
}

_principal_policies := array.concat(
	[_of_principal(principal_arn, kind, part, []) |
		some principal_arn in _principal_arns
		some kind, part in {
			"permissions_boundary": {"name": "the permissions boundary", "member": "permissions_boundary"},
			"trust": {"name": "the trust policy", "member": "trust_policy"},
		}
	],
	[policy |
		some principal_arn in _principal_arns
		some kind, member in {"identity": "policies", "session": "session_policies"}
		some policy in _listed(principal_arn, kind, member, context.principal_part(principal_arn, member))
	],
)

_principal_arns := ({principal_arn |
	some principal_arn in context.entries("principals")
	arn.parse(principal_arn)
} | _role_arns) - _declared_owners

_role_arns := {role |
	some job in data.sealgate.model.jobs
	some role in _roles(job)
	arn.parse(role)
}

_roles(job) := {named.value.value |
	some named in array.concat([job.role], _roles_beside_keys(job))
	is_string(named.value.value)
}

_roles_beside_keys(job) := [role | some key in job.keys; some role in object.get(key, "roles", [])]

_of_principal(principal_arn, kind, part, steps) := {
	"subject": concat(" ", [principal_arn, substring(part.name, 4, -1)]),
	"kind": kind,
	"owner": principal_arn,
	"account": arn.parse(principal_arn).account,
	"name": part.name,
	"path": array.concat(["context", "principals", principal_arn, part.member], steps),
	"document": object.get(part, "document", context.principal_part(principal_arn, part.member)),
}

# What is no list is shown as one document, so that it is found malformed.
_listed(principal_arn, kind, member, given) := [_of_principal(principal_arn, kind, part, steps) |
	some index, entry in given.value
	steps := array.concat([index], ["document" | value.has(entry, "document")])
	part := {
		"name": _name(kind, entry, index),
		"member": member,
		"document": value.known(_document(entry)),
	}
] if {
	is_array(given.value)
} else := [_of_principal(principal_arn, kind, part, [])] if {
	part := {"name": _kind_names[kind], "member": member, "document": given}
	given.state == "known"
} else := []

_document(entry) := entry.document if value.has(entry, "document")

_document(entry) := entry if not value.has(entry, "document")

_kind_names := {"identity": "the policy", "session": "the session policy"}

_name(kind, entry, _) := concat(" ", [_kind_names[kind], entry.name]) if is_string(entry.name)

_name(kind, entry, index) := concat(" ", [_kind_names[kind], format_int(index + 1, 10)]) if not _is_named(entry)

_is_named(entry) if is_string(entry.name)

_grant_name(grant, _) := grant.GrantId if is_string(grant.GrantId)

_grant_name(grant, index) := format_int(index + 1, 10) if not _has_id(grant)

_has_id(grant) if is_string(grant.GrantId)

_path(policy, index) := array.concat(policy.steps, [index]) if policy.has_list

_path(policy, _) := policy.steps if not policy.has_list

default _has_list(_) := false

_has_list(content) if is_array(content.Statement)

_has_list(content) if {
	is_string(content)
	json.is_valid(content)
	is_array(json.unmarshal(content).Statement)
}

_called(name, reference) := concat("", ["the statement ", reference.sid, " of ", name]) if is_string(reference.sid)

_called(name, reference) := concat("", ["statement ", format_int(reference.index + 1, 10), " of ", name]) if {
	not is_string(reference.sid)
}
