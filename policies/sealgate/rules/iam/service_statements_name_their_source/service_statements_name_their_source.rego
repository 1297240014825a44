# METADATA
# title: Key policy statements for SageMaker and Bedrock name the source of the call
# description: |
#   A service principal acts for every customer of the service. Without aws:SourceArn or aws:SourceAccount a statement
#   for it may be used by the service on behalf of another account (the confused deputy).
# scope: package
# related_resources:
#   - description: The confused deputy problem
#     ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
#   - description: Data encryption for model evaluation jobs
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-security-kms.html
# custom:
#   id: SG-IAM-005
#   level: recommended
#   severity: high
#   requirements: [MTRL-16, BEVAL-04]
#   remediation: >-
#     Add a condition such as StringEquals aws:SourceAccount with the account of the jobs, or ArnLike aws:SourceArn
#     with their ARNs.
package sealgate.rules.iam.service_statements_name_their_source

import data.sealgate.lib.finding
import data.sealgate.model.policies

checked contains subject if some subject in policies.readable({"key_policy"})

findings contains found if {
	some statement in policies.statements
	statement.effect == "Allow"
	some service in statement.compiled.principals.services
	count(_sources(statement)) == 0
	requirements := _requirements(service)

	found := finding.required_by(
		finding.violation(statement.policy.subject, statement.path, concat("", [
			statement.called,
			" lets ",
			service,
			" use the key for anyone: it has neither aws:SourceArn nor aws:SourceAccount",
		])),
		requirements,
	)
}

_requirements(service) := ["MTRL-16"] if {
	regex.match(`(^|\.)sagemaker\.`, service)
} else := ["BEVAL-04"] if {
	regex.match(`(^|\.)bedrock[a-z-]*\.`, service)
}

_sources(statement) := {condition.key |
	some condition in statement.compiled.conditions
	condition.key in data.sealgate.data.condition_keys.service_only
	condition.kind != "null"
	not condition.negated
}
