package sealgate

import data.sealgate.lib.arn
import data.sealgate.lib.iam
import data.sealgate.lib.iam.call as iam_call
import data.sealgate.lib.iam.document
import data.sealgate.lib.kms
import data.sealgate.model.context
import data.sealgate.model.policies
import data.sealgate.model.question
import data.sealgate.systems.exposure as exposed

# METADATA
# title: The exposure of a key
# description: |
#   Who can use a key, for which KMS actions, through which services and by what: a statement of the key policy, the
#   delegation to the account together with a principal's own policies, a grant. What was not supplied is unknown; what
#   a condition decides is shown with the condition. `diff` says what the key policy gives that another one did not,
#   and the reverse.
exposure := {
	"key": _exposed_key,
	"holders": array.flatten([_policy_holders, _grant_holders, _identity_holders]),
	"denials": _exposure_denials,
	"unknown": _exposure_unknown,
	"diff": _exposure_diff,
	"problems": [problem | some problem in _exposure_problems],
	"version": data.sealgate.data.version,
}

default _exposed_key := ""

_exposed_key := question.key.value if is_string(question.key.value)

_exposure_problems contains "the key is not named by a key ARN" if kms.form(_exposed_key) != "key_arn"

_exposure_problems contains message if some message in context.problems

_exposure_problems contains concat("", [policy.name, " is malformed at ", problem.pointer, ": ", problem.message]) if {
	some policy in [_policy_now, _policy_before]
	some problem in policy.group.problems
}

_policy_now := _policy_of(context.key_part(_exposed_key, "policy"), "the key policy")

_policy_before := _policy_of(question.before, "the earlier key policy")

_policy_of(given, name) := {
	"name": name,
	"group": document.single(given, "key_policy", name),
	"document": _document_of(given),
}

default _document_of(_) := {}

_document_of(given) := given.value if is_object(given.value)

_document_of(given) := json.unmarshal(given.value) if {
	is_string(given.value)
	json.is_valid(given.value)
}

_policy_holders := _holders_of(_policy_now)

_holders_of(policy) := [object.union(row, {"source": "key_policy", "certain": true, "depends_on": []}) |
	some row in exposed.of_policy(policy.document, policy.group, _exposed_key)
]

_exposure_denials := exposed.denials(_policy_now.document, _policy_now.group)

_grant_holders := [object.union(row, {"source": "grant", "certain": true, "depends_on": []}) |
	some index, grant in context.key_part(_exposed_key, "grants").value
	is_object(grant)
	row := exposed.of_grant(grant, index, _exposed_key)
]

# What the key policy leaves to the account's own policies, for each of its principals whose policies are known.
_identity_holders := [holder |
	some principal_arn, answers in _answers_by_principal
	some certain, decision in {true: "allowed", false: "undecided"}
	actions := {action | some action, answer in answers; answer.decision == decision}
	count(actions) > 0
	holder := object.union(
		exposed.of_holder(
			{"kind": "principal", "who": principal_arn},
			actions,
			{},
			_decisive([answers[action] | some action in actions]),
		),
		{
			"source": "identity",
			"certain": certain,
			"depends_on": sort([doubt | some doubt in {doubt | some action in actions; some doubt in _doubts(answers[action])}]),
		},
	)
]

# The first by its place of the statements that allow the actions, or may; null where none is known.
_decisive(answers) := first if {
	[_, _, first] := sort([[reference.policy, reference.index, object.remove(reference, {"reason"})] |
		some answer in answers
		some reference in array.concat([answer.by | answer.by != null], answer.nearest)
	])[0]
} else := null

# What an undecided answer waits for.
_doubts(answer) := {near.reason | some near in answer.nearest} if {
	answer.nearest != []
} else := {missing.reason | some missing in answer.missing}

_answers_by_principal := {principal.arn: answers |
	some principal in _known_principals
	groups := _policies_of(principal)
	answers := {action: iam.evaluate(_call_by(principal, name, _exposed_key), groups) |
		some action, name in data.sealgate.data.key_actions
	}
}

# The principals of the key's account of which the context says something.
_known_principals := [{"type": kind, "arn": principal_arn, "account": parts.account} |
	some principal_arn, entry in object.get(question.given_context, "principals", {})
	is_object(entry)
	parts := arn.parse(principal_arn)
	parts.account == arn.parse(_exposed_key).account
	some kind in ["role", "user"]
	startswith(parts.resource, concat("", [kind, "/"]))
]

_call_by(principal, action, key_arn) := iam_call.prepare({
	"principal": principal,
	"action": action,
	"resource": key_arn,
	"key_account": principal.account,
	"context": {},
})

_policies_of(principal) := object.union(object.union(iam.no_policies, policies.of_principal(principal.arn)), {
	"key_policy": _delegation,
	"scps": document.levels(context.organization_policies(principal.account, "service_control_policies"), "scp"),
	"rcps": document.levels(context.organization_policies(principal.account, "resource_control_policies"), "rcp"),
})

# The key policy without what it gives to anybody but the account: that stands in rows of its own.
_delegation := object.union(_policy_now.group, {"allow": [statement |
	some statement in _policy_now.group.allow
	statement.principals.accounts[arn.parse(_exposed_key).account]
]})

_exposure_unknown := [object.remove(unknown, {"layer", "state"}) |
	some unknown in array.concat(_policy_now.group.missing, [grants | grants.state == "unknown"])
] if {
	grants := context.key_part(_exposed_key, "grants")
}

default _exposure_diff := null

_exposure_diff := {
	"gained": exposed.beyond(_policy_holders, _holders_of(_policy_before)),
	"lost": exposed.beyond(_holders_of(_policy_before), _policy_holders),
} if {
	question.before.state == "known"
	count(_policy_now.group.missing) == 0
	count(_policy_before.group.missing) == 0
}
