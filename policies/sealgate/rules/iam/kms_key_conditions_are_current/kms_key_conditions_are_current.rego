# METADATA
# title: Conditions on the keys of SageMaker requests use the current names
# description: |
#   The names that end in KmsKey (sagemaker:OutputKmsKey, sagemaker:VolumeKmsKey) are deprecated: no action lists them
#   any more. Whether SageMaker still sets them is not documented, so that a guardrail that rests on one may be none.
# scope: package
# related_resources:
#   - description: Actions, resources, and condition keys for Amazon SageMaker
#     ref: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-IAM-003
#   level: recommended
#   severity: medium
#   requirements: [MTRL-14]
#   remediation: >-
#     Use the name that ends in KmsKeyArn, with the ARN of the key as its value.
package sealgate.rules.iam.kms_key_conditions_are_current

import data.sealgate.lib.finding
import data.sealgate.model.policies

checked contains subject if some subject in policies.readable({"identity", "permissions_boundary", "session"})

findings contains found if {
	some statement in policies.statements
	some condition in statement.compiled.conditions
	successor := data.sealgate.data.condition_keys.deprecated[condition.key]

	found := finding.advice(statement.policy.subject, statement.path, concat("", [
		statement.called,
		" tests ",
		condition.name,
		", which is deprecated and listed by no action; ",
		successor,
		" has replaced it",
	]))
}
