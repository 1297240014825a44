# METADATA
# title: The buckets of a plan
# description: |
#   Their Region and default encryption, as GetBucketLocation and GetBucketEncryption will answer.
# scope: package
package sealgate.inputs.terraform_plan.buckets

import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.lib.member

# METADATA
# description: The buckets as the context has them, by name.
entries := {name: object.union(
	{"location": {"LocationConstraint": location} | location := _bucket_regions[name]},
	{"encryption": encryption | encryption := _bucket_encryption[name]},
) |
	some name in (object.keys(_bucket_regions) | object.keys(_bucket_encryption))
}

_bucket_regions := {name: regions[0] |
	some name, found in _regions_by_bucket
	regions := [one | some one in found]
	count(regions) == 1
}

_regions_by_bucket := _region_of_bucket

_region_of_bucket[change.values.bucket] contains facts.region(change).value if {
	some change in facts.of_kind("bucket")
	is_string(change.values.bucket)
	facts.region(change).state == "known"
}

_bucket_encryption := {name: encryptions[0] |
	some name, found in _encryption_by_bucket
	encryptions := [one | some one in found]
	count(encryptions) == 1
}

_encryption_by_bucket := _encryption_of_bucket

_encryption_of_bucket[bucket.value] contains encryption if {
	some change in facts.of_kind("bucket_encryption")
	some bucket in facts.texts_at(change, ["bucket"])
	bucket.state == "known"
	encryption := _encryption(change, ["rule", 0, "apply_server_side_encryption_by_default", 0])
}

# As GetBucketEncryption answers. What is not known yet is not said.
_encryption(change, steps) := {"ServerSideEncryptionConfiguration": {"Rules": [{
	"ApplyServerSideEncryptionByDefault": object.union(
		{"SSEAlgorithm": object.get(algorithm, "value", null)},
		{"KMSMasterKeyID": key_arn.value | some key_arn in key_arns},
	),
}]}} if {
	algorithm := member.place(plan.reading(change), array.concat(steps, ["sse_algorithm"])).value
	algorithm.state != "unknown"
	key_arns := facts.key_arns_at(change, array.concat(steps, ["kms_master_key_id"]))
	count(key_arns) < 2
	every key_arn in key_arns {
		key_arn.state == "known"
	}
}
