package sealgate.rules.iam.source_conditions_are_for_services_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.source_conditions_are_for_services as rule

test_violation_allow_that_refuses_everything if {
	every condition in [
		{"ArnLike": {"aws:SourceArn": "arn:aws:sagemaker:us-west-2:111122223333:job/*"}},
		{"Null": {"aws:SourceArn": "false"}},
	] {
		_of("Allow", {"AWS": fixture.role}, condition) == {_violation(concat("", [
			"the statement S of the key policy never allows anything to ", fixture.role,
			": only calls of services have aws:SourceArn",
		]))}
	}
}

test_violation_part_of_the_principals if {
	_of("Allow", {"AWS": ["444455556666", fixture.role], "Service": "sagemaker.amazonaws.com"}, {"StringEquals": {"aws:SourceAccount": "111122223333"}}) == {_violation(concat("", [
		"the statement S of the key policy never allows anything to 444455556666, ", fixture.role,
		": only calls of services have aws:SourceAccount",
	]))}
}

test_violation_deny if {
	_of("Deny", {"AWS": fixture.role}, {"StringEquals": {"aws:SourceAccount": "444455556666"}}) == {_violation(concat("", [
		"the statement S of the key policy never denies anything to ", fixture.role,
		": only calls of services have aws:SourceAccount",
	]))}
	_of("Deny", {"AWS": fixture.role}, {"StringNotEquals": {"aws:SourceAccount": "111122223333"}}) == {_violation(concat("", [
		"the statement S of the key policy denies, whatever the source, to ", fixture.role,
		": only calls of services have aws:SourceAccount",
	]))}
}

test_pass_where_it_belongs_or_does_no_harm if {
	source := {"StringEquals": {"aws:SourceAccount": "111122223333"}}
	_of("Allow", {"Service": "sagemaker.amazonaws.com"}, source) == set()
	_of("Allow", "*", source) == set()
	_of("Allow", {"AWS": fixture.role}, {"StringEqualsIfExists": {"aws:SourceAccount": "111122223333"}}) == set()
	_of("Allow", {"AWS": fixture.role}, {"Null": {"aws:SourceArn": "true"}}) == set()
	_of("Allow", {"AWS": fixture.role}, {"StringNotEquals": {"aws:SourceAccount": "444455556666"}}) == set()
	_of("Deny", {"AWS": fixture.role}, {"StringNotEqualsIfExists": {"aws:SourceAccount": "111122223333"}}) == set()
	_of("Allow", {"AWS": fixture.role}, {"StringEquals": {"kms:CallerAccount": "111122223333"}}) == set()
}

test_pass_identity_policies_are_not_this_rules_business if {
	given := fixture.role_policy([{
		"Effect": "Allow",
		"Action": "kms:Decrypt",
		"Resource": "*",
		"Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
	}])
	rule.findings == set() with input as given
	rule.checked == set() with input as given
	rule.checked == {fixture.key_subject} with input as fixture.key_policy([fixture.root])
}

_of(effect, principal, condition) := findings if {
	findings := rule.findings with input as fixture.key_policy([{
		"Sid": "S",
		"Effect": effect,
		"Principal": principal,
		"Action": "kms:Decrypt",
		"Resource": "*",
		"Condition": condition,
	}])
}

_violation(message) := fixture.found(
	"violation",
	fixture.key_subject,
	array.concat(fixture.key_path, ["Statement", 0]),
	message,
)
