# METADATA
# title: A key is named in a form that its member accepts
# description: |
#   Each member that takes a KMS key accepts some of four forms: key id, key ARN, alias, alias ARN. Which ones is read
#   from the AWS API model, or from the member's own text where its pattern does not tell. A text in no form of a key
#   is refused everywhere.
# scope: package
# related_resources:
#   - description: Key identifiers of AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html
# custom:
#   id: SG-KEY-003
#   level: required
#   severity: high
#   requirements: [BCUST-02, LABEL-01, LABEL-03, BEVAL-01]
#   remediation: >-
#     Name the key in a form that the member accepts; a key ARN (arn:aws:kms:<Region>:<account>:key/<id>) is
#     accepted by every one.
package sealgate.rules.key.key_reference_has_accepted_form

import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.systems.catalogue

checked contains named.job.subject if some named in catalogue.named_keys

findings contains found if {
	some named in catalogue.named_keys
	named.key.value.state == "known"
	not is_string(named.key.value.value)

	found := finding.required_by(
		finding.violation(named.job.subject, named.key.path, concat("", [
			text.path(named.key.path),
			" is ",
			value.type_of(named.key.value.value),
			", not a string that names a key",
		])),
		named.kind.requirements,
	)
}

findings contains found if {
	some named in catalogue.named_keys
	given := named.key.value.value
	is_string(given)
	not kms.form(given) in named.key.forms

	found := finding.required_by(
		finding.fixed_by(
			finding.violation(named.job.subject, named.key.path, concat("", [
				text.path(named.key.path),
				" is ",
				kms.described(given),
				"; it takes ",
				kms.accepted(named.key.forms),
			])),
			_remediation(given, named.key.forms),
		),
		named.kind.requirements,
	)
}

findings contains found if {
	some named in catalogue.named_keys
	named.key.value.state == "unknown"

	found := finding.required_by(
		finding.unverified(named.job.subject, named.key.path, named.key.value),
		named.kind.requirements,
	)
}

_remediation(given, _) := concat("", [
	"Put the key's ARN there: aws kms describe-key --query KeyMetadata.Arn --output text --key-id ",
	given,
	" prints it.",
]) if {
	kms.form(given) in {"alias", "alias_arn", "key_id"}
}

_remediation(given, forms) := concat("", ["Name the key by ", kms.accepted(forms), ", or leave the member out."]) if {
	not kms.form(given) in {"alias", "alias_arn", "key_id"}
}
