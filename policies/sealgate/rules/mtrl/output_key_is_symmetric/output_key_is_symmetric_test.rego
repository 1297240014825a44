package sealgate.rules.mtrl.output_key_is_symmetric_test

import data.sealgate.rules.mtrl.output_key_is_symmetric as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_other_spec if {
	_described({"KeySpec": "RSA_4096"}) == {{_violation({"KeySpec": "RSA_4096"}, "KeySpec RSA_4096")}}
}

test_violation_other_usage if {
	_described({"KeyUsage": "SIGN_VERIFY"}) == {{_violation({"KeyUsage": "SIGN_VERIFY"}, "KeyUsage SIGN_VERIFY")}}
}

test_violation_other_spec_and_usage if {
	wrong := {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
	_described(wrong) == {{_violation(wrong, "KeySpec HMAC_256, KeyUsage GENERATE_VERIFY_MAC")}}
}

test_violation_empty_text if {
	_described({"KeySpec": ""}) == {{_violation({"KeySpec": ""}, "KeySpec ")}}
}

test_unverified_undescribed_key if {
	_findings(mtrl.naming(mtrl.key), {}) == {{_unverified(mtrl.undescribed(mtrl.key))}}
}

test_unverified_fact_that_was_not_given if {
	_described({"KeySpec": null}) == {{_unverified(mtrl.unusable("KeySpec", "without KeySpec"))}}
}

test_unverified_fact_of_the_wrong_type if {
	_described({"KeyUsage": ["ENCRYPT_DECRYPT"]}) == {{_unverified(mtrl.unusable(
		"KeyUsage",
		"with KeyUsage (an array), which is not understood",
	))}}
}

test_unverified_behind_a_variable if {
	_findings(mtrl.behind_a_variable, {}) == {{mtrl.unverified_behind_a_variable}}
}

test_pass_symmetric if {
	_described({}) == {set()}

	checked := {checked |
		some category in mtrl.categories
		checked := rule.checked with input as mtrl.request(category, mtrl.naming(mtrl.key), {})
	}
	checked == {{mtrl.subject}}
}

test_pass_key_that_does_not_exist_is_not_this_rules_business if {
	_findings(mtrl.naming(mtrl.key), {"context": {"keys": {mtrl.key: null}}}) == {set()}
}

test_pass_what_is_no_key_arn_is_not_this_rules_business if {
	every content in ["", "alias/ml", "1234abcd-12ab-34cd-56ef-1234567890ab", null, 7, {}] {
		_findings(mtrl.naming(content), {}) == {set()}
	}
}

test_pass_no_key_or_no_document if {
	every entry in [mtrl.naming_no_key, mtrl.unreadable] {
		_findings(entry, {}) == {set()}
	}
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_findings(entry, more) := {findings |
	some category in mtrl.categories
	findings := rule.findings with input as mtrl.request(category, entry, more)
}

_described(changes) := _findings(mtrl.naming(mtrl.key), mtrl.described(mtrl.key, changes))

_violation(evidence, wrong) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": concat("", [
		"the output key is no symmetric encryption key (", wrong, "); multi-turn RL jobs support no other",
	]),
	"evidence": evidence,
}

_unverified(missing) := {
	"outcome": "unverified",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"missing": missing,
}
