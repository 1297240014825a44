# METADATA
# title: The execution role may use the key through the documented service only
# description: |
#   The documentation limits the statement that lets a job's role use the key by kms:ViaService: to Amazon S3 for
#   multi-turn RL and evaluation jobs, to Amazon Bedrock for custom models. Without it whoever has the role's
#   credentials can call KMS directly.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
#   - description: Encryption of model customization jobs and artifacts
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
#   - description: Data encryption for model evaluation jobs
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-security-kms.html
# custom:
#   id: SG-IAM-009
#   level: recommended
#   severity: medium
#   requirements: [MTRL-08, MTRL-09, BCUST-05, BEVAL-02]
#   remediation: >-
#     Add the condition StringLike kms:ViaService with the service that the message names.
package sealgate.rules.iam.role_uses_key_through_service

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
	not _is_through_service(statement)

	found := finding.required_by(_weighed(statement, _through(use, key_arn)), use.requirements)
}

_is_through_service(statement) if "kms:viaservice" in policies.needed_keys(statement.compiled)

_weighed(statement, through) := finding.advice(statement.policy.subject, statement.path, concat("", [
	statement.called,
	" limits the use of the key by the execution role, but not to requests through ",
	through,
])) if {
	policies.is_limited(statement.compiled)
} else := finding.violation(statement.policy.subject, statement.path, concat("", [
	statement.called,
	" lets the execution role use the key by itself, not only through ",
	through,
]))

_through(use, key_arn) := replace(use.through, "<region>", arn.parse(key_arn).region)

# The statements by which the role of a job may use a key of its jobs, with the use that the documentation limits.
_concerned := [[statement, use, key_arn] |
	some statement in policies.statements
	statement.effect == "Allow"
	some role in _roles(statement)
	some system in policies.job_roles[role].systems
	some use in data.sealgate.data.statement_facts.uses[system]
	use.through
	statement.policy.kind in use.kinds
	some key_arn in policies.job_roles[role].keys
	_is_about(statement, key_arn)
	_names_one(statement.compiled, use.actions)
]

_roles(statement) := {statement.policy.owner} if statement.policy.kind == "identity"

_roles(statement) := statement.compiled.principals.arns if statement.policy.kind == "key_policy"

_is_about(statement, key_arn) if {
	statement.policy.kind == "identity"
	policies.includes(statement.compiled, key_arn) > 0
}

_is_about(statement, key_arn) if statement.policy.owner == key_arn

_names_one(compiled, actions) if {
	some action in actions
	document.names_action(compiled, action)
}
