# METADATA
# title: A key is of the request's Region and partition
# description: |
#   KMS keys are regional: EBS and S3 encrypt with keys of their own Region, and no partition reaches into another. For
#   most members AWS states nothing of it, so that a key of another Region fails there is an inference, which only
#   warns.
# scope: package
# related_resources:
#   - description: Key identifiers of AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
# custom:
#   id: SG-KEY-009
#   level: recommended
#   severity: medium
#   requirements: []
#   remediation: >-
#     Name a key of the Region that the request goes to, unless the API reference of this member says that another
#     Region's works.
package sealgate.rules.key.key_is_in_request_region

import data.sealgate.lib.arn
import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.text
import data.sealgate.systems.catalogue

checked contains named.job.subject if some named in _with_arn

findings contains found if {
	some named in _with_arn
	some part, name in {"partition": "partition", "region": "Region"}
	wanted := named.job[part]
	wanted.state == "known"
	given := arn.parse(named.arn.value)[part]
	given != wanted.value

	found := finding.because(
		finding.advice(named.job.subject, named.key.path, concat("", [
			text.path(named.key.path),
			" names a key of the ",
			name,
			" ",
			given,
			" in a request to ",
			wanted.value,
			"; we infer from KMS, whose keys are regional, that it can't be used there",
		])),
		{"key": given, "request": wanted.value},
	)
}

findings contains found if {
	some named in _with_arn
	some part in ["partition", "region"]
	named.job[part].state == "unknown"

	found := finding.unverified(named.job.subject, named.key.path, named.job[part])
}

_with_arn := [named |
	some named in catalogue.named_keys
	named.arn.state == "known"
	kms.form(named.arn.value) == "key_arn"
]
