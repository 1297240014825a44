package sealgate.inputs.terraform_plan.principals_test

import data.sealgate.inputs.terraform_plan.plan_test
import data.sealgate.inputs.terraform_plan.principals
import data.sealgate.lib.value

_role := "arn:aws:iam::111122223333:role/job"

_document := `{"Version": "2012-10-17", "Statement": []}`

_known := value.known(_document)

_input(changes, root) := object.union(
	plan_test.holding(changes, root),
	{"context": {"region": "us-west-2", "account": "111122223333"}},
)

_a_role(values) := plan_test.created("aws_iam_role.r", object.union({"name": "job"}, values), {"arn": true})

# The policies, as what is given to whom by which resource.
_given(changes, root) := {[policy.subject, policy.owner, policy.kind, policy.name, policy.document] | some policy in found} if {
	# regal ignore:with-outside-test-context
	found := principals.policies with input as _input(changes, root)
}

_entries(changes, root) := found if {
	# regal ignore:with-outside-test-context
	found := principals.entries with input as _input(changes, root)
}

test_what_stands_in_the_role_itself if {
	role := _a_role({
		"assume_role_policy": _document,
		"inline_policy": [{"name": "own", "policy": _document}, {"policy": _document}],
	})
	_given([role], {}) == {
		["aws_iam_role.r", _role, "identity", "the policy own", _known],
		["aws_iam_role.r", _role, "identity", "the policy", _known],
		["aws_iam_role.r", _role, "trust", "the trust policy", _known],
	}
	_entries([role], {})[_role] == {
		"policies": [{"name": "the policy own", "document": _known}, {"name": "the policy", "document": _known}],
		"permissions_boundary": value.absent,
	}
}

test_role_without_policies_is_known_to_have_none if {
	_entries([_a_role({})], {})[_role].policies == []
}

test_inline_policy_of_its_own_resource if {
	every named in ["job", _role] {
		changes := [_a_role({}), plan_test.created("aws_iam_role_policy.p", {"role": named, "name": "p", "policy": _document}, {})]
		["aws_iam_role_policy.p", _role, "identity", "the policy p", _known] in _given(changes, {})
		_entries(changes, {})[_role].policies == [{"name": "the policy p", "document": _known}]
	}
}

test_inline_policy_whose_name_is_not_known if {
	changes := [_a_role({}), plan_test.created("aws_iam_role_policy.p", {"role": "job", "policy": _document}, {"name": true})]
	["aws_iam_role_policy.p", _role, "identity", "the policy", _known] in _given(changes, {})
}

test_policy_of_a_role_of_another_plan_is_judged if {
	_given([plan_test.created("aws_iam_role_policy.p", {"role": "outside", "name": "p", "policy": _document}, {})], {}) == {[
		"aws_iam_role_policy.p",
		"arn:aws:iam::111122223333:role/outside",
		"identity",
		"the policy p",
		_known,
	]}
	root := {"resources": [plan_test.configured("aws_iam_user_policy.p", {"user": plan_test.from(["local.user"])})]}
	change := plan_test.created("aws_iam_user_policy.p", {"name": "p", "policy": _document}, {"user": true})
	some [_, owner, _, _, _] in _given([change], root)
	owner == "arn:aws:iam::111122223333:user/planned-000000000001"
}

# --- Managed policies

_managed(values) := plan_test.created(
	"aws_iam_policy.m",
	object.union({"name": "m", "policy": _document, "arn": "arn:aws:iam::111122223333:policy/m"}, values),
	{},
)

_attachment(policy_arn) := plan_test.created("aws_iam_role_policy_attachment.a", {"role": "job", "policy_arn": policy_arn}, {})

test_managed_policy_that_is_attached if {
	given := ["aws_iam_policy.m", _role, "identity", "the policy m", _known]
	policy_arn := "arn:aws:iam::111122223333:policy/m"
	every changes in [
		[_a_role({}), _managed({}), _attachment(policy_arn)],
		[_a_role({"managed_policy_arns": [policy_arn]}), _managed({})],
		[_a_role({}), _managed({}), plan_test.created("aws_iam_policy_attachment.a", {"roles": ["job"], "policy_arn": policy_arn}, {})],
	] {
		given in _given(changes, {})
		_entries(changes, {})[_role].policies == [{"name": "the policy m", "document": _known}]
	}
}

