package sealgate.lib.arn_test

import data.sealgate.lib.arn

test_parts_of_an_arn if {
	arn.parse("arn:aws:kms:us-west-2:111122223333:key/1234") == {
		"partition": "aws",
		"service": "kms",
		"region": "us-west-2",
		"account": "111122223333",
		"resource": "key/1234",
	}
}

test_colons_after_the_account_belong_to_the_resource if {
	arn.parse("arn:aws:logs:us-west-2:111122223333:log-group:one:two").resource == "log-group:one:two"
}

test_parts_may_be_empty if {
	arn.parse("arn:aws:s3:::my-bucket") == {
		"partition": "aws",
		"service": "s3",
		"region": "",
		"account": "",
		"resource": "my-bucket",
	}
}

test_what_is_no_arn_has_no_parts if {
	every text in ["", "arn", "arn:aws:kms:us-west-2:111122223333", "ARN:aws:kms:us-west-2:111122223333:key/1", 7, null, {}] {
		not arn.parse(text)
	}
}

test_pattern_is_compared_part_by_part if {
	key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd"
	matching := {pattern |
		some pattern in [
			key,
			"arn:aws:kms:*:111122223333:key/*",
			"arn:*:*:*:*:*",
			"arn:aws:kms:us-west-?:111122223333:key/1234abc?",
			"arn:aws:kms:*:key/1234abcd",
			"arn:aws:kms:us-west-2:*",
			"arn:aws:kms:us-west-?:111122223333:key/1234abcd?",
			"arn:aws:kms:us.west.2:111122223333:key/1234abcd",
			"arn:aws:kms:us-west-2:111122223333:key/1234",
			"*",
			"",
			7,
		]
		arn.like(pattern, key)
	}
	matching == {
		key,
		"arn:aws:kms:*:111122223333:key/*",
		"arn:*:*:*:*:*",
		"arn:aws:kms:us-west-?:111122223333:key/1234abc?",
	}
}

test_resource_of_a_pattern_may_hold_colons if {
	arn.like("arn:aws:logs:*:*:log-group:*:two", "arn:aws:logs:us-west-2:111122223333:log-group:one:two")
}

test_what_is_no_arn_is_like_no_pattern if {
	every text in ["", "arn:aws:kms", 7, null] {
		not arn.like("arn:*:*:*:*:*", text)
	}
}
