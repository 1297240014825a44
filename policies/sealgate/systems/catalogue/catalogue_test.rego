package sealgate.systems.catalogue_test

import data.sealgate.lib.value
import data.sealgate.systems.catalogue
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

# What the tests of the rules on these operations share: a job that names one key, and what the table states of it.

subject := "acme:MakeThing my-thing"

path := ["Output", "KeyId"]

# The job of a request; its key is given in three states.
jobs(key) := jobs_with(key, {}, {})

# The same, with some of what stands beside the key, and of the job, changed.
jobs_with(key, beside, changes) := [_changed(
	{
		"subject": subject,
		"operation": "acme:MakeThing",
		"system": "other",
		"partition": value.known("aws"),
		"region": value.known("us-west-2"),
		"account": value.known("111122223333"),
		"keys": [_changed(
			{
				"path": path,
				"member": "Output.KeyId",
				"use": "output",
				"value": key,
				"forms": ["key_arn", "key_id", "alias", "alias_arn"],
				"documented": ["key_arn", "key_id", "alias", "alias_arn"],
				"instances": [],
				"serverless": [],
			},
			beside,
		)],
	},
	changes,
)]

_changed(whole, changes) := object.union(object.remove(whole, object.keys(changes)), changes)

# A table that states something of the key of these jobs.
kinds(stated) := {"acme:MakeThing": {"Output.KeyId": object.union(stated, {
	"requirements": ["BCUST-02"],
	"sources": {column: "AWS says so" | some column, _ in stated},
})}}

violation(message, evidence) := {
	"outcome": "violation",
	"subject": subject,
	"path": path,
	"message": message,
	"evidence": object.union(evidence, {"source": "AWS says so"}),
	"requirements": ["BCUST-02"],
}

unverified(missing) := {
	"outcome": "unverified",
	"subject": subject,
	"path": path,
	"missing": missing,
	"requirements": ["BCUST-02"],
}

known_after_apply := value.unknown("it is known after apply")

test_named_key_has_what_the_table_states if {
	named := catalogue.named_keys with data.sealgate.model.jobs as jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as kinds({"symmetric": "required"})
	[[one.key.path, one.arn, one.kind] | some one in named] == [[
		path,
		value.known(mtrl.key),
		{"symmetric": "required", "requirements": ["BCUST-02"], "sources": {"symmetric": "AWS says so"}},
	]]
}

test_nothing_is_stated_of_a_member_that_the_table_does_not_have if {
	every table in [{}, {"acme:MakeThing": {}}, {"acme:MakeThing": {"Other.KeyId": {"symmetric": "required"}}}] {
		named := catalogue.named_keys with data.sealgate.model.jobs as jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as table
		[one.kind | some one in named] == [{"requirements": []}]
	}
}

test_nothing_is_stated_of_documents_that_are_not_published if {
	requests := jobs_with(value.known(mtrl.key), {}, {"system": "sagemaker_data_preparation"})
	named := catalogue.named_keys with data.sealgate.model.jobs as requests
		with data.sealgate.data.key_kinds as kinds({"symmetric": "required"})
	[one.kind | some one in named] == [{"requirements": []}]
}

test_absent_key_is_no_named_key if {
	catalogue.named_keys == [] with data.sealgate.model.jobs as jobs(value.absent)
	catalogue.named_keys == [] with data.sealgate.model.jobs as []
}

test_multi_turn_jobs_have_rules_of_their_own if {
	requests := jobs_with(value.known(mtrl.key), {}, {"system": "sagemaker_mtrl"})
	catalogue.named_keys == [] with data.sealgate.model.jobs as requests
}

test_places_are_chosen_by_what_is_stated_of_them if {
	every words in [{"required"}, {"required", "asymmetric_required"}] {
		named := catalogue.stated("symmetric", words) with data.sealgate.model.jobs as jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as kinds({"symmetric": "required"})
		[one.key.path | some one in named] == [path]
	}
	every stated in [{}, {"symmetric": "not_stated"}, {"enabled": "required"}] {
		named := catalogue.stated("symmetric", {"required"}) with data.sealgate.model.jobs as jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as kinds(stated)
		named == []
	}
}

