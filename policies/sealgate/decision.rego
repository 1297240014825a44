# METADATA
# title: The decision
# description: |
#   The one entry point. Collects what the rules found, joins what the catalogue says of each rule, applies the
#   organisation's enforcement and exceptions, and says whether the subject is allowed. Rules are found by their place,
#   `data.sealgate.rules[area][rule]`; adding one touches no list.
# scope: package
package sealgate

import data.sealgate.lib.wildcard
import data.sealgate.model
import data.sealgate.model.context
import data.sealgate.model.settings
import data.sealgate.model.time

decision := {
	"allowed": _allowed,
	"findings": _findings,
	"checked": _checked,
	"notes": _notes,
	"exceptions": _exceptions,
	"context_from_caller": context.from_caller,
	"version": data.sealgate.data.version,
}

default _allowed := false

_allowed if {
	count(_denials) == 0
	count(_checked) > 0
	count(_unchecked_jobs) == 0
	count(_uncatalogued) == 0
	count(_rules_by_subject) > 0
}

# Taken before findings are shown, so that one that can't be shown denies all the same.
_denials := [judged | some judged in _enforced; judged.enforcement == "deny"]

# A guarded subject that no rule judged is no allowed subject.
_unchecked_jobs := [job | some job in model.jobs; not _rules_by_subject[model.named(job.subject)]]

# A rule that the catalogue does not know has findings that nobody could be shown.
_uncatalogued := [rule |
	some area, rule
	_ := data.sealgate.rules[area][rule].checked
	not data.sealgate.data.rules[area][rule]
]

# Every finding with its rule, its enforcement and the exception that covers it, before anything is left out.
_judged := [judged |
	some area, rule
	some found in data.sealgate.rules[area][rule].findings
	entry := data.sealgate.data.rules[area][rule]
	finding := _joined(found, data.sealgate.rules[area][rule].findings)
	judged := {
		"finding": finding,
		"rule": entry,
		"enforcement": _enforcement(entry, finding),
		"exceptions": [index | some index in _covering(entry, finding.subject)],
	}
]

# A subject that may be one of several is at fault for certain where each of them is.
_joined(found, findings) := found if {
	not model.variants[model.named(found.subject)]
} else := object.union(found, {"subject": model.named(found.subject)}) if {
	not _is_of_some(found, findings)
} else := object.union(object.filter(found, ["path", "requirements"]), {
	"subject": model.named(found.subject),
	"outcome": "unverified",
	"missing": {"reason": concat("", [
		"which of several keys it will be is not known until apply, and of one of them: ",
		found.message,
	])},
})

_is_of_some(found, findings) if {
	found.outcome == "violation"
	base := model.named(found.subject)
	having := {other.subject |
		some other in findings
		other.outcome == "violation"
		other.path == found.path
		model.named(other.subject) == base
	}
	count(having) < model.variants[base]
}

_enforced := [judged |
	some judged in _judged
	judged.enforcement != "off"
	count(judged.exceptions) == 0
]

_findings := array.concat(
	[_finding(judged) | some judged in _enforced; not judged.finding.missing],
	[_waiting(subject, reason) | some subject, reasons in _waiting_for; some reason, _ in reasons],
)

_finding(judged) := object.union(
	_described(judged, judged.finding.message),
	{member: model.shown(content) |
		some member, content in object.filter(judged.finding, {"remediation", "evidence", "requirements"})
	},
)

_described(judged, message) := {
	"rule": judged.rule.id,
	"outcome": judged.finding.outcome,
	"enforcement": judged.enforcement,
	"severity": judged.rule.severity,
	"level": judged.rule.level,
	"subject": judged.finding.subject,
	"path": array.concat(object.get(_places, judged.finding.subject, []), judged.finding.path),
	"message": model.shown(message),
	"remediation": judged.rule.remediation,
	"requirements": judged.rule.requirements,
	"reference": judged.rule.reference,
	"evidence": {},
}

# Where the parameters of a job stand in the resource or object that carries it.
_places := {model.named(job.subject): job.at | some job in model.jobs}

# One finding for all rules that wait for the same part: the path and the severity are those of the first by id.
_waiting(subject, reason) := object.union(_described(first, concat("", ["not verified: ", reason])), {
	"enforcement": _strongest({judged.enforcement | some judged in group}),
	"remediation": model.shown(object.get(first.finding.missing, "supply", first.rule.remediation)),
	"requirements": _requirements(group),
	"missing": {"part": model.shown(object.get(first.finding.missing, "part", reason)), "rules": ids},
}) if {
	group := [judged |
		some judged in _waiting_by[subject]
		judged.finding.missing.reason == reason
	]
	ids := sort([id | some id in {judged.rule.id | some judged in group}])
	paths := sort([judged.finding.path | some judged in group; judged.rule.id == ids[0]])
	first := [judged | some judged in group; judged.rule.id == ids[0]; judged.finding.path == paths[0]][0]
}

_requirements(group) := sort([id | some id in {id |
	some judged in group
	some id in object.get(judged.finding, "requirements", judged.rule.requirements)
}])

