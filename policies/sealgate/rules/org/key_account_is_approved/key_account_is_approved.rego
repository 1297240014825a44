# METADATA
# title: Only keys of approved accounts are used
# description: |
#   Where the settings list approved_accounts, every key that the request names belongs to one of them.
# scope: package
# related_resources:
#   - description: Actions, resources, and condition keys for Amazon SageMaker AI
#     ref: https://docs.aws.amazon.com/service-authorization/latest/reference/list_sagemaker.html
# custom:
#   id: SG-ORG-003
#   level: option
#   severity: high
#   requirements: [MTRL-15]
#   remediation: >-
#     Name a key of an approved account, or add its account to approved_accounts in the settings.
package sealgate.rules.org.key_account_is_approved

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
			", a key of no approved account",
		])),
		{"approved_accounts": settings.current.approved_accounts},
	)
}

findings contains found if {
	some named in _named
	named.arn.state == "unknown"

	found := finding.unverified(named.job.subject, named.key.path, named.arn)
}

_named := [named | count(settings.current.approved_accounts) > 0; some named in model.named_keys]

_is_approved(key_arn) if arn.parse(key_arn).account in settings.current.approved_accounts
