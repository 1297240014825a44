package sealgate.model.context_test

import data.sealgate.lib.value
import data.sealgate.model.context

# --- Where the request is made

test_region_is_that_of_the_context if {
	context.region == value.known("us-west-2") with input as {"context": {"region": "us-west-2"}}
}

test_context_of_the_settings_is_the_default if {
	settings := {"settings": {"context": {"region": "us-west-2", "account": "111122223333"}}}
	context.region == value.known("us-west-2") with input as settings

	both := object.union(settings, {"context": {"region": "eu-west-1"}})
	context.region == value.known("eu-west-1") with input as both
	context.account_or_of(value.absent) == value.known("111122223333") with input as both
}

test_region_that_nobody_said_is_unknown if {
	every document in [{}, {"context": {}}, {"context": {"region": null}}, {"context": {"region": 7}}, {"context": null}] {
		context.region == _unsaid("region", "Region") with input as document
	}
}

test_account_and_partition_of_the_context_go_before_the_roles if {
	said := {"context": {"account": "444455556666", "partition": "aws-cn", "region": "us-west-2"}}
	context.account_or_of(_role) == value.known("444455556666") with input as said
	context.partition_or_of(_role) == value.known("aws-cn") with input as said
}

test_account_and_partition_are_those_of_the_role if {
	context.account_or_of(_role) == value.known("111122223333") with input as {}
	context.partition_or_of(_role) == value.known("aws-us-gov") with input as {"context": {"region": "us-west-2"}}
}

test_partition_is_that_of_the_region if {
	every region, partition in {"us-west-2": "aws", "us-gov-west-1": "aws-us-gov", "cn-north-1": "aws-cn"} {
		found := context.partition_or_of(value.absent) with input as {"context": {"region": region}}
		found == value.known(partition)
	}
}

test_account_and_partition_that_nothing_says_are_unknown if {
	every role in [value.absent, value.unknown("behind a variable"), value.known("Role"), value.known(null), value.known(7)] {
		account := context.account_or_of(role) with input as {}
		account == _unsaid("account", "account")
		partition := context.partition_or_of(role) with input as {"context": {"region": "moon-west-1"}}
		partition == _unsaid("partition", "partition")
	}
}

# --- Keys

test_fact_of_a_key if {
	every content in ["Enabled", "", 7, false, []] {
		document := _describing({_key: {"metadata": {"Arn": _key, "KeyState": content}}})
		context.key_metadata(_key, "KeyState") == value.known(content) with input as document
	}
	context.key_metadata(_key, "KeyState") == value.known("Enabled") with input as _describing({_key: {"metadata": {"KeyState": "Enabled"}}})
}

test_key_that_is_null_does_not_exist if {
	every entry in [null, {"metadata": null}] {
		context.key_metadata(_key, "KeyState") == value.absent with input as _describing({_key: entry})
	}
}

test_key_of_which_nobody_said_anything_is_unknown if {
	every keys in [{}, {_other_key: {"metadata": {"KeyState": "Enabled"}}}, {_key: {}}, {_key: {"metadata": "Enabled"}}, {_key: 7}] {
		context.key_metadata(_key, "KeyState") == _undescribed("", " was not supplied") with input as _describing(keys)
	}
	context.key_metadata(_key, "KeyState") == _undescribed("", " was not supplied") with input as {}
}

test_fact_that_the_answer_lacks_is_unknown if {
	every metadata in [{"Description": "1"}, {"KeyState": null}] {
		found := context.key_metadata(_key, "KeyState") with input as _describing({_key: {"metadata": metadata}})
		found == _undescribed(".KeyState", " was given without KeyState")
	}
}

test_answer_for_another_key_is_no_answer if {
	every arn, shown in {_other_key: _other_key, 7: "(a number)"} {
		document := _describing({_key: {"metadata": {"Arn": arn, "KeyState": "Enabled"}}})
		found := context.key_metadata(_key, "KeyState") with input as document
		found.state == "unknown"
		found.reason == concat("", ["DescribeKey's answer for ", _key, " that was given is that of another key: Arn ", shown])
	}
}

test_word_that_is_not_understood_is_unknown if {
	context.unusable(_key, "KeyState", "Sleeping") == _undescribed(".KeyState", " was given with KeyState Sleeping, which is not understood")
	context.unusable(_key, "KeyState", 7).reason == concat("", [
		"DescribeKey's answer for ",
		_key,
		" was given with KeyState (a number), which is not understood",
	])
}

