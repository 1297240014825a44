# METADATA
# title: The key of a model that the request runs on is enabled
# description: |
#   Provisioned throughput and model copies use the model named in the request; where it is encrypted with a customer
#   managed key, that key must exist and be enabled for the model to be decrypted.
# scope: package
# related_resources:
#   - description: Encryption of custom models
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
# custom:
#   id: SG-BEDROCK-002
#   level: required
#   severity: high
#   requirements: [BCUST-02, BCUST-06]
#   remediation: >-
#     Enable the model's key, or use another model.
package sealgate.rules.bedrock.source_model_key_is_enabled

import data.sealgate.lib.finding
import data.sealgate.model
import data.sealgate.model.context

checked contains source.job.subject if some source in _sources

findings contains found if {
	some source in _sources
	state := _state(source)
	state.state == "known"
	consequence := data.sealgate.data.key_states[state.value]
	consequence.usable == false

	found := finding.because(
		finding.fixed_by(
			finding.violation(source.job.subject, source.path, concat("", [
				"the model's key ",
				source.key.value,
				" is in the state ",
				state.value,
				", in which ",
				consequence.text,
			])),
			consequence.remediation,
		),
		{"KeyState": state.value},
	)
}

findings contains found if {
	some source in _sources
	_state(source).state == "absent"

	found := finding.violation(
		source.job.subject,
		source.path,
		concat("", ["the model's key ", source.key.value, " does not exist"]),
	)
}

findings contains found if {
	some source in _sources
	_state(source).state == "unknown"

	found := finding.unverified(source.job.subject, source.path, _state(source))
}

findings contains found if {
	some source in _sources
	state := _state(source)
	state.state == "known"
	not data.sealgate.data.key_states[state.value]

	found := finding.unverified(
		source.job.subject,
		source.path,
		context.unusable(source.key.value, "KeyState", state.value),
	)
}

_sources := [{"job": job, "path": place.path, "key": key} |
	some job in model.jobs
	some place in job.models
	key := _key_of(place.value)
]

_key_of(named) := named if named.state == "unknown"

# Base models and model names carry no key of the user's.
_key_of(named) := context.model_key(named.value) if {
	is_string(named.value)
	regex.match(`^arn:[^:]+:bedrock:[^:]*:[0-9]{12}:(custom-model|imported-model)/`, named.value)
}

_state(source) := context.key_metadata(source.key.value, "KeyState") if {
	source.key.state == "known"
} else := {"state": "none"} if {
	source.key.state == "absent"
} else := source.key
