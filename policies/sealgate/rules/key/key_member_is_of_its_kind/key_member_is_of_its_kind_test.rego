package sealgate.rules.key.key_member_is_of_its_kind_test

import data.sealgate.rules.key.key_member_is_of_its_kind as rule

test_violation_misspelt_member if {
	job := _job([{"path": ["spec", "a", "kmsKeyId"], "meant": "spec.a.kmsKeyID"}])
	rule.findings == {_violation("spec.a.kmsKeyId is no member of the kind, so an API server drops it; it has spec.a.kmsKeyID")} with data.sealgate.model.jobs as [job]
	rule.checked == {"job"} with data.sealgate.model.jobs as [job]
}

test_violation_member_that_nothing_resembles if {
	job := _job([{"path": ["spec", "a", "kmsKeyId"], "meant": ""}])
	rule.findings == {_violation("spec.a.kmsKeyId is no member of the kind, so an API server drops it")} with data.sealgate.model.jobs as [job]
}

test_pass_object_without_one if {
	rule.findings == set() with data.sealgate.model.jobs as [_job([])]
	rule.checked == {"job"} with data.sealgate.model.jobs as [_job([])]
}

test_pass_job_of_another_input if {
	rule.findings == set() with data.sealgate.model.jobs as [{"subject": "job"}]
	rule.checked == set() with data.sealgate.model.jobs as [{"subject": "job"}]
}

_job(misspelt) := {"subject": "job", "misspelt": misspelt}

_violation(message) := {
	"outcome": "violation",
	"subject": "job",
	"path": ["spec", "a", "kmsKeyId"],
	"message": message,
}
