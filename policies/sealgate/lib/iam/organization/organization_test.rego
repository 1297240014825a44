package sealgate.lib.iam.organization_test

import data.sealgate.lib.iam.organization

test_roles_and_users_are_bound if {
	call := _call({"type": "role", "linked": false}, "kms:decrypt")
	organization.service_control(call, _policies) == _policies.scps
	organization.resource_control(call, _policies) == _policies.rcps
}

test_services_are_bound_by_resource_control_policies_alone if {
	call := _call({"type": "service", "linked": false}, "kms:decrypt")
	organization.service_control(call, _policies) == organization.none
	organization.resource_control(call, _policies) == _policies.rcps
}

test_service_linked_roles_are_exempt if {
	call := _call({"type": "role", "linked": true}, "kms:decrypt")
	organization.service_control(call, _policies) == organization.none
	organization.resource_control(call, _policies) == organization.none
}

test_retire_grant_and_other_services_are_exempt_from_resource_control_policies if {
	retire := _call({"type": "role", "linked": false}, "kms:retiregrant")
	organization.resource_control(retire, _policies) == organization.none
	job := _call({"type": "role", "linked": false}, "sagemaker:createjob")
	organization.resource_control(job, _policies) == organization.none
}

_call(caller, action) := {"caller": caller, "action": action, "is_kms": startswith(action, "kms:")}

_policies := {
	"scps": {"state": "known", "missing": [], "levels": ["scp"]},
	"rcps": {"state": "known", "missing": [], "levels": ["rcp"]},
}
