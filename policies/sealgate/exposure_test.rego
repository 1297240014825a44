package sealgate_test

import data.sealgate

test_exposure_of_the_default_key_policy_is_the_account if {
	answer := sealgate.exposure with input as _exposing({"policy": _policy([_root_statement])}, {})

	[object.remove(holder, {"actions"}) | some holder in answer.holders] == [{
		"width": 2,
		"kind": "account",
		"who": "111122223333",
		"conditions": {},
		"services": [],
		"widens": ["kms:CreateGrant", "kms:PutKeyPolicy"],
		"by": {"layer": "key_policy", "policy": "the key policy", "index": 0, "sid": "Root"},
		"source": "key_policy",
		"certain": true,
		"depends_on": [],
	}]
	count(answer.holders[0].actions) == 47
	[answer.key, answer.denials, answer.diff, answer.problems] == [_generated_key, [], null, []]
	[unknown.reason | some unknown in answer.unknown] == [concat("", ["the grants of ", _generated_key, " were not supplied"])]
}

test_exposure_tells_the_kinds_of_holders_apart if {
	statement := {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": {
		"AWS": ["*", "444455556666", "arn:aws:iam::444455556666:root", "111122223333", "arn:aws:iam::444455556666:role/R"],
		"Service": "bedrock.amazonaws.com",
	}}
	answer := sealgate.exposure with input as _exposing({"policy": json.marshal(_policy(statement)), "grants": []}, {})

	{[holder.width, holder.kind, holder.who] | some holder in answer.holders} == {
		[0, "everyone", "everyone"],
		[1, "other_account", "444455556666"],
		[2, "account", "111122223333"],
		[3, "service", "bedrock.amazonaws.com"],
		[4, "principal", "arn:aws:iam::444455556666:role/R"],
	}
	answer.unknown == []
}

