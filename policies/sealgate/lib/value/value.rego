# METADATA
# title: Values in three states
# description: |
#   Every fact that rules judge is known, absent (nobody set it) or unknown (it can't be had, with the reason).
#   Functions take the parent and read the member themselves, because an undefined argument would
#   silence the rule that asks.
# scope: package
package sealgate.lib.value

absent := {"state": "absent"}

known(content) := {"state": "known", "value": content}

unknown(reason) := {"state": "unknown", "reason": reason}

# METADATA
# description: |
#   Unknown because nobody supplied a part of the context: the part's name, the reason as a clause, and a sentence on
#   how to supply it.
missing(part, reason, supply) := {"state": "unknown", "part": part, "reason": reason, "supply": supply}

# METADATA
# scope: document
# description: |
#   The value of a member of an object: absent where the object has no such member, unknown where the parent is no
#   object; `name` is what a person would call the parent.
of(parent, _, name) := unknown(concat("", [name, " is ", type_of(parent), ", not an object"])) if not is_object(parent)

of(parent, member, _) := known(parent[member]) if {
	is_object(parent)
	has(parent, member)
}

of(parent, member, _) := absent if {
	is_object(parent)
	not has(parent, member)
}

# METADATA
# description: Whether an object has a member, whatever its value (false and null included).
has(parent, member) if _ := parent[member]

# METADATA
# scope: document
# description: The name of a value's JSON type, with its article, for messages.
type_of(content) := "null" if is_null(content)

type_of(content) := "a boolean" if is_boolean(content)

type_of(content) := "a number" if is_number(content)

type_of(content) := "a string" if is_string(content)

type_of(content) := "an array" if is_array(content)

type_of(content) := "an object" if is_object(content)
