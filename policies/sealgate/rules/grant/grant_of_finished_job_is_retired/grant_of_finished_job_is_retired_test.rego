package sealgate.rules.grant.grant_of_finished_job_is_retired_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.grant.grant_of_finished_job_is_retired as rule

test_violation_job_has_ended if {
	every status in ["Completed", "Failed", "Stopped"] {
		rule.findings == {fixture.found(
			"violation",
			fixture.grant_subject,
			fixture.grant_path,
			concat("", ["the grant is still there although its job ", fixture.job_arn, " has ended: ", status]),
		)} with input as _beside({fixture.job_arn: {"status": status}})
	}
}

test_violation_job_does_not_exist if {
	rule.findings == {fixture.found(
		"violation",
		fixture.grant_subject,
		fixture.grant_path,
		concat("", ["the grant is still there although its job ", fixture.job_arn, " does not exist"]),
	)} with input as _beside({fixture.job_arn: null})
}

test_unverified_status_that_nobody_supplied if {
	every jobs in [{}, {fixture.job_arn: {}}, {fixture.job_arn: {"status": 7}}] {
		rule.findings == {{
			"outcome": "unverified",
			"subject": concat(" ", [fixture.key, "grants"]),
			"path": ["context", "keys", fixture.key, "grants"],
			"missing": {
				"part": "jobs",
				"reason": "whether the jobs of the grants on the key have ended was not supplied",
				"supply": concat(" ", [
					"Supply it in the context as jobs.\"<job ARN>\".status:",
					"aws sagemaker describe-job --query JobStatus prints it.",
				]),
			},
		}} with input as _beside(jobs)
	}
}

test_pass_job_runs if {
	every status in ["InProgress", "Stopping"] {
		given := _beside({fixture.job_arn: {"status": status}})
		rule.findings == set() with input as given
		rule.checked == {fixture.grant_subject} with input as given
	}
}

test_pass_grants_of_no_job if {
	given := fixture.grant({"GranteePrincipal": "job.sagemaker.amazonaws.com"})
	rule.findings == set() with input as given
	rule.checked == set() with input as given
	rule.checked == set() with input as fixture.grant({"GranteePrincipal": fixture.role, "Constraints": _constraints})
}

_beside(jobs) := object.union(
	fixture.grant({"GranteePrincipal": "job.sagemaker.amazonaws.com", "Constraints": _constraints}),
	{"context": {"jobs": jobs}},
)

_constraints := {"EncryptionContextSubset": {"aws:sagemaker:finetuning-job-arn": fixture.job_arn}}
