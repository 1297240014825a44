# METADATA
# title: Conditions of statements
# description: |
#   Every condition operator of IAM, with IfExists, ForAllValues and ForAnyValue. Truth is 0 (no), 1 (not known),
#   2 (yes). A condition is compiled once and asked for every call (`lib/iam/call`).
# scope: package
package sealgate.lib.iam.condition

import data.sealgate.lib.iam.pattern
import data.sealgate.lib.iam.scalar

# METADATA
# description: |
#   The conditions of a Condition element in one form; only for elements without `problems`. `variables` says whether
#   the version of the document has variables.
compile(element, variables) := [compiled |
	some operator in sort(object.keys(element))
	tests := element[operator]
	some key in sort(object.keys(tests))
	compiled := _compiled(_operator(operator), key, [_text(value) | some value in _list(tests[key])], variables)
]

# METADATA
# description: What is wrong with a Condition element, as `{steps below the element, a sentence}`.
# scope: document
problems(element) := {{"steps": [], "message": "a condition is an object"}} if not is_object(element)

problems(element) := {problem |
	some operator, tests in element
	some problem in _of_operator(operator, tests)
} if {
	is_object(element)
}

# METADATA
# description: Truth of a compiled condition on a call.
truth(condition, call) := _truth(condition, call, object.get(call.context, condition.key, call.others))

# METADATA
# description: A condition and what the call has instead, as a sentence.
explained(condition, call) := concat("", [
	"condition ", condition.operator, " ", condition.name, " ", _shown(condition.written, " or "), ": ",
	_instead(condition, object.get(call.context, condition.key, call.others)),
])

# METADATA
# description: |
#   The keys that are not known and leave a condition undecided, as `{key: value in three states}`: its own, and those
#   of the variables in its values.
unknown(condition, call) := {key: value |
	some key in ({condition.key} | union({pattern.keys(content) | some content in condition.open}))
	value := object.get(call.context, key, call.others)
	value.state == "unknown"
}

_truth(condition, call, value) := 2 if {
	value.state == "known"
	condition.kind == "null"
	condition.texts["false"]
} else := 2 if {
	value.state == "absent"
	condition.kind == "null"
	condition.texts["true"]
} else := 0 if {
	value.state != "unknown"
	condition.kind == "null"
} else := 1 if {
	value.state == "unknown"
} else := condition.absent if {
	value.state == "absent"
} else := condition.absent if {
	value.value == []
} else := _one(condition, value.value[0], call) if {
	condition.each == ""
	not value.several
} else := 1 if {
	# What a key with several values does under an operator for one value is not documented.
	condition.each == ""
} else := min([_one(condition, item, call) | some item in value.value]) if {
	condition.each == "all"
} else := max([_one(condition, item, call) | some item in value.value])

_one(condition, item, call) := _matched(condition, item, call) if not condition.negated

_one(condition, item, call) := 2 - _matched(condition, item, call) if condition.negated

_matched(condition, item, call) := 2 if {
	_holds(condition.kind, condition, item)
} else := 1 if {
	# A value or a request that is not of the operator's kind.
	_is_unsure(condition, item)
} else := max([_open(condition.kind, content, item, call) | some content in condition.open]) if {
	condition.open != []
} else := 0

_is_unsure(condition, _) if {
	condition.kind == "arn"
	condition.unsure
}

_is_unsure(condition, item) if {
	condition.kind in {"number", "date", "address"}
	not _readable(condition.kind, item)
}

_holds("equal", condition, item) if condition.texts[item]

_holds("equal_folded", condition, item) if condition.texts[lower(item)]

_holds("like", condition, item) if pattern.matches(condition.pattern, item)

_holds("arn", condition, item) if pattern.matches(condition.pattern, item)

_holds("boolean", condition, item) if condition.texts[lower(item)]

_holds("number", condition, item) if {
	some bound in condition.bounds
	_compares(condition.comparison, scalar.number(item), bound)
}

_holds("date", condition, item) if {
	some bound in condition.bounds
	_compares(condition.comparison, scalar.instant(item), bound)
}

_holds("address", condition, item) if {
	some network in condition.bounds
	scalar.holds(network, scalar.address(item))
}

