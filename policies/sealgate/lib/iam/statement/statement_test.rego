package sealgate.lib.iam.statement_test

import data.sealgate.lib.iam.call
import data.sealgate.lib.iam.document
import data.sealgate.lib.iam.statement
import data.sealgate.lib.value

test_conditions_hold_together if {
	every condition, expected in {
		{}: 2,
		{"StringEquals": {"kms:ViaService": "a"}}: 2,
		{"StringEquals": {"kms:ViaService": "a"}, "Null": {"kms:ViaService": "true"}}: 0,
		{"StringEquals": {"kms:ViaService": "a", "aws:SourceVpce": "vpce-1"}}: 1,
	} {
		[found] := _group([_allow(condition)]).allow
		statement.conditions(found, _call) == expected
	}
}

test_a_group_allows_what_one_statement_allows if {
	statement.allowed(_call, _group([_allow({}), _allow({"Bool": {"kms:ViaService": "true"}})])) == 2
	statement.allowed(_call, _group([_allow({"StringEquals": {"aws:SourceVpce": "vpce-1"}})])) == 1
	statement.allowed(_call, _group([_allow({"StringEquals": {"kms:ViaService": "b"}})])) == 0
	statement.allowed(_call, _group([object.union(_allow({}), {"Resource": "arn:aws:kms:us-west-2:*:key/b"})])) == 0
	statement.allowed(_call, _group([object.union(_allow({}), {"Action": "kms:Encrypt"})])) == 0
	[hit] := statement.allowing(_call, _group([_allow({})]))
	[hit.truth, hit.who, hit.statement.reference.index] == [2, 2, 0]
}

test_a_group_that_is_not_known_may_allow if {
	statement.allowed(_call, document.single(value.unknown("after apply"), "boundary", "A")) == 1
	statement.strongest([0, 2, 1], document.none) == 2
	statement.strongest([], document.none) == 0
}

_group(statements) := document.single(
	value.known({"Version": "2012-10-17", "Statement": statements}),
	"identity",
	"A",
)

_allow(condition) := {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition}

_call := call.prepare({
	"principal": {"type": "role", "arn": "arn:aws:iam::111122223333:role/Train", "account": "111122223333"},
	"action": "kms:Decrypt",
	"resource": "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	"key_account": "111122223333",
	"context": {"kms:ViaService": value.known("a")},
})
