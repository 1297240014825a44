# METADATA
# title: The output key is no multi-Region key
# description: |
#   Multi-turn RL jobs do not support multi-Region keys, neither the primary nor a replica. The id of such a key begins
#   with mrk-, and DescribeKey says MultiRegion true.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-004
#   level: required
#   severity: high
#   requirements: [MTRL-04]
#   remediation: >-
#     Name a single-Region key of the job's Region (its id does not begin with mrk-); a multi-Region key can't be
#     turned into one, so create a key or take another.
package sealgate.rules.mtrl.output_key_is_single_region

import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.value
import data.sealgate.model.context
import data.sealgate.systems.sagemaker_mtrl

checked contains named.job.subject if {
	some named in sagemaker_mtrl.output_keys
	kms.is_multi_region_id(named.key.value.value)
}

checked contains subject if some subject in sagemaker_mtrl.subjects_with_named_key

findings contains found if {
	some named in sagemaker_mtrl.output_keys
	named.key.value.state == "known"
	kms.is_multi_region_id(named.key.value.value)

	found := finding.violation(
		named.job.subject,
		named.key.path,
		"the output key is a multi-Region key (its id begins with mrk-); multi-turn RL jobs do not support them",
	)
}

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	not kms.is_multi_region_id(named.arn)
	context.key_metadata(named.arn, "MultiRegion") == value.known(true)

	found := finding.because(
		finding.violation(
			named.job.subject,
			named.key.path,
			"the output key is a multi-Region key (DescribeKey: MultiRegion true); multi-turn RL jobs do not support them",
		),
		{"MultiRegion": true},
	)
}

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	not kms.is_multi_region_id(named.arn)
	fact := context.key_metadata(named.arn, "MultiRegion")
	fact.state == "unknown"

	found := finding.unverified(named.job.subject, named.key.path, fact)
}

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	not kms.is_multi_region_id(named.arn)
	fact := context.key_metadata(named.arn, "MultiRegion")
	fact.state == "known"
	not is_boolean(fact.value)

	found := finding.unverified(named.job.subject, named.key.path, context.unusable(named.arn, "MultiRegion", fact.value))
}

findings contains found if {
	some named in sagemaker_mtrl.unknown_keys
	found := finding.unverified(named.job.subject, named.key.path, named.key.value)
}
