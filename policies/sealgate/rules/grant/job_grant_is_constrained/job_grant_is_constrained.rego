# METADATA
# title: A grant to SageMaker's jobs is constrained to a job
# description: |
#   SageMaker constrains the grants that it creates for a multi-turn RL job to the encryption context of that job. A
#   grant to job.sagemaker.amazonaws.com without such a constraint lets any job use the key, whoever made it.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-GRANT-001
#   level: required
#   severity: critical
#   requirements: [MTRL-20]
#   remediation: >-
#     Revoke the grant; SageMaker creates the grants of a job itself, with the constraint.
package sealgate.rules.grant.job_grant_is_constrained

import data.sealgate.lib.finding
import data.sealgate.model.policies

checked contains given.subject if some given in _grants

findings contains found if {
	some given in _grants
	count(policies.grant_jobs(given.grant)) == 0

	found := finding.violation(
		given.subject,
		given.path,
		"the grant lets job.sagemaker.amazonaws.com use the key without the encryption context of a job",
	)
}

_grants := [given |
	some given in policies.grants
	"job.sagemaker.amazonaws.com" in policies.grantee_services(given.grant)
]
