# METADATA
# title: Statements on a call
# description: What the statements of a group (`lib/iam/document`) are worth for a call. Truth is 0, 1 (not known) or 2.
# scope: package
package sealgate.lib.iam.statement

import data.sealgate.lib.iam.condition
import data.sealgate.lib.iam.document

# METADATA
# description: Truth of all conditions of a statement together.
# scope: document
conditions(statement, _) := 2 if statement.conditions == []

conditions(statement, call) := min([condition.truth(test, call) | some test in statement.conditions]) if {
	statement.conditions != []
}

# METADATA
# description: The Allow statements of a group without principals that allow a call or may, as `{truth, statement}`.
allowing(call, group) := [hit |
	some statement in group.allow
	document.names_action(statement, call.action)
	truth := min([document.names_resource(statement, call), conditions(statement, call)])
	truth > 0
	hit := {"truth": truth, "who": 2, "statement": statement}
]

# METADATA
# description: The highest truth, and at least what a group may hold that is not known.
strongest(truths, group) := max(array.concat([_floor(group)], truths))

# A group that is not known may allow anything.
_floor(group) := 1 if count(group.missing) > 0

_floor(group) := 0 if count(group.missing) == 0

# METADATA
# description: Truth of whether a group without principals allows a call.
allowed(call, group) := strongest([hit.truth | some hit in allowing(call, group)], group)
