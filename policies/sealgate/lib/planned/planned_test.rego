package sealgate.lib.planned_test

import data.sealgate.lib.kms
import data.sealgate.lib.planned

_key := "arn:aws:kms:us-west-2:111122223333:key/00000000-0000-0000-0000-000000000003"

_addresses := {0: "aws_kms_key.first", 2: "module.a[\"x\"].aws_kms_key.k", 41: "aws_iam_role.job"}

test_names_have_the_form_of_real_ones_and_begin_with_one if {
	planned.key_arn("aws", "us-west-2", "111122223333", 2) == _key
	planned.key_arn("aws-us-gov", planned.region, planned.account, 0) == concat(":", [
		"arn:aws-us-gov:kms:unknown-region-0:000000000000",
		"key/00000000-0000-0000-0000-000000000001",
	])
	planned.multi_region_key_arn("aws", "us-west-2", "111122223333", 2) == concat(":", [
		"arn:aws:kms:us-west-2:111122223333",
		"key/mrk-00000000000000000000000000000003",
	])
	planned.policy_arn("aws", "111122223333", 11) == "arn:aws:iam::111122223333:policy/planned-000000000012"
	planned.name(0) == "planned-000000000001"
	planned.name(999999999998) == "planned-999999999999"
}

test_rules_take_them_for_keys if {
	every made_up in [
		_key,
		planned.key_arn("aws-cn", planned.region, planned.account, 7),
		planned.multi_region_key_arn("aws", "us-west-2", "111122223333", 123456),
	] {
		kms.form(made_up) == "key_arn"
		planned.is_key(made_up)
		planned.is_key(split(made_up, "/")[1])
	}
	not planned.is_key("arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab")
	not planned.is_key("arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab")
	not planned.is_key("")
}

test_shown_by_their_addresses if {
	cases := {
		_key: "module.a[\"x\"].aws_kms_key.k",
		"00000000-0000-0000-0000-000000000001": "aws_kms_key.first",
		"key/00000000-0000-0000-0000-000000000001": "aws_kms_key.first",
		"arn:aws:kms:r:111122223333:key/mrk-00000000000000000000000000000001 and its id mrk-00000000000000000000000000000001": "aws_kms_key.first and its id aws_kms_key.first",
		"arn:aws:iam::000000000000:role/planned-000000000042 may not": "aws_iam_role.job may not",
		"alias/planned-000000000001": "aws_kms_key.first",
		"planned-000000000042, planned-000000000001": "aws_iam_role.job, aws_kms_key.first",
		"planned-000000000042/planned-000000000042": "aws_iam_role.job/aws_iam_role.job",
	}
	every text, expected in cases {
		planned.shown(text, _addresses) == expected
	}
}

test_what_is_not_made_up_stays if {
	every text in [
		"",
		"nothing of the kind",
		"arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
		"a name with -0000 in it",
		# Of no resource: the number begins with one, and none is so high.
		"00000000-0000-0000-0000-000000000000",
		"planned-000000000002",
		"planned-999999999999",
	] {
		planned.shown(text, _addresses) == text
		planned.shown(text, {}) == text
	}
	planned.shown(_key, []) == _key
	planned.shown(_key, ["a", "b", "c"]) == "c"
}
