package sealgate.rules.call.service_call_is_not_denied_test

import data.sealgate.rules.call.service_call_is_not_denied as rule

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

_service := {"entry": {"allowed_by_grant": true}}

test_violation_explicit_denial if {
	explicit := object.union(_denied, {"kind": "explicit", "by": {"policy": "the key policy", "sid": "Perimeter", "index": 1}})
	simulated := [_simulation(_service, {"kms:Decrypt": explicit})]
	found := rule.findings with data.sealgate.systems.calls.simulated as simulated
	_outcomes(found) == {["violation", "job", ["KmsKeyArn"]]}
	rule.checked == {"job"} with data.sealgate.systems.calls.simulated as simulated
}

test_unverified_undecided if {
	found := rule.findings with data.sealgate.systems.calls.simulated as [_simulation(_service, {"kms:Decrypt": _undecided})]
	_outcomes(found) == {["unverified", "job", ["KmsKeyArn"]]}
}

test_pass_allowed_or_made_by_others if {
	every simulation in [
		_simulation(_service, {"kms:Decrypt": _allowed}),
		_simulation(_service, {"kms:Decrypt": _denied}),
		_simulation({}, {"kms:Decrypt": _undecided}),
	] {
		rule.findings == set() with data.sealgate.systems.calls.simulated as [simulation]
	}
}
