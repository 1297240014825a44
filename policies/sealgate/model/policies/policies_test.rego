package sealgate.model.policies_test

import data.sealgate.lib.value
import data.sealgate.model.policies
import data.sealgate.systems.sagemaker_mtrl_test as mtrl

# What the tests of the rules on policies share: a key, a role, and inputs with their policies.

key := mtrl.key

role := "arn:aws:iam::111122223333:role/SageMakerExecutionRole"

key_subject := concat(" ", [key, "policy"])

role_subject := concat(" ", [role, "policy ml"])

key_path := ["context", "keys", key, "policy"]

role_path := ["context", "principals", role, "policies", 0, "document"]

root := {
	"Sid": "Root",
	"Effect": "Allow",
	"Principal": {"AWS": "arn:aws:iam::111122223333:root"},
	"Action": "kms:*",
	"Resource": "*",
}

document(statements) := {"Version": "2012-10-17", "Statement": statements}

key_policy(statements) := {"context": {"region": "us-west-2", "keys": {key: {"policy": document(statements)}}}}

role_policy(statements) := {"context": {
	"region": "us-west-2",
	"principals": {role: {"policies": [{"name": "ml", "document": document(statements)}]}},
}}

grant_subject := concat(" ", [key, "grant abc"])

grant_path := ["context", "keys", key, "grants", 0]

job_arn := "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/my-job"

grant(content) := {"context": {"keys": {key: {"grants": [object.union({"GrantId": "abc"}, content)]}}}}

# The same beside a multi-turn RL job that runs as the role and names the key.
of_job(given) := mtrl.request("AgentRFT", mtrl.naming(key), given)

found(outcome, subject, path, message) := {
	"outcome": outcome,
	"subject": subject,
	"path": path,
	"message": message,
}

test_key_policy_is_read_whether_object_or_text if {
	every given in [document([root]), json.marshal(document([root]))] {
		read := policies.read with input as {"context": {"keys": {key: {"policy": given}}}}
		[policy.subject | some policy in read] == [key_subject]
		[policy.group.state | some policy in read] == ["known"]

		statements := policies.statements with input as {"context": {"keys": {key: {"policy": given}}}}
		[statement.path | some statement in statements] == [array.concat(key_path, ["Statement", 0])]
		[statement.called | some statement in statements] == ["the statement Root of the key policy"]
	}
}

test_single_statement_has_no_index if {
	statements := policies.statements with input as key_policy(object.remove(root, ["Sid"]))
	[statement.path | some statement in statements] == [array.concat(key_path, ["Statement"])]
	[statement.called | some statement in statements] == ["statement 1 of the key policy"]
}

test_unreadable_text_has_no_statement if {
	given := {"context": {"keys": {key: {"policy": "{"}}}}
	policies.statements == [] with input as given
	policies.readable({"key_policy"}) == set() with input as given

	read := policies.read with input as given
	[count(policy.group.problems) | some policy in read] == [1]
}

test_every_document_of_a_principal_is_there if {
	given := {"context": {"principals": {role: {
		"policies": [document([]), {"name": "ml", "document": document([])}, "no policy", {"document": document([])}],
		"permissions_boundary": document([]),
		"session_policies": [document([])],
		"trust_policy": document([]),
	}}}}
	all := policies.all with input as given
	{policy.subject: policy.kind | some policy in all; policy.document.state == "known"} == {
		concat(" ", [role, "policy 1"]): "identity",
		concat(" ", [role, "policy ml"]): "identity",
		concat(" ", [role, "policy 3"]): "identity",
		concat(" ", [role, "policy 4"]): "identity",
		concat(" ", [role, "permissions boundary"]): "permissions_boundary",
		concat(" ", [role, "session policy 1"]): "session",
		concat(" ", [role, "trust policy"]): "trust",
	}
	{policy.account | some policy in all} == {"111122223333"}
	{policy.path | some policy in all; policy.kind == "identity"} == {
		["context", "principals", role, "policies", 0],
		["context", "principals", role, "policies", 1, "document"],
		["context", "principals", role, "policies", 2],
		["context", "principals", role, "policies", 3, "document"],
	}

	# A trust policy grants nothing on keys.
	read := policies.read with input as given
	{policy.kind | some policy in read} == {"identity", "permissions_boundary", "session"}
}

