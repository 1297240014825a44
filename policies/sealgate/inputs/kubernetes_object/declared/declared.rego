# METADATA
# title: What a Kubernetes object says of keys and principals
# description: |
#   Keys, aliases, grants, roles and policies that a controller will create, in the shapes of the AWS API's answers.
#   What is yet to be created has no ARN: a made-up one stands for it, and findings show the object in its place.
# scope: package
package sealgate.inputs.kubernetes_object.declared

import data.sealgate.inputs.kubernetes_object.parts
import data.sealgate.inputs.kubernetes_object.request
import data.sealgate.lib.arn
import data.sealgate.lib.kms
import data.sealgate.lib.member
import data.sealgate.lib.planned
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model.supplied

# METADATA
# description: The kind of fact that the object is; undefined where it is none.
fact := data.sealgate.data.kubernetes_facts[request.group_kind]

# METADATA
# description: The policies in the object, as `model/policies` lists them.
policies := array.flatten([
	[_policy("key_policy", _owner, "the key policy", path, _or_default(_document(path))) |
		fact.kind in {"key", "key_policy"}
		path := fact.policy
	],
	[_policy("identity", _owner, "the policy", path, _document(path)) |
		fact.kind in {"managed_policy", "inline_policy"}
		path := fact.policy
	],
	[_policy("identity", _owner, _called(place.path), place.path, _document(place.path)) |
		fact.kind == "principal"
		some place in member.places(parts.reading, fact.inline)
		place.value.state != "absent"
	],
	[_policy("trust", _owner, "the trust policy", path, _document(path)) |
		fact.kind == "principal"
		path := fact.trust
	],
])

# METADATA
# description: The grant that the object is, as an entry of ListGrants.
grants := [{"subject": request.subject, "key_arn": _owner, "grant": grant, "path": [], "requested": true} |
	fact.kind == "grant"
	count(problems) == 0
	grant := object.union(
		{name: found.value | some name, path in fact.members; found := parts.at(path); found.state == "known"},
		{"Constraints": {name: place.value.value |
			some name, paths in fact.constraints
			some path in paths
			some place in member.places(parts.reading, path)
			place.value.state == "known"
		}},
	)
]

# METADATA
# description: What AWS will know once the controller has done its work, in the parts of the context.
context := {"keys": {_owner: {"metadata": _metadata, "policy": _evaluated(policies[0])}}} if {
	fact.kind == "key"
} else := {"aliases": {_alias: key_arn.value}} if {
	fact.kind == "alias"
	key_arn := parts.at(fact.key)
	arn.parse(key_arn.value)
} else := {"principals": {_owner: {
	"policies": [{"name": policy.name, "document": _evaluated(policy)} |
		some policy in policies
		policy.kind == "identity"
	],
	"trust_policy": [_evaluated(policy) | some policy in policies; policy.kind == "trust"][0],
}}} if {
	fact.kind == "principal"
	fact.trust
}

# METADATA
# description: What the made-up names in the policies stand for.
addresses := {0: _behind_owner}

# METADATA
# scope: document
# description: What keeps the object from being judged, as `{path, message}`.
problems contains {"path": place.path, "message": place.problem} if {
	some path in _paths
	some place in member.places(parts.reading, path)
	place.problem
}

problems contains {"path": place.path, "message": message} if {
	some path in _texts
	some place in member.places(parts.reading, path)
	place.value.state == "known"
	not is_string(place.value.value)
	message := concat("", [text.path(place.path), " is ", value.type_of(place.value.value), ", not a string"])
}

problems contains {"path": path, "message": message} if {
	path := fact.members.Operations
	found := parts.at(path)
	found.state == "known"
	not is_array(found.value)
	message := concat("", [text.path(path), " is ", value.type_of(found.value), ", not a list"])
}

problems contains {"path": place.path, "message": message} if {
	some paths in fact.constraints
	some path in paths
	some place in member.places(parts.reading, path)
	place.value.state == "known"
	not is_object(place.value.value)
	message := concat("", [text.path(place.path), " is ", value.type_of(place.value.value), ", not an object"])
}

_paths := array.flatten([
	_texts,
	[path | some path in fact.members],
	[path | some paths in fact.constraints; some path in paths],
])

_texts := array.flatten([
	[path | some name in ["policy", "trust", "inline", "name", "path", "key", "principal"]; path := fact[name]],
	[path | some name, path in fact.members; name != "Operations"],
])

# --- Policies

