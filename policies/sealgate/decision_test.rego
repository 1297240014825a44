package sealgate_test

import data.sealgate
import data.sealgate.lib.finding
import data.sealgate.lib.value

# --- What a decision holds

test_finding_is_joined_with_what_the_catalogue_says if {
	_decided({"one": {_violation}}, {}) == {
		"allowed": false,
		"findings": [{
			"rule": "SG-MTRL-901",
			"outcome": "violation",
			"enforcement": "deny",
			"severity": "high",
			"level": "required",
			"subject": "job",
			"path": ["member"],
			"message": "it is wrong",
			"remediation": "Put it right.",
			"requirements": ["MTRL-01"],
			"reference": "https://docs.aws.amazon.com/one",
			"evidence": {},
		}],
		"checked": [{"subject": "job", "operation": "sagemaker:CreateJob", "rules": ["SG-MTRL-901"]}],
		"notes": [],
		"exceptions": [],
		"context_from_caller": [],
		"version": _version,
	}
}

test_what_a_finding_says_itself_goes_before_the_catalogue if {
	own := {"remediation": "Do this.", "evidence": {"KeyState": "Disabled"}, "requirements": ["MTRL-05"]}
	[found] := _decided({"one": {object.union(_violation, own)}}, {}).findings
	object.filter(found, {"remediation", "evidence", "requirements"}) == own
}

test_note_is_joined_with_what_the_catalogue_says if {
	decided := _decided({"fact": set()}, {})
	decided.allowed
	decided.notes == [{
		"rule": "SG-MTRL-904",
		"subject": "job",
		"path": ["member"],
		"message": "so it is",
		"requirements": ["MTRL-04"],
		"reference": "https://docs.aws.amazon.com/fact",
	}]
}

test_path_begins_where_the_parameters_stand if {
	decided := sealgate.decision with data.sealgate.rules as _rules({"one": {_violation}, "fact": set()})
		with data.sealgate.data.rules as _catalogue
		with data.sealgate.model.jobs as [{"subject": "job", "operation": "sagemaker:CreateJob", "at": ["spec", "job"]}]
	[found.path | some found in decided.findings] == [["spec", "job", "member"]]
	[note.path | some note in decided.notes] == [["spec", "job", "member"]]
}

test_parts_that_the_caller_supplied_are_named if {
	_decided({"one": set()}, {"context_from_caller": ["/keys", "/region"]}).context_from_caller == ["/keys", "/region"]
}

test_subject_without_an_operation_is_shown_without if {
	decided := sealgate.decision with data.sealgate.rules as _rules({"one": set()})
		with data.sealgate.data.rules as _catalogue
		with data.sealgate.model.jobs as []
	decided.checked == [{"subject": "job", "operation": "", "rules": ["SG-MTRL-901"]}]
	decided.allowed
}

# --- What is allowed

test_allowed_where_nothing_is_found if {
	_decided({"one": set(), "two": set()}, {}).allowed
}

test_denied_where_one_of_several_findings_denies if {
	decided := _decided({"one": {_violation}, "two": {_violation, _advice}}, {})
	not decided.allowed
	{[found.rule, found.outcome, found.enforcement] | some found in decided.findings} == {
		["SG-MTRL-901", "violation", "deny"],
		["SG-MTRL-902", "violation", "warn"],
		["SG-MTRL-902", "advice", "warn"],
	}
}

test_denied_where_no_rule_judged_the_job if {
	decided := sealgate.decision with data.sealgate.rules as {"mtrl": {"one": {"checked": {"another job"}, "findings": set()}}}
		with data.sealgate.data.rules as _catalogue
		with data.sealgate.model.jobs as [_job]
	not decided.allowed
	decided.findings == []
}

test_denied_where_nothing_was_judged if {
	decided := sealgate.decision with data.sealgate.rules as {"mtrl": {"one": {"checked": set(), "findings": set()}}}
		with data.sealgate.data.rules as _catalogue
		with data.sealgate.model.jobs as []
	decided == {
		"allowed": false,
		"findings": [],
		"checked": [],
		"notes": [],
		"exceptions": [],
		"context_from_caller": [],
		"version": data.sealgate.data.version,
	}
}

test_denied_where_the_catalogue_lacks_a_rule if {
	decided := sealgate.decision with data.sealgate.rules as _rules({"one": set(), "new": {_violation}})
		with data.sealgate.data.rules as _catalogue
		with data.sealgate.model.jobs as [_job]
	not decided.allowed
	decided.findings == []
}

test_denied_where_a_finding_can_not_be_shown if {
	decided := _decided({"one": {object.remove(_violation, {"message"})}}, {})
	not decided.allowed
	decided.findings == []
}

