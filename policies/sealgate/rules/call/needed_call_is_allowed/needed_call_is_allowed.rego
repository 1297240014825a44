# METADATA
# title: Every KMS call that the job makes is allowed
# description: |
#   Each call that AWS documents for the job is put to the key policy, the principal's policies, its boundary and the
#   organization's policies. A call that they deny fails the job, at once or while it runs.
# scope: package
# related_resources:
#   - description: Determining access to AWS KMS keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
# custom:
#   id: SG-CALL-001
#   level: required
#   severity: critical
#   requirements:
#     - MTRL-05
#     - MTRL-07
#     - MTRL-10
#     - MTRL-12
#     - MTRL-13
#     - MTRL-14
#     - MTRL-18
#     - MTRL-21
#     - LABEL-02
#     - LABEL-04
#     - LABEL-05
#     - BCUST-03
#     - BCUST-04
#     - BCUST-06
#     - REST-06
#     - BEVAL-02
#     - BEVAL-03
#   remediation: >-
#     Allow the call: in the key policy for this principal, or in the principal's own policies where the key policy
#     delegates to the account.
package sealgate.rules.call.needed_call_is_allowed

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model.context
import data.sealgate.systems.call_findings
import data.sealgate.systems.calls
import data.sealgate.systems.requests

checked contains simulation.job.subject if some simulation in _simulated

checked contains undetermined.job.subject if some undetermined in calls.undetermined

findings contains found if {
	some simulation in _judged
	not simulation.alternative
	denied := call_findings.denied(simulation)
	count(denied) > 0
	found := call_findings.denial(simulation, denied)
}

# A policy may still name what no longer exists.
findings contains found if {
	some simulation in _judged
	not simulation.alternative
	context.is_no_principal(simulation.who.arn.value)

	found := finding.required_by(
		finding.fixed_by(
			finding.violation(
				simulation.job.subject,
				simulation.key.path,
				concat("", [call_findings.described(simulation), " does not exist"]),
			),
			"Name an existing role, or create this one.",
		),
		simulation.entry.requirements,
	)
}

# The documents do not settle who makes the call: it fails for certain where nobody may.
findings contains found if {
	some simulation in _judged
	simulation.alternative
	count(_alternatives(simulation)) > 0
	denied := {action: answer |
		some action, answer in call_findings.denied(simulation)
		every other in _alternatives(simulation) {
			other.answers[action].decision == "denied"
		}
	}
	count(denied) > 0
	found := call_findings.denial(simulation, denied)
}

findings contains found if {
	some simulation in _judged
	simulation.alternative
	denied := {action: answer |
		some action, answer in call_findings.denied(simulation)
		_may_be_allowed_to_another(simulation, action)
	}
	count(denied) > 0

	found := finding.required_by(
		finding.unverified(simulation.job.subject, simulation.key.path, value.unknown(concat("", [
			"the documents do not settle whether the caller or the execution role calls ",
			text.listed(object.keys(denied)),
			", which ",
			call_findings.described(simulation),
			" may not",
		]))),
		simulation.entry.requirements,
	)
}

findings contains found if {
	some simulation in _simulated
	not simulation.entry.allowed_by_grant
	some unknown in call_findings.doubts(simulation)

	found := finding.required_by(
		finding.unverified(simulation.job.subject, simulation.key.path, unknown),
		simulation.entry.requirements,
	)
}

findings contains found if {
	some undetermined in calls.undetermined
	found := finding.required_by(
		finding.unverified(undetermined.job.subject, undetermined.path, undetermined.unknown),
		undetermined.entry.requirements,
	)
}

# The calls of KMS, and the call of the API that starts the job.
_simulated := array.concat(calls.simulated, requests.simulated)

_judged := [simulation |
	some simulation in _simulated
	not simulation.inferred
	not simulation.entry.allowed_by_grant
]

# Of a caller that nobody knows there is no answer.
_may_be_allowed_to_another(simulation, _) if count(_alternatives(simulation)) == 0

_may_be_allowed_to_another(simulation, action) if {
	some other in _alternatives(simulation)
	other.answers[action].decision != "denied"
}

_alternatives(simulation) := [other |
	some index in _by_call[_call(simulation)]
	other := calls.simulated[index]
	other.key == simulation.key
	other.who != simulation.who
]

_by_call := _of_call

_of_call[_call(simulation)] contains index if {
	some index, simulation in calls.simulated
	simulation.alternative
}

_call(simulation) := concat(" ", [simulation.job.subject, simulation.entry.id])
