package sealgate.inputs.kubernetes_object.declared_test

import data.sealgate.inputs.kubernetes_object.declared
import data.sealgate.lib.value

# --- Keys

test_key_of_ack_is_read_with_its_policy if {
	given := _given("kms.services.k8s.aws", "Key", {"policy": _text, "keySpec": "RSA_2048", "multiRegion": true})
	made_up := "arn:aws:kms:us-west-2:111122223333:key/mrk-00000000000000000000000000000001"
	declared.policies == [{
		"subject": "kms.services.k8s.aws/Key ml/object",
		"kind": "key_policy",
		"owner": made_up,
		"account": "111122223333",
		"name": "the key policy",
		"path": ["spec", "policy"],
		"document": value.known(_text),
	}] with input as given
	declared.context == {"keys": {made_up: {
		"metadata": {
			"Arn": made_up,
			"KeyManager": "CUSTOMER",
			"KeySpec": "RSA_2048",
			"KeyUsage": "ENCRYPT_DECRYPT",
			"KeyState": "Enabled",
			"MultiRegion": true,
		},
		"policy": value.known(_text),
	}}} with input as given
	declared.addresses == {0: "kms.services.k8s.aws/Key ml/object"} with input as given
	declared.problems == set() with input as given
}

test_key_that_exists_has_its_arn if {
	stored := object.union(_object("kms.services.k8s.aws", "Key", {}), {"status": {"ackResourceMetadata": {"arn": _key}}})
	[policy.owner | some policy in declared.policies] == [_key] with input as _request(stored)
}

test_key_without_a_policy_has_the_one_of_kms if {
	[policy] := declared.policies with input as _given("kms.services.k8s.aws", "Key", {})
	policy.document.value.Statement[0].Principal == {"AWS": "arn:aws:iam::111122223333:root"}
}

test_key_of_crossplane_is_read_from_both_parts if {
	given := _given("kms.aws.m.upbound.io", "Key", {"initProvider": {"policy": _text}, "forProvider": {"region": "cn-north-1", "isEnabled": false}})
	[policy] := declared.policies with input as given
	policy.path == ["spec", "initProvider", "policy"]
	policy.owner == "arn:aws-cn:kms:cn-north-1:111122223333:key/00000000-0000-0000-0000-000000000001"
	[key.metadata.KeyState | some key in declared.context.keys] == ["Disabled"] with input as given
}

test_replica_is_a_multi_region_key if {
	[policy] := declared.policies with input as _given("kms.aws.upbound.io", "ReplicaKey", {"forProvider": {}})
	contains(policy.owner, ":key/mrk-")
}

test_setting_that_stands_in_two_lists_is_unknown if {
	given := _given("kms.aws.upbound.io", "Key", {"initProvider": {"keyUsage": ["a"]}, "forProvider": {"keyUsage": ["b"]}})
	[key.metadata.KeyUsage.state | some key in declared.context.keys] == ["unknown"] with input as given
}

test_account_and_region_of_the_annotations_go_before if {
	annotated := object.union(_object("kms.services.k8s.aws", "Key", {}), {"metadata": {"annotations": {
		"services.k8s.aws/owner-account-id": "444455556666",
		"services.k8s.aws/region": "eu-west-1",
	}}})
	[policy] := declared.policies with input as _request(annotated)
	startswith(policy.owner, "arn:aws:kms:eu-west-1:444455556666:key/")
	policy.account == "444455556666"
}

test_policy_that_names_accounts_waits_for_the_account if {
	text := `{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::444455556666:root"},"Action":"kms:*","Resource":"*"}]}`
	[policy] := declared.policies with input as {"subject": {"kubernetes_object": {"object": _object("kms.services.k8s.aws", "Key", {"policy": text})}}}
	policy.document == value.known(text)
	policy.doubt.part == "account"
	policy.owner == "arn:aws:kms:unknown-region-0:000000000000:key/00000000-0000-0000-0000-000000000001"
}

test_key_policy_of_its_own_is_of_its_key if {
	every key in [_key, "1234abcd-12ab-34cd-56ef-1234567890ab"] {
		given := _given("kms.aws.upbound.io", "KeyPolicy", {"forProvider": {"keyId": key, "policy": _text}})
		[policy] := declared.policies with input as given
		policy.kind == "key_policy"
		policy.owner == _key
	}
}

# --- Principals

test_role_of_ack_is_read_with_its_policies if {
	given := _given("iam.services.k8s.aws", "Role", {
		"name": "Role",
		"path": "/team/",
		"assumeRolePolicyDocument": _text,
		"inlinePolicies": {"kms": _text},
	})
	[[policy.kind, policy.owner, policy.name, policy.path] | some policy in declared.policies] == [
		["identity", "arn:aws:iam::111122223333:role/team/Role", "the policy kms", ["spec", "inlinePolicies", "kms"]],
		["trust", "arn:aws:iam::111122223333:role/team/Role", "the trust policy", ["spec", "assumeRolePolicyDocument"]],
	] with input as given
	declared.context == {"principals": {"arn:aws:iam::111122223333:role/team/Role": {
		"policies": [{"name": "the policy kms", "document": value.known(_text)}],
		"trust_policy": value.known(_text),
	}}} with input as given
}

