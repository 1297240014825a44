# METADATA
# title: Policies of an organisation
# description: |
#   Which policies of an organisation bind a call. Service control policies bind the roles and users of an account,
#   resource control policies its keys, whoever calls.
# scope: package
package sealgate.lib.iam.organization

# METADATA
# description: Levels without any policy.
none := {"state": "absent", "missing": [], "levels": []}

# METADATA
# description: The levels of service control policies that bind a call. Services and service-linked roles are exempt.
service_control(call, policies) := policies.scps if {
	call.caller.type != "service"
	not call.caller.linked
} else := none

# METADATA
# description: |
#   The levels of resource control policies that bind a call. Service-linked roles and kms:RetireGrant are exempt.
resource_control(call, policies) := policies.rcps if {
	call.is_kms
	not call.caller.linked
	call.action != "kms:retiregrant"
} else := none
