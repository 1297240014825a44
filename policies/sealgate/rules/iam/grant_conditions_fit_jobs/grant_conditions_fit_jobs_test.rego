package sealgate.rules.iam.grant_conditions_fit_jobs_test

import data.sealgate.model.policies_test as fixture
import data.sealgate.rules.iam.grant_conditions_fit_jobs as rule

test_violation_one_job if {
	_of([fixture.root, _statement("StringEquals", _training, _job("my-job"))], {}) == {_violation(concat("", [
		"the statement S of the key policy allows grants for one job, ", _job("my-job"),
		": a job that goes on from another one needs a grant for that one too",
	]))}
}

test_violation_jobs_that_are_none if {
	every content in [
		"arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFTEvaluation/*",
		"arn:aws:sagemaker:us-west-2:111122223333:training-job/*",
		"arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT",
		"arn:aws:sagemaker:us-east-1:111122223333:job/*",
		"arn:aws-cn:sagemaker:*:111122223333:job/*",
		"arn:aws:bedrock:us-west-2:111122223333:job/*",
	] {
		_of([_statement("StringLike", _training, content)], {}) == {_violation(concat("", [
			"the statement S of the key policy never allows a grant: no job of the category AgentRFT that can use this",
			" key has an ARN such as ", content,
		]))}
	}
}

test_violation_jobs_of_an_account_without_jobs if {
	statement := _statement("StringLike", _training, "arn:aws:sagemaker:us-west-2:444455556666:job/*")
	[found] := [one | some one in _of([fixture.root, statement], _beside_a_job)]
	startswith(found.message, "the statement S of the key policy never allows a grant")

	# Without a job nobody knows whose jobs the key is for.
	_of([fixture.root, statement], {}) == set()
}

test_advice_one_category_alone if {
	every context_key, categories in {
		_training: ["AgentRFT", "AgentRFTEvaluation"],
		_evaluation: ["AgentRFTEvaluation", "AgentRFT"],
	} {
		_of([_statement("StringLike", context_key, "arn:aws:sagemaker:*:*:job/*")], {}) == {fixture.found(
			"advice",
			fixture.key_subject,
			array.concat(fixture.key_path, ["Statement", 1]),
			concat("", [
				"the statement S of the key policy allows grants for jobs of the category ", categories[0],
				" alone, and nothing else in the key policy allows them for ", categories[1],
			]),
		)}
	}
}

test_pass_both_categories if {
	_of(
		[
			_statement("StringLike", _training, "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/*"),
			_statement("StringLike", _evaluation, "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFTEvaluation/*"),
		],
		_beside_a_job,
	) == set()
}

test_pass_patterns_beside_the_account if {
	every content in [
		"*",
		"arn:*:job/AgentRFT/*",
		"arn:aws:sagemaker:us-west-2:${aws:PrincipalAccount}:job/AgentRFT/*",
		"arn:aws:sagemaker:us-west-2:111122223333:job/Agent??T/my-job-*",
		"arn:aws:sagemaker:us-west-2:111122223333:*",
	] {
		_of([fixture.root, _statement("StringLike", _training, content)], _beside_a_job) == set()
	}
	_of([fixture.root, _statement("StringEquals", _training, [_job("a"), _job("b")])], {}) == set()
	_of([fixture.root, _statement("StringNotEquals", _training, _job("a"))], {}) == set()
	_of([fixture.root, object.union(_statement("StringEquals", _training, _job("a")), {"Action": "kms:Decrypt"})], {}) == set()
	_of([fixture.root, object.union(_statement("StringEquals", _training, _job("a")), {"Effect": "Deny"})], {}) == set()
}

test_pass_no_policy if {
	rule.findings == set() with input as {}
	rule.checked == set() with input as {}
	rule.checked == {fixture.key_subject} with input as fixture.key_policy([fixture.root])
}

_training := "kms:EncryptionContext:aws:sagemaker:finetuning-job-arn"

_evaluation := "kms:EncryptionContext:aws:sagemaker:agent-rft-evaluation-job-arn"

_job(name) := concat("", ["arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/", name])

_beside_a_job := fixture.of_job({})

# Another statement that stands before does not grant.
_of(statements, beside) := findings if {
	all := array.concat([_describe | count(statements) == 1], statements)
	findings := rule.findings with input as object.union(beside, fixture.key_policy(all))
}

_describe := object.union(fixture.root, {"Action": "kms:DescribeKey"})

_statement(operator, context_key, content) := {
	"Sid": "S",
	"Effect": "Allow",
	"Principal": {"AWS": fixture.role},
	"Action": "kms:CreateGrant",
	"Resource": "*",
	"Condition": {operator: {context_key: content}},
}

_violation(message) := fixture.found(
	"violation",
	fixture.key_subject,
	array.concat(fixture.key_path, ["Statement", 1]),
	message,
)
