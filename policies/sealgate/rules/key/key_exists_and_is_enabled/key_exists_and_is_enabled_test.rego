package sealgate.rules.key.key_exists_and_is_enabled_test

import data.sealgate.lib.value
import data.sealgate.rules.key.key_exists_and_is_enabled as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_state_in_which_a_key_is_not_used if {
	every state in [
		"Creating",
		"Disabled",
		"PendingDeletion",
		"PendingImport",
		"PendingReplicaDeletion",
		"Unavailable",
	] {
		rule.findings == {_in_state("violation", state)} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as _required
			with input as mtrl.described(mtrl.key, {"KeyState": state})
	}
}

test_advice_while_a_key_is_updated if {
	rule.findings == {_in_state("advice", "Updating")} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as mtrl.described(mtrl.key, {"KeyState": "Updating"})
}

test_violation_key_that_does_not_exist if {
	rule.findings == {_missing_key(mtrl.key)} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as {"context": {"keys": {mtrl.key: null}}}
}

test_violation_alias_that_does_not_exist if {
	rule.findings == {_missing_key("alias/ml")} with data.sealgate.model.jobs as fixture.jobs(value.known("alias/ml"))
		with data.sealgate.data.key_kinds as _required
		with input as {"context": {"aliases": {"alias/ml": null}}}
}

test_unverified_undescribed_key if {
	rule.findings == {fixture.unverified(mtrl.undescribed(mtrl.key))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
}

test_unverified_alias_of_an_unknown_key if {
	found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known("alias/ml"))
		with data.sealgate.data.key_kinds as _required
	{[one.outcome, one.missing.part] | some one in found} == {["unverified", "aliases.alias/ml"]}
}

test_unverified_state_that_is_missing if {
	rule.findings == {fixture.unverified(mtrl.unusable("KeyState", "without KeyState"))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as mtrl.described(mtrl.key, {"KeyState": null})
}

test_unverified_state_that_is_not_understood if {
	every state in ["", "enabled", "Asleep", 7] {
		found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as _required
			with input as mtrl.described(mtrl.key, {"KeyState": state})
		{[one.outcome, one.missing.part] | some one in found} == {["unverified", concat("", ["keys.", mtrl.key, ".metadata.KeyState"])]}
	}
}

test_unverified_unknown_key if {
	rule.findings == {fixture.unverified({"reason": "it is known after apply"})} with data.sealgate.model.jobs as fixture.jobs(fixture.known_after_apply)
		with data.sealgate.data.key_kinds as _required
}

test_pass_enabled_key if {
	aliases := {"context": {"aliases": {"alias/ml": mtrl.key}}}
	every name in [mtrl.key, "1234abcd-12ab-34cd-56ef-1234567890ab", "alias/ml"] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(name))
			with data.sealgate.data.key_kinds as _required
			with input as object.union(mtrl.described(mtrl.key, {"KeyState": "Enabled"}), aliases)
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as fixture.jobs(value.known(name))
			with data.sealgate.data.key_kinds as _required
	}
}

test_pass_aws_managed_key_whose_state_is_the_business_of_aws if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known("alias/aws/s3"))
		with data.sealgate.data.key_kinds as _required
}

test_pass_what_other_rules_deny if {
	every content in ["", "my-key", "arn:aws:s3:::my-bucket", 7, null] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(content))
			with data.sealgate.data.key_kinds as _required
	}
}

test_pass_where_nothing_is_stated if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as {}
		with input as mtrl.described(mtrl.key, {"KeyState": "Disabled"})
	rule.checked == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as {}
}

test_pass_no_key if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.absent)
		with data.sealgate.data.key_kinds as _required
	rule.findings == set() with data.sealgate.model.jobs as []
}

_required := fixture.kinds({"enabled": "required"})

_missing_key(name) := {
	"outcome": "violation",
	"subject": fixture.subject,
	"path": fixture.path,
	"message": concat("", ["Output.KeyId names ", name, ", which does not exist"]),
	"requirements": ["BCUST-02"],
}

_in_state(outcome, state) := {
	"outcome": outcome,
	"subject": fixture.subject,
	"path": fixture.path,
	"message": concat("", [
		"Output.KeyId names a key in the state ", state, ", in which ", data.sealgate.data.key_states[state].text,
	]),
	"remediation": data.sealgate.data.key_states[state].remediation,
	"evidence": {"KeyState": state},
	"requirements": ["BCUST-02"],
}
