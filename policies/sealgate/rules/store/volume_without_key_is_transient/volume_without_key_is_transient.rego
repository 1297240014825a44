# METADATA
# title: Without a volume key the volume is under a transient key
# description: |
#   SageMaker encrypts the ML storage volume of a job without a volume key with a transient key, which it discards. An
#   organisation may require a key of its own by settings (SG-ORG-001).
# scope: package
# related_resources:
#   - description: Protect data at rest using encryption
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
# custom:
#   id: SG-STORE-001
#   level: fact
#   severity: low
#   requirements: [REST-01]
package sealgate.rules.store.volume_without_key_is_transient

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.systems.volumes

checked contains volume.job.subject if some volume in _volumes

notes contains note if {
	some volume in _volumes
	volume.key.value.state == "absent"
	not volumes.has_no_volume(volume.key)
	not volumes.may_have_no_volume(volume.key)

	note := finding.note(volume.job.subject, volume.key.path, concat("", [
		text.path(volume.key.path),
		" is not given, so SageMaker encrypts the ML storage volume with a transient key, which it discards",
	]))
}

_volumes := [volume | some volume in volumes.keys; volume.job.system == "sagemaker_at_rest"]
