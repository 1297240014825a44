# METADATA
# title: A job with sensitive data keeps it under KMS keys
# description: |
#   Data that must be under a KMS key for compliance belongs in the ML storage volume or in S3, under a key that is
#   named. Where the settings say which tags mark such jobs (sensitive_tags), a job so tagged uses no instance type
#   with local storage and names its volume and output keys.
# scope: package
# related_resources:
#   - description: Protect data at rest using encryption
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/encryption-at-rest.html
# custom:
#   id: SG-STORE-004
#   level: option
#   severity: high
#   requirements: [REST-04]
#   remediation: >-
#     Use instance types without local storage and name a volume key and an output key, or correct the tag.
package sealgate.rules.store.sensitive_job_is_under_keys

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model
import data.sealgate.model.settings
import data.sealgate.systems.volumes

checked contains job.subject if {
	count(settings.current.sensitive_tags) > 0
	some job in model.jobs
}

findings contains found if {
	some job in _sensitive
	some key in job.keys
	some place in volumes.local_storage(key)

	found := finding.violation(job.subject, place.path, concat("", [
		text.path(place.path),
		" is ",
		place.value.value,
		", whose local storage no KMS key covers, in a job that is tagged as sensitive",
	]))
}

findings contains found if {
	some job in _sensitive
	some key in job.keys
	key.use in {"volume", "output"}
	key.value.state == "absent"
	not volumes.has_no_volume(key)

	found := finding.violation(job.subject, key.path, concat("", [
		text.path(key.path),
		" names no key in a job that is tagged as sensitive",
	]))
}

findings contains found if {
	some job in _sensitive
	some key in job.keys
	count(volumes.local_storage(key)) == 0
	some unknown in volumes.unknowns(key)

	found := finding.unverified(job.subject, key.path, unknown)
}

findings contains found if {
	some job in _sensitive
	some key in job.keys
	key.use in {"volume", "output"}
	key.value.state == "unknown"

	found := finding.unverified(job.subject, key.path, key.value)
}

findings contains found if {
	count(settings.current.sensitive_tags) > 0
	some job in model.jobs
	job.tags.state == "unknown"

	found := finding.unverified(job.subject, ["Tags"], value.unknown("the job's tags can't be read"))
}

findings contains found if {
	some job in model.jobs
	not _is_sensitive(job)
	some tag in job.tags.value
	settings.current.sensitive_tags[tag.key]
	tag.value.state == "unknown"

	found := finding.unverified(job.subject, ["Tags"], value.unknown(concat("", [
		"whether the tag ",
		tag.key,
		" makes the job a sensitive one can't be told: ",
		tag.value.reason,
	])))
}

_sensitive := [job |
	some job in model.jobs
	_is_sensitive(job)
]

_is_sensitive(job) if {
	some tag in job.tags.value
	tag.value in settings.current.sensitive_tags[tag.key]
}
