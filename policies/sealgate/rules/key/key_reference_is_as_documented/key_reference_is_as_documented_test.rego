package sealgate.rules.key.key_reference_is_as_documented_test

import data.sealgate.lib.value
import data.sealgate.rules.key.key_reference_is_as_documented as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_advice_form_that_only_the_pattern_accepts if {
	described := {
		"alias/ml": "an alias (alias/ml)",
		"1234abcd-12ab-34cd-56ef-1234567890ab": "a key id without its ARN (1234abcd-12ab-34cd-56ef-1234567890ab)",
		"arn:aws:kms:us-west-2:111122223333:alias/ml": "the ARN of an alias (arn:aws:kms:us-west-2:111122223333:alias/ml)",
	}
	every given, words in described {
		rule.findings == {{
			"outcome": "advice",
			"subject": fixture.subject,
			"path": fixture.path,
			"message": concat("", ["Output.KeyId is ", words, "; its documentation speaks only of a key ARN"]),
		}} with data.sealgate.model.jobs as _jobs(value.known(given))
	}
}

test_pass_the_documented_form if {
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(value.known(mtrl.key))
	rule.findings == set() with data.sealgate.model.jobs as _jobs(value.known(mtrl.key))
}

test_pass_form_that_another_rule_denies if {
	every content in ["", "my-key", "arn:aws:s3:::my-bucket", null, 7, ["alias/ml"], {"Arn": "alias/ml"}] {
		rule.findings == set() with data.sealgate.model.jobs as _jobs(value.known(content))
	}
	narrow := fixture.jobs_with(value.known("alias/ml"), {"forms": ["key_arn", "key_id"], "documented": ["key_arn"]}, {})
	rule.findings == set() with data.sealgate.model.jobs as narrow
}

test_pass_unknown_key_that_another_rule_waits_for if {
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(fixture.known_after_apply)
	rule.findings == set() with data.sealgate.model.jobs as _jobs(fixture.known_after_apply)
}

test_pass_member_whose_text_names_every_form if {
	rule.checked == set() with data.sealgate.model.jobs as fixture.jobs(value.known("alias/ml"))
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known("alias/ml"))
}

test_pass_no_key if {
	rule.checked == set() with data.sealgate.model.jobs as _jobs(value.absent)
	rule.findings == set() with data.sealgate.model.jobs as _jobs(value.absent)
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_jobs(key) := fixture.jobs_with(key, {"documented": ["key_arn"]}, {})
