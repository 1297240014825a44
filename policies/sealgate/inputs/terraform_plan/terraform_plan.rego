# METADATA
# title: A Terraform plan, as jobs, policies, grants and what AWS will know
# description: |
#   Reads `subject.terraform_plan`, or a plan that is the whole input. The resources that carry a request become jobs by
#   the table of their types; keys, policies, roles, aliases, grants and buckets become the context that they will be.
# scope: package
package sealgate.inputs.terraform_plan

import data.sealgate.inputs.terraform_plan.carried
import data.sealgate.inputs.terraform_plan.documents as planned_documents
import data.sealgate.inputs.terraform_plan.facts
import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.references
import data.sealgate.lib.arn
import data.sealgate.lib.kms
import data.sealgate.lib.member
import data.sealgate.lib.planned
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
_documents(request) := object.union(object.remove(found, later), {top: {"state": "known", "value": {}} | some top in later}) if {
	found := job.documents(request.row, request.parameters, "")
	later := {top | some top, document in found; document.state == "unreadable"; is_string(request.read.unknown[top])}
}

# METADATA
# description: The texts that may hold such requests, and can't be read.
unread := carried.unread

# METADATA
# description: The policies of keys and principals, as `model/policies` lists them.
policies := array.flatten([_key_policies, _principal_policies, _unattached_policies]) if is_object(plan.content)

# METADATA
# description: The grants that the plan makes, as entries of ListGrants.
grants := [{"subject": change.address, "key_arn": key_arn.value, "grant": _grant(change), "path": []} |
	some change in facts.of_kind("grant")
	some key_arn in facts.key_arns_at(change, ["key_id"])
	key_arn.state == "known"
]

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
# description: The resources that each set the policy of the same key, by the key's ARN.
rival_policies := {key_arn: addresses |
	some key_arn, key in _keys
	addresses := {facts.of_kind("key_policy")[index].address | some index in object.get(_policies_by_key, key_arn, set())} | {key.address |
		# Known in the configuration only: what the plan shows may be what the other one has set.
		references.of(key.change, [key.change.fact.policy]).set
		plan.configuration_of(key.change) != {}
	}
	count(addresses) > 1
}

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
	"keys": object.union(
		object.union(_read_keys, _deleted("key")),
		{key_arn: _key_entry(key) | some key_arn, key in _keys},
	),
	"principals": object.union(
		object.union(_deleted("role"), _deleted("user")),
		{principal_arn: _principal_entry(principal) | some principal_arn, principal in _principals},
	),
	"aliases": _aliases,
	"buckets": _buckets,
	"key_ids": {key_id: arns[0] |
		some key_id, found in _arns_by_key_id
		arns := [key_arn | some key_arn in found]
		count(arns) == 1
	},
} if {
	is_object(plan.content)
}

# --- Jobs

