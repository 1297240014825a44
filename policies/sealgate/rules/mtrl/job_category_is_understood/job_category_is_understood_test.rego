package sealgate.rules.mtrl.job_category_is_understood_test

import data.sealgate.rules.mtrl.job_category_is_understood as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_category_whose_document_is_not_published if {
	every category in ["SyntheticDataGeneration", "DataQualityEvaluation", "DataTransformation"] {
		every members in [{}, {category: []}, {"AgentRFT": [["OutputDataConfig", "KmsKeyArn"]]}] {
			_findings(category, members) == {_violation(concat("", [
				"the document of the job category ",
				category,
				" is not understood: AWS has not published where its key stands",
			]))}
		}
	}
}

test_violation_unknown_category if {
	every category in ["AgentRft", "agentrft", " AgentRFT", ""] {
		_findings(category, {category: [["KmsKeyArn"]]}) == {_violation(concat("", [
			"JobCategory is ",
			category,
			", not one of ",
			_categories,
		]))}
	}
}

test_violation_wrong_type if {
	every type, category in {"null": null, "a boolean": false, "a number": 7, "an array": ["AgentRFT"], "an object": {}} {
		_findings(category, {}) == {_violation(concat("", ["JobCategory is ", type, ", not one of ", _categories]))}
	}
}

test_violation_no_category if {
	request := {"subject": {"aws_request": {"service": "sagemaker", "operation": "CreateJob", "parameters": {"JobName": "my-job"}}}}
	rule.findings == {_violation(concat("", ["JobCategory is missing, not one of ", _categories]))} with input as request
	rule.checked == {mtrl.subject} with input as request
}

test_violation_settings_that_say_it_in_another_form if {
	every paths in [null, "OutputDataConfig", {"KmsKeyArn": "x"}, ["OutputDataConfig.KmsKeyArn"], [7], [[]]] {
		count(_findings("DataTransformation", {"DataTransformation": paths})) == 1
	}
}

test_pass_category_whose_key_the_settings_place if {
	members := {"DataTransformation": [["OutputDataConfig", "KmsKeyArn"]]}
	_findings("DataTransformation", members) == set()
}

test_pass_documented_categories if {
	every category in mtrl.categories {
		_findings(category, {}) == set()
		rule.checked == {mtrl.subject} with input as mtrl.request(category, mtrl.naming(mtrl.key), {})
	}
}

test_pass_other_operations if {
	job := {"subject": "job", "operation": "sagemaker:CreateTrainingJob", "system": "sagemaker_at_rest"}
	rule.findings == set() with data.sealgate.model.jobs as [job]
	rule.checked == set() with data.sealgate.model.jobs as [job]
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_findings(category, members) := findings if {
	more := {"settings": {"job_config_key_members": members}}
	findings := rule.findings with input as mtrl.request(category, mtrl.naming(mtrl.key), more)
}

_categories := "AgentRFT, AgentRFTEvaluation, DataQualityEvaluation, DataTransformation, SyntheticDataGeneration"

_violation(message) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": ["JobCategory"],
	"message": message,
}
