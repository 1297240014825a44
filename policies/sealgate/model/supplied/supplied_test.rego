package sealgate.model.supplied_test

import data.sealgate.model.supplied

_defaults := {"region": "us-west-2", "account": "111122223333"}

test_context_goes_before_the_defaults_of_the_settings if {
	document := {"settings": {"context": _defaults}, "context": {"region": "eu-west-1", "keys": {}}}
	supplied.context == {"region": "eu-west-1", "account": "111122223333", "keys": {}} with input as document
	supplied.text("region") == "eu-west-1" with input as document
	supplied.text("account") == "111122223333" with input as document
}

test_defaults_stand_where_there_is_no_context if {
	every given in [null, 7, "text", []] {
		supplied.context == _defaults with input as {"settings": {"context": _defaults}, "context": given}
		supplied.context == {} with input as {"settings": {"context": given}, "context": given}
	}
	supplied.context == {} with input as {}
}

test_text_is_a_text if {
	every wrong in [null, 7, {}, ["us-west-2"]] {
		not supplied.text("region") with input as {"context": {"region": wrong}}
	}
	not supplied.text("region") with input as {}
	supplied.text("region") == "" with input as {"context": {"region": ""}}
}
