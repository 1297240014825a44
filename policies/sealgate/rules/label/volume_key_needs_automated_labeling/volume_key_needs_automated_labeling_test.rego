package sealgate.rules.label.volume_key_needs_automated_labeling_test

import data.sealgate.lib.value
import data.sealgate.rules.label.volume_key_needs_automated_labeling as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_no_algorithm if {
	every content in [mtrl.key, "alias/ml", "", null, 7] {
		rule.findings == {{
			"outcome": "violation",
			"subject": fixture.subject,
			"path": fixture.path,
			"message": concat("", [
				"VolumeKmsKeyId encrypts the volume of automated data labeling, ",
				"and the job names no LabelingJobAlgorithmSpecificationArn",
			]),
		}} with data.sealgate.model.jobs as _jobs(value.known(content), value.absent)
	}
}

test_unverified_algorithm_that_is_not_known if {
	rule.findings == {_unverified("it is known after apply")} with data.sealgate.model.jobs as _jobs(value.known(mtrl.key), fixture.known_after_apply)
}

test_unverified_algorithm_of_the_wrong_type if {
	every type, content in {"null": null, "a number": 7, "an array": []} {
		rule.findings == {_unverified(concat("", [
			"LabelingJobAlgorithmSpecificationArn is ",
			type,
			", not a string that names the algorithm of automated labeling",
		]))} with data.sealgate.model.jobs as _jobs(value.known(mtrl.key), value.known(content))
	}
}

test_unverified_key_that_is_not_known if {
	rule.findings == {_unverified("it is known after apply")} with data.sealgate.model.jobs as _jobs(fixture.known_after_apply, value.absent)
}

test_pass_automated_labeling if {
	algorithm := value.known("arn:aws:sagemaker:us-west-2:027400017018:labeling-job-algorithm-specification/text-classification")
	every key in [value.known(mtrl.key), fixture.known_after_apply] {
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(key, algorithm)
		rule.findings == set() with data.sealgate.model.jobs as _jobs(key, algorithm)
	}
}

test_pass_no_key if {
	rule.checked == set() with data.sealgate.model.jobs as _jobs(value.absent, value.absent)
	rule.findings == set() with data.sealgate.model.jobs as _jobs(value.absent, value.absent)
}

test_pass_other_keys_and_other_systems if {
	labeling := {"system": "sagemaker_labeling", "labeling_algorithm": value.absent}
	output := fixture.jobs_with(value.known(mtrl.key), {}, labeling)
	other := fixture.jobs_with(value.known(mtrl.key), {"use": "volume"}, {"labeling_algorithm": value.absent})
	every requests in [output, other, []] {
		rule.checked == set() with data.sealgate.model.jobs as requests
		rule.findings == set() with data.sealgate.model.jobs as requests
	}
}

_jobs(key, algorithm) := fixture.jobs_with(
	key,
	{"use": "volume"},
	{"system": "sagemaker_labeling", "labeling_algorithm": algorithm},
)

_unverified(reason) := {
	"outcome": "unverified",
	"subject": fixture.subject,
	"path": fixture.path,
	"missing": {"reason": reason},
}
