# METADATA
# title: A key in a manifest is called as its kind calls it
# description: |
#   An API server drops a member that the kind of an object does not have, or refuses the object. A key under a name of
#   another kind or API (kmsKeyId for ACK's kmsKeyID), or at another place, encrypts nothing.
# scope: package
# related_resources:
#   - description: Field validation of the Kubernetes API
#     ref: https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation
# custom:
#   id: SG-KEY-011
#   level: required
#   severity: high
#   requirements: []
#   remediation: Call the member as the kind does; kubectl explain lists the members of a kind.
package sealgate.rules.key.key_member_is_of_its_kind

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model

checked contains job.subject if some job in _jobs

findings contains found if {
	some job in _jobs
	some place in job.misspelt

	found := finding.violation(job.subject, place.path, concat("", [
		text.path(place.path),
		" is no member of the kind, so an API server drops it",
		_meant(place.meant),
	]))
}

# Of objects alone.
_jobs := [job | some job in model.jobs; job.misspelt]

_meant("") := ""

_meant(path) := concat("", ["; it has ", path]) if path != ""
