# METADATA
# title: A labeling volume key belongs to automated labeling
# description: |
#   VolumeKmsKeyId of a labeling job encrypts the volume of the instances that automated data labeling trains and
#   infers on. Without a labeling algorithm there are none, and the key encrypts nothing.
# scope: package
# related_resources:
#   - description: Encrypt output data and storage volume with AWS KMS
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-security-kms-permissions.html
# custom:
#   id: SG-LABEL-003
#   level: recommended
#   severity: medium
#   requirements: [LABEL-03]
#   remediation: >-
#     Name the algorithm of automated labeling (LabelingJobAlgorithmSpecificationArn), or leave VolumeKmsKeyId out.
package sealgate.rules.label.volume_key_needs_automated_labeling

import data.sealgate.lib.finding
import data.sealgate.lib.value
import data.sealgate.model

checked contains volume.job.subject if some volume in _volumes

findings contains found if {
	some volume in _volumes
	volume.key.value.state == "known"
	volume.algorithm.state == "absent"

	found := finding.violation(volume.job.subject, volume.key.path, concat("", [
		"VolumeKmsKeyId encrypts the volume of automated data labeling, ",
		"and the job names no LabelingJobAlgorithmSpecificationArn",
	]))
}

findings contains found if {
	some volume in _volumes
	volume.algorithm.state == "unknown"

	found := finding.unverified(volume.job.subject, volume.key.path, volume.algorithm)
}

findings contains found if {
	some volume in _volumes
	volume.key.value.state == "unknown"
	volume.algorithm.state == "absent"

	found := finding.unverified(volume.job.subject, volume.key.path, volume.key.value)
}

_volumes := [{"job": job, "key": key, "algorithm": algorithm} |
	some job in model.jobs
	job.system == "sagemaker_labeling"
	some key in job.keys
	key.use == "volume"
	key.value.state != "absent"
	algorithm := _algorithm(job)
]

_algorithm(job) := job.labeling_algorithm if job.labeling_algorithm.state != "known"

_algorithm(job) := job.labeling_algorithm if is_string(job.labeling_algorithm.value)

_algorithm(job) := value.unknown(concat("", [
	"LabelingJobAlgorithmSpecificationArn is ",
	value.type_of(job.labeling_algorithm.value),
	", not a string that names the algorithm of automated labeling",
])) if {
	job.labeling_algorithm.state == "known"
	not is_string(job.labeling_algorithm.value)
}
