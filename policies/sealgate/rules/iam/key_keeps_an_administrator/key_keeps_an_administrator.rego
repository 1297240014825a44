# METADATA
# title: The key policy keeps an administrator
# description: |
#   Every key has exactly one key policy. Where nobody named in it may change it, neither the account nor named
#   administrators, the key can't be managed any more, other than by AWS Support.
# scope: package
# related_resources:
#   - description: Key policies in AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
#   - description: Data encryption for model evaluation jobs
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-security-kms.html
#   - description: Encryption of model customization jobs and artifacts
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
# custom:
#   id: SG-IAM-012
#   level: recommended
#   severity: high
#   requirements: [BEVAL-05, BCUST-11]
#   remediation: >-
#     Keep the statement that allows kms:* to the account's root, or one that allows kms:PutKeyPolicy to named
#     administrators.
package sealgate.rules.iam.key_keeps_an_administrator

import data.sealgate.lib.finding
import data.sealgate.lib.iam.document
import data.sealgate.model.policies

checked contains subject if some subject in policies.readable({"key_policy"})

findings contains found if {
	some policy in policies.read
	policy.kind == "key_policy"
	policy.group.state == "known"
	not _has_administrator(policy)

	found := _weighed(policy)
}

_weighed(policy) := finding.advice(policy.subject, policy.path, concat("", [
	"the key policy names nobody who may change it (AWS's own sample, of statements to add to a key policy, not to ",
	"replace it with)",
])) if {
	policy.document.value.Id in data.sealgate.data.statement_facts.sample_key_policies
} else := finding.violation(policy.subject, policy.path, "the key policy names nobody who may change it")

_has_administrator(policy) if {
	some compiled in policy.group.allow
	document.names_action(compiled, "kms:putkeypolicy")
	not compiled.principals.negated
	_names_somebody(compiled.principals)
	not "kms:viaservice" in policies.needed_keys(compiled)
}

_names_somebody(principals) if principals.everyone

_names_somebody(principals) if count(principals.arns) > 0
