package sealgate.rules.org.key_account_is_approved_test

import data.sealgate.rules.org.key_account_is_approved as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_key_of_another_account if {
	_findings(mtrl.naming(mtrl.key), ["444455556666"]) == {{_violation(mtrl.key, ["444455556666"])}}
}

test_violation_what_belongs_to_no_account if {
	every text in ["", "my-key", "arn:aws:kms"] {
		_findings(mtrl.naming(text), ["111122223333"]) == {{_violation(text, ["111122223333"])}}
	}
}

test_violation_wrong_type if {
	every shown, content in {"null": null, "a number": 7, "an array": ["111122223333"]} {
		_findings(mtrl.naming(content), ["111122223333"]) == {{_violation(shown, ["111122223333"])}}
	}
}

test_violation_key_behind_an_alias if {
	more := {"context": {"aliases": {"alias/ml": mtrl.key}}}
	_with(mtrl.naming("alias/ml"), ["444455556666"], more) == {{_violation(mtrl.key, ["444455556666"])}}
}

test_unverified_alias_of_an_unknown_key if {
	[findings] := [one | some one in _findings(mtrl.naming("alias/ml"), ["111122223333"])]
	{[found.outcome, found.missing.part] | some found in findings} == {["unverified", "aliases.alias/ml"]}
}

test_unverified_behind_a_variable if {
	_findings(mtrl.behind_a_variable, ["111122223333"]) == {{mtrl.unverified_behind_a_variable}}
}

test_pass_key_of_an_approved_account if {
	_findings(mtrl.naming(mtrl.key), ["444455556666", "111122223333"]) == {set()}

	checked := {checked |
		some category in mtrl.categories
		more := {"settings": {"approved_accounts": ["111122223333"]}}
		checked := rule.checked with input as mtrl.request(category, mtrl.naming(mtrl.key), more)
	}
	checked == {{mtrl.subject}}
}

test_pass_key_id_of_the_jobs_own_account if {
	more := {"context": {"partition": "aws", "account": "111122223333"}}
	_with(mtrl.naming("1234abcd-12ab-34cd-56ef-1234567890ab"), ["111122223333"], more) == {set()}
}

test_pass_no_key_or_no_document if {
	every entry in [mtrl.naming_no_key, mtrl.unreadable] {
		_findings(entry, ["111122223333"]) == {set()}
	}
}

test_pass_nothing_demanded if {
	every settings in [{}, {"settings": {"approved_accounts": []}}] {
		request := mtrl.request("AgentRFT", mtrl.naming("alias/ml"), settings)
		rule.findings == set() with input as request
		rule.checked == set() with input as request
	}
}

test_pass_no_job if {
	settings := {"settings": {"approved_accounts": ["111122223333"]}}
	rule.findings == set() with input as settings with data.sealgate.model.jobs as []
	rule.checked == set() with input as settings with data.sealgate.model.jobs as []
}

_findings(entry, approved) := _with(entry, approved, {})

_with(entry, approved, more) := {findings |
	some category in mtrl.categories
	settings := {"settings": {"approved_accounts": approved}}
	findings := rule.findings with input as mtrl.request(category, entry, object.union(more, settings))
}

_violation(named, approved) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": concat("", ["JobConfigDocument.OutputDataConfig.KmsKeyArn names ", named, ", a key of no approved account"]),
	"evidence": {"approved_accounts": approved},
}