_compares("equals", value, bound) if value == bound

_compares("lessthan", value, bound) if value < bound

_compares("lessthanequals", value, bound) if value <= bound

_compares("greaterthan", value, bound) if value > bound

_compares("greaterthanequals", value, bound) if value >= bound

# A value with variables. One whose variable has no value equals nothing.
_open(kind, content, item, call) := truth if {
	expanded := pattern.expanded(content, call.context, call.others)
	truth := _opened(kind, expanded, item)
}

_opened(_, expanded, _) := 1 if expanded.state == "unknown"

_opened(_, expanded, _) := 0 if expanded.state == "absent"

_opened(kind, expanded, item) := _yes(_equals(kind, expanded.value, item)) if expanded.state == "known"

_same(content, item) if {
	content == item
} else := false

_yes(true) := 2

_yes(false) := 0

_yes(null) := 1

_equals("equal", content, item) := _same(pattern.unmarked(content), item)

_equals("equal_folded", content, item) := _same(lower(pattern.unmarked(content)), lower(item))

_equals("like", content, item) := _matches(pattern.text([content]), item)

_equals("arn", content, item) := _matches(pattern.arn([content]), item) if not _are_no_arns([content])

_equals("arn", content, _) := null if _are_no_arns([content])

_matches(ready, item) if pattern.matches(ready, item)

_matches(ready, item) := false if not pattern.matches(ready, item)

_are_no_arns(values) if {
	some content in values
	count(split(content, ":")) < 6
} else := false

_compiled(operator, key, values, variables) := object.union(_form(operator.kind, closed), {
	"operator": operator.written,
	"kind": operator.kind,
	"comparison": operator.comparison,
	"negated": operator.negated,
	"each": operator.each,
	"absent": _on_absent(operator),
	"key": lower(key),
	"name": key,
	"written": values,
	"open": open,
}) if {
	open := [value | some value in values; _is_open(operator.kind, value, variables)]
	closed := [value | some value in values; not _is_open(operator.kind, value, variables)]
}

_is_open(kind, content, true) if {
	kind in {"equal", "equal_folded", "like", "arn"}
	pattern.has_variable(content)
}

_form("equal", values) := {"texts": {value | some value in values}}

_form("equal_folded", values) := {"texts": {lower(value) | some value in values}}

_form("boolean", values) := {"texts": {lower(value) | some value in values}}

_form("null", values) := {"texts": {lower(value) | some value in values}}

_form("like", values) := {"pattern": pattern.text(values)}

_form("arn", values) := {"pattern": pattern.arn(values), "unsure": _are_no_arns(values)}

_form("number", values) := {"bounds": [scalar.number(value) | some value in values]}

_form("date", values) := {"bounds": [scalar.instant(value) | some value in values]}

_form("address", values) := {"bounds": [scalar.network(value) | some value in values]}

_on_absent(operator) := 2 if operator.if_exists

_on_absent(operator) := 2 if {
	not operator.if_exists
	operator.each == "all"
}

_on_absent(operator) := 0 if {
	not operator.if_exists
	operator.each == "any"
}

_on_absent(operator) := 2 if {
	not operator.if_exists
	operator.each == ""
	operator.negated
}

_on_absent(operator) := 0 if {
	not operator.if_exists
	operator.each == ""
	not operator.negated
}

_of_operator(operator, tests) := {_problem([operator, key], message) |
	some key, values in tests
	some message in _of_values(kind, _list(values))
} if {
	is_object(tests)
	kind := _operator(operator).kind
} else := {_problem([operator], "a condition operator holds an object of condition keys")} if {
	not is_object(tests)
} else := {_problem([operator], "no condition operator has this name")}

_of_values(kind, values) := {message |
	some value in values
	message := _of_value(kind, value)
}

_of_value(_, value) := "a condition compares with a text, number or boolean, or a list of them" if not _is_scalar(value)

_of_value(kind, value) := concat("", [_text(value), " is no ", _kinds[kind]]) if {
	_is_scalar(value)
	not _readable(kind, _text(value))
}

_problem(steps, message) := {"steps": steps, "message": message}

