package sealgate.rules.mtrl.job_config_document_is_read_test

import data.sealgate.rules.mtrl.job_config_document_is_read as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_with_the_position if {
	_findings({"error": "the member A is there twice", "line": 3, "column": 14}) == {{object.union(
		_violation("the member A is there twice (line 3, column 14)"),
		{"evidence": {"line": 3, "column": 14}},
	)}}
}

test_violation_without_a_position if {
	_findings({"error": "it is too long"}) == {{_unread("it is too long")}}
}

test_violation_document_that_is_missing if {
	rule.findings == {_unread("JobConfigDocument is missing")} with input as _unparsed({})
	rule.checked == {mtrl.subject} with input as _unparsed({})
}

test_violation_document_that_is_no_string if {
	types := {"null": null, "a boolean": false, "a number": 7, "an array": [], "an object": {"OutputDataConfig": {}}}
	every type, content in types {
		expected := _unread(concat("", ["JobConfigDocument is ", type, ", not a string that holds JSON"]))
		rule.findings == {expected} with input as _unparsed({"JobConfigDocument": content})
	}
}

test_violation_text_that_holds_no_object if {
	every text in ["", "{", "[]", "null", `"{}"`, "7", "not JSON"] {
		expected := _unread("JobConfigDocument holds no JSON object")
		rule.findings == {expected} with input as _unparsed({"JobConfigDocument": text})
	}
}

test_unverified_text_that_the_engine_parsed_itself if {
	found := rule.findings with input as _unparsed({"JobConfigDocument": "{}"})
	found == {{
		"outcome": "unverified",
		"subject": mtrl.subject,
		"path": ["JobConfigDocument"],
		"missing": {
			"part": "parsed.JobConfigDocument",
			"reason": "JobConfigDocument was parsed by the policy engine, which does not see duplicate keys",
			"supply": "Send the request through sealgate check or POST /v1/validate, which read the document strictly.",
		},
	}}
}

test_pass_document_that_the_reader_parsed if {
	every entry in [mtrl.naming(mtrl.key), mtrl.naming_no_key, {"value": {}}, mtrl.behind_a_variable] {
		_findings(entry) == {set()}
	}

	checked := {checked |
		some category in array.concat(mtrl.categories, ["DataTransformation", "Unknown", null])
		checked := rule.checked with input as mtrl.request(category, mtrl.naming_no_key, {})
	}
	checked == {{mtrl.subject}}
}

test_pass_job_without_documents if {
	rule.findings == set() with data.sealgate.model.jobs as [{"subject": "job", "documents": {}}]
	rule.checked == set() with data.sealgate.model.jobs as [{"subject": "job", "documents": {}}]
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_findings(entry) := {findings |
	some category in mtrl.categories
	findings := rule.findings with input as mtrl.request(category, entry, {})
}

# A request that no reader has read.
_unparsed(parameters) := {"subject": {"aws_request": {
	"service": "sagemaker",
	"operation": "CreateJob",
	"parameters": object.union({"JobName": "my-job", "JobCategory": "AgentRFT"}, parameters),
}}}

_unread(message) := object.union(_violation(message), {"evidence": {}})

_violation(message) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": ["JobConfigDocument"],
	"message": message,
}
