package sealgate.rules.key.key_reference_has_accepted_form_test

import data.sealgate.lib.value
import data.sealgate.rules.key.key_reference_has_accepted_form as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_wrong_type if {
	types := {"null": null, "a boolean": false, "a number": 7, "an array": [mtrl.key], "an object": {"Arn": mtrl.key}}
	every type, content in types {
		rule.findings == {object.remove(_violation(concat("", [type, ", not a string that names a key"]), ""), {"remediation"})} with data.sealgate.model.jobs as fixture.jobs(value.known(content))
			with data.sealgate.data.key_kinds as fixture.kinds({})
	}
}

test_violation_form_that_the_member_does_not_take if {
	described := {
		"alias/ml": "an alias (alias/ml)",
		"alias/aws/s3": "an alias (alias/aws/s3)",
		_alias_arn: concat("", ["the ARN of an alias (", _alias_arn, ")"]),
		_key_id: concat("", ["a key id without its ARN (", _key_id, ")"]),
	}
	every given, words in described {
		rule.findings == {_violation(
			concat("", [words, "; it takes a key ARN"]),
			concat("", [
				"Put the key's ARN there: aws kms describe-key --query KeyMetadata.Arn --output text --key-id ",
				given,
				" prints it.",
			]),
		)} with data.sealgate.model.jobs as fixture.jobs_with(value.known(given), {"forms": ["key_arn"]}, {})
			with data.sealgate.data.key_kinds as fixture.kinds({})
	}
}

test_violation_no_form_of_a_key if {
	described := {
		"": "an empty text",
		" ": "an empty text",
		"arn:aws:s3:::my-bucket": "the ARN of something that is no KMS key (arn:aws:s3:::my-bucket)",
		"my-key": "no key ARN: it does not begin with arn: (my-key)",
		"arn:aws:kms:us-west-2:1111:key/1": "no key ARN: its account 1111 is not 12 digits (arn:aws:kms:us-west-2:1111:key/1)",
	}
	every given, words in described {
		rule.findings == {_violation(
			concat("", [words, "; it takes a key ARN or a key id or an alias or the ARN of an alias"]),
			"Name the key by a key ARN or a key id or an alias or the ARN of an alias, or leave the member out.",
		)} with data.sealgate.model.jobs as fixture.jobs(value.known(given))
			with data.sealgate.data.key_kinds as fixture.kinds({})
	}
}

test_violation_serves_no_requirement_where_the_table_names_none if {
	found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known("my-key"))
		with data.sealgate.data.key_kinds as {}
	[one.requirements | some one in found] == [[]]
}

test_unverified_unknown_key if {
	rule.findings == {fixture.unverified({"reason": "it is known after apply"})} with data.sealgate.model.jobs as fixture.jobs(fixture.known_after_apply)
		with data.sealgate.data.key_kinds as fixture.kinds({})
}

test_pass_every_form_that_the_member_takes if {
	forms := {"key_arn": mtrl.key, "key_id": _key_id, "alias": "alias/ml", "alias_arn": _alias_arn}
	every form, given in forms {
		requests := fixture.jobs_with(value.known(given), {"forms": [form]}, {})
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as requests
		rule.findings == set() with data.sealgate.model.jobs as requests
	}
}

test_pass_no_key if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.absent)
	rule.checked == set() with data.sealgate.model.jobs as fixture.jobs(value.absent)
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_key_id := "1234abcd-12ab-34cd-56ef-1234567890ab"

_alias_arn := "arn:aws:kms:us-west-2:111122223333:alias/ml"

_violation(fault, remediation) := {
	"outcome": "violation",
	"subject": fixture.subject,
	"path": fixture.path,
	"message": concat("", ["Output.KeyId is ", fault]),
	"remediation": remediation,
	"requirements": ["BCUST-02"],
}