# What the plan does not know yet is taken from where its references lead. Where a key may be one of several, the job is
# there once for each: the subjects differ by what follows a line break, and the decision joins them again.
_settled(change, started) := [object.union(settled, {"subject": subject, "keys": keys}) |
	some variant in numbers.range(0, most - 1)
	subject := concat("", array.concat([started.subject], [concat("", ["\n", format_int(variant, 10)]) | most > 1]))
	keys := [object.union(place, {"value": values[min([variant, count(values) - 1])]}) |
		some index, place in settled.keys
		values := candidates[index]
	]
] if {
	settled := object.union(started, {
		"role": _first(_settled_places(change, [started.role])),
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

_first(places) := places[0] if count(places) > 0

_first([]) := {"path": [], "value": value.absent}

_candidates(_, place) := [place.value] if place.value.state != "unknown"

_candidates(change, place) := _or_absent(facts.key_texts_at(change, place.path)) if place.value.state == "unknown"

_or_absent([]) := [value.absent]

_or_absent(found) := found if count(found) > 0

_settled_places(change, places) := [object.union(place, {"value": found}) |
	some place in places
	some found in _values(change, place)
]

_values(_, place) := [place.value] if place.value.state != "unknown"

_values(change, place) := _or_absent(facts.texts_at(change, place.path)) if place.value.state == "unknown"

_settled_buckets(_, place) := [place] if place.value.state != "unknown"

_settled_buckets(change, place) := [object.union(place, {"value": _uri(found)}) |
	some found in facts.texts_at(change, place.path)
] if {
	place.value.state == "unknown"
}

# Of a text that is made of several only the bucket can be told.
_uri(found) := value.known(concat("", ["s3://", found.value, "/"])) if {
	is_string(found.value)
	not contains(found.value, "/")
} else := found

# --- Keys

_keys := {key_arn: facts.keys[min(indices)] |
	some key_arn, indices in _indices_by_key
}

_indices_by_key := _indices_of_key

_indices_of_key[key.arn] contains index if some index, key in facts.keys

_key_entry(key) := {
	"metadata": _metadata(key),
	"policy": _evaluated(_key_policy(key)),
	"grants": [_grants_of[index].grant | some index in object.get(_grants_by_key, key.arn, set())],
}

_grants_of := grants

_grants_by_key := _grant_indices

_grant_indices[grant.key_arn] contains index if some index, grant in grants

# What AWS said of keys before the plan was made.
_read_keys := {key_arn: {"metadata": object.union(
	{"Arn": key_arn},
	{member: found |
		some name, member in {
			"key_manager": "KeyManager",
			"key_spec": "KeySpec",
			"key_state": "KeyState",
			"key_usage": "KeyUsage",
			"multi_region": "MultiRegion",
			"origin": "Origin",
		}
		found := entries[0].values[name]
		not found in [null, ""]
	},
)} |
	some key_arn in {read.values.arn | some read in plan.read_data; read.type == "aws_kms_key"; is_string(read.values.arn)}
	entries := [read | some read in plan.read_data; read.type == "aws_kms_key"; read.values.arn == key_arn]
}

_arns_by_key_id := _arns_of_key_id

_arns_of_key_id[key.key_id] contains key.arn if some key in facts.keys

# As DescribeKey will answer: what nobody sets is as CreateKey documents it.
_metadata(key) := {
	"Arn": key.arn,
	"KeyManager": "CUSTOMER",
	"KeySpec": _setting(key.change, ["customer_master_key_spec", "key_spec"], "SYMMETRIC_DEFAULT"),
	"KeyUsage": _setting(key.change, ["key_usage"], "ENCRYPT_DECRYPT"),
	"KeyState": _state(_setting(key.change, ["is_enabled", "enabled"], true)),
	"MultiRegion": _multi_region(key.change),
	"Origin": object.get(key.change.fact, "origin", "AWS_KMS"),
}

_state(true) := "Enabled"

_state(false) := "Disabled"

_state(other) := other if not is_boolean(other)

_multi_region(change) if {
	change.fact.multi_region
} else := _setting(change, ["multi_region"], false)

_setting(change, names, otherwise) := found if {
	[found] := [content |
		some name in names
		content := _said(change, name, member.place(plan.reading(change), [name]).value)
	]
} else := otherwise

_said(_, _, found) := found.value if found.state == "known"

# Unknown is also what nobody set, and the provider takes from AWS.
_said(change, name, found) := value.unknown(concat("", [
	change.address,
	".",
	name,
	" ",
	substring(facts.unresolved(source).reason, 3, -1),
])) if {
	found.state == "unknown"
	source := references.of(change, [name])
	source.set
}

# The policy that a key ends up with: that of a resource of its own goes before its attribute.
_key_policies := array.concat(
	[_key_policy(key) | some _, key in _keys],
	[_policy_of(change, "key_policy", key_arn, "the key policy", [change.fact.policy]) |
		# Of a key that is not of this plan.
		some key_arn, indices in _policies_by_key
		arn.parse(key_arn)
		not _keys[key_arn]
		change := facts.of_kind("key_policy")[min(indices)]
	],
)

_key_policy(key) := _policy_of(change, "key_policy", key.arn, "the key policy", [change.fact.policy]) if {
	indices := _policies_by_key[key.arn]
	change := facts.of_kind("key_policy")[min(indices)]
} else := _entry(key.change, "key_policy", key.arn, "the key policy", [key.change.fact.policy], value.missing(
	address,
	concat("", ["the plan takes ", address, " away, and does not say which policy is left"]),
	"Keep the resource, or write the policy into the key.",
)) if {
	address := min(_deleted_policies[key.arn])
} else := _entry(key.change, "key_policy", key.arn, "the key policy", path, document) if {
	path := [key.change.fact.policy]
	document := _or_default(planned_documents.at(key.change, path), key)
}

_deleted_policies := _deleted_policy_of

_deleted_policy_of[key.arn] contains change.address if {
	some change in plan.changes
	change.fact.kind == "key_policy"
	change.deleted
	plan.side == "after"
	some key in _keys_by_text[change.before.key_id]
}

_keys_by_text := _keys_of_text

_keys_of_text[name] contains key if {
	some key in facts.keys
	some name in [key.arn, key.key_id]
}

_policies_by_key := _policy_indices

_policy_indices[owner] contains index if {
	some index, change in facts.of_kind("key_policy")
	some key_arn in facts.key_arns_at(change, ["key_id"])
	owner := _key_of_policy(change, key_arn)
}

# A key of another plan may be named by its id alone, or by what this plan does not tell: its policy is judged all the
# same.
_key_of_policy(change, named) := named.value if {
	named.state == "known"
	arn.parse(named.value)
} else := concat(":", [
	"arn",
	facts.partition,
	"kms",
	facts.region_text(change),
	facts.account_text,
	concat("/", ["key", named.value]),
]) if {
	is_string(named.value)
} else := planned.key_arn(facts.partition, facts.region_text(change), facts.account_text, change.index)

_policy_of(change, kind, owner, name, path) := _entry(
	change,
	kind,
	owner,
	name,
	path,
	planned_documents.at(change, path),
)

_entry(change, kind, owner, name, path, found) := object.union(
	{
		"subject": change.address,
		"kind": kind,
		"owner": owner,
		"account": arn.parse(owner).account,
		"name": name,
		"path": path,
		"document": object.remove(found, ["doubt"]),
	},
	object.filter(found, ["doubt"]),
)

# What calls are evaluated with.
_evaluated(policy) := object.get(policy, "doubt", policy.document)

# The policy that KMS gives to a key for which nobody says another.
_or_default(document, _) := document if document.state != "absent"

_or_default(document, key) := value.known(kms.default_policy(facts.partition, arn.parse(key.arn).account)) if {
	document.state == "absent"
}

# --- Roles and users

_principals := {principal_arn: facts.principals[min(indices)] |
	some principal_arn, indices in _indices_by_principal
}

_indices_by_principal := _indices_of_principal

_indices_of_principal[principal.arn] contains index if some index, principal in facts.principals

_principal_policies := array.concat(
	[policy |
		some _, principal in _principals
		some policy in _own_policies(principal)
	],
	[policy |
		some _, attached in _attached_policies
		some policy in attached
	],
)

_principal_entry(principal) := {
	"policies": array.concat(
		[{"name": policy.name, "document": _evaluated(policy)} |
			some policy in _own_policies(principal)
			policy.kind == "identity"
		],
		[{"name": policy.name, "document": _evaluated(policy)} |
			some index in object.get(_attached_by_principal, principal.arn, set())
			some policy in _attached_policies[index]
			policy.owner == principal.arn
		],
	),
	"permissions_boundary": _boundary(principal),
}

# What stands in the resource of the principal itself.
_own_policies(principal) := array.concat(
	[_policy_of(principal.change, "identity", principal.arn, _named("the policy", object.get(block, inline.name, null)), path) |
		inline := principal.change.fact.inline
		some index, block in principal.change.values[inline.block]
		path := [inline.block, index, inline.document]
	],
	array.concat(
		[_policy_of(principal.change, "trust", principal.arn, "the trust policy", [principal.change.fact.trust]) |
			principal.change.fact.trust
		],
		[policy |
			some named in facts.each_text_at(principal.change, [principal.change.fact.managed])
			some policy in _managed(principal.change, named, principal.arn, [principal.change.fact.managed])
		],
	),
)

_named(what, name) := concat(" ", [what, name]) if is_string(name)

_named(what, name) := what if not is_string(name)

# The policies that other resources give to a principal, by the index of the change: one for each principal.
_attached_policies := object.union(
	{change.index: [_policy_of(change, "identity", owner, _named("the policy", object.get(change.values, "name", null)), [change.fact.document]) |
		some owner in _owners(change)
	] |
		some change in facts.of_kind("inline_policy")
		change.fact.of
	},
	{change.index: [policy |
		some owner in _owners(change)
		some named in facts.texts_at(change, ["policy_arn"])
		some policy in _managed(change, named, owner, ["policy_arn"])
	] |
		some change in facts.of_kind("attachment")
	},
)

_attached_by_principal := _attached_indices

_attached_indices[policy.owner] contains index if {
	some index, attached in _attached_policies
	some policy in attached
}

# The ARNs of the principals that a policy or an attachment is for. One that is not of this plan is named by what is
# known of it, so that what it is given is judged.
_owners(change) := [owner |
	some named in _named_principals(change)
	some owner in _principals_named(change, named)
]

_principals_named(change, named) := _principals_by_name[named.value] if {
	named.state == "known"
	_principals_by_name[named.value]
} else := {concat("", ["arn:", facts.partition, ":iam::", facts.account_text, ":", _kind_of(change), "/", named.value])} if {
	named.state == "known"
	is_string(named.value)
} else := {concat("", [
	"arn:",
	facts.partition,
	":iam::",
	facts.account_text,
	":",
	_kind_of(change),
	"/",
	planned.name(change.index),
])}

_kind_of(change) := object.get(change.fact, "of", "role")

_named_principals(change) := facts.texts_at(change, [change.fact.of]) if {
	change.fact.of
} else := array.flatten([
	facts.each_text_at(change, ["roles"]),
	facts.each_text_at(change, ["users"]),
])

_principals_by_name := _named_arns

_named_arns[name] contains principal.arn if {
	some principal in facts.principals

	# By its ARN where the configuration of an old version names the resource alone.
	some name in [principal.name, principal.arn]
}

# The document behind the ARN of a managed policy: of this plan, or of none that it says.
_managed(_, named, owner, _) := [_policy_of(found, "identity", owner, _named("the policy", object.get(found.values, "name", null)), [found.fact.document]) |
	some index in _managed_by_arn[named.value]
	found := plan.changes[index]
] if {
	named.state == "known"
	_managed_by_arn[named.value]
}

_managed(change, named, owner, path) := [{
	"subject": change.address,
	"kind": "identity",
	"owner": owner,
	"account": arn.parse(owner).account,
	"name": _named("the policy", object.get(named, "value", null)),
	"path": path,
	"document": _beyond(named),
}] if {
	not _managed_by_arn[object.get(named, "value", "")]
}

_beyond(named) := named if named.state == "unknown"

_beyond(named) := value.unknown(concat("", [
	"the policy ",
	_text(named.value),
	" is not of this plan, so what it allows is not known",
])) if {
	named.state == "known"
}

_text(content) := content if is_string(content)

_text(content) := concat("", ["(", value.type_of(content), ")"]) if not is_string(content)

_managed_by_arn := _managed_indices

_managed_indices[policy_arn] contains change.index if {
	some change in facts.of_kind("managed_policy")
	some policy_arn in facts.text_of({"index": change.index, "attribute": "arn"})
}

_boundary(principal) := value.absent if {
	facts.texts_at(principal.change, [principal.change.fact.boundary]) == []
} else := planned_documents.at(found, [found.fact.document]) if {
	[named] := facts.texts_at(principal.change, [principal.change.fact.boundary])
	some index in _managed_by_arn[named.value]
	found := plan.changes[index]
} else := _beyond(named) if {
	some named in facts.texts_at(principal.change, [principal.change.fact.boundary])
}

# A managed policy that the plan gives to nobody is judged as it stands.
_unattached_policies := [_policy_of(change, "identity", policy_arn, _named("the policy", object.get(change.values, "name", null)), [change.fact.document]) |
	some policy_arn, indices in _managed_by_arn
	change := plan.changes[min(indices)]
	not _given_policies[change.address]
]

_given_policies := {policy.subject | some policy in _principal_policies}

# --- Grants, aliases, buckets

_grant(change) := object.union(
	{
		"Name": object.get(change.values, "name", null),
		"Operations": _texts(object.get(change.values, "operations", [])),
		"Constraints": object.union(
			{"EncryptionContextEquals": context |
				some constraint in change.values.constraints
				context := constraint.encryption_context_equals
				is_object(context)
			},
			{"EncryptionContextSubset": context |
				some constraint in change.values.constraints
				context := constraint.encryption_context_subset
				is_object(context)
			},
		),
	},
	{member: found |
		some name, member in {"grantee_principal": "GranteePrincipal", "retiring_principal": "RetiringPrincipal"}
		[text] := facts.texts_at(change, [name])
		text.state == "known"
		found := text.value
		is_string(found)
	},
)

_texts(content) := [text | some text in content; is_string(text)]

# A name that stands for keys in several Regions says nothing by itself.
_aliases := object.union(
	{change.before.name: null |
		some change in plan.changes
		change.deleted
		change.fact.kind == "alias"
		is_string(change.before.name)
	},
	{name: key_arns[0] |
		some name, targets in _targets_by_alias
		key_arns := [key_arn | some key_arn in targets]
		count(key_arns) == 1
	},
)

_targets_by_alias := _alias_targets

_alias_targets[name] contains read.values.target_key_arn if {
	some read in plan.read_data
	read.type == "aws_kms_alias"
	is_string(read.values.target_key_arn)
	some member in ["name", "arn"]
	name := read.values[member]
	is_string(name)
}

_alias_targets[name] contains key_arn.value if {
	some alias in facts.aliases
	some name in [alias.name, alias.arn]
	some key_arn in alias.keys
	key_arn.state == "known"
}

_buckets := {name: object.union(
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

_encryption_of_bucket[bucket.value] contains _encryption(change, ["rule", 0]) if {
	some change in facts.of_kind("bucket_encryption")
	some bucket in facts.texts_at(change, ["bucket"])
	bucket.state == "known"
}

# As GetBucketEncryption answers.
_encryption(change, steps) := {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": object.union(
	{"SSEAlgorithm": object.get(change.values, array.concat(default_path, ["sse_algorithm"]), null)},
	{"KMSMasterKeyID": key_arn.value |
		[key_arn] := facts.key_arns_at(change, array.concat(default_path, ["kms_master_key_id"]))
		key_arn.state == "known"
	},
)}]}} if {
	default_path := array.concat(steps, ["apply_server_side_encryption_by_default", 0])
}

# --- What the plan takes away

_deleted(kind) := {deleted_arn: null |
	some change in plan.changes
	change.deleted
	change.fact.kind == kind
	change.mode != "data"
	deleted_arn := change.before.arn
	is_string(deleted_arn)
	plan.side == "after"
}
