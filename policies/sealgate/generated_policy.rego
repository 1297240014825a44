package sealgate

import data.sealgate.lib.iam.document
import data.sealgate.lib.text
import data.sealgate.model.question
import data.sealgate.systems.call_findings
import data.sealgate.systems.calls
import data.sealgate.systems.placeholders
import data.sealgate.systems.principals
import data.sealgate.systems.readability
import data.sealgate.systems.requests
import data.sealgate.systems.statements

# METADATA
# title: The policies that a job needs
# description: |
#   The smallest statements that allow every call of a job, with the conditions that the documentation advises: for the
#   policy of each key, and for the principals' own policies. They are put into the context in the place of what stands
#   there (or, to complete a key policy, beside it), and every call is evaluated again: with all of them, and without
#   each single action.
#
#   What stands beside policies (boundaries, session policies, the organisation's policies) holds as the context has it.
generated_policy := {
	"key_policies": _key_policies,
	"identity_policies": _identity_policies,
	"verified": (count(_unmet) + count(_unreadable)) == 0,
	"minimal": _minimal,
	"unmet": _unmet,
	"open": [{"call": open.entry.id, "reason": open.unknown.reason, "supply": object.get(open.unknown, "supply", null)} |
		some open in calls.undetermined
	],
	"notes": [note | some note in _policy_notes],
	"problems": [problem | some problem in _unreadable],
	"version": data.sealgate.data.version,
}

_unreadable := readability.problems | _merge_problems

_key_policies := [policy |
	some key_arn in _keys_of_calls
	written := statements.for_key(_permissions, key_arn, _sids(key_arn))
	policy := {"key": key_arn, "statements": written, "merged": _merged(key_arn, written)}
	_is_worth_showing(policy)
]

_is_worth_showing(policy) if policy.statements != []

_is_worth_showing(policy) if policy.merged != null

_merged(key_arn, written) := object.union(_merge_document, {"Statement": array.concat(_present(key_arn), written)}) if {
	key_arn == _merge_key
} else := null

_identity_policies := [{
	"who": text.listed({simulation.who.name |
		some simulation in _first_simulated
		principals.owner(simulation.who.arn.value) == owner
	}),
	"principal": owner,
	"document": policy.document,
} |
	some owner in _owners
	some policy in _written_for(_permissions, owner)
]

# The calls that need a permission, one an action; what a grant of the job itself allows needs none.
_wanted := [{"simulation": simulation, "action": action} |
	some simulation in _first_simulated
	not simulation.entry.allowed_by_grant
	some action in simulation.entry.actions
]

_first_simulated := _simulated(question.given_context)

# The evaluation reads policies from the context, so other policies are another context.
_simulated(given) := simulated if {
	# regal ignore:with-outside-test-context
	simulated := array.concat(calls.simulated, requests.simulated) with input.context as given
}

_identified(simulation, action) := [simulation.entry.id, simulation.key.arn, simulation.who.arn.value, action]

# The calls that are allowed with some permissions.
_allowed_by(permissions) := {_identified(simulation, action) |
	some simulation in _simulated(_context_with(permissions))
	some action, answer in simulation.answers
	answer.decision == "allowed"
}

_scope := {"for_any_job": question.for_any_job, "minimal_conditions": question.minimal_conditions}

# From nothing, every permission is needed.
_permissions := statements.needed(_wanted, _scope) if {
	_merge_key == ""
} else := _chosen(_lacking, statements.needed(_lacking, _scope))

_lacking := [want | some want in _wanted; not _has(_allowed_before, want)]

_allowed_before := _allowed_by(set())

# What stands in one policy already is not needed there again.
_chosen(lacking, permissions) := {permission |
	some permission in statements.needed([want | some want in lacking; not _has(by_identity, want)], _scope)
	permission.policy == "key"
} | {permission |
	some permission in statements.needed([want | some want in lacking; _needs_identity(want, by_identity, by_key)], _scope)
	permission.policy == "identity"
} if {
	by_identity := _allowed_by({permission | some permission in permissions; permission.policy == "identity"})
	by_key := _allowed_by({permission | some permission in permissions; permission.policy == "key"})
}

_needs_identity(want, by_identity, _) if _has(by_identity, want)

_needs_identity(want, _, by_key) if not _has(by_key, want)

_has(allowed, want) if allowed[_identified(want.simulation, want.action)]

_allowed_after := _allowed_by(_permissions)

_unmet := [{
	"call": simulation.entry.id,
	"principal": simulation.who.arn.value,
	"action": action,
	"key": simulation.key.arn,
	"decision": answer.decision,
	"reason": call_findings.reason(answer),
} |
	some simulation in _simulated(_context_with(_permissions))
	not simulation.entry.allowed_by_grant
	some action, answer in simulation.answers
	answer.decision != "allowed"
]

default _minimal := false

_minimal if {
	every permission in _permissions {
		count(_allowed_after - _allowed_by(_permissions - {permission})) > 0
	}
}

