# METADATA
# title: What the output key covers
# description: |
#   The key of a multi-turn RL job covers the trained model artifacts, the resumable checkpoints and trajectories, and
#   the experiment data and traces in MLflow.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-025
#   level: fact
#   severity: low
#   requirements: [MTRL-25]
package sealgate.rules.mtrl.output_key_covers

import data.sealgate.lib.finding
import data.sealgate.systems.sagemaker_mtrl

checked contains subject if some subject in sagemaker_mtrl.subjects_with_named_key

notes contains note if {
	some named in array.concat(sagemaker_mtrl.named_keys, sagemaker_mtrl.unknown_keys)
	note := finding.note(named.job.subject, named.key.path, concat("", [
		"the key covers the trained model artifacts, the resumable checkpoints and trajectories, ",
		"and the experiment data and traces in MLflow",
	]))
}
