package sealgate.lib.wildcard_test

import data.sealgate.lib.wildcard

test_matches if {
	every pattern, texts in {
		"": [""],
		"*": ["", "a", "a\nb", "ü"],
		"abc": ["abc"],
		"a*": ["a", "ab", "a*"],
		"*c": ["c", "abc", "cc"],
		"a*c": ["ac", "abc", "acc", "a*c"],
		"a**c": ["ac", "abc"],
		"a*b*c": ["abc", "aXbXc", "abbc", "abXbc"],
		"*a*b*c*d*e*f*g*h": ["abcdefgh", "XaXbXcXdXeXfXgXh"],
		"a?c": ["abc", "a?c", "aüc"],
		"a.c": ["a.c"],
		"?*": ["a", "ab"],
		"a*b*c*d*e*f*g*h*i*j*k": ["abcdefghijk", "aXbXcXdXeXfXgXhXiXjXk"],
	} {
		every text in texts {
			wildcard.matches(pattern, text)
		}
	}
}

test_does_not_match if {
	every pattern, texts in {
		"": ["a"],
		"abc": ["ab", "abcd", "ABC", ""],
		"a*": ["", "ba"],
		"*c": ["", "ca"],
		"ab*ba": ["aba"],
		"a*b*c": ["ac", "acb", "abcd", "cba"],
		"*a*b*c*d*e*f*g*h": ["abcdefhg", "abcdefg"],
		"a?c": ["ac", "abbc"],
		"a.c": ["abc"],
		"a*b*c*d*e*f*g*h*i*j*k": ["abcdefghijkl", "kjihgfedcba"],
		"a(b|c)?": ["ab", "ac"],
	} {
		every text in texts {
			not wildcard.matches(pattern, text)
		}
	}
}
