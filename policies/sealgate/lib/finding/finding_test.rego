package sealgate.lib.finding_test

import data.sealgate.lib.finding
import data.sealgate.lib.value

test_violation_says_where_and_what if {
	finding.violation("job", ["member"], "it is wrong") == {
		"outcome": "violation",
		"subject": "job",
		"path": ["member"],
		"message": "it is wrong",
	}
}

test_advice_says_where_and_what if {
	finding.advice("job", [], "it could be better") == {
		"outcome": "advice",
		"subject": "job",
		"path": [],
		"message": "it could be better",
	}
}

test_unverified_says_what_is_missing_in_place_of_a_message if {
	finding.unverified("job", ["member"], value.missing("region", "nobody said it", "Say it.")) == {
		"outcome": "unverified",
		"subject": "job",
		"path": ["member"],
		"missing": {"part": "region", "reason": "nobody said it", "supply": "Say it."},
	}
}

test_note_is_no_finding if {
	finding.note("job", ["member"], "so it is") == {"subject": "job", "path": ["member"], "message": "so it is"}
}

test_finding_takes_the_requirements_of_its_own_place if {
	finding.required_by(finding.violation("job", [], "it is wrong"), ["MTRL-05"]).requirements == ["MTRL-05"]
}

test_finding_takes_a_remediation_and_evidence_of_its_own if {
	found := finding.violation("job", [], "it is wrong")
	finding.because(finding.fixed_by(found, "Put it right."), {"KeyState": "Disabled"}) == {
		"outcome": "violation",
		"subject": "job",
		"path": [],
		"message": "it is wrong",
		"remediation": "Put it right.",
		"evidence": {"KeyState": "Disabled"},
	}
}
