# METADATA
# title: The calls of a job, one by one
# description: |
#   Each action of each call as a row, with what IAM decides on it and by which statement: what an engineer needs when a
#   job has failed with AccessDenied.
# scope: package
package sealgate.systems.explanation

import data.sealgate.systems.calls
import data.sealgate.systems.requests

# METADATA
# description: |
#   The rows: `{job, call, who, principal, action, key, path, via, decision, by, through, nearest, missing,
#   requirements, inferred}`. `through` is the path through which IAM allows the call; `missing` says what keeps it
#   undecided.
rows := array.concat(
	[row |
		some simulation in array.concat(calls.simulated, requests.simulated)
		some action, answer in simulation.answers
		row := {
			"job": simulation.job.subject,
			"call": simulation.entry.id,
			"who": simulation.who.name,
			"principal": simulation.who.arn.value,
			"action": action,
			"key": simulation.key.arn,
			"path": simulation.key.path,
			"via": object.get(simulation.entry, "via", null),
			"decision": answer.decision,
			"by": answer.by,
			"through": answer.path,
			"nearest": answer.nearest,
			"missing": answer.missing,
			"requirements": simulation.entry.requirements,
			"inferred": simulation.inferred,
		}
	],
	[row |
		some open in calls.undetermined
		some action in open.entry.actions
		row := {
			"job": open.job.subject,
			"call": open.entry.id,
			"who": concat("", ["the ", strings.replace_n({"_": " ", "service:": "service "}, open.entry.principal)]),
			"principal": null,
			"action": action,
			"key": null,
			"path": open.path,
			"via": object.get(open.entry, "via", null),
			"decision": "undecided",
			"by": null,
			"through": null,
			"nearest": [],
			"missing": [object.union({"layer": "context", "part": open.entry.id}, object.remove(open.unknown, {"state"}))],
			"requirements": open.entry.requirements,
			"inferred": count(open.entry.inferred) > 0,
		}
	],
)
