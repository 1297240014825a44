# METADATA
# title: What AWS knows
# description: |
#   What a plan or an object declares, over the context of the input, over the settings' defaults, in three states: a
#   part that nobody supplied is unknown, a part that is null is known not to exist.
# scope: package
package sealgate.model.context

import data.sealgate.lib.arn
import data.sealgate.lib.kms
import data.sealgate.lib.s3
import data.sealgate.lib.text
import data.sealgate.lib.value
import data.sealgate.model.known
import data.sealgate.model.settings
import data.sealgate.model.supplied

# METADATA
# description: The Region of the request.
region := _text(
	"region",
	"the Region of the job is not known",
	"Say it with --region, as region in the context, or as context.region in the settings.",
)

# METADATA
# description: The account of the request; without one in the context, the account of the role that it names.
account_or_of(role) := _account if {
	_account.state == "known"
} else := value.known(arn.parse(role.value).account) if {
	role.state == "known"
} else := _account

# METADATA
# description: |
#   The partition of the request; without one in the context, that of the role that it names, or of its Region.
partition_or_of(role) := _partition if {
	_partition.state == "known"
} else := value.known(arn.parse(role.value).partition) if {
	role.state == "known"
} else := value.known(partition) if {
	some partition, pattern in data.sealgate.data.partitions
	regex.match(pattern, region.value)
} else := _partition

# METADATA
# description: |
#   A member of DescribeKey's KeyMetadata of a key: absent where the key is known not to exist.
key_metadata(key_arn, name) := _key(key_arn) if {
	_key(key_arn).state != "known"
} else := _stated(_key(key_arn).value[name]) if {
	not is_null(_key(key_arn).value[name])
} else := _missing(
	concat("", [_key_part(key_arn), ".", name]),
	concat("", ["DescribeKey's answer for ", key_arn, " was given without ", name]),
	_describe_key(key_arn),
)

# What is declared may be in one of the three states already.
_stated(content) := content if {
	content.state in {"known", "absent", "unknown"}
} else := value.known(content)

# METADATA
# description: The unknown value of a fact whose word is none that this version knows.
unusable(key_arn, name, content) := _missing(
	concat("", [_key_part(key_arn), ".", name]),
	concat("", [
		"DescribeKey's answer for ",
		key_arn,
		" was given with ",
		text.assigned(name, content),
		", which is not understood",
	]),
	_describe_key(key_arn),
)

# METADATA
# description: The Region of a bucket, from GetBucketLocation's answer.
bucket_region(name) := value.known("us-east-1") if {
	_location(name).LocationConstraint in {null, ""}
} else := value.known("eu-west-1") if {
	_location(name).LocationConstraint == "EU"
} else := value.known(_location(name).LocationConstraint) if {
	is_string(_location(name).LocationConstraint)
} else := value.absent if {
	known.context.buckets[name] == null
} else := _missing(
	concat("", ["buckets.", name, ".location"]),
	concat("", ["the Region of the bucket ", name, " was not supplied"]),
	concat("", [
		"Supply it in the context as buckets.\"", name, "\".location: aws s3api get-bucket-location --bucket ", name,
		" prints it.",
	]),
)

# METADATA
# description: |
#   The default encryption of a bucket, `{SSEAlgorithm, KMSMasterKeyID}`, from GetBucketEncryption's answer.
bucket_encryption(name) := value.absent if {
	known.context.buckets[name] == null
} else := value.absent if {
	known.context.buckets[name].encryption == null
} else := value.known(encryption) if {
	configuration := known.context.buckets[name].encryption.ServerSideEncryptionConfiguration
	encryption := configuration.Rules[0].ApplyServerSideEncryptionByDefault
	is_object(encryption)
} else := _missing(
	concat("", ["buckets.", name, ".encryption"]),
	concat("", ["the default encryption of the bucket ", name, " was not supplied"]),
	concat("", [
		"Supply it in the context as buckets.\"",
		name,
		"\".encryption: aws s3api get-bucket-encryption --bucket ",
		name,
		" prints it.",
	]),
)

