package sealgate.rules.mtrl.output_key_covers_test

import data.sealgate.rules.mtrl.output_key_covers as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_note_with_a_key if {
	_notes(mtrl.naming(mtrl.key)) == {{_note}}
}

test_note_with_a_key_behind_a_variable if {
	_notes(mtrl.behind_a_variable) == {{_note}}
}

test_pass_without_the_arn_of_a_key if {
	every content in ["", "alias/ml", "1234abcd-12ab-34cd-56ef-1234567890ab", null, 7, {}] {
		_notes(mtrl.naming(content)) == {set()}
	}
	every entry in [mtrl.naming_no_key, mtrl.unreadable] {
		_notes(entry) == {set()}
		rule.checked == set() with input as mtrl.request("AgentRFT", entry, {})
	}
}

test_pass_no_job if {
	rule.notes == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

test_checked_with_a_key if {
	every entry in [mtrl.naming(mtrl.key), mtrl.behind_a_variable] {
		every category in mtrl.categories {
			rule.checked == {mtrl.subject} with input as mtrl.request(category, entry, {})
		}
	}
}

_notes(entry) := {notes |
	some category in mtrl.categories
	notes := rule.notes with input as mtrl.request(category, entry, {})
}

_note := {
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": concat("", [
		"the key covers the trained model artifacts, the resumable checkpoints and trajectories, ",
		"and the experiment data and traces in MLflow",
	]),
}