test_role_of_crossplane_is_read_with_its_policies if {
	given := _given("iam.aws.upbound.io", "Role", {"forProvider": {"assumeRolePolicy": _text, "inlinePolicy": [{"name": "kms", "policy": _text}]}})
	[[policy.owner, policy.name, policy.path] | some policy in declared.policies] == [
		["arn:aws:iam::111122223333:role/object", "the policy", ["spec", "forProvider", "inlinePolicy", 0, "policy"]],
		["arn:aws:iam::111122223333:role/object", "the trust policy", ["spec", "forProvider", "assumeRolePolicy"]],
	] with input as given
}

test_user_has_no_trust_policy if {
	given := _given("iam.services.k8s.aws", "User", {"name": "u", "inlinePolicies": {"a": _text}})
	[policy.owner | some policy in declared.policies] == ["arn:aws:iam::111122223333:user/u"] with input as given
	not declared.context with input as given
}

test_policy_alone_is_of_itself_or_of_its_principal if {
	[managed] := declared.policies with input as _given("iam.services.k8s.aws", "Policy", {"name": "p", "policyDocument": _text})
	managed.owner == "arn:aws:iam::111122223333:policy/p"
	[inline] := declared.policies with input as _given("iam.aws.upbound.io", "RolePolicy", {"forProvider": {"role": "r", "policy": _text}})
	inline.owner == "arn:aws:iam::111122223333:role/r"
	[referred] := declared.policies with input as _given("iam.aws.upbound.io", "RolePolicy", {"forProvider": {"roleRef": {"name": "r"}, "policy": _text}})
	referred.owner == "arn:aws:iam::111122223333:role/planned-000000000001"
}

# --- Grants and aliases

test_grant_is_an_entry_of_list_grants if {
	given := _given("kms.services.k8s.aws", "Grant", {
		"keyID": _key,
		"granteePrincipal": "arn:aws:iam::111122223333:role/Role",
		"operations": ["Decrypt"],
		"constraints": {"encryptionContextSubset": {"a": "b"}},
	})
	declared.grants == [{
		"subject": "kms.services.k8s.aws/Grant ml/object",
		"key_arn": _key,
		"grant": {
			"GranteePrincipal": "arn:aws:iam::111122223333:role/Role",
			"Operations": ["Decrypt"],
			"Constraints": {"EncryptionContextSubset": {"a": "b"}},
		},
		"path": [],
		"requested": true,
	}] with input as given
	not declared.context with input as given
}

test_grant_of_crossplane_has_its_constraints_in_a_list if {
	given := _given("kms.aws.upbound.io", "Grant", {"forProvider": {"keyIdRef": {"name": "k"}, "constraints": [{"encryptionContextEquals": {"a": "b"}}]}})
	[grant.grant.Constraints | some grant in declared.grants] == [{"EncryptionContextEquals": {"a": "b"}}] with input as given
	declared.addresses == {0: "spec.forProvider.keyIdRef"} with input as given
}

test_grant_of_the_wrong_type_is_a_problem if {
	cases := [
		{"spec": {"operations": "Decrypt"}, "problem": {"path": ["spec", "operations"], "message": "spec.operations is a string, not a list"}},
		{"spec": {"granteePrincipal": ["a"]}, "problem": {"path": ["spec", "granteePrincipal"], "message": "spec.granteePrincipal is an array, not a string"}},
		{"spec": {"constraints": {"encryptionContextEquals": "a"}}, "problem": {"path": ["spec", "constraints", "encryptionContextEquals"], "message": "spec.constraints.encryptionContextEquals is a string, not an object"}},
		{"spec": {"constraints": ["a"]}, "problem": {"path": ["spec", "constraints"], "message": "spec.constraints is an array, not an object"}},
	]
	every case in cases {
		declared.problems == {case.problem} with input as _given("kms.services.k8s.aws", "Grant", case.spec)
		declared.grants == [] with input as _given("kms.services.k8s.aws", "Grant", case.spec)
	}
}

test_alias_is_part_of_the_context if {
	declared.context == {"aliases": {"alias/ml": _key}} with input as _given("kms.services.k8s.aws", "Alias", {"name": "alias/ml", "targetKeyID": _key})
	not declared.context with input as _given("kms.services.k8s.aws", "Alias", {"name": "alias/ml", "targetKeyRef": {"from": {"name": "k"}}})
	declared.context == {"aliases": {"alias/object": _key}} with input as _given("kms.aws.upbound.io", "Alias", {"forProvider": {"targetKeyId": _key}})
}

test_kind_of_no_fact_declares_nothing if {
	given := _given("sagemaker.services.k8s.aws", "TrainingJob", {})
	not declared.fact with input as given
	declared.policies == [] with input as given
	declared.grants == [] with input as given
	declared.problems == set() with input as given
	not declared.context with input as given
}

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_text := `{"Version":"2012-10-17","Statement":[]}`

_given(group, kind, spec) := _request(_object(group, kind, spec))

_request(stored) := {
	"subject": {"kubernetes_object": {"object": stored}},
	"context": {"account": "111122223333", "region": "us-west-2"},
}

_object(group, kind, spec) := {
	"apiVersion": concat("/", [group, "v1"]),
	"kind": kind,
	"metadata": {"name": "object", "namespace": "ml"},
	"spec": spec,
}