# --- How hard a finding is enforced

test_level_decides_unless_the_settings_name_the_rule if {
	_enforced("one", {}) == "deny"
	_enforced("two", {}) == "warn"
	_enforced("option", {}) == "deny"
	_enforced("one", {"levels": {"required": "warn"}}) == "warn"
	_enforced("two", {"levels": {"recommended": "deny"}}) == "deny"
	_enforced("one", {"rules": {"SG-MTRL-901": "warn"}, "levels": {"required": "deny"}}) == "warn"
	_enforced("two", {"rules": {"SG-MTRL-901": "off"}}) == "warn"
}

test_rule_that_is_off_finds_and_checks_nothing if {
	decided := _decided({"one": {_violation, _unverified("a")}, "two": set(), "fact": set()}, {"settings": {"enforcement": {"rules": {
		"SG-MTRL-901": "off",
		"SG-MTRL-904": "off",
	}}}})
	decided.allowed
	decided.findings == []
	decided.notes == []
	decided.checked == [{"subject": "job", "operation": "sagemaker:CreateJob", "rules": ["SG-MTRL-902"]}]
}

test_job_whose_every_rule_is_off_is_denied if {
	not _decided({"one": set()}, {"settings": {"enforcement": {"rules": {"SG-MTRL-901": "off"}}}}).allowed
}

test_word_that_is_no_enforcement_relaxes_nothing if {
	every word in ["", "Warn", "none", 7, true, []] {
		_enforced("two", {"rules": {"SG-MTRL-902": word}}) == "deny"
		_enforced("two", {"levels": {"recommended": word}}) == "deny"
	}
}

test_enforcement_that_is_no_object_relaxes_nothing if {
	every word in [null, "off", 7, []] {
		[found] := _decided({"two": {_violation}}, {"settings": {"enforcement": word}}).findings
		found.enforcement == "deny"
	}
}

test_rule_that_always_holds_knows_no_settings_and_no_exception if {
	decided := _decided({"always": {_violation}}, {
		"now": "2026-01-01T00:00:00Z",
		"settings": {
			"enforcement": {"levels": {"required": "off"}, "rules": {"SG-MTRL-903": "off"}},
			"exceptions": [_exception("SG-MTRL-903", "*", "2027-01-01")],
		},
	})
	not decided.allowed
	[found.enforcement | some found in decided.findings] == ["deny"]
	decided.checked == [{"subject": "job", "operation": "sagemaker:CreateJob", "rules": ["SG-MTRL-903"]}]
	[used.status | some used in decided.exceptions] == ["unused"]
}

test_advice_never_denies if {
	every rule in ["one", "two", "always"] {
		decided := _decided({rule: {_advice}}, {"settings": {"enforcement": {"levels": {"recommended": "deny"}}}})
		[found.enforcement | some found in decided.findings] == ["warn"]
		decided.allowed
	}
	_decided({"one": {_advice}}, {"settings": {"enforcement": {"levels": {"required": "off"}}}}).findings == []
}

# --- What is not verified

test_unverified_warns_unless_the_settings_say_deny if {
	_unverified_under("one", {}) == "warn"
	_unverified_under("one", {"unverified": "warn"}) == "warn"
	_unverified_under("one", {"unverified": "deny"}) == "deny"
	_unverified_under("always", {}) == "warn"
	_unverified_under("always", {"unverified": "deny"}) == "deny"
}

test_facts_about_keys_may_be_asked_for_alone if {
	of_key := finding.unverified("job", [], value.missing("keys.arn.policy", "it was not supplied", "Supply it."))
	of_alias := finding.unverified("job", [], value.missing("aliases.alias/ml", "it was not supplied", "Supply it."))
	of_caller := finding.unverified("job", [], value.missing("caller", "it was not supplied", "Supply it."))
	every found in [of_key, of_alias] {
		decided := _decided({"one": {found}}, {"settings": {"unverified_keys": "deny"}})
		[shown.enforcement | some shown in decided.findings] == ["deny"]
		as_ever := _decided({"one": {found}}, {})
		[shown.enforcement | some shown in as_ever.findings] == ["warn"]
	}
	every found in [of_caller, _unverified("behind a reference")] {
		decided := _decided({"one": {found}}, {"settings": {"unverified_keys": "deny"}})
		[shown.enforcement | some shown in decided.findings] == ["warn"]
	}
}

test_unverified_is_never_harder_than_the_violation_would_be if {
	_unverified_under("two", {"unverified": "deny"}) == "warn"
	_decided({"one": {_unverified("a")}}, {"settings": {"unverified": "deny", "enforcement": {"rules": {"SG-MTRL-901": "off"}}}}).findings == []
}

