package sealgate.rules.mtrl.output_without_key_is_aws_owned_test

import data.sealgate.rules.mtrl.output_without_key_is_aws_owned as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_note_without_a_key if {
	every entry in [mtrl.naming_no_key, {"value": {"OutputDataConfig": {}}}, {"value": {}}] {
		_notes(entry) == {{{
			"subject": mtrl.subject,
			"path": mtrl.path,
			"message": "no key is named, so SageMaker encrypts the job's output and intermediate data with an AWS owned key",
		}}}
	}
}

test_pass_with_whatever_stands_for_a_key if {
	every content in [mtrl.key, "", "alias/ml", null, 7, {}] {
		_notes(mtrl.naming(content)) == {set()}
	}
	_notes(mtrl.behind_a_variable) == {set()}
}

test_pass_unreadable_document if {
	_notes(mtrl.unreadable) == {set()}
	rule.checked == set() with input as mtrl.request("AgentRFT", mtrl.unreadable, {})
}

test_pass_no_job if {
	rule.notes == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

test_checked_with_and_without_a_key if {
	every entry in [mtrl.naming(mtrl.key), mtrl.naming_no_key, mtrl.behind_a_variable] {
		every category in mtrl.categories {
			rule.checked == {mtrl.subject} with input as mtrl.request(category, entry, {})
		}
	}
}

_notes(entry) := {notes |
	some category in mtrl.categories
	notes := rule.notes with input as mtrl.request(category, entry, {})
}
