# METADATA
# title: Without a key the output is under an AWS owned key
# description: |
#   A multi-turn RL job that names no key is legal: SageMaker encrypts its output and intermediate data with an AWS
#   owned key, which no key policy of yours limits and no CloudTrail of yours shows. An organisation may require a key
#   of its own by settings (SG-ORG-001).
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-001
#   level: fact
#   severity: low
#   requirements: [MTRL-01]
package sealgate.rules.mtrl.output_without_key_is_aws_owned

import data.sealgate.lib.finding
import data.sealgate.systems.sagemaker_mtrl

checked contains named.job.subject if some named in sagemaker_mtrl.output_keys

notes contains note if {
	some named in sagemaker_mtrl.output_keys
	named.key.value.state == "absent"

	note := finding.note(
		named.job.subject,
		named.key.path,
		"no key is named, so SageMaker encrypts the job's output and intermediate data with an AWS owned key",
	)
}