test_key_policy_and_grants_are_parts_of_a_key if {
	document := _describing({_key: {"policy": {"Statement": []}, "grants": []}, _other_key: null})
	context.key_part(_key, "policy") == value.known({"Statement": []}) with input as document
	context.key_part(_key, "grants") == value.known([]) with input as document
	context.key_part(_other_key, "policy") == value.absent with input as document
	every keys in [{}, {_key: {}}, {_key: {"policy": null}}] {
		found := context.key_part(_key, "policy") with input as _describing(keys)
		found.state == "unknown"
		found.part == concat("", ["keys.", _key, ".policy"])
	}
}

# --- Names of keys

test_key_arn_names_itself if {
	every name in [_key, "my-key", "", "arn:aws:s3:::my-bucket"] {
		context.key_arn(_job, name) == value.known(name) with input as {}
	}
}

test_key_id_is_one_of_the_jobs_account_and_region if {
	context.key_arn(_job, _key_id) == value.known(_key) with input as {}
}

test_key_id_of_a_job_somewhere_is_unknown if {
	every part in ["partition", "region", "account"] {
		job := object.union(_job, {part: {"state": "unknown", "reason": part}})
		context.key_arn(object.remove(job, {}), _key_id).reason == part with input as {}
	}
}

test_alias_leads_to_its_key if {
	every aliases in [{"alias/ml": _key}, {_alias_arn: _key}, {"alias/ml": _key, _alias_arn: _key}] {
		context.key_arn(_job, "alias/ml") == value.known(_key) with input as {"context": {"aliases": aliases}}
	}
	context.key_arn(_job, _alias_arn) == value.known(_key) with input as {"context": {"aliases": {_alias_arn: _key}}}
}

test_alias_that_is_null_does_not_exist if {
	context.key_arn(_job, "alias/ml") == value.absent with input as {"context": {"aliases": {_alias_arn: null}}}
}

test_alias_of_an_unknown_key_is_unknown if {
	every aliases in [{}, {"alias/ml": 7}, {"alias/ml": _key, _alias_arn: _other_key}, {"alias/ML": _key}] {
		found := context.key_arn(_job, "alias/ml") with input as {"context": {"aliases": aliases}}
		found == value.missing(
			"aliases.alias/ml",
			"the key behind alias/ml was not supplied",
			concat(" ", [
				`Supply it in the context as aliases."alias/ml":`,
				"aws kms describe-key --query KeyMetadata.Arn --output text --key-id alias/ml prints it.",
			]),
		)
	}
}

test_nobody_is_told_to_describe_an_alias_of_aws if {
	found := context.key_arn(_job, "alias/aws/s3") with input as {}
	found.supply == `Supply it in the context as aliases."alias/aws/s3": aws kms list-aliases prints it.`
}

test_alias_of_another_region_is_another_alias if {
	job := object.union(_job, {"region": {"state": "known", "value": "eu-west-1"}})
	found := context.key_arn(job, "alias/ml") with input as {"context": {"aliases": {_alias_arn: _key}}}
	found.state == "unknown"
}

# --- Buckets and models

test_region_of_a_bucket if {
	every row in [["us-west-2", "us-west-2"], [null, "us-east-1"], ["", "us-east-1"], ["EU", "eu-west-1"]] {
		[answer, region] := row
		document := {"context": {"buckets": {"my-bucket": {"location": {"LocationConstraint": answer}}}}}
		context.bucket_region("my-bucket") == value.known(region) with input as document
	}
}

test_bucket_that_is_null_does_not_exist if {
	document := {"context": {"buckets": {"my-bucket": null}}}
	context.bucket_region("my-bucket") == value.absent with input as document
	context.bucket_encryption("my-bucket") == value.absent with input as document
}

test_bucket_of_which_nobody_said_anything_is_unknown if {
	every buckets in [{}, {"my-bucket": {}}, {"my-bucket": {"location": {}, "encryption": {}}}, {"my-bucket": {"location": {"LocationConstraint": 7}}}] {
		region := context.bucket_region("my-bucket") with input as {"context": {"buckets": buckets}}
		region == value.missing(
			"buckets.my-bucket.location",
			"the Region of the bucket my-bucket was not supplied",
			concat(" ", [
				`Supply it in the context as buckets."my-bucket".location:`,
				"aws s3api get-bucket-location --bucket my-bucket prints it.",
			]),
		)
		encryption := context.bucket_encryption("my-bucket") with input as {"context": {"buckets": buckets}}
		encryption == value.missing(
			"buckets.my-bucket.encryption",
			"the default encryption of the bucket my-bucket was not supplied",
			concat(" ", [
				`Supply it in the context as buckets."my-bucket".encryption:`,
				"aws s3api get-bucket-encryption --bucket my-bucket prints it.",
			]),
		)
	}
}

