package sealgate.lib.iam.call_test

import data.sealgate.lib.iam.call
import data.sealgate.lib.value

test_a_role_calls_in_its_account if {
	prepared := call.prepare(_call(_role))
	prepared.action == "kms:decrypt"
	prepared.name == "kms:Decrypt"
	prepared.is_kms
	prepared.same_account == true
	prepared.resource == value.known(_key)
	prepared.others.state == "unknown"
	prepared.caller.full_role == "111122223333/Train"
	prepared.caller.sessions == ":sts::111122223333:assumed-role/Train/"
	not prepared.caller.linked
	_known(prepared, "aws:principalarn") == ["arn:aws:iam::111122223333:role/team/Train"]
	_known(prepared, "aws:principaltype") == ["AssumedRole"]
	_known(prepared, "aws:principalaccount") == ["111122223333"]
	_known(prepared, "kms:calleraccount") == ["111122223333"]
	_known(prepared, "aws:requestedregion") == ["us-west-2"]
	_known(prepared, "aws:resourceaccount") == ["111122223333"]
	_known(prepared, "aws:principalisawsservice") == ["false"]
	every key in ["aws:sourcearn", "aws:sourceaccount", "aws:username", "aws:principalservicename"] {
		prepared.context[key] == value.absent
	}
}

test_what_the_context_says_stands if {
	prepared := call.prepare(object.union(_call(_role), {"complete": true, "context": {
		"aws:PrincipalType": value.known("User"),
		"kms:GrantIsForAWSResource": value.known(true),
		"kms:EncryptionContextKeys": value.known(["a", 5]),
		"kms:CallerAccount": value.absent,
		"aws:SourceVpce": value.unknown("nobody knows"),
	}}))
	prepared.others == value.absent
	_known(prepared, "aws:principaltype") == ["User"]
	_known(prepared, "kms:grantisforawsresource") == ["true"]
	_known(prepared, "kms:encryptioncontextkeys") == ["a", "5"]
	prepared.context["kms:encryptioncontextkeys"].several
	not prepared.context["aws:principaltype"].several
	prepared.context["kms:calleraccount"].state == "absent"
	prepared.context["aws:sourcevpce"] == value.unknown("nobody knows")
}

test_a_resource_that_is_not_known if {
	prepared := call.prepare(object.union(_call(_role), {"resource": value.unknown("after apply")}))
	prepared.resource == value.unknown("after apply")
	not prepared.context["aws:requestedregion"]
	_known(prepared, "aws:resourceaccount") == ["111122223333"]
}

test_a_session if {
	session := {
		"type": "assumed_role_session",
		"arn": "arn:aws:sts::444455556666:assumed-role/Train/run-1",
		"account": "444455556666",
	}
	without_role := call.prepare(_call(session))
	without_role.same_account == false
	without_role.caller.full_role == "444455556666/Train"
	without_role.caller.role_arn == "arn:aws:iam::444455556666:role/Train"
	without_role.caller.path_known == false
	without_role.context["aws:principalarn"].state == "unknown"

	role := "arn:aws:iam::444455556666:role/aws-service-role/x.amazonaws.com/Train"
	with_role := call.prepare(_call(object.union(session, {"role_arn": role})))
	with_role.caller.path_known
	with_role.caller.linked
	_known(with_role, "aws:principalarn") == [role]
}

test_a_user_has_a_name if {
	user := {"type": "user", "arn": "arn:aws:iam::111122223333:user/team/alice", "account": "111122223333"}
	_known(call.prepare(_call(user)), "aws:username") == ["alice"]
	not call.prepare(_call(user)).caller.linked
}

test_a_service if {
	prepared := call.prepare(_call({"type": "service", "name": "job.sagemaker.amazonaws.com"}))
	prepared.same_account
	_known(prepared, "aws:principalisawsservice") == ["true"]
	_known(prepared, "aws:principalservicename") == ["job.sagemaker.amazonaws.com"]
	prepared.context["aws:principalarn"] == value.absent
	not prepared.context["aws:sourcearn"]
}

test_another_api if {
	not call.prepare(object.union(_call(_role), {"action": "sagemaker:CreateJob"})).is_kms
}

_known(prepared, key) := prepared.context[key].value

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_role := {"type": "role", "arn": "arn:aws:iam::111122223333:role/team/Train", "account": "111122223333"}

_call(principal) := {
	"principal": principal,
	"action": "kms:Decrypt",
	"resource": _key,
	"key_account": "111122223333",
	"context": {},
}