# An operator's name taken apart; undefined for a name that no operator has.
_operator(written) := {
	"written": written,
	"each": each,
	"if_exists": if_exists,
	"kind": kind,
	"comparison": comparison,
	"negated": negated,
} if {
	[each, name] := _prefixed(lower(written))
	[base, if_exists] := _suffixed(name)
	[kind, comparison, negated] := _base(base)
	_may_be_qualified(kind, each, if_exists)
}

_prefixed(name) := ["all", substring(name, 13, -1)] if {
	startswith(name, "forallvalues:")
} else := ["any", substring(name, 12, -1)] if {
	startswith(name, "foranyvalue:")
} else := ["", name]

_suffixed(name) := [trim_suffix(name, "ifexists"), true] if {
	endswith(name, "ifexists")
} else := [name, false]

_may_be_qualified("null", "", false)

_may_be_qualified(kind, _, _) if kind != "null"

_base("stringequals") := ["equal", "", false]

_base("stringnotequals") := ["equal", "", true]

_base("stringequalsignorecase") := ["equal_folded", "", false]

_base("stringnotequalsignorecase") := ["equal_folded", "", true]

_base("stringlike") := ["like", "", false]

_base("stringnotlike") := ["like", "", true]

_base("arnequals") := ["arn", "", false]

_base("arnnotequals") := ["arn", "", true]

_base("arnlike") := ["arn", "", false]

_base("arnnotlike") := ["arn", "", true]

_base("ipaddress") := ["address", "", false]

_base("notipaddress") := ["address", "", true]

_base("bool") := ["boolean", "", false]

_base("binaryequals") := ["equal", "", false]

_base("null") := ["null", "", false]

_base("numericequals") := ["number", "equals", false]

_base("numericlessthan") := ["number", "lessthan", false]

_base("numericlessthanequals") := ["number", "lessthanequals", false]

_base("numericgreaterthan") := ["number", "greaterthan", false]

_base("numericgreaterthanequals") := ["number", "greaterthanequals", false]

_base("numericnotequals") := ["number", "equals", true]

_base("dateequals") := ["date", "equals", false]

_base("datelessthan") := ["date", "lessthan", false]

_base("datelessthanequals") := ["date", "lessthanequals", false]

_base("dategreaterthan") := ["date", "greaterthan", false]

_base("dategreaterthanequals") := ["date", "greaterthanequals", false]

_base("datenotequals") := ["date", "equals", true]

_readable(kind, content) if {
	kind == "number"
	scalar.number(content)
}

_readable(kind, content) if {
	kind == "date"
	scalar.instant(content)
}

_readable(kind, content) if {
	kind == "address"
	scalar.network(content)
}

_readable(kind, content) if {
	kind in {"boolean", "null"}
	lower(content) in {"true", "false"}
}

_readable(kind, _) if kind in {"equal", "equal_folded", "like", "arn"}

_kinds := {
	"number": "number",
	"date": "date",
	"address": "IP address or network",
	"boolean": "true or false",
	"null": "true or false",
}

_instead(condition, value) := concat("", [_carried(condition.key), _shown(value.value, " and ")]) if {
	value.state == "known"
	value.value != []
}

_instead(condition, value) := concat("", ["this call has no ", condition.name]) if {
	value.state == "known"
	value.value == []
}

_instead(condition, value) := concat("", ["this call has no ", condition.name]) if value.state == "absent"

_instead(condition, value) := concat("", ["the call's ", condition.name, " is not known (", _reason(value), ")"]) if {
	value.state == "unknown"
}

_reason(value) := object.get(value, "reason", "no reason is given")

_carried("kms:viaservice") := "this call comes through "

_carried(key) := "this call has " if key != "kms:viaservice"

_shown(texts, between) := concat(between, texts) if count(texts) < 4

_shown(texts, between) := concat("", [
	concat(between, array.slice(texts, 0, 3)),
	between,
	format_int(count(texts) - 3, 10),
	" more",
]) if {
	count(texts) > 3
}

_list(content) := content if is_array(content)

_list(content) := [content] if not is_array(content)

_is_scalar(value) if is_string(value)

_is_scalar(value) if is_number(value)

_is_scalar(value) if is_boolean(value)

_text(value) := value if is_string(value)

_text(value) := json.marshal(value) if not is_string(value)
