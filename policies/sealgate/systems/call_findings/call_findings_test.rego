package sealgate.systems.call_findings_test

import data.sealgate.systems.call_findings

_answer(changes) := object.union({"decision": "denied", "kind": "implicit", "by": null, "nearest": [], "missing": []}, changes)

_statement := {"layer": "key_policy", "policy": "the key policy", "index": 0, "sid": "Perimeter"}

_simulation(entry, answers) := {
	"job": {"subject": "job"},
	"entry": object.union({"id": "a.call", "must_be_in": "either", "requirements": ["MTRL-07"]}, entry),
	"key": {"arn": "arn:key", "path": ["KmsKeyArn"]},
	"who": {"name": "the execution role", "arn": {"state": "known", "value": "arn:role"}},
	"answers": answers,
}

test_reason_names_the_statement_that_decides if {
	call_findings.reason(_answer({"kind": "explicit", "by": _statement})) == "statement Perimeter of the key policy denies it"
}

test_reason_names_the_nearest_statement if {
	nearest := object.union(object.remove(_statement, {"sid"}), {"reason": "its principals do not include arn:role"})
	call_findings.reason(_answer({"nearest": [nearest]})) == concat("", [
		"statement 1 of the key policy comes nearest and does not allow it: ",
		"its principals do not include arn:role",
	])
	call_findings.reason(_answer({"nearest": [{"policy": "the boundary", "reason": "it is none"}]})) == concat("", [
		"the boundary comes nearest and does not allow it: ",
		"it is none",
	])
}

test_reason_where_a_layer_has_no_statement if {
	nearest := {"layer": "identity", "policy": null, "index": null, "sid": null, "reason": "no statement allows kms:Decrypt"}
	call_findings.reason(_answer({"nearest": [nearest]})) == "in its own policies no statement allows kms:Decrypt"
}

test_reason_without_a_statement if {
	call_findings.reason(_answer({})) == "no statement allows it"
}

test_denial_of_an_implicit_denial if {
	denied := {"kms:Decrypt": _answer({}), "kms:GenerateDataKey": _answer({})}
	call_findings.denial(_simulation({"via": "s3"}, denied), denied) == {
		"outcome": "violation",
		"subject": "job",
		"path": ["KmsKeyArn"],
		"message": concat("", [
			"the execution role arn:role may not call kms:Decrypt, kms:GenerateDataKey on arn:key through s3: ",
			"no statement allows it",
		]),
		"remediation": concat("", [
			"Allow arn:role kms:Decrypt, kms:GenerateDataKey with kms:ViaService s3.*.amazonaws.com: ",
			"in a statement of the key policy, or in its own policy where the key policy delegates to the account.",
		]),
		"requirements": ["MTRL-07"],
		"evidence": {
			"call": "a.call",
			"principal": "arn:role",
			"key": "arn:key",
			"actions": ["kms:Decrypt", "kms:GenerateDataKey"],
			"by": null,
			"nearest": [],
		},
	}
}

test_denial_of_an_explicit_denial if {
	denied := {"kms:Decrypt": _answer({"kind": "explicit", "by": _statement})}
	found := call_findings.denial(_simulation({}, denied), denied)
	found.message == "the execution role arn:role may not call kms:Decrypt on arn:key: statement Perimeter of the key policy denies it"
	found.remediation == "Take statement Perimeter of the key policy away, or exempt this call from it by a condition."
}

test_denial_without_a_service_in_between if {
	denied := {"kms:Encrypt": _answer({})}
	found := call_findings.denial(_simulation({"must_be_in": "key_policy"}, denied), denied)
	found.remediation == "Allow arn:role kms:Encrypt: in a statement of the key policy."
}

test_doubts_name_what_was_not_supplied_first if {
	supplied := {"layer": "key_policy", "part": "keys.arn:key.policy", "reason": "the key policy was not supplied", "supply": "Supply it."}
	other := {"layer": "context", "part": "kms:GrantOperations", "reason": "the documents do not say"}
	answers := {"kms:CreateGrant": _answer({"decision": "undecided", "missing": [other, supplied]})}
	call_findings.doubts(_simulation({}, answers)) == {{
		"state": "unknown",
		"part": "keys.arn:key.policy",
		"reason": "the key policy was not supplied",
		"supply": "Supply it.",
	}}

	open := {"kms:CreateGrant": _answer({"decision": "undecided", "missing": [other]})}
	call_findings.doubts(_simulation({}, open)) == {{"state": "unknown", "reason": concat("", [
		"whether the execution role arn:role may call kms:CreateGrant on arn:key depends on kms:GrantOperations: ",
		"the documents do not say",
	])}}
}

test_denied_actions if {
	answers := {"kms:Decrypt": _answer({}), "kms:Encrypt": _answer({"decision": "allowed"})}
	call_findings.denied(_simulation({}, answers)) == {"kms:Decrypt": _answer({})}
}

test_denial_of_the_request_itself if {
	denied := {"sagemaker:CreateJob": _answer({})}
	found := call_findings.denial(_simulation({"must_be_in": "identity_policy", "resource": "<job arn>"}, denied), denied)
	found.message == "the execution role arn:role may not call sagemaker:CreateJob with arn:key: no statement allows it"
	found.remediation == "Allow arn:role sagemaker:CreateJob: in its own policy."
}

test_remedy_where_a_limit_stands_against_the_call if {
	nearest := {"layer": "scp", "policy": null, "index": null, "sid": null, "reason": "no statement allows kms:Decrypt"}
	denied := {"kms:Decrypt": _answer({"nearest": [nearest]})}
	found := call_findings.denial(_simulation({}, denied), denied)
	found.remediation == "Allow kms:Decrypt in the service control policies."
}
