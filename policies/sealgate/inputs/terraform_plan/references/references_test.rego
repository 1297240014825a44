package sealgate.inputs.terraform_plan.references_test

import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.inputs.terraform_plan.references

# What the attribute of the first change comes from: the addresses of the targets with the attribute, and what is open.
_source(document, path) := {
	"targets": {concat(" ", [changes[target.index].address, target.attribute]) | some target in found.targets},
	"open": found.open,
	"set": found.set,
} if {
	# regal ignore:with-outside-test-context
	changes := plan.changes with input as document

	# regal ignore:with-outside-test-context
	found := references.of(plan.changes[0], path) with input as document
}

# A model whose key comes from these references, beside other changes, and with modules.
_document(expressions, changes, more) := plan_test.holding(
	array.concat([plan_test.created("aws_bedrock_custom_model.m", {}, {"custom_model_kms_key_id": true})], changes),
	object.union(
		{"resources": array.concat([plan_test.configured("aws_bedrock_custom_model.m", expressions)], object.get(more, "resources", []))},
		object.remove(more, ["resources"]),
	),
)

_from(given, changes, more) := _source(
	_document({"custom_model_kms_key_id": plan_test.from(given)}, changes, more),
	["custom_model_kms_key_id"],
)

_key(address) := plan_test.created(address, {}, {"arn": true, "key_id": true})

_to(targets) := {"targets": targets, "open": [], "set": true}

_open(names) := {"targets": set(), "open": names, "set": true}

# --- Resources

test_attribute_of_a_resource if {
	_from(["aws_kms_key.k.arn", "aws_kms_key.k"], [_key("aws_kms_key.k"), _key("aws_kms_key.other")], {}) == _to({"aws_kms_key.k arn"})

	# Whose name begins with that of another.
	_from(
		["aws_kms_key.k2.arn", "aws_kms_key.k2", "aws_kms_key.k.arn", "aws_kms_key.k"],
		[_key("aws_kms_key.k"), _key("aws_kms_key.k2")],
		{},
	) == _to({"aws_kms_key.k arn", "aws_kms_key.k2 arn"})

	# As Terraform 0.12 wrote them.
	_from(["aws_kms_key.k"], [_key("aws_kms_key.k")], {}) == _to({"aws_kms_key.k "})
}

test_instance_by_its_literal_index if {
	keys := [_key("aws_kms_key.k[0]"), _key("aws_kms_key.k[1]"), _key(`aws_kms_key.k["a.b[\"0\"]"]`)]
	_from(["aws_kms_key.k[1].arn", "aws_kms_key.k[1]", "aws_kms_key.k"], keys, {}) == _to({"aws_kms_key.k[1] arn"})
	quoted := `aws_kms_key.k["a.b[\"0\"]"]`
	_from([concat("", [quoted, ".arn"]), quoted, "aws_kms_key.k"], keys, {}) == _to({concat("", [quoted, " arn"])})
}

test_every_instance_where_the_plan_does_not_say_which if {
	keys := [_key("aws_kms_key.k[0]"), _key("aws_kms_key.k[1]")]
	_from(["aws_kms_key.k", "local.which"], keys, {}) == {
		"targets": {"aws_kms_key.k[0] ", "aws_kms_key.k[1] "},
		"open": ["local.which"],
		"set": true,
	}
}

test_instance_of_the_same_index if {
	models := [plan_test.created("aws_bedrock_custom_model.m[1]", {}, {"custom_model_kms_key_id": true})]
	every own in ["count.index", "each.key", "each.value"] {
		expressions := {"custom_model_kms_key_id": plan_test.from(["aws_kms_key.k", own])}
		document := plan_test.holding(
			array.concat(models, [_key("aws_kms_key.k[0]"), _key("aws_kms_key.k[1]")]),
			{"resources": [plan_test.configured("aws_bedrock_custom_model.m", expressions)]},
		)
		_source(document, ["custom_model_kms_key_id"]) == _to({"aws_kms_key.k[1] "})
	}

	# Of which there is none of the same index, every one.
	expressions := {"custom_model_kms_key_id": plan_test.from(["aws_kms_key.k", "count.index"])}
	document := plan_test.holding(
		array.concat(models, [_key(`aws_kms_key.k["a"]`), _key(`aws_kms_key.k["b"]`)]),
		{"resources": [plan_test.configured("aws_bedrock_custom_model.m", expressions)]},
	)
	_source(document, ["custom_model_kms_key_id"]) == _to({`aws_kms_key.k["a"] `, `aws_kms_key.k["b"] `})
}

