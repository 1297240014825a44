# METADATA
# title: Condition keys exist on every action of their statement
# description: |
#   A condition key that an action does not have is absent from every such call. An Allow under a positive condition
#   on it never grants that action, whatever it looks like: kms:GrantIsForAWSResource and the encryption context do
#   not exist on DescribeKey. In a Deny such a condition never lets it fire, or never keeps it from firing.
# scope: package
# related_resources:
#   - description: Permissions reference of AWS KMS
#     ref: https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-IAM-002
#   level: recommended
#   severity: medium
#   requirements: [MTRL-12]
#   remediation: >-
#     Give the actions that do not have the condition key a statement of their own, without that condition.
package sealgate.rules.iam.condition_keys_exist_on_actions

import data.sealgate.lib.finding
import data.sealgate.lib.iam.pattern
import data.sealgate.model.policies

checked contains subject if {
	some subject in policies.readable({"key_policy", "identity", "permissions_boundary", "session"})
}

findings contains found if {
	some statement in policies.statements
	some condition in statement.compiled.conditions
	some consequence, actions in _consequences(statement, condition)

	found := _weighed(statement, concat("", [
		statement.called,
		" ",
		consequence,
		" ",
		concat(", ", actions),
		": no such call has ",
		condition.name,
	]))
}

_weighed(statement, message) := finding.violation(statement.policy.subject, statement.path, message) if {
	policies.sample_of(statement.compiled) == ""
} else := finding.advice(
	statement.policy.subject,
	statement.path,
	concat("", [message, policies.sample_of(statement.compiled)]),
)

_consequences(statement, condition) := {consequence: actions |
	consequence := _consequence(statement.effect, condition)
	actions := sort([_written(action) | some action in _actions(statement); not _has_key(action, condition.key)])
	count(actions) > 0
} if {
	not statement.compiled.actions.negated
	_is_service_key(condition.key)
}

# What a condition on a key that is never there does to its statement. Undefined where it does no harm.
_consequence("Allow", condition) := "never allows" if _on_absence(condition) == 0

_consequence("Deny", condition) := "never denies" if _on_absence(condition) == 0

_consequence("Deny", condition) := "denies, whatever the condition says," if {
	_on_absence(condition) == 2
	condition.each == ""
	not _is_optional(condition)
}

_is_optional(condition) if endswith(lower(condition.operator), "ifexists")

_on_absence(condition) := condition.absent if condition.kind != "null"

_on_absence(condition) := 0 if {
	condition.kind == "null"
	not condition.texts["true"]
}

_on_absence(condition) := 2 if {
	condition.kind == "null"
	condition.texts["true"]
}

# Those written in full; of those that a wildcard covers, only what jobs need, and only where the statement allows.
_actions(statement) := statement.compiled.actions.names | {action |
	statement.effect == "Allow"
	some action in _needed
	pattern.matches(statement.compiled.actions.pattern, action)
	_service(action) in _named_services(statement)
}

# The wildcard "*" is about every service: a key of one service says nothing there about the others.
_named_services(statement) := {_service(condition.key) | some condition in statement.compiled.conditions}

_needed := {lower(action) |
	some entries in data.sealgate.data.calls
	some entry in entries
	some action in entry.actions
}

_written(action) := object.get(data.sealgate.data.condition_keys.names, action, action)

_service(name) := split(name, ":")[0]

# Keys of services that the tables know; those of IAM itself may be on any call, and deprecated ones have a rule of
# their own.
_is_service_key(key) if {
	startswith(key, "kms:")
	not _is_of_every_action(key)
}

_is_service_key(key) if {
	contains(key, "kmskey")
	not data.sealgate.data.condition_keys.deprecated[key]
}

_is_of_every_action(key) if key in data.sealgate.data.condition_keys.key_properties

_has_key(action, key) if {
	some known in data.sealgate.data.condition_keys.actions[action]
	_is_of(known, key)
}

# An action of the key's own service that the tables do not know may be new.
_has_key(action, key) if {
	startswith(key, "kms:")
	startswith(action, "kms:")
	not data.sealgate.data.condition_keys.actions[action]
}

_is_of(known, key) if known == key

_is_of(known, key) if {
	endswith(known, "*")
	startswith(key, trim_suffix(known, "*"))
}
