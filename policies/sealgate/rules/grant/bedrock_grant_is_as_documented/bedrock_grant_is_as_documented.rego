# METADATA
# title: A grant to Bedrock for a model is as documented
# description: |
#   Bedrock's primary grant for a custom model is for Decrypt, CreateGrant, GenerateDataKey and DescribeKey, its
#   secondary grants are for some of them, and each has a retiring principal. Bedrock holds grants for agents,
#   guardrails and others as well: only where the context says that the key is that of a model is another grant a
#   fault.
# scope: package
# related_resources:
#   - description: Encryption of model customization jobs and artifacts
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
# custom:
#   id: SG-GRANT-004
#   level: recommended
#   severity: medium
#   requirements: [BCUST-07, BCUST-08]
#   remediation: >-
#     Find out who created the grant, and revoke it where no resource of Bedrock needs it.
package sealgate.rules.grant.bedrock_grant_is_as_documented

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model.context
import data.sealgate.model.policies

checked contains given.subject if some given in _grants

findings contains found if {
	some given in _grants
	others := {operation |
		some operation in given.grant.Operations
		not _is_documented(operation)
	}
	count(others) > 0

	found := _weighed(given, concat("", [
		"the grant lets bedrock.amazonaws.com do more than custom models need: ",
		text.listed(others),
	]))
}

findings contains found if {
	some given in _grants
	not given.grant.RetiringPrincipal
	not given.grant.RetiringServicePrincipal

	found := _weighed(given, "the grant to bedrock.amazonaws.com has no retiring principal, which could retire it")
}

_is_documented(operation) if operation in data.sealgate.data.grants.services["bedrock.amazonaws.com"].operations

_grants := [given |
	some given in policies.grants
	"bedrock.amazonaws.com" in policies.grantee_services(given.grant)
]

_weighed(given, message) := finding.violation(given.subject, given.path, message) if {
	given.key_arn in context.model_keys
} else := finding.advice(given.subject, given.path, concat("", [
	message,
	" (unless it is for an agent, a guardrail or another resource: nothing says that this is the key of a model)",
]))
