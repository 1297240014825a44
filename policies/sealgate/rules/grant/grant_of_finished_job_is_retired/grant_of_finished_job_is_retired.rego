# METADATA
# title: Grants of a job that has ended are retired
# description: |
#   SageMaker retires the grants of a multi-turn RL job when the job completes. A grant that is still there after its
#   job has ended gives the service a use of the key that nothing needs.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
#   - description: Grants in AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/grants.html
# custom:
#   id: SG-GRANT-003
#   level: recommended
#   severity: medium
#   requirements: [MTRL-22]
#   remediation: >-
#     Revoke the grant: aws kms revoke-grant with the key and the id of the grant.
package sealgate.rules.grant.grant_of_finished_job_is_retired

import data.sealgate.lib.finding
import data.sealgate.model.context
import data.sealgate.model.policies

checked contains given.subject if some given in _grants

findings contains found if {
	some given in _grants
	status := context.job_status(given.job_arn)
	status.state == "known"
	status.value in data.sealgate.data.grants.finished

	found := finding.violation(given.subject, given.path, concat("", [
		"the grant is still there although its job ",
		given.job_arn,
		" has ended: ",
		status.value,
	]))
}

findings contains found if {
	some given in _grants
	context.job_status(given.job_arn).state == "absent"

	found := finding.violation(given.subject, given.path, concat("", [
		"the grant is still there although its job ",
		given.job_arn,
		" does not exist",
	]))
}

# One finding a key: many grants may stand on it.
findings contains found if {
	some given in _grants
	status := context.job_status(given.job_arn)
	status.state == "unknown"

	found := finding.unverified(
		concat(" ", [given.key_arn, "grants"]),
		["context", "keys", given.key_arn, "grants"],
		status,
	)
}

_grants := [object.union(given, {"job_arn": job_arn}) |
	some given in policies.grants
	not given.requested
	"job.sagemaker.amazonaws.com" in policies.grantee_services(given.grant)
	some job_arn in policies.grant_jobs(given.grant)
]
