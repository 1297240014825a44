# METADATA
# title: No Deny stands against the service's own calls
# description: |
#   The service uses the key under grants that the job's submission makes. A Deny in the key policy or in a resource
#   control policy beats every grant: the job would start and fail while it runs.
# scope: package
# related_resources:
#   - description: Determining access to AWS KMS keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
# custom:
#   id: SG-CALL-004
#   level: required
#   severity: critical
#   requirements: [MTRL-19, BCUST-07]
#   remediation: >-
#     Exempt the service principal from the Deny, for instance with BoolIfExists aws:PrincipalIsAWSService false.
package sealgate.rules.call.service_call_is_not_denied

import data.sealgate.lib.finding
import data.sealgate.systems.call_findings
import data.sealgate.systems.calls

checked contains simulation.job.subject if some simulation in _judged

findings contains found if {
	some simulation in _judged
	denied := {action: answer |
		some action, answer in call_findings.denied(simulation)
		answer.kind == "explicit"
	}
	count(denied) > 0
	found := call_findings.denial(simulation, denied)
}

findings contains found if {
	some simulation in _judged
	some unknown in call_findings.doubts(simulation)

	found := finding.required_by(
		finding.unverified(simulation.job.subject, simulation.key.path, unknown),
		simulation.entry.requirements,
	)
}

_judged := [simulation |
	some simulation in calls.simulated
	simulation.entry.allowed_by_grant
]
