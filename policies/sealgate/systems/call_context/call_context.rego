# METADATA
# title: The request context of a job's KMS calls
# scope: package
package sealgate.systems.call_context

import data.sealgate.lib.value
import data.sealgate.model.context
import data.sealgate.systems.call_keys

# METADATA
# scope: document
# description: |
#   The condition keys of a call, in three states: what the table says, what the key's metadata says, and what the
#   action does not have.
of(planned, action) := object.union(
	object.union(_not_of(action), _of_key(planned.key.arn)),
	object.union(_via(planned), _stated(planned, action)),
)

_stated(planned, action) := object.union(
	{lower(name): value.absent | some name in object.get(planned.entry, "unset", [])},
	object.union(
		{key: state |
			some name in object.get(planned.entry, "unknown", [])
			key := lower(name)
			_may_have(action, key)
			state := value.unknown(concat("", ["the documents do not say what the call carries as ", name]))
		},
		object.union(_other_contexts(planned), _placed(planned, action)),
	),
)

# KMS documents no encryption context for some actions that AWS's own samples list under one: there it stays open.
_may_have(action, key) if not _not_of(action)[key]

_may_have(_, key) if startswith(key, "kms:encryptioncontext:")

# A job's calls carry the context of its own category, and not that of another.
_other_contexts(planned) := {key: value.absent |
	some name, _ in planned.entry.context
	contains(name, "context key>")
	some row in data.sealgate.data.job_categories
	key := lower(concat("", ["kms:EncryptionContext:", row.context_key]))
}

_placed(planned, action) := {key: _filled(content, placeholders) |
	placeholders := _placeholders(planned.job)
	some name, content in object.get(planned.entry, "context", {})
	key := lower(strings.replace_n(placeholders.names, name))
	not _not_of(action)[key]
}

_filled(content, placeholders) := value.known(filled) if {
	filled := strings.replace_n(placeholders.values, content)
	not contains(filled, "<job arn>")
	not contains(filled, "<previous job arn>")
	not contains(filled, "<evaluation job arn>")
} else := value.unknown("the job's ARN is not known: its account, its Region or its name is missing")

_placeholders(job) := {
	"names": {
		"<context key>": _context_key(job),
		"<previous context key>": _context_key_of(call_keys.previous(job)),
	},
	"values": {name: text |
		some name, text in {
			"<job arn>": _job_arn(job),
			"<previous job arn>": object.get(call_keys.previous(job), ["value", "job_arn"], ""),
			"<evaluation job arn>": _evaluation_arn(job),
		}
		text != ""
	},
}

_context_key(job) := key if {
	key := data.sealgate.data.job_categories[job.category.value].context_key
} else := "aws:sagemaker:finetuning-job-arn"

_context_key_of(previous) := key if {
	some category, row in data.sealgate.data.job_categories
	key := row.context_key
	contains(previous.value.job_arn, concat("", [":job/", category, "/"]))
} else := "aws:sagemaker:finetuning-job-arn"

default _job_arn(_) := ""

_job_arn(job) := concat(":", [
	"arn",
	job.partition.value,
	"sagemaker",
	job.region.value,
	job.account.value,
	concat("/", ["job", job.category.value, job.name.value.value]),
])

# The id is given by the service; what stands here for it matches a pattern as any id would.
default _evaluation_arn(_) := ""

_evaluation_arn(job) := concat(":", [
	"arn",
	job.partition.value,
	"bedrock",
	job.region.value,
	job.account.value,
	"evaluation-job/(id given by the service)",
])

_via(planned) := {"kms:viaservice": value.known(endpoint)} if {
	endpoint := concat(".", [planned.entry.via, planned.job.region.value, "amazonaws.com"])
} else := {"kms:viaservice": planned.job.region} if {
	planned.entry.via
} else := {"kms:viaservice": value.unknown("through which service the call comes is not documented")}

_of_key(key_arn) := {name: fact |
	some name, member in {
		"kms:keyorigin": "Origin",
		"kms:keyspec": "KeySpec",
		"kms:keyusage": "KeyUsage",
		"kms:multiregion": "MultiRegion",
	}
	fact := context.key_metadata(key_arn, member)
	fact.state == "known"
}

# Condition keys that exist on other actions only are absent from this one.
default _not_of(_) := {}

_not_of(action) := object.union(_absent[lower(action)], _no_encryption_context) if {
	not "kms:encryptioncontext:*" in data.sealgate.data.condition_keys.actions[lower(action)]
} else := _absent[lower(action)]

_absent := data.sealgate.data.condition_keys.absent

# The encryption contexts that the systems' services are documented to use.
_no_encryption_context := object.union(
	{
		"kms:encryptioncontext:aws:s3:arn": value.absent,
		"kms:encryptioncontext:evaluationjobarn": value.absent,
	},
	{key: value.absent |
		some row in data.sealgate.data.job_categories
		key := concat("", ["kms:encryptioncontext:", row.context_key])
	},
)
