package sealgate.rules.mtrl.output_key_is_usable_test

import data.sealgate.rules.mtrl.output_key_is_usable as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_each_state_in_which_kms_refuses if {
	every state in ["Creating", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable"] {
		consequence := data.sealgate.data.key_states[state]
		_described({"KeyState": state}) == {{{
			"outcome": "violation",
			"subject": mtrl.subject,
			"path": mtrl.path,
			"message": concat("", ["the output key is in the state ", state, ", in which ", consequence.text]),
			"remediation": consequence.remediation,
			"evidence": {"KeyState": state},
		}}}
	}
}

test_advice_state_that_passes if {
	_described({"KeyState": "Updating"}) == {{{
		"outcome": "advice",
		"subject": mtrl.subject,
		"path": mtrl.path,
		"message": concat(", in which ", [
			"the output key is in the state Updating",
			"KMS changes a property of it; cryptographic operations work, and it will be Enabled again",
		]),
		"remediation": "Check again when DescribeKey says Enabled.",
		"evidence": {"KeyState": "Updating"},
	}}}
}

test_violation_aws_managed if {
	_described({"KeyManager": "AWS"}) == {{_aws_managed}}
}

test_violation_aws_managed_and_disabled if {
	[findings] := [one | some one in _described({"KeyManager": "AWS", "KeyState": "Disabled"})]
	{found.evidence | some found in findings} == {{"KeyManager": "AWS"}, {"KeyState": "Disabled"}}
}

test_violation_key_that_does_not_exist if {
	every keys in [{mtrl.key: null}, {mtrl.key: {"metadata": null}}] {
		_findings(mtrl.naming(mtrl.key), {"context": {"keys": keys}}) == {{{
			"outcome": "violation",
			"subject": mtrl.subject,
			"path": mtrl.path,
			"message": concat("", ["the output key ", mtrl.key, " does not exist"]),
		}}}
	}
}

test_unverified_undescribed_key if {
	_findings(mtrl.naming(mtrl.key), {}) == {{_unverified(mtrl.undescribed(mtrl.key))}}
}

test_unverified_fact_that_was_not_given if {
	_described({"KeyState": null}) == {{_unverified(mtrl.unusable("KeyState", "without KeyState"))}}
	_described({"KeyManager": null, "KeyState": null}) == {{
		_unverified(mtrl.unusable("KeyManager", "without KeyManager")),
		_unverified(mtrl.unusable("KeyState", "without KeyState")),
	}}
}

test_unverified_word_that_is_not_understood if {
	every content, shown in {"": " ", "enabled": " enabled", 7: " (a number)", false: " (a boolean)"} {
		_described({"KeyState": content}) == {{_unverified(mtrl.unusable(
			"KeyState",
			concat("", ["with KeyState", shown, ", which is not understood"]),
		))}}
	}
	_described({"KeyManager": "ME"}) == {{_unverified(mtrl.unusable(
		"KeyManager",
		"with KeyManager ME, which is not understood",
	))}}
}

test_unverified_beside_a_violation if {
	_described({"KeyManager": "AWS", "KeyState": null}) == {{
		_aws_managed,
		_unverified(mtrl.unusable("KeyState", "without KeyState")),
	}}
}

test_unverified_behind_a_variable if {
	_findings(mtrl.behind_a_variable, {}) == {{mtrl.unverified_behind_a_variable}}
}

test_pass_enabled_customer_managed_key if {
	_described({}) == {set()}

	checked := {checked |
		some category in mtrl.categories
		checked := rule.checked with input as mtrl.request(category, mtrl.naming(mtrl.key), {})
	}
	checked == {{mtrl.subject}}
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

_aws_managed := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": "the output key is an AWS managed key; KmsKeyArn takes a customer managed key",
	"evidence": {"KeyManager": "AWS"},
}

_unverified(missing) := {
	"outcome": "unverified",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"missing": missing,
}
