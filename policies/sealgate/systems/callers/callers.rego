# METADATA
# title: Who makes a job's KMS calls
# scope: package
package sealgate.systems.callers

import data.sealgate.lib.arn
import data.sealgate.lib.value
import data.sealgate.model.context

# METADATA
# scope: document
# description: |
#   The principals behind a word of the table of calls, as `{who, caller, alternative}`: `who` names the principal,
#   `caller` is what the evaluator takes, in three states, and `alternative` says that another principal may make the
#   call instead, because the documents do not settle which.
of(job, key, "execution_role") := [{
	"who": {"name": "the execution role", "arn": _role(job, key)},
	"caller": _principal(_role(job, key)),
	"alternative": false,
}]

of(job, _, "caller") := _the_callers(job, false)

of(job, key, "caller or execution_role") := array.concat(_the_callers(job, true), [{
	"who": {"name": "the execution role", "arn": _role(job, key)},
	"caller": _principal(_role(job, key)),
	"alternative": true,
}]) if {
	_names_a_role(job, key)
} else := _the_callers(job, false)

of(_, _, "invoking_principals") := [{
	"who": {"name": "the invoking principal", "arn": value.known(principal_arn)},
	"caller": _principal(value.known(principal_arn)),
	"alternative": false,
} |
	some principal_arn in context.invoking_principals
]

of(_, _, "agent_runtime_role") := [{
	"who": {"name": "the agent runtime's role", "arn": context.agent_runtime_role},
	"caller": _principal(context.agent_runtime_role),
	"alternative": false,
} |
	context.agent_runtime_role.state == "known"
]

of(_, _, principal) := [{
	"who": {"name": "the service", "arn": value.known(name)},
	"caller": value.known({"type": "service", "name": name}),
	"alternative": false,
}] if {
	startswith(principal, "service:")
	name := substring(principal, 8, -1)
}

# Of an intended use the settings say who will submit the jobs; nobody is asked about where they do not.
_the_callers(job, alternative) := [{
	"who": {"name": "the caller", "arn": caller},
	"caller": _principal(caller),
	"alternative": alternative,
} |
	some caller in job.callers
] if {
	job.callers
} else := [_the_caller(alternative)]

_the_caller(alternative) := {
	"who": {"name": "the caller", "arn": _caller_arn},
	"caller": _caller_principal,
	"alternative": alternative,
}

_caller_arn := value.known(context.caller.value.arn) if {
	context.caller.state == "known"
} else := context.caller

_caller_principal := value.known(object.union(principal.value, {"role_arn": context.caller.value.role_arn})) if {
	principal := _principal(_caller_arn)
	principal.value.type == "assumed_role_session"
	is_string(context.caller.value.role_arn)
} else := _principal(_caller_arn)

_names_a_role(_, key) if count(key.roles) > 0

_names_a_role(job, _) if job.role.value.state != "absent"

_role(job, key) := key.roles[0].value if {
	count(key.roles) > 0
} else := job.role.value if {
	job.role.value.state != "absent"
} else := value.missing(
	"execution_role",
	"the request names no execution role, so whether it may use the key is not known",
	"Check the policies of the role that the service assumes for this job.",
)

_principal(named) := value.known({"type": kind, "arn": named.value, "account": parts.account}) if {
	parts := arn.parse(named.value)
	kind := _kinds[concat(":", [parts.service, split(parts.resource, "/")[0]])]
} else := value.unknown(concat("", [named.value, " is not the ARN of a role, user or session"])) if {
	is_string(named.value)
} else := named if {
	named.state == "unknown"
} else := value.unknown("who makes the call is not known")

_kinds := {
	"iam:role": "role",
	"iam:root": "account_root",
	"iam:user": "user",
	"sts:assumed-role": "assumed_role_session",
	"sts:federated-user": "federated",
}
