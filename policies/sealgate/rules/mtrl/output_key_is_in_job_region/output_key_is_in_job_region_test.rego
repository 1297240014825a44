package sealgate.rules.mtrl.output_key_is_in_job_region_test

import data.sealgate.rules.mtrl.output_key_is_in_job_region as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_other_region if {
	_findings(mtrl.naming(mtrl.key), _in({"region": "us-east-1"})) == {{_violation(
		"the output key is of the Region us-west-2, but the job is created in us-east-1",
		{"key": "us-west-2", "job": "us-east-1"},
	)}}
}

test_violation_other_partition if {
	_findings(mtrl.naming(mtrl.key), _in({"partition": "aws-cn", "region": "us-west-2"})) == {{_violation(
		"the output key is of the partition aws, but the job is created in aws-cn",
		{"key": "aws", "job": "aws-cn"},
	)}}
}

test_violation_other_partition_than_the_roles if {
	_findings(mtrl.naming(_gov_key), _in({"region": "us-gov-west-1"})) == {{_violation(
		"the output key is of the partition aws-us-gov, but the job is created in aws",
		{"key": "aws-us-gov", "job": "aws"},
	)}}
}

test_violation_other_partition_and_region if {
	[findings] := [one | some one in _findings(mtrl.naming(_gov_key), _in({"region": "us-west-2"}))]
	{found.evidence | some found in findings} == {
		{"key": "aws-us-gov", "job": "aws"},
		{"key": "us-gov-west-1", "job": "us-west-2"},
	}
}

test_unverified_region_that_nobody_said if {
	_findings(mtrl.naming(mtrl.key), _in({"region": null})) == {{{
		"outcome": "unverified",
		"subject": mtrl.subject,
		"path": mtrl.path,
		"missing": {
			"part": "region",
			"reason": "the Region of the job is not known",
			"supply": "Say it with --region, as region in the context, or as context.region in the settings.",
		},
	}}}
}

test_unverified_partition_that_nothing_says if {
	every role in ["SageMakerExecutionRole", "", null, 7] {
		more := object.union(_in({"region": "moon-west-2"}), {"subject": {"aws_request": {"parameters": {"RoleArn": role}}}})
		_findings(mtrl.naming("arn:aws:kms:moon-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"), more) == {{{
			"outcome": "unverified",
			"subject": mtrl.subject,
			"path": mtrl.path,
			"missing": {
				"part": "partition",
				"reason": "the partition of the job is not known",
				"supply": "Say it with --partition, as partition in the context, or as context.partition in the settings.",
			},
		}}}
	}
}

test_unverified_behind_a_variable if {
	_findings(mtrl.behind_a_variable, {}) == {{mtrl.unverified_behind_a_variable}}
}

test_pass_same_region_and_partition if {
	every context in [{}, {"partition": "aws"}] {
		_findings(mtrl.naming(mtrl.key), _in(context)) == {set()}
	}
	_findings(mtrl.naming(_gov_key), _in({"partition": "aws-us-gov", "region": "us-gov-west-1"})) == {set()}

	checked := {checked |
		some category in mtrl.categories
		checked := rule.checked with input as mtrl.request(category, mtrl.naming(mtrl.key), {})
	}
	checked == {{mtrl.subject}}
}

test_pass_key_of_another_account if {
	_findings(mtrl.naming("arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"), {}) == {set()}
}

test_pass_what_is_no_key_arn_is_not_this_rules_business if {
	every content in ["", "alias/ml", "arn:aws:kms:us-east-1:111122223333:alias/ml", null, 7, {}] {
		_findings(mtrl.naming(content), {}) == {set()}
	}
}

test_pass_no_key_or_no_document if {
	every entry in [mtrl.naming_no_key, mtrl.unreadable] {
		_findings(entry, {}) == {set()}
	}
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_findings(entry, more) := {findings |
	some category in mtrl.categories
	findings := rule.findings with input as mtrl.request(category, entry, more)
}

_in(context) := {"context": context}

_gov_key := "arn:aws-us-gov:kms:us-gov-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_violation(message, evidence) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": message,
	"evidence": evidence,
}