_policy(kind, owner, name, path, document) := object.union(
	{
		"subject": request.subject,
		"kind": kind,
		"owner": owner,
		"account": arn.parse(owner).account,
		"name": name,
		"path": parts.placed({"path": path}).path,
		"document": object.remove(document, ["doubt"]),
	},
	object.filter(document, ["doubt"]),
)

# What calls are evaluated with.
_evaluated(policy) := object.get(policy, "doubt", policy.document)

# Of ACK the policies of a principal have names.
_called(path) := concat(" ", ["the policy", path[2]]) if {
	count(path) == 3
	is_string(path[2])
} else := "the policy"

# Whose account a document names matters to what it allows.
_document(path) := object.union(parts.at(path), {"doubt": _account}) if {
	_account.state == "unknown"
	is_string(parts.at(path).value)
	regex.match(`[^0-9][0-9]{12}[^0-9]`, parts.at(path).value)
} else := parts.at(path)

_or_default(document) := document if document.state != "absent"

_or_default({"state": "absent"}) := value.known(kms.default_policy(_partition, arn.parse(_owner).account))

# --- Whose they are

# The ARN of the key or principal that the object is, or is about.
_owner := found.value if {
	found := parts.at(fact.arn)
	arn.parse(found.value)
} else := found.value if {
	found := parts.at(fact.key)
	is_string(found.value)
	fact.kind == "grant"
} else := found.value if {
	found := parts.at(fact.key)
	arn.parse(found.value)
} else := concat(":", ["arn", _partition, "kms", _region_text, _account_text, concat("/", ["key", found.value])]) if {
	found := parts.at(fact.key)
	is_string(found.value)
} else := concat("", ["arn:", _partition, ":iam::", _account_text, ":", fact.resource, found.value]) if {
	found := parts.at(fact.principal)
	is_string(found.value)
} else := concat("", ["arn:", _partition, ":iam::", _account_text, ":", _path, _name]) if {
	fact.kind in {"principal", "managed_policy"}
} else := concat("", ["arn:", _partition, ":iam::", _account_text, ":", fact.resource, _name]) if {
	fact.kind == "inline_policy"
} else := planned.multi_region_key_arn(_partition, _region_text, _account_text, 0) if {
	_is_multi_region
} else := planned.key_arn(_partition, _region_text, _account_text, 0)

_path := concat("", [trim_suffix(object.get(fact, "resource", "policy/"), "/"), found.value]) if {
	found := parts.at(fact.path)
	is_string(found.value)
} else := object.get(fact, "resource", "policy/")

_name := found.value if {
	found := parts.at(fact.name)
	is_string(found.value)
} else := planned.name(0)

default _is_multi_region := false

_is_multi_region if fact.replica

_is_multi_region if parts.at(fact.multi_region).value == true

# What the made-up ARN of a grant's or a policy's key stands for: where its reference leads.
_behind_owner := text.path(path) if {
	some path in fact.references
	parts.at(path).state == "known"
} else := request.subject

# Crossplane's are named without the beginning.
_alias := concat("", ["alias/", trim_prefix(_name, "alias/")])

_account := value.known(said) if {
	said := request.account
} else := value.known(said) if {
	said := supplied.text("account")
} else := value.missing(
	"account",
	"the account of the object is not known",
	concat("", [
		"Say it with --account, as account in the context, as context.account in the settings, or in the annotation ",
		"services.k8s.aws/owner-account-id.",
	]),
)

_account_text := _account.value if _account.state == "known"

_account_text := planned.account if _account.state != "known"

_region_text := said if {
	said := request.region
} else := said if {
	said := supplied.text("region")
} else := planned.region

default _partition := "aws"

_partition := request.partition

# As DescribeKey will answer: what nobody sets is as CreateKey documents it.
_metadata := {
	"Arn": _owner,
	"KeyManager": "CUSTOMER",
	"KeySpec": _setting("spec", "SYMMETRIC_DEFAULT"),
	"KeyUsage": _setting("usage", "ENCRYPT_DECRYPT"),
	"KeyState": _state(_setting("enabled", true)),
	"MultiRegion": _is_multi_region,
}

_setting(name, _) := found.value if {
	found := parts.at(fact[name])
	found.state == "known"
} else := found if {
	found := parts.at(fact[name])
	found.state == "unknown"
}

_setting(name, otherwise) := otherwise if not _is_set(name)

_is_set(name) if parts.at(fact[name]).state != "absent"

_state(false) := "Disabled"

_state(enabled) := "Enabled" if enabled != false
