package sealgate.lib.iam.document_test

import data.sealgate.lib.iam.call
import data.sealgate.lib.iam.document
import data.sealgate.lib.value

test_a_document_becomes_statements if {
	group := document.single(value.known(_policy([_allow, _deny])), "identity", "identity policy A")
	group.state == "known"
	group.missing == []
	group.problems == []
	[allow] := group.allow
	allow.reference == {"layer": "identity", "policy": "identity policy A", "index": 0, "sid": "Use"}
	[deny] := group.deny
	deny.reference == {"layer": "identity", "policy": "identity policy A", "index": 1, "sid": null}
}

test_a_text_and_single_objects_are_read if {
	text := `{"Version":"2012-10-17","Id":"x","Statement":{"Effect":"Allow","Action":"kms:*","Resource":"*"}}`
	group := document.single(value.known(text), "identity", "A")
	group.problems == []
	count(group.allow) == 1
}

test_nothing_is_absent if {
	document.single(value.absent, "boundary", "A") == document.none
	document.many(value.absent, "identity") == document.none
	document.levels(value.absent, "scp") == {"state": "absent", "missing": [], "levels": []}
}

test_what_is_not_known_is_said if {
	missing := [{"layer": "boundary", "part": "A", "reason": "after apply"}]
	group := document.single(value.unknown("after apply"), "boundary", "A")
	group.state == "unknown"
	group.missing == missing
	supplied := value.missing("principals", "nobody gave it", "Give it.")
	document.many(supplied, "identity").missing == [{
		"layer": "identity",
		"part": "principals",
		"reason": "nobody gave it",
		"supply": "Give it.",
	}]
	document.levels(value.unknown("nobody gave it"), "scp") == {
		"state": "unknown",
		"missing": [{"layer": "scp", "part": "service control policy", "reason": "nobody gave it"}],
		"levels": [],
	}
	document.levels(value.known("x"), "rcp").missing[0].reason == "it is not a list of levels"
	document.many(value.known("x"), "session_policies").missing[0].reason == "it is not a list of policies"
}

test_many_documents_are_one_group if {
	group := document.many(
		value.known([
			{"name": "A", "document": _policy([_allow])},
			_policy([_deny]),
			{"name": "C", "document": value.unknown("after apply")},
			value.known(_policy([_allow])),
		]),
		"identity",
	)
	group.state == "known"
	[statement.reference.policy | some statement in group.allow] == ["identity policy A", "identity policy 4"]
	[statement.reference.policy | some statement in group.deny] == ["identity policy 2"]
	group.missing == [{"layer": "identity", "part": "identity policy C", "reason": "after apply"}]
}

test_levels_are_groups if {
	levels := document.levels(value.known([[{"name": "A", "document": _policy([_allow])}], []]), "scp")
	levels.state == "known"
	[count(level.allow) | some level in levels.levels] == [1, 0]
	names := [document.many(value.known([_policy([])]), layer).state |
		some layer in ["key_policy", "boundary", "session_policies", "rcp"]
	]
	names == ["known", "known", "known", "known"]
}

test_layers_have_names if {
	every layer, name in {
		"key_policy": "key policy",
		"identity": "identity policy",
		"boundary": "permissions boundary",
		"session_policies": "session policy",
		"scp": "service control policy",
		"rcp": "resource control policy",
	} {
		document.many(value.unknown("x"), layer).missing[0].part == name
	}
}

test_statements_of_other_services_are_left_out if {
	statements := [
		object.union(_allow, {"Action": ["s3:*", "logs:Put*"]}),
		object.union(_allow, {"Action": ["s3:*", "KMS:decrypt"]}),
		object.union(object.remove(_allow, ["Action"]), {"NotAction": "s3:*"}),
		object.union(_allow, {"Action": "*"}),
	]
	group := document.single(value.known(_policy(statements)), "identity", "A")
	[statement.reference.index | some statement in group.allow] == [1, 2, 3]
}

test_names_action if {
	every example in [
		["Action", "kms:Decrypt", true],
		["Action", ["kms:Encrypt", "KMS:decrypt"], true],
		["Action", "kms:De?rypt", true],
		["Action", "kms:Generate*", false],
		["Action", "*", true],
		["NotAction", "kms:Decrypt", false],
		["NotAction", ["kms:Encrypt", "s3:*"], true],
	] {
		_names_action(object.union(object.remove(_allow, ["Action"]), {example[0]: example[1]})) == example[2]
	}
}

test_names_resource if {
	every example in [
		["Resource", "*", 2],
		["Resource", ["arn:aws:s3:::a", "*"], 2],
		["Resource", "arn:aws:kms:*:111122223333:key/*", 2],
		["Resource", "arn:aws:kms:*:444455556666:key/*", 0],
		["Resource", "arn:aws:kms:us-west-2:111122223333:key/${aws:PrincipalTag/key}", 2],
		["Resource", "arn:aws:kms:us-west-2:111122223333:alias/${aws:PrincipalTag/key}", 0],
		["Resource", "arn:aws:kms:us-west-2:111122223333:key/${aws:PrincipalTag/none}", 0],
		["Resource", "arn:aws:kms:us-west-2:111122223333:key/${aws:SourceVpce}", 1],
		["NotResource", "*", 0],
		["NotResource", "arn:aws:kms:*:111122223333:key/*", 0],
		["NotResource", "arn:aws:s3:::a", 2],
		["NotResource", "arn:aws:kms:us-west-2:111122223333:key/${aws:PrincipalTag/none}", 1],
	] {
		_names_resource(object.union(object.remove(_allow, ["Resource"]), {example[0]: example[1]}), _key) == example[2]
	}
	not_known := value.unknown("after apply")
	_names_resource(_allow, not_known) == 2
	_names_resource(object.union(_allow, {"Resource": _key}), not_known) == 1
}

