# METADATA
# title: The storage volumes of jobs
# description: |
#   Which jobs keep their data on a volume that takes a KMS key. Instance types with local storage encrypt it with
#   their own hardware; serverless compute has no volume of the user's.
# scope: package
package sealgate.systems.volumes

import data.sealgate.lib.instance
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model

# METADATA
# description: Every place of a volume's key, given or not, as `{job, key}`.
keys := [{"job": job, "key": key} |
	some job in model.jobs
	some key in job.keys
	key.use == "volume"
]

# METADATA
# description: The places at which a volume's key is given, or may turn out to be.
given := [volume | some volume in keys; volume.key.value.state != "absent"]

# METADATA
# description: The places of instance types with local storage beside a key.
local_storage(key) := [place | some place in key.instances; instance.storage(place.value.value) == "instance"]

# METADATA
# description: The places of instance types that keep their data on a volume, beside a key.
on_volume(key) := [place | some place in key.instances; instance.storage(place.value.value) == "ebs"]

# METADATA
# description: The places of instance types of which nobody knows, beside a key.
undecided(key) := [place | some place in key.instances; not _is_decided(place)]

# METADATA
# description: Why nobody knows of an instance type beside a key whether it has local storage.
unknowns(key) := [unknown | some place in undecided(key); unknown := _unknown(place)]

# METADATA
# scope: document
# description: |
#   Whether a key has no volume to encrypt, or none that it may be named for: an organisation that demands a key there
#   would ask for what AWS refuses.
has_no_volume(key) if {
	key.local_storage == "refused"
	count(local_storage(key)) > 0
}

has_no_volume(key) if {
	count(local_storage(key)) > 0
	count(on_volume(key)) + count(undecided(key)) == 0
}

has_no_volume(key) if {
	count(key.serverless) > 0
	count(key.instances) == 0
}

# METADATA
# scope: document
# description: Whether unfamiliar instance types decide if a key has a volume that it may be named for.
may_have_no_volume(key) if {
	key.local_storage == "refused"
	count(undecided(key)) > 0
}

may_have_no_volume(key) if {
	count(undecided(key)) > 0
	count(on_volume(key)) == 0
}

_is_decided(place) if instance.storage(place.value.value)

_unknown(place) := place.value if place.value.state == "unknown"

_unknown(place) := value.unknown(concat("", [
	"whether ",
	text.assigned(text.path(place.path), place.value.value),
	" has local storage is not in the table of instance families",
])) if {
	place.value.state == "known"
}
