# METADATA
# title: What is known of AWS
# description: |
#   What a plan or an object declares, over what the input supplies.
# scope: package
package sealgate.model.known

import data.sealgate.model.supplied

# METADATA
# scope: document
# description: |
#   Every part that is known. What is declared takes the place of what was supplied, member by member: it is what will
#   be.
context := object.union(
	object.remove(supplied.context, object.keys(_declared)),
	{part: _overlaid(object.get(supplied.context, part, {}), entries) | some part, entries in _declared},
) if {
	count(_declared) > 0
} else := supplied.context

_overlaid(entries, _) := entries if not is_object(entries)

_overlaid(entries, declared) := object.union(
	object.remove(entries, object.keys(declared)),
	{name: _entry(object.get(entries, name, null), entry) | some name, entry in declared},
) if {
	is_object(entries)
}

_entry(before, entry) := object.union(object.remove(before, object.keys(entry)), entry) if {
	is_object(before)
	is_object(entry)
} else := entry

default _declared := {}

_declared := [context | some context in _declarations][0]

_declarations := [context | context := data.sealgate.inputs[_].context]
