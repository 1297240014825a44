# METADATA
# title: A key policy that names everyone is bound to accounts
# description: |
#   The principal "*" is every principal of every account. Such an Allow statement needs a condition on the account,
#   the organisation or the principal; a condition such as kms:ViaService alone leaves the key to anyone who uses that
#   service.
# scope: package
# related_resources:
#   - description: Key policies in AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
# custom:
#   id: SG-IAM-007
#   level: recommended
#   severity: critical
#   requirements: []
#   remediation: >-
#     Name the principals or their account, or add a condition such as StringEquals aws:PrincipalAccount or
#     kms:CallerAccount.
package sealgate.rules.iam.everyone_is_bound_to_accounts

import data.sealgate.lib.finding
import data.sealgate.model.policies

checked contains subject if some subject in policies.readable({"key_policy"})

findings contains found if {
	some statement in policies.statements
	statement.effect == "Allow"
	statement.compiled.principals.everyone
	count(_bounds(statement)) == 0

	found := finding.violation(statement.policy.subject, statement.path, concat("", [
		statement.called,
		" allows everyone, in every account",
	]))
}

_bounds(statement) := {condition.key |
	some condition in statement.compiled.conditions
	condition.key in policies.needed_keys(statement.compiled)
	_binds(condition)
}

_binds(condition) if {
	condition.key in data.sealgate.data.statement_facts.account_bounds.accounts
	every content in condition.written {
		trim(content, "*?") != ""
	}
}

_binds(condition) if {
	condition.key in data.sealgate.data.statement_facts.account_bounds.arns
	every content in condition.written {
		_names_account(content)
	}
}

_names_account(content) if {
	account := split(content, ":")[4]
	not contains(account, "*")
	not contains(account, "?")
}
