# METADATA
# title: A key is customer managed where the member takes no other
# description: |
#   Some members are documented for customer managed keys. An AWS managed key (alias/aws/…) can't be named there;
#   elsewhere it is legal.
# scope: package
# related_resources:
#   - description: Key identifiers of AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
# custom:
#   id: SG-KEY-007
#   level: required
#   severity: high
#   requirements: [BCUST-02, BEVAL-01, LABEL-01, LABEL-03]
#   remediation: >-
#     Name a customer managed key, or leave the member out to use a key of AWS.
package sealgate.rules.key.key_is_customer_managed_where_stated

import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.text
import data.sealgate.model.context
import data.sealgate.systems.catalogue

checked contains named.job.subject if some named in _stated

findings contains found if {
	some named in _stated
	_is_aws_managed(named)

	found := finding.required_by(
		finding.because(
			finding.violation(named.job.subject, named.key.path, concat("", [
				text.path(named.key.path),
				" names an AWS managed key; it takes a customer managed key",
			])),
			catalogue.source(named, "customer_managed"),
		),
		named.kind.requirements,
	)
}

findings contains found if {
	some named in _stated
	not _is_aws_managed(named)
	fact := catalogue.fact(named, "KeyManager")
	fact.state == "unknown"

	found := finding.required_by(finding.unverified(named.job.subject, named.key.path, fact), named.kind.requirements)
}

findings contains found if {
	some named in _stated
	fact := catalogue.fact(named, "KeyManager")
	fact.state == "known"
	not fact.value in {"AWS", "CUSTOMER"}

	found := finding.required_by(
		finding.unverified(named.job.subject, named.key.path, context.unusable(named.arn.value, "KeyManager", fact.value)),
		named.kind.requirements,
	)
}

_stated := catalogue.stated("customer_managed", {"required"})

_is_aws_managed(named) if kms.is_aws_managed_alias(named.key.value.value)

_is_aws_managed(named) if catalogue.fact(named, "KeyManager").value == "AWS"
