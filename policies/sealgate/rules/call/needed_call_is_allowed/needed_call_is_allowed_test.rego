package sealgate.rules.call.needed_call_is_allowed_test

import data.sealgate.rules.call.needed_call_is_allowed as rule

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

test_pass_allowed if {
	simulated := [_simulation({}, {"kms:Decrypt": _allowed})]
	rule.findings == set() with data.sealgate.systems.calls.simulated as simulated
		with data.sealgate.systems.calls.undetermined as []
	rule.checked == {"job"} with data.sealgate.systems.calls.simulated as simulated
}

test_violation_denied if {
	simulated := [_simulation({}, {"kms:Decrypt": _denied, "kms:GenerateDataKey": _allowed})]
	found := rule.findings with data.sealgate.systems.calls.simulated as simulated
		with data.sealgate.systems.calls.undetermined as []
	[one.message | some one in found] == ["the execution role arn:role may not call kms:Decrypt on arn:key: no statement allows it"]
	_outcomes(found) == {["violation", "job", ["KmsKeyArn"]]}
}

test_pass_denied_but_inferred_or_under_a_grant_to_be_made if {
	every entry in [{"inferred": true}, {"entry": {"allowed_by_grant": true}}] {
		simulated := [_simulation(entry, {"kms:Decrypt": _denied})]
		rule.findings == set() with data.sealgate.systems.calls.simulated as simulated
			with data.sealgate.systems.calls.undetermined as []
	}
}

test_unverified_undecided if {
	simulated := [_simulation({}, {"kms:Decrypt": _undecided})]
	found := rule.findings with data.sealgate.systems.calls.simulated as simulated
		with data.sealgate.systems.calls.undetermined as []
	found == {{
		"outcome": "unverified",
		"subject": "job",
		"path": ["KmsKeyArn"],
		"missing": {"part": "keys", "reason": "it was not supplied", "supply": "Supply it."},
		"requirements": ["MTRL-07"],
	}}
}

test_unverified_undetermined if {
	undetermined := [{
		"job": {"subject": "job"},
		"entry": {"requirements": ["MTRL-10"]},
		"path": ["KmsKeyArn"],
		"unknown": {"state": "unknown", "reason": "who submits is not known"},
	}]
	found := rule.findings with data.sealgate.systems.calls.simulated as []
		with data.sealgate.systems.calls.undetermined as undetermined
	found == {{
		"outcome": "unverified",
		"subject": "job",
		"path": ["KmsKeyArn"],
		"missing": {"reason": "who submits is not known"},
		"requirements": ["MTRL-10"],
	}}
	rule.checked == {"job"} with data.sealgate.systems.calls.simulated as []
		with data.sealgate.systems.calls.undetermined as undetermined
}

_caller := {"alternative": true, "who": {"name": "the caller", "arn": {"state": "known", "value": "arn:caller"}}}

test_violation_both_alternatives_denied if {
	simulated := [
		_simulation({"alternative": true}, {"kms:Decrypt": _denied}),
		_simulation(_caller, {"kms:Decrypt": _denied}),
	]
	found := rule.findings with data.sealgate.systems.calls.simulated as simulated
		with data.sealgate.systems.calls.undetermined as []
	_outcomes(found) == {["violation", "job", ["KmsKeyArn"]]}
	count(found) == 2
}

test_unverified_the_other_alternative_is_not_known if {
	simulated := [_simulation({"alternative": true}, {"kms:Decrypt": _denied})]
	found := rule.findings with data.sealgate.systems.calls.simulated as simulated
		with data.sealgate.systems.calls.undetermined as []
	_outcomes(found) == {["unverified", "job", ["KmsKeyArn"]]}
}

test_unverified_one_alternative_denied if {
	simulated := [
		_simulation({"alternative": true}, {"kms:Decrypt": _denied}),
		_simulation(_caller, {"kms:Decrypt": _allowed}),
	]
	found := rule.findings with data.sealgate.systems.calls.simulated as simulated
		with data.sealgate.systems.calls.undetermined as []
	found == {{
		"outcome": "unverified",
		"subject": "job",
		"path": ["KmsKeyArn"],
		"missing": {"reason": concat("", [
			"the documents do not settle whether the caller or the execution role calls kms:Decrypt, ",
			"which the execution role arn:role may not",
		])},
		"requirements": ["MTRL-07"],
	}}
}

test_violation_request_denied if {
	simulated := [_simulation({"entry": {"resource": "<job arn>"}}, {"sagemaker:CreateJob": _denied})]
	found := rule.findings with data.sealgate.systems.requests.simulated as simulated
		with data.sealgate.systems.calls.simulated as []
		with data.sealgate.systems.calls.undetermined as []
	_outcomes(found) == {["violation", "job", ["KmsKeyArn"]]}
}

test_violation_role_that_does_not_exist if {
	found := rule.findings with data.sealgate.systems.calls.simulated as [_simulation({}, {"kms:Decrypt": _allowed})]
		with data.sealgate.systems.calls.undetermined as []
		with input.context.principals as {"arn:role": null}
	[one.message | some one in found] == ["the execution role arn:role does not exist"]
}
