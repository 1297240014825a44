# METADATA
# title: Conditions on the job of a grant fit the jobs to come
# description: |
#   SageMaker creates a grant with the ARN of the job as its encryption context, and for an iterative job another one
#   with the ARN of the job before it. A kms:CreateGrant statement that names one job breaks iterative training, one
#   that names the context of training jobs alone refuses evaluation jobs, and one for jobs of another account, Region
#   or category never matches.
# scope: package
# related_resources:
#   - description: Encryption at rest for multi-turn reinforcement learning
#     ref: https://docs.aws.amazon.com/sagemaker/latest/dg/model-customize-mtrl-encryption-at-rest.html
# custom:
#   id: SG-IAM-006
#   level: recommended
#   severity: medium
#   requirements: [MTRL-18]
#   remediation: >-
#     Use a pattern such as arn:aws:sagemaker:region:account:job/AgentRFT/*, and a statement of its own for jobs of
#     the other category.
package sealgate.rules.iam.grant_conditions_fit_jobs

import data.sealgate.lib.arn
import data.sealgate.lib.finding
import data.sealgate.lib.iam.document
import data.sealgate.lib.text
import data.sealgate.model
import data.sealgate.model.policies

checked contains subject if some subject in policies.readable({"key_policy"})

findings contains found if {
	some test in _tests
	count(test.condition.written) == 1
	not _is_pattern(test.condition.written[0])
	not _never_matches(test)

	found := finding.violation(test.statement.policy.subject, test.statement.path, concat("", [
		test.statement.called,
		" allows grants for one job, ",
		test.condition.written[0],
		": a job that goes on from another one needs a grant for that one too",
	]))
}

findings contains found if {
	some test in _tests
	_never_matches(test)

	found := finding.violation(test.statement.policy.subject, test.statement.path, concat("", [
		test.statement.called,
		" never allows a grant: no job of the category ",
		test.category,
		" that can use this key has an ARN such as ",
		text.listed(test.condition.written),
	]))
}

findings contains found if {
	some test in _tests
	not _never_matches(test)
	some category, row in data.sealgate.data.job_categories
	row.context_key
	category != test.category
	not _is_open_to(category, test.statement.policy)

	found := finding.advice(test.statement.policy.subject, test.statement.path, concat("", [
		test.statement.called,
		" allows grants for jobs of the category ",
		test.category,
		" alone, and nothing else in the key policy allows them for ",
		category,
		policies.sample_of(test.statement.compiled),
	]))
}

# The conditions of CreateGrant statements without which none of their jobs has a grant.
_tests := [{"statement": statement, "condition": condition, "category": category} |
	some statement in _statements
	some condition in statement.compiled.conditions
	some category, context_key in _context_keys
	condition.key == context_key
	condition.key in policies.needed_keys(statement.compiled)
]

_statements := [statement |
	some statement in policies.statements
	statement.effect == "Allow"
	statement.policy.kind == "key_policy"
	document.names_action(statement.compiled, "kms:creategrant")
]

_context_keys := {category: concat("", ["kms:encryptioncontext:", row.context_key]) |
	some category, row in data.sealgate.data.job_categories
	row.context_key
}

_is_open_to(category, policy) if {
	some statement in _statements
	statement.policy.subject == policy.subject
	others := {context_key | some other, context_key in _context_keys; other != category}
	count(policies.needed_keys(statement.compiled) & others) == 0
}

_is_pattern(content) if regex.match(`[*?]|\$\{`, content)

_never_matches(test) if {
	every content in test.condition.written {
		_is_of_no_job(content, test)
	}
}

# A text with a variable, or in which a wildcard may stand for several parts, is not taken apart.
_is_of_no_job(content, test) if {
	not contains(content, "${")
	parts := arn.parse(content)
	key := arn.parse(test.statement.policy.owner)
	some [part, possible] in [
		[parts.partition, {key.partition}],
		[parts.service, {"sagemaker"}],
		[parts.region, {key.region}],
		[parts.account, _accounts(test.statement.policy, parts.account)],
	]
	not _is_pattern(part)
	not part in possible
}

_is_of_no_job(content, test) if {
	not contains(content, "${")
	resource := arn.parse(content).resource
	prefix := concat("", ["job/", test.category, "/"])
	fixed := regex.find_all_string_submatch_n(`^([^*?]*)`, resource, 1)[0][1]
	not startswith(fixed, prefix)
	not _is_opening(resource, fixed, prefix)
}

_is_opening(resource, fixed, prefix) if {
	resource != fixed
	startswith(prefix, fixed)
}

# The accounts of the jobs that name the key; where there are none, any account may be meant.
_accounts(policy, account) := accounts if {
	accounts := _accounts_by_key[policy.owner]
} else := {account}

_accounts_by_key := _accounts_of_key

_accounts_of_key[named.arn.value] contains named.job.account.value if {
	some named in model.named_keys
	named.arn.state == "known"
	named.job.account.state == "known"
}
