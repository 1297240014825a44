package sealgate.rules.plan.key_has_one_policy_test

import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.rules.plan.key_has_one_policy as rule
import data.sealgate.systems.withdrawals_test as fixture

_policy(address, statements) := plan_test.created(address, {"key_id": fixture.key, "policy": fixture.with_policy(statements).policy}, {})

_input(changes, expressions) := plan_test.holding(changes, {"resources": [plan_test.configured("aws_kms_key.k", expressions)]})

test_advice_two_policies_of_their_own if {
	document := _input(
		[
			fixture.kept_key([fixture.delegation]),
			_policy("aws_kms_key_policy.a", [fixture.delegation]),
			_policy("aws_kms_key_policy.b", [fixture.for_role]),
		],
		{},
	)
	rule.findings == _on({"aws_kms_key_policy.a", "aws_kms_key_policy.b"}) with input as document
	rule.checked == {"aws_kms_key_policy.a", "aws_kms_key_policy.b"} with input as document
}

test_advice_policy_in_the_key_and_one_of_its_own if {
	document := _input(
		[fixture.kept_key([fixture.delegation]), _policy("aws_kms_key_policy.a", [fixture.delegation])],
		{"policy": {"constant_value": "text"}},
	)
	rule.findings == _on({"aws_kms_key.k", "aws_kms_key_policy.a"}) with input as document
}

test_pass_one_policy if {
	every document in [
		# What the plan shows as the key's own may be what the other resource has set.
		_input([fixture.kept_key([fixture.delegation]), _policy("aws_kms_key_policy.a", [fixture.delegation])], {}),
		plan_test.holding([fixture.kept_key([fixture.delegation]), _policy("aws_kms_key_policy.a", [fixture.delegation])], {}),
		_input([fixture.kept_key([fixture.delegation])], {"policy": {"constant_value": "text"}}),
		_input([fixture.kept_key([fixture.delegation])], {}),
		{},
	] {
		rule.findings == set() with input as document
		rule.checked == set() with input as document
	}
}

_on(addresses) := {{
	"outcome": "advice",
	"subject": address,
	"path": [],
	"message": concat("", [
		"the policy of ",
		fixture.key,
		" is set by ",
		concat(", ", sort([name | some name in addresses])),
		": a key has one policy, and which of them it ends up with is not in the plan",
	]),
} |
	some address in addresses
}
