package sealgate.rules.store.volume_key_covers_local_storage_test

import data.sealgate.lib.value
import data.sealgate.rules.store.volume_key_covers_local_storage as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl
import data.sealgate.systems.volumes_test as cluster

test_violation_local_storage if {
	rule.findings == {_violation("ml.g5.xlarge", {"Groups.0.InstanceType": "ml.g5.xlarge"})} with data.sealgate.model.jobs as _jobs(value.known(mtrl.key), [cluster.local])
}

test_violation_any_group_with_local_storage if {
	types := [cluster.ebs, cluster.local, "ml.p4d.24xlarge", cluster.newer]
	places := {"Groups.1.InstanceType": "ml.g5.xlarge", "Groups.2.InstanceType": "ml.p4d.24xlarge"}
	rule.findings == {_violation("ml.g5.xlarge, ml.p4d.24xlarge", places)} with data.sealgate.model.jobs as _jobs(value.known(mtrl.key), types)
}

test_violation_whatever_the_key_is if {
	every content in ["", "alias/ml", "my-key", null, 7, [mtrl.key]] {
		rule.findings == {_violation("ml.g5.xlarge", {"Groups.0.InstanceType": "ml.g5.xlarge"})} with data.sealgate.model.jobs as _jobs(value.known(content), [cluster.local])
	}
}

test_unverified_family_that_the_table_does_not_have if {
	every key in [value.known(mtrl.key), fixture.known_after_apply] {
		rule.findings == {
			_unverified(cluster.unfamiliar(1)),
			_unverified(cluster.unfamiliar(2)),
		} with data.sealgate.model.jobs as _jobs(key, [cluster.ebs, cluster.newer, cluster.newer])
	}
}

test_unverified_instance_type_that_is_not_known if {
	beside := {
		"use": "volume",
		"local_storage": "ineffective",
		"instances": [cluster.place(0, fixture.known_after_apply)],
	}
	requests := fixture.jobs_with(value.known(mtrl.key), beside, {})
	rule.findings == {_unverified("it is known after apply")} with data.sealgate.model.jobs as requests
}

test_unverified_key_that_is_not_known if {
	rule.findings == {_unverified("it is known after apply")} with data.sealgate.model.jobs as _jobs(fixture.known_after_apply, [cluster.local])
}

test_pass_volumes if {
	every key in [value.known(mtrl.key), value.known("alias/aws/ebs"), fixture.known_after_apply] {
		rule.findings == set() with data.sealgate.model.jobs as _jobs(key, [cluster.ebs, "ml.c5.xlarge"])
		rule.checked == {fixture.subject} with data.sealgate.model.jobs as _jobs(key, [cluster.ebs, "ml.c5.xlarge"])
	}
}

test_pass_no_instance_types if {
	rule.findings == set() with data.sealgate.model.jobs as _jobs(value.known(mtrl.key), [])
}

test_pass_no_key if {
	rule.findings == set() with data.sealgate.model.jobs as _jobs(value.absent, [cluster.local, cluster.newer])
	rule.checked == set() with data.sealgate.model.jobs as _jobs(value.absent, [cluster.local, cluster.newer])
}

test_pass_where_local_storage_means_something_else if {
	every effect in ["refused", "not_stated"] {
		requests := cluster.jobs(value.known(mtrl.key), effect, [cluster.local])
		rule.findings == set() with data.sealgate.model.jobs as requests
		rule.checked == set() with data.sealgate.model.jobs as requests
	}
}

test_pass_no_job if {
	rule.findings == set() with data.sealgate.model.jobs as []
	rule.checked == set() with data.sealgate.model.jobs as []
}

_jobs(key, types) := cluster.jobs(key, "ineffective", types)

_violation(types, places) := {
	"outcome": "violation",
	"subject": fixture.subject,
	"path": fixture.path,
	"message": concat("", ["Output.KeyId is accepted, but does not encrypt the local storage of ", types]),
	"evidence": {"instance_types": places},
}

_unverified(reason) := {
	"outcome": "unverified",
	"subject": fixture.subject,
	"path": fixture.path,
	"missing": {"reason": reason},
}
