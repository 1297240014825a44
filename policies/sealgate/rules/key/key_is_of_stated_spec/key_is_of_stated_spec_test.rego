package sealgate.rules.key.key_is_of_stated_spec_test

import data.sealgate.lib.value
import data.sealgate.rules.key.key_is_of_stated_spec as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_no_symmetric_encryption_key if {
	described := {
		"KeySpec RSA_2048": {"KeySpec": "RSA_2048"},
		"KeyUsage SIGN_VERIFY": {"KeyUsage": "SIGN_VERIFY"},
		"KeySpec HMAC_256, KeyUsage GENERATE_VERIFY_MAC": {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"},
		"KeySpec , KeyUsage ": {"KeySpec": "", "KeyUsage": ""},
	}
	every words, facts in described {
		rule.findings == {fixture.violation(_takes(words, _symmetric), facts)} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
			with input as mtrl.described(mtrl.key, facts)
	}
}

test_violation_no_signing_key if {
	described := {
		"KeySpec SYMMETRIC_DEFAULT, KeyUsage ENCRYPT_DECRYPT": {
			"KeySpec": "SYMMETRIC_DEFAULT",
			"KeyUsage": "ENCRYPT_DECRYPT",
		},
		"KeyUsage ENCRYPT_DECRYPT": {"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"},
	}
	every words, facts in described {
		rule.findings == {fixture.violation(_takes(words, "an asymmetric key for SIGN_VERIFY"), _wrong(words, facts))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "asymmetric_required"})
			with input as mtrl.described(mtrl.key, facts)
	}
}

test_violation_key_behind_an_alias if {
	aliases := {"context": {"aliases": {"alias/ml": mtrl.key}}}
	found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known("alias/ml"))
		with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
		with input as object.union(mtrl.described(mtrl.key, {"KeySpec": "RSA_2048"}), aliases)
	found == {fixture.violation(_takes("KeySpec RSA_2048", _symmetric), {"KeySpec": "RSA_2048"})}
}

test_unverified_undescribed_key if {
	rule.findings == {fixture.unverified(mtrl.undescribed(mtrl.key))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
}

test_unverified_fact_that_is_missing if {
	every name in ["KeySpec", "KeyUsage"] {
		rule.findings == {fixture.unverified(mtrl.unusable(name, concat("", ["without ", name])))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
			with input as mtrl.described(mtrl.key, {name: null})
	}
}

test_unverified_fact_of_the_wrong_type if {
	found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
		with input as mtrl.described(mtrl.key, {"KeySpec": 7})
	{one.missing.part | some one in found} == {concat("", ["keys.", mtrl.key, ".metadata.KeySpec"])}
	{one.outcome | some one in found} == {"unverified"}
}

test_violation_beside_a_fact_that_is_missing if {
	found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
		with input as mtrl.described(mtrl.key, {"KeySpec": "RSA_2048", "KeyUsage": null})
	found == {
		fixture.violation(_takes("KeySpec RSA_2048", _symmetric), {"KeySpec": "RSA_2048"}),
		fixture.unverified(mtrl.unusable("KeyUsage", "without KeyUsage")),
	}
}

test_unverified_unknown_key if {
	rule.findings == {fixture.unverified({"reason": "it is known after apply"})} with data.sealgate.model.jobs as fixture.jobs(fixture.known_after_apply)
		with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
}

test_pass_key_of_the_stated_spec if {
	specs := {
		"required": {"KeySpec": "SYMMETRIC_DEFAULT", "KeyUsage": "ENCRYPT_DECRYPT"},
		"asymmetric_required": {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"},
	}
	every word, facts in specs {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": word})
			with input as mtrl.described(mtrl.key, facts)
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": word})
	}
}

test_pass_what_other_rules_deny if {
	every content in ["", "my-key", "alias/aws/s3", 7, null] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(content))
			with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
	}
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
		with input as {"context": {"keys": {mtrl.key: null}}}
}

test_pass_where_nothing_is_stated if {
	every stated in [{}, {"symmetric": "not_stated"}, {"enabled": "required"}] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as fixture.kinds(stated)
			with input as mtrl.described(mtrl.key, {"KeySpec": "RSA_2048"})
		rule.checked == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as fixture.kinds(stated)
	}
}

test_pass_no_key if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.absent)
		with data.sealgate.data.key_kinds as fixture.kinds({"symmetric": "required"})
	rule.findings == set() with data.sealgate.model.jobs as []
}

_symmetric := "a symmetric encryption key (SYMMETRIC_DEFAULT, ENCRYPT_DECRYPT)"

_takes(words, wanted) := concat("", ["Output.KeyId names a key with ", words, "; it takes ", wanted])

_wrong(words, facts) := {name: fact | some name, fact in facts; contains(words, name)}
