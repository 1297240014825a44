package sealgate.rules.org.customer_key_is_given_test

import data.sealgate.lib.value
import data.sealgate.rules.org.customer_key_is_given as rule
import data.sealgate.systems.catalogue_test as catalogue
import data.sealgate.systems.sagemaker_mtrl_test as mtrl
import data.sealgate.systems.volumes_test as volumes

test_violation_no_key if {
	_findings(value.absent, {}) == {_violation(" names no key")}
}

test_violation_empty if {
	every text in ["", " \t"] {
		_findings(value.known(text), {}) == {_violation(" names no key")}
	}
}

test_violation_wrong_type if {
	every content in [null, 7, [mtrl.key], {"Arn": mtrl.key}] {
		_findings(value.known(content), {}) == {_violation(" names no key")}
	}
}

test_violation_aws_managed_alias if {
	every name in ["alias/aws/s3", "arn:aws:kms:us-west-2:111122223333:alias/aws/s3"] {
		_findings(value.known(name), {}) == {_violation(" names an AWS managed key")}
	}
}

test_violation_aws_managed_key if {
	_findings(value.known(mtrl.key), {"keys": {mtrl.key: {"metadata": {"KeyManager": "AWS"}}}}) == {_violation(" names an AWS managed key")}
}

test_violation_alias_of_an_aws_managed_key if {
	context := {"aliases": {"alias/ml": mtrl.key}, "keys": {mtrl.key: {"metadata": {"KeyManager": "AWS"}}}}
	_findings(value.known("alias/ml"), context) == {_violation(" names an AWS managed key")}
}

test_violation_requirements_are_those_of_the_system if {
	{[system, use, found.requirements] |
		some system, uses in _uses
		some use in uses
		some found in _findings_of(object.union(_job(value.absent), {"system": system}), use, {})
	} == {
		["bedrock_custom_model", "model", ["BCUST-01"]],
		["bedrock_evaluation", "temporary", ["BEVAL-01"]],
		["sagemaker_at_rest", "volume", ["REST-01"]],
		["sagemaker_at_rest", "output", ["REST-02"]],
		["sagemaker_at_rest", "signing", []],
		["sagemaker_labeling", "output", ["LABEL-01"]],
		["sagemaker_labeling", "volume", ["LABEL-03"]],
		["sagemaker_mtrl", "output", ["MTRL-01"]],
		["other", "output", []],
	}
}

test_unverified_undescribed_key if {
	_findings(value.known(mtrl.key), {}) == {_unverified(mtrl.undescribed(mtrl.key))}
}

test_unverified_alias_of_an_unknown_key if {
	{found.missing.part | some found in _findings(value.known("alias/ml"), {})} == {"aliases.alias/ml"}
}

test_unverified_unknown_key if {
	_findings(value.unknown("it is known after apply"), {}) == {_unverified({"reason": "it is known after apply"})}
}

test_pass_customer_managed_key if {
	context := {"keys": {mtrl.key: {"metadata": {"KeyManager": "CUSTOMER"}}}}
	_findings(value.known(mtrl.key), context) == set()
	_findings(value.known("1234abcd-12ab-34cd-56ef-1234567890ab"), context) == set()
}

test_pass_what_other_rules_deny if {
	_findings(value.known("my-key"), {}) == set()
	_findings(value.known(mtrl.key), {"keys": {mtrl.key: null}}) == set()
}

test_pass_what_is_not_demanded if {
	every demand in [{"operations": ["bedrock:*"]}, {"operations": []}, {"uses": ["volume"]}, {"uses": []}] {
		_findings_under([demand], value.absent) == set()
	}
}

test_violation_what_is_demanded if {
	every demand in [
		{},
		{"operations": ["*"]},
		{"operations": ["bedrock:*", "sagemaker:Create*"]},
		{"uses": ["*"]},
		{"uses": ["volume", "output"]},
		{"operations": ["sagemaker:CreateJo?"], "uses": ["output"]},
	] {
		_findings_under([demand], value.absent) == {_violation(" names no key")}
	}
}