test_what_is_deleted_is_no_target if {
	_from(["aws_kms_key.k.arn", "aws_kms_key.k"], [plan_test.deleted("aws_kms_key.k", {"arn": "x"})], {}) == _open(["aws_kms_key.k.arn"])
}

test_resource_without_instances_gives_nothing if {
	# As with a count of none: what the value is, the others say.
	more := {"resources": [plan_test.configured("aws_kms_key.none", {})]}
	_from(
		["aws_kms_key.none[0].arn", "aws_kms_key.none[0]", "aws_kms_key.none", "aws_kms_key.k.arn", "aws_kms_key.k"],
		[_key("aws_kms_key.k")],
		more,
	) == _to({"aws_kms_key.k arn"})

	# Of one that the tables do not know nothing can be said.
	unknown := {"resources": [plan_test.configured("aws_ssm_parameter.p", {})]}
	_from(["aws_ssm_parameter.p.value", "aws_ssm_parameter.p"], [], unknown) == _open(["aws_ssm_parameter.p.value"])
}

test_data_source if {
	more := {"resources": [plan_test.configured("data.aws_iam_policy_document.d", {})]}
	source := plan_test.created("data.aws_iam_policy_document.d", {"statement": []}, {"json": true})
	_from(["data.aws_iam_policy_document.d.json", "data.aws_iam_policy_document.d"], [source], more) == _to({"data.aws_iam_policy_document.d json"})

	# A resource of the same type and name is another.
	_from(["data.aws_kms_key.k.arn", "data.aws_kms_key.k"], [_key("aws_kms_key.k")], {}) == _open(["data.aws_kms_key.k.arn"])
}

test_what_aws_says_of_the_caller_leaves_nothing_open if {
	every known in ["data.aws_caller_identity.me.account_id", "data.aws_region.here.name", "data.aws_partition.p.partition", "path.module", "terraform.workspace", "self.id"] {
		_from(["aws_kms_key.k.arn", "aws_kms_key.k", known], [_key("aws_kms_key.k")], {}) == _to({"aws_kms_key.k arn"})
	}
}

test_what_leads_nowhere_is_open if {
	every name in ["local.key_arn", "module.kms", "random_id.x.hex", "not a reference", ""] {
		_from([name], [], {}) == _open([name])
	}
	_from(["local.b", "local.a", "local.b"], [], {}) == _open(["local.a", "local.b"])
}

# --- Modules

_kms := {"kms": {"module": {
	"resources": [plan_test.configured("aws_kms_key.k", {})],
	"outputs": {"key_arn": {"expression": plan_test.from(["aws_kms_key.k.arn", "aws_kms_key.k"])}, "constant": {"expression": {"constant_value": "x"}}},
}}}

test_output_of_a_module if {
	_from(["module.kms.key_arn", "module.kms"], [_key("module.kms.aws_kms_key.k")], {"module_calls": _kms}) == _to({"module.kms.aws_kms_key.k arn"})
}

test_output_of_an_instance_of_a_module if {
	keys := [_key(`module.kms["x.y"].aws_kms_key.k`), _key(`module.kms["z"].aws_kms_key.k`)]
	_from([`module.kms["x.y"].key_arn`, `module.kms["x.y"]`, "module.kms"], keys, {"module_calls": _kms}) == _to({`module.kms["x.y"].aws_kms_key.k arn`})
	_from(["module.kms.key_arn", "module.kms"], keys, {"module_calls": _kms}) == _to({
		`module.kms["x.y"].aws_kms_key.k arn`,
		`module.kms["z"].aws_kms_key.k arn`,
	})
}

