package sealgate.inputs.kubernetes_object_test

import data.sealgate.inputs.kubernetes_object

test_kind_of_the_tables_is_a_job if {
	given := _given({"object": _object("sagemaker.services.k8s.aws", "TrainingJob", {})})
	[job.operation | some job in kubernetes_object.jobs] == ["sagemaker:CreateTrainingJob"] with input as given
	_nothing_but({"jobs"}) with input as given
}

test_key_is_a_policy if {
	given := _given({"object": _object("kms.services.k8s.aws", "Key", {})})
	[policy.kind | some policy in kubernetes_object.policies] == ["key_policy"] with input as given
	object.keys(kubernetes_object.context) == {"keys"} with input as given
	kubernetes_object.addresses == {0: "kms.services.k8s.aws/Key object"} with input as given
	_nothing_but({"policies"}) with input as given
}

test_grant_is_a_grant if {
	given := _given({"object": _object("kms.services.k8s.aws", "Grant", {"operations": []})})
	[grant.subject | some grant in kubernetes_object.grants] == ["kms.services.k8s.aws/Grant object"] with input as given
	_nothing_but({"grants"}) with input as given
}

test_alias_is_set_aside if {
	given := _given({"object": _object("kms.services.k8s.aws", "Alias", {"name": "alias/ml"})})
	kubernetes_object.set_aside == [{"subject": "kms.services.k8s.aws/Alias object", "reason": "an alias is judged where a request names it"}] with input as given
	_nothing_but({"set_aside"}) with input as given
}

test_what_holds_no_policy_is_set_aside if {
	every kind, spec in {
		"Role": {"name": "ml", "assumeRolePolicyDocument": "{}"},
		"User": {"name": "ml"},
		"Group": {"name": "ml", "inlinePolicies": {}},
		"Policy": {"name": "ml"},
	} {
		given := _given({"object": _object("iam.services.k8s.aws", kind, spec)})
		kubernetes_object.set_aside == [{
			"subject": concat("", ["iam.services.k8s.aws/", kind, " object"]),
			"reason": "it holds no policy that says who may use a key",
		}] with input as given
	}
}

test_role_with_a_policy_is_judged if {
	spec := {"name": "ml", "assumeRolePolicyDocument": "{}", "inlinePolicies": {"keys": "{}"}}
	given := _given({"object": _object("iam.services.k8s.aws", "Role", spec)})
	_nothing_but({"policies"}) with input as given
}

test_other_kind_is_not_guarded if {
	given := _given({"object": _object("apps", "Deployment", {})})
	kubernetes_object.unguarded == ["apps/Deployment object"] with input as given
	_nothing_but({"unguarded"}) with input as given
}

test_nothing_of_what_is_set_aside_is_judged if {
	every kind in ["sagemaker.services.k8s.aws/TrainingJob", "kms.services.k8s.aws/Key", "kms.services.k8s.aws/Grant", "apps/Deployment"] {
		[group, name] := split(kind, "/")
		given := _given({"object": null, "oldObject": _object(group, name, {}), "operation": "DELETE"})
		kubernetes_object.set_aside == [{
			"subject": concat(" ", [kind, "object"]),
			"reason": "a DELETE creates and changes nothing that has a key",
		}] with input as given
		_nothing_but({"set_aside"}) with input as given
		not kubernetes_object.context with input as given
		not kubernetes_object.addresses with input as given
	}
}

test_one_reason_is_enough if {
	deleted := object.union(_object("apps", "Deployment", {}), {"metadata": {"deletionTimestamp": "2026-06-30T12:00:00Z"}})
	given := _given({"object": deleted, "oldObject": deleted, "operation": "UPDATE"})
	[entry.reason | some entry in kubernetes_object.set_aside] == ["the object is being deleted"] with input as given
}

test_problems_name_the_object if {
	given := _given({"object": object.union(_object("kms.services.k8s.aws", "Key", {}), {"spec": {"policy": 7}})})
	kubernetes_object.problems == {{
		"subject": "kms.services.k8s.aws/Key object",
		"path": ["spec", "policy"],
		"message": "spec.policy is a number, not a string",
	}} with input as given
	_nothing_but({"problems"}) with input as given
	not kubernetes_object.context with input as given
}

test_unreadable_request_is_a_problem_alone if {
	given := _given({"object": null, "operation": "CREATE"})
	kubernetes_object.problems == {{"subject": "kubernetes_object", "path": ["object"], "message": "object is null, not an object"}} with input as given
	_nothing_but({"problems"}) with input as given
}

test_kind_of_the_settings_is_told_with_its_problems if {
	line := {"group": "ml.example.com", "kind": "Run", "operation": "sagemaker:CreateJob", "parameters": ["spec", "job"]}
	given := object.union(_given({"object": _object("ml.example.com", "Run", {})}), {"settings": {"kubernetes_kinds": [line]}})
	{problem.path | some problem in kubernetes_object.problems} == {["spec", "job"]} with input as given
	_nothing_but({"problems"}) with input as given
}

test_other_subject_is_not_read if {
	_nothing_but(set()) with input as {"subject": {"aws_request": {}}}
}

_nothing_but(parts) if {
	found := {
		"jobs": count(kubernetes_object.jobs),
		"policies": count(kubernetes_object.policies),
		"grants": count(kubernetes_object.grants),
		"problems": count(kubernetes_object.problems),
		"unguarded": count(kubernetes_object.unguarded),
		"set_aside": count(kubernetes_object.set_aside),
	}
	parts == {part | some part, number in found; number > 0}
}

_given(content) := {"subject": {"kubernetes_object": content}}

_object(group, kind, spec) := {
	"apiVersion": concat("/", [group, "v1"]),
	"kind": kind,
	"metadata": {"name": "object"},
	"spec": spec,
}
