# METADATA
# title: A plan takes no access away that a model or job still needs
# description: |
#   A custom model, or any other job that a Terraform plan leaves as it is, stays under its key: where the plan removes
#   the statement or the grant that lets it use the key, or the key itself, the model is lost with it. The finding is
#   on the resource that is changed.
# scope: package
# related_resources:
#   - description: Encryption of custom models in Amazon Bedrock
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
# custom:
#   id: SG-PLAN-001
#   level: required
#   severity: critical
#   requirements: [BCUST-11, BEVAL-05]
#   remediation: >-
#     Keep the statement, the grant or the key for as long as the model or job is there, or remove both together.
package sealgate.rules.plan.access_is_not_taken_away

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.systems.withdrawals

checked contains candidate.address if some candidate in withdrawals.candidates

findings contains found if {
	some losing in _losing
	lost := [one | some one in withdrawals.lost; one.address == losing.address; one.job == losing.job]

	found := finding.because(
		finding.violation(losing.address, [], concat("", [
			"this change takes away what ",
			losing.job,
			" needs: ",
			concat("; ", sort([sentence | some sentence in {_sentence(lost, one.who, one.key) | some one in lost}])),
		])),
		{"job": losing.job, "actions": sort([action | some action in {one.action | some one in lost}])},
	)
}

findings contains found if {
	some taken in withdrawals.deleted
	found := finding.because(
		finding.violation(taken.address, [], concat("", [
			"the plan deletes this ",
			taken.kind,
			", and ",
			taken.job,
			", which stays, is under ",
			_under[taken.kind],
		])),
		{"job": taken.job},
	)
}

_sentence(lost, who, key_arn) := concat(" ", [
	who,
	"may no longer call",
	text.listed({one.action | some one in lost; one.who == who; one.key == key_arn}),
	"on",
	key_arn,
])

_under := {"grant": "its key", "key": "it"}

_losing := {object.filter(lost, ["address", "job"]) | some lost in withdrawals.lost}
