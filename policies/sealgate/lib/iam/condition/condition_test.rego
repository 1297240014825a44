package sealgate.lib.iam.condition_test

import data.sealgate.lib.iam.condition
import data.sealgate.lib.value

test_operators if {
	every example in [
		["StringEquals", "a", "a", 2],
		["StringEquals", ["b", "a"], "a", 2],
		["StringEquals", "A", "a", 0],
		["StringEquals", "a*", "ab", 0],
		["StringNotEquals", "a", "a", 0],
		["StringNotEquals", ["a", "b"], "c", 2],
		["StringEqualsIgnoreCase", "A", "a", 2],
		["StringNotEqualsIgnoreCase", "A", "a", 0],
		["StringLike", "s3.*.amazonaws.com", "s3.us-west-2.amazonaws.com", 2],
		["StringLike", "s3.*", "S3.x", 0],
		["StringNotLike", "s3.*", "s3.x", 0],
		["ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a", 2],
		["ArnEquals", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a", 2],
		["ArnNotLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a", 0],
		["ArnNotEquals", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:user/a", 2],
		["ArnLike", "*", "arn:aws:iam::111122223333:user/a", 1],
		["ArnNotLike", "*", "arn:aws:iam::111122223333:user/a", 1],
		["Bool", "true", "true", 2],
		["Bool", true, "True", 2],
		["Bool", "false", "true", 0],
		["BinaryEquals", "QmluYXJ5", "QmluYXJ5", 2],
		["NumericEquals", "10", "10.0", 2],
		["NumericNotEquals", 10, "10.0", 0],
		["NumericLessThan", "10", "9", 2],
		["NumericLessThan", "10", "10", 0],
		["NumericLessThanEquals", "10", "10", 2],
		["NumericGreaterThan", "9", "10", 2],
		["NumericGreaterThanEquals", "11", "10", 0],
		["NumericEquals", "10", "ten", 1],
		["NumericNotEquals", "10", "ten", 1],
		["DateEquals", "2026-04-01T00:00:00Z", "2026-04-01", 2],
		["DateNotEquals", "2026-04-01T00:00:00Z", "2026-04-01", 0],
		["DateLessThan", "2026-04-01T00:00:00Z", "2026-03-31T23:59:59Z", 2],
		["DateLessThanEquals", "1775001600", "2026-04-01T00:00:00Z", 2],
		["DateGreaterThan", "2026-04-01T00:00:00Z", "2026-03-31T23:59:59Z", 0],
		["DateGreaterThanEquals", "2026-04-01T00:00:00Z", "2026-04-01T00:00:00Z", 2],
		["DateEquals", "2026-04-01", "now", 1],
		["IpAddress", ["10.0.0.0/8", "2001:db8::/32"], "10.1.2.3", 2],
		["IpAddress", "10.1.2.3", "10.1.2.4", 0],
		["NotIpAddress", "10.0.0.0/8", "2001:db8::9", 2],
		["IpAddress", "10.0.0.0/8", "here", 1],
		["Null", "true", "a", 0],
		["Null", false, "a", 2],
		["stringequals", "a", "a", 2],
	] {
		_truth(example[0], example[1], value.known(example[2])) == example[3]
	}
}

test_every_operator_on_a_key_that_is_absent if {
	_truth("Null", "true", value.absent) == 2
	_truth("Null", "false", value.absent) == 0
	_truth("Null", ["true", "false"], value.absent) == 2
	_truth("Null", "true", value.unknown("nobody knows")) == 1
	every operator, expected in {
		"StringEquals": 0,
		"StringNotEquals": 2,
		"StringEqualsIfExists": 2,
		"StringNotEqualsIfExists": 2,
		"ForAllValues:StringEquals": 2,
		"ForAllValues:StringNotEquals": 2,
		"ForAnyValue:StringEquals": 0,
		"ForAnyValue:StringNotEquals": 0,
		"ForAnyValue:StringEqualsIfExists": 2,
	} {
		_truth(operator, "a", value.absent) == expected
		_truth(operator, "a", value.known([])) == expected
		_truth(operator, "a", value.unknown("nobody knows")) == 1
	}
}

test_several_values if {
	_truth("ForAnyValue:StringEquals", "a", value.known("a")) == 2
	every example in [
		["ForAllValues:StringEquals", ["a", "b"], ["a"], 2],
		["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], 0],
		["ForAllValues:StringNotEquals", ["a", "b"], ["c", "d"], 2],
		["ForAllValues:StringNotEquals", ["a", "b"], ["a", "d"], 0],
		["ForAnyValue:StringEquals", ["a", "b"], ["c", "a"], 2],
		["ForAnyValue:StringEquals", ["a", "b"], ["c"], 0],
		["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "c"], 2],
		["ForAnyValue:StringNotEquals", ["a", "b"], ["a"], 0],
		["ForAnyValue:StringLike", "a*", ["b", "ab"], 2],
		["StringEquals", "a", ["a"], 1],
		["StringNotEquals", "a", ["b", "c"], 1],
	] {
		_truth(example[0], example[1], value.known(example[2])) == example[3]
	}
}

test_variables if {
	every example in [
		["StringEquals", "${aws:PrincipalAccount}", "111122223333", 2],
		["StringEquals", "${aws:PrincipalAccount}", "444455556666", 0],
		["StringEqualsIgnoreCase", "X${aws:PrincipalAccount}", "x111122223333", 2],
		["StringLike", "${aws:PrincipalAccount}*", "111122223333x", 2],
		["StringEquals", "a${*}", "a*", 2],
		["StringLike", "a${*}", "ab", 0],
		["StringEquals", ["b", "${aws:PrincipalTag/team, 'a'}"], "a", 2],
		["StringEquals", "${aws:PrincipalTag/team}", "a", 0],
		["StringNotEquals", "${aws:PrincipalTag/team}", "a", 2],
		["StringEquals", "${aws:SourceVpce}", "a", 1],
		["StringNotEquals", "${aws:SourceVpce}", "a", 1],
		["ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:role/*", "arn:aws:iam::111122223333:role/a", 2],
		["ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:role/*", "arn:aws:iam::444455556666:role/a", 0],
		["ArnLike", "${aws:PrincipalAccount}", "arn:aws:iam::444455556666:role/a", 1],
	] {
		_truth(example[0], example[1], value.known(example[2])) == example[3]
	}
	[literal] := condition.compile({"StringEquals": {"kms:ViaService": "${aws:PrincipalAccount}"}}, false)
	condition.truth(literal, _call(value.known("111122223333"))) == 0
	condition.truth(literal, _call(value.known("${aws:PrincipalAccount}"))) == 2
}

test_keys_are_found_in_any_case if {
	[compiled] := condition.compile({"StringEquals": {"KMS:viaSERVICE": "a"}}, true)
	condition.truth(compiled, _call(value.known("a"))) == 2
}

test_conditions_stand_in_order if {
	compiled := condition.compile({"StringLike": {"b": "x", "a": "x"}, "Bool": {"c": "true"}}, true)
	[test.name | some test in compiled] == ["c", "a", "b"]
}

test_explained if {
	every example in [
		[
			value.known("sagemaker.us-west-2.amazonaws.com"),
			"condition StringLike kms:ViaService s3.*.amazonaws.com: this call comes through sagemaker.us-west-2.amazonaws.com",
		],
		[value.absent, "condition StringLike kms:ViaService s3.*.amazonaws.com: this call has no kms:ViaService"],
		[value.known([]), "condition StringLike kms:ViaService s3.*.amazonaws.com: this call has no kms:ViaService"],
		[
			value.unknown("nobody knows"),
			"condition StringLike kms:ViaService s3.*.amazonaws.com: the call's kms:ViaService is not known (nobody knows)",
		],
		[
			{"state": "unknown"},
			"condition StringLike kms:ViaService s3.*.amazonaws.com: the call's kms:ViaService is not known (no reason is given)",
		],
	] {
		[compiled] := condition.compile({"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}, true)
		condition.explained(compiled, _call(example[0])) == example[1]
	}
	[many] := condition.compile({"StringEquals": {"aws:PrincipalAccount": ["1", "2", "3", "4", "5"]}}, true)
	condition.explained(many, _call(value.absent)) == concat("", [
		"condition StringEquals aws:PrincipalAccount 1 or 2 or 3 or 2 more: ",
		"this call has 111122223333",
	])
}

test_unknown_names_the_keys_that_are_not_known if {
	[compiled] := condition.compile({"StringEquals": {"kms:ViaService": ["${aws:SourceVpce}", "${aws:PrincipalAccount}"]}}, true)
	condition.unknown(compiled, _call(value.known("a"))) == {"aws:sourcevpce": value.unknown("nobody knows")}
	object.keys(condition.unknown(compiled, _call(value.unknown("x")))) == {"kms:viaservice", "aws:sourcevpce"}
}

test_problems if {
	condition.problems({}) == set()
	condition.problems({"StringEquals": {"a": ["b", 5, true]}, "Null": {"a": true}}) == set()
	condition.problems({"DateLessThan": {"a": "2026-04-01T00:00:00Z"}, "ForAllValues:ArnLike": {"a": "arn:*"}}) == set()
	_steps("all") == {[]}
	_steps({"StringsEqual": {"a": "b"}}) == {["StringsEqual"]}
	_steps({"NullIfExists": {"a": "true"}}) == {["NullIfExists"]}
	_steps({"ForAnyValue:Null": {"a": "true"}}) == {["ForAnyValue:Null"]}
	_steps({"StringEquals": "a"}) == {["StringEquals"]}
	_steps({"StringEquals": {"a": {"b": "c"}}}) == {["StringEquals", "a"]}
	_steps({"StringEquals": {"a": [null]}}) == {["StringEquals", "a"]}
	_steps({"NumericEquals": {"a": "ten"}}) == {["NumericEquals", "a"]}
	_steps({"DateEquals": {"a": "now"}}) == {["DateEquals", "a"]}
	_steps({"IpAddress": {"a": "10.0.0.0/64"}}) == {["IpAddress", "a"]}
	_steps({"Bool": {"a": "yes"}}) == {["Bool", "a"]}
	some problem in condition.problems({"Bool": {"a": "yes"}})
	problem.message == "yes is no true or false"
}

_steps(element) := {problem.steps | some problem in condition.problems(element)}

_truth(operator, values, content) := condition.truth(compiled, _call(content)) if {
	[compiled] := condition.compile({operator: {"kms:ViaService": values}}, true)
}

_call(content) := {
	"context": {
		"kms:viaservice": _listed(content),
		"aws:principalaccount": {"state": "known", "several": false, "value": ["111122223333"]},
		"aws:sourcevpce": value.unknown("nobody knows"),
	},
	"others": value.absent,
}

_listed(content) := {"state": "known", "several": true, "value": content.value} if is_array(content.value)

_listed(content) := {"state": "known", "several": false, "value": [content.value]} if is_string(content.value)

_listed(content) := content if content.state != "known"
