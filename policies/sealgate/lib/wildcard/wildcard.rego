# METADATA
# title: Wildcards
# description: |
#   `*` stands for any text and `?` for any character. Patterns with `*` alone are compared without a regular
#   expression: OPA's WebAssembly keeps some hundred compiled ones and, past that, frees one that it still uses.
# scope: package
package sealgate.lib.wildcard

# METADATA
# description: Whether a text matches a pattern.
matches(pattern, text) if fits(compiled(pattern), text)

# METADATA
# description: A text that stands for itself, ready to be compared by `fits`.
literal(text) := {"text": text}

# METADATA
# description: A pattern, ready to be compared with many texts by `fits`.
compiled(pattern) := literal(pattern) if {
	not contains(pattern, "*")
	not contains(pattern, "?")
} else := {
	"first": parts[0],
	"last": last,
	"length": count(parts[0]) + count(last),
	"between": [part | some part in array.slice(parts, 1, count(parts) - 1); part != ""],
} if {
	not contains(pattern, "?")
	parts := split(pattern, "*")
	count(parts) < 10
	last := parts[count(parts) - 1]
} else := {
	"prefix": split(split(pattern, "*")[0], "?")[0],
	"regex": concat("", ["^(?s:", strings.replace_n(_wildcards, pattern), ")$"]),
}

# METADATA
# scope: document
# description: |
#   Whether a text fits a compiled pattern: its whole `text`; or what it begins and ends with, and what stands in
#   between in this order; or a `prefix` and a `regex`, which is compiled only for a text that begins as the pattern
#   does.
fits(pattern, text) if text == pattern.text

fits(pattern, text) if {
	startswith(text, pattern.first)
	endswith(text, pattern.last)
	room := count(text) - pattern.length
	room >= 0
	_stand_between(pattern, text, room)
}

fits(pattern, text) if {
	startswith(text, pattern.prefix)
	regex.match(pattern.regex, text)
}

_stand_between(pattern, _, _) if pattern.between == []

_stand_between(pattern, text, room) if {
	pattern.between != []
	_in_order(pattern.between, substring(text, count(pattern.first), room))
}

# Each part stands after the one before it; the first place of each leaves most room for the others.
_in_order(parts, text) if {
	two := _cut(_cut(text, parts, 0), parts, 1)
	four := _cut(_cut(two, parts, 2), parts, 3)
	six := _cut(_cut(four, parts, 4), parts, 5)
	_ := _cut(_cut(six, parts, 6), parts, 7)
}

# What follows the first place of a part; everything, where there is no such part.
_cut(text, parts, index) := text if index >= count(parts)

_cut(text, parts, index) := substring(text, found + count(parts[index]), -1) if {
	index < count(parts)
	found := indexof(text, parts[index])
	found >= 0
}

_wildcards := {
	"*": ".*", "?": ".", "\\": `\\`, ".": `\.`, "+": `\+`, "(": `\(`, ")": `\)`, "[": `\[`, "]": `\]`, "{": `\{`,
	"}": `\}`, "^": `\^`, "$": `\$`, "|": `\|`,
}