test_fact_is_what_describe_key_says_of_the_key if {
	every name in [mtrl.key, "1234abcd-12ab-34cd-56ef-1234567890ab"] {
		named := catalogue.named_keys with data.sealgate.model.jobs as jobs(value.known(name))
		[fact] := [fact |
			some one in named
			fact := catalogue.fact(one, "KeySpec") with input as mtrl.described(mtrl.key, {"KeySpec": "RSA_2048"})
		]
		fact == value.known("RSA_2048")
	}
}

test_fact_of_a_key_behind_an_alias if {
	context := object.union(mtrl.described(mtrl.key, {}), {"context": {"aliases": {"alias/ml": mtrl.key}}})
	named := catalogue.named_keys with data.sealgate.model.jobs as jobs(value.known("alias/ml")) with input as context
	[one.arn | some one in named] == [value.known(mtrl.key)]
	[fact] := [fact | some one in named; fact := catalogue.fact(one, "KeyState") with input as context]
	fact == value.known("Enabled")
}

test_fact_of_a_key_that_does_not_exist_is_absent if {
	every context in [{"keys": {mtrl.key: null}}, {"keys": {mtrl.key: {"metadata": null}}}, {"aliases": {"alias/ml": null}}] {
		facts := {fact |
			named := catalogue.named_keys with data.sealgate.model.jobs as array.concat(
				jobs(value.known(mtrl.key)),
				jobs(value.known("alias/ml")),
			)
				with input as {"context": context}
			some one in named
			fact := catalogue.fact(one, "KeyState") with input as {"context": context}
		}
		value.absent in facts
	}
}

test_fact_that_nobody_supplied_is_unknown if {
	named := catalogue.named_keys with data.sealgate.model.jobs as jobs(value.known(mtrl.key))
	[object.remove(catalogue.fact(one, "KeySpec"), {"state"}) | some one in named] == [mtrl.undescribed(mtrl.key)]
}

test_fact_of_a_key_that_is_not_known_is_why_it_is_not if {
	named := catalogue.named_keys with data.sealgate.model.jobs as jobs(known_after_apply)
	[catalogue.fact(one, "KeySpec") | some one in named] == [known_after_apply]
}

test_nobody_is_asked_for_the_alias_of_an_aws_managed_key if {
	every name in ["alias/aws/s3", "arn:aws:kms:us-west-2:111122223333:alias/aws/ebs"] {
		named := catalogue.named_keys with data.sealgate.model.jobs as jobs(value.known(name))
		[catalogue.fact(one, "KeyState") | some one in named] == [{"state": "unreadable"}]
	}
}

test_aws_managed_key_whose_alias_is_known_has_facts if {
	context := object.union(mtrl.described(mtrl.key, {"KeyManager": "AWS"}), {"context": {"aliases": {"alias/aws/s3": mtrl.key}}})
	named := catalogue.named_keys with data.sealgate.model.jobs as jobs(value.known("alias/aws/s3")) with input as context
	[fact] := [fact | some one in named; fact := catalogue.fact(one, "KeyManager") with input as context]
	fact == value.known("AWS")
}

test_what_is_no_name_of_a_key_has_no_facts if {
	every content in ["", "my-key", "arn:aws:s3:::my-bucket", 7, null, [mtrl.key]] {
		named := catalogue.named_keys with data.sealgate.model.jobs as jobs(value.known(content))
		[catalogue.fact(one, "KeySpec") | some one in named] == [{"state": "unreadable"}]
	}
}

test_source_is_what_the_table_quotes if {
	catalogue.source({"kind": {"sources": {"enabled": "it must be enabled"}}}, "enabled") == {"source": "it must be enabled"}
}
