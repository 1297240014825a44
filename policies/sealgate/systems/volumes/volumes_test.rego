package sealgate.systems.volumes_test

import data.sealgate.lib.value
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl
import data.sealgate.systems.volumes

# What the tests of the rules on volumes share: a job with a volume, on instances that keep their data here or there.

ebs := "ml.m5.xlarge"

local := "ml.g5.xlarge"

# A family that the table does not have.
newer := "ml.z99.xlarge"

# A job whose cluster has groups of these instance types. `effect` is what becomes of a key beside local storage.
jobs(key, effect, types) := fixture.jobs_with(
	key,
	{
		"use": "volume",
		"local_storage": effect,
		"instances": [place(index, value.known(type)) | some index, type in types],
	},
	{"system": "sagemaker_at_rest"},
)

place(index, type) := {"path": ["Groups", index, "InstanceType"], "value": type}

unfamiliar(index) := concat("", [
	"whether Groups.",
	format_int(index, 10),
	".InstanceType ml.z99.xlarge has local storage is not in the table of instance families",
])

test_keys_of_volumes_are_those_with_that_use if {
	requests := array.concat(jobs(value.absent, "refused", []), fixture.jobs(value.known(mtrl.key)))
	keys := volumes.keys with data.sealgate.model.jobs as requests
	[volume.key.use | some volume in keys] == ["volume"]
}

test_key_is_given_or_may_turn_out_to_be if {
	volumes.given == [] with data.sealgate.model.jobs as []
	volumes.given == [] with data.sealgate.model.jobs as jobs(value.absent, "refused", [ebs])
	every key in [value.known(mtrl.key), value.known(null), fixture.known_after_apply] {
		given := volumes.given with data.sealgate.model.jobs as jobs(key, "refused", [ebs])
		[volume.key.value | some volume in given] == [key]
	}
}

test_instance_types_are_told_apart if {
	key := _key("refused", [ebs, local, newer])
	volumes.on_volume(key) == [place(0, value.known(ebs))]
	volumes.local_storage(key) == [place(1, value.known(local))]
	volumes.undecided(key) == [place(2, value.known(newer))]
	volumes.unknowns(key) == [value.unknown(unfamiliar(2))]
}

test_instance_type_that_is_not_known_is_undecided if {
	key := {"instances": [place(0, fixture.known_after_apply)]}
	volumes.undecided(key) == [place(0, fixture.known_after_apply)]
	volumes.unknowns(key) == [fixture.known_after_apply]
	volumes.local_storage(key) == []
	volumes.on_volume(key) == []
}

test_what_is_no_instance_type_is_undecided if {
	every type in ["", "m5.xlarge", "ml", "ml.", "g5", 7, null, [local]] {
		volumes.undecided(_key("refused", [type])) == [place(0, value.known(type))]
		volumes.local_storage(_key("refused", [type])) == []
	}
}

test_no_volume_where_a_key_is_refused if {
	volumes.has_no_volume(_key("refused", [local]))
	volumes.has_no_volume(_key("refused", [ebs, local]))
	volumes.has_no_volume(_key("refused", [local, newer]))
	not volumes.has_no_volume(_key("refused", [ebs]))
	not volumes.has_no_volume(_key("refused", [newer]))
	not volumes.has_no_volume(_key("refused", []))
}

test_no_volume_where_all_storage_is_local if {
	every effect in ["ineffective", "not_stated"] {
		volumes.has_no_volume(_key(effect, [local]))
		volumes.has_no_volume(_key(effect, [local, local]))
		not volumes.has_no_volume(_key(effect, [ebs, local]))
		not volumes.has_no_volume(_key(effect, [local, newer]))
		not volumes.has_no_volume(_key(effect, [ebs]))
		not volumes.has_no_volume(_key(effect, []))
	}
}

test_no_volume_on_serverless_compute_alone if {
	serverless := {"local_storage": "ineffective", "serverless": [["Variants", 0, "ServerlessConfig"]]}
	volumes.has_no_volume(object.union(serverless, {"instances": []}))
	not volumes.has_no_volume(object.union(serverless, {"instances": [place(1, value.known(ebs))]}))
}

test_volume_depends_on_an_unfamiliar_type if {
	volumes.may_have_no_volume(_key("refused", [newer]))
	volumes.may_have_no_volume(_key("refused", [ebs, newer]))
	volumes.may_have_no_volume(_key("not_stated", [newer]))
	volumes.may_have_no_volume(_key("ineffective", [local, newer]))
	not volumes.may_have_no_volume(_key("ineffective", [ebs, newer]))
	not volumes.may_have_no_volume(_key("ineffective", [local]))
	not volumes.may_have_no_volume(_key("refused", [ebs]))
	not volumes.may_have_no_volume(_key("refused", []))
	volumes.may_have_no_volume({"local_storage": "refused", "instances": [place(0, fixture.known_after_apply)]})
}

test_key_of_something_else_has_a_volume_as_far_as_anyone_asks if {
	output := {"use": "output", "instances": [], "serverless": []}
	not volumes.has_no_volume(output)
	not volumes.may_have_no_volume(output)
}

_key(effect, types) := jobs(value.absent, effect, types)[0].keys[0]
