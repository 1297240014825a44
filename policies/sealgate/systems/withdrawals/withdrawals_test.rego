package sealgate.systems.withdrawals_test

import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.systems.withdrawals

# What the tests of access that is taken away share: a custom model that stays, its key and its role.

key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

role := "arn:aws:iam::111122223333:role/Job"

model := "aws_bedrock_custom_model.m"

planned(changes) := plan_test.holding(array.concat([_staying], changes), {})

_model := {"custom_model_kms_key_id": key, "job_name": "m", "region": "us-west-2", "role_arn": role}

_staying := plan_test.kept(model, _model)

with_policy(statements) := {
	"arn": key,
	"key_id": "1234abcd-12ab-34cd-56ef-1234567890ab",
	"policy": json.marshal({"Version": "2012-10-17", "Statement": statements}),
}

for_role := {"Sid": "Role", "Effect": "Allow", "Principal": {"AWS": role}, "Action": "kms:*", "Resource": "*"}

delegation := {"Sid": "Root", "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}

denial := {"Sid": "No", "Effect": "Deny", "Principal": {"AWS": role}, "Action": "kms:Decrypt", "Resource": "*"}

changed_key(before, after) := plan_test.changed("aws_kms_key.k", with_policy(before), with_policy(after))

kept_key(statements) := plan_test.kept("aws_kms_key.k", with_policy(statements))

kept_role := plan_test.kept("aws_iam_role.j", {"arn": role, "name": "Job", "inline_policy": []})

role_policy := {
	"name": "use",
	"policy": json.marshal({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}),
	"role": "Job",
}

grant := {
	"grant_id": "g",
	"grantee_principal": role,
	"key_id": key,
	"operations": ["Decrypt", "GenerateDataKey"],
}

# What a plan of these changes takes away: `{lost, deleted, candidates}` in short.
_taken(changes) := {
	"lost": {[one.address, one.kind, one.action] | some one in lost},
	"deleted": {[one.address, one.kind] | some one in deleted},
	"candidates": {one.address | some one in candidates},
} if {
	document := planned(changes)

	# regal ignore:with-outside-test-context
	lost := withdrawals.lost with input as document

	# regal ignore:with-outside-test-context
	deleted := withdrawals.deleted with input as document

	# regal ignore:with-outside-test-context
	candidates := withdrawals.candidates with input as document
}

_actions := {"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"}

test_statement_that_is_removed if {
	_taken([changed_key([for_role], []), kept_role]) == {
		"lost": {["aws_kms_key.k", kind, action] | some kind in ["key", "key_policy"]; some action in _actions},
		"deleted": set(),
		"candidates": {"aws_kms_key.k"},
	}
}

test_who_loses_what if {
	lost := withdrawals.lost with input as planned([changed_key([for_role], [for_role, denial]), kept_role])
	{object.remove(one, ["kind"]) | some one in lost} == {{
		"address": "aws_kms_key.k",
		"job": model,
		"who": role,
		"key": key,
		"action": "kms:Decrypt",
	}}
}

test_statement_of_a_policy_of_its_own if {
	before := {"key_id": "1234abcd-12ab-34cd-56ef-1234567890ab", "policy": with_policy([for_role]).policy}
	after := {"key_id": "1234abcd-12ab-34cd-56ef-1234567890ab", "policy": with_policy([]).policy}
	key_resource := plan_test.kept("aws_kms_key.k", with_policy([for_role]))
	taken := _taken([key_resource, kept_role, plan_test.changed("aws_kms_key_policy.p", before, after)])
	taken.lost == {["aws_kms_key_policy.p", "key_policy", action] | some action in _actions}
}

test_key_policy_that_is_deleted_leaves_it_open if {
	policy := {"key_id": key, "policy": with_policy([for_role]).policy}
	taken := _taken([kept_key([for_role]), kept_role, plan_test.deleted("aws_kms_key_policy.p", policy)])
	taken.lost == {["aws_kms_key_policy.p", "key_policy", action] | some action in _actions}
	taken.deleted == set()
}

test_policy_of_the_role_that_is_deleted if {
	taken := _taken([kept_key([delegation]), kept_role, plan_test.deleted("aws_iam_role_policy.p", role_policy)])
	taken.lost == {["aws_iam_role_policy.p", "identity", action] | some action in _actions}
}

test_policy_of_the_role_that_is_changed if {
	without := object.union(role_policy, {"policy": json.marshal({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}]})})
	taken := _taken([kept_key([delegation]), kept_role, plan_test.changed("aws_iam_role_policy.p", role_policy, without)])
	taken.lost == {["aws_iam_role_policy.p", "identity", action] | some action in (_actions - {"kms:Decrypt"})}
}

test_key_that_is_deleted if {
	_taken([plan_test.deleted("aws_kms_key.k", with_policy([for_role])), kept_role]) == {
		"lost": set(),
		"deleted": {["aws_kms_key.k", "key"]},
		"candidates": {"aws_kms_key.k"},
	}
}

test_grant_that_is_deleted if {
	taken := _taken([kept_key([delegation]), kept_role, plan_test.deleted("aws_kms_grant.g", grant)])
	taken.deleted == {["aws_kms_grant.g", "grant"]}

	# One on another key is none that the model needs.
	other := object.union(grant, {"key_id": "arn:aws:kms:us-west-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321"})
	_taken([kept_key([delegation]), kept_role, plan_test.deleted("aws_kms_grant.g", other)]) == {
		"lost": set(),
		"deleted": set(),
		"candidates": set(),
	}
}

test_what_is_not_taken_away if {
	every case in [
		# What nobody had, what is had still, and what is given.
		{"changes": [changed_key([], []), kept_role], "candidates": {"aws_kms_key.k"}},
		{"changes": [changed_key([for_role], [object.union(for_role, {"Sid": "Renamed"})]), kept_role], "candidates": {"aws_kms_key.k"}},
		{"changes": [changed_key([denial], [for_role]), kept_role], "candidates": {"aws_kms_key.k"}},
		# A policy that takes nothing away where the key's own policy allows the calls.
		{"changes": [kept_key([for_role]), kept_role, plan_test.deleted("aws_iam_role_policy.p", role_policy)], "candidates": {"aws_iam_role_policy.p"}},
		# Nothing changes.
		{"changes": [kept_key([]), kept_role], "candidates": set()},
		{"changes": [], "candidates": set()},
	] {
		_taken(case.changes) == {"lost": set(), "deleted": set(), "candidates": case.candidates}
	}
}

test_only_what_stays_as_it_is_can_lose_something if {
	before := object.union(_model, {"job_name": "before"})
	every change in [plan_test.changed(model, before, _model), plan_test.deleted(model, _model), plan_test.created(model, _model, {})] {
		document := plan_test.holding([change, changed_key([for_role], []), kept_role], {})
		withdrawals.candidates == set() with input as document
		withdrawals.lost == set() with input as document
		withdrawals.deleted == set() with input as document
	}
}

test_other_inputs_take_nothing_away if {
	every document in [{}, {"subject": {"aws_request": {"service": "sagemaker", "operation": "CreateJob", "parameters": {}}}}] {
		withdrawals.candidates == set() with input as document
		withdrawals.lost == set() with input as document
		withdrawals.deleted == set() with input as document
	}
}
