package sealgate.rules.iam.service_statements_name_their_source_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.service_statements_name_their_source as rule

test_violation_service_for_anyone if {
	every service, requirement in {
		"sagemaker.amazonaws.com": "MTRL-16",
		"job.sagemaker.amazonaws.com": "MTRL-16",
		"bedrock.amazonaws.com": "BEVAL-04",
		"bedrock-agentcore.amazonaws.com": "BEVAL-04",
	} {
		every condition in [{}, {"StringNotEquals": {"aws:SourceAccount": "444455556666"}}, {"Null": {"aws:SourceArn": "false"}}] {
			_of("Allow", service, condition) == {object.union(
				fixture.found(
					"violation",
					fixture.key_subject,
					array.concat(fixture.key_path, ["Statement", 0]),
					concat("", [
						"the statement S of the key policy lets ", service,
						" use the key for anyone: it has neither aws:SourceArn nor aws:SourceAccount",
					]),
				),
				{"requirements": [requirement]},
			)}
		}
	}
}

test_pass_source_is_named if {
	_of("Allow", "sagemaker.amazonaws.com", {"StringEquals": {"aws:SourceAccount": "111122223333"}}) == set()
	_of("Allow", "bedrock.amazonaws.com", {"ArnLike": {"aws:SourceArn": "arn:aws:bedrock:*:111122223333:*"}}) == set()
}

test_pass_other_services_and_denials if {
	_of("Allow", "logs.us-west-2.amazonaws.com", {}) == set()
	_of("Deny", "bedrock.amazonaws.com", {}) == set()
	rule.checked == {fixture.key_subject} with input as fixture.key_policy([fixture.root])
	rule.checked == set() with input as {}
}

_of(effect, service, condition) := findings if {
	findings := rule.findings with input as fixture.key_policy([{
		"Sid": "S",
		"Effect": effect,
		"Principal": {"Service": service},
		"Action": "kms:Decrypt",
		"Resource": "*",
		"Condition": condition,
	}])
}
