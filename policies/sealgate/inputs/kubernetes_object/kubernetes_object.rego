# METADATA
# title: A Kubernetes object, as a job, a policy or a grant
# description: |
#   Reads `subject.kubernetes_object`: an object that is about to be stored, or stands in a manifest. The kinds that
#   carry a request become jobs by the table of kinds and by the settings; keys, grants, roles and policies are read as
#   what they will be.
# scope: package
package sealgate.inputs.kubernetes_object

import data.sealgate.inputs.kubernetes_object.asked
import data.sealgate.inputs.kubernetes_object.declared
import data.sealgate.inputs.kubernetes_object.request

# METADATA
# description: The job that the object asks for; none where its kind carries no request.
jobs := [started | _is_judged; some started in asked.jobs]

# METADATA
# description: The policies of the key or principal that the object is, as `model/policies` lists them.
policies := [policy | _is_judged; count(declared.problems) == 0; some policy in declared.policies]

# METADATA
# description: The grant that the object is, as an entry of ListGrants.
grants := [grant | _is_judged; some grant in declared.grants]

# METADATA
# description: What AWS will know of what the object is.
context := declared.context if {
	_is_judged
	count(declared.problems) == 0
}

# METADATA
# description: What the made-up names in policies stand for.
addresses := declared.addresses if _is_judged

# METADATA
# description: What makes the object unreadable, as `{subject, path, message}`.
problems := {object.union(problem, {"subject": request.subject}) | some problem in request.problems} | {problem |
	_is_judged
	some found in (asked.problems | declared.problems)
	problem := object.union(found, {"subject": request.subject})
}

# METADATA
# description: The object, where its kind carries no key that the tables or the settings know.
unguarded := [request.subject |
	_is_judged
	not asked.is_known
	not declared.fact
]

# METADATA
# description: The object, where nothing of it is judged, as `{subject, reason}`.
set_aside := array.flatten([
	[{"subject": request.subject, "reason": reasons[0]} |
		request.given
		count(request.problems) == 0
		reasons := sort([reason | some reason in request.set_aside])
		count(reasons) > 0
	],
	[{"subject": request.subject, "reason": "an alias is judged where a request names it"} |
		_is_judged
		declared.fact.kind == "alias"
		count(declared.problems) == 0
	],
	[{"subject": request.subject, "reason": "it holds no policy that says who may use a key"} |
		_is_judged
		declared.fact.kind in {"principal", "managed_policy", "inline_policy"}
		count(declared.problems) == 0
		count(_documents) == 0
	],
])

_documents := [policy | some policy in declared.policies; policy.kind != "trust"; policy.document.state != "absent"]

default _is_judged := false

_is_judged if {
	request.given
	count(request.problems) == 0
	count(request.set_aside) == 0
}
