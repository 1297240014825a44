package sealgate.rules.key.key_is_customer_managed_where_stated_test

import data.sealgate.lib.value
import data.sealgate.rules.key.key_is_customer_managed_where_stated as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_alias_of_an_aws_managed_key if {
	every name in ["alias/aws/s3", "arn:aws:kms:us-west-2:111122223333:alias/aws/s3"] {
		rule.findings == {_violation} with data.sealgate.model.jobs as fixture.jobs(value.known(name))
			with data.sealgate.data.key_kinds as _required
	}
}

test_violation_aws_managed_key if {
	every name in [mtrl.key, "1234abcd-12ab-34cd-56ef-1234567890ab"] {
		rule.findings == {_violation} with data.sealgate.model.jobs as fixture.jobs(value.known(name))
			with data.sealgate.data.key_kinds as _required
			with input as mtrl.described(mtrl.key, {"KeyManager": "AWS"})
	}
}

test_violation_other_alias_of_an_aws_managed_key if {
	aliases := {"context": {"aliases": {"alias/ml": mtrl.key}}}
	rule.findings == {_violation} with data.sealgate.model.jobs as fixture.jobs(value.known("alias/ml"))
		with data.sealgate.data.key_kinds as _required
		with input as object.union(mtrl.described(mtrl.key, {"KeyManager": "AWS"}), aliases)
}

test_unverified_undescribed_key if {
	rule.findings == {fixture.unverified(mtrl.undescribed(mtrl.key))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
}

test_unverified_fact_that_is_missing if {
	rule.findings == {fixture.unverified(mtrl.unusable("KeyManager", "without KeyManager"))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as mtrl.described(mtrl.key, {"KeyManager": null})
}

test_unverified_word_that_is_not_understood if {
	every word in ["", "aws", "SOMEBODY", 7] {
		found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as _required
			with input as mtrl.described(mtrl.key, {"KeyManager": word})
		{[one.outcome, one.missing.part] | some one in found} == {["unverified", concat("", ["keys.", mtrl.key, ".metadata.KeyManager"])]}
	}
}

test_unverified_alias_of_an_unknown_key if {
	found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known("alias/ml"))
		with data.sealgate.data.key_kinds as _required
	{[one.outcome, one.missing.part] | some one in found} == {["unverified", "aliases.alias/ml"]}
}

test_unverified_unknown_key if {
	rule.findings == {fixture.unverified({"reason": "it is known after apply"})} with data.sealgate.model.jobs as fixture.jobs(fixture.known_after_apply)
		with data.sealgate.data.key_kinds as _required
}

test_pass_customer_managed_key if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as mtrl.described(mtrl.key, {"KeyManager": "CUSTOMER"})
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
}

test_pass_what_other_rules_deny if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as {"context": {"keys": {mtrl.key: null}}}
	every content in ["", "my-key", 7, null] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(content))
			with data.sealgate.data.key_kinds as _required
	}
}

test_pass_aws_managed_key_where_nothing_is_stated if {
	every stated in [{}, {"customer_managed": "not_stated"}, {"symmetric": "required"}] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known("alias/aws/s3"))
			with data.sealgate.data.key_kinds as fixture.kinds(stated)
		rule.checked == set() with data.sealgate.model.jobs as fixture.jobs(value.known("alias/aws/s3"))
			with data.sealgate.data.key_kinds as fixture.kinds(stated)
	}
}

test_pass_no_key if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.absent)
		with data.sealgate.data.key_kinds as _required
	rule.findings == set() with data.sealgate.model.jobs as []
}

_required := fixture.kinds({"customer_managed": "required"})

_violation := fixture.violation("Output.KeyId names an AWS managed key; it takes a customer managed key", {})
