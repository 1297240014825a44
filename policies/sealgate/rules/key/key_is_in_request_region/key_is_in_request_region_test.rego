package sealgate.rules.key.key_is_in_request_region_test

import data.sealgate.lib.value
import data.sealgate.rules.key.key_is_in_request_region as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_advice_key_of_another_region if {
	request := fixture.jobs_with(value.known(mtrl.key), {}, {"region": value.known("eu-west-1")})
	rule.findings == {_advice("Region", "us-west-2", "eu-west-1")} with data.sealgate.model.jobs as request
}

test_advice_key_of_another_partition if {
	request := fixture.jobs_with(value.known(mtrl.key), {}, {"partition": value.known("aws-cn")})
	rule.findings == {_advice("partition", "aws", "aws-cn")} with data.sealgate.model.jobs as request
}

test_advice_both if {
	request := fixture.jobs_with(value.known(mtrl.key), {}, {
		"partition": value.known("aws-us-gov"),
		"region": value.known("us-gov-west-1"),
	})
	rule.findings == {
		_advice("partition", "aws", "aws-us-gov"),
		_advice("Region", "us-west-2", "us-gov-west-1"),
	} with data.sealgate.model.jobs as request
}

test_advice_alias_of_a_key_of_another_region if {
	request := fixture.jobs_with(value.known("alias/ml"), {}, {"region": value.known("eu-west-1")})
	rule.findings == {_advice("Region", "us-west-2", "eu-west-1")} with data.sealgate.model.jobs as request
		with input as {"context": {"aliases": {"alias/ml": mtrl.key}}}
}

test_unverified_region_of_the_request if {
	every part in ["region", "partition"] {
		request := fixture.jobs_with(value.known(mtrl.key), {}, {part: value.unknown("nobody said it")})
		rule.findings == {object.remove(fixture.unverified({"reason": "nobody said it"}), {"requirements"})} with data.sealgate.model.jobs as request
	}
}

test_pass_key_of_the_region if {
	every name in [mtrl.key, mtrl.mrk, "1234abcd-12ab-34cd-56ef-1234567890ab", "arn:aws:kms:us-west-2:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(name))
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as fixture.jobs(value.known(name))
	}
}

test_pass_key_whose_arn_is_not_known if {
	every key in [fixture.known_after_apply, value.known("alias/ml"), value.known("alias/aws/s3")] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(key)
		rule.checked == set() with data.sealgate.model.jobs as fixture.jobs(key)
	}
}

test_pass_what_other_rules_deny if {
	every content in ["", "my-key", "arn:aws:kms:eu-west-1:1111:key/1", "arn:aws:s3:::my-bucket", 7, null] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(content))
	}
}

test_pass_no_key if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.absent)
	rule.checked == set() with data.sealgate.model.jobs as fixture.jobs(value.absent)
	rule.findings == set() with data.sealgate.model.jobs as []
}

_advice(part, given, wanted) := {
	"outcome": "advice",
	"subject": fixture.subject,
	"path": fixture.path,
	"message": concat("", [
		"Output.KeyId names a key of the ",
		part,
		" ",
		given,
		" in a request to ",
		wanted,
		"; we infer from KMS, whose keys are regional, that it can't be used there",
	]),
	"evidence": {"key": given, "request": wanted},
}
