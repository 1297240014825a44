# METADATA
# title: The request itself, simulated
# description: |
#   What a system's table says of the API call that starts the job: whether the caller's own policies allow it with this
#   key. In the form of the KMS calls (`systems/calls`).
# scope: package
package sealgate.systems.requests

import data.sealgate.lib.iam
import data.sealgate.lib.iam.call as iam_call
import data.sealgate.lib.iam.document
import data.sealgate.lib.value
import data.sealgate.model
import data.sealgate.model.context
import data.sealgate.model.policies
import data.sealgate.systems.callers
import data.sealgate.systems.placeholders
import data.sealgate.systems.principals

# METADATA
# description: |
#   The requests that name a key, with the answer to each: `{job, entry, key, who, alternative, inferred, answers}`.
simulated := [simulation |
	some named in model.named_keys
	entry := data.sealgate.data.requests[named.job.system]
	named.key.use == entry.key
	some principal in callers.of(named.job, named.key, entry.principal)
	principal.caller.state == "known"
	simulation := {
		"job": named.job,
		"entry": entry,
		"key": {"arn": named.arn.value, "path": named.key.path},
		"who": principal.who,
		"alternative": principal.alternative,
		"inferred": false,
		"answers": {action: _answer(named, entry, principal.caller.value, action) | some action in entry.actions},
	}
]

_answer(named, entry, principal, action) := iam.evaluate(
	iam_call.prepare({
		"principal": principal,
		"action": action,
		"resource": _resource(placeholders.filled(entry.resource, texts)),
		"key_account": principal.account,
		"context": object.union(
			{name: value.absent | some name in entry.unset},
			{name: value.known(placeholders.filled(content, texts)) | some name, content in entry.context},
		),
	}),
	object.union(
		object.union(iam.no_policies, policies.of_principal(owner)),
		{"scps": document.levels(context.organization_policies(principal.account, "service_control_policies"), "scp")},
	),
) if {
	owner := principals.owner(principal.arn)
	texts := placeholders.of_job(named.job, named.arn.value, principal.arn)
}

# The ARN of the job, where all of its parts are known.
_resource(text) := text if not contains(text, "*")

_resource(text) := value.unknown("the job's ARN is not known: its account, its Region or its name is missing") if {
	contains(text, "*")
}
