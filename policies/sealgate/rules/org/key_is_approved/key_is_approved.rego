# METADATA
# title: Only approved keys are used
# description: |
#   Where the settings list approved_keys (ARN patterns, compared as IAM compares sagemaker:OutputKmsKeyArn under
#   ArnLike), every key that the request names is one of them. This is the admission-time equivalent of that condition
#   key.
# scope: package
# related_resources:
#   - description: Actions, resources, and condition keys for Amazon SageMaker AI
#     ref: https://docs.aws.amazon.com/service-authorization/latest/reference/list_sagemaker.html
# custom:
#   id: SG-ORG-002
#   level: option
#   severity: high
#   requirements: [MTRL-15]
#   remediation: >-
#     Name a key that approved_keys in the settings allows, or have this key approved there.
package sealgate.rules.org.key_is_approved

import data.sealgate.lib.arn
import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.model
import data.sealgate.model.settings

checked contains named.job.subject if some named in _named

findings contains found if {
	some named in _named
	named.arn.state == "known"
	not _is_approved(named.arn.value)

	found := finding.because(
		finding.violation(named.job.subject, named.key.path, concat("", [
			text.path(named.key.path),
			" names ",
			named.arn.value,
			", which no pattern of approved_keys matches",
		])),
		{"approved_keys": settings.current.approved_keys},
	)
}

findings contains found if {
	some named in _named
	named.arn.state == "unknown"

	found := finding.unverified(named.job.subject, named.key.path, named.arn)
}

_named := [named | count(settings.current.approved_keys) > 0; some named in model.named_keys]

_is_approved(key_arn) if {
	some pattern in settings.current.approved_keys
	arn.like(pattern, key_arn)
}
