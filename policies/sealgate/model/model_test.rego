package sealgate.model_test

import data.sealgate.lib.value
import data.sealgate.model

test_jobs_and_unguarded_subjects_are_those_of_every_adapter if {
	adapters := {
		"aws_request": {"jobs": ["one"], "unguarded": [], "problems": set()},
		"terraform_plan": {"jobs": ["two", "three"], "unguarded": ["four"], "problems": set()},
	}
	{job | some job in model.jobs} == {"one", "two", "three"} with data.sealgate.inputs as adapters
	model.unguarded == ["four"] with data.sealgate.inputs as adapters
}

test_subjects_that_are_set_aside_are_those_of_every_adapter if {
	entry := {"subject": "Pod p", "reason": "it is being deleted"}
	model.set_aside == [entry] with data.sealgate.inputs as {"kubernetes_object": {"set_aside": [entry]}}
	model.set_aside == [] with input as {"subject": {"aws_request": {}}}
}

test_key_of_an_object_is_shown_by_the_object if {
	key := {"apiVersion": "kms.services.k8s.aws/v1alpha1", "kind": "Key", "metadata": {"name": "k", "namespace": "ml"}, "spec": {}}
	given := {"subject": {"kubernetes_object": {"object": key}}}
	owner := data.sealgate.inputs.kubernetes_object.policies[0].owner with input as given
	model.shown(concat(" ", [owner, "policy"])) == "kms.services.k8s.aws/Key ml/k policy" with input as given
	model.shown("text") == "text" with input as {"subject": {"aws_request": {}}}
}

test_key_is_named_by_its_arn_in_three_states if {
	cases := [
		{"given": value.known(_key), "arn": value.known(_key)},
		{"given": value.known("1234abcd-12ab-34cd-56ef-1234567890ab"), "arn": value.known(_key)},
		{"given": value.known("alias/ml"), "arn": value.known(_key)},
		{"given": value.known("alias/gone"), "arn": value.absent},
		{"given": value.known("my-key"), "arn": value.known("my-key")},
		{"given": value.known(null), "arn": value.known("null")},
		{"given": value.known([_key]), "arn": value.known("an array")},
		{"given": value.unknown("behind a variable"), "arn": value.unknown("behind a variable")},
	]
	job := object.union(_job, {"keys": [{"value": case.given} | some case in cases]})
	named := model.named_keys with data.sealgate.model.jobs as [job]
		with input as {"context": {"aliases": {"alias/ml": _key, "alias/gone": null}}}
	[one.arn | some one in named] == [case.arn | some case in cases]
	[one.key.value | some one in named] == [case.given | some case in cases]
	{one.job | some one in named} == {job}
}

test_place_without_a_key_names_none if {
	model.named_keys == [] with data.sealgate.model.jobs as [object.union(_job, {"keys": [{"value": value.absent}]})]
	model.named_keys == [] with data.sealgate.model.jobs as []
}

test_problems_are_those_of_adapters_settings_and_context if {
	found := model.problems with input as {
		"subject": {"aws_request": null},
		"settings": [],
		"context": 7,
	}
	found == {
		{"subject": "aws_request", "path": [], "message": "subject.aws_request is null, not an object"},
		{"subject": "input", "path": [], "message": "settings is no object"},
		{"subject": "input", "path": [], "message": "context is no object"},
	}
}

test_input_holds_one_subject_that_is_understood if {
	request := {"service": "sagemaker", "operation": "ListJobs", "parameters": {}}
	model.problems == set() with input as {"subject": {"aws_request": request}}
	{problem.message | some problem in model.problems} == {"the input has no subject: the part that holds what is to be judged"} with input as {}
	{problem.message | some problem in model.problems} == {
		"subject.terraform is not understood; what is: subject.aws_request, subject.kubernetes_object, subject.terraform_plan",
		"the input has several subjects: aws_request, terraform",
	} with input as {"subject": {"aws_request": request, "terraform": {}}}
}

