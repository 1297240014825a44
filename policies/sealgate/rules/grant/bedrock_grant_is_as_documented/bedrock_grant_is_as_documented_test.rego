package sealgate.rules.grant.bedrock_grant_is_as_documented_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.grant.bedrock_grant_is_as_documented as rule

test_violation_of_the_key_of_a_model if {
	_of(["Decrypt", "ReEncryptTo", "Encrypt"], "bedrock.amazonaws.com", _models) == {_found(
		"violation",
		"the grant lets bedrock.amazonaws.com do more than custom models need: Encrypt, ReEncryptTo",
	)}
	_of(["Decrypt"], null, _models) == {_found("violation", _no_retiring)}
}

test_advice_of_a_key_that_may_be_for_something_else if {
	_of(["Decrypt"], null, {}) == {_found("advice", concat(" ", [
		_no_retiring,
		"(unless it is for an agent, a guardrail or another resource:",
		"nothing says that this is the key of a model)",
	]))}
}

test_pass_primary_and_secondary_grant if {
	every operations in [["Decrypt", "CreateGrant", "GenerateDataKey", "DescribeKey"], ["Decrypt"]] {
		every models in [_models, {}] {
			_of(operations, "bedrock.amazonaws.com", models) == set()
		}
	}
	rule.findings == set() with input as fixture.grant({
		"GranteeServicePrincipal": "bedrock.amazonaws.com",
		"RetiringServicePrincipal": "bedrock.amazonaws.com",
		"Operations": ["Decrypt"],
	})
}

test_pass_other_grantees if {
	given := fixture.grant({"GranteePrincipal": fixture.role, "Operations": ["Encrypt"]})
	rule.findings == set() with input as given
	rule.checked == set() with input as given
	rule.checked == {fixture.grant_subject} with input as fixture.grant({"GranteePrincipal": "bedrock.amazonaws.com"})
}

_of(operations, retiring, models) := findings if {
	given := object.union(
		{"GranteePrincipal": "bedrock.amazonaws.com", "Operations": operations},
		{"RetiringPrincipal": principal | some principal in _present(retiring)},
	)
	findings := rule.findings with input as object.union(fixture.grant(given), {"context": {"models": models}})
}

_present(principal) := [principal | principal != null]

_models := {"arn:aws:bedrock:us-west-2:111122223333:custom-model/my-model": {"kms_key_arn": fixture.key}}

_no_retiring := "the grant to bedrock.amazonaws.com has no retiring principal, which could retire it"

_found(outcome, message) := fixture.found(outcome, fixture.grant_subject, fixture.grant_path, message)