test_variables_belong_to_the_version_of_2012 if {
	statement := object.union(_allow, {"Resource": "arn:aws:kms:us-west-2:111122223333:key/${aws:PrincipalTag/key}"})
	every version in [{"Version": "2008-10-17"}, {}] {
		old := object.union({"Statement": [statement]}, version)
		group := document.single(value.known(old), "identity", "A")
		document.names_resource(group.allow[0], _call(_key)) == 0
	}
}

test_malformed_documents_are_found_and_not_relied_on if {
	every example in [
		["a text", ""],
		["[1", ""],
		[[], ""],
		[null, ""],
		[{"Version": "2012-10-17"}, "/Statement"],
		[{"Statement": ["x"]}, "/Statement"],
		[{"Statement": "x"}, "/Statement"],
		[{"Version": "2012-10-18", "Statement": []}, "/Version"],
		[{"Statement": [], "a/b~": 1}, "/a~1b~0"],
		[_policy([_allow, object.remove(_allow, ["Effect"])]), "/Statement/1/Effect"],
		[_policy([object.union(_allow, {"Effect": "allow"})]), "/Statement/0/Effect"],
		[_policy(object.union(_allow, {"Effect": "allow"})), "/Statement/Effect"],
		[_policy([object.union(_allow, {"Sid": 5})]), "/Statement/0/Sid"],
		[_policy([object.union(_allow, {"Conditions": {}})]), "/Statement/0/Conditions"],
		[_policy([object.remove(_allow, ["Action"])]), "/Statement/0"],
		[_policy([object.union(_allow, {"NotAction": "s3:*"})]), "/Statement/0"],
		[_policy([object.union(_allow, {"Action": []})]), "/Statement/0/Action"],
		[_policy([object.union(_allow, {"Action": ["kms:*", 5]})]), "/Statement/0/Action"],
		[_policy([object.union(_allow, {"Action": "kms"})]), "/Statement/0/Action"],
		[_policy([object.union(_allow, {"Action": "k*:Decrypt"})]), "/Statement/0/Action"],
		[_policy([object.remove(_allow, ["Resource"])]), "/Statement/0"],
		[_policy([object.union(_allow, {"Resource": "key"})]), "/Statement/0/Resource"],
		[_policy([object.union(_allow, {"Principal": "*"})]), "/Statement/0/Principal"],
		[_policy([object.union(_allow, {"Condition": {"Like": {}}})]), "/Statement/0/Condition/Like"],
	] {
		group := document.single(value.known(example[0]), "identity", "A")
		group.state == "unknown"
		array.concat(group.allow, group.deny) == []
		[{"layer": "identity", "policy": "A", "pointer": example[1]}] == [object.remove(problem, ["message"]) |
			some problem in group.problems
		]
		[missing] := group.missing
		startswith(missing.reason, "it is malformed: ")
	}
}

test_the_message_says_what_is_wrong if {
	group := document.single(value.known(_policy([object.union(_allow, {"Action": ["decrypt", 5]})])), "identity", "A")
	{problem.message | some problem in group.problems} == {
		`decrypt is no action: "*" or <service>:<action>`,
		"it is a number, not a text or a list of texts",
	}
}

test_key_policies_name_principals if {
	every example in [
		[_allow, ["/Statement/0"]],
		[object.union(_allow, {"Principal": "*"}), []],
		[object.union(_allow, {"Principal": {"Aws": "*"}}), ["/Statement/0/Principal/Aws"]],
		[object.union(_allow, {"NotPrincipal": {"AWS": "111122223333"}}), ["/Statement/0/NotPrincipal"]],
		[object.union(_deny, {"NotPrincipal": {"AWS": "111122223333"}}), []],
		[object.union(_deny, {"Principal": "*", "NotPrincipal": "*"}), ["/Statement/0"]],
	] {
		group := document.single(value.known(_policy([example[0]])), "key_policy", "key policy")
		[problem.pointer | some problem in group.problems] == example[1]
	}
	group := document.single(value.known(_policy([object.union(_deny, {"NotPrincipal": "*"})])), "key_policy", "A")
	group.deny[0].principals.negated
}

test_resource_control_policies_are_for_everyone if {
	sound := document.single(value.known(_policy([object.union(_deny, {"Principal": "*"})])), "rcp", "A")
	sound.problems == []
	group := document.single(value.known(_policy([_deny])), "rcp", "A")
	[problem.pointer | some problem in group.problems] == ["/Statement/0"]
}

_policy(statements) := {"Version": "2012-10-17", "Statement": statements}

_allow := {"Sid": "Use", "Effect": "Allow", "Action": ["kms:*"], "Resource": "*"}

_deny := {"Effect": "Deny", "Action": "kms:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_call(resource) := call.prepare({
	"principal": {"type": "role", "arn": "arn:aws:iam::111122223333:role/Train", "account": "111122223333"},
	"action": "kms:Decrypt",
	"resource": resource,
	"key_account": "111122223333",
	"complete": true,
	"context": {
		"aws:PrincipalTag/key": value.known("1234abcd-12ab-34cd-56ef-1234567890ab"),
		"aws:SourceVpce": value.unknown("nobody knows"),
	},
})

_statement(statement) := document.single(value.known(_policy(statement)), "identity", "A").allow[0]

_names_action(statement) if {
	document.names_action(_statement(statement), "kms:decrypt")
} else := false

_names_resource(statement, resource) := document.names_resource(_statement(statement), _call(resource))