_waiting_of[judged.finding.subject] contains judged if {
	some judged in _enforced
	judged.finding.missing
}

_waiting_by := _waiting_of

_waiting_for := {subject: reasons |
	some subject, group in _waiting_by
	reasons := {judged.finding.missing.reason: true | some judged in group}
}

_strongest(enforcements) := "deny" if enforcements.deny

_strongest(enforcements) := "warn" if not enforcements.deny

# What a finding does to the verdict: deny, warn or off.
_enforcement(entry, finding) := _weaker(_by_outcome(entry, finding), "warn") if {
	# What is wrong with it was so before this change.
	model.unchanged[finding.subject]
	settings.current.unchanged == "warn"
	not entry.always
} else := _by_outcome(entry, finding)

_by_outcome(entry, finding) := _own(entry) if finding.outcome == "violation"

_by_outcome(entry, finding) := _weaker(_own(entry), "warn") if finding.outcome == "advice"

# What can't be verified is never enforced harder than the fault itself would be.
_by_outcome(entry, finding) := _weaker(_own(entry), _unverified(finding)) if finding.outcome == "unverified"

# Of a key the organisation may ask for certainty where it does not of all the rest, such as who submits a job.
_unverified(finding) := "deny" if {
	settings.current.unverified_keys == "deny"
	some prefix in ["keys.", "aliases."]
	startswith(object.get(finding.missing, "part", ""), prefix)
} else := "warn" if {
	settings.current.unverified == "warn"
} else := "deny"

_own(entry) := "deny" if {
	entry.always
} else := _mode(settings.current.enforcement.rules[entry.id]) if {
	settings.current.enforcement.rules[entry.id]
} else := _mode(settings.current.enforcement.levels[entry.level]) if {
	settings.current.enforcement.levels[entry.level]
} else := "deny"

# A word that is none of the three, in settings that nobody validated, relaxes nothing.
_mode(word) := word if word in {"deny", "warn", "off"}

_mode(word) := "deny" if not word in {"deny", "warn", "off"}

_weaker("off", _) := "off"

_weaker("warn", _) := "warn"

_weaker(own, other) := other if not own in {"off", "warn"}

# The exceptions in force for a rule and a subject, as indices into the settings.
_covering(entry, _) := [] if entry.always

_covering(entry, subject) := [index |
	some index, exception in _given_exceptions
	exception.rule == entry.id
	wildcard.matches(exception.subject, subject)
	_exception_status[index] == "in force"
] if {
	not entry.always
}

_exceptions := [reported |
	some index, exception in _given_exceptions
	reported := {
		"rule": exception.rule,
		"subject": exception.subject,
		"reason": exception.reason,
		"expires": exception.expires,
		"status": _reported_status(index),
	}
]

_reported_status(index) := "applied" if {
	_exception_status[index] == "in force"
	_applied[index]
} else := "unused" if {
	_exception_status[index] == "in force"
} else := _exception_status[index]

_applied := {index | some judged in _judged; some index in judged.exceptions}

_given_exceptions := [exception | some exception in settings.current.exceptions; is_object(exception)]

_exception_status := [status |
	some exception in _given_exceptions
	status := _status(exception)
]

# A day without a time is meant to its end. Without a clock nothing that expires is honoured.
_status(exception) := "no clock" if {
	not _is_time(time.now)
} else := "unreadable expiry" if {
	not is_string(object.get(exception, "expires", null))
} else := "in force" if {
	regex.match(`^\d{4}-\d{2}-\d{2}$`, exception.expires)
	substring(time.now, 0, 10) <= exception.expires
} else := "in force" if {
	_is_time(exception.expires)
	substring(time.now, 0, 19) < substring(exception.expires, 0, 19)
} else := "expired" if {
	regex.match(`^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?Z)?$`, exception.expires)
} else := "unreadable expiry"

_is_time(moment) if {
	is_string(moment)
	regex.match(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$`, moment)
}

_checked := [checked |
	some subject, rules in _rules_by_subject
	checked := {
		"subject": subject,
		"operation": object.get(_operations, subject, ""),
		"rules": sort([id | some id in rules]),
	}
]

_operations := {model.named(job.subject): job.operation | some job in model.jobs}

_rules_of[model.named(subject)] contains entry.id if {
	some area, rule
	entry := data.sealgate.data.rules[area][rule]
	_is_on(entry)
	some subject in data.sealgate.rules[area][rule].checked
}

_rules_by_subject := _rules_of

_is_on(entry) if _own(entry) != "off"

_notes := [note |
	some area, rule
	some said in data.sealgate.rules[area][rule].notes
	entry := data.sealgate.data.rules[area][rule]
	_is_on(entry)
	note := {
		"rule": entry.id,
		"subject": model.named(said.subject),
		"path": array.concat(object.get(_places, model.named(said.subject), []), said.path),
		"message": model.shown(said.message),
		"requirements": entry.requirements,
		"reference": entry.reference,
	}
]
