package sealgate.rules.org.key_region_is_approved_test

import data.sealgate.rules.org.key_region_is_approved as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_key_of_another_region if {
	_findings(mtrl.naming(mtrl.key), ["eu-west-1"]) == {{_violation(mtrl.key, ["eu-west-1"])}}
}

test_violation_what_belongs_to_no_region if {
	every text in ["", "my-key", "arn:aws:kms"] {
		_findings(mtrl.naming(text), ["us-west-2"]) == {{_violation(text, ["us-west-2"])}}
	}
}

test_violation_wrong_type if {
	every shown, content in {"null": null, "a number": 7, "an array": ["us-west-2"]} {
		_findings(mtrl.naming(content), ["us-west-2"]) == {{_violation(shown, ["us-west-2"])}}
	}
}

test_violation_key_behind_an_alias if {
	more := {"context": {"aliases": {"alias/ml": mtrl.key}}}
	_with(mtrl.naming("alias/ml"), ["eu-west-1"], more) == {{_violation(mtrl.key, ["eu-west-1"])}}
}

test_unverified_alias_of_an_unknown_key if {
	[findings] := [one | some one in _findings(mtrl.naming("alias/ml"), ["us-west-2"])]
	{[found.outcome, found.missing.part] | some found in findings} == {["unverified", "aliases.alias/ml"]}
}

test_unverified_behind_a_variable if {
	_findings(mtrl.behind_a_variable, ["us-west-2"]) == {{mtrl.unverified_behind_a_variable}}
}

test_pass_key_of_an_approved_region if {
	_findings(mtrl.naming(mtrl.key), ["eu-west-1", "us-west-2"]) == {set()}

	checked := {checked |
		some category in mtrl.categories
		more := {"settings": {"approved_regions": ["us-west-2"]}}
		checked := rule.checked with input as mtrl.request(category, mtrl.naming(mtrl.key), more)
	}
	checked == {{mtrl.subject}}
}

test_pass_key_id_of_the_jobs_own_region if {
	more := {"context": {"partition": "aws", "account": "111122223333"}}
	_with(mtrl.naming("1234abcd-12ab-34cd-56ef-1234567890ab"), ["us-west-2"], more) == {set()}
}

test_pass_no_key_or_no_document if {
	every entry in [mtrl.naming_no_key, mtrl.unreadable] {
		_findings(entry, ["us-west-2"]) == {set()}
	}
}

test_pass_nothing_demanded if {
	every settings in [{}, {"settings": {"approved_regions": []}}] {
		request := mtrl.request("AgentRFT", mtrl.naming("alias/ml"), settings)
		rule.findings == set() with input as request
		rule.checked == set() with input as request
	}
}

test_pass_no_job if {
	settings := {"settings": {"approved_regions": ["us-west-2"]}}
	rule.findings == set() with input as settings with data.sealgate.model.jobs as []
	rule.checked == set() with input as settings with data.sealgate.model.jobs as []
}

_findings(entry, approved) := _with(entry, approved, {})

_with(entry, approved, more) := {findings |
	some category in mtrl.categories
	settings := {"settings": {"approved_regions": approved}}
	findings := rule.findings with input as mtrl.request(category, entry, object.union(more, settings))
}

_violation(named, approved) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": concat("", ["JobConfigDocument.OutputDataConfig.KmsKeyArn names ", named, ", a key of no approved Region"]),
	"evidence": {"approved_regions": approved},
}
