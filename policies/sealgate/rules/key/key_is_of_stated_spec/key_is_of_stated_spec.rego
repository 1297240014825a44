# METADATA
# title: A key has the key spec that its member takes
# description: |
#   Where AWS states that a member takes symmetric encryption keys only (KeySpec SYMMETRIC_DEFAULT, KeyUsage
#   ENCRYPT_DECRYPT), or an asymmetric signing key, the key is one. S3 and EBS encrypt with symmetric keys only, so
#   what is written to S3 or a volume states it as well.
# scope: package
# related_resources:
#   - description: Asymmetric keys in AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/symm-asymm-concepts.html
# custom:
#   id: SG-KEY-006
#   level: required
#   severity: high
#   requirements: [BCUST-02]
#   remediation: >-
#     Name a key of the spec that the member takes; KeySpec and KeyUsage can't be changed on an existing key.
package sealgate.rules.key.key_is_of_stated_spec

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model.context
import data.sealgate.systems.catalogue

checked contains named.job.subject if some named in _stated

findings contains found if {
	some named in _stated
	wrong := {name: fact.value |
		some name in ["KeySpec", "KeyUsage"]
		fact := catalogue.fact(named, name)
		is_string(fact.value)
		not _fits(named.kind.symmetric, name, fact.value)
	}
	count(wrong) > 0

	found := finding.required_by(
		finding.because(
			finding.violation(named.job.subject, named.key.path, concat("", [
				text.path(named.key.path),
				" names a key with ",
				text.listed({text.assigned(name, content) | some name, content in wrong}),
				"; it takes ",
				_wanted[named.kind.symmetric],
			])),
			object.union(wrong, catalogue.source(named, "symmetric")),
		),
		named.kind.requirements,
	)
}

findings contains found if {
	some named in _stated
	some name in ["KeySpec", "KeyUsage"]
	fact := catalogue.fact(named, name)
	fact.state == "unknown"

	found := finding.required_by(
		finding.unverified(named.job.subject, named.key.path, fact),
		named.kind.requirements,
	)
}

findings contains found if {
	some named in _stated
	some name in ["KeySpec", "KeyUsage"]
	fact := catalogue.fact(named, name)
	fact.state == "known"
	not is_string(fact.value)

	found := finding.required_by(
		finding.unverified(named.job.subject, named.key.path, context.unusable(named.arn.value, name, fact.value)),
		named.kind.requirements,
	)
}

_stated := catalogue.stated("symmetric", {"required", "asymmetric_required"})

_fits("required", "KeySpec", "SYMMETRIC_DEFAULT")

_fits("required", "KeyUsage", "ENCRYPT_DECRYPT")

_fits("asymmetric_required", "KeyUsage", "SIGN_VERIFY")

_fits("asymmetric_required", "KeySpec", spec) if spec != "SYMMETRIC_DEFAULT"

_wanted := {
	"required": "a symmetric encryption key (SYMMETRIC_DEFAULT, ENCRYPT_DECRYPT)",
	"asymmetric_required": "an asymmetric key for SIGN_VERIFY",
}
