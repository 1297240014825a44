package sealgate.lib.iam.principal_test

import data.sealgate.lib.iam.call
import data.sealgate.lib.iam.principal

test_everyone if {
	every element in ["*", {"AWS": "*"}, {"AWS": ["111122223333", "*"]}] {
		compiled := principal.compile(element, false)
		every caller in [_role, _user, _service] {
			principal.direct(compiled, caller) == 2
			principal.denied(compiled, caller, false) == 2
		}
	}
}

test_account if {
	_truths(principal.compile({"AWS": "444455556666"}, false), _role) == [0, 0, 0]
	every element in [{"AWS": "111122223333"}, {"AWS": ["arn:aws:iam::111122223333:root"]}] {
		compiled := principal.compile(element, false)
		every caller in [_role, _user, _session, _federated] {
			_truths(compiled, caller) == [0, 0, 2]
		}
		_truths(compiled, _root) == [2, 0, 0]
		_truths(compiled, _service) == [0, 0, 0]
	}
}

test_role if {
	compiled := principal.compile({"AWS": "arn:aws:iam::111122223333:role/team/Train"}, false)
	_truths(compiled, _role) == [0, 2, 0]
	_truths(compiled, _session) == [0, 2, 0]
	_truths(compiled, _user) == [0, 0, 0]
}

test_session_whose_role_has_an_unknown_path if {
	session := _caller(object.remove(_session, ["role_arn"]))
	_truths(principal.compile({"AWS": "arn:aws:iam::111122223333:role/Train"}, false), session) == [0, 2, 0]
	_truths(principal.compile({"AWS": "arn:aws:iam::111122223333:role/team/Train"}, false), session) == [0, 1, 0]
	_truths(principal.compile({"AWS": "arn:aws:iam::111122223333:role/Other"}, false), session) == [0, 0, 0]
}

test_session if {
	compiled := principal.compile({"AWS": "arn:aws:sts::111122223333:assumed-role/Train/run-1"}, false)
	_truths(compiled, _session) == [2, 0, 0]
	_truths(compiled, _role) == [1, 0, 0]
	_truths(principal.compile({"AWS": "arn:aws:sts::111122223333:assumed-role/Train/run-2"}, false), _session) == [0, 0, 0]
}

test_user_and_federated_user if {
	user := principal.compile({"AWS": "arn:aws:iam::111122223333:user/alice"}, false)
	_truths(user, _user) == [2, 0, 0]
	_truths(user, _federated) == [0, 2, 0]
	_truths(principal.compile({"AWS": "arn:aws:sts::111122223333:federated-user/alice"}, false), _federated) == [2, 0, 0]
}

test_service if {
	compiled := principal.compile({"Service": ["sagemaker.amazonaws.com"], "AWS": "111122223333"}, false)
	_truths(compiled, _service) == [2, 0, 0]
	_truths(principal.compile({"Service": "bedrock.amazonaws.com"}, false), _service) == [0, 0, 0]
}

test_deleted_principal_is_nobody if {
	_truths(principal.compile({"AWS": "AROAEXAMPLEEXAMPLE12"}, false), _role) == [0, 0, 0]
	_truths(principal.compile({"Federated": "cognito-identity.amazonaws.com"}, false), _role) == [0, 0, 0]
}

test_everyone_but_the_caller if {
	principal.denied(principal.compile("*", true), _role, true) == 0
	role := "arn:aws:iam::111122223333:role/team/Train"
	principal.denied(principal.compile({"AWS": [role, "111122223333"]}, true), _role, true) == 2
	principal.denied(principal.compile({"Service": "sagemaker.amazonaws.com"}, true), _service, false) == 0
	principal.denied(principal.compile({"Service": "bedrock.amazonaws.com"}, true), _service, false) == 2
	principal.denied(principal.compile({"AWS": "111122223333"}, true), _root, false) == 0
	every names, expected in {
		{"444455556666"}: 2,
		{role}: 1,
		{"111122223333"}: 1,
		{role, "arn:aws:iam::111122223333:root"}: 0,
		{"*"}: 0,
	} {
		compiled := principal.compile({"AWS": [name | some name in names]}, true)
		principal.denied(compiled, _role, false) == expected
	}
}

test_problems if {
	_steps(principal.problems("arn:aws:iam::111122223333:root")) == {[]}
	_steps(principal.problems(["*"])) == {[]}
	_steps(principal.problems({"Aws": "*"})) == {["Aws"]}
	_steps(principal.problems({"AWS": 5})) == {["AWS"]}
	_steps(principal.problems({"AWS": "arn:aws:iam::111122223333:role/*"})) == {["AWS"]}
	_steps(principal.problems({"AWS": ["alice"]})) == {["AWS"]}
	every element in [
		"*",
		{"AWS": "*"},
		{"AWS": ["111122223333", "arn:aws:iam::111122223333:root", "AIDAEXAMPLEEXAMPLE12"]},
		{"AWS": "arn:aws-cn:sts::111122223333:assumed-role/Train/run", "Service": ["s3.amazonaws.com"]},
		{"Federated": "cognito-identity.amazonaws.com", "CanonicalUser": "79a5"},
	] {
		principal.problems(element) == set()
	}
}

_steps(problems) := {problem.steps | some problem in problems}

_truths(compiled, caller) := [
	principal.direct(compiled, caller),
	principal.role(compiled, caller),
	principal.account(compiled, caller),
]

_caller(given) := call.prepare({
	"principal": given,
	"action": "kms:Decrypt",
	"resource": "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	"key_account": "111122223333",
	"context": {},
}).caller

_role := _caller({"type": "role", "arn": "arn:aws:iam::111122223333:role/team/Train", "account": "111122223333"})

_user := _caller({"type": "user", "arn": "arn:aws:iam::111122223333:user/alice", "account": "111122223333"})

_root := _caller({"type": "account_root", "arn": "arn:aws:iam::111122223333:root", "account": "111122223333"})

_service := _caller({"type": "service", "name": "sagemaker.amazonaws.com"})

_session := _caller({
	"type": "assumed_role_session",
	"arn": "arn:aws:sts::111122223333:assumed-role/Train/run-1",
	"role_arn": "arn:aws:iam::111122223333:role/team/Train",
	"account": "111122223333",
})

_federated := _caller({
	"type": "federated",
	"arn": "arn:aws:sts::111122223333:federated-user/alice",
	"user_arn": "arn:aws:iam::111122223333:user/alice",
	"account": "111122223333",
})
