package sealgate.rules.key.object_is_set_aside_test

import data.sealgate.rules.key.object_is_set_aside as rule

test_note_what_is_not_judged if {
	entry := {"subject": "Pod p", "reason": "the object is being deleted"}
	rule.notes == {{"subject": "Pod p", "path": [], "message": "the object is being deleted; nothing was judged"}} with data.sealgate.model.set_aside as [entry]
	rule.checked == {"Pod p"} with data.sealgate.model.set_aside as [entry]
}

test_pass_what_is_judged if {
	rule.notes == set() with data.sealgate.model.set_aside as []
	rule.checked == set() with data.sealgate.model.set_aside as []
}