test_unverified_word_that_is_no_enforcement_relaxes_nothing if {
	every word in ["off", "", null, 7, []] {
		_unverified_under("one", {"unverified": word}) == "deny"
	}
}

test_rules_that_wait_for_the_same_are_one_finding if {
	missing := value.missing("region", "the Region is not known", "Say it.")
	decided := _decided(
		{
			"two": {finding.unverified("job", ["a"], missing)},
			"one": {finding.unverified("job", ["c"], missing), finding.unverified("job", ["b"], missing)},
		},
		{},
	)
	decided.findings == [{
		"rule": "SG-MTRL-901",
		"outcome": "unverified",
		"enforcement": "warn",
		"severity": "high",
		"level": "required",
		"subject": "job",
		"path": ["b"],
		"message": "not verified: the Region is not known",
		"remediation": "Say it.",
		"requirements": ["MTRL-01", "MTRL-02"],
		"reference": "https://docs.aws.amazon.com/one",
		"evidence": {},
		"missing": {"part": "region", "rules": ["SG-MTRL-901", "SG-MTRL-902"]},
	}]
	decided.allowed
}

test_strongest_enforcement_of_those_that_wait_counts if {
	decided := _decided({"two": {_unverified("a")}, "one": {_unverified("a")}}, {"settings": {"unverified": "deny"}})
	[[found.enforcement, found.missing.rules] | some found in decided.findings] == [["deny", ["SG-MTRL-901", "SG-MTRL-902"]]]
	not decided.allowed
}

test_what_waits_for_something_else_or_is_another_subject_stays_apart if {
	decided := _decided({"one": {_unverified("a"), _unverified("b"), finding.unverified("other", [], value.unknown("a"))}}, {})
	{[found.subject, found.message] | some found in decided.findings} == {
		["job", "not verified: a"],
		["job", "not verified: b"],
		["other", "not verified: a"],
	}
}

test_unknown_without_a_part_is_named_by_its_reason if {
	[found] := _decided({"one": {object.union(_unverified("behind a reference"), {"requirements": ["MTRL-09"]})}}, {}).findings
	found.missing == {"part": "behind a reference", "rules": ["SG-MTRL-901"]}
	found.remediation == "Put it right."
	found.requirements == ["MTRL-09"]
}

# --- Exceptions

test_exception_in_force_covers_its_rule_and_subject if {
	decided := _excepted([_exception("SG-MTRL-901", "job", "2026-06-30")], "2026-06-30T23:59:59Z")
	decided.allowed
	decided.findings == []
	decided.exceptions == [{
		"rule": "SG-MTRL-901",
		"subject": "job",
		"reason": "a reason",
		"expires": "2026-06-30",
		"status": "applied",
	}]
	decided.checked == [{"subject": "job", "operation": "sagemaker:CreateJob", "rules": ["SG-MTRL-901"]}]
}

test_subject_of_an_exception_is_a_pattern if {
	every pattern, status in {"*": "applied", "j?b": "applied", "j*": "applied", "jo": "unused", "job ": "unused", "j.b": "unused"} {
		decided := _excepted([_exception("SG-MTRL-901", pattern, "2027-01-01")], "2026-06-30T00:00:00Z")
		[used.status | some used in decided.exceptions] == [status]
		decided.allowed == _passes(status)
	}
}

test_exception_for_another_rule_is_unused if {
	decided := _excepted([_exception("SG-MTRL-902", "*", "2027-01-01")], "2026-06-30T00:00:00Z")
	not decided.allowed
	[used.status | some used in decided.exceptions] == ["unused"]
}

test_exception_covers_what_is_unverified_and_advised if {
	more := {
		"now": "2026-06-30T00:00:00Z",
		"settings": {"unverified": "deny", "exceptions": [_exception("SG-MTRL-901", "*", "2027-01-01")]},
	}
	decided := _decided({"one": {_unverified("a"), _advice}, "two": {_unverified("a")}}, more)
	[found.missing.rules | some found in decided.findings] == [["SG-MTRL-902"]]
	[used.status | some used in decided.exceptions] == ["applied"]
	decided.allowed
}

test_one_of_several_exceptions_is_enough if {
	exceptions := [
		_exception("SG-MTRL-901", "*", "2020-01-01"),
		_exception("SG-MTRL-901", "*", "2027-01-01"),
		_exception("SG-MTRL-901", "job", "2027-01-01T00:00:00Z"),
	]
	decided := _excepted(exceptions, "2026-06-30T00:00:00Z")
	decided.allowed
	[used.status | some used in decided.exceptions] == ["expired", "applied", "applied"]
}

