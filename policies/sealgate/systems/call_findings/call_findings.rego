# METADATA
# title: What the simulated calls say, in words
# scope: package
package sealgate.systems.call_findings

import data.sealgate.lib.finding
import data.sealgate.lib.text
import data.sealgate.lib.value

# METADATA
# description: The denied actions of a simulation with their answers.
denied(simulation) := {action: answer | some action, answer in simulation.answers; answer.decision == "denied"}

# METADATA
# description: |
#   The finding for denied actions of a simulation, with the statement that decides or came nearest, and what would
#   allow them.
denial(simulation, denied_actions) := finding.required_by(
	finding.because(
		finding.fixed_by(
			finding.violation(simulation.job.subject, simulation.key.path, concat("", [
				described(simulation),
				" may not call ",
				actions,
				_on(simulation),
				simulation.key.arn,
				_through(simulation),
				": ",
				reason(first),
			])),
			_remedy(simulation, first, actions),
		),
		{
			"call": simulation.entry.id,
			"principal": simulation.who.arn.value,
			"key": simulation.key.arn,
			"actions": sort([action | some action, _ in denied_actions]),
			"by": first.by,
			"nearest": first.nearest,
		},
	),
	simulation.entry.requirements,
) if {
	actions := text.listed(object.keys(denied_actions))
	first := denied_actions[min(object.keys(denied_actions))]
}

# METADATA
# description: What keeps the answers of a simulation undecided, as unknown values.
doubts(simulation) := {unknown |
	some action, answer in simulation.answers
	answer.decision == "undecided"
	some missing in _first_missing(answer)
	unknown := _doubt(simulation, action, missing)
}

# METADATA
# description: |
#   A simulation in words: who, and on which key, as the beginning of a sentence.
described(simulation) := concat(" ", [simulation.who.name, simulation.who.arn.value])

# METADATA
# description: |
#   Why the nearest statement does not allow a call, as the end of a sentence.
reason(answer) := concat("", [_reference(answer.by), " denies it"]) if {
	answer.kind == "explicit"
} else := concat("", [_reference(nearest), " comes nearest and does not allow it: ", nearest.reason]) if {
	nearest := answer.nearest[0]
	is_string(nearest.policy)
} else := concat("", ["in ", _layers[nearest.layer], " ", nearest.reason]) if {
	nearest := answer.nearest[0]
} else := "no statement allows it"

_layers := {
	"boundary": "its permissions boundary",
	"identity": "its own policies",
	"key_policy": "the key policy",
	"rcp": "the resource control policies",
	"scp": "the service control policies",
	"session_policies": "its session policies",
}

# A whole policy that nobody supplied comes before the keys of a condition.
_first_missing(answer) := supplied if {
	supplied := {missing | some missing in answer.missing; missing.supply}
	count(supplied) > 0
} else := {missing | some missing in answer.missing}

_doubt(_, _, missing) := value.missing(missing.part, missing.reason, missing.supply) if missing.supply

_doubt(simulation, action, missing) := value.unknown(concat("", [
	"whether ",
	described(simulation),
	" may call ",
	action,
	_on(simulation),
	simulation.key.arn,
	" depends on ",
	missing.part,
	": ",
	missing.reason,
])) if {
	not missing.supply
}

# The API call names the key; the calls of KMS are made on it.
_on(simulation) := " with " if simulation.entry.resource

_on(simulation) := " on " if not simulation.entry.resource

_place(simulation) := "in its own policy" if simulation.entry.resource

_place(simulation) := _places[simulation.entry.must_be_in] if not simulation.entry.resource

_through(simulation) := concat("", [" through ", simulation.entry.via]) if simulation.entry.via

_through(simulation) := "" if not simulation.entry.via

_remedy(_, answer, _) := concat("", [
	"Take ",
	_reference(answer.by),
	" away, or exempt this call from it by a condition.",
]) if {
	answer.kind == "explicit"
}

# What limits the principal has to allow the call beside what grants it.
_remedy(_, answer, actions) := concat("", ["Allow ", actions, " in ", _layers[layer], "."]) if {
	answer.kind != "explicit"
	layer := answer.nearest[0].layer
	layer in _limits
}

_remedy(simulation, answer, actions) := concat("", [
	"Allow ",
	simulation.who.arn.value,
	" ",
	actions,
	_conditioned(simulation),
	": ",
	_place(simulation),
	".",
]) if {
	answer.kind != "explicit"
	not _is_limited(answer)
}

_limits := {"boundary", "rcp", "scp", "session_policies"}

_is_limited(answer) if answer.nearest[0].layer in _limits

_conditioned(simulation) := concat("", [" with kms:ViaService ", simulation.entry.via, ".*.amazonaws.com"]) if {
	simulation.entry.via
}

_conditioned(simulation) := "" if not simulation.entry.via

_places := {
	"either": "in a statement of the key policy, or in its own policy where the key policy delegates to the account",
	"key_policy": "in a statement of the key policy",
	"identity_policy": "in its own policy, with a key policy that delegates to the account",
}

_reference(statement) := concat("", ["statement ", statement.sid, " of ", statement.policy]) if {
	is_string(statement.sid)
} else := concat("", ["statement ", format_int(statement.index + 1, 10), " of ", statement.policy]) if {
	is_number(statement.index)
} else := statement.policy