test_output_that_the_configuration_does_not_show_is_open if {
	every calls in [{}, {"kms": {"module": {"outputs": {}}}}] {
		found := _from(["module.kms.key_arn", "module.kms"], [_key("module.kms.aws_kms_key.k")], {"module_calls": calls})
		found == _open(["key_arn"])
	}
}

test_nested_modules if {
	outer := {"keys": {"module": {
		"module_calls": {"inner": {"module": _kms.kms.module}},
		"outputs": {"arn": {"expression": plan_test.from(["module.inner[0].key_arn", "module.inner[0]", "module.inner"])}},
	}}}
	keys := [_key(`module.keys["a"].module.inner[0].aws_kms_key.k`), _key(`module.keys["b"].module.inner[0].aws_kms_key.k`)]
	_from([`module.keys["b"].arn`, `module.keys["b"]`, "module.keys"], keys, {"module_calls": outer}) == _to({`module.keys["b"].module.inner[0].aws_kms_key.k arn`})
}

# A model in a module, whose key the caller gives by a variable.
_in_module(address, call, more) := plan_test.holding(
	array.concat([plan_test.created(address, {}, {"custom_model_kms_key_id": true})], more.changes),
	object.union(
		{"module_calls": {"job": object.union(call, {"module": {"resources": [plan_test.configured(
			"aws_bedrock_custom_model.m",
			{"custom_model_kms_key_id": plan_test.from(["var.key_arn"])},
		)]}})}},
		object.remove(more, ["changes"]),
	),
)

test_variable_of_a_module if {
	call := {"expressions": {"key_arn": plan_test.from(["aws_kms_key.k.arn", "aws_kms_key.k"])}}
	_source(_in_module("module.job.aws_bedrock_custom_model.m", call, {"changes": [_key("aws_kms_key.k")]}), ["custom_model_kms_key_id"]) == _to({"aws_kms_key.k arn"})

	# Whose default or constant is known, and so is no reason.
	every given in [{}, {"expressions": {}}, {"expressions": {"key_arn": {"constant_value": "alias/ml"}}}] {
		found := _source(_in_module("module.job.aws_bedrock_custom_model.m", given, {"changes": []}), ["custom_model_kms_key_id"])
		found == _to(set())
	}
}

test_variable_of_the_elements_of_for_each if {
	call := {
		"expressions": {"key_arn": plan_test.from(["each.value.arn", "each.value"])},
		"for_each_expression": plan_test.from(["aws_kms_key.k"]),
	}
	document := _in_module(`module.job["b"].aws_bedrock_custom_model.m`, call, {"changes": [_key(`aws_kms_key.k["a"]`), _key(`aws_kms_key.k["b"]`)]})
	_source(document, ["custom_model_kms_key_id"]) == _to({`aws_kms_key.k["a"] `, `aws_kms_key.k["b"] `})
}

test_for_each_of_the_resource_itself if {
	resource := object.union(
		plan_test.configured("aws_bedrock_custom_model.m", {"custom_model_kms_key_id": plan_test.from([`each.value["key"]`, "each.value"])}),
		{"for_each_expression": plan_test.from(["module.kms.key_arn", "module.kms", "each.value"])},
	)
	document := plan_test.holding(
		[plan_test.created(`aws_bedrock_custom_model.m["x"]`, {}, {"custom_model_kms_key_id": true}), _key("module.kms.aws_kms_key.k")],
		{"resources": [resource], "module_calls": _kms},
	)
	_source(document, ["custom_model_kms_key_id"]) == _to({"module.kms.aws_kms_key.k arn"})
}

