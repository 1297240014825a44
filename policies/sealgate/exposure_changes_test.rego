package sealgate_test

import data.sealgate
import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.systems.withdrawals_test as fixture

_changes(changes, root) := answer.changes if {
	# regal ignore:with-outside-test-context
	answer := sealgate.exposure_changes with input as plan_test.holding(changes, root)
}

_row(action) := {
	"width": 4,
	"kind": "principal",
	"who": fixture.role,
	"actions": [action],
	"conditions": {},
	"services": [],
	"widens": [],
}

_allowing(action) := object.union(fixture.for_role, {"Action": action})

test_statement_that_a_plan_adds_and_one_that_it_removes if {
	_changes([fixture.changed_key([_allowing("kms:Decrypt")], [_allowing("kms:Encrypt")])], {}) == [{
		"key": fixture.key,
		"subject": "aws_kms_key.k",
		"gained": [_row("kms:Encrypt")],
		"lost": [_row("kms:Decrypt")],
		"unknown": [],
	}]
}

test_key_without_change_is_not_listed if {
	_changes([fixture.kept_key([fixture.for_role])], {}) == []
	_changes([fixture.changed_key([fixture.for_role], [fixture.for_role])], {}) == []
	_changes([], {}) == []
}

test_key_that_is_created_is_shown_by_its_address if {
	created := plan_test.created("aws_kms_key.new", {"policy": fixture.with_policy([_allowing("kms:Decrypt")]).policy}, {"arn": true})
	[change] := _changes([created, fixture.kept_role], {})
	change == {"key": "aws_kms_key.new", "subject": "aws_kms_key.new", "gained": [_row("kms:Decrypt")], "lost": [], "unknown": []}
}

test_key_that_is_deleted if {
	[change] := _changes([plan_test.deleted("aws_kms_key.k", fixture.with_policy([_allowing("kms:Decrypt")]))], {})
	change == {"key": fixture.key, "subject": "aws_kms_key.k", "gained": [], "lost": [_row("kms:Decrypt")], "unknown": []}
}

test_policy_that_is_not_known_is_listed_with_the_reason if {
	changed := fixture.changed_key([_allowing("kms:Decrypt")], [])
	root := {"resources": [plan_test.configured("aws_kms_key.k", {"policy": plan_test.from(["local.policy"])})]}
	[change] := _changes(
		[object.union(object.remove(changed, ["change"]), {"change": {
			"actions": ["update"],
			"before": changed.change.before,
			"after": {"arn": fixture.key},
			"after_unknown": {"policy": true},
		}})],
		root,
	)
	object.filter(change, ["subject", "gained", "lost"]) == {"subject": "aws_kms_key.k", "gained": [], "lost": []}
	[reason] := change.unknown
	contains(reason, "local.policy")
}

test_grant_that_a_plan_makes_or_takes_away if {
	kept := fixture.kept_key([fixture.delegation])
	[gained] := _changes([kept, plan_test.created("aws_kms_grant.g", fixture.grant, {})], {})
	object.filter(gained, ["subject", "lost", "unknown"]) == {"subject": "aws_kms_key.k", "lost": [], "unknown": []}
	[[row.who, row.actions] | some row in gained.gained] == [[fixture.role, ["kms:Decrypt", "kms:GenerateDataKey"]]]

	# On a key that is not of this plan.
	[lost] := _changes([plan_test.deleted("aws_kms_grant.g", fixture.grant)], {})
	object.filter(lost, ["key", "subject", "gained", "unknown"]) == {
		"key": fixture.key,
		"subject": "aws_kms_grant.g",
		"gained": [],
		"unknown": [],
	}
	[[row.who, row.actions] | some row in lost.lost] == [[fixture.role, ["kms:Decrypt", "kms:GenerateDataKey"]]]

	# The same grant again is none that was not there.
	_changes([plan_test.kept("aws_kms_grant.g", fixture.grant)], {}) == []
}

test_what_is_sensitive_is_not_shown_among_who_gains if {
	marked := object.union(fixture.changed_key([], [_allowing("kms:Decrypt")]), {"change": {"after_sensitive": {"arn": true}}})
	[change] := _changes([marked], {})
	change.key == "(sensitive value)"
	[row.actions | some row in change.gained] == [["kms:Decrypt"]]
}

test_another_input_changes_nothing if {
	every document in [{}, {"subject": {"aws_request": {}}}, {"subject": {"terraform_plan": null}}] {
		answer := sealgate.exposure_changes with input as document
		answer.changes == []
		answer.version == data.sealgate.data.version
	}
}
