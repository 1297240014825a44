package sealgate.rules.call.call_is_allowed_where_documented_test

import data.sealgate.rules.call.call_is_allowed_where_documented as rule

_simulation(entry, answers) := object.union(
	{
		"job": {"subject": "job"},
		"entry": {"id": "a.call", "must_be_in": "either", "requirements": ["MTRL-07"]},
		"key": {"arn": "arn:key", "path": ["KmsKeyArn"]},
		"who": {"name": "the execution role", "arn": {"state": "known", "value": "arn:role"}},
		"inferred": false,
		"alternative": false,
		"answers": answers,
	},
	entry,
)

_allowed := {"decision": "allowed", "kind": null, "by": null, "nearest": [], "missing": [], "paths": {"key_policy": []}}

_denied := {"decision": "denied", "kind": "implicit", "by": null, "nearest": [], "missing": [], "paths": {}}

_undecided := {
	"decision": "undecided",
	"kind": null,
	"by": null,
	"nearest": [],
	"missing": [{"layer": "key_policy", "part": "keys", "reason": "it was not supplied", "supply": "Supply it."}],
	"paths": {},
}

_outcomes(findings) := {[finding.outcome, finding.subject, finding.path] | some finding in findings}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

test_advice_allowed_elsewhere if {
	every place, words in {
		"key_policy": "a statement of the key policy for it",
		"identity_policy": "a policy of its own",
	} {
		elsewhere := object.union(object.remove(_allowed, {"paths"}), {"paths": {"grant": []}})
		simulated := [_simulation({"entry": {"must_be_in": place}}, {"kms:Decrypt": elsewhere, "kms:Encrypt": elsewhere})]
		found := rule.findings with data.sealgate.systems.calls.simulated as simulated
		_outcomes(found) == {["advice", "job", ["KmsKeyArn"]]}
		[one.message | some one in found] == [concat("", [
			"the execution role arn:role may call kms:Decrypt, kms:Encrypt on the key, but not by ",
			words,
			", where the documentation has it",
		])]
		rule.checked == {"job"} with data.sealgate.systems.calls.simulated as simulated
	}
}

test_pass_where_documented_or_not_allowed_or_anywhere if {
	every simulation in [
		_simulation({"entry": {"must_be_in": "key_policy"}}, {"kms:Decrypt": _allowed}),
		_simulation({"entry": {"must_be_in": "key_policy"}}, {"kms:Decrypt": _denied}),
		_simulation({"entry": {"must_be_in": "key_policy"}}, {"kms:Decrypt": _undecided}),
		_simulation({}, {"kms:Decrypt": object.union(object.remove(_allowed, {"paths"}), {"paths": {"grant": []}})}),
	] {
		rule.findings == set() with data.sealgate.systems.calls.simulated as [simulation]
	}
}
