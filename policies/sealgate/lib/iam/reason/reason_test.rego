package sealgate.lib.iam.reason_test

import data.sealgate.lib.iam.call
import data.sealgate.lib.iam.document
import data.sealgate.lib.iam.reason
import data.sealgate.lib.value

test_a_permission_that_is_certain_needs_no_reason if {
	reason.nearest(_call, {}, {"truth": 2}) == []
	reason.missing(_call, {}, {"truth": 2}) == []
}

test_a_doubt_about_a_deny_names_what_is_open if {
	every element, expected in {
		{"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}: concat("", [
			"condition Bool aws:SecureTransport false: the call's aws:SecureTransport is not known ",
			"(the documents do not say what this call carries there)",
		]),
		{"NotPrincipal": {"AWS": _role}}: concat(" ", ["whether its principals include", _role, "is not known"]),
	} {
		[statement] := _denying(element)
		[doubt] := reason.doubts(_call, [{"truth": 1, "who": 1, "statement": statement}])
		doubt.reason == expected
		doubt.sid == "Never"
	}
}

test_only_undecided_statements_have_something_missing if {
	[statement] := _denying({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}})
	reason.of_statements(_call, [{"truth": 2, "who": 2, "statement": statement}]) == []
	[missing] := reason.of_statements(_call, [{"truth": 1, "who": 2, "statement": statement}])
	[missing.layer, missing.part] == ["context", "aws:securetransport"]
}

_denying(element) := document.single(value.known({"Version": "2012-10-17", "Statement": statement}), "key_policy", "A").deny if {
	statement := object.union({"Sid": "Never", "Effect": "Deny", "Action": "kms:*", "Resource": "*"}, element)
}

_role := "arn:aws:iam::111122223333:role/Train"

_call := call.prepare({
	"principal": {"type": "role", "arn": _role, "account": "111122223333"},
	"action": "kms:Decrypt",
	"resource": "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	"key_account": "111122223333",
	"context": {},
})
