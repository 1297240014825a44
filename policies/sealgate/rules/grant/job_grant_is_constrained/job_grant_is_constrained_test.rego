package sealgate.rules.grant.job_grant_is_constrained_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.grant.job_grant_is_constrained as rule

test_violation_unconstrained if {
	every changes in [
		{},
		{"Constraints": {}},
		{"Constraints": {"EncryptionContextSubset": {"team": "ml"}}},
		{"Constraints": {"SourceArn": "arn:aws:sagemaker:us-west-2:111122223333:job/*"}},
	] {
		rule.findings == {fixture.found(
			"violation",
			fixture.grant_subject,
			fixture.grant_path,
			"the grant lets job.sagemaker.amazonaws.com use the key without the encryption context of a job",
		)} with input as fixture.grant(object.union({"GranteePrincipal": "job.sagemaker.amazonaws.com"}, changes))
	}
}

test_pass_constrained if {
	every constraint in ["EncryptionContextSubset", "EncryptionContextEquals"] {
		every member in ["GranteePrincipal", "GranteeServicePrincipal"] {
			given := fixture.grant({
				member: "job.sagemaker.amazonaws.com",
				"Constraints": {constraint: {"aws:sagemaker:finetuning-job-arn": fixture.job_arn}},
			})
			rule.findings == set() with input as given
			rule.checked == {fixture.grant_subject} with input as given
		}
	}
}

test_pass_other_grantees if {
	rule.findings == set() with input as fixture.grant({"GranteePrincipal": fixture.role})
	rule.checked == set() with input as fixture.grant({"GranteePrincipal": fixture.role})
	rule.checked == set() with input as {}
}
