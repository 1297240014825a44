# METADATA
# title: The access that a plan takes away
# description: |
#   Makes the KMS calls of the jobs that a plan leaves as they are, before it is applied and after, and finds the
#   changes that take away what they need. Nothing is compared where the plan changes nothing of their keys and
#   principals.
# scope: package
package sealgate.systems.withdrawals

import data.sealgate.lib.arn
import data.sealgate.model
import data.sealgate.systems.calls
import data.sealgate.systems.principals

# METADATA
# description: |
#   The changes that are about a key or a principal of such a job: `{address, kind, owner, job}`.
candidates := {candidate |
	count(_unchanged_jobs) > 0
	some use in _uses_before
	some access in _changed_by_owner[use.owner]
	candidate := object.union(access, {"job": use.job})
}

# METADATA
# description: |
#   The calls that are not allowed any more, `{address, job, who, key, action, kind}`: denied now, and not before; or
#   allowed before, and open now that something is deleted.
lost := {{
	"address": candidate.address,
	"kind": candidate.kind,
	"job": model.named(simulation.job.subject),
	"who": simulation.who.arn.value,
	"key": simulation.key.arn,
	"action": action,
} |
	count(candidates) > 0
	some simulation in _calls_before
	some action, answer in simulation.answers
	answer.decision != "denied"
	some candidate in candidates
	candidate.job == model.named(simulation.job.subject)
	candidate.owner in _owners(simulation)
	not _deleted_uses[[candidate.address, candidate.job]]
	_takes_away(candidate, answer, _identified(simulation, action))
}

# METADATA
# description: |
#   The changes that delete a key, or a grant on the key of a custom model, which such a job still uses.
deleted := {candidate |
	some candidate in candidates
	candidate.kind in {"key", "grant"}
	data.sealgate.inputs.terraform_plan.deleted[candidate.address]
}

_deleted_uses := {[candidate.address, candidate.job] | some candidate in deleted}

_unchanged_jobs := [job | some job in model.jobs; model.unchanged[model.named(job.subject)]]

# Each world is read as an input of its own.
_calls_before := simulated if {
	# regal ignore:with-outside-test-context
	simulated := calls.simulated with input.plan_side as "before"
}

_access_before := access if {
	# regal ignore:with-outside-test-context
	access := data.sealgate.inputs.terraform_plan.changed_access with input.plan_side as "before"
}

_changed_by_owner := _changed_of_owner

_changed_of_owner[access.owner] contains access if {
	some access in (_access_before | data.sealgate.inputs.terraform_plan.changed_access)
}

# The keys and principals of the jobs, as they name them.
_uses_before := {{"job": model.named(named.job.subject), "owner": named.arn.value} |
	some named in model.named_keys
	model.unchanged[model.named(named.job.subject)]
	named.arn.state == "known"
} | {{"job": model.named(job.subject), "owner": role.value.value} |
	some job in _unchanged_jobs
	some role in array.concat([job.role], [role | some key in job.keys; some role in object.get(key, "roles", [])])
	is_string(role.value.value)
}

_still_allowed := {_identified(simulation, action) |
	some simulation in calls.simulated
	some action, answer in simulation.answers
	answer.decision == "allowed"
}

_denied_now := {_identified(simulation, action) |
	some simulation in calls.simulated
	some action, answer in simulation.answers
	answer.decision == "denied"
}

_identified(simulation, action) := concat("\n", [
	simulation.job.subject,
	simulation.entry.id,
	simulation.who.name,
	simulation.key.arn,
	action,
])

_owners(simulation) := {simulation.key.arn, principals.owner(simulation.who.arn.value)} if {
	arn.parse(simulation.who.arn.value)
} else := {simulation.key.arn}

_takes_away(_, _, call) if _denied_now[call]

_takes_away(candidate, answer, call) if {
	data.sealgate.inputs.terraform_plan.deleted[candidate.address]
	answer.decision == "allowed"
	not _still_allowed[call]
}
