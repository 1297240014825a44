package sealgate.rules.mtrl.output_bucket_is_in_key_region_test

import data.sealgate.rules.mtrl.output_bucket_is_in_key_region as rule
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_other_region if {
	every location, region in {"us-east-1": "us-east-1", "": "us-east-1", "EU": "eu-west-1"} {
		_located({"LocationConstraint": location}) == {{_violation_in(region)}}
	}
	_located({"LocationConstraint": null}) == {{_violation_in("us-east-1")}}
}

test_violation_bucket_that_does_not_exist if {
	_findings(mtrl.key, "s3://my-bucket/output/", {"my-bucket": null}) == {{{
		"outcome": "violation",
		"subject": mtrl.subject,
		"path": _path,
		"message": "the output bucket my-bucket does not exist",
	}}}
}

test_unverified_bucket_of_which_nothing_is_known if {
	every buckets in [{}, {"my-bucket": {}}, {"my-bucket": {"location": {}}}, {"my-bucket": {"location": {"LocationConstraint": 7}}}] {
		_findings(mtrl.key, "s3://my-bucket/output/", buckets) == {{{
			"outcome": "unverified",
			"subject": mtrl.subject,
			"path": _path,
			"missing": {
				"part": "buckets.my-bucket.location",
				"reason": "the Region of the bucket my-bucket was not supplied",
				"supply": concat(" ", [
					"Supply it in the context as buckets.\"my-bucket\".location:",
					"aws s3api get-bucket-location --bucket my-bucket prints it.",
				]),
			},
		}}}
	}
}

test_pass_same_region if {
	_located({"LocationConstraint": "us-west-2"}) == {set()}

	checked := {checked |
		some category in mtrl.categories
		checked := rule.checked with input as mtrl.request(category, _output(mtrl.key, "s3://my-bucket"), {})
	}
	checked == {{mtrl.subject}}
}

test_pass_output_that_names_no_bucket_is_not_judged if {
	every uri in ["", "my-bucket", "s3://", null, 7, {}] {
		_findings(mtrl.key, uri, {}) == {set()}
	}
	every category in mtrl.categories {
		rule.checked == set() with input as mtrl.request(category, mtrl.naming(mtrl.key), {})
	}
}

test_pass_key_without_an_arn_is_not_judged if {
	every key in ["", "alias/ml", null, 7, {}] {
		_findings(key, "s3://my-bucket/output/", {}) == {set()}
	}
	every entry in [mtrl.naming_no_key, mtrl.behind_a_variable, mtrl.unreadable] {
		every category in mtrl.categories {
			rule.findings == set() with input as mtrl.request(category, entry, {})
			rule.checked == set() with input as mtrl.request(category, entry, {})
		}
	}
}

test_pass_bucket_of_the_input_data if {
	entry := {"value": {
		"InputDataConfig": [{"DataSource": {"S3DataSource": {"S3Uri": "s3://my-bucket/prompts/"}}}],
		"OutputDataConfig": {"KmsKeyArn": mtrl.key},
	}}
	every category in mtrl.categories {
		rule.findings == set() with input as mtrl.request(category, entry, {})
	}
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_findings(key, uri, buckets) := {findings |
	some category in mtrl.categories
	findings := rule.findings with input as mtrl.request(category, _output(key, uri), {"context": {"buckets": buckets}})
}

_located(answer) := _findings(mtrl.key, "s3://my-bucket/output/", {"my-bucket": {"location": answer}})

_output(key, uri) := {"value": {"OutputDataConfig": {"KmsKeyArn": key, "S3OutputPath": uri}}}

_path := ["JobConfigDocument", "OutputDataConfig", "S3OutputPath"]

_violation_in(region) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": _path,
	"message": concat("", [
		"the output bucket my-bucket is in ",
		region,
		" and the output key in us-west-2; ",
		"we infer from S3, which takes keys of the bucket's Region only, that the job can't write its output",
	]),
	"evidence": {"bucket": region, "key": "us-west-2"},
}
