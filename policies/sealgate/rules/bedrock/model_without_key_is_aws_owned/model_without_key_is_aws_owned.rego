# METADATA
# title: Without a key a custom model is under an AWS owned key
# description: |
#   Bedrock encrypts custom, imported and copied models with an AWS owned key unless the request names a customer
#   managed key.
# scope: package
# related_resources:
#   - description: Encryption of custom models
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
# custom:
#   id: SG-BEDROCK-001
#   level: fact
#   severity: low
#   requirements: [BCUST-01]
package sealgate.rules.bedrock.model_without_key_is_aws_owned

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model

checked contains model_key.job.subject if some model_key in _model_keys

notes contains note if {
	some model_key in _model_keys
	model_key.key.value.state == "absent"

	note := finding.note(model_key.job.subject, model_key.key.path, concat("", [
		text.path(model_key.key.path),
		" is not given, so Bedrock encrypts the model with an AWS owned key",
	]))
}

_model_keys := [{"job": job, "key": key} |
	some job in model.jobs
	job.system == "bedrock_custom_model"
	some key in job.keys
	key.use == "model"
]
