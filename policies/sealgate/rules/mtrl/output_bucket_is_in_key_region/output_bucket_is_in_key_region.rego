# METADATA
# title: The output bucket is of the key's Region
# description: |
#   S3 encrypts an object with a KMS key of the bucket's own Region. That a multi-turn RL job fails where they differ
#   is an inference from S3, not a statement of its documentation, so this only warns.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-MTRL-026
#   level: recommended
#   severity: medium
#   requirements: [MTRL-06]
#   remediation: >-
#     Write the output to a bucket of the key's Region, or name a key of the bucket's Region.
package sealgate.rules.mtrl.output_bucket_is_in_key_region

import data.sealgate.lib.arn
import data.sealgate.lib.finding
import data.sealgate.lib.s3
import data.sealgate.model.context
import data.sealgate.systems.sagemaker_mtrl

checked contains named.job.subject if some named in _named_buckets

findings contains found if {
	some named in _named_buckets
	region := context.bucket_region(named.bucket)
	region.state == "known"
	given := arn.parse(named.arn).region
	given != region.value

	found := finding.because(
		finding.violation(named.job.subject, named.path, concat("", [
			"the output bucket ",
			named.bucket,
			" is in ",
			region.value,
			" and the output key in ",
			given,
			"; we infer from S3, which takes keys of the bucket's Region only, that the job can't write its output",
		])),
		{"bucket": region.value, "key": given},
	)
}

findings contains found if {
	some named in _named_buckets
	region := context.bucket_region(named.bucket)
	region.state == "unknown"

	found := finding.unverified(named.job.subject, named.path, region)
}

findings contains found if {
	some named in _named_buckets
	context.bucket_region(named.bucket).state == "absent"

	found := finding.violation(
		named.job.subject,
		named.path,
		concat("", ["the output bucket ", named.bucket, " does not exist"]),
	)
}

_named_buckets := [{"job": named.job, "arn": named.arn, "path": bucket.path, "bucket": s3.bucket(bucket.value.value)} |
	some named in sagemaker_mtrl.named_keys
	some bucket in named.job.buckets
	bucket.use == "output"
]
