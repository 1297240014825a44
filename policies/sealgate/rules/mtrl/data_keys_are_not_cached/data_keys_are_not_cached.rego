# METADATA
# title: Every read and write of a job with a key calls KMS
# description: |
#   Data keys are not cached: each S3 read or write of a multi-turn RL job under a customer managed key is a call of
#   KMS of its own. Jobs that share a key share the account's KMS request quota of the Region.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-024
#   level: fact
#   severity: low
#   requirements: [MTRL-24]
package sealgate.rules.mtrl.data_keys_are_not_cached

import data.sealgate.lib.finding
import data.sealgate.systems.sagemaker_mtrl

checked contains subject if some subject in sagemaker_mtrl.subjects_with_named_key

notes contains note if {
	some named in array.concat(sagemaker_mtrl.named_keys, sagemaker_mtrl.unknown_keys)
	note := finding.note(named.job.subject, named.key.path, concat("", [
		"data keys are not cached: every S3 read and write of the job calls KMS, ",
		"so jobs that run at the same time under this key add up against the KMS request quota",
	]))
}