test_expiry_of_exceptions if {
	every row in [
		["2026-06-30", "2026-06-30T23:59:59Z", "applied"],
		["2026-06-30", "2026-07-01T00:00:00Z", "expired"],
		["2026-06-30T12:00:00Z", "2026-06-30T11:59:59Z", "applied"],
		["2026-06-30T12:00:00Z", "2026-06-30T12:00:00Z", "expired"],
		["2026-06-30T12:00:00.5Z", "2026-06-30T11:59:59.999Z", "applied"],
		["2026-06-30T12:00:00Z", "2026-06-30T12:00:00.001Z", "expired"],
		["30.06.2026", "2026-01-01T00:00:00Z", "unreadable expiry"],
		["2026-06-30T12:00:00+02:00", "2026-01-01T00:00:00Z", "unreadable expiry"],
		["never", "2026-01-01T00:00:00Z", "unreadable expiry"],
		["", "2026-01-01T00:00:00Z", "unreadable expiry"],
		["2027-01-01", "2026-01-01", "no clock"],
		["2027-01-01", "2026-01-01T00:00:00+02:00", "no clock"],
		["2027-01-01", "", "no clock"],
	] {
		[expires, now, status] := row
		decided := _excepted([_exception("SG-MTRL-901", "*", expires)], now)
		[used.status | some used in decided.exceptions] == [status]
		decided.allowed == _passes(status)
	}
}

test_exception_without_a_clock_is_not_honoured if {
	exceptions := {"settings": {"exceptions": [_exception("SG-MTRL-901", "*", "2027-01-01")]}}
	every more in [exceptions, object.union(exceptions, {"now": null}), object.union(exceptions, {"now": 7})] {
		decided := _decided({"one": {_violation}}, more)
		not decided.allowed
		[used.status | some used in decided.exceptions] == ["no clock"]
	}
}

test_exception_without_its_members_is_not_honoured if {
	whole := _exception("SG-MTRL-901", "*", "2027-01-01")
	every member in ["rule", "subject", "expires"] {
		not _excepted([object.remove(whole, {member})], "2026-06-30T00:00:00Z").allowed
	}
	every exceptions in [null, "*", {}, ["SG-MTRL-901"], [null]] {
		not _excepted(exceptions, "2026-06-30T00:00:00Z").allowed
	}
}

# --- The rules that stand in for the real ones

_decided(findings, more) := decided if {
	decided := sealgate.decision with data.sealgate.rules as _rules(findings)
		with data.sealgate.data.rules as _catalogue
		with data.sealgate.data.version as _version
		with data.sealgate.model.jobs as [_job]
		with input as more
}

_rules(findings) := {"mtrl": {rule: exposed |
	some rule, found in findings
	exposed := object.union({"checked": {"job"}, "findings": found}, object.get(_notes, rule, {}))
}}

_notes := {"fact": {"notes": {finding.note("job", ["member"], "so it is")}}}

_enforced(rule, enforcement) := found.enforcement if {
	[found] := _decided({rule: {_violation}}, {"settings": {"enforcement": enforcement}}).findings
}

_unverified_under(rule, settings) := found.enforcement if {
	decided := _decided({rule: {_unverified("a")}}, {"settings": settings})
	[found] := decided.findings
	decided.allowed == _passes(found.enforcement)
}

default _passes(_) := false

_passes(word) if word in {"applied", "warn"}

_excepted(exceptions, now) := _decided({"one": {_violation}}, {"now": now, "settings": {"exceptions": exceptions}})

_exception(rule, subject, expires) := {
	"rule": rule,
	"subject": subject,
	"reason": "a reason",
	"expires": expires,
}

_violation := finding.violation("job", ["member"], "it is wrong")

_advice := finding.advice("job", ["member"], "it could be better")

_unverified(reason) := finding.unverified("job", ["member"], value.unknown(reason))

_job := {"subject": "job", "operation": "sagemaker:CreateJob"}

_version := {"policies": "1.2.3", "schema": 1}

_catalogue := {"mtrl": {
	"one": _entry("SG-MTRL-901", "required", "MTRL-01", "one"),
	"two": _entry("SG-MTRL-902", "recommended", "MTRL-02", "two"),
	"always": object.union(_entry("SG-MTRL-903", "required", "MTRL-03", "always"), {"always": true}),
	"fact": _entry("SG-MTRL-904", "fact", "MTRL-04", "fact"),
	"option": _entry("SG-MTRL-905", "option", "MTRL-05", "option"),
}}

_entry(id, level, requirement, page) := {
	"id": id,
	"level": level,
	"severity": "high",
	"remediation": "Put it right.",
	"requirements": [requirement],
	"reference": concat("/", ["https://docs.aws.amazon.com", page]),
	"always": false,
}
