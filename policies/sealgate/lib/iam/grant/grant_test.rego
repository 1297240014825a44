package sealgate.lib.iam.grant_test

import data.sealgate.lib.iam.call
import data.sealgate.lib.iam.grant
import data.sealgate.lib.value

test_grantees if {
	every example in [
		[{"GranteePrincipal": _role.arn}, _role, [[2, false]]],
		[{"GranteePrincipal": "arn:aws:iam::111122223333:role/Other"}, _role, []],
		[{"GranteePrincipal": "arn:aws:iam::111122223333:root"}, _role, [[2, true]]],
		[{"GranteePrincipal": "arn:aws:iam::111122223333:root"}, _root, [[2, false]]],
		[{"GranteePrincipal": "arn:aws:sts::111122223333:assumed-role/Train/run-1"}, _role, [[1, false]]],
		[{"GranteePrincipal": "job.sagemaker.amazonaws.com"}, _service, [[2, false]]],
		[{"GranteeServicePrincipal": "job.sagemaker.amazonaws.com"}, _service, [[2, false]]],
		[{"GranteeServicePrincipal": "bedrock.amazonaws.com"}, _service, []],
		[{}, _role, []],
	] {
		_outcomes(object.union({"Operations": ["Decrypt"]}, example[0]), _call(example[1], "kms:Decrypt", {})) == example[2]
	}
}

test_operations if {
	_outcomes(_grant({}), _call(_role, "kms:GenerateDataKey", {})) == [[2, false]]
	_outcomes(_grant({}), _call(_role, "kms:Encrypt", {})) == []
	_outcomes({"GranteePrincipal": _role.arn}, _call(_role, "kms:Decrypt", {})) == []
}

test_encryption_context if {
	right := {"kms:EncryptionContext:job": value.known("a"), "kms:EncryptionContextKeys": value.known(["job"])}
	more := object.union(right, {"kms:EncryptionContextKeys": value.known(["job", "team"])})
	wrong := object.union(right, {"kms:EncryptionContext:job": value.known("b")})
	_outcomes(_grant({"EncryptionContextEquals": {"job": "a"}}), _call(_role, "kms:DescribeKey", wrong)) == [[2, false]]
	partly := {"kms:EncryptionContext:job": value.known("a")}
	every example in [
		["EncryptionContextSubset", right, 2],
		["EncryptionContextSubset", more, 2],
		["EncryptionContextSubset", wrong, 0],
		["EncryptionContextSubset", {"kms:EncryptionContext:job": value.absent}, 0],
		["EncryptionContextSubset", {}, 1],
		["EncryptionContextEquals", right, 2],
		["EncryptionContextEquals", more, 0],
		["EncryptionContextEquals", wrong, 0],
		["EncryptionContextEquals", partly, 1],
	] {
		hits := grant.hits([_grant({example[0]: {"job": "a"}})], _call(_role, "kms:Decrypt", example[1]))
		max({0} | {hit.truth | some hit in hits}) == example[2]
	}
}

test_source_arn if {
	constraint := {"SourceArn": "arn:aws:sagemaker:us-west-2:111122223333:job/*"}
	every example in [
		[value.known("arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/a"), [[2, false]]],
		[value.known("arn:aws:sagemaker:us-west-2:444455556666:job/AgentRFT/a"), []],
		[value.absent, []],
		[value.unknown("nobody knows"), [[1, false]]],
	] {
		_outcomes(_grant(constraint), _call(_role, "kms:Decrypt", {"aws:SourceArn": example[0]})) == example[1]
	}
}

test_reference if {
	named := object.union(_grant({}), {"GrantId": "abc", "Name": "job"})
	references := [hit.reference | some hit in grant.hits([_grant({}), named], _call(_role, "kms:Decrypt", {}))]
	references == [
		{"layer": "grant", "policy": "grant 1", "index": 0, "sid": null},
		{"layer": "grant", "policy": "grant abc", "index": 1, "sid": "job"},
	]
}

_outcomes(entry, asked) := [[hit.truth, hit.delegated] | some hit in grant.hits([entry], asked)]

_grant(constraints) := {
	"GranteePrincipal": _role.arn,
	"Operations": ["Decrypt", "GenerateDataKey", "DescribeKey"],
	"Constraints": constraints,
}

_role := {"type": "role", "arn": "arn:aws:iam::111122223333:role/Train", "account": "111122223333"}

_root := {"type": "account_root", "arn": "arn:aws:iam::111122223333:root", "account": "111122223333"}

_service := {"type": "service", "name": "job.sagemaker.amazonaws.com"}

_call(principal, action, context) := call.prepare({
	"principal": principal,
	"action": action,
	"resource": "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	"key_account": "111122223333",
	"context": context,
})
