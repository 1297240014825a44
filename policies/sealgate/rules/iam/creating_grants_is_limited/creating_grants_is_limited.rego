# METADATA
# title: Permission to create grants is limited
# description: |
#   Who may create grants on a key may let anyone use it for anything, also for what he may not do himself. A
#   statement that allows kms:CreateGrant is limited by kms:GrantIsForAWSResource, so that only AWS services create
#   grants on behalf of the principal, or by the operations or the grantee of the grant. The account's own statement
#   and those for administrators, who may change the key policy anyway, are no matter of this rule.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
#   - description: Encrypt output data and storage volume with AWS KMS
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-security-kms-permissions.html
#   - description: Condition keys for AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html
# custom:
#   id: SG-IAM-008
#   level: recommended
#   severity: high
#   requirements: [MTRL-11, LABEL-06]
#   remediation: >-
#     Give kms:CreateGrant a statement of its own with the condition Bool kms:GrantIsForAWSResource true; where the
#     service is not known to set it, limit kms:GrantOperations.
package sealgate.rules.iam.creating_grants_is_limited

import data.sealgate.lib.finding
import data.sealgate.lib.iam.document
import data.sealgate.model.policies

checked contains subject if some subject in policies.readable({"key_policy", "identity"})

findings contains found if {
	some statement in policies.statements
	statement.effect == "Allow"
	statement.policy.kind in {"key_policy", "identity"}
	document.names_action(statement.compiled, "kms:creategrant")
	not document.names_action(statement.compiled, "kms:putkeypolicy")
	not _is_for_accounts(statement.compiled)
	not _limits_grants(statement.compiled, "Allow")
	not _denies_others(statement.policy)

	found := _weighed(statement)
}

_weighed(statement) := finding.advice(statement.policy.subject, statement.path, concat("", [
	statement.called,
	" allows grants of any kind",
	policies.sample_of(statement.compiled),
])) if {
	policies.sample_of(statement.compiled) != ""
} else := finding.advice(statement.policy.subject, statement.path, concat("", [
	statement.called,
	" limits where grants are created, but neither what they may allow nor to whom",
])) if {
	policies.is_limited(statement.compiled)
} else := finding.violation(statement.policy.subject, statement.path, concat("", [
	statement.called,
	" allows grants of any kind, to anyone",
]))

# A statement for accounts delegates to the policies there, which are judged themselves.
_is_for_accounts(compiled) if {
	compiled.principals.everyone == false
	count(compiled.principals.services) == 0
	every name in compiled.principals.arns {
		_is_account(name)
	}
}

_is_account(name) if not contains(name, ":")

_is_account(name) if endswith(name, ":root")

_limits_grants(compiled, effect) if {
	some condition in compiled.conditions
	condition.key == "kms:grantisforawsresource"
	condition.kind == "boolean"
	condition.texts == {{"Allow": "true", "Deny": "false"}[effect]}
}

_limits_grants(compiled, effect) if {
	some condition in compiled.conditions
	condition.key in {"kms:grantoperations", "kms:granteeprincipal", "kms:granteeserviceprincipal"}
	condition.negated == {"Allow": false, "Deny": true}[effect]
	condition.kind != "null"
}

# A Deny for every other grant limits as well.
_denies_others(policy) if {
	some index in policies.statements_by_owner[policy.owner]
	statement := policies.statements[index]
	statement.effect == "Deny"
	document.names_action(statement.compiled, "kms:creategrant")
	_limits_grants(statement.compiled, "Deny")
}