# METADATA
# description: |
#   The key ARN of a model: absent where the model has no customer managed key, or does not exist.
model_key(model_arn) := value.absent if {
	known.context.models[model_arn] == null
} else := value.absent if {
	known.context.models[model_arn].kms_key_arn == null
} else := value.known(key_arn) if {
	key_arn := known.context.models[model_arn].kms_key_arn
	is_string(key_arn)
} else := _missing(
	concat("", ["models.", model_arn, ".kms_key_arn"]),
	concat("", ["the key of the model ", model_arn, " was not supplied"]),
	concat("", [
		"Supply it in the context as models.\"",
		model_arn,
		"\".kms_key_arn: aws bedrock get-custom-model prints it as modelKmsKeyArn.",
	]),
)

# METADATA
# description: A member of a key's entry, `policy` or `grants`, in three states; absent where the key does not exist.
key_part(key_arn, name) := value.absent if {
	_keys[key_arn] == null
} else := _stated(_keys[key_arn][name]) if {
	not is_null(_keys[key_arn][name])
} else := _missing(
	concat("", ["keys.", key_arn, ".", name]),
	concat("", [_key_parts[name].words, " of ", key_arn, _key_parts[name].lacks]),
	concat("", [
		"Supply it in the context as keys.\"",
		key_arn,
		"\".",
		name,
		": ",
		_key_parts[name].command,
		key_arn,
		" prints it.",
	]),
)

# METADATA
# description: |
#   A member of a principal's entry, in three states: `policies` and `trust_policy` are unknown where they were not
#   given, `permissions_boundary` and `session_policies` are none where the principal was given without.
principal_part(principal_arn, name) := _stated(known.context.principals[principal_arn][name]) if {
	not is_null(known.context.principals[principal_arn][name])
} else := value.absent if {
	is_object(known.context.principals[principal_arn])
	name in {"permissions_boundary", "session_policies"}
} else := value.absent if {
	known.context.principals[principal_arn] == null
} else := _missing(
	concat("", ["principals.", principal_arn]),
	concat("", ["the policies of ", principal_arn, " were not supplied"]),
	concat("", [
		"Supply them in the context as principals.\"",
		principal_arn,
		"\".policies, a list of {name, document}: what aws iam get-role-policy and get-policy-version print.",
	]),
)

# METADATA
# description: Whether a principal is known not to exist.
is_no_principal(principal_arn) if known.context.principals[principal_arn] == null

# METADATA
# description: Who makes the request, as `{arn, role_arn}` in three states.
caller := value.known(known.context.caller) if {
	is_string(known.context.caller.arn)
} else := _missing(
	"caller",
	"who submits the job is not known",
	"Say it in the context as caller.arn: aws sts get-caller-identity prints it.",
)

# METADATA
# description: Who will invoke a custom model, as ARNs; none where the context does not say.
invoking_principals := [principal | some principal in object.get(known.context, "invoking_principals", [])]

# METADATA
# description: The role of the agent runtime; absent where the context does not say.
agent_runtime_role := value.known(known.context.agent_runtime_role) if {
	is_string(known.context.agent_runtime_role)
} else := value.absent

# METADATA
# description: HeadObject's answers for the objects at or below an S3 URI.
objects(uri) := {name: answer |
	some name, answer in object.get(known.context, "objects", {})
	startswith(name, uri)

	# A prefix is no object, and says nothing of what is below it.
	is_object(answer)
}

# METADATA
# description: |
#   The customer's keys under which the objects at an S3 URI stand, as `{arn, inferred}`: those of HeadObject's
#   answers, or by inference the one of the bucket's default encryption.
object_keys(uri) := [{"arn": value.known(key_arn), "inferred": false} |
	some key_arn in {answer.SSEKMSKeyId | some answer in objects(uri)}
] if {
	count(objects(uri)) > 0
} else := bucket_keys(uri)

# METADATA
# description: The customer's key of the default encryption of the bucket in an S3 URI, as `{arn, inferred}`.
bucket_keys(uri) := [{"arn": encryption, "inferred": true}] if {
	encryption := bucket_encryption(s3.bucket(uri))
	encryption.state == "unknown"
} else := [{"arn": value.known(key_arn), "inferred": true}] if {
	encryption := bucket_encryption(s3.bucket(uri)).value
	encryption.SSEAlgorithm in {"aws:kms", "aws:kms:dsse"}
	key_arn := encryption.KMSMasterKeyID
	is_string(key_arn)
} else := []