test_exposure_of_everyone_in_one_account_is_that_account if {
	conditions := {"StringEquals": {"kms:CallerAccount": ["111122223333"], "kms:ViaService": ["s3.us-west-2.amazonaws.com", "ec2.us-west-2.amazonaws.com"]}, "StringNotEquals": {"kms:ViaService": "rds.us-west-2.amazonaws.com"}}
	statement := {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Principal": "*", "Condition": conditions}
	answer := sealgate.exposure with input as _exposing({"policy": _policy([statement])}, {})

	[[holder.kind, holder.who, holder.services, holder.conditions] | some holder in answer.holders] == [["account", "111122223333", ["ec2.us-west-2.amazonaws.com", "s3.us-west-2.amazonaws.com"], conditions]]
}

test_exposure_leaves_out_what_is_denied_for_good if {
	allow := {"Sid": "Allow", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*"}
	role := "arn:aws:iam::111122223333:role/Job"
	elsewhere := replace(_generated_key, "1234abcd", "5678abcd")
	answer := sealgate.exposure with input as _exposing(
		{"policy": _policy([
			object.union(allow, {"Principal": {"AWS": ["111122223333", role], "Service": "bedrock.amazonaws.com"}}),
			object.union(allow, {"Principal": {"AWS": "arn:aws:iam::444455556666:role/R"}, "Resource": elsewhere}),
			{"Sid": "Service", "Effect": "Deny", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "kms:Encrypt", "Resource": "*"},
			{"Effect": "Deny", "Principal": {"AWS": role}, "Action": "kms:Encrypt", "Resource": "*"},
			{"Effect": "Deny", "Principal": {"AWS": "111122223333"}, "Action": "kms:Decrypt", "Resource": "*"},
			{"Effect": "Deny", "NotPrincipal": {"AWS": role}, "Action": "kms:Sign", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
		])},
		{},
	)

	{[holder.who, holder.actions] | some holder in answer.holders} == {["111122223333", ["kms:Encrypt"]], ["bedrock.amazonaws.com", ["kms:Decrypt"]]}
	answer.denials[0] == {
		"by": {"layer": "key_policy", "policy": "the key policy", "index": 2, "sid": "Service"},
		"principal": {"Principal": {"Service": "bedrock.amazonaws.com"}},
		"actions": ["kms:Encrypt"],
		"conditions": {},
	}
	answer.denials[3].principal == {"NotPrincipal": {"AWS": role}}
}

test_exposure_denied_to_everyone_is_none if {
	deny := {"Effect": "Deny", "Principal": "*", "Action": "kms:*", "Resource": "*"}
	answer := sealgate.exposure with input as _exposing({"policy": _policy([_root_statement, deny])}, {})
	answer.holders == []
}

test_exposure_shows_grants if {
	grants := [
		{"GrantId": "one", "Name": "first", "GranteePrincipal": "job.sagemaker.amazonaws.com", "Operations": ["Decrypt", "CreateGrant"], "Constraints": {"EncryptionContextSubset": {"a": "b"}}},
		{"GranteeServicePrincipal": "bedrock.amazonaws.com", "Operations": ["Decrypt", "FutureOperation"]},
		{"GrantId": "three"},
	]
	answer := sealgate.exposure with input as _exposing({"policy": _policy([]), "grants": grants}, {})

	[[holder.kind, holder.who, holder.actions, holder.conditions, holder.by.policy] | some holder in answer.holders] == [
		["service", "job.sagemaker.amazonaws.com", ["kms:CreateGrant", "kms:Decrypt"], {"EncryptionContextSubset": {"a": "b"}}, "grant one"],
		["service", "bedrock.amazonaws.com", ["kms:Decrypt"], {}, "grant 2"],
		["principal", "(unknown)", [], {}, "grant three"],
	]
	answer.holders[0].source == "grant"
}

test_exposure_shows_what_the_accounts_own_policies_allow if {
	allow := {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": _generated_key}
	bound := {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*", "Condition": {"StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"}}}
	answer := sealgate.exposure with input as _exposing({"policy": _policy([_root_statement])}, {"principals": {
		"arn:aws:iam::111122223333:role/Job": {"policies": [{"name": "mine", "document": _policy([allow, bound])}]},
		"arn:aws:iam::444455556666:role/R": {"policies": [{"name": "theirs", "document": _policy([allow])}]},
		"arn:aws:iam::111122223333:user/gone": null,
	}})

	[[holder.who, holder.actions, holder.certain, holder.by] | some holder in answer.holders; holder.source == "identity"; holder.certain] == [["arn:aws:iam::111122223333:role/Job", ["kms:Decrypt"], true, {"layer": "identity", "policy": "the policy mine", "index": 0, "sid": null}]]
	[open] := [holder | some holder in answer.holders; holder.source == "identity"; not holder.certain]
	[open.who, open.actions, open.by.index] == ["arn:aws:iam::111122223333:role/Job", ["kms:Encrypt"], 1]
	count(open.depends_on) == 1
}

test_exposure_heeds_the_policies_of_the_organisation if {
	allow := {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*"}
	levels := [[{"name": "root", "document": _policy([{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}])}]]
	answer := sealgate.exposure with input as _exposing({"policy": _policy([_root_statement])}, {
		"principals": {"arn:aws:iam::111122223333:role/Job": {"policies": [{"name": "mine", "document": _policy([allow])}]}},
		"organization": {"111122223333": {"service_control_policies": levels}},
	})

	[holder.actions | some holder in answer.holders; holder.source == "identity"] == [["kms:Decrypt"]]
}

test_exposure_of_a_principal_of_unknown_policies_is_uncertain if {
	answer := sealgate.exposure with input as _exposing({"policy": _policy([_root_statement])}, {"principals": {"arn:aws:iam::111122223333:user/me": {}}})

	[open] := [holder | some holder in answer.holders; holder.source == "identity"]
	[open.certain, count(open.actions), open.by, open.depends_on] == [false, 47, null, ["the policies of arn:aws:iam::111122223333:user/me were not supplied"]]
}

test_exposure_is_unknown_without_the_key_policy if {
	answer := sealgate.exposure with input as _exposing({"grants": []}, {})

	answer.holders == []
	[unknown.part | some unknown in answer.unknown] == [concat("", ["keys.", _generated_key, ".policy"])]
}

test_exposure_of_a_malformed_key_policy_says_so if {
	answer := sealgate.exposure with input as _exposing({"policy": "{", "grants": []}, {})

	answer.holders == []
	answer.problems == ["the key policy is malformed at : a policy is a JSON object"]
}

test_exposure_of_no_key_is_none if {
	answer := sealgate.exposure with input as {"question": {}, "context": {"keys": 7}}
	{problem | some problem in answer.problems} == {"the key is not named by a key ARN", "context.keys is a number, not an object"}
}

test_exposure_compares_two_key_policies if {
	service := {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": ["kms:Decrypt", "kms:Encrypt"], "Resource": "*"}
	before := _policy([_root_statement, object.union(service, {"Action": ["kms:Decrypt", "kms:Sign"]})])
	document := object.union(_exposing({"policy": _policy([_root_statement, service]), "grants": []}, {}), {"question": {"before": before}})
	answer := sealgate.exposure with input as document

	row := {"width": 3, "kind": "service", "who": "bedrock.amazonaws.com", "conditions": {}, "services": [], "widens": []}
	answer.diff == {
		"gained": [object.union(row, {"actions": ["kms:Encrypt"]})],
		"lost": [object.union(row, {"actions": ["kms:Sign"]})],
	}
}

test_exposure_is_not_compared_with_a_malformed_policy if {
	document := object.union(_exposing({"policy": _policy([_root_statement]), "grants": []}, {}), {"question": {"before": "{"}})
	answer := sealgate.exposure with input as document

	answer.diff == null
	answer.problems == ["the earlier key policy is malformed at : a policy is a JSON object"]
}

_exposing(entry, context) := {
	"question": {"key": _generated_key},
	"context": object.union({"keys": {_generated_key: entry}}, context),
}

_policy(statements) := {"Version": "2012-10-17", "Statement": statements}
