package sealgate.rules.iam.everyone_is_bound_to_accounts_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.everyone_is_bound_to_accounts as rule

test_violation_everyone if {
	every principal in ["*", {"AWS": "*"}, {"AWS": [fixture.role, "*"]}] {
		every condition in [
			{},
			{"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
			{"StringLike": {"aws:PrincipalAccount": "*"}},
			{"StringEqualsIfExists": {"aws:PrincipalAccount": "111122223333"}},
			{"StringNotEquals": {"aws:PrincipalAccount": "444455556666"}},
			{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ml"}},
			{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1?1122223333:role/ml"}},
			{"StringLike": {"aws:PrincipalArn": "*"}},
		] {
			_of("Allow", principal, condition) == {fixture.found(
				"violation",
				fixture.key_subject,
				array.concat(fixture.key_path, ["Statement", 0]),
				"the statement S of the key policy allows everyone, in every account",
			)}
		}
	}
}

test_pass_bound if {
	every condition in [
		{"StringEquals": {"aws:PrincipalAccount": "111122223333"}},
		{"StringEquals": {"kms:CallerAccount": ["111122223333", "444455556666"]}},
		{"StringEquals": {"aws:PrincipalOrgID": "o-abc"}},
		{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-abc/*"}},
		{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/*"}},
		{"StringEquals": {"aws:SourceAccount": "111122223333"}},
	] {
		_of("Allow", "*", condition) == set()
	}
}

test_pass_denials_and_named_principals if {
	_of("Deny", "*", {}) == set()
	_of("Allow", {"AWS": fixture.role}, {}) == set()
	rule.checked == {fixture.key_subject} with input as fixture.key_policy([fixture.root])
	rule.checked == set() with input as {}
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
