package sealgate.model.settings_test

import data.sealgate.model.settings

test_settings_stand_over_the_defaults if {
	given := {"unverified": "deny", "enforcement": {"rules": {"SG-MTRL-001": "off"}}, "approved_keys": ["arn:*"]}
	current := settings.current with input as {"settings": given}
	current == object.union(data.sealgate.data.default_settings, {
		"unverified": "deny",
		"enforcement": {
			"levels": {"required": "deny", "recommended": "warn"},
			"rules": {"SG-MTRL-001": "off"},
		},
		"approved_keys": ["arn:*"],
	})
}

test_defaults_where_nothing_is_set if {
	every document in [{}, {"settings": {}}] {
		settings.current == data.sealgate.data.default_settings with input as document
		settings.problems == set() with input as document
	}
}

test_settings_beside_the_policies_count_where_the_input_has_none if {
	current := settings.current with input as {} with data.sealgate_settings as {"unverified": "deny"}
	current.unverified == "deny"
	settings.problems == set() with input as {} with data.sealgate_settings as {"unverified": "deny"}
}

test_settings_of_the_input_go_before_those_beside_the_policies if {
	current := settings.current with input as {"settings": {"approved_accounts": ["111122223333"]}}
		with data.sealgate_settings as {"unverified": "deny"}
	current.unverified == "warn"
	current.approved_accounts == ["111122223333"]
}

test_settings_that_are_no_object_are_told if {
	every wrong in [null, false, 7, "text", []] {
		settings.problems == {"settings is no object"} with input as {"settings": wrong}
		settings.current == data.sealgate.data.default_settings with input as {"settings": wrong}

		settings.problems == {"data.sealgate_settings is no object"} with input as {} with data.sealgate_settings as wrong
		settings.current == data.sealgate.data.default_settings with input as {} with data.sealgate_settings as wrong
	}
}
