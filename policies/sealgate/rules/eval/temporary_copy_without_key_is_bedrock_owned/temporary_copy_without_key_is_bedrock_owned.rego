# METADATA
# title: Without a key the temporary copy is under a key of Bedrock
# description: |
#   A model evaluation job makes a temporary copy of the data, which Bedrock encrypts with a key that it owns unless
#   customerEncryptionKeyId names a customer managed key.
# scope: package
# related_resources:
#   - description: Data encryption for model evaluation jobs
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-security-kms.html
# custom:
#   id: SG-EVAL-001
#   level: fact
#   severity: low
#   requirements: [BEVAL-01]
package sealgate.rules.eval.temporary_copy_without_key_is_bedrock_owned

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model

checked contains copy.job.subject if some copy in _copies

notes contains note if {
	some copy in _copies
	copy.key.value.state == "absent"

	note := finding.note(copy.job.subject, copy.key.path, concat("", [
		text.path(copy.key.path),
		" is not given, so Bedrock encrypts its temporary copy of the data with a key that it owns",
	]))
}

_copies := [{"job": job, "key": key} |
	some job in model.jobs
	job.system == "bedrock_evaluation"
	some key in job.keys
	key.use == "temporary"
]
