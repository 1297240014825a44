# METADATA
# title: The output key belongs to the job's partition and Region
# description: |
#   A KMS key is used in its own Region and partition. The job's Region is that of the request; its partition that of
#   the request or of the execution role.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-006
#   level: required
#   severity: high
#   requirements: [MTRL-06]
#   remediation: >-
#     Name a key of the Region in which the job is created, or create the job in the key's Region.
package sealgate.rules.mtrl.output_key_is_in_job_region

import data.sealgate.lib.arn
import data.sealgate.lib.finding
import data.sealgate.systems.sagemaker_mtrl

checked contains subject if some subject in sagemaker_mtrl.subjects_with_named_key

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	some part, name in {"partition": "partition", "region": "Region"}
	wanted := named.job[part]
	wanted.state == "known"
	given := arn.parse(named.arn)[part]
	given != wanted.value

	found := finding.because(
		finding.violation(named.job.subject, named.key.path, concat("", [
			"the output key is of the ",
			name,
			" ",
			given,
			", but the job is created in ",
			wanted.value,
		])),
		{"key": given, "job": wanted.value},
	)
}

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	some part in ["partition", "region"]
	named.job[part].state == "unknown"

	found := finding.unverified(named.job.subject, named.key.path, named.job[part])
}

findings contains found if {
	some named in sagemaker_mtrl.unknown_keys
	found := finding.unverified(named.job.subject, named.key.path, named.key.value)
}