test_subject_that_yields_nothing_is_a_problem if {
	adapters := {"aws_request": {"jobs": [], "unguarded": [], "problems": set()}}
	{problem.message | some problem in model.problems} == {"the subject holds nothing that could be judged"} with input as {"subject": {"aws_request": {}}}
		with data.sealgate.inputs as adapters
}

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_job := {
	"subject": "job",
	"partition": {"state": "known", "value": "aws"},
	"region": {"state": "known", "value": "us-west-2"},
	"account": {"state": "known", "value": "111122223333"},
}

# --- What findings show

test_made_up_names_are_shown_as_addresses_at_any_depth if {
	content := {
		"key": "arn:aws:kms:us-west-2:111122223333:key/00000000-0000-0000-0000-000000000001",
		"list": ["planned-000000000002", 7, null, true, {"deep \"quoted\"": "of planned-000000000002"}],
	}
	shown := model.shown(content) with data.sealgate.inputs.terraform_plan.addresses as _addresses
	shown == {
		"key": "module.a[\"x\"].aws_kms_key.k",
		"list": ["aws_iam_role.r", 7, null, true, {"deep \"quoted\"": "of aws_iam_role.r"}],
	}
	model.shown("by planned-000000000002") == "by aws_iam_role.r" with data.sealgate.inputs.terraform_plan.addresses as _addresses
}

test_nothing_sensitive_is_shown if {
	secrets := {"hunter", "hunter2", "my \"quoted\" secret", ",", "7", "null", "{"}
	every given, expected in {
		"it is hunter2 or hunter": "it is (sensitive value) or (sensitive value)",
		"hunter2hunter": "(sensitive value)(sensitive value)",
		"a my \"quoted\" secret b": "a (sensitive value) b",
		"nothing of it": "nothing of it",
		"": "",
	} {
		model.shown(given) == expected with data.sealgate.inputs.terraform_plan as {"sensitive": secrets, "addresses": {}}
	}

	# Texts alone are hidden: what holds them stays JSON.
	shown := model.shown({"list": [7, null, "7", "null", "a,b"], "my \"quoted\" secret": {}}) with data.sealgate.inputs.terraform_plan as {"sensitive": secrets, "addresses": {}}
	shown == {
		"list": [7, null, "(sensitive value)", "(sensitive value)", "a(sensitive value)b"],
		"(sensitive value)": {},
	}
}

test_text_with_many_secrets_is_hidden_as_a_whole if {
	some_secrets := {"a", "b", "c", "d", "e", "f"}
	shown := model.shown("a-b-c-d-e-f") with data.sealgate.inputs.terraform_plan as {"sensitive": some_secrets, "addresses": {}}
	shown == concat("-", [hidden | some hidden in array.flatten([["(sensitive value)"] | some secret in some_secrets])])

	more := some_secrets | {"g"}
	model.shown("a-b-c-d-e-f-g") == "(sensitive value)" with data.sealgate.inputs.terraform_plan as {"sensitive": more, "addresses": {}}
}

test_shown_as_it_is_where_there_is_no_plan if {
	every content in ["planned-000000000001", {"a": ["planned-000000000001", 7]}, [], null, 7, false] {
		model.shown(content) == content with input as {"subject": {"aws_request": {}}}
	}
}

test_what_every_adapter_leaves_as_it_is_and_grants if {
	adapters := {
		"terraform_plan": {"unchanged": {"a", "b"}, "grants": [{"subject": "c"}]},
		"kubernetes_object": {"unchanged": {"d"}, "grants": [{"subject": "e"}]},
	}
	model.unchanged == {"a", "b", "d"} with data.sealgate.inputs as adapters
	{subject | some subject in model.granting} == {"c", "e"} with data.sealgate.inputs as adapters
}

_addresses := {0: "module.a[\"x\"].aws_kms_key.k", 1: "aws_iam_role.r"}
