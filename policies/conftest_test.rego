package main_test

import data.main

test_denials_and_warnings_are_those_of_the_decision if {
	decision := {"allowed": false, "findings": [_finding("SG-ONE", "deny"), _finding("SG-TWO", "warn"), _finding("SG-TWO", "deny")]}
	main.deny == {_shown("SG-ONE"), _shown("SG-TWO")} with data.sealgate.decision as decision
	main.warn == {_shown("SG-TWO")} with data.sealgate.decision as decision
}

test_allowance_denies_nothing if {
	decision := {"allowed": true, "findings": []}
	main.deny == set() with data.sealgate.decision as decision
	main.warn == set() with data.sealgate.decision as decision
}

test_missing_tables_deny if {
	message := "the tables of the policies are missing: run conftest test -p policies -d policies FILE"
	main.deny == {{"msg": message, "rule": "", "subject": "input"}} with data.sealgate as {}
}

test_missing_decision_denies if {
	message := "the policies have no decision on this input"
	main.deny == {{"msg": message, "rule": "", "subject": "input"}} with data.sealgate as {"data": {"rules": {"mtrl": {}}}}
}

test_input_that_is_not_allowed_is_denied_though_no_finding_is if {
	message := "the input is not allowed, though no rule denies it: nothing of it was judged"
	decision := {"allowed": false, "findings": [_finding("SG-TWO", "warn")]}
	main.deny == {{"msg": message, "rule": "", "subject": "input"}} with data.sealgate.decision as decision
}

_finding(rule, enforcement) := {
	"rule": rule,
	"outcome": "violation",
	"enforcement": enforcement,
	"severity": "high",
	"level": "required",
	"subject": "job",
	"path": ["member"],
	"message": "it is wrong",
	"remediation": "Put it right.",
	"requirements": [],
	"reference": "https://docs.aws.amazon.com/",
	"evidence": {},
}

_shown(rule) := {
	"msg": "job: it is wrong. Put it right.",
	"rule": rule,
	"outcome": "violation",
	"severity": "high",
	"subject": "job",
	"path": ["member"],
	"reference": "https://docs.aws.amazon.com/",
}
