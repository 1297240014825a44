# METADATA
# title: A key is single-Region where the member takes no other
# description: |
#   Where the API model or the documentation of a member excludes multi-Region keys (their ids begin with mrk-), the
#   key is none.
# scope: package
# related_resources:
#   - description: Asymmetric keys in AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-concepts.html
# custom:
#   id: SG-KEY-010
#   level: required
#   severity: high
#   requirements: []
#   remediation: >-
#     Name a single-Region key: its id does not begin with mrk-.
package sealgate.rules.key.key_is_single_region_where_stated

import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.text
import data.sealgate.model.context
import data.sealgate.systems.catalogue

checked contains named.job.subject if some named in _stated

findings contains found if {
	some named in _stated
	_is_multi_region(named)

	found := finding.because(
		finding.violation(named.job.subject, named.key.path, concat("", [
			text.path(named.key.path),
			" names a multi-Region key; it takes a single-Region key",
		])),
		catalogue.source(named, "single_region"),
	)
}

findings contains found if {
	some named in _stated
	not _is_multi_region(named)
	fact := catalogue.fact(named, "MultiRegion")
	fact.state == "unknown"

	found := finding.unverified(named.job.subject, named.key.path, fact)
}

findings contains found if {
	some named in _stated
	fact := catalogue.fact(named, "MultiRegion")
	fact.state == "known"
	not is_boolean(fact.value)

	found := finding.unverified(
		named.job.subject,
		named.key.path,
		context.unusable(named.arn.value, "MultiRegion", fact.value),
	)
}

_stated := catalogue.stated("single_region", {"required"})

_is_multi_region(named) if kms.is_multi_region_id(named.arn.value)

_is_multi_region(named) if catalogue.fact(named, "MultiRegion").value == true
