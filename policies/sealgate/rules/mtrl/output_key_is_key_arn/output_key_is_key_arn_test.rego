package sealgate.rules.mtrl.output_key_is_key_arn_test

import data.sealgate.rules.mtrl.output_key_is_key_arn as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_alias if {
	_findings(mtrl.naming("alias/ml")) == {{_violation("an alias (alias/ml)", _arn_of("alias/ml"))}}
}

test_violation_alias_arn if {
	alias := "arn:aws:kms:us-west-2:111122223333:alias/ml"
	_findings(mtrl.naming(alias)) == {{_violation(concat("", ["the ARN of an alias (", alias, ")"]), _arn_of(alias))}}
}

test_violation_key_id if {
	every id in ["1234abcd-12ab-34cd-56ef-1234567890ab", "mrk-1234abcd12ab34cd56ef1234567890ab"] {
		_findings(mtrl.naming(id)) == {{_violation(concat("", ["a key id without its ARN (", id, ")"]), _arn_of(id))}}
	}
}

test_violation_empty if {
	every text in ["", " "] {
		_findings(mtrl.naming(text)) == {{_violation("an empty text", _as_written)}}
	}
}

test_violation_malformed if {
	_findings(mtrl.naming("arn:aws:kms:us-west-2:1111:key/1")) == {{_violation(
		"no key ARN: its account 1111 is not 12 digits (arn:aws:kms:us-west-2:1111:key/1)",
		_as_written,
	)}}
}

test_violation_other_service if {
	_findings(mtrl.naming("arn:aws:s3:::my-bucket")) == {{_violation(
		"the ARN of something that is no KMS key (arn:aws:s3:::my-bucket)",
		_as_written,
	)}}
}

test_violation_wrong_type if {
	types := {"null": null, "a boolean": false, "a number": 7, "an array": [mtrl.key], "an object": {"Arn": mtrl.key}}
	every type, content in types {
		_findings(mtrl.naming(content)) == {{{
			"outcome": "violation",
			"subject": mtrl.subject,
			"path": mtrl.path,
			"message": concat("", ["OutputDataConfig.KmsKeyArn is ", type, ", not a string with a key ARN"]),
		}}}
	}
}

test_unverified_behind_a_variable if {
	_findings(mtrl.behind_a_variable) == {{mtrl.unverified_behind_a_variable}}
	_checked(mtrl.behind_a_variable) == {{mtrl.subject}}
}

test_pass_key_arn if {
	every key in [mtrl.key, mtrl.mrk, "arn:aws-cn:kms:cn-north-1:444455556666:key/1234ABCD-12AB-34CD-56EF-1234567890AB"] {
		_findings(mtrl.naming(key)) == {set()}
		_checked(mtrl.naming(key)) == {{mtrl.subject}}
	}
}

test_pass_no_key_or_no_document_is_not_this_rules_business if {
	every entry in [mtrl.naming_no_key, {"value": {}}, mtrl.unreadable] {
		_findings(entry) == {set()}
		_checked(entry) == {set()}
	}
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

# One result, where both categories have the same.
_findings(entry) := {findings |
	some category in mtrl.categories
	findings := rule.findings with input as mtrl.request(category, entry, {})
}

_checked(entry) := {checked |
	some category in mtrl.categories
	checked := rule.checked with input as mtrl.request(category, entry, {})
}

_violation(what, remediation) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": concat("", ["OutputDataConfig.KmsKeyArn is ", what, "; multi-turn RL jobs take the ARN of a key"]),
	"remediation": remediation,
}

_arn_of(name) := concat("", [
	"Put the ARN of the key itself there: aws kms describe-key --query KeyMetadata.Arn --output text --key-id ",
	name,
	" prints it.",
])

_as_written := concat("", [
	"Write it as arn:<partition>:kms:<Region>:<account>:key/<key id>, ",
	"or leave KmsKeyArn out to use an AWS owned key.",
])
