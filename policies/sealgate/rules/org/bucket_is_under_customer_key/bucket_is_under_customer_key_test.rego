package sealgate.rules.org.bucket_is_under_customer_key_test

import data.sealgate.lib.value
import data.sealgate.rules.org.bucket_is_under_customer_key as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_no_kms_encryption if {
	described := {
		"SSEAlgorithm AES256": {"SSEAlgorithm": "AES256"},
		"SSEAlgorithm none": {},
		"SSEAlgorithm ": {"SSEAlgorithm": ""},
		"SSEAlgorithm (null)": {"SSEAlgorithm": null, "KMSMasterKeyID": mtrl.key},
	}
	every words, encryption in described {
		fault := concat(" ", ["is encrypted with", words])
		rule.findings == {_violation(fault, encryption)} with data.sealgate.model.jobs as _jobs(_uri)
			with input as _input(encryption, {})
	}
}

test_violation_kms_encryption_without_a_key if {
	every name in ["", null, 7, "my-key", "arn:aws:s3:::my-bucket"] {
		encryption := {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": name}
		rule.findings == {_violation("names no key for SSE-KMS, so S3 uses its AWS managed key", encryption)} with data.sealgate.model.jobs as _jobs(_uri)
			with input as _input(encryption, {})
	}
	rule.findings == {_violation("names no key for SSE-KMS, so S3 uses its AWS managed key", {"SSEAlgorithm": "aws:kms"})} with data.sealgate.model.jobs as _jobs(_uri)
		with input as _input({"SSEAlgorithm": "aws:kms"}, {})
}

test_violation_aws_managed_alias if {
	every name in ["alias/aws/s3", "arn:aws:kms:us-west-2:111122223333:alias/aws/s3"] {
		rule.findings == {_violation("is encrypted with an AWS managed key", _sse_kms(name))} with data.sealgate.model.jobs as _jobs(_uri)
			with input as _input(_sse_kms(name), {})
	}
}

test_violation_aws_managed_key if {
	every name in [mtrl.key, "1234abcd-12ab-34cd-56ef-1234567890ab"] {
		rule.findings == {_violation("is encrypted with an AWS managed key", _sse_kms(name))} with data.sealgate.model.jobs as _jobs(_uri)
			with input as object.union(_input(_sse_kms(name), {}), mtrl.described(mtrl.key, {"KeyManager": "AWS"}))
	}
}

test_violation_key_that_is_not_approved if {
	settings := {"approved_keys": ["arn:aws:kms:*:444455556666:key/*", "arn:aws:kms:eu-west-1:111122223333:key/*"]}
	fault := concat("", ["is encrypted with ", mtrl.key, ", which no pattern of approved_keys matches"])
	every name in [mtrl.key, "1234abcd-12ab-34cd-56ef-1234567890ab"] {
		rule.findings == {_violation(fault, _sse_kms(name))} with data.sealgate.model.jobs as _jobs(_uri)
			with input as _input(_sse_kms(name), settings)
	}
}

test_violation_bucket_that_does_not_exist_or_has_no_encryption if {
	every bucket in [null, {"encryption": null}] {
		rule.findings == {{
			"outcome": "violation",
			"subject": fixture.subject,
			"path": _path,
			"message": "the bucket my-bucket does not exist or has no default encryption with a customer managed key",
		}} with data.sealgate.model.jobs as _jobs(_uri)
			with input as {"settings": _demand, "context": {"buckets": {"my-bucket": bucket}}}
	}
}

test_unverified_bucket_that_was_not_supplied if {
	every buckets in [{}, {"my-bucket": {}}, {"my-bucket": {"encryption": {}}}, {"other": null}] {
		found := rule.findings with data.sealgate.model.jobs as _jobs(_uri)
			with input as {"settings": _demand, "context": {"buckets": buckets}}
		{[one.outcome, one.path, one.missing.part] | some one in found} == {["unverified", _path, "buckets.my-bucket.encryption"]}
	}
}

test_unverified_undescribed_key if {
	rule.findings == {_unverified(mtrl.undescribed(mtrl.key))} with data.sealgate.model.jobs as _jobs(_uri)
		with input as _input(_sse_kms(mtrl.key), {})
}

test_unverified_alias_of_an_unknown_key if {
	every settings in [{}, {"approved_keys": [mtrl.key]}] {
		found := rule.findings with data.sealgate.model.jobs as _jobs(_uri) with input as _input(_sse_kms("alias/ml"), settings)
		{[one.outcome, one.missing.part] | some one in found} == {["unverified", "aliases.alias/ml"]}
	}
}

test_unverified_what_names_no_bucket if {
	every uri in ["", "my-bucket", "https://my-bucket.s3.amazonaws.com/x", "s3://", "s3:///x", null, 7, [_uri]] {
		rule.findings == {_unverified({"reason": "outputDataConfig.s3Uri names no bucket as s3://<bucket>/…"})} with data.sealgate.model.jobs as _jobs(uri)
			with input as _input(_sse_kms(mtrl.key), {})
	}
}

test_unverified_bucket_that_is_not_known if {
	unknown := fixture.jobs_with(value.absent, {}, {"buckets": [_place(fixture.known_after_apply)]})
	rule.findings == {_unverified({"reason": "it is known after apply"})} with data.sealgate.model.jobs as unknown
		with input as _input(_sse_kms(mtrl.key), {})
}

test_pass_customer_managed_key if {
	every algorithm in ["aws:kms", "aws:kms:dsse"] {
		every name in [mtrl.key, "1234abcd-12ab-34cd-56ef-1234567890ab", "alias/ml"] {
			known := {"context": {"aliases": {"alias/ml": mtrl.key}}}
			encryption := {"SSEAlgorithm": algorithm, "KMSMasterKeyID": name}
			context := object.union(mtrl.described(mtrl.key, {}), known)
			every settings in [{}, {"approved_keys": ["arn:aws:kms:*:444455556666:key/*", mtrl.key]}] {
				rule.findings == set() with data.sealgate.model.jobs as _jobs(_uri)
					with input as object.union(_input(encryption, settings), context)
			}
		}
	}
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(_uri)
		with input as _input(_sse_kms(mtrl.key), {})
}

test_pass_what_is_not_demanded if {
	every demand in [{"operations": ["bedrock:*"]}, {"operations": []}, {"uses": ["input"]}, {"uses": []}] {
		settings := {"settings": {"require_bucket_encryption": [demand]}}
		rule.checked == set() with data.sealgate.model.jobs as _jobs(_uri) with input as settings
		rule.findings == set() with data.sealgate.model.jobs as _jobs(_uri) with input as settings
	}
}

test_violation_what_is_demanded if {
	every demand in [
		{},
		{"operations": ["*"]},
		{"operations": ["bedrock:*", "acme:Make*"]},
		{"uses": ["*"]},
		{"uses": ["input", "output"]},
		{"operations": ["acme:MakeThin?"], "uses": ["output"]},
	] {
		document := object.union(_input({"SSEAlgorithm": "AES256"}, {}), {"settings": {"require_bucket_encryption": [demand]}})
		rule.findings == {_violation("is encrypted with SSEAlgorithm AES256", {"SSEAlgorithm": "AES256"})} with data.sealgate.model.jobs as _jobs(_uri)
			with input as document
	}
}

test_pass_nothing_demanded if {
	every settings in [{}, {"require_bucket_encryption": []}] {
		rule.checked == set() with data.sealgate.model.jobs as _jobs(_uri) with input as {"settings": settings}
		rule.findings == set() with data.sealgate.model.jobs as _jobs(_uri) with input as {"settings": settings}
	}
}

test_pass_no_bucket if {
	absent := fixture.jobs_with(value.absent, {}, {"buckets": [_place(value.absent)]})
	every requests in [absent, fixture.jobs_with(value.absent, {}, {"buckets": []}), []] {
		rule.checked == set() with data.sealgate.model.jobs as requests with input as {"settings": _demand}
		rule.findings == set() with data.sealgate.model.jobs as requests with input as {"settings": _demand}
	}
}

_uri := "s3://my-bucket/output/"

_path := ["outputDataConfig", "s3Uri"]

_demand := {"require_bucket_encryption": [{"operations": ["acme:MakeThing"]}]}

_place(content) := {"path": _path, "use": "output", "value": content}

_jobs(uri) := fixture.jobs_with(value.absent, {}, {"buckets": [_place(value.known(uri))]})

_sse_kms(name) := {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": name}

_input(encryption, settings) := {
	"settings": object.union(_demand, settings),
	"context": {"buckets": {"my-bucket": {"encryption": {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": encryption}]}}}}},
}

_violation(fault, encryption) := {
	"outcome": "violation",
	"subject": fixture.subject,
	"path": _path,
	"message": concat("", [
		"the bucket my-bucket ",
		fault,
		", and the organisation requires a customer managed key for the output files of acme:MakeThing",
	]),
	"evidence": {"encryption": encryption},
}

_unverified(missing) := {
	"outcome": "unverified",
	"subject": fixture.subject,
	"path": _path,
	"missing": missing,
}
