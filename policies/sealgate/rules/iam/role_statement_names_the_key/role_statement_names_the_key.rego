# METADATA
# title: The statement of the execution role names the key
# description: |
#   The documentation gives the policy of a job's role the ARN of the key as its resource, not every key. For the
#   grants of labeling jobs the documented statement itself is about every key; limit it as well.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
#   - description: Encrypt output data and storage volume with AWS KMS
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-security-kms-permissions.html
#   - description: Data encryption for model evaluation jobs
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-security-kms.html
# custom:
#   id: SG-IAM-010
#   level: recommended
#   severity: medium
#   requirements: [MTRL-08, LABEL-06, BEVAL-02]
#   remediation: >-
#     Put the key's ARN into Resource.
package sealgate.rules.iam.role_statement_names_the_key

import data.sealgate.lib.arn
import data.sealgate.lib.finding
import data.sealgate.lib.iam.document
import data.sealgate.model.policies

checked contains subject if {
	some [statement, _, _] in _concerned
	subject := statement.policy.subject
}

findings contains found if {
	some [statement, use, key_arn] in _concerned
	policies.includes(statement.compiled, _any_key_beside(key_arn)) == 2

	found := finding.required_by(_weighed(statement), use.requirements)
}

_weighed(statement) := finding.advice(statement.policy.subject, statement.path, concat("", [
	statement.called,
	" is about every key",
	policies.sample_of(statement.compiled),
])) if {
	policies.sample_of(statement.compiled) != ""
} else := finding.advice(statement.policy.subject, statement.path, concat("", [
	statement.called,
	" is about every key, within the limits of its conditions, as in AWS's managed policies",
])) if {
	policies.is_limited(statement.compiled)
} else := finding.violation(statement.policy.subject, statement.path, concat("", [
	statement.called,
	" lets the execution role use every key",
]))

# A key that no statement names by its id.
_any_key_beside(key_arn) := concat(":", [
	"arn",
	parts.partition,
	"kms",
	parts.region,
	parts.account,
	"key/00000000-0000-0000-0000-000000000000",
]) if {
	parts := arn.parse(key_arn)
}

_concerned := [[statement, use, key_arn] |
	some statement in policies.statements
	statement.effect == "Allow"
	statement.policy.kind == "identity"
	role := policies.job_roles[statement.policy.owner]
	some system in role.systems
	some use in data.sealgate.data.statement_facts.uses[system]
	"identity" in use.kinds
	_names_one(statement.compiled, use.actions)
	some key_arn in role.keys
]

_names_one(compiled, actions) if {
	some action in actions
	document.names_action(compiled, action)
}
