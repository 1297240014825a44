package sealgate.rules.mtrl.output_key_is_single_region_test

import data.sealgate.rules.mtrl.output_key_is_single_region as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_multi_region_id if {
	_findings(mtrl.naming(mtrl.mrk), {}) == {{_violation_by_id}}
}

test_violation_multi_region_id_of_primary_and_replica if {
	every type in ["PRIMARY", "REPLICA"] {
		more := mtrl.described(
			mtrl.mrk,
			{"MultiRegion": true, "MultiRegionConfiguration": {"MultiRegionKeyType": type}},
		)
		_findings(mtrl.naming(mtrl.mrk), more) == {{_violation_by_id}}
	}
}

test_violation_multi_region_id_without_its_arn if {
	_findings(mtrl.naming("mrk-1234abcd12ab34cd56ef1234567890ab"), {}) == {{_violation_by_id}}
	_checked(mtrl.naming("mrk-1234abcd12ab34cd56ef1234567890ab")) == {{mtrl.subject}}
}

test_violation_multi_region_metadata if {
	_described({"MultiRegion": true}) == {{{
		"outcome": "violation",
		"subject": mtrl.subject,
		"path": mtrl.path,
		"message": "the output key is a multi-Region key (DescribeKey: MultiRegion true); multi-turn RL jobs do not support them",
		"evidence": {"MultiRegion": true},
	}}}
}

test_unverified_undescribed_key if {
	_findings(mtrl.naming(mtrl.key), {}) == {{_unverified(mtrl.undescribed(mtrl.key))}}
}

test_unverified_fact_that_was_not_given if {
	_described({"MultiRegion": null}) == {{_unverified(mtrl.unusable("MultiRegion", "without MultiRegion"))}}
}

test_unverified_fact_of_the_wrong_type if {
	every content in ["true", ""] {
		how := concat("", ["with MultiRegion ", content, ", which is not understood"])
		_described({"MultiRegion": content}) == {{_unverified(mtrl.unusable("MultiRegion", how))}}
	}
}

test_unverified_behind_a_variable if {
	_findings(mtrl.behind_a_variable, {}) == {{mtrl.unverified_behind_a_variable}}
	_checked(mtrl.behind_a_variable) == {{mtrl.subject}}
}

test_pass_single_region if {
	_described({}) == {set()}
	_checked(mtrl.naming(mtrl.key)) == {{mtrl.subject}}
}

test_pass_key_that_does_not_exist_is_not_this_rules_business if {
	_findings(mtrl.naming(mtrl.key), {"context": {"keys": {mtrl.key: null}}}) == {set()}
}

test_pass_what_is_no_key_arn_is_not_this_rules_business if {
	every content in ["", "alias/mrk-ml", "1234abcd-12ab-34cd-56ef-1234567890ab", null, 7, [mtrl.mrk], {}] {
		_findings(mtrl.naming(content), {}) == {set()}
		_checked(mtrl.naming(content)) == {set()}
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

_checked(entry) := {checked |
	some category in mtrl.categories
	checked := rule.checked with input as mtrl.request(category, entry, {})
}

_described(changes) := _findings(mtrl.naming(mtrl.key), mtrl.described(mtrl.key, changes))

_violation_by_id := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": "the output key is a multi-Region key (its id begins with mrk-); multi-turn RL jobs do not support them",
}

_unverified(missing) := {
	"outcome": "unverified",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"missing": missing,
}