test_what_is_no_list_of_policies_is_one_that_is_malformed if {
	read := policies.read with input as {"context": {"principals": {role: {"policies": "none"}}}}
	{policy.subject | some policy in read; count(policy.group.problems) > 0} == {concat(" ", [role, "policy"])}
}

test_policies_that_nobody_supplied_are_no_documents if {
	all := policies.all with input as {"context": {"principals": {role: {}}, "keys": {key: {}}}}
	{policy.kind: policy.document.state | some policy in all} == {
		"key_policy": "unknown",
		"permissions_boundary": "absent",
		"trust": "unknown",
	}
}

test_keys_and_roles_that_jobs_name_are_there_and_other_defaults_are_not if {
	other := "arn:aws:kms:us-west-2:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab"
	defaults := {"keys": {key: {"policy": document([root])}, other: {"policy": document([root])}}}
	given := object.union(of_job({}), {"settings": {"context": defaults}})
	read := policies.read with input as given
	{policy.subject | some policy in read; policy.document.state == "known"} == {key_subject}
	policies.job_roles == {role: {"systems": {"sagemaker_mtrl"}, "keys": {key}}} with input as given
}

test_names_that_are_no_arns_are_nobodys_policies if {
	given := {"context": {"keys": {"alias/ml": {"policy": {}}, key: null}, "principals": {"me": {}}}}
	policies.all == [] with input as given
}

test_adapters_add_theirs if {
	policy := {
		"subject": "aws_kms_key.output",
		"kind": "key_policy",
		"owner": key,
		"account": "111122223333",
		"name": "the key policy",
		"path": ["policy"],
		"document": value.known(document([root])),
	}
	given := {"subject": "aws_kms_grant.job", "key_arn": key, "grant": {}, "path": []}
	inputs := {"other": {"policies": [policy], "grants": [given]}}
	policies.all == [policy] with data.sealgate.inputs as inputs
	policies.grants == [given] with data.sealgate.inputs as inputs
}

test_a_document_that_is_not_known_leaves_its_owner_undecided if {
	declared := {
		"subject": "aws_iam_role_policy.ml",
		"kind": "identity",
		"owner": role,
		"account": "111122223333",
		"name": "the policy ml",
		"path": ["policy"],
		"document": value.missing("aws_kms_key.ml.arn", "it is not known until apply", "Write it another way."),
	}
	read := policies.read with data.sealgate.inputs as {"terraform_plan": {"policies": [declared]}}
	[policy.group.state | some policy in read] == ["unknown"]
	[missing.reason | some policy in read; some missing in policy.evaluated.missing] == ["it is not known until apply"]
}

test_grants_have_their_id_or_their_number if {
	given := {"context": {"keys": {key: {"grants": [{"GrantId": "abc"}, {"Name": "x"}, "no grant"]}}}}
	found_grants := policies.grants with input as given
	[one.subject | some one in found_grants] == [concat(" ", [key, "grant abc"]), concat(" ", [key, "grant 2"])]
	[one.path | some one in found_grants] == [
		["context", "keys", key, "grants", 0],
		["context", "keys", key, "grants", 1],
	]
}

test_policy_of_a_key_that_nobody_names_is_read_where_it_is_asked_for if {
	key_arn := "arn:aws:kms:us-west-2:111122223333:key/9999abcd-12ab-34cd-56ef-1234567890ab"
	group := policies.of_key(key_arn) with input as {"context": {}}
	group.state == "unknown"
}
