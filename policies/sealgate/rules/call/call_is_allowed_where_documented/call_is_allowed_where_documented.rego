# METADATA
# title: A call is allowed where the documentation wants the permission
# description: |
#   Any path that IAM accepts makes the call work. The documentation asks for some permissions in the key policy
#   itself, for others in the role's own policy; where the call is allowed elsewhere, this advises the documented
#   place.
# scope: package
# related_resources:
#   - description: Determining access to AWS KMS keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/policy-evaluation.html
# custom:
#   id: SG-CALL-003
#   level: recommended
#   severity: low
#   requirements: [LABEL-02, LABEL-04, LABEL-05, BCUST-03, BCUST-04, BCUST-06, BEVAL-02, BEVAL-03]
#   remediation: >-
#     Put the permission where the documentation has it, so that it survives a change of the other place.
package sealgate.rules.call.call_is_allowed_where_documented

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.systems.call_findings
import data.sealgate.systems.calls

checked contains simulation.job.subject if some simulation in _judged

findings contains found if {
	some simulation in _judged
	elsewhere := {action |
		some action, answer in simulation.answers
		answer.decision == "allowed"
		not _is_documented(simulation, answer)
	}
	count(elsewhere) > 0

	found := finding.required_by(
		finding.advice(simulation.job.subject, simulation.key.path, concat("", [
			call_findings.described(simulation),
			" may call ",
			text.listed(elsewhere),
			" on the key, but not by ",
			_place[simulation.entry.must_be_in],
			", where the documentation has it",
		])),
		simulation.entry.requirements,
	)
}

_judged := [simulation |
	some simulation in calls.simulated
	simulation.entry.must_be_in != "either"
]

_is_documented(simulation, answer) if answer.paths[_path[simulation.entry.must_be_in]]

_path := {"key_policy": "key_policy", "identity_policy": "identity_via_key_policy"}

_place := {"key_policy": "a statement of the key policy for it", "identity_policy": "a policy of its own"}
