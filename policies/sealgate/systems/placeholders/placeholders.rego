# METADATA
# title: What stands for the job in the tables
# description: |
#   The tables write `<job arn>`, `<Region>` and the like; these are their values for one job. A part that is not known
#   is `*`, so that what is written with it is a pattern that the job fits.
# scope: package
package sealgate.systems.placeholders

import data.sealgate.lib.arn
import data.sealgate.systems.call_keys

# METADATA
# description: The values for this job alone, with its key and with the principal of a call.
of_job(job, key_arn, principal_arn) := _values(job, key_arn, principal_arn, _part(job.name.value))

# METADATA
# description: The values for every job of the same category.
of_category(job, key_arn, principal_arn) := _values(job, key_arn, principal_arn, "*")

# METADATA
# description: A text of a table with the values in it.
filled(content, values) := strings.replace_n(values, content)

# METADATA
# description: |
#   Whether a job continues from the model package of an earlier one, whose job ARN its grants name as well.
is_iterative(job) if {
	job.category.value == "AgentRFT"
	call_keys.of(job, "previous_output") != []
}

_values(job, key_arn, principal_arn, name) := {
	"<Region>": _part(job.region),
	"<context key>": _context_key(_part(job.category)),
	"<evaluation job arn>": _arn(job, "bedrock", "evaluation-job/*"),
	"<job arn>": _arn(job, "sagemaker", concat("/", ["job", _part(job.category), name])),
	"<key arn>": key_arn,
	"<previous context key>": _context_key(_previous_category(job)),
	"<previous job arn>": _previous_arn(job),
	"<principal account>": _account(principal_arn),
}

# A service has none.
_account(principal_arn) := arn.parse(principal_arn).account

_account(principal_arn) := "" if not arn.parse(principal_arn)

_arn(job, service, resource) := concat(":", [
	"arn",
	_part(job.partition),
	service,
	_part(job.region),
	_part(job.account),
	resource,
])

_part(fact) := fact.value if {
	is_string(fact.value)
} else := "*"

_context_key(category) := row.context_key if {
	row := data.sealgate.data.job_categories[category]
} else := data.sealgate.data.job_categories.AgentRFT.context_key

_previous_category(job) := category if {
	some category, _ in data.sealgate.data.job_categories
	contains(_previous_job(job), concat("", [":job/", category, "/"]))
} else := "AgentRFT"

_previous_arn(job) := concat("/", array.concat(array.slice(steps, 0, count(steps) - 1), ["*"])) if {
	steps := split(_previous_job(job), "/")
} else := _arn(job, "sagemaker", "job/AgentRFT/*")

_previous_job(job) := previous if {
	previous := call_keys.previous(job).value.job_arn
	is_string(previous)
}
