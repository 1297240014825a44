# METADATA
# title: A Terraform plan, as jobs, policies, grants and what AWS will know
# description: |
#   Reads `subject.terraform_plan`, or a plan that is the whole input. The resources that carry a request become jobs by
#   the table of their types; keys, policies, roles, aliases, grants and buckets become the context that they will be.
# scope: package
package sealgate.inputs.terraform_plan

import data.sealgate.inputs.terraform_plan.buckets
import data.sealgate.inputs.terraform_plan.carried
import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.keys
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.principals
import data.sealgate.lib.value
import data.sealgate.model.job

# METADATA
# description: The jobs that the plan starts, changes or leaves as they are.
jobs := array.concat(_planned_jobs, _carried_jobs)

_planned_jobs := [settled |
	some change in plan.changes
	change.job != null
	change.mode != "data"
	is_object(change.values)
	started := job.of(object.union(
		{
			"subject": change.address,
			"operation": concat(":", [change.job.service, change.job.operation]),
			"row": change.job,
			"read": plan.reading(change),
			"documents": {},
			"parameters": {},
			"category": value.absent,
			"region": facts.region(change),
			"partition": value.known(facts.partition),
		},
		{"account": facts.account | facts.account.state == "known"},
	))
	some settled in _settled(change, started)
]

# The requests that state machines, pipelines and schedules will make.
_carried_jobs := [object.union(started, {"at": request.at}) |
	some request in carried.requests
	documents := _documents(request)
	started := job.of(object.union(
		{
			"subject": request.subject,
			"operation": request.operation,
			"row": request.row,
			"read": object.union(request.read, {"root": job.content(request.read.root, documents)}),
			"documents": documents,
			"parameters": request.parameters,
			"region": facts.region(request.change),
			"partition": value.known(facts.partition),
		},
		{"account": facts.account | facts.account.state == "known"},
	))
]

# One that is filled in later is not known, and no fault.
_documents(request) := object.union(
	object.remove(found, later),
	{top: {"state": "known", "value": {}} | some top in later},
) if {
	found := job.documents(request.row, request.parameters, "")
	later := {top | some top, document in found; document.state == "unreadable"; is_string(request.read.unknown[top])}
}

# METADATA
# description: The texts that may hold such requests, and can't be read.
unread := carried.unread

# METADATA
# description: The policies of keys and principals, as `model/policies` lists them.
policies := array.concat(keys.policies, principals.policies) if is_object(plan.content)

# METADATA
# description: The grants that the plan makes, as entries of ListGrants.
grants := keys.grants

# METADATA
# description: What keeps the plan from being judged.
problems := plan.problems

# METADATA
# description: A plan in which nothing names a key.
unguarded := ["terraform plan" |
	is_object(plan.content)
	count(problems) == 0
	judged := [policy | some policy in policies; _is_judged(policy)]
	sum([count(jobs), count(unread), count(judged), count(grants)]) == 0
]

# Who may assume a role says nothing of keys, and a policy that nobody's calls wait for need not be readable.
_is_judged(policy) if policy.kind == "key_policy"

_is_judged(policy) if {
	policy.kind != "trust"
	policy.document.state == "known"
}

# METADATA
# description: The addresses of what the plan leaves as it is.
unchanged := {change.address |
	some change in plan.changes
	some actions in [["no-op"], ["read"]]
	change.actions == actions
	not change.imported
} | {request.subject |
	some request in carried.requests
	request.change.actions == ["no-op"]
	not request.change.imported
}

# METADATA
# description: |
#   What the plan changes or takes away of the access to keys, on the side that is read: `{address, kind, owner,
#   deleted}`, `owner` the ARN of the key or principal that it is about.
changed_access := {access |
	some access in _access
	not unchanged[access.address]
}

_access := {{"address": policy.subject, "kind": policy.kind, "owner": policy.owner} | some policy in policies} | ({{
	"address": grant.subject,
	"kind": "grant",
	"owner": grant.key_arn,
} |
	some grant in grants
} | {{"address": key.address, "kind": "key", "owner": key.arn} | some key in facts.keys})

# METADATA
# description: The addresses of what the plan takes away.
deleted := {change.address | some change in plan.changes; change.deleted}

# METADATA
# description: The addresses of planned resources, by the number in their made-up names.
addresses := {change.index: change.address | some change in plan.changes}

# METADATA
# description: The texts that no finding shows.
sensitive := plan.sensitive

# METADATA
# description: |
#   What AWS will know once the plan is applied, in the parts of the context; null is what the plan takes away.
context := {
	"keys": keys.entries,
	"key_ids": keys.ids,
	"principals": principals.entries,
	"aliases": keys.aliases,
	"buckets": buckets.entries,
} if {
	is_object(plan.content)
}

# What the plan does not know yet is taken from where its references lead. Where a key may be one of several, the job is
# there once for each: the subjects differ by what follows a line break, and the decision joins them again.
_settled(change, started) := [object.union(settled, {"subject": subject, "keys": keys}) |
	some variant in numbers.range(0, most - 1)
	subject := concat("", array.concat([started.subject], [concat("", ["\n", format_int(variant, 10)]) | most > 1]))
	keys := [object.union(object.remove(place, {"value"}), {"value": values[min([variant, count(values) - 1])]}) |
		some index, place in settled.keys
		values := candidates[index]
	]
] if {
	settled := object.union(object.remove(started, {"role"}), {
		"role": _settled_places(change, [started.role])[0],
		"keys": [object.union(key, {"roles": _settled_places(change, key.roles)}) | some key in started.keys],
		"buckets": [place |
			some bucket in started.buckets
			some place in _settled_buckets(change, bucket)
		],
		"models": _settled_places(change, started.models),
	})
	candidates := [_candidates(change, place) | some place in settled.keys]
	most := max({1} | {count(values) | some values in candidates})
}

_candidates(_, place) := [place.value] if place.value.state != "unknown"

_candidates(change, place) := _or_absent(facts.key_texts_at(change, place.path)) if place.value.state == "unknown"

_or_absent([]) := [value.absent]

_or_absent(found) := found if count(found) > 0

_settled_places(change, places) := [object.union(object.remove(place, {"value"}), {"value": found}) |
	some place in places
	some found in _values(change, place)
]

_values(_, place) := [place.value] if place.value.state != "unknown"

_values(change, place) := _or_absent(facts.texts_at(change, place.path)) if place.value.state == "unknown"

_settled_buckets(_, place) := [place] if place.value.state != "unknown"

_settled_buckets(change, place) := [object.union(object.remove(place, {"value"}), {"value": _uri(found)}) |
	some found in facts.texts_at(change, place.path)
] if {
	place.value.state == "unknown"
}

# Of a text that is made of several only the bucket can be told.
_uri(found) := value.known(concat("", ["s3://", found.value, "/"])) if {
	is_string(found.value)
	not contains(found.value, "/")
} else := found
