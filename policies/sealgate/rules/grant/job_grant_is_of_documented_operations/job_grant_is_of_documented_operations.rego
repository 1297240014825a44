# METADATA
# title: A grant to SageMaker's jobs is for the use of the key alone
# description: |
#   The write grant of a multi-turn RL job lets the service encrypt and decrypt the data of that job, a read grant
#   lets it decrypt the data of the job before. Neither needs to create grants of its own, or anything else.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-GRANT-002
#   level: recommended
#   severity: high
#   requirements: [MTRL-19, MTRL-20]
#   remediation: >-
#     Revoke the grant once its job has ended, and find out who created it.
package sealgate.rules.grant.job_grant_is_of_documented_operations

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model.policies

checked contains given.subject if some given in _grants

findings contains found if {
	some given in _grants
	others := {operation |
		some operation in given.grant.Operations
		not _is_documented(operation)
	}
	count(others) > 0

	found := finding.violation(given.subject, given.path, concat("", [
		"the grant lets job.sagemaker.amazonaws.com do what no job needs: ",
		text.listed(others),
	]))
}

_is_documented(operation) if operation in data.sealgate.data.grants.services["job.sagemaker.amazonaws.com"].operations

_grants := [given |
	some given in policies.grants
	"job.sagemaker.amazonaws.com" in policies.grantee_services(given.grant)
]
