# METADATA
# title: Conditions on the source of a call stand on statements for services only
# description: |
#   aws:SourceArn, aws:SourceAccount and their kin are set where a service calls KMS as itself. No call of a role or
#   user has them, also not one that a service makes with the credentials of the role: a statement for a role that
#   demands one of them refuses everything.
# scope: package
# related_resources:
#   - description: The confused deputy problem
#     ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-IAM-004
#   level: recommended
#   severity: high
#   requirements: [MTRL-16]
#   remediation: >-
#     Take the condition from the statement; for a role, limit it by kms:ViaService instead.
package sealgate.rules.iam.source_conditions_are_for_services

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model.policies

checked contains subject if some subject in policies.readable({"key_policy"})

findings contains found if {
	some statement in policies.statements
	some condition in statement.compiled.conditions
	condition.key in data.sealgate.data.condition_keys.service_only
	statement.compiled.principals.everyone == false
	statement.compiled.principals.negated == false
	count(statement.compiled.principals.arns) > 0

	found := finding.violation(statement.policy.subject, statement.path, concat("", [
		statement.called,
		" ",
		_consequence(statement.effect, condition),
		" ",
		text.listed(statement.compiled.principals.arns),
		": only calls of services have ",
		condition.name,
	]))
}

# Undefined where the condition does no harm.
_consequence("Allow", condition) := "never allows anything to" if _fails(condition)

_consequence("Deny", condition) := "never denies anything to" if _fails(condition)

_consequence("Deny", condition) := "denies, whatever the source, to" if {
	condition.kind != "null"
	condition.negated
	condition.each == ""
	not _is_optional(condition)
}

_is_optional(condition) if endswith(lower(condition.operator), "ifexists")

_fails(condition) if {
	condition.kind != "null"
	condition.absent == 0
}

_fails(condition) if {
	condition.kind == "null"
	not condition.texts["true"]
}
