# METADATA
# title: Amazon Resource Names
# scope: package
package sealgate.lib.arn

import data.sealgate.lib.wildcard

# METADATA
# description: |
#   The parts of an ARN, `{partition, service, region, account, resource}`; undefined for anything that is
#   not written as an ARN.
parse(text) := parts if {
	is_string(text)
	pieces := split(text, ":")
	count(pieces) > 5
	pieces[0] == "arn"
	parts := {
		"partition": pieces[1],
		"service": pieces[2],
		"region": pieces[3],
		"account": pieces[4],
		"resource": concat(":", array.slice(pieces, 5, count(pieces))),
	}
}

# METADATA
# description: |
#   Whether an ARN matches a pattern as IAM's ArnLike and ArnEquals do: each of the six parts on its own, `*` for any
#   text and `?` for any character.
like(pattern, text) if {
	wanted := _parts(pattern)
	given := _parts(text)
	every index, part in wanted {
		wildcard.matches(part, given[index])
	}
}

_parts(text) := array.concat(array.slice(pieces, 0, 5), [concat(":", array.slice(pieces, 5, count(pieces)))]) if {
	is_string(text)
	pieces := split(text, ":")
	count(pieces) > 5
}
