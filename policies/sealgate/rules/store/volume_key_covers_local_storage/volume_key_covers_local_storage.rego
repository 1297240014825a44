# METADATA
# title: A volume key covers the storage that is used
# description: |
#   Endpoint configurations and notebook instances accept a key beside instance types with local storage, but the key
#   does not encrypt that storage: the instance's own hardware does.
# scope: package
# related_resources:
#   - description: Protect data at rest using encryption
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
# custom:
#   id: SG-STORE-003
#   level: recommended
#   severity: medium
#   requirements: [REST-03]
#   remediation: >-
#     Use instance types without local storage where the data must be under this key, or leave the key out.
package sealgate.rules.store.volume_key_covers_local_storage

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
			" is accepted, but does not encrypt the local storage of ",
			text.listed({place.value.value | some place in local}),
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
	volume.key.local_storage == "ineffective"
]
