# METADATA
# title: Multi-turn RL jobs
# description: SageMaker CreateJob of the categories AgentRFT and AgentRFTEvaluation.
# scope: package
package sealgate.systems.sagemaker_mtrl

import data.sealgate.lib.kms
import data.sealgate.model

jobs := [job | some job in model.jobs; job.system == "sagemaker_mtrl"]

# METADATA
# description: "The places of the output key: one a job, unless its document can't be read."
output_keys := [{"job": job, "key": key} |
	some job in jobs
	some key in job.keys
	key.use == "output"
]

# METADATA
# description: "The output keys that are named by a key ARN, with it: those of which AWS can be asked."
named_keys := [{"job": named.job, "key": named.key, "arn": named.key.value.value} |
	some named in output_keys
	named.key.value.state == "known"
	is_string(named.key.value.value)
	kms.form(named.key.value.value) == "key_arn"
]

# METADATA
# description: "The output keys that nobody knows yet, such as those behind a pipeline variable."
unknown_keys := [named | some named in output_keys; named.key.value.state == "unknown"]

# METADATA
# description: |
#   The subjects whose output key has an ARN to judge, or will have one. A text that is no key ARN is for SG-MTRL-002
#   alone.
subjects_with_named_key := {named.job.subject | some named in array.concat(named_keys, unknown_keys)}
