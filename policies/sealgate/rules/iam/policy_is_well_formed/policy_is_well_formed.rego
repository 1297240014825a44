# METADATA
# title: Policy documents are well formed
# description: |
#   AWS refuses a malformed policy document, so it grants and denies nothing. What such a document was meant to say is
#   not guessed: every call that rests on it stays undecided, and the place of each fault is shown.
# scope: package
# related_resources:
#   - description: Grammar of the IAM JSON policy language
#     ref: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
# custom:
#   id: SG-IAM-001
#   level: required
#   severity: high
#   requirements: []
#   remediation: >-
#     Put the document right at the place that is shown.
package sealgate.rules.iam.policy_is_well_formed

import data.sealgate.lib.finding
import data.sealgate.model.policies

checked contains policy.subject if {
	some policy in policies.read
	policy.document.state == "known"
}

checked contains policy.subject if some policy in _declared

findings contains found if {
	some policy in policies.read
	some problem in policy.group.problems

	found := finding.violation(
		policy.subject,
		array.concat(policy.path, _steps(problem.pointer)),
		concat("", [policy.name, " is malformed: ", problem.message]),
	)
}

# What the context does not give is waited for by the calls; a key policy that a plan declares is judged for itself.
findings contains found if {
	some policy in _declared
	unknown := object.get(policy, "doubt", policy.document)
	unknown.state == "unknown"

	# Only what calls it allows waits for the account: its statements stand there.
	object.get(unknown, "part", "") != "account"

	found := finding.unverified(policy.subject, policy.path, unknown)
}

_declared := [policy |
	some policy in policies.read
	policy.kind == "key_policy"
	policy.path[0] != "context"
]

_steps("") := []

_steps(pointer) := [_step(step) | some step in array.slice(steps, 1, count(steps))] if {
	steps := split(pointer, "/")
	count(steps) > 1
}

_step(step) := to_number(step) if regex.match(`^(0|[1-9][0-9]{0,8})$`, step)

_step(step) := strings.replace_n({"~1": "/", "~0": "~"}, step) if not regex.match(`^(0|[1-9][0-9]{0,8})$`, step)
