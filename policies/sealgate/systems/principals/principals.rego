# METADATA
# title: Whose policies bind a principal
# scope: package
package sealgate.systems.principals

import data.sealgate.lib.arn
import data.sealgate.model.context

# METADATA
# description: |
#   The ARN to which policies are attached, and which a statement names: the role of a session, else the principal
#   itself. A session's ARN has lost its role's path, which only the context can give back.
owner(principal_arn) := context.caller.value.role_arn if {
	has_role_arn(principal_arn)
} else := concat("", [
	"arn:",
	parts.partition,
	":iam::",
	parts.account,
	":role/",
	split(parts.resource, "/")[1],
]) if {
	parts := arn.parse(principal_arn)
	parts.service == "sts"
	startswith(parts.resource, "assumed-role/")
} else := principal_arn

# METADATA
# description: Whether the context gives the ARN of the role behind a principal.
has_role_arn(principal_arn) if {
	context.caller.value.arn == principal_arn
	is_string(context.caller.value.role_arn)
}
