# METADATA
# title: The keys that a job's KMS calls are made on
# scope: package
package sealgate.systems.call_keys

import data.sealgate.lib.kms
import data.sealgate.lib.value
import data.sealgate.model.context

# METADATA
# scope: document
# description: |
#   The keys of a job for a use of the table of calls, as `{arn, path, inferred, roles}`: those that the job names,
#   and those that the context knows of.
of(job, use) := [_key(place, _named(job, place), false) |
	some place in job.keys
	place.use == use
	_may_name_a_key(place)
] if {
	use in {"output", "volume", "model", "temporary"}
}

of(job, "input") := [_key(place, key.arn, key.inferred) |
	some place in job.buckets
	place.use == "input"
	some key in context.object_keys(place.value.value)
]

of(job, "output_bucket") := [_key(place, key.arn, key.inferred) |
	some place in job.buckets
	place.use == "output"
	some key in context.bucket_keys(place.value.value)
]

of(job, "source_model") := [_key(place, context.model_key(place.value.value), false) |
	job.operation == "bedrock:CreateModelCopyJob"
	some place in job.models
	is_string(place.value.value)
]

of(job, "previous_output") := [_key({"path": _input_package_path}, _previous_key(job), false) |
	_input_package(job).state != "absent"
]

_key(place, key_arn, inferred) := {
	"arn": key_arn,
	"path": place.path,
	"text": object.get(place, ["value", "value"], ""),
	"inferred": inferred,
	"roles": object.get(place, "roles", []),
}

# A text that the member does not accept is for the rules on its form.
_may_name_a_key(place) if place.value.state == "unknown"

_may_name_a_key(place) if {
	is_string(place.value.value)
	kms.form(place.value.value) in place.forms
}

_named(_, place) := place.value if place.value.state == "unknown"

_named(job, place) := context.key_arn(job, place.value.value) if is_string(place.value.value)

_input_package_path := ["JobConfigDocument", "ModelPackageConfig", "InputModelPackageArn"]

_input_package(job) := value.known(package_arn) if {
	package_arn := _document(job).value.ModelPackageConfig.InputModelPackageArn
	is_string(package_arn)
} else := value.unknown("InputModelPackageArn is no string, so whether the job goes on from another is not known") if {
	_ := _document(job).value.ModelPackageConfig.InputModelPackageArn
} else := value.unknown(concat("", [
	"the pipeline variable ",
	_document(job).variable,
	" may name a model package to go on from",
])) if {
	not _document(job).value.ModelPackageConfig
} else := value.absent

_document(job) := job.documents.JobConfigDocument

# METADATA
# scope: document
# description: |
#   What is known of the job that made the model package which a job goes on from: `{job_arn, kms_key_arn}`.
previous(job) := context.model_package(_input_package(job).value) if {
	_input_package(job).state == "known"
} else := _input_package(job)

_previous_key(job) := value.unknown(_undocumented_read_grant) if {
	job.category.value == "AgentRFTEvaluation"
} else := value.known(key_arn) if {
	key_arn := previous(job).value.kms_key_arn
	is_string(key_arn)
} else := value.absent if {
	previous(job).state != "unknown"
} else := previous(job)

_undocumented_read_grant := concat(" ", [
	"whether evaluating a model package makes a read grant on the key of the job that made it",
	"is not documented",
])
