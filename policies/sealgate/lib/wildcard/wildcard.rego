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
# description: A pattern, ready to be compared with many texts by `fits`.
compiled(pattern) := {"parts": parts} if {
	not contains(pattern, "?")
	parts := split(pattern, "*")
	count(parts) < 10
} else := {
	"prefix": split(split(pattern, "*")[0], "?")[0],
	"regex": concat("", ["^(?s:", strings.replace_n(_wildcards, pattern), ")$"]),
}

# METADATA
# scope: document
# description: |
#   Whether a text fits a compiled pattern: the `parts` between its wildcards in their order, or a `prefix` and a
#   `regex`.
fits(pattern, text) if text == concat("*", pattern.parts)

fits(pattern, text) if {
	count(pattern.parts) > 1
	first := pattern.parts[0]
	last := pattern.parts[count(pattern.parts) - 1]
	room := (count(text) - count(first)) - count(last)
	room >= 0
	startswith(text, first)
	endswith(text, last)
	between := [part | some part in array.slice(pattern.parts, 1, count(pattern.parts) - 1); part != ""]
	_in_order(between, substring(text, count(first), room))
}

# A regular expression is compiled only for a text that begins as the pattern does.
fits(pattern, text) if {
	startswith(text, pattern.prefix)
	regex.match(pattern.regex, text)
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