_context_with(permissions) := object.union(object.remove(question.given_context, {"keys", "principals"}), {
	"keys": object.union(object.remove(_part("keys"), _keys_of_calls), {key_arn: entry |
		some key_arn in _keys_of_calls
		entry := _key_with(key_arn, permissions)
	}),
	"principals": object.union(object.remove(_part("principals"), _owners), {owner: entry |
		some owner in _owners
		entry := _principal_with(owner, permissions)
	}),
})

_part(name) := object.get(question.given_context, name, {})

_key_with(key_arn, permissions) := object.union(object.remove(_entry("keys", key_arn), replaced), {"policy": {
	"Version": "2012-10-17",
	"Statement": array.concat(_present(key_arn), statements.for_key(permissions, key_arn, set())),
}}) if {
	replaced := {member | some member in ["policy", "grants"]; _is_replaced(member)}
}

_is_replaced("policy")

_is_replaced("grants") if _merge_key == ""

_principal_with(owner, permissions) := object.union(object.remove(_entry("principals", owner), {"policies"}), {
	"policies": array.concat(_present_policies(owner), _written_for(permissions, owner)),
})

_written_for(permissions, owner) := [{
	"name": "generated",
	"document": {"Version": "2012-10-17", "Statement": written},
} |
	written := statements.for_owner(permissions, owner)
	written != []
]

_present_policies(owner) := policies if {
	_merge_key != ""
	policies := _entry("principals", owner).policies
	is_array(policies)
} else := []

default _entry(_, _) := {}

_entry(part, name) := entry if {
	entry := question.given_context[part][name]
	is_object(entry)
}

_keys_of_calls := {simulation.key.arn | some simulation in _first_simulated}

_owners := {principals.owner(want.simulation.who.arn.value) |
	some want in _wanted
	not startswith(want.simulation.entry.principal, "service:")
}

# The key policy that is to be completed, and whose it is.

_merge_document := json.unmarshal(question.merge.value) if {
	is_string(question.merge.value)
	json.is_valid(question.merge.value)
} else := question.merge.value

default _merge_key := ""

_merge_key := key_arn if {
	count(_merge_problems) == 0
	question.merge.state == "known"
	some key_arn in _merge_candidates
}

_merge_candidates := {question.key.value} if {
	question.key.state == "known"
} else := _keys_of_calls

_merge_problems contains concat("", [
	"the key policy to complete is malformed at ",
	problem.pointer,
	": ",
	problem.message,
]) if {
	some problem in document.single(question.merge, "key_policy", "the key policy").problems
}

_merge_problems contains message if {
	question.merge.state == "known"
	count(_merge_candidates) > 1
	message := concat("", ["say which key's policy is to be completed: the job uses ", text.listed(_merge_candidates)])
}

_merge_problems contains message if {
	question.merge.state == "known"
	count(_merge_candidates - _keys_of_calls) > 0
	message := concat("", ["the job makes no call on ", text.listed(_merge_candidates)])
}

_merge_problems contains "the job makes no call on any key" if {
	question.merge.state == "known"
	count(_merge_candidates) == 0
}

# The statements of the key policy that is completed; none for any other key.
_present(key_arn) := _listed(_merge_document.Statement) if {
	key_arn == _merge_key
} else := []

_listed(statement) := statement if is_array(statement)

_listed(statement) := [statement] if not is_array(statement)

_sids(key_arn) := {statement.Sid | some statement in _present(key_arn)}

# What a person should know before the policies are used.

_policy_notes contains "no call of this request is known that needs a permission" if count(_wanted) == 0

_policy_notes contains concat("", [
	"the statements are no whole key policy: they go into the policy of ",
	policy.key,
	", which must keep a statement for its administrators",
]) if {
	some policy in _key_policies
	policy.merged == null
}

_policy_notes contains concat("", [
	"that the job makes the call ",
	want.simulation.entry.id,
	" (",
	text.listed(object.keys(want.simulation.answers)),
	" by ",
	want.simulation.who.name,
	") is an inference, which no document states",
]) if {
	some want in _wanted
	want.simulation.inferred
}

_policy_notes contains concat("", [
	"the documents do not settle who makes the call ",
	want.simulation.entry.id,
	": the statements allow it to each who may",
]) if {
	some want in _wanted
	want.simulation.alternative
}

_policy_notes contains concat("", [
	"AWS's own sample for the call ",
	want.simulation.entry.id,
	" also allows ",
	text.listed(want.simulation.entry.advised_actions),
	", which the job is not known to need",
]) if {
	some want in _wanted
	want.simulation.entry.advised_actions
}

_policy_notes contains concat("", [
	"the role of the session ",
	arn,
	" is taken to have no path: supply caller.role_arn where it has one",
]) if {
	some want in _wanted
	arn := want.simulation.who.arn.value
	contains(arn, ":assumed-role/")
	not principals.has_role_arn(arn)
}

_policy_notes contains concat("", [
	want.simulation.job.subject,
	" continues from an earlier job, so its conditions allow every job of the category",
]) if {
	not question.minimal_conditions
	some want in _wanted
	placeholders.is_iterative(want.simulation.job)
}
