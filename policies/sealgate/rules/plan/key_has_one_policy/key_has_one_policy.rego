# METADATA
# title: One resource sets the policy of a key
# description: |
#   A key has exactly one key policy, in which several statements may stand. Where two resources of a plan each set
#   it, the one that is applied last replaces the other's. That this may take statements away is an inference from
#   there being one policy.
# scope: package
# related_resources:
#   - description: Encryption of custom models in Amazon Bedrock
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
# custom:
#   id: SG-PLAN-002
#   level: recommended
#   severity: medium
#   requirements: [BCUST-11, BEVAL-05]
#   remediation: >-
#     Write all statements into one of the resources, and take the policy out of the others.
package sealgate.rules.plan.key_has_one_policy

import data.sealgate.inputs.terraform_plan.keys
import data.sealgate.lib.finding
import data.sealgate.lib.text

checked contains address if {
	some addresses in keys.rival_policies
	some address in addresses
}

findings contains found if {
	some key_arn, addresses in keys.rival_policies
	some address in addresses

	found := finding.advice(address, [], concat("", [
		"the policy of ",
		key_arn,
		" is set by ",
		text.listed(addresses),
		": a key has one policy, and which of them it ends up with is not in the plan",
	]))
}
