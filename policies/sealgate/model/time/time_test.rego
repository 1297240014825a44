package sealgate.model.time_test

import data.sealgate.model.time

_plan := {"format_version": "1.2", "resource_changes": [], "timestamp": "2026-01-01T00:00:00Z"}

test_input_says_the_time if {
	every document in [{"now": "2026-06-30T12:00:00Z"}, {"now": "2026-06-30T12:00:00Z", "subject": {"terraform_plan": _plan}}] {
		time.now == "2026-06-30T12:00:00Z" with input as document
	}

	# What is no time there is for the decision to refuse, and the plan's is no better.
	time.now == null with input as {"now": null, "subject": {"terraform_plan": _plan}}
}

test_plan_says_when_it_was_made if {
	time.now == "2026-01-01T00:00:00Z" with input as {"subject": {"terraform_plan": _plan}}
	time.now == "2026-01-01T00:00:00Z" with input as _plan
}

test_nobody_says_the_time if {
	every document in [{}, {"subject": {}}, {"subject": {"terraform_plan": null}}, object.remove(_plan, ["timestamp"]), [], null] {
		time.now == "" with input as document
	}
}
