package sealgate.inputs.terraform_plan.buckets_test

import data.sealgate.inputs.terraform_plan.buckets
import data.sealgate.inputs.terraform_plan.plan_test

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_said := {"context": {"region": "us-west-2", "account": "111122223333"}}

_encryption(bucket, rule) := plan_test.created(
	"aws_s3_bucket_server_side_encryption_configuration.e",
	{"bucket": bucket, "rule": [{"apply_server_side_encryption_by_default": [rule]}]},
	{},
)

test_bucket_with_its_region_and_default_encryption if {
	changes := [
		plan_test.created("aws_s3_bucket.b", {"bucket": "data", "region": "eu-west-1"}, {}),
		_encryption("data", {"sse_algorithm": "aws:kms", "kms_master_key_id": _key}),
	]
	entries := buckets.entries with input as object.union(plan_test.holding(changes, {}), _said)
	rules := [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": _key}}]
	entries == {"data": {
		"location": {"LocationConstraint": "eu-west-1"},
		"encryption": {"ServerSideEncryptionConfiguration": {"Rules": rules}},
	}}
}

test_what_the_plan_does_not_tell_is_left_out if {
	changes := [
		plan_test.created("aws_s3_bucket.prefixed", {}, {"bucket": true}),
		plan_test.created("aws_s3_bucket.two", {"bucket": "two", "region": "eu-west-1"}, {}),
		plan_test.created("aws_s3_bucket.two_again", {"bucket": "two", "region": "us-east-1"}, {}),
		_encryption("plain", {"sse_algorithm": "AES256"}),
	]
	entries := buckets.entries with input as object.union(plan_test.holding(changes, {}), _said)
	rules := [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
	entries == {"plain": {"encryption": {"ServerSideEncryptionConfiguration": {"Rules": rules}}}}
}

test_encryption_of_a_bucket_that_can_not_be_told_is_left_out if {
	every case in [
		{"values": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms"}]}], "unknown": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": true}]}]},
		{"values": [{"apply_server_side_encryption_by_default": [{}]}], "unknown": [{"apply_server_side_encryption_by_default": [{"sse_algorithm": true}]}]},
	] {
		root := {"resources": [plan_test.configured(
			"aws_s3_bucket_server_side_encryption_configuration.e",
			{"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": plan_test.from(["local.key"])}]}]},
		)]}
		change := plan_test.created("aws_s3_bucket_server_side_encryption_configuration.e", {"bucket": "b", "rule": case.values}, {"rule": case.unknown})
		entries := buckets.entries with input as object.union(plan_test.holding([change], root), _said)
		entries == {}
	}
}
