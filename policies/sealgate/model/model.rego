# METADATA
# title: The one model that rules read
# description: |
#   The parts that every input adapter yields, as one list, whatever the input was: an API request, a plan, an object.
# scope: package
package sealgate.model

import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.lib.planned
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model.context
import data.sealgate.model.settings

# METADATA
# description: |
#   The jobs: `{subject, operation, system, name, role, partition, account, region, keys, buckets, documents,
#   problems}`. A key is `{path, value, use, forms, member}`; a bucket `{path, value, use}` with an S3 URI as its value.
#   Where a resource or object carries the job's parameters among others, `at` is the path to them.
jobs := [job | some job in data.sealgate.inputs[_].jobs]

# METADATA
# description: |
#   Every place at which a job names a key, as `{job, key, arn}` with the key's ARN in three states. A text that is no
#   name of a key stands there as it is, so that no rule on approved keys takes it for one.
named_keys := [{"job": job, "key": key, "arn": _named_arn(job, key.value)} |
	some job in jobs
	some key in job.keys
	key.value.state != "absent"
]

# METADATA
# description: Subjects that carry no key which the tables know.
unguarded := [subject | some subject in data.sealgate.inputs[_].unguarded]

# METADATA
# description: Subjects that make a grant.
granting := [given.subject | some given in data.sealgate.inputs[_].grants]

# METADATA
# description: |
#   Subjects that the input leaves as they are: what a plan does not change. What is wrong with them was so before.
unchanged := {subject | some subject in data.sealgate.inputs[_].unchanged}

# METADATA
# description: |
#   A subject as it is named. What follows a line break tells apart what one subject may turn out to be.
named(subject) := split(subject, "\n")[0] if {
	contains(subject, "\n")
} else := subject

# METADATA
# description: How many things a subject may turn out to be, where that is several.
variants := {name: count(subjects) | some name, subjects in _variants_by_name}

_variants_by_name := _variants_of

_variants_of[named(job.subject)] contains job.subject if {
	some job in jobs
	contains(job.subject, "\n")
}

# METADATA
# scope: document
# description: |
#   A text, or a value with texts in it, as findings show it: planned resources by their addresses, and nothing that is
#   sensitive.
shown(content) := _shown(content, _addresses, _sensitive) if is_string(content)

shown(content) := content if {
	not is_string(content)
	count(_addresses) + count(_sensitive) == 0
}

shown(content) := json.unmarshal(_shown(json.marshal(content), _quoted_addresses, _quoted_secrets)) if {
	not is_string(content)
	count(_addresses) + count(_sensitive) > 0
}

_shown(text, addresses, secrets) := strings.replace_n(
	{secret: "(sensitive value)" | some secret in secrets},
	planned.shown(text, addresses),
)

# As they stand in JSON.
_quoted_addresses := {index: _quoted(address) | some index, address in _addresses}

_quoted_secrets := {_quoted(secret) | some secret in _sensitive}

_quoted(text) := substring(written, 1, count(written) - 2) if written := json.marshal(text)

_addresses := data.sealgate.inputs.terraform_plan.addresses

_sensitive := {secret | some secret in data.sealgate.inputs[_].sensitive}

# METADATA
# description: What could not be read of the input as a whole, as `{subject, path, message}`.
problems := {problem | some problem in data.sealgate.inputs[_].problems} | {problem |
	some message in ((_subject_problems | settings.problems) | context.problems)
	problem := {"subject": "input", "path": [], "message": message}
}

_named_arn(_, key) := key if key.state == "unknown"

_named_arn(job, key) := context.key_arn(job, key.value) if is_string(key.value)

_named_arn(_, key) := value.known(value.type_of(key.value)) if {
	key.state == "known"
	not is_string(key.value)
}

_kinds := {kind | is_object(input.subject); some kind, _ in input.subject} | {"terraform_plan" |
	# A plan that is the whole input.
	not value.has(input, "subject")
	_ := plan.content
}

_understood := {kind | some kind; _ := data.sealgate.inputs[kind].jobs; kind != "intended_uses"}

# An adapter that yields nothing has not understood its subject; silence would look like an allowance.
_subject_problems contains "the subject holds nothing that could be judged" if {
	count(_kinds) > 0
	unread := [problem | some problem in data.sealgate.inputs[_].problems]
	declared := [policy | some policy in data.sealgate.inputs[_].policies]
	carrying := [text | some text in data.sealgate.inputs[_].unread]
	sum([count(jobs), count(unguarded), count(granting), count(declared), count(carrying), count(unread)]) == 0
}

_subject_problems contains "the input has no subject: the part that holds what is to be judged" if count(_kinds) == 0

_subject_problems contains concat("", ["the input has several subjects: ", text.listed(_kinds)]) if count(_kinds) > 1

_subject_problems contains concat("", [
	"subject.",
	kind,
	" is not understood; what is: ",
	text.listed({concat(".", ["subject", understood]) | some understood in _understood}),
]) if {
	some kind in _kinds
	not kind in _understood
}
