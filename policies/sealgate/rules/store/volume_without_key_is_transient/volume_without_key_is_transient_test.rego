package sealgate.rules.store.volume_without_key_is_transient_test

import data.sealgate.lib.value
import data.sealgate.rules.store.volume_without_key_is_transient as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl
import data.sealgate.systems.volumes_test as cluster

test_note_no_key if {
	every types in [[cluster.ebs], [cluster.ebs, "ml.c5.xlarge"], []] {
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as cluster.jobs(value.absent, "refused", types)
		rule.notes == {{
			"subject": fixture.subject,
			"path": fixture.path,
			"message": "Output.KeyId is not given, so SageMaker encrypts the ML storage volume with a transient key, which it discards",
		}} with data.sealgate.model.jobs as cluster.jobs(value.absent, "refused", types)
	}
}

test_no_note_where_a_key_is_given if {
	every key in [value.known(mtrl.key), value.known(""), value.known(null), fixture.known_after_apply] {
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as cluster.jobs(key, "refused", [cluster.ebs])
		rule.notes == set() with data.sealgate.model.jobs as cluster.jobs(key, "refused", [cluster.ebs])
	}
}

test_no_note_where_there_is_no_volume_or_may_be_none if {
	every type in [cluster.local, cluster.newer] {
		rule.notes == set() with data.sealgate.model.jobs as cluster.jobs(value.absent, "refused", [type])
	}
}

test_no_note_on_other_systems_and_other_keys if {
	other := fixture.jobs_with(value.absent, {"use": "volume"}, {})
	output := fixture.jobs_with(value.absent, {}, {"system": "sagemaker_at_rest"})
	every requests in [other, output, []] {
		rule.checked == set() with data.sealgate.model.jobs as requests
		rule.notes == set() with data.sealgate.model.jobs as requests
	}
}
