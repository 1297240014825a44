package sealgate

import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.lib.iam.document
import data.sealgate.lib.value
import data.sealgate.model
import data.sealgate.systems.exposure as exposed

# METADATA
# title: Who gains and who loses a key by a plan
# description: |
#   For each key whose policy or grants a Terraform plan changes: what is given to whom that was not before, and the
#   reverse. A key whose policy is not known on one side is listed with the reason instead.
exposure_changes := {
	"changes": [change | some key_arn in _changing_keys; change := _exposure_change(key_arn)],
	"version": data.sealgate.data.version,
}

_declared_after := _declared_by_key(
	data.sealgate.inputs.terraform_plan.policies,
	data.sealgate.inputs.terraform_plan.grants,
)

_declared_before := declared if {
	# regal ignore:with-outside-test-context
	policies := data.sealgate.inputs.terraform_plan.policies with input.plan_side as "before"

	# regal ignore:with-outside-test-context
	grants := data.sealgate.inputs.terraform_plan.grants with input.plan_side as "before"
	declared := _declared_by_key(policies, grants)
}

# What stands on a key, `{policy, grants}` by its ARN: the policy with the address that holds it.
_declared_by_key(policies, grants) := {key_arn: {
	"policy": object.get(by_key, key_arn, {"subject": "", "document": value.absent}),
	"grants": {grant |
		some given in grants
		given.key_arn == key_arn
		grant := object.filter(given, {"subject", "grant"})
	},
} |
	by_key := {policy.owner: {"subject": policy.subject, "document": object.get(policy, "doubt", policy.document)} |
		some policy in policies
		policy.kind == "key_policy"
	}
	some key_arn in (object.keys(by_key) | {given.key_arn | some given in grants})
}

_on_key_after(key_arn) := object.get(_declared_after, key_arn, _undeclared)

_on_key_before(key_arn) := object.get(_declared_before, key_arn, _undeclared)

_undeclared := {"policy": {"subject": "", "document": value.absent}, "grants": set()}

_changing_keys := {key_arn |
	_ := plan.content
	some key_arn in (object.keys(_declared_after) | object.keys(_declared_before))
	_compared(object.get(_declared_after, key_arn, _undeclared)) != _compared(object.get(
		_declared_before,
		key_arn,
		_undeclared,
	))
}

_compared(declared) := [declared.policy.document, {given.grant | some given in declared.grants}]

_exposure_change(key_arn) := {
	"key": model.shown(key_arn),
	"subject": _changing_subject(after, before),
	"gained": [row | count(unknown) == 0; some row in model.shown(exposed.beyond(rows_after, rows_before))],
	"lost": [row | count(unknown) == 0; some row in model.shown(exposed.beyond(rows_before, rows_after))],
	"unknown": [model.shown(reason) | some reason in unknown],
} if {
	after := _on_key_after(key_arn)
	before := _on_key_before(key_arn)
	rows_after := _rows(after, key_arn)
	rows_before := _rows(before, key_arn)
	unknown := {side.policy.document.reason |
		some side in [before, after]
		side.policy.document.state == "unknown"
	}
}

_changing_subject(after, _) := after.policy.subject if after.policy.subject != ""

_changing_subject(after, before) := subject if {
	after.policy.subject == ""
	subject := min({name |
		some side in [before, after]
		some name in ({side.policy.subject} | {given.subject | some given in side.grants})
		name != ""
	})
}

_rows(declared, key_arn) := array.concat(
	exposed.of_policy(
		_document_of(declared.policy.document),
		document.single(declared.policy.document, "key_policy", "the key policy"),
		key_arn,
	),
	[row |
		some given in declared.grants
		row := exposed.of_grant(given.grant, 0, key_arn)
	],
)
