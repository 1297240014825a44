package sealgate.rules.org.key_is_approved_test

import data.sealgate.rules.org.key_is_approved as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_key_that_no_pattern_matches if {
	every pattern in [
		"arn:aws:kms:us-west-2:111122223333:key/1234abcd",
		"arn:aws:kms:*:444455556666:key/*",
		"arn:aws:kms:us-west-2:111122223333:alias/*",
		"arn:aws:kms:*",
		"1234abcd-12ab-34cd-56ef-1234567890ab",
	] {
		_findings(mtrl.naming(mtrl.key), [pattern]) == {{_violation(mtrl.key, [pattern])}}
	}
}

test_violation_what_is_no_key if {
	every text in ["", "my-key", "arn:aws:kms"] {
		_findings(mtrl.naming(text), _any_key) == {{_violation(text, _any_key)}}
	}
}

test_violation_wrong_type if {
	every shown, content in {"null": null, "a number": 7, "an array": []} {
		_findings(mtrl.naming(content), _any_key) == {{_violation(shown, _any_key)}}
	}
}

test_violation_key_behind_an_alias if {
	every alias in ["alias/ml", "arn:aws:kms:us-west-2:111122223333:alias/ml"] {
		more := {"context": {"aliases": {alias: mtrl.mrk}}}
		_with(mtrl.naming(alias), [mtrl.key], more) == {{_violation(mtrl.mrk, [mtrl.key])}}
	}
}

test_unverified_alias_of_an_unknown_key if {
	[findings] := [one | some one in _findings(mtrl.naming("alias/ml"), _any_key)]
	{[found.outcome, found.missing.part] | some found in findings} == {["unverified", "aliases.alias/ml"]}
}

test_unverified_key_id_in_an_unknown_region if {
	more := {"context": {"region": null}}
	[findings] := [one | some one in _with(mtrl.naming("1234abcd-12ab-34cd-56ef-1234567890ab"), _any_key, more)]
	{[found.outcome, found.missing.part] | some found in findings} == {["unverified", "region"]}
}

test_unverified_behind_a_variable if {
	_findings(mtrl.behind_a_variable, _any_key) == {{mtrl.unverified_behind_a_variable}}
}

test_pass_key_that_a_pattern_matches if {
	every pattern in [mtrl.key, "arn:aws:kms:*:111122223333:key/*", "arn:*:*:*:*:*"] {
		_findings(mtrl.naming(mtrl.key), ["arn:aws:kms:eu-west-1:111122223333:key/*", pattern]) == {set()}
	}

	checked := {checked |
		some category in mtrl.categories
		more := {"settings": {"approved_keys": _any_key}}
		checked := rule.checked with input as mtrl.request(category, mtrl.naming(mtrl.key), more)
	}
	checked == {{mtrl.subject}}
}

test_pass_alias_and_key_id_of_an_approved_key if {
	more := {"context": {"aliases": {"arn:aws:kms:us-west-2:111122223333:alias/ml": mtrl.key}}}
	every name in ["alias/ml", "arn:aws:kms:us-west-2:111122223333:alias/ml", "1234abcd-12ab-34cd-56ef-1234567890ab"] {
		_with(mtrl.naming(name), [mtrl.key], more) == {set()}
	}
}

test_pass_no_key_or_no_document if {
	every entry in [mtrl.naming_no_key, mtrl.unreadable] {
		_findings(entry, _any_key) == {set()}
	}
}

test_pass_nothing_demanded if {
	every settings in [{}, {"settings": {"approved_keys": []}}] {
		request := mtrl.request("AgentRFT", mtrl.naming("alias/ml"), settings)
		rule.findings == set() with input as request
		rule.checked == set() with input as request
	}
}

test_pass_no_job if {
	settings := {"settings": {"approved_keys": _any_key}}
	rule.findings == set() with input as settings with data.sealgate.model.jobs as []
	rule.checked == set() with input as settings with data.sealgate.model.jobs as []
}

_findings(entry, approved) := _with(entry, approved, {})

_with(entry, approved, more) := {findings |
	some category in mtrl.categories
	settings := {"settings": {"approved_keys": approved}}
	findings := rule.findings with input as mtrl.request(category, entry, object.union(more, settings))
}

_any_key := ["arn:aws:kms:*:*:key/*"]

_violation(named, approved) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": concat("", [
		"JobConfigDocument.OutputDataConfig.KmsKeyArn names ",
		named,
		", which no pattern of approved_keys matches",
	]),
	"evidence": {"approved_keys": approved},
}
