# METADATA
# title: The job category is one whose document is understood
# description: |
#   AWS documents where the key stands for AgentRFT and AgentRFTEvaluation. For SyntheticDataGeneration,
#   DataQualityEvaluation and DataTransformation the form of the document is not published: such a job is denied unless
#   the settings say where its key stands, and so is a category that is not known at all.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-029
#   level: required
#   severity: high
#   requirements: [MTRL-02]
#   remediation: >-
#     Use the category AgentRFT or AgentRFTEvaluation, or say where the key stands in documents of this category:
#     job_config_key_members in the settings.
#   always: true
package sealgate.rules.mtrl.job_category_is_understood

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model
import data.sealgate.model.settings

checked contains job.subject if some job in _jobs

findings contains found if {
	some job in _jobs
	job.system == "sagemaker_data_preparation"
	count(_paths(job)) == 0

	found := finding.violation(job.subject, ["JobCategory"], concat("", [
		"the document of the job category ",
		job.category.value,
		" is not understood: AWS has not published where its key stands",
	]))
}

findings contains found if {
	some job in _jobs
	job.system == "unknown_job_category"

	found := finding.violation(job.subject, ["JobCategory"], concat("", [
		"JobCategory",
		_given(job.category),
		", not one of ",
		text.listed(object.keys(data.sealgate.data.job_categories)),
	]))
}

_jobs := [job | some job in model.jobs; job.operation == "sagemaker:CreateJob"]

# What is no path, in settings that nobody validated, leads to no key.
_paths(job) := [path |
	some path in settings.current.job_config_key_members[job.category.value]
	is_array(path)
	count(path) > 0
	every step in path {
		is_string(step)
	}
]

_given(category) := concat("", [" is ", category.value]) if is_string(category.value)

_given(category) := concat("", [" is ", value.type_of(category.value)]) if {
	category.state == "known"
	not is_string(category.value)
}

_given({"state": "absent"}) := " is missing"
