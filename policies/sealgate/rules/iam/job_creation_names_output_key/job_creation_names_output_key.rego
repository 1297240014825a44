# METADATA
# title: Permission to create jobs says which keys they may name
# description: |
#   The condition key sagemaker:OutputKmsKeyArn in the policies of those who create jobs makes IAM refuse jobs under
#   other keys, and, in a Deny, jobs without a key.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
#   - description: Actions, resources, and condition keys for Amazon SageMaker
#     ref: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html
# custom:
#   id: SG-IAM-011
#   level: recommended
#   severity: low
#   requirements: [MTRL-14]
#   remediation: >-
#     Add the condition ArnEquals sagemaker:OutputKmsKeyArn with the approved keys.
package sealgate.rules.iam.job_creation_names_output_key

import data.sealgate.lib.finding
import data.sealgate.lib.iam.document
import data.sealgate.model.policies

checked contains statement.policy.subject if some statement in _concerned

findings contains found if {
	some statement in _concerned
	statement.policy.kind == "identity"
	statement.effect == "Allow"
	not _tests_key(statement)
	not _is_guarded(statement)

	found := finding.advice(statement.policy.subject, statement.path, concat("", [
		statement.called,
		" allows sagemaker:CreateJob with any key, or none: it has no condition on sagemaker:OutputKmsKeyArn",
	]))
}

_concerned := [statement | some statement in policies.statements; _is_concerned(statement)]

_is_concerned(statement) if document.names_action(statement.compiled, "sagemaker:createjob")

# A Deny, or a document that limits what the others allow, does as well.
_is_guarded(statement) if {
	some index in policies.statements_by_owner[statement.policy.owner]
	other := policies.statements[index]
	_is_concerned(other)
	_limits(other)
	_tests_key(other)
}

_limits(statement) if statement.effect == "Deny"

_limits(statement) if statement.policy.kind in {"permissions_boundary", "session"}

_tests_key(statement) if {
	some condition in statement.compiled.conditions
	condition.key == "sagemaker:outputkmskeyarn"
}
