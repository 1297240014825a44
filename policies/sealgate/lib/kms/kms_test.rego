package sealgate.lib.kms_test

import data.sealgate.lib.kms

test_forms if {
	{text: kms.form(text) | some text, _ in _forms} == _forms
}

test_description_says_what_a_text_is if {
	kms.described(_key) == concat("", ["a key ARN (", _key, ")"])
	kms.described("alias/ml") == "an alias (alias/ml)"
	kms.described(_alias_arn) == concat("", ["the ARN of an alias (", _alias_arn, ")"])
	kms.described(_uuid) == concat("", ["a key id without its ARN (", _uuid, ")"])
	kms.described("arn:aws:s3:::my-bucket") == "the ARN of something that is no KMS key (arn:aws:s3:::my-bucket)"
	kms.described(" \t") == "an empty text"
	kms.described("my-key") == "no key ARN: it does not begin with arn: (my-key)"
}

test_defect_of_a_malformed_arn if {
	{text: kms.defect(text) | some text, _ in _defects} == _defects
}

test_multi_region_id_begins_with_mrk if {
	kms.is_multi_region_id(_mrk)
	kms.is_multi_region_id(concat("", ["arn:aws:kms:us-west-2:111122223333:key/", _mrk]))
	every content in [_key, _uuid, "mrk-1234", concat("", [_mrk, "0"]), "alias/mrk-1234abcd12ab34cd56ef1234567890ab", "", 7, null, {}] {
		not kms.is_multi_region_id(content)
	}
}

test_accepted_forms_are_said_in_one_order if {
	kms.accepted(["alias_arn", "alias", "key_id", "key_arn"]) == "a key ARN or a key id or an alias or the ARN of an alias"
	kms.accepted(["key_arn"]) == "a key ARN"
}

test_aws_managed_alias_is_one_below_aws if {
	kms.is_aws_managed_alias("alias/aws/s3")
	kms.is_aws_managed_alias("arn:aws:kms:us-west-2:111122223333:alias/aws/s3")
	every content in ["alias/ml", "alias/awsome", "my/alias/aws/s3", _key, "", 7, null] {
		not kms.is_aws_managed_alias(content)
	}
}

_uuid := "1234abcd-12ab-34cd-56ef-1234567890ab"

_mrk := "mrk-1234abcd12ab34cd56ef1234567890ab"

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_alias_arn := "arn:aws:kms:us-west-2:111122223333:alias/ml"

_forms := {
	_key: "key_arn",
	"arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1234ABCD-12AB-34CD-56EF-1234567890AB": "key_arn",
	"arn:aws-iso-b:kms:us-isob-east-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab": "key_arn",
	_alias_arn: "alias_arn",
	"arn:aws:kms:us-west-2:111122223333:alias/aws/s3": "alias_arn",
	_uuid: "key_id",
	_mrk: "key_id",
	"alias/ml": "alias",
	"alias/aws/s3": "alias",
	"": "empty",
	" \t\n": "empty",
	"arn:aws:s3:::my-bucket": "other_service",
	"arn:aws:iam::111122223333:role/aws-service-role/kms": "other_service",
	"my-key": "malformed",
	"alias/": "malformed",
	"alias/with space": "malformed",
	"alias": "malformed",
	"1234abcd12ab34cd56ef1234567890ab": "malformed",
	"mrk-1234ABCD12AB34CD56EF1234567890AB": "malformed",
	"arn:aws:kms:us-west-2:111122223333:alias/": "malformed",
	"arn:aws:kms:us-west-2:111122223333:key/": "malformed",
	"arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\n": "malformed",
	"arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab/more": "malformed",
	"arn:aws:kms:us-west-2:111122223333:1234abcd-12ab-34cd-56ef-1234567890ab": "malformed",
	"arn:aws:kms:us-west-2::key/1234abcd-12ab-34cd-56ef-1234567890ab": "malformed",
	"arn:aws:kms:us-west-2:111122223333": "malformed",
	"arn::kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab": "malformed",
}

_defects := {
	" arn:aws:kms:us-west-2:111122223333:key/1": "it has white space around it",
	"arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab\n": "it has white space around it",
	"my-key": "it does not begin with arn:",
	"ARN:aws:kms:us-west-2:111122223333:key/1": "it does not begin with arn:",
	"arn:aws:kms:us-west-2:111122223333": "it has fewer than the six parts of an ARN",
	"arn:amazon:kms:us-west-2:111122223333:key/1": "its partition amazon is not written as a partition",
	"arn::kms:us-west-2:111122223333:key/1": "its partition (empty) is not written as a partition",
	"arn:aws:kms:uswest2:111122223333:key/1": "its Region uswest2 is not written as a Region",
	"arn:aws:kms::111122223333:key/1": "its Region (empty) is not written as a Region",
	"arn:aws:kms:us-west-2:1111-2222-3333:key/1": "its account 1111-2222-3333 is not 12 digits",
	"arn:aws:kms:us-west-2::key/1": "its account (empty) is not 12 digits",
	"arn:aws:kms:us-west-2:111122223333:key/1": "its key id 1 is neither a UUID nor mrk- and 32 hexadecimal digits",
	"arn:aws:kms:us-west-2:111122223333:key/": "its key id (empty) is neither a UUID nor mrk- and 32 hexadecimal digits",
	"arn:aws:kms:us-west-2:111122223333:alias/": "what follows the account is neither key/ and a key id nor alias/ and a name",
	"arn:aws:kms:us-west-2:111122223333:1234": "what follows the account is neither key/ and a key id nor alias/ and a name",
}

test_default_policy_delegates_to_the_account if {
	policy := kms.default_policy("aws-cn", "111122223333")
	[statement.Principal | some statement in policy.Statement] == [{"AWS": "arn:aws-cn:iam::111122223333:root"}]
}
