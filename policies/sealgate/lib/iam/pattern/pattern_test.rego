package sealgate.lib.iam.pattern_test

import data.sealgate.lib.iam.pattern

test_text_matches_wildcards_and_nothing_else_is_special if {
	every pair in [
		["kms:*", "kms:decrypt"],
		["a?c", "abc"],
		["a.c", "a.c"],
		[`^$()[]{}|+\`, `^$()[]{}|+\`],
		["a*", "a\nb"],
		["*", ""],
	] {
		pattern.matches(pattern.text([pair[0]]), pair[1])
	}
	every pair in [["a?c", "ac"], ["a.c", "abc"], ["kms:*", "s3:kms:x"], ["a", "ab"], ["", "a"]] {
		not pattern.matches(pattern.text([pair[0]]), pair[1])
	}
}

test_text_of_several_patterns_is_any_of_them if {
	expression := pattern.text(["a*", "*b"])
	pattern.matches(expression, "ac")
	pattern.matches(expression, "cb")
	not pattern.matches(expression, "cc")
}

test_no_pattern_matches_nothing if {
	not pattern.matches(pattern.text([]), "")
	not pattern.matches(pattern.text([]), "a")
}

test_resource if {
	key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
	every resource in [
		key,
		"*",
		"arn:aws:kms:us-west-2:111122223333:key/*",
		"arn:aws:kms:*:111122223333:key/*",
		"arn:aws:kms:us-*:*:key/????abcd-*",
		"arn:aws:kms:us-west-2",
		"arn:aws:kms:*",
		"arn:aws:kms:*:key/*",
		"arn:*",
	] {
		pattern.matches(pattern.resource([resource]), key)
	}
	every resource in [
		"arn:aws:kms:*west-1:111122223333:key/*",
		"arn:aws:kms:u*2:key/*",
		"arn:aws:kms:us-west-2:111122223333:alias/*",
		"arn:aws:kms:us-west-1",
		"arn:aws:s3:*",
	] {
		not pattern.matches(pattern.resource([resource]), key)
	}
}

test_arn_compares_each_part if {
	pattern.matches(pattern.arn(["arn:aws:sns:us-west-2:111122223333:a:*"]), "arn:aws:sns:us-west-2:111122223333:a:b:c")
	role := "arn:aws:iam::111122223333:role/team/Train"
	every wanted in [role, "arn:*:iam::*:role/*", "arn:aws:iam::1111????3333:*", "arn:aws:i*m:*:*:*"] {
		pattern.matches(pattern.arn([wanted]), role)
	}
	every wanted in ["*", "arn:aws:iam:*", "arn:aws:iam:*:role/*", "arn:aws:iam::*:user/*"] {
		not pattern.matches(pattern.arn([wanted]), role)
	}
}

test_has_variable if {
	pattern.has_variable("a/${aws:username}")
	not pattern.has_variable("a/$aws")
	not pattern.has_variable("a/${aws")
}

test_expanded if {
	pattern.unmarked("a\u0001\u0002") == "a*?"
	pattern.keys("${aws:A, 'x'}/${aws:b}") == {"aws:a", "aws:b"}
	context := {
		"aws:username": {"state": "known", "value": ["al*ce"]},
		"aws:tagkeys": {"state": "known", "value": ["a", "b"]},
		"aws:principaltag/team": {"state": "absent"},
		"aws:sourcevpce": {"state": "unknown", "reason": "nobody knows"},
	}
	absent := {"state": "absent"}
	every content, expected in {
		"a/${aws:username}/${AWS:UserName}": {"state": "known", "value": "a/al\u0001ce/al\u0001ce"},
		"${aws:PrincipalTag/team, 'm?'}": {"state": "known", "value": "m\u0002"},
		"${*}${?}${$}": {"state": "known", "value": "\u0001\u0002$"},
		"${aws:PrincipalTag/team}": absent,
		"${aws:TagKeys}": absent,
		"${aws:other}": absent,
		"${aws:SourceVpce, 'x'}": {"state": "unknown"},
		"${aws:SourceVpce}${aws:other}": {"state": "unknown"},
	} {
		pattern.expanded(content, context, absent) == expected
	}
}

test_marks_are_literal_wildcards if {
	pattern.matches(pattern.text(["a\u0001*"]), "a*bc")
	pattern.matches(pattern.text(["a\u0002?"]), "a?b")
	not pattern.matches(pattern.text(["a\u0001*"]), "abc")
	not pattern.matches(pattern.text(["a\u0002?"]), "abb")
	pattern.matches(pattern.arn(["arn:aws:iam::111122223333:role/\u0001"]), "arn:aws:iam::111122223333:role/*")
}
