# METADATA
# title: The output key is a symmetric encryption key
# description: |
#   Multi-turn RL jobs support symmetric KMS keys only: KeySpec SYMMETRIC_DEFAULT and KeyUsage ENCRYPT_DECRYPT in
#   DescribeKey's answer.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-003
#   level: required
#   severity: high
#   requirements: [MTRL-03]
#   remediation: >-
#     Name a key with KeySpec SYMMETRIC_DEFAULT and KeyUsage ENCRYPT_DECRYPT, which is what aws kms create-key makes
#     by default; neither can be changed on an existing key.
package sealgate.rules.mtrl.output_key_is_symmetric

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model.context
import data.sealgate.systems.sagemaker_mtrl

checked contains subject if some subject in sagemaker_mtrl.subjects_with_named_key

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	wrong := {name: fact.value |
		some name, wanted in _wanted
		fact := context.key_metadata(named.arn, name)
		is_string(fact.value)
		fact.value != wanted
	}
	count(wrong) > 0

	found := finding.because(
		finding.violation(named.job.subject, named.key.path, concat("", [
			"the output key is no symmetric encryption key (",
			text.listed({text.assigned(name, content) | some name, content in wrong}),
			"); multi-turn RL jobs support no other",
		])),
		wrong,
	)
}

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	some name, _ in _wanted
	fact := context.key_metadata(named.arn, name)
	fact.state == "unknown"

	found := finding.unverified(named.job.subject, named.key.path, fact)
}

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	some name, _ in _wanted
	fact := context.key_metadata(named.arn, name)
	fact.state == "known"
	not is_string(fact.value)

	found := finding.unverified(named.job.subject, named.key.path, context.unusable(named.arn, name, fact.value))
}

findings contains found if {
	some named in sagemaker_mtrl.unknown_keys
	found := finding.unverified(named.job.subject, named.key.path, named.key.value)
}

_wanted := {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"}
