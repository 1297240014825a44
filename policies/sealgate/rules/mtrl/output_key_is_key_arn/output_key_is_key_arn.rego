# METADATA
# title: The output key is named by its key ARN
# description: |
#   OutputDataConfig.KmsKeyArn of a multi-turn RL job takes the ARN of a key: not a key id, an alias or the ARN of an
#   alias.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-002
#   level: required
#   severity: high
#   requirements: [MTRL-02]
#   remediation: >-
#     Put the key's ARN (arn:aws:kms:<Region>:<account>:key/<id>) into OutputDataConfig.KmsKeyArn of the
#     JobConfigDocument.
package sealgate.rules.mtrl.output_key_is_key_arn

import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.value
import data.sealgate.systems.sagemaker_mtrl

checked contains named.job.subject if {
	some named in sagemaker_mtrl.output_keys
	named.key.value.state != "absent"
}

findings contains found if {
	some named in sagemaker_mtrl.output_keys
	named.key.value.state == "known"
	not is_string(named.key.value.value)

	found := finding.violation(named.job.subject, named.key.path, concat("", [
		"OutputDataConfig.KmsKeyArn is ",
		value.type_of(named.key.value.value),
		", not a string with a key ARN",
	]))
}

findings contains found if {
	some named in sagemaker_mtrl.output_keys
	text := named.key.value.value
	is_string(text)
	form := kms.form(text)
	form != "key_arn"

	found := finding.fixed_by(
		finding.violation(named.job.subject, named.key.path, concat("", [
			"OutputDataConfig.KmsKeyArn is ",
			kms.described(text),
			"; multi-turn RL jobs take the ARN of a key",
		])),
		_remediation(form, text),
	)
}

findings contains found if {
	some named in sagemaker_mtrl.unknown_keys
	found := finding.unverified(named.job.subject, named.key.path, named.key.value)
}

_remediation(form, text) := concat("", [
	"Put the ARN of the key itself there: aws kms describe-key --query KeyMetadata.Arn --output text --key-id ",
	text,
	" prints it.",
]) if {
	form in {"alias", "alias_arn", "key_id"}
}

_remediation(form, _) := concat("", [
	"Write it as arn:<partition>:kms:<Region>:<account>:key/<key id>, ",
	"or leave KmsKeyArn out to use an AWS owned key.",
]) if {
	not form in {"alias", "alias_arn", "key_id"}
}
