package sealgate.rules.grant.job_grant_is_of_documented_operations_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.grant.job_grant_is_of_documented_operations as rule

test_violation_more_than_a_job_needs if {
	rule.findings == {fixture.found(
		"violation",
		fixture.grant_subject,
		fixture.grant_path,
		"the grant lets job.sagemaker.amazonaws.com do what no job needs: CreateGrant, Sign",
	)} with input as fixture.grant({
		"GranteePrincipal": "job.sagemaker.amazonaws.com",
		"Operations": ["Decrypt", "Sign", "CreateGrant"],
	})
}

test_pass_write_and_read_grant if {
	every operations in [["Encrypt", "Decrypt", "GenerateDataKey", "RetireGrant"], ["Decrypt"], []] {
		given := fixture.grant({"GranteeServicePrincipal": "job.sagemaker.amazonaws.com", "Operations": operations})
		rule.findings == set() with input as given
		rule.checked == {fixture.grant_subject} with input as given
	}
}

test_pass_other_grantees if {
	given := fixture.grant({"GranteePrincipal": fixture.role, "Operations": ["CreateGrant"]})
	rule.findings == set() with input as given
	rule.checked == set() with input as given
}
