# METADATA
# title: The time of the decision
# scope: package
package sealgate.model.time

import data.sealgate.inputs.terraform_plan.plan
import data.sealgate.lib.value

# METADATA
# scope: document
# description: |
#   The time, as the input says it in RFC 3339; where nobody says it, as under conftest, when the plan was made. Empty
#   where there is neither.
default now := ""

now := input.now if {
	value.has(input, "now")
} else := plan.content.timestamp
