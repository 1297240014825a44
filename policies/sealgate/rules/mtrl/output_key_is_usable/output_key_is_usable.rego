# METADATA
# title: The output key exists, is customer managed and enabled
# description: |
#   CreateJob calls DescribeKey with the caller's credentials to verify the key's configuration and state. The key must
#   exist, be a customer managed key, and be in the state Enabled: in other states grants or data keys are refused when
#   the job starts or while it runs.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-005
#   level: required
#   severity: high
#   requirements: [MTRL-05]
#   remediation: >-
#     Name an existing customer managed key in the state Enabled.
package sealgate.rules.mtrl.output_key_is_usable

import data.sealgate.lib.finding
import data.sealgate.model.context
import data.sealgate.systems.sagemaker_mtrl

checked contains subject if some subject in sagemaker_mtrl.subjects_with_named_key

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	context.key_metadata(named.arn, "KeyState").state == "absent"

	found := finding.violation(
		named.job.subject,
		named.key.path,
		concat("", ["the output key ", named.arn, " does not exist"]),
	)
}

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	manager := context.key_metadata(named.arn, "KeyManager")
	manager.state == "known"
	manager.value == "AWS"

	found := finding.because(
		finding.violation(
			named.job.subject,
			named.key.path,
			"the output key is an AWS managed key; KmsKeyArn takes a customer managed key",
		),
		{"KeyManager": "AWS"},
	)
}

findings contains found if {
	some named in sagemaker_mtrl.named_keys
	state := context.key_metadata(named.arn, "KeyState")
	state.state == "known"
	consequence := data.sealgate.data.key_states[state.value]
	consequence.usable == false

	found := finding.because(
		finding.fixed_by(
			finding.violation(named.job.subject, named.key.path, concat("", [
				"the output key is in the state ",
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
	some named in sagemaker_mtrl.named_keys
	state := context.key_metadata(named.arn, "KeyState")
	state.state == "known"
	consequence := data.sealgate.data.key_states[state.value]
	consequence.usable == "in transition"

	found := finding.because(
		finding.fixed_by(
			finding.advice(named.job.subject, named.key.path, concat("", [
				"the output key is in the state ",
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
	some named in sagemaker_mtrl.named_keys
	some name in ["KeyState", "KeyManager"]
	fact := context.key_metadata(named.arn, name)
	fact.state == "unknown"

	found := finding.unverified(named.job.subject, named.key.path, fact)
}

# A word that this version does not know is no answer.
findings contains found if {
	some named in sagemaker_mtrl.named_keys
	some name, words in {
		"KeyState": object.keys(data.sealgate.data.key_states),
		"KeyManager": {"AWS", "CUSTOMER"},
	}
	fact := context.key_metadata(named.arn, name)
	fact.state == "known"
	not words[fact.value]

	found := finding.unverified(named.job.subject, named.key.path, context.unusable(named.arn, name, fact.value))
}

findings contains found if {
	some named in sagemaker_mtrl.unknown_keys
	found := finding.unverified(named.job.subject, named.key.path, named.key.value)
}
