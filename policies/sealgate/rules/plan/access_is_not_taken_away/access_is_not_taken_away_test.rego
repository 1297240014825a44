package sealgate.rules.plan.access_is_not_taken_away_test

import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.rules.plan.access_is_not_taken_away as rule
import data.sealgate.systems.withdrawals_test as fixture

test_violation_statement_is_removed if {
	document := fixture.planned([fixture.changed_key([fixture.for_role], [fixture.for_role, fixture.denial]), fixture.kept_role])
	rule.findings == {_violation(
		"aws_kms_key.k",
		concat("", [
			"this change takes away what aws_bedrock_custom_model.m needs: ",
			fixture.role,
			" may no longer call kms:Decrypt on ",
			fixture.key,
		]),
		{"job": fixture.model, "actions": ["kms:Decrypt"]},
	)} with input as document
	rule.checked == {"aws_kms_key.k"} with input as document
}

test_violation_policy_of_the_role_is_deleted if {
	document := fixture.planned([
		fixture.kept_key([fixture.delegation]),
		fixture.kept_role,
		plan_test.deleted("aws_iam_role_policy.p", fixture.role_policy),
	])
	[found] := [found | some found in rule.findings] with input as document
	found.subject == "aws_iam_role_policy.p"
	found.evidence.actions == ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"]
}

test_violation_key_is_deleted if {
	document := fixture.planned([plan_test.deleted("aws_kms_key.k", fixture.with_policy([fixture.for_role])), fixture.kept_role])
	message := "the plan deletes this key, and aws_bedrock_custom_model.m, which stays, is under it"
	rule.findings == {_violation("aws_kms_key.k", message, {"job": fixture.model})} with input as document
}

test_violation_grant_is_deleted if {
	document := fixture.planned([
		fixture.kept_key([fixture.for_role]),
		fixture.kept_role,
		plan_test.deleted("aws_kms_grant.g", fixture.grant),
	])
	message := "the plan deletes this grant, and aws_bedrock_custom_model.m, which stays, is under its key"
	rule.findings == {_violation("aws_kms_grant.g", message, {"job": fixture.model})} with input as document
}

test_pass_statement_is_kept if {
	document := fixture.planned([fixture.changed_key([fixture.for_role], [fixture.delegation, fixture.for_role]), fixture.kept_role])
	rule.findings == set() with input as document
	rule.checked == {"aws_kms_key.k"} with input as document
}

test_pass_nothing_that_needs_it_stays if {
	every changes in [
		[fixture.changed_key([fixture.for_role], []), fixture.kept_role],
		[plan_test.deleted("aws_kms_key.k", fixture.with_policy([fixture.for_role]))],
	] {
		rule.findings == set() with input as plan_test.holding(changes, {})
		rule.checked == set() with input as plan_test.holding(changes, {})
	}
}

_violation(subject, message, evidence) := {
	"outcome": "violation",
	"subject": subject,
	"path": [],
	"message": message,
	"evidence": evidence,
}
