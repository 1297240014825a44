# METADATA
# title: The KMS calls of a job, simulated
# description: |
#   Makes the calls that the tables list for a job's system concrete (who, what, on which key, in which request
#   context) and asks the IAM evaluator about each. A system is added by its lines in the table.
# scope: package
package sealgate.systems.calls

import data.sealgate.lib.arn
import data.sealgate.lib.iam
import data.sealgate.lib.iam.call as iam_call
import data.sealgate.lib.iam.document
import data.sealgate.lib.kms
import data.sealgate.lib.value
import data.sealgate.model
import data.sealgate.model.context
import data.sealgate.model.policies
import data.sealgate.systems.call_context
import data.sealgate.systems.call_keys
import data.sealgate.systems.callers
import data.sealgate.systems.principals

# METADATA
# description: |
#   Every call with its answers: `{job, entry, key, who, alternative, inferred, answers}`. `key` is `{arn, path}`;
#   `who` names the principal as `{name, arn}`; `answers` has the evaluator's answer for each action; `inferred`
#   says that no document states the whole of the call.
simulated := [simulation |
	some planned in _planned
	planned.caller.state == "known"
	simulation := object.union(object.remove(planned, {"caller"}), {"answers": {action: _answer(planned, action) |
		some action in planned.entry.actions
	}})
]

# METADATA
# description: The calls that nobody can be asked about, with the value that is unknown.
undetermined := array.concat(
	[{"job": planned.job, "entry": planned.entry, "path": planned.key.path, "unknown": planned.caller} |
		some planned in _planned
		planned.caller.state == "unknown"
	],
	[{"job": listed.job, "entry": listed.entry, "path": listed.key.path, "unknown": listed.key.arn} |
		some listed in _listed
		listed.key.arn.state == "unknown"
	],
)

_listed := [{"job": job, "entry": entry, "key": key} |
	some job in model.jobs
	some entry in data.sealgate.data.calls[job.system]
	some key in call_keys.of(job, entry.key)
]

_planned := [planned |
	some listed in _listed
	key_arn := listed.key.arn.value
	kms.form(key_arn) == "key_arn"
	_is_managed_by_customers(key_arn)
	some principal in callers.of(listed.job, listed.key, listed.entry.principal)
	planned := {
		"job": listed.job,
		"entry": listed.entry,
		"key": {"arn": key_arn, "path": listed.key.path},
		"inferred": _is_inferred(listed, key_arn),
		"who": principal.who,
		"caller": principal.caller,
		"alternative": principal.alternative,
	}
]

# The policy of an AWS managed key is AWS's business, and a key that does not exist has none.
_is_managed_by_customers(key_arn) if {
	manager := context.key_metadata(key_arn, "KeyManager")
	manager.state != "absent"
	manager != value.known("AWS")
}

default _is_inferred(_, _) := false

_is_inferred(listed, key_arn) if _inferred(listed, key_arn)

_inferred(listed, _) if count(listed.entry.inferred) > 0

_inferred(listed, _) if listed.key.inferred

_inferred(listed, _) if listed.job.operation in object.get(listed.entry, "inferred_for", [])

_inferred(listed, _) if not listed.job.operation in object.get(listed.entry, "stated_for", [listed.job.operation])

_inferred(listed, _) if kms.form(listed.key.text) in object.get(listed.entry, "inferred_for_forms", [])

# The documentation names both grants, and not the key of the second where the jobs have different ones.
_inferred(listed, key_arn) if {
	listed.entry.inferred_on_other_key
	count([key | some key in listed.job.keys; key.value == value.known(key_arn)]) == 0
}

_answer(planned, action) := iam.evaluate(
	iam_call.prepare({
		"principal": planned.caller.value,
		"action": action,
		"resource": planned.key.arn,
		"key_account": arn.parse(planned.key.arn).account,
		"context": call_context.of(planned, action),
	}),
	_policies(planned),
)

_policies(planned) := {
	"key_policy": policies.of_key(planned.key.arn),
	"identity": document.none,
	"boundary": document.none,
	"session_policies": document.none,
	"grants": _grants(planned),
	"scps": iam.no_policies.scps,
	"rcps": _resource_controls[arn.parse(planned.key.arn).account],
} if {
	planned.caller.value.type == "service"
}

_policies(planned) := {
	"key_policy": policies.of_key(planned.key.arn),
	"identity": own.identity,
	"boundary": own.boundary,
	"session_policies": own.session_policies,
	"grants": _grants(planned),
	"scps": _service_controls[planned.caller.value.account],
	"rcps": _resource_controls[arn.parse(planned.key.arn).account],
} if {
	planned.caller.value.type != "service"
	own := policies.of_principal(principals.owner(planned.caller.value.arn))
}

# The grant that the job's submission makes is not there yet; where it allows the call, only a Deny decides.
_grants(planned) := value.known([{
	"GrantId": "(the grant that the submission makes)",
	"GranteeServicePrincipal": planned.caller.value.name,
	"Operations": [operation | some action in planned.entry.actions; operation := substring(action, 4, -1)],
}]) if {
	planned.entry.allowed_by_grant
} else := context.key_part(planned.key.arn, "grants") if {
	context.key_part(planned.key.arn, "grants").state == "known"
} else := value.absent

_service_controls := {account: document.levels(
	context.organization_policies(account, "service_control_policies"),
	"scp",
) |
	some account in {planned.caller.value.account | some planned in _planned}
}

_resource_controls := {account: document.levels(
	context.organization_policies(account, "resource_control_policies"),
	"rcp",
) |
	some planned in _planned
	account := arn.parse(planned.key.arn).account
}
