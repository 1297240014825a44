package sealgate.systems.callers_test

import data.sealgate.systems.callers

_role := "arn:aws:iam::111122223333:role/jobs/Execution"

_job(role) := {"role": {"value": role}}

_known(content) := {"state": "known", "value": content}

_execution_role(role) := {
	"who": {"name": "the execution role", "arn": role},
	"caller": {"state": "known", "value": {"type": "role", "arn": _role, "account": "111122223333"}},
	"alternative": false,
}

test_execution_role_beside_the_key_comes_first if {
	other := _known("arn:aws:iam::111122223333:role/Other")
	callers.of(_job(other), {"roles": [{"value": _known(_role)}]}, "execution_role") == [_execution_role(_known(_role))]
	callers.of(_job(_known(_role)), {"roles": []}, "execution_role") == [_execution_role(_known(_role))]
}

test_request_without_a_role if {
	[found] := callers.of(_job({"state": "absent"}), {"roles": []}, "execution_role")
	found.caller.state == "unknown"
	found.caller.part == "execution_role"
}

test_role_that_is_no_principal if {
	[found] := callers.of(_job(_known("Execution")), {"roles": []}, "execution_role")
	found.caller == {"state": "unknown", "reason": "Execution is not the ARN of a role, user or session"}

	[number] := callers.of(_job(_known(7)), {"roles": []}, "execution_role")
	number.caller == {"state": "unknown", "reason": "who makes the call is not known"}
}

test_kinds_of_callers if {
	every arn, kind in {
		"arn:aws:iam::111122223333:user/me": "user",
		"arn:aws:iam::111122223333:root": "account_root",
		"arn:aws:iam::111122223333:role/me": "role",
		"arn:aws:sts::111122223333:federated-user/me": "federated",
		"arn:aws:sts::111122223333:assumed-role/Role/me": "assumed_role_session",
	} {
		[found] := callers.of({}, {}, "caller") with input.context.caller as {"arn": arn}
		found.caller == _known({"type": kind, "arn": arn, "account": "111122223333"})
		found.who == {"name": "the caller", "arn": _known(arn)}
	}
}

test_session_with_its_role if {
	session := "arn:aws:sts::111122223333:assumed-role/Execution/me"
	[found] := callers.of({}, {}, "caller") with input.context.caller as {"arn": session, "role_arn": _role}
	found.caller.value.role_arn == _role
}

test_caller_that_nobody_named if {
	[found] := callers.of({}, {}, "caller") with input as {}
	found.caller.state == "unknown"
	found.caller.part == "caller"
}

test_caller_or_execution_role if {
	both := callers.of(_job(_known(_role)), {"roles": []}, "caller or execution_role") with input as {}
	[found.alternative | some found in both] == [true, true]

	# Where the request has no role, nobody else makes the call.
	copying := callers.of(_job({"state": "absent"}), {"roles": []}, "caller or execution_role") with input as {}
	[[found.who.name, found.alternative] | some found in copying] == [["the caller", false]]
}

test_service if {
	callers.of({}, {}, "service:bedrock.amazonaws.com") == [{
		"who": {"name": "the service", "arn": _known("bedrock.amazonaws.com")},
		"caller": _known({"type": "service", "name": "bedrock.amazonaws.com"}),
		"alternative": false,
	}]
}

test_principals_of_the_context if {
	callers.of({}, {}, "invoking_principals") == [] with input as {}
	callers.of({}, {}, "agent_runtime_role") == [] with input as {}

	invokers := callers.of({}, {}, "invoking_principals") with input.context.invoking_principals as [_role]
	[found.caller.value.arn | some found in invokers] == [_role]

	agents := callers.of({}, {}, "agent_runtime_role") with input.context.agent_runtime_role as _role
	[found.who.name | some found in agents] == ["the agent runtime's role"]
}

test_callers_of_an_intended_use_are_those_of_the_settings if {
	context := {"context": {"caller": {"arn": "arn:aws:iam::111122223333:user/me"}}}
	submitting := {"callers": [_known(_role), _known("arn:aws:iam::111122223333:user/other")], "role": {"value": _known(_role)}}
	found := callers.of(submitting, {"roles": []}, "caller") with input as context
	[[one.who.name, one.caller.value.type, one.alternative] | some one in found] == [
		["the caller", "role", false],
		["the caller", "user", false],
	]

	either := callers.of(submitting, {"roles": []}, "caller or execution_role") with input as context
	[[one.who.name, one.alternative] | some one in either] == [
		["the caller", true],
		["the caller", true],
		["the execution role", true],
	]

	# Where the settings name none, nobody is asked about; the caller of the context makes the plan, not the job.
	callers.of({"callers": []}, {"roles": []}, "caller") == [] with input as context
}
