package sealgate.rules.iam.policy_is_well_formed_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.policy_is_well_formed as rule

test_violation_each_fault_with_its_place if {
	given := fixture.role_policy([{
		"Effect": "Allow",
		"Action": "kms:Decrypt",
		"Resource": "*",
		"Condition": {"StringLikes": {"kms:ViaService": "s3.*"}, "Bool": {"a/b~c": "maybe"}},
	}])
	rule.findings == {
		fixture.found(
			"violation",
			fixture.role_subject,
			array.concat(fixture.role_path, ["Statement", 0, "Condition", "StringLikes"]),
			"the policy ml is malformed: no condition operator has this name",
		),
		fixture.found(
			"violation",
			fixture.role_subject,
			array.concat(fixture.role_path, ["Statement", 0, "Condition", "Bool", "a/b~c"]),
			"the policy ml is malformed: maybe is no true or false",
		),
	} with input as given
	rule.checked == {fixture.role_subject} with input as given
}

test_violation_what_is_no_policy_at_all if {
	every content in ["{", "", 7, [], "[]"] {
		given := {"context": {"keys": {fixture.key: {"policy": content}}}}
		rule.findings == {fixture.found(
			"violation",
			fixture.key_subject,
			fixture.key_path,
			"the key policy is malformed: a policy is a JSON object",
		)} with input as given
	}
}

test_pass_well_formed if {
	given := fixture.key_policy([fixture.root])
	rule.findings == set() with input as given
	rule.checked == {fixture.key_subject} with input as given
}

test_pass_policy_that_nobody_supplied if {
	given := {"context": {"keys": {fixture.key: {}}, "principals": {fixture.role: {}}}}
	rule.findings == set() with input as given
	rule.checked == set() with input as given
}
