# METADATA
# title: A call that we infer is allowed
# description: |
#   Some calls rest on an inference: no document states who makes them, on which key or with which action. Where the
#   policies deny such a call, the job may fail; this only warns.
# scope: package
# related_resources:
#   - description: Determining access to AWS KMS keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
# custom:
#   id: SG-CALL-002
#   level: recommended
#   severity: medium
#   requirements: [MTRL-07, MTRL-13, MTRL-21, BCUST-10, REST-06, BEVAL-02]
#   remediation: >-
#     Allow the call as well, unless you know that the job works without it.
package sealgate.rules.call.inferred_call_is_allowed

import data.sealgate.systems.call_findings
import data.sealgate.systems.calls

checked contains simulation.job.subject if some simulation in _judged

findings contains found if {
	some simulation in _judged
	denied := call_findings.denied(simulation)
	count(denied) > 0
	found := object.union(call_findings.denial(simulation, denied), {
		"outcome": "advice",
		"message": concat("", [
			call_findings.denial(simulation, denied).message,
			" (that the job makes this call is an inference)",
		]),
	})
}

_judged := [simulation |
	some simulation in calls.simulated
	simulation.inferred
	not simulation.entry.allowed_by_grant
]
