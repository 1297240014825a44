# METADATA
# title: No volume key is named for instance types with local storage
# description: |
#   Training, tuning, processing and transform refuse a VolumeKmsKeyId where any instance type of the cluster has local
#   storage, which its own hardware encrypts. Every instance group counts. A family that the table does not know is not
#   guessed.
# scope: package
# related_resources:
#   - description: Protect data at rest using encryption
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
# custom:
#   id: SG-STORE-002
#   level: required
#   severity: high
#   requirements: [REST-03]
#   remediation: >-
#     Leave the volume key out, or use instance types without local storage (such as ml.m5, ml.c6i, ml.r6i).
package sealgate.rules.store.volume_key_is_not_refused

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.systems.volumes

checked contains volume.job.subject if some volume in _volumes

findings contains found if {
	some volume in _volumes
	volume.key.value.state == "known"
	local := volumes.local_storage(volume.key)
	count(local) > 0

	found := finding.because(
		finding.violation(volume.job.subject, volume.key.path, concat("", [
			text.path(volume.key.path),
			" names a key for a volume that ",
			text.listed({place.value.value | some place in local}),
			" does not have: instance types with local storage take no volume key",
		])),
		{"instance_types": {text.path(place.path): place.value.value | some place in local}},
	)
}

findings contains found if {
	some volume in _volumes
	count(volumes.local_storage(volume.key)) == 0
	some unknown in volumes.unknowns(volume.key)

	found := finding.unverified(volume.job.subject, volume.key.path, unknown)
}

findings contains found if {
	some volume in _volumes
	volume.key.value.state == "unknown"
	count(volumes.local_storage(volume.key)) > 0

	found := finding.unverified(volume.job.subject, volume.key.path, volume.key.value)
}

_volumes := [volume |
	some volume in volumes.given
	volume.key.local_storage == "refused"
]
