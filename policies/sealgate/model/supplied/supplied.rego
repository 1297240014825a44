# METADATA
# title: What the input says of AWS
# description: |
#   The context of the input over the settings' defaults, as it was supplied: before what a plan or an object declares
#   is put over it (`model/context`).
# scope: package
package sealgate.model.supplied

import data.sealgate.model.settings

# METADATA
# description: Every part that was supplied.
context := object.union(_defaults, input.context) if {
	is_object(input.context)
} else := _defaults

# METADATA
# description: A part that is a text, such as `region`; undefined where it was not supplied.
text(part) := context[part] if is_string(context[part])

default _defaults := {}

_defaults := settings.current.context if is_object(settings.current.context)
