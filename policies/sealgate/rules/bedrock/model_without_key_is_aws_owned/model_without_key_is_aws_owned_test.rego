package sealgate.rules.bedrock.model_without_key_is_aws_owned_test

import data.sealgate.lib.value
import data.sealgate.rules.bedrock.model_without_key_is_aws_owned as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_note_no_key if {
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(value.absent)
	rule.notes == {{
		"subject": fixture.subject,
		"path": fixture.path,
		"message": "Output.KeyId is not given, so Bedrock encrypts the model with an AWS owned key",
	}} with data.sealgate.model.jobs as _jobs(value.absent)
}

test_no_note_where_a_key_is_given if {
	every key in [value.known(mtrl.key), value.known(""), value.known(null), fixture.known_after_apply] {
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(key)
		rule.notes == set() with data.sealgate.model.jobs as _jobs(key)
	}
}

test_no_note_on_other_systems_and_other_keys if {
	other := fixture.jobs_with(value.absent, {"use": "model"}, {})
	output := fixture.jobs_with(value.absent, {}, {"system": "bedrock_custom_model"})
	every requests in [other, output, []] {
		rule.checked == set() with data.sealgate.model.jobs as requests
		rule.notes == set() with data.sealgate.model.jobs as requests
	}
}

_jobs(key) := fixture.jobs_with(key, {"use": "model"}, {"system": "bedrock_custom_model"})