test_managed_policy_of_nobody_is_judged_as_it_stands if {
	_given([_managed({})], {}) == {[
		"aws_iam_policy.m",
		"arn:aws:iam::111122223333:policy/m",
		"identity",
		"the policy m",
		_known,
	]}
}

test_managed_policy_of_another_plan_is_not_known if {
	[unknown] := [document |
		some [subject, _, _, _, document] in _given([_a_role({}), _attachment("arn:aws:iam::aws:policy/Other")], {})
		subject == "aws_iam_role_policy_attachment.a"
	]
	contains(unknown.reason, "arn:aws:iam::aws:policy/Other")
	[odd] := [document |
		some [subject, _, _, _, document] in _given([_a_role({}), _attachment(7)], {})
		subject == "aws_iam_role_policy_attachment.a"
	]
	contains(odd.reason, "(a number)")
}

test_managed_policy_that_can_not_be_told if {
	change := plan_test.created("aws_iam_role_policy_attachment.a", {"role": "job"}, {"policy_arn": true})
	root := {"resources": [plan_test.configured(
		"aws_iam_role_policy_attachment.a",
		{"policy_arn": plan_test.from(["local.policy"])},
	)]}
	[unknown] := [document |
		some [subject, _, _, _, document] in _given([_a_role({}), change], root)
		subject == "aws_iam_role_policy_attachment.a"
	]
	contains(unknown.reason, "local.policy")
}

# --- Boundaries

test_permissions_boundary if {
	policy_arn := "arn:aws:iam::111122223333:policy/m"
	_entries([_a_role({"permissions_boundary": policy_arn}), _managed({})], {})[_role].permissions_boundary == _known
	other := _entries([_a_role({"permissions_boundary": "arn:aws:iam::aws:policy/Other"})], {})[_role]
	other.permissions_boundary.state == "unknown"
}

test_principal_that_is_deleted_is_known_not_to_exist if {
	_entries([plan_test.deleted("aws_iam_role.r", {"arn": _role})], {}) == {_role: null}
	_entries([plan_test.deleted("aws_iam_user.u", {"arn": "arn:aws:iam::111122223333:user/u"})], {}) == {
		"arn:aws:iam::111122223333:user/u": null,
	}
}

test_policy_of_a_role_is_not_that_of_a_user_of_the_same_name if {
	changes := [
		plan_test.created("aws_iam_role.r", {"name": "same"}, {"arn": true}),
		plan_test.created("aws_iam_user.u", {"name": "same"}, {"arn": true}),
		plan_test.created("aws_iam_role_policy.p", {"role": "same", "name": "p", "policy": "{}"}, {}),
		plan_test.created("aws_iam_policy_attachment.a", {"users": ["same"], "roles": ["elsewhere"], "policy_arn": "arn:aws:iam::aws:policy/P"}, {}),
	]
	found := principals.policies with input as _input(changes, {})
	{[policy.subject, policy.owner] | some policy in found; policy.kind == "identity"} == {
		["aws_iam_role_policy.p", "arn:aws:iam::111122223333:role/same"],
		["aws_iam_policy_attachment.a", "arn:aws:iam::111122223333:user/same"],
		["aws_iam_policy_attachment.a", "arn:aws:iam::111122223333:role/elsewhere"],
	}
}

test_boundary_that_is_one_of_several_is_not_known if {
	root := {"resources": [plan_test.configured("aws_iam_role.r", {"permissions_boundary": plan_test.from(["aws_iam_policy.a.arn", "aws_iam_policy.a", "aws_iam_policy.b.arn", "aws_iam_policy.b"])})]}
	entries := principals.entries with input as _input(
		[
			plan_test.created("aws_iam_role.r", {"name": "job"}, {"arn": true, "permissions_boundary": true}),
			plan_test.created("aws_iam_policy.a", {"policy": "{}"}, {"arn": true}),
			plan_test.created("aws_iam_policy.b", {"policy": "{}"}, {"arn": true}),
		],
		root,
	)
	entries[_role].permissions_boundary == value.unknown("which of several policies is the permissions boundary is not known until apply")
}
