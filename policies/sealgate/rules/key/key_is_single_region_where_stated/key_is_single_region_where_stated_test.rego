package sealgate.rules.key.key_is_single_region_where_stated_test

import data.sealgate.lib.value
import data.sealgate.rules.key.key_is_single_region_where_stated as rule
import data.sealgate.systems.catalogue_test as fixture
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

test_violation_id_of_a_multi_region_key if {
	every name in [mtrl.mrk, "mrk-1234abcd12ab34cd56ef1234567890ab"] {
		rule.findings == {_violation} with data.sealgate.model.jobs as fixture.jobs(value.known(name))
			with data.sealgate.data.key_kinds as _required
	}
}

test_violation_id_says_more_than_its_description if {
	rule.findings == {_violation} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.mrk))
		with data.sealgate.data.key_kinds as _required
		with input as mtrl.described(mtrl.mrk, {"MultiRegion": false})
}

test_violation_multi_region_key_by_its_description if {
	aliases := {"context": {"aliases": {"alias/ml": mtrl.key}}}
	every name in [mtrl.key, "alias/ml"] {
		rule.findings == {_violation} with data.sealgate.model.jobs as fixture.jobs(value.known(name))
			with data.sealgate.data.key_kinds as _required
			with input as object.union(mtrl.described(mtrl.key, {"MultiRegion": true}), aliases)
	}
}

test_violation_alias_of_a_multi_region_key if {
	rule.findings == {_violation} with data.sealgate.model.jobs as fixture.jobs(value.known("alias/ml"))
		with data.sealgate.data.key_kinds as _required
		with input as {"context": {"aliases": {"alias/ml": mtrl.mrk}}}
}

test_unverified_undescribed_key if {
	rule.findings == {_unverified(mtrl.undescribed(mtrl.key))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
}

test_unverified_fact_that_is_missing if {
	rule.findings == {_unverified(mtrl.unusable("MultiRegion", "without MultiRegion"))} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as mtrl.described(mtrl.key, {"MultiRegion": null})
}

test_unverified_fact_of_the_wrong_type if {
	every content in ["", "false", 0, []] {
		found := rule.findings with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
			with data.sealgate.data.key_kinds as _required
			with input as mtrl.described(mtrl.key, {"MultiRegion": content})
		{[one.outcome, one.missing.part] | some one in found} == {["unverified", concat("", ["keys.", mtrl.key, ".metadata.MultiRegion"])]}
	}
}

test_unverified_unknown_key if {
	rule.findings == {_unverified({"reason": "it is known after apply"})} with data.sealgate.model.jobs as fixture.jobs(fixture.known_after_apply)
		with data.sealgate.data.key_kinds as _required
}

test_pass_single_region_key if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as mtrl.described(mtrl.key, {"MultiRegion": false})
	rule.checked == {fixture.subject} with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
}

test_pass_what_other_rules_deny if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.key))
		with data.sealgate.data.key_kinds as _required
		with input as {"context": {"keys": {mtrl.key: null}}}
	every content in ["", "my-key", "mrk-1", 7, null] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(content))
			with data.sealgate.data.key_kinds as _required
	}
}

test_pass_multi_region_key_where_nothing_is_stated if {
	every stated in [{}, {"single_region": "not_stated"}] {
		rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.mrk))
			with data.sealgate.data.key_kinds as fixture.kinds(stated)
		rule.checked == set() with data.sealgate.model.jobs as fixture.jobs(value.known(mtrl.mrk))
			with data.sealgate.data.key_kinds as fixture.kinds(stated)
	}
}

test_pass_no_key if {
	rule.findings == set() with data.sealgate.model.jobs as fixture.jobs(value.absent)
		with data.sealgate.data.key_kinds as _required
	rule.findings == set() with data.sealgate.model.jobs as []
}

_required := fixture.kinds({"single_region": "required"})

_violation := object.remove(
	fixture.violation("Output.KeyId names a multi-Region key; it takes a single-Region key", {}),
	{"requirements"},
)

_unverified(missing) := object.remove(fixture.unverified(missing), {"requirements"})
