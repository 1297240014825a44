package sealgate.rules.bedrock.source_model_key_is_enabled_test

import data.sealgate.lib.value
import data.sealgate.rules.bedrock.source_model_key_is_enabled as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_state_in_which_a_key_is_not_used if {
	every state in ["Creating", "Disabled", "PendingDeletion", "PendingImport", "Unavailable"] {
		rule.findings == {_in_state(state)} with data.sealgate.model.jobs as _jobs(value.known(_model))
			with input as _context({"KeyState": state})
	}
}

test_violation_imported_model if {
	imported := "arn:aws:bedrock:us-west-2:111122223333:imported-model/abcdefghijkl"
	context := {"context": {"models": {imported: {"kms_key_arn": mtrl.key}}}}
	rule.findings == {_in_state("Disabled")} with data.sealgate.model.jobs as _jobs(value.known(imported))
		with input as object.union(mtrl.described(mtrl.key, {"KeyState": "Disabled"}), context)
}

test_violation_key_that_does_not_exist if {
	rule.findings == {{
		"outcome": "violation",
		"subject": fixture.subject,
		"path": _path,
		"message": concat("", ["the model's key ", mtrl.key, " does not exist"]),
	}} with data.sealgate.model.jobs as _jobs(value.known(_model))
		with input as {"context": {"models": {_model: {"kms_key_arn": mtrl.key}}, "keys": {mtrl.key: null}}}
}

test_unverified_model_of_which_nothing_was_supplied if {
	every context in [{}, {"models": {}}, {"models": {_model: {}}}] {
		found := rule.findings with data.sealgate.model.jobs as _jobs(value.known(_model)) with input as {"context": context}
		{[one.outcome, one.path, one.missing.part] | some one in found} == {[
			"unverified",
			_path,
			concat("", ["models.", _model, ".kms_key_arn"]),
		]}
	}
}

test_unverified_undescribed_key if {
	rule.findings == {_unverified(mtrl.undescribed(mtrl.key))} with data.sealgate.model.jobs as _jobs(value.known(_model))
		with input as {"context": {"models": {_model: {"kms_key_arn": mtrl.key}}}}
}

test_unverified_state_that_is_missing_or_not_understood if {
	every state in [null, "", "Asleep", 7] {
		found := rule.findings with data.sealgate.model.jobs as _jobs(value.known(_model))
			with input as _context({"KeyState": state})
		{[one.outcome, one.missing.part] | some one in found} == {[
			"unverified",
			concat("", ["keys.", mtrl.key, ".metadata.KeyState"]),
		]}
	}
}

test_unverified_model_that_is_not_known if {
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(fixture.known_after_apply)
	rule.findings == {_unverified({"reason": "it is known after apply"})} with data.sealgate.model.jobs as _jobs(fixture.known_after_apply)
}

test_pass_key_that_can_be_used if {
	every state in ["Enabled", "Updating"] {
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(value.known(_model))
			with input as _context({"KeyState": state})
		rule.findings == set() with data.sealgate.model.jobs as _jobs(value.known(_model))
			with input as _context({"KeyState": state})
	}
}

test_pass_model_without_a_customer_managed_key if {
	every model in [null, {"kms_key_arn": null}] {
		rule.findings == set() with data.sealgate.model.jobs as _jobs(value.known(_model))
			with input as {"context": {"models": {_model: model}}}
	}
}

test_pass_what_is_no_model_of_an_account if {
	every content in [
		"amazon.titan-text-express-v1",
		"arn:aws:bedrock:us-west-2::foundation-model/amazon.titan-text-express-v1",
		"arn:aws:sagemaker:us-west-2:111122223333:model/custom-model/x",
		"",
		null,
		7,
		[_model],
	] {
		rule.checked == set() with data.sealgate.model.jobs as _jobs(value.known(content))
		rule.findings == set() with data.sealgate.model.jobs as _jobs(value.known(content))
	}
}

test_pass_no_model if {
	every requests in [_jobs(value.absent), fixture.jobs_with(value.absent, {}, {"models": []}), []] {
		rule.checked == set() with data.sealgate.model.jobs as requests
		rule.findings == set() with data.sealgate.model.jobs as requests
	}
}

_model := "arn:aws:bedrock:us-west-2:111122223333:custom-model/amazon.titan-text-express-v1:0:8k/abcdefghijkl"

_path := ["sourceModelArn"]

_jobs(model) := fixture.jobs_with(value.absent, {}, {"models": [{"path": _path, "value": model}]})

_context(facts) := object.union(
	mtrl.described(mtrl.key, facts),
	{"context": {"models": {_model: {"kms_key_arn": mtrl.key}}}},
)

_in_state(state) := {
	"outcome": "violation",
	"subject": fixture.subject,
	"path": _path,
	"message": concat("", [
		"the model's key ",
		mtrl.key,
		" is in the state ",
		state,
		", in which ",
		data.sealgate.data.key_states[state].text,
	]),
	"remediation": data.sealgate.data.key_states[state].remediation,
	"evidence": {"KeyState": state},
}

_unverified(missing) := {
	"outcome": "unverified",
	"subject": fixture.subject,
	"path": _path,
	"missing": missing,
}