test_default_encryption_of_a_bucket if {
	default_encryption := {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": _key}
	answer := {"ServerSideEncryptionConfiguration": {"Rules": [{"ApplyServerSideEncryptionByDefault": default_encryption}]}}
	document := {"context": {"buckets": {"my-bucket": {"encryption": answer}, "plain": {"encryption": null}}}}
	context.bucket_encryption("my-bucket") == value.known(default_encryption) with input as document
	context.bucket_encryption("plain") == value.absent with input as document
}

test_key_of_a_model if {
	models := {"arn:one": {"kms_key_arn": _key}, "arn:two": {"kms_key_arn": null}, "arn:three": null, "arn:four": {}}
	document := {"context": {"models": models}}
	context.model_key("arn:one") == value.known(_key) with input as document
	context.model_key("arn:two") == value.absent with input as document
	context.model_key("arn:three") == value.absent with input as document
	every model in ["arn:four", "arn:five"] {
		found := context.model_key(model) with input as document
		found.state == "unknown"
		found.part == concat("", ["models.", model, ".kms_key_arn"])
	}
}

# --- Principals

test_parts_of_a_principal if {
	document := {"context": {"principals": {
		"arn:given": {"policies": [], "session_policies": null},
		"arn:gone": null,
	}}}
	every part, expected in {
		["arn:given", "policies"]: value.known([]),
		["arn:given", "permissions_boundary"]: value.absent,
		["arn:given", "session_policies"]: value.absent,
		["arn:gone", "policies"]: value.absent,
	} {
		context.principal_part(part[0], part[1]) == expected with input as document
	}
	every part in [["arn:given", "trust_policy"], ["arn:other", "policies"], ["arn:other", "permissions_boundary"]] {
		context.principal_part(part[0], part[1]).state == "unknown" with input as document
	}
}

# --- The context as a whole

test_parts_that_the_caller_supplied if {
	context.from_caller == ["/keys"] with input as {"context_from_caller": ["/keys"]}
	context.from_caller == [] with input as {}
}

test_context_of_the_wrong_type_is_told if {
	every wrong in [null, 7, "text", []] {
		context.problems == {"context is no object"} with input as {"context": wrong}
		context.problems == {"settings.context is no object"} with input as {"settings": {"context": wrong}}
		context.region == value.known("us-west-2") with input as {"context": {"region": "us-west-2"}, "settings": {"context": wrong}}
	}
	context.problems == set() with input as {}
	context.problems == set() with input as {"context": {}, "settings": {"context": {}}}
}

test_parts_of_the_wrong_type_are_told if {
	wrong := {"region": 7, "account": 111122223333, "partition": null, "keys": [], "aliases": "alias/ml", "buckets": null}
	found := context.problems with input as {"context": wrong}
	found == {
		"context.region is a number, not a string",
		"context.account is a number, not a string",
		"context.partition is null, not a string",
		"context.keys is an array, not an object",
		"context.aliases is a string, not an object",
		"context.buckets is null, not an object",
	}
}

test_parts_of_the_wrong_type_say_nothing if {
	document := {"context": {"keys": [], "aliases": "alias/ml", "buckets": null}}
	context.key_metadata(_key, "KeyState").state == "unknown" with input as document
	context.key_arn(_job, "alias/ml").state == "unknown" with input as document
	context.bucket_region("my-bucket").state == "unknown" with input as document
}

_key_id := "1234abcd-12ab-34cd-56ef-1234567890ab"

_key := concat("/", ["arn:aws:kms:us-west-2:111122223333:key", _key_id])

_other_key := "arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_alias_arn := "arn:aws:kms:us-west-2:111122223333:alias/ml"

_role := {"state": "known", "value": "arn:aws-us-gov:iam::111122223333:role/Role"}

_job := {
	"partition": {"state": "known", "value": "aws"},
	"region": {"state": "known", "value": "us-west-2"},
	"account": {"state": "known", "value": "111122223333"},
}

_describing(keys) := {"context": {"keys": keys}}

_undescribed(member, how) := value.missing(
	concat("", ["keys.", _key, ".metadata", member]),
	concat("", ["DescribeKey's answer for ", _key, how]),
	concat("", [
		"Supply it in the context as keys.\"", _key, "\".metadata: aws kms describe-key --key-id ", _key, " prints it.",
	]),
)

_unsaid(part, words) := value.missing(
	part,
	concat("", ["the ", words, " of the job is not known"]),
	concat("", ["Say it with --", part, ", as ", part, " in the context, or as context.", part, " in the settings."]),
)

test_metadata_that_contradicts_itself_is_unknown if {
	consistent := {
		"AWSAccountId": "111122223333",
		"CustomerMasterKeySpec": "SYMMETRIC_DEFAULT",
		"Enabled": true,
		"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab",
		"KeySpec": "SYMMETRIC_DEFAULT",
		"KeyState": "Enabled",
		"MultiRegion": false,
	}
	fine := context.key_metadata(_key, "KeyState") with input.context.keys as {_key: {"metadata": consistent}}
	fine == value.known("Enabled")
	every name, content in {
		"AWSAccountId": "444455556666",
		"CustomerMasterKeySpec": "RSA_2048",
		"Enabled": false,
		"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ac",
		"KeyState": "Disabled",
		"MultiRegionConfiguration": {"MultiRegionKeyType": "PRIMARY"},
	} {
		metadata := object.union(consistent, {name: content})
		fact := context.key_metadata(_key, "KeyState") with input.context.keys as {_key: {"metadata": metadata}}
		fact.state == "unknown"
		contains(fact.reason, "contradicts itself")
	}
}

# --- What a plan or an object declares

test_what_is_declared_takes_the_place_of_what_was_supplied if {
	key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	other := "arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321"
	taken := "arn:aws:kms:us-west-2:111122223333:key/11111111-09fe-87dc-65ba-ab0987654321"
	supplied := {"context": {
		"region": "us-west-2",
		"keys": {
			key: {"metadata": {"Arn": key, "KeyState": "Disabled"}, "policy": {"Statement": ["before"]}, "grants": ["one"]},
			other: {"policy": {"Statement": ["as it is"]}},
			taken: {"policy": {"Statement": ["before"]}},
		},
		"aliases": 7,
	}}
	declared := {
		"keys": {
			key: {"policy": value.unknown("it is not known until apply"), "metadata": {"Arn": key, "KeyState": "Enabled"}},
			taken: null,
		},
		"aliases": {"alias/ml": key},
		"key_ids": {"1234abcd-12ab-34cd-56ef-1234567890ab": "arn:of:the:plan"},
	}
	adapters := {"terraform_plan": {"context": declared}}

	policy := context.key_part(key, "policy") with input as supplied with data.sealgate.inputs as adapters
	policy == value.unknown("it is not known until apply")
	state := context.key_metadata(key, "KeyState") with input as supplied with data.sealgate.inputs as adapters
	state == value.known("Enabled")

	# What is declared without a part leaves the part as it was supplied, and so it does other keys.
	grants := context.key_part(key, "grants") with input as supplied with data.sealgate.inputs as adapters
	grants == value.known(["one"])
	kept := context.key_part(other, "policy") with input as supplied with data.sealgate.inputs as adapters
	kept == value.known({"Statement": ["as it is"]})
	gone := context.key_part(taken, "policy") with input as supplied with data.sealgate.inputs as adapters
	gone == value.absent
	region := context.region with input as supplied with data.sealgate.inputs as adapters
	region == value.known("us-west-2")

	# What was supplied in the wrong type is none that the declared could be put over: it is told, and not used.
	told := context.problems with input as supplied with data.sealgate.inputs as adapters
	told == {"context.aliases is a number, not an object"}

	# An id alone is that of the declared key, wherever it is.
	job := {"partition": value.known("aws"), "region": value.known("us-west-2"), "account": value.known("444455556666")}
	named := context.key_arn(job, "1234abcd-12ab-34cd-56ef-1234567890ab") with input as supplied
		with data.sealgate.inputs as adapters
	named == value.known("arn:of:the:plan")
	elsewhere := context.key_arn(job, "0987dcba-09fe-87dc-65ba-ab0987654321") with input as supplied
		with data.sealgate.inputs as adapters
	elsewhere == value.known("arn:aws:kms:us-west-2:444455556666:key/0987dcba-09fe-87dc-65ba-ab0987654321")
}

test_metadata_may_be_declared_in_the_three_states if {
	key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	every state in [value.known(true), value.absent, value.unknown("it comes from a variable")] {
		adapters := {"terraform_plan": {"context": {"keys": {key: {"metadata": {"Arn": key, "MultiRegion": state}}}}}}
		found := context.key_metadata(key, "MultiRegion") with input as {} with data.sealgate.inputs as adapters
		found == state
	}
}

test_why_a_part_is_not_there_is_told if {
	part := concat("", ["keys.", _key, ".policy"])
	told := context.key_part(_key, "policy") with input.context.unavailable as {part: "not allowed: kms:GetKeyPolicy"}
	told.part == part
	told.reason == concat("", ["the key policy of ", _key, " was not supplied (not allowed: kms:GetKeyPolicy)"])
}

test_a_reason_for_another_part_is_not_told if {
	told := context.key_part(_key, "policy") with input.context.unavailable as {"caller": "not allowed"}
	told.reason == concat("", ["the key policy of ", _key, " was not supplied"])
}

test_a_prefix_is_no_object if {
	given := {"s3://ml/in/a": {"SSEKMSKeyId": _key}, "s3://ml/in/": null}
	found := context.objects("s3://ml/in/") with input.context.objects as given
	found == {"s3://ml/in/a": {"SSEKMSKeyId": _key}}
}
