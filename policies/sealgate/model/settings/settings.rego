# METADATA
# title: The organisation's settings
# description: |
#   The settings of the input, or of `data.sealgate_settings` where the input has none (conftest, a bare OPA server),
#   over the defaults.
# scope: package
package sealgate.model.settings

# METADATA
# description: Every setting with its value.
current := object.union(data.sealgate.data.default_settings, _given)

# METADATA
# scope: document
# description: What keeps the settings from being used, as sentences.
problems contains "settings is no object" if type_name(input.settings) != "object"

problems contains "data.sealgate_settings is no object" if type_name(data.sealgate_settings) != "object"

default _given := {}

_given := input.settings if {
	is_object(input.settings)
} else := data.sealgate_settings if {
	is_object(data.sealgate_settings)
}
