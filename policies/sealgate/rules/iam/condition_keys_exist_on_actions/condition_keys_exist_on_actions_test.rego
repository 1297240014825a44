package sealgate.rules.iam.condition_keys_exist_on_actions_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.condition_keys_exist_on_actions as rule

test_violation_allow_that_never_grants if {
	_of({"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}}) == {_violation("the statement S of the key policy never allows kms:DescribeKey: no such call has kms:GrantIsForAWSResource")}
	_of({"Condition": {"Null": {"kms:EncryptionContext:team": "false"}}}) == {_violation("the statement S of the key policy never allows kms:DescribeKey: no such call has kms:EncryptionContext:team")}
}

test_violation_what_jobs_need_of_a_wildcard if {
	_of({"Action": "kms:*", "Condition": {"StringEquals": {"kms:GrantOperations": "Decrypt"}}}) == {_violation(concat(" ", [
		"the statement S of the key policy never allows kms:Decrypt, kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey:",
		"no such call has kms:GrantOperations",
	]))}
}

test_violation_key_of_another_service if {
	given := fixture.role_policy([{
		"Effect": "Allow",
		"Action": ["sagemaker:CreateJob", "sagemaker:DescribeJob"],
		"Resource": "*",
		"Condition": {
			"ArnEquals": {"sagemaker:OutputKmsKeyArn": fixture.key},
			"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"},
		},
	}])
	messages := {found.message | some found in rule.findings} with input as given
	messages == {
		concat(" ", [
			"statement 1 of the policy ml never allows sagemaker:CreateJob, sagemaker:describejob:",
			"no such call has kms:ViaService",
		]),
		concat(" ", [
			"statement 1 of the policy ml never allows sagemaker:describejob:",
			"no such call has sagemaker:OutputKmsKeyArn",
		]),
	}
}

test_violation_deny_that_never_or_always_fires if {
	_of({"Effect": "Deny", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "false"}}}) == {_violation("the statement S of the key policy never denies kms:DescribeKey: no such call has kms:GrantIsForAWSResource")}

	always := _violation(concat(" ", [
		"the statement S of the key policy denies, whatever the condition says, kms:DescribeKey:",
		"no such call has kms:EncryptionContext:team",
	]))
	_of({"Effect": "Deny", "Condition": {"StringNotEquals": {"kms:EncryptionContext:team": "ml"}}}) == {always}
	_of({"Effect": "Deny", "Condition": {"Null": {"kms:EncryptionContext:team": "true"}}}) == {always}
}

test_advice_samples_of_aws if {
	every page, changes in {
		"Encryption at rest for multi-turn reinforcement learning": {"Condition": {
			"StringEquals": {"kms:CallerAccount": "111122223333"},
			"StringLike": {"kms:ViaService": "sagemaker.*.amazonaws.com"},
			"Bool": {"kms:GrantIsForAWSResource": "true"},
		}},
		"Data encryption for model evaluation jobs": {
			"Principal": {"Service": "bedrock.amazonaws.com"},
			"Action": ["kms:GenerateDataKey", "kms:Decrypt", "kms:DescribeKey"],
			"Condition": {"StringLike": {
				"kms:EncryptionContext:evaluationJobArn": "arn:aws:bedrock:us-west-2:111122223333:evaluation-job/*",
				"aws:SourceArn": "arn:aws:bedrock:us-west-2:111122223333:evaluation-job/*",
			}},
		},
	} {
		[found] := [one | some one in _of(changes)]
		found.outcome == "advice"
		endswith(found.message, concat("", [" (AWS's own sample: ", page, ")"]))
	}
}

test_pass_conditions_that_do_no_harm if {
	every changes in [
		{"Condition": {"StringEquals": {"kms:CallerAccount": "111122223333"}}},
		{"Condition": {"StringEquals": {"kms:KeySpec": "SYMMETRIC_DEFAULT", "aws:PrincipalOrgID": "o-1"}}},
		{"Condition": {"BoolIfExists": {"kms:GrantIsForAWSResource": "true"}}},
		{"Condition": {"Null": {"kms:GrantIsForAWSResource": "true"}}},
		{"Condition": {"ForAllValues:StringEquals": {"kms:GrantOperations": ["Decrypt"]}}},
		{"Action": "kms:CreateGrant", "Condition": {"StringLike": {"kms:EncryptionContext:a": "b"}}},
		{"Action": "kms:GenerateDataKey*", "Condition": {"StringLike": {"kms:EncryptionContext:a": "b"}}},
		{"Action": "kms:BrandNew", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}}},
		{"Effect": "Deny", "Action": "kms:*", "Condition": {"Bool": {"kms:GrantIsForAWSResource": "false"}}},
		{"Effect": "Deny", "Condition": {"StringNotEqualsIfExists": {"kms:EncryptionContext:team": "ml"}}},
		{"Effect": "Deny", "Condition": {"ForAllValues:StringNotEquals": {"kms:GrantOperations": "Decrypt"}}},
	] {
		_of(changes) == set()
	}
}

test_pass_statement_on_all_but_some_actions if {
	given := fixture.role_policy([{
		"Effect": "Allow",
		"NotAction": "iam:*",
		"Resource": "*",
		"Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
	}])
	rule.findings == set() with input as given
	rule.checked == {fixture.role_subject} with input as given
}

_of(changes) := findings if {
	findings := rule.findings with input as fixture.key_policy([object.union(_statement, changes)])
}

_statement := {
	"Sid": "S",
	"Effect": "Allow",
	"Principal": {"AWS": fixture.role},
	"Action": ["kms:CreateGrant", "kms:DescribeKey"],
	"Resource": "*",
}

_violation(message) := fixture.found(
	"violation",
	fixture.key_subject,
	array.concat(fixture.key_path, ["Statement", 0]),
	message,
)