# METADATA
# description: |
#   What is known of a model package, `{job_arn, kms_key_arn}`: the job that made it, and that job's key.
model_package(package_arn) := value.absent if {
	known.context.model_packages[package_arn] == null
} else := value.known(known.context.model_packages[package_arn]) if {
	is_object(known.context.model_packages[package_arn])
} else := _missing(
	concat("", ["model_packages.", package_arn]),
	concat("", ["the job that made ", package_arn, " was not supplied, nor that job's key"]),
	concat("", [
		"Supply it in the context as model_packages.\"",
		package_arn,
		"\" with job_arn and kms_key_arn (null where that job named no key).",
	]),
)

# METADATA
# description: |
#   The policies that an organisation attaches to an account, `service_control_policies` or
#   `resource_control_policies`, by level; absent for the management account, which they do not bind, and where
#   nothing is said of an organisation.
organization_policies(account, name) := value.absent if {
	known.context.organization[account].management == true
} else := value.known(known.context.organization[account][name]) if {
	is_array(known.context.organization[account][name])
} else := value.absent

# METADATA
# description: |
#   The key ARN that a text names in a request of a job: itself, or through the job's account and Region, or through
#   an alias of the context. A text that names no key in any form stays as it is, for rules to judge.
key_arn(job, name) := _aliased(job, name) if {
	kms.form(name) in {"alias", "alias_arn"}
} else := _own(job, name) if {
	kms.form(name) == "key_id"
} else := value.known(name)

# METADATA
# description: The keys of the models that are known.
model_keys := {model.kms_key_arn |
	some model in object.get(known.context, "models", {})
	is_string(model.kms_key_arn)
}

# METADATA
# description: |
#   The status of a job that was submitted before, from DescribeJob's answer; absent where there is no such job.
job_status(job_arn) := value.known(status) if {
	status := known.context.jobs[job_arn].status
	is_string(status)
} else := value.absent if {
	known.context.jobs[job_arn] == null
} else := _missing(
	"jobs",
	"whether the jobs of the grants on the key have ended was not supplied",
	"Supply it in the context as jobs.\"<job ARN>\".status: aws sagemaker describe-job --query JobStatus prints it.",
)

# METADATA
# description: |
#   The names of the entries that the input itself gives of a part, such as `keys`. What only the settings' defaults
#   give is there to be asked about, not to be judged.
entries(part) := {name |
	some name, entry in input.context[part]
	is_object(entry)
}

# METADATA
# description: The parts of the context that the caller of the service supplied.
from_caller := [part | some part in input.context_from_caller]

# METADATA
# scope: document
# description: What keeps the context from being used, as sentences.
problems contains "context is no object" if type_name(input.context) != "object"

problems contains "settings.context is no object" if type_name(settings.current.context) != "object"

problems contains concat("", ["context.", name, " is ", value.type_of(content), ", not a string"]) if {
	some name in ["region", "account", "partition"]
	content := known.context[name]
	not is_string(content)
}

problems contains concat("", ["context.", name, " is ", value.type_of(content), ", not an object"]) if {
	some name in ["keys", "aliases", "buckets", "models", "model_packages", "objects", "principals", "organization"]
	content := known.context[name]
	not is_object(content)
}

_account := _text(
	"account",
	"the account of the job is not known",
	"Say it with --account, as account in the context, or as context.account in the settings.",
)

_partition := _text(
	"partition",
	"the partition of the job is not known",
	"Say it with --partition, as partition in the context, or as context.partition in the settings.",
)

_text(name, _, _) := value.known(known.context[name]) if is_string(known.context[name])

_text(name, reason, supply) := _missing(name, reason, supply) if not is_string(object.get(known.context, name, null))

_key(key_arn) := known if {
	known := _described[key_arn]
} else := _metadata(key_arn, {})

# Each answer is looked through once.
_described := {key_arn: _metadata(key_arn, entry) | some key_arn, entry in _keys}

_metadata(_, null) := value.absent

_metadata(key_arn, entry) := value.absent if {
	entry.metadata == null
} else := _unusable(key_arn, [" that was given is that of another key: ", text.assigned("Arn", other)]) if {
	other := entry.metadata.Arn
	other != key_arn
} else := _unusable(key_arn, [" that was given contradicts itself in ", text.listed(contradictions)]) if {
	contradictions := _contradictions(key_arn, entry.metadata)
	count(contradictions) > 0
} else := value.known(entry.metadata) if {
	is_object(entry.metadata)
} else := _unusable(key_arn, [" was not supplied"]) if {
	not is_null(entry)
}

