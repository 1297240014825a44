package sealgate.rules.key.members_are_readable_test

import data.sealgate.rules.key.members_are_readable as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_what_stands_around_the_key if {
	types := {"null": null, "a boolean": false, "a number": 7, "a string": mtrl.key, "an array": [{"KmsKeyArn": mtrl.key}]}
	every type, content in types {
		_findings({"OutputDataConfig": content}) == {{_violation(
			["JobConfigDocument", "OutputDataConfig"],
			concat("", ["JobConfigDocument.OutputDataConfig is ", type, ", not an object"]),
		)}}
	}
}

test_violation_what_stands_around_a_bucket if {
	_findings({"InputDataConfig": [{"DataSource": {"S3DataSource": "s3://my-bucket/"}}], "OutputDataConfig": {}}) == {{_violation(
		["JobConfigDocument", "InputDataConfig", 0, "DataSource", "S3DataSource"],
		"JobConfigDocument.InputDataConfig.0.DataSource.S3DataSource is a string, not an object",
	)}}
}

test_violation_what_stands_instead_of_a_list if {
	_findings({"InputDataConfig": "s3://my-bucket/prompts/"}) == {{_violation(
		["JobConfigDocument", "InputDataConfig"],
		"JobConfigDocument.InputDataConfig is a string, not a list",
	)}}
}

test_pass_readable_or_absent_members if {
	every document in [{}, {"OutputDataConfig": {}}, {"InputDataConfig": []}, {"OutputDataConfig": {"KmsKeyArn": null}}] {
		_findings(document) == {set()}
	}
	every category in mtrl.categories {
		rule.checked == {mtrl.subject} with input as mtrl.request(category, {"value": {}}, {})
	}
}

test_pass_document_that_another_rule_denies_or_waits_for if {
	every entry in [mtrl.unreadable, mtrl.behind_a_variable] {
		every category in mtrl.categories {
			rule.findings == set() with input as mtrl.request(category, entry, {})
		}
	}
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_findings(document) := {findings |
	some category in mtrl.categories
	findings := rule.findings with input as mtrl.request(category, {"value": document}, {})
}

_violation(path, message) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": path,
	"message": message,
}
