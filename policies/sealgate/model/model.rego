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
#   Where a resource or object carries the job's parameters among others, `at` is the path to them. Of an object,
#   `misspelt` lists what looks like a key and is none, as `{path, meant}`.
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
# description: Subjects of which nothing is judged, as `{subject, reason}` with the reason as a clause.
set_aside := [entry | some entry in data.sealgate.inputs[_].set_aside]

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
shown(content) := _shown(content) if is_string(content)

shown(content) := content if {
	not is_string(content)
	count(_addresses) + count(_sensitive) == 0
}

# Text by text, so that what is left is the same value whatever a secret looks like.
shown(content) := json.unmarshal(concat("", [_shown_token(token[0]) |
	some token in regex.find_all_string_submatch_n(`"(?:[^"\\]|\\.)*"|[^"]+`, json.marshal(content), -1)
])) if {
	not is_string(content)
	count(_addresses) + count(_sensitive) > 0
}

_shown_token(token) := json.marshal(_shown(json.unmarshal(token))) if startswith(token, `"`)

_shown_token(token) := token if not startswith(token, `"`)

_shown(text) := _without(planned.shown(text, _addresses), [secret | some secret in _sensitive; contains(text, secret)])

_without(text, []) := text

# The longer one first: the shorter may be a part of it.
_without(text, secrets) := concat(_hidden, _split(_split(_split(three, 3, by), 4, by), 5, by)) if {
	count(secrets) in {1, 2, 3, 4, 5, 6}
	by := [secret | some [_, secret] in sort([[0 - count(secret), secret] | some secret in secrets])]
	three := _split(_split(_split([text], 0, by), 1, by), 2, by)
}

_without(_, secrets) := _hidden if count(secrets) > 6

_split(parts, index, secrets) := [piece |
	some part in parts
	some piece in split(part, secrets[index])
] if {
	secrets[index]
} else := parts

_hidden := "(sensitive value)"

_addresses := data.sealgate.inputs.kubernetes_object.addresses if {
	count(data.sealgate.inputs.kubernetes_object.addresses) > 0
} else := data.sealgate.inputs.terraform_plan.addresses

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
	judged := [jobs, unguarded, set_aside, granting, declared, carrying, unread]
	sum([count(part) | some part in judged]) == 0
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
