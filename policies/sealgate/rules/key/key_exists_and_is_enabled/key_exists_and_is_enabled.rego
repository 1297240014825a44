# METADATA
# title: A key that is named exists and is enabled
# description: |
#   KMS uses a key for cryptography in the state Enabled only. A key or alias that is known not to exist can't be used
#   at all.
# scope: package
# related_resources:
#   - description: Key states of AWS KMS keys
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
# custom:
#   id: SG-KEY-008
#   level: required
#   severity: high
#   requirements: [BCUST-02]
#   remediation: >-
#     Name an existing key in the state Enabled.
package sealgate.rules.key.key_exists_and_is_enabled

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model.context
import data.sealgate.systems.catalogue

checked contains named.job.subject if some named in _stated

findings contains found if {
	some named in _stated
	catalogue.fact(named, "KeyState").state == "absent"

	found := finding.required_by(
		finding.violation(named.job.subject, named.key.path, concat("", [
			text.path(named.key.path),
			" names ",
			named.key.value.value,
			", which does not exist",
		])),
		named.kind.requirements,
	)
}

findings contains found if {
	some named in _stated
	state := catalogue.fact(named, "KeyState")
	state.state == "known"
	consequence := data.sealgate.data.key_states[state.value]
	consequence.usable != true

	found := finding.required_by(
		finding.because(
			finding.fixed_by(
				_weighed(consequence.usable, named, concat("", [
					text.path(named.key.path),
					" names a key in the state ",
					state.value,
					", in which ",
					consequence.text,
				])),
				consequence.remediation,
			),
			{"KeyState": state.value},
		),
		named.kind.requirements,
	)
}

findings contains found if {
	some named in _stated
	state := catalogue.fact(named, "KeyState")
	state.state == "unknown"

	found := finding.required_by(finding.unverified(named.job.subject, named.key.path, state), named.kind.requirements)
}

findings contains found if {
	some named in _stated
	state := catalogue.fact(named, "KeyState")
	state.state == "known"
	not data.sealgate.data.key_states[state.value]

	found := finding.required_by(
		finding.unverified(named.job.subject, named.key.path, context.unusable(named.arn.value, "KeyState", state.value)),
		named.kind.requirements,
	)
}

_stated := catalogue.stated("enabled", {"required"})

_weighed(false, named, message) := finding.violation(named.job.subject, named.key.path, message)

_weighed("in transition", named, message) := finding.advice(named.job.subject, named.key.path, message)
