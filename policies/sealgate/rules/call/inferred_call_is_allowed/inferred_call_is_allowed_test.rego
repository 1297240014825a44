package sealgate.rules.call.inferred_call_is_allowed_test

import data.sealgate.rules.call.inferred_call_is_allowed as rule

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

test_advice_denied if {
	simulated := [_simulation({"inferred": true}, {"kms:Decrypt": _denied})]
	found := rule.findings with data.sealgate.systems.calls.simulated as simulated
	_outcomes(found) == {["advice", "job", ["KmsKeyArn"]]}
	[one.message | some one in found] == [concat("", [
		"the execution role arn:role may not call kms:Decrypt on arn:key: no statement allows it ",
		"(that the job makes this call is an inference)",
	])]
	rule.checked == {"job"} with data.sealgate.systems.calls.simulated as simulated
}

test_pass_allowed_undecided_or_stated if {
	every simulation in [
		_simulation({"inferred": true}, {"kms:Decrypt": _allowed}),
		_simulation({"inferred": true}, {"kms:Decrypt": _undecided}),
		_simulation({}, {"kms:Decrypt": _denied}),
		_simulation({"inferred": true, "entry": {"allowed_by_grant": true}}, {"kms:Decrypt": _denied}),
	] {
		rule.findings == set() with data.sealgate.systems.calls.simulated as [simulation]
	}
}
