# METADATA
# title: Wildcards and variables in policies
# description: |
#   In the patterns of policies `*` is any text and `?` any character. A variable's own `*` and `?`, and those of `${*}`
#   and `${?}`, are no wildcards: they are carried through as two marks (U+0001 and U+0002) until the pattern is made
#   ready or the text is written.
# scope: package
package sealgate.lib.iam.pattern

import data.sealgate.lib.wildcard

# METADATA
# description: Whether a text matches one of the patterns that `text`, `resource` or `arn` made ready.
matches(ready, content) if {
	some one in ready
	wildcard.fits(one, content)
}

# METADATA
# description: Patterns for texts, ready for `matches`.
text(patterns) := [_ready(pattern) | some pattern in patterns]

# METADATA
# description: |
#   Patterns for resources, ready for `matches`: `*` stays within a part of an ARN unless it ends the part, where it may
#   reach beyond the colon. A pattern with fewer than six parts is completed with `*`.
resource(patterns) := [_by_parts(pattern, _resource(pattern)) | some pattern in patterns]

# METADATA
# description: |
#   Patterns for ARNs as the ARN operators compare them, ready for `matches`: each of the six parts on its own, all of
#   them written. Patterns with fewer parts match nothing.
arn(patterns) := [_by_parts(pattern, _arn(pattern)) | some pattern in patterns; count(split(pattern, ":")) > 5]

# METADATA
# description: Whether a text holds a variable.
has_variable(content) if regex.match(`\$\{[^}]*\}`, content)

# METADATA
# description: |
#   A text with its variables replaced by the values of the context (`{<key>: value in three states, known ones as a
#   list of texts}`, `others` for every other key): known with marks for literal wildcards, absent where a variable
#   has neither a value nor a default, unknown where a value is.
expanded(content, context, others) := out if {
	values := {found[0]: value |
		some found in regex.find_all_string_submatch_n(`\$\{([^}]*)\}`, content, -1)
		value := _variable(found[1], context, others)
	}
	out := _expanded(content, values, {value.state | some value in values})
}

# METADATA
# description: A text whose marks are written as the wildcards they stand for.
unmarked(content) := strings.replace_n({"\u0001": "*", "\u0002": "?"}, content)

# METADATA
# description: The keys that the variables of a text name, in lower case.
keys(content) := {_key(found[1]) | some found in regex.find_all_string_submatch_n(`\$\{([^}]*)\}`, content, -1)}

_expanded(content, values, states) := {
	"state": "known",
	"value": strings.replace_n({full: value.value | some full, value in values}, content),
} if {
	states == {"known"}
}

_expanded(_, _, states) := {"state": "unknown"} if states.unknown

_expanded(_, _, states) := {"state": "absent"} if {
	states.absent
	not states.unknown
}

_variable("*", _, _) := {"state": "known", "value": "\u0001"}

_variable("?", _, _) := {"state": "known", "value": "\u0002"}

_variable("$", _, _) := {"state": "known", "value": "$"}

_variable(inner, context, others) := out if {
	not inner in {"*", "?", "$"}
	value := object.get(context, _key(inner), others)
	out := _resolved(inner, value)
}

_resolved(inner, value) := {"state": "known", "value": _marked(value.value[0])} if {
	value.state == "known"
	count(value.value) == 1
} else := {"state": "unknown"} if {
	value.state == "unknown"
} else := {"state": "known", "value": _marked(found[0][1])} if {
	found := regex.find_all_string_submatch_n(`,\s*'([^']*)'\s*$`, inner, 1)
	count(found) == 1
} else := {"state": "absent"}

_key(inner) := lower(trim_space(split(inner, ",")[0]))

_marked(content) := strings.replace_n({"*": "\u0001", "?": "\u0002"}, content)

_ready(pattern) := wildcard.compiled(pattern) if not _has_marks(pattern)

_ready(pattern) := {"prefix": _prefix(pattern), "regex": _anchored(strings.replace_n(_text, pattern))} if {
	_has_marks(pattern)
}

# An ARN without wildcards is itself; the regular expression of another is asked only about texts that begin as it does.
_by_parts(pattern, _) := wildcard.literal(unmarked(pattern)) if _is_literal(pattern)

_by_parts(pattern, expression) := {"prefix": _prefix(pattern), "regex": _anchored(expression)} if {
	not _is_literal(pattern)
}

_is_literal(pattern) if {
	not contains(pattern, "*")
	not contains(pattern, "?")
	count(split(pattern, ":")) > 5
}

_has_marks(pattern) if contains(pattern, "\u0001")

_has_marks(pattern) if contains(pattern, "\u0002")

_prefix(pattern) := unmarked(split(split(pattern, "*")[0], "?")[0])

_anchored(expression) := concat("", ["^(?s:", expression, ")$"])

_resource(pattern) := concat("", [
	concat(":", array.concat(
		[_open_end(part) | some part in array.slice(parts, 0, 5)],
		[strings.replace_n(_text, concat(":", array.slice(parts, 5, count(parts)))) | count(parts) > 5],
	)),
	_completion(pattern, count(parts)),
]) if {
	parts := split(pattern, ":")
}

_completion(pattern, parts) := ":.*" if {
	parts < 6
	not endswith(pattern, "*")
} else := ""

_open_end(part) := concat("", [strings.replace_n(_segment, trim_suffix(part, "*")), ".*"]) if endswith(part, "*")

_open_end(part) := strings.replace_n(_segment, part) if not endswith(part, "*")

_arn(pattern) := concat(":", array.concat(
	[strings.replace_n(_segment, part) | some part in array.slice(parts, 0, 5)],
	[strings.replace_n(_text, concat(":", array.slice(parts, 5, count(parts))))],
)) if {
	parts := split(pattern, ":")
}

_text := object.union(_literal, {"*": ".*", "?": "."})

_segment := object.union(_literal, {"*": "[^:]*", "?": "[^:]"})

_literal := {
	"\\": `\\`, ".": `\.`, "+": `\+`, "(": `\(`, ")": `\)`, "[": `\[`, "]": `\]`, "{": `\{`, "}": `\}`, "^": `\^`,
	"$": `\$`, "|": `\|`, "\u0001": `\*`, "\u0002": `\?`,
}