test_variable_from_an_output_of_a_neighbour if {
	call := {"expressions": {"key_arn": plan_test.from(["module.kms.key_arn", "module.kms"])}}
	document := _in_module("module.job[0].aws_bedrock_custom_model.m", call, {"changes": [_key("module.kms.aws_kms_key.k")]})
	calls := object.union(document, {"subject": {"terraform_plan": {"configuration": {"root_module": {"module_calls": _kms}}}}})
	_source(calls, ["custom_model_kms_key_id"]) == _to({"module.kms.aws_kms_key.k arn"})
}

test_module_that_only_passes_a_value_on if {
	passing := {"pass": {
		"expressions": {"in": plan_test.from(["aws_kms_key.k.arn", "aws_kms_key.k"])},
		"module": {"outputs": {"out": {"expression": plan_test.from(["var.in"])}}},
	}}
	_from(["module.pass.out", "module.pass"], [_key("aws_kms_key.k")], {"module_calls": passing}) == _to({"aws_kms_key.k arn"})
}

test_circle_ends if {
	circle := {"a": {
		"expressions": {"in": plan_test.from(["module.a.out", "module.a"])},
		"module": {"outputs": {"out": {"expression": plan_test.from(["var.in", "local.end"])}}},
	}}
	_from(["module.a.out", "module.a"], [], {"module_calls": circle}) == _open(["local.end"])
}

# --- Aliases and data sources that pass a key on

test_key_behind_an_alias if {
	more := {"resources": [plan_test.configured("aws_kms_alias.a", {"target_key_id": plan_test.from(["aws_kms_key.k.key_id", "aws_kms_key.k"])})]}
	changes := [_key("aws_kms_key.k"), plan_test.created("aws_kms_alias.a", {"name": "alias/ml"}, {"arn": true, "target_key_arn": true})]
	every attribute in ["target_key_arn", "target_key_id"] {
		_from([concat(".", ["aws_kms_alias.a", attribute]), "aws_kms_alias.a"], changes, more) == _to({"aws_kms_key.k key_id"})
	}

	# The alias itself is not the key.
	_from(["aws_kms_alias.a.arn", "aws_kms_alias.a"], changes, more) == _to({"aws_kms_alias.a arn"})
}

test_key_behind_data_sources if {
	more := {"resources": [
		plan_test.configured("data.aws_kms_alias.a", {"name": plan_test.from(["aws_kms_alias.a.name", "aws_kms_alias.a"])}),
		plan_test.configured("data.aws_kms_key.k", {"key_id": plan_test.from(["aws_kms_key.k.id", "aws_kms_key.k"])}),
	]}
	changes := [_key("aws_kms_key.k"), plan_test.created("aws_kms_alias.a", {"name": "alias/ml"}, {})]
	_from(["data.aws_kms_key.k.arn", "data.aws_kms_key.k"], changes, more) == _to({"aws_kms_key.k id"})
	_from(["data.aws_kms_alias.a.target_key_arn", "data.aws_kms_alias.a"], changes, more) == _to({"aws_kms_alias.a name"})
}

test_alias_in_a_module if {
	calls := {"kms": {
		"module": {
			"resources": [plan_test.configured("aws_kms_alias.a", {"target_key_id": plan_test.from(["var.key"])})],
			"outputs": {"key_arn": {"expression": plan_test.from(["aws_kms_alias.a.target_key_arn", "aws_kms_alias.a"])}},
		},
		"expressions": {"key": plan_test.from(["aws_kms_key.k.key_id", "aws_kms_key.k"])},
	}}
	_from(["module.kms.key_arn", "module.kms"], [_key("aws_kms_key.k"), plan_test.created("module.kms.aws_kms_alias.a", {}, {})], {"module_calls": calls}) == _to({"aws_kms_key.k key_id"})
}

# --- Where the expression stands

_volume := ["resource_config", 0, "volume_kms_key_id"]