_unusable(key_arn, what) := _missing(
	_key_part(key_arn),
	concat("", array.concat(["DescribeKey's answer for ", key_arn], what)),
	_describe_key(key_arn),
)

_key_parts := {
	"policy": {
		"words": "the key policy",
		"lacks": " was not supplied",
		"command": "aws kms get-key-policy --policy-name default --key-id ",
	},
	"grants": {
		"words": "the grants",
		"lacks": " were not supplied",
		"command": "aws kms list-grants --key-id ",
	},
}

# Pairs of members that DescribeKey never answers together with these values.
_contradictions(key_arn, metadata) := {pair |
	some pair in {
		"AWSAccountId and Arn",
		"CustomerMasterKeySpec and KeySpec",
		"Enabled and KeyState",
		"KeyId and Arn",
		"MultiRegion and MultiRegionConfiguration",
	}
	_contradicts(pair, key_arn, metadata)
}

_contradicts("AWSAccountId and Arn", key_arn, metadata) if metadata.AWSAccountId != arn.parse(key_arn).account

_contradicts("CustomerMasterKeySpec and KeySpec", _, metadata) if metadata.CustomerMasterKeySpec != metadata.KeySpec

_contradicts("Enabled and KeyState", _, metadata) if {
	metadata.Enabled == true
	metadata.KeyState != "Enabled"
}

_contradicts("Enabled and KeyState", _, metadata) if {
	metadata.Enabled == false
	metadata.KeyState == "Enabled"
}

_contradicts("KeyId and Arn", key_arn, metadata) if metadata.KeyId != split(key_arn, "/")[1]

_contradicts("MultiRegion and MultiRegionConfiguration", _, metadata) if {
	metadata.MultiRegion == false
	is_object(metadata.MultiRegionConfiguration)
}

_key_part(key_arn) := concat("", ["keys.", key_arn, ".metadata"])

_describe_key(key_arn) := concat("", [
	"Supply it in the context as keys.\"", key_arn, "\".metadata: aws kms describe-key --key-id ", key_arn, " prints it.",
])

_location(name) := known.context.buckets[name].location

# Who looked for a part and could not have it says why.
_missing(part, reason, supply) := value.missing(part, concat("", [reason, " (", _unavailable[part], ")"]), supply) if {
	is_string(_unavailable[part])
} else := value.missing(part, reason, supply)

default _unavailable := {}

_unavailable := supplied.context.unavailable if is_object(supplied.context.unavailable)

default _keys := {}

_keys := known.context.keys if is_object(known.context.keys)

default _aliases := {}

_aliases := known.context.aliases if is_object(known.context.aliases)

_aliased(job, alias) := value.known(target) if {
	targets := {target | some name in _alias_names(job, alias); target := _aliases[name]; is_string(target)}
	count(targets) == 1
	some target in targets
} else := value.absent if {
	some name in _alias_names(job, alias)
	_aliases[name] == null
} else := _missing(
	concat("", ["aliases.", alias]),
	concat("", ["the key behind ", alias, " was not supplied"]),
	concat("", ["Supply it in the context as aliases.\"", alias, "\": ", _resolving(alias), " prints it."]),
)

# DescribeKey on an alias of AWS makes the AWS managed key where there is none yet.
_resolving(alias) := "aws kms list-aliases" if kms.is_aws_managed_alias(alias)

_resolving(alias) := concat("", ["aws kms describe-key --query KeyMetadata.Arn --output text --key-id ", alias]) if {
	not kms.is_aws_managed_alias(alias)
}

# An alias and its ARN in the job's own account and Region are the same alias.
_alias_names(job, alias) := {alias} | {concat(":", ["arn", partition, "kms", region, account, alias]) |
	kms.form(alias) == "alias"
	partition := job.partition.value
	region := job.region.value
	account := job.account.value
}

_own(job, key_id) := value.known(known.context.key_ids[key_id]) if {
	known.context.key_ids[key_id]
} else := value.known(concat(":", [
	"arn", job.partition.value, "kms", job.region.value, job.account.value, concat("", ["key/", key_id]),
])) if {
	every part in [job.partition, job.region, job.account] {
		part.state == "known"
	}
} else := unknown if {
	unknown := [part | some part in [job.partition, job.region, job.account]; part.state != "known"][0]
}
