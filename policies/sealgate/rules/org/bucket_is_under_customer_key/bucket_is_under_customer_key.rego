# METADATA
# title: A bucket is encrypted under a customer managed key where the organisation requires it
# description: |
#   The files of a Bedrock customization job have no key member of their own: they are encrypted as their buckets are.
#   Where the settings say require_bucket_encryption for an operation, the default encryption of its buckets is SSE-KMS
#   with a named key, one of approved_keys where those are listed.
# scope: package
# related_resources:
#   - description: Encryption of custom models
#     ref: https://docs.aws.amazon.com/bedrock/latest/userguide/encryption-custom-job.html
# custom:
#   id: SG-ORG-005
#   level: option
#   severity: high
#   requirements: [BCUST-10]
#   remediation: >-
#     Set the bucket's default encryption to aws:kms with a customer managed key (aws s3api put-bucket-encryption),
#     or use another bucket.
package sealgate.rules.org.bucket_is_under_customer_key

import data.sealgate.lib.arn
import data.sealgate.lib.finding
import data.sealgate.lib.kms
import data.sealgate.lib.s3
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.lib.wildcard
import data.sealgate.model
import data.sealgate.model.context
import data.sealgate.model.settings

checked contains demanded.job.subject if some demanded in _demanded

findings contains found if {
	some demanded in _demanded
	demanded.encryption.state == "known"
	fault := _fault(demanded)

	found := finding.because(
		finding.violation(demanded.job.subject, demanded.path, concat("", [
			"the bucket ",
			demanded.bucket,
			" ",
			fault,
			", and the organisation requires a customer managed key for the ",
			demanded.use,
			" files of ",
			demanded.job.operation,
		])),
		{"encryption": demanded.encryption.value},
	)
}

findings contains found if {
	some demanded in _demanded
	demanded.encryption.state == "absent"

	found := finding.violation(demanded.job.subject, demanded.path, concat("", [
		"the bucket ",
		demanded.bucket,
		" does not exist or has no default encryption with a customer managed key",
	]))
}

findings contains found if {
	some demanded in _demanded
	demanded.encryption.state == "unknown"

	found := finding.unverified(demanded.job.subject, demanded.path, demanded.encryption)
}

findings contains found if {
	some demanded in _demanded
	demanded.encryption.state == "known"
	not _fault(demanded)
	manager := _manager(demanded)
	manager.state == "unknown"

	found := finding.unverified(demanded.job.subject, demanded.path, manager)
}

findings contains found if {
	some job in model.jobs
	some place in job.buckets
	_is_demanded(job, place)
	place.value.state == "known"
	not _names_bucket(place)

	found := finding.unverified(job.subject, place.path, value.unknown(concat("", [
		text.path(place.path),
		" names no bucket as s3://<bucket>/…",
	])))
}

findings contains found if {
	some job in model.jobs
	some place in job.buckets
	_is_demanded(job, place)
	place.value.state == "unknown"

	found := finding.unverified(job.subject, place.path, place.value)
}

_demanded := [demanded |
	some job in model.jobs
	some place in job.buckets
	_is_demanded(job, place)
	bucket := s3.bucket(place.value.value)
	encryption := context.bucket_encryption(bucket)
	demanded := {
		"job": job,
		"path": place.path,
		"use": place.use,
		"bucket": bucket,
		"encryption": encryption,
		"key": _key(job, encryption),
	}
]

_is_demanded(job, place) if {
	some demand in settings.current.require_bucket_encryption
	some pattern in object.get(demand, "operations", ["*"])
	wildcard.matches(pattern, job.operation)
	some use in object.get(demand, "uses", ["*"])
	use in {"*", place.use}
}

_names_bucket(place) if s3.bucket(place.value.value)

# The ARN of the key that a default encryption names, in three states; absent where it names none.
_key(job, encryption) := context.key_arn(job, encryption.value.KMSMasterKeyID) if {
	is_string(encryption.value.KMSMasterKeyID)
	kms.form(encryption.value.KMSMasterKeyID) in {"key_arn", "key_id", "alias", "alias_arn"}
} else := value.absent

# What keeps a default encryption from being one under a customer managed key.
_fault(demanded) := concat("", ["is encrypted with ", text.assigned("SSEAlgorithm", algorithm)]) if {
	algorithm := object.get(demanded.encryption.value, "SSEAlgorithm", "none")
	not algorithm in {"aws:kms", "aws:kms:dsse"}
} else := "names no key for SSE-KMS, so S3 uses its AWS managed key" if {
	demanded.key.state == "absent"
} else := "is encrypted with an AWS managed key" if {
	_is_aws_managed(demanded)
} else := concat("", ["is encrypted with ", demanded.key.value, ", which no pattern of approved_keys matches"]) if {
	count(settings.current.approved_keys) > 0
	count([pattern |
		some pattern in settings.current.approved_keys
		arn.like(pattern, demanded.key.value)
	]) == 0
}

_is_aws_managed(demanded) if kms.is_aws_managed_alias(demanded.encryption.value.KMSMasterKeyID)

_is_aws_managed(demanded) if _manager(demanded).value == "AWS"

# Who manages the key, in three states.
_manager(demanded) := context.key_metadata(demanded.key.value, "KeyManager") if {
	demanded.key.state == "known"
} else := demanded.key
