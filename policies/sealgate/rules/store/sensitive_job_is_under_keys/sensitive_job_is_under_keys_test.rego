package sealgate.rules.store.sensitive_job_is_under_keys_test

import data.sealgate.lib.value
import data.sealgate.rules.store.sensitive_job_is_under_keys as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl
import data.sealgate.systems.volumes_test as cluster

test_violation_local_storage if {
	every key in [value.absent, value.known(mtrl.key), fixture.known_after_apply] {
		found := rule.findings with data.sealgate.model.jobs as _tagged(_volume(key, [cluster.ebs, cluster.local]))
			with input as _settings
		_on_local_storage(1) in found
	}
}

test_violation_local_storage_is_no_reason_to_ask_for_a_key if {
	rule.findings == {_on_local_storage(0)} with data.sealgate.model.jobs as _tagged(_volume(value.absent, [cluster.local]))
		with input as _settings
}

test_violation_no_volume_key if {
	every types in [[cluster.ebs], []] {
		rule.findings == {_without_key} with data.sealgate.model.jobs as _tagged(_volume(value.absent, types))
			with input as _settings
	}
}

test_violation_no_output_key if {
	rule.findings == {_without_key} with data.sealgate.model.jobs as _tagged({"use": "output", "value": value.absent})
		with input as _settings
}

test_violation_and_unverified_no_key_on_an_unfamiliar_type if {
	rule.findings == {_without_key, _unverified(fixture.path, cluster.unfamiliar(0))} with data.sealgate.model.jobs as _tagged(_volume(value.absent, [cluster.newer]))
		with input as _settings
}

test_violation_any_tag_that_marks_sensitive_data if {
	every tags in [
		[{"key": "data", "value": "personal"}],
		[{"key": "team", "value": "ml"}, {"key": "data", "value": "health"}],
		[{"key": "data", "value": "public"}, {"key": "data", "value": "health"}],
		[{"key": "classified", "value": "yes"}],
	] {
		rule.findings == {_without_key} with data.sealgate.model.jobs as fixture.jobs_with(value.absent, {}, {"tags": value.known(tags)})
			with input as _settings
	}
}

test_unverified_unfamiliar_type if {
	rule.findings == {_unverified(fixture.path, cluster.unfamiliar(0))} with data.sealgate.model.jobs as _tagged(_volume(value.known(mtrl.key), [cluster.newer]))
		with input as _settings
}

test_unverified_key_that_is_not_known if {
	every use in ["volume", "output"] {
		rule.findings == {_unverified(fixture.path, "it is known after apply")} with data.sealgate.model.jobs as _tagged({"use": use, "value": fixture.known_after_apply})
			with input as _settings
	}
}

test_unverified_tags_that_are_not_known if {
	rule.findings == {_unverified(["Tags"], "the job's tags can't be read")} with data.sealgate.model.jobs as fixture.jobs_with(value.absent, {}, {"tags": fixture.known_after_apply})
		with input as _settings
}

test_pass_keys_on_volumes if {
	requests := array.concat(
		_tagged(_volume(value.known(mtrl.key), [cluster.ebs])),
		_tagged({"use": "output", "value": value.known(mtrl.key)}),
	)
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as requests with input as _settings
	rule.findings == set() with data.sealgate.model.jobs as requests with input as _settings
}

test_pass_serverless_compute_has_no_volume if {
	serverless := {
		"use": "volume",
		"value": value.absent,
		"instances": [],
		"serverless": [["ServerlessJobConfig"]],
	}
	rule.findings == set() with data.sealgate.model.jobs as _tagged(serverless) with input as _settings
}

test_pass_keys_that_may_be_left_out if {
	every use in ["input", "resource", "signing", "data_capture"] {
		rule.findings == set() with data.sealgate.model.jobs as _tagged({"use": use, "value": value.absent})
			with input as _settings
	}
}

test_pass_jobs_that_are_not_tagged_as_sensitive if {
	every tags in [
		value.absent,
		value.known([]),
		value.known([{"key": "data", "value": "public"}]),
		value.known([{"key": "Data", "value": "personal"}]),
		value.known([{"key": "data", "value": "Personal"}]),
		value.known([{"key": "data", "value": ""}, {"key": "", "value": "personal"}]),
		value.known([{"key": "data", "value": null}, {"key": null, "value": "personal"}]),
	] {
		requests := fixture.jobs_with(value.absent, {}, {"tags": tags})
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as requests with input as _settings
		rule.findings == set() with data.sealgate.model.jobs as requests with input as _settings
	}
}

test_pass_where_no_tag_marks_sensitive_data if {
	every settings in [{}, {"sensitive_tags": {}}] {
		requests := _tagged({"value": value.absent})
		rule.checked == set() with data.sealgate.model.jobs as requests with input as {"settings": settings}
		rule.findings == set() with data.sealgate.model.jobs as requests with input as {"settings": settings}
	}
}

test_pass_no_job if {
	rule.checked == set() with data.sealgate.model.jobs as [] with input as _settings
	rule.findings == set() with data.sealgate.model.jobs as [] with input as _settings
}

_settings := {"settings": {"sensitive_tags": {"data": ["personal", "health"], "classified": ["yes"]}}}

_tagged(beside) := fixture.jobs_with(value.absent, beside, {"tags": value.known([{"key": "data", "value": "personal"}])})

_volume(key, types) := cluster.jobs(key, "refused", types)[0].keys[0]

_without_key := {
	"outcome": "violation",
	"subject": fixture.subject,
	"path": fixture.path,
	"message": "Output.KeyId names no key in a job that is tagged as sensitive",
}

_on_local_storage(index) := {
	"outcome": "violation",
	"subject": fixture.subject,
	"path": ["Groups", index, "InstanceType"],
	"message": concat("", [
		"Groups.",
		format_int(index, 10),
		".InstanceType is ml.g5.xlarge, whose local storage no KMS key covers, in a job that is tagged as sensitive",
	]),
}

_unverified(path, reason) := {
	"outcome": "unverified",
	"subject": fixture.subject,
	"path": path,
	"missing": {"reason": reason},
}

test_unverified_tag_that_may_be_sensitive if {
	later := value.unknown("it is not known until apply")
	reason := "whether the tag sensitivity makes the job a sensitive one can't be told: it is not known until apply"
	every tags, findings in {
		[{"key": "sensitivity", "value": later}]: {_unverified(["Tags"], reason)},
		[{"key": "team", "value": later}]: set(),
		# One that is known settles it.
		[{"key": "sensitivity", "value": later}, {"key": "sensitivity", "value": "high"}]: {_without_key},
	} {
		rule.findings == findings with data.sealgate.model.jobs as fixture.jobs_with(
			value.absent,
			{"use": "output", "instances": []},
			{"tags": value.known(tags)},
		)
			with input as {"settings": {"sensitive_tags": {"sensitivity": ["high"]}}}
	}
}
