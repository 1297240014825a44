# METADATA
# title: What is asked of a Kubernetes API server
# description: |
#   Reads `subject.kubernetes_object`: members of an AdmissionRequest, or the object of a manifest alone. Says what the
#   object is, where its controller will create what it describes, and whether there is anything to judge.
# scope: package
package sealgate.inputs.kubernetes_object.request

import data.sealgate.lib.value
import data.sealgate.model.supplied

# METADATA
# description: The request, whatever it is; undefined where the input holds none.
given := input.subject.kubernetes_object

# METADATA
# scope: document
# description: The object that is to be stored; empty where it is none.
default content := {}

content := given.object if is_object(given.object)

# METADATA
# scope: document
# description: The group of the object's kind; empty for Kubernetes' own first kinds.
default group := ""

group := split(_named.apiVersion, "/")[0] if contains(_named.apiVersion, "/")

# METADATA
# scope: document
# description: The kind of the object, such as `TrainingJob`.
default kind := ""

kind := _named.kind if is_string(_named.kind)

# METADATA
# description: "Group and kind as the tables have them: `sagemaker.services.k8s.aws/TrainingJob`."
group_kind := concat("/", [part | some part in [group, kind]; part != ""])

# METADATA
# description: "What findings call the object: `<group>/<Kind> <namespace>/<name>`, without the parts that it lacks."
subject := concat(" ", [part | some part in [_group_kind_or_none, _place]; part != ""])

# METADATA
# scope: document
# description: Whether it stands in a file, where nobody has left out what the kind does not have.
is_manifest if {
	is_object(given)
	not value.has(given, "operation")
}

# METADATA
# scope: document
# description: What keeps the request from being judged, as `{path, message}`.
problems contains {"path": [], "message": message} if {
	not is_object(given)
	message := concat("", ["subject.kubernetes_object is ", value.type_of(given), ", not an object"])
}

problems contains {"path": ["operation"], "message": message} if {
	value.has(given, "operation")
	not given.operation in {"CONNECT", "CREATE", "DELETE", "UPDATE"}
	message := "operation is none of CREATE, UPDATE, DELETE and CONNECT"
}

problems contains {"path": ["object"], "message": message} if {
	_has_object
	is_object(given)
	found := object.get(given, "object", null)
	not is_object(found)
	message := concat("", ["object is ", value.type_of(found), ", not an object"])
}

problems contains {"path": [name], "message": message} if {
	_has_object
	is_object(given.object)
	some name in ["apiVersion", "kind"]
	not is_string(object.get(content, name, null))
	message := concat("", [name, " is no text, so it is not known what the object is"])
}

problems contains {"path": ["metadata"], "message": message} if {
	value.has(content, "metadata")
	not is_object(content.metadata)
	message := concat("", ["metadata is ", value.type_of(content.metadata), ", not an object"])
}

problems contains {"path": ["items"], "message": message} if {
	endswith(kind, "List")
	is_array(content.items)
	message := concat("", [kind, " holds several objects: give each of them alone"])
}

# METADATA
# scope: document
# description: Why nothing of the object is judged, as clauses; none where it is.
set_aside contains concat("", ["a ", given.operation, " creates and changes nothing that has a key"]) if {
	given.operation in {"CONNECT", "DELETE"}
}

set_aside contains "the object is being deleted" if {
	given.operation == "UPDATE"
	is_string(content.metadata.deletionTimestamp)
}

set_aside contains "the update leaves spec as it is" if {
	given.operation == "UPDATE"
	is_object(given.oldObject)
	is_object(given.object)
	_judged_of(given.object) == _judged_of(given.oldObject)
}

set_aside contains concat("", ["the controller only reads what it describes (", text, ")"]) if {
	_is_ack
	some name, words in {"read-only": "true", "adoption-policy": "adopt"}
	annotation := concat("/", ["services.k8s.aws", name])
	content.metadata.annotations[annotation] == words
	text := concat(": ", [annotation, words])
}

set_aside contains "the controller only observes what it describes (spec.managementPolicies)" if {
	is_crossplane
	policies := content.spec.managementPolicies
	is_array(policies)
	count(policies) > 0
	count({policy | some policy in policies; policy in {"*", "Create", "Update"}}) == 0
}

# METADATA
# scope: document
# description: Whether the kind is one of Crossplane's provider for AWS.
is_crossplane if {
	some family in [".aws.upbound.io", ".aws.m.upbound.io"]
	endswith(group, family)
}

# METADATA
# description: The Region where the object says that it will be created; undefined where it says none.
region := [found |
	some path in [
		["metadata", "annotations", "services.k8s.aws/region"],
		["spec", "forProvider", "region"],
		["spec", "initProvider", "region"],
		["spec", "region"],
		["status", "ackResourceMetadata", "region"],
	]
	found := object.get(content, path, null)
	_is_text(found)
][0]

# METADATA
# description: The account where the object says that it will be created; undefined where it says none.
account := [found |
	some path in [
		["metadata", "annotations", "services.k8s.aws/owner-account-id"],
		["status", "ackResourceMetadata", "ownerAccountID"],
	]
	found := object.get(content, path, null)
	_is_text(found)
][0]

# METADATA
# description: The partition that was supplied, or that of the Region of the object; undefined where neither is known.
partition := supplied.text("partition") if {
	supplied.text("partition")
} else := [name | some name, pattern in data.sealgate.data.partitions; regex.match(pattern, region)][0]

_is_text(found) if {
	is_string(found)
	found != ""
}

_is_ack if endswith(group, ".services.k8s.aws")

# What is deleted is named by what it was.
_named := content if count(content) > 0

_named := given.oldObject if {
	count(content) == 0
	is_object(given.oldObject)
}

default _group_kind_or_none := "kubernetes_object"

_group_kind_or_none := group_kind if kind != ""

_place := concat("/", [part | some part in array.concat(_namespaces, _names)])

_namespaces := array.slice(
	[found |
		some found in [object.get(_metadata, "namespace", null), object.get(given, "namespace", null)]
		_is_text(found)
	],
	0,
	1,
)

_names := array.slice(
	[found |
		some name in ["name", "generateName"]
		found := object.get(_metadata, name, null)
		_is_text(found)
	],
	0,
	1,
)

default _metadata := {}

_metadata := _named.metadata if is_object(_named.metadata)

default _has_object := true

_has_object := false if given.operation in {"CONNECT", "DELETE"}

# What decides how an object is judged: besides its spec, where it is created and whether.
_judged_of(stored) := {
	"spec": object.get(stored, "spec", null),
	"annotations": {name: text |
		some name in ["region", "owner-account-id", "read-only", "adoption-policy"]
		text := object.get(stored, ["metadata", "annotations", concat("/", ["services.k8s.aws", name])], null)
	},
}
