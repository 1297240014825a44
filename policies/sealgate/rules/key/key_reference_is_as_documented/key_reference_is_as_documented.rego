# METADATA
# title: A key is named as the member's text says
# description: |
#   Where the text of a member speaks of the ARN of a key and its pattern accepts other forms as well, whether those
#   work is not documented. This only advises the documented form.
# scope: package
# related_resources:
#   - description: Key identifiers of AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
# custom:
#   id: SG-KEY-005
#   level: recommended
#   severity: low
#   requirements: [BCUST-06, BEVAL-01]
#   remediation: >-
#     Name the key by its ARN, as the API reference describes this member.
package sealgate.rules.key.key_reference_is_as_documented

import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.text
import data.sealgate.systems.catalogue

checked contains named.job.subject if {
	some named in catalogue.named_keys
	named.key.documented != named.key.forms
}

findings contains found if {
	some named in catalogue.named_keys
	given := named.key.value.value
	is_string(given)
	form := kms.form(given)
	form in named.key.forms
	not form in named.key.documented

	found := finding.advice(named.job.subject, named.key.path, concat("", [
		text.path(named.key.path),
		" is ",
		kms.described(given),
		"; its documentation speaks only of ",
		kms.accepted(named.key.documented),
	]))
}