test_pass_nothing_demanded if {
	every settings in [{}, {"require_customer_key": []}] {
		rule.findings == set() with input as {"settings": settings} with data.sealgate.model.jobs as [_job(value.absent)]
		rule.checked == set() with input as {"settings": settings} with data.sealgate.model.jobs as [_job(value.absent)]
	}
}

test_pass_where_there_is_no_volume_to_encrypt if {
	key := {"path": ["KmsKeyId"], "use": "volume", "value": value.absent, "instances": [], "serverless": [["ServerlessConfig"]]}
	job := object.union(_job(value.absent), {"keys": [key]})
	settings := {"settings": {"require_customer_key": [{}]}}
	rule.findings == set() with input as settings with data.sealgate.model.jobs as [job]
	rule.checked == set() with input as settings with data.sealgate.model.jobs as [job]
}

test_unverified_volume_on_an_unfamiliar_instance_type if {
	settings := {"settings": {"require_customer_key": [{}]}}
	rule.findings == {{
		"outcome": "unverified",
		"subject": catalogue.subject,
		"path": catalogue.path,
		"missing": {"reason": volumes.unfamiliar(0)},
		"requirements": ["REST-01"],
	}} with input as settings with data.sealgate.model.jobs as volumes.jobs(value.absent, "refused", [volumes.newer])
}

test_pass_no_job if {
	settings := {"settings": {"require_customer_key": [{}]}}
	rule.findings == set() with input as settings with data.sealgate.model.jobs as []
	rule.checked == set() with input as settings with data.sealgate.model.jobs as []
}

test_both_categories if {
	settings := {"settings": {"require_customer_key": [{}]}}
	every category in mtrl.categories {
		rule.checked == {mtrl.subject} with input as mtrl.request(category, mtrl.naming_no_key, settings)
		rule.findings == {_violation(" names no key")} with input as mtrl.request(category, mtrl.naming_no_key, settings)
	}
}

_findings(key, context) := _findings_of(_job(key), "output", context)

_findings_under(demands, key) := findings if {
	settings := {"settings": {"require_customer_key": demands}}
	findings := rule.findings with input as settings with data.sealgate.model.jobs as [_job(key)]
}

_findings_of(job, use, context) := findings if {
	of_use := object.union(job, {"keys": [object.union(key, {"use": use}) | some key in job.keys]})
	document := {"settings": {"require_customer_key": [{"operations": ["sagemaker:CreateJob"]}]}, "context": context}
	findings := rule.findings with input as document with data.sealgate.model.jobs as [of_use]
}

_job(key) := {
	"subject": mtrl.subject,
	"operation": "sagemaker:CreateJob",
	"system": "sagemaker_mtrl",
	"partition": value.known("aws"),
	"region": value.known("us-west-2"),
	"account": value.known("111122223333"),
	"keys": [{"path": mtrl.path, "use": "output", "value": key, "instances": [], "serverless": []}],
}

_uses := {
	"bedrock_custom_model": ["model"],
	"bedrock_evaluation": ["temporary"],
	"sagemaker_at_rest": ["volume", "output", "signing"],
	"sagemaker_labeling": ["output", "volume"],
	"sagemaker_mtrl": ["output"],
	"other": ["output"],
}

_violation(fault) := {
	"outcome": "violation",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"message": concat("", [
		"JobConfigDocument.OutputDataConfig.KmsKeyArn",
		fault,
		", and the organisation requires a customer managed key for the output of sagemaker:CreateJob",
	]),
	"requirements": ["MTRL-01"],
}

_unverified(missing) := {
	"outcome": "unverified",
	"subject": mtrl.subject,
	"path": mtrl.path,
	"missing": missing,
	"requirements": ["MTRL-01"],
}