_training(expressions) := plan_test.holding(
	[plan_test.created("aws_sagemaker_training_job.t", {}, {"resource_config": [{"volume_kms_key_id": true}]}), _key("aws_kms_key.k")],
	{"resources": [plan_test.configured("aws_sagemaker_training_job.t", expressions)]},
)

test_expression_of_a_nested_block if {
	from := plan_test.from(["aws_kms_key.k.arn", "aws_kms_key.k"])
	every expressions in [
		{"resource_config": [{"volume_kms_key_id": from}]},
		# A block whose place is not that of the plan.
		{"resource_config": [{}, {"volume_kms_key_id": from}]},
		# A nested attribute, whose references stand at its whole.
		{"resource_config": from},
	] {
		_source(_training(expressions), _volume) == _to({"aws_kms_key.k arn"})
	}
}

test_what_nobody_set_is_told_from_what_is_not_known if {
	every expressions in [
		{"resource_config": [{}]},
		{"resource_config": []},
		{"resource_config": [{"volume_kms_key_id": {}}]},
		{"resource_config": [{"volume_kms_key_id": null}]},
	] {
		_source(_training(expressions), _volume) == {"targets": set(), "open": [], "set": false}
	}

	# A dynamic block is not in the configuration of a plan, and may be the one.
	every expressions in [{}, {"instance_type": {"constant_value": "ml.m5.large"}}] {
		_source(_training(expressions), _volume) == {"targets": set(), "open": [], "set": true}
	}

	# A plan without configuration says nothing.
	_source(plan_test.holding([plan_test.created("aws_kms_key.k", {}, {"policy": true})], {}), ["policy"]).set
	_source(plan_test.holding([plan_test.created("aws_kms_key.k", {}, {"policy": true})], {"resources": [plan_test.configured("aws_kms_key.k", {})]}), ["policy"]).set == false
	every expression in [{"constant_value": "x"}, {"constant_value": null}, plan_test.from([])] {
		_source(
			plan_test.holding(
				[plan_test.created("aws_kms_key.k", {}, {"policy": true})],
				{"resources": [plan_test.configured("aws_kms_key.k", {"policy": expression})]},
			),
			["policy"],
		).set
	}
}

test_references_that_terraform_would_not_write_are_none if {
	every wrong in [null, 7, "aws_kms_key.k.arn", [], {"references": "aws_kms_key.k.arn"}, {"references": [7, null, ["x"]]}, {"references": {"a": 7}}] {
		found := _source(
			plan_test.holding(
				[plan_test.created("aws_kms_key.k", {}, {"policy": true})],
				{
					"resources": [object.union(plan_test.configured("aws_kms_key.k", {"policy": wrong}), {"for_each_expression": wrong})],
					"outputs": {"x": {"expression": wrong}, "y": wrong},
					"module_calls": {"a": {"expressions": {"v": wrong}, "for_each_expression": wrong, "module": {"outputs": wrong}}, "b": wrong},
				},
			),
			["policy"],
		)
		found.targets == set()
		found.open == []
	}
}

# --- One after another

test_sources_of_each_reference if {
	document := _document(
		{"custom_model_kms_key_id": plan_test.from(["aws_kms_key.k.arn", "aws_kms_key.k", "local.other", "aws_kms_key.j.id", "aws_kms_key.j"])},
		[_key("aws_kms_key.j"), _key("aws_kms_key.k")],
		{},
	)
	found := references.of_elements(plan.changes[0], ["custom_model_kms_key_id"]) with input as document
	found == [
		{"targets": [{"index": 2, "attribute": "arn"}], "open": []},
		{"targets": [], "open": ["local.other"]},
		{"targets": [{"index": 1, "attribute": "id"}], "open": []},
	]
	nothing := references.of_elements(plan.changes[0], ["role_arn"]) with input as document
	nothing == []
}

test_calls_that_terraform_would_not_write_are_none if {
	every wrong in [[{}], [{"module": {}}], 7, "text", null, {"a": 7}] {
		_from(["local.key"], [], {"module_calls": wrong}) == _open(["local.key"])
	}
}
