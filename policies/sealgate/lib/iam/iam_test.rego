package sealgate.lib.iam_test

import data.sealgate.lib.iam
import data.sealgate.lib.iam.call
import data.sealgate.lib.iam.document
import data.sealgate.lib.value

test_a_statement_that_names_the_role_allows if {
	answer := _evaluate(_role, {"key_policy": [_names(_role.arn)]})
	answer.decision == "allowed"
	answer.kind == null
	answer.by == {"layer": "key_policy", "policy": "key policy", "index": 0, "sid": "Named"}
	answer.path == "key_policy"
	answer.paths == {"key_policy": [answer.by]}
	answer.nearest == []
	answer.missing == []
}

test_delegation_lets_the_identity_policies_decide if {
	answer := _evaluate(_role, {"key_policy": [_delegates], "identity": [_all]})
	answer.decision == "allowed"
	answer.path == "identity_via_key_policy"
	answer.by == {"layer": "identity", "policy": "identity policy A", "index": 0, "sid": "All"}
	count(answer.paths.identity_via_key_policy) == 2

	refused := _evaluate(_role, {"key_policy": [_delegates]})
	refused.decision == "denied"
	refused.kind == "implicit"
	refused.by == null
	refused.nearest == [_nobody("identity")]
}

test_every_path_is_told if {
	answer := _evaluate(_role, {
		"key_policy": [_names(_role.arn), _delegates],
		"identity": [_all],
		"grants": [_grant({})],
	})
	object.keys(answer.paths) == {"key_policy", "identity_via_key_policy", "grant"}
	answer.path == "key_policy"
}

test_no_permission_of_iam_counts_without_delegation if {
	answer := _evaluate(_role, {"key_policy": [_names("arn:aws:iam::111122223333:role/Other")], "identity": [_all]})
	answer.decision == "denied"
	answer.nearest == [object.union(
		{"layer": "key_policy", "policy": "key policy", "index": 0, "sid": "Named"},
		{"reason": "its principals do not include arn:aws:iam::111122223333:role/Train"},
	)]
	_evaluate(_role, {"key_policy": [], "identity": [_all]}).nearest == [_nobody("key_policy")]
}

test_an_explicit_deny_wins if {
	deny := object.union(_all, {"Sid": "Never", "Effect": "Deny"})
	every layer in ["identity", "boundary", "session_policies"] {
		answer := _evaluate(_role, {"key_policy": [_names(_role.arn)], layer: [deny], "grants": [_grant({})]})
		answer.decision == "denied"
		answer.kind == "explicit"
		answer.by.layer == layer
		answer.by.sid == "Never"
	}
	key_policy := [_names(_role.arn), object.union(deny, {"Principal": "*"})]
	_evaluate(_role, {"key_policy": key_policy, "grants": [_grant({})]}).by.layer == "key_policy"
}

test_a_boundary_and_session_policies_limit_what_a_role_is_given if {
	every layer in ["boundary", "session_policies"] {
		answer := _evaluate(_role, {"key_policy": [_names(_role.arn), _delegates], "identity": [_all], layer: [_s3]})
		answer.decision == "denied"
		answer.nearest == [_nobody(layer)]
		_evaluate(_role, {"key_policy": [_names(_role.arn)], layer: [_all]}).decision == "allowed"
		_evaluate(_user, {"key_policy": [_names(_user.arn)], layer: [_s3]}).decision == "allowed"
		_evaluate(_session, {"key_policy": [_names(_session.arn)], layer: [_s3]}).decision == "allowed"
		_evaluate(_role, {"key_policy": [_names("*")], layer: [_s3]}).decision == "allowed"
	}
}

test_another_account_must_allow_on_both_sides if {
	away := object.union(_role, {"arn": "arn:aws:iam::444455556666:role/Train", "account": "444455556666"})
	_evaluate(away, {"key_policy": [_delegates], "identity": [_all]}).decision == "denied"
	every name in [away.arn, "444455556666", "*"] {
		_evaluate(away, {"key_policy": [_names(name)], "identity": [_all]}).decision == "allowed"
		refused := _evaluate(away, {"key_policy": [_names(name)]})
		refused.decision == "denied"
		refused.nearest == [_nobody("identity")]
		_evaluate(away, {"key_policy": [_names(name)], "identity": [_all], "boundary": [_s3]}).decision == "denied"
	}
}

test_the_root_user if {
	root := {"type": "account_root", "arn": "arn:aws:iam::111122223333:root", "account": "111122223333"}
	_evaluate(root, {"key_policy": [_delegates], "boundary": [_s3]}).path == "key_policy"
	_evaluate(root, {"key_policy": [_names(_role.arn)]}).decision == "denied"
	asked := call.prepare(object.union(_raw(root), {"action": "sagemaker:CreateJob"}))
	answer := iam.evaluate(asked, iam.no_policies)
	answer.decision == "allowed"
	answer.by == null
}

test_a_service if {
	service := {"type": "service", "name": "bedrock.amazonaws.com"}
	named := object.union(_names("*"), {"Principal": {"Service": "bedrock.amazonaws.com"}})
	_evaluate(service, {"key_policy": [named], "identity": [object.union(_all, {"Effect": "Deny"})]}).decision == "allowed"
	_evaluate(service, {"key_policy": [named], "boundary": [_s3], "scps": [[_s3]]}).decision == "allowed"
	denied := object.union(_all, {"Effect": "Deny", "Principal": "*"})
	_evaluate(service, {"key_policy": [named], "rcps": [[denied]]}).by.layer == "rcp"
	refused := _evaluate(service, {"key_policy": [_delegates]})
	refused.decision == "denied"
	refused.nearest[0].reason == "its principals do not include the service bedrock.amazonaws.com"
}

test_every_level_of_an_organisation_must_allow if {
	allowed := {"key_policy": [_names(_role.arn)]}
	_evaluate(_role, object.union(allowed, {"scps": [[_all], [_all]]})).decision == "allowed"
	refused := _evaluate(_role, object.union(allowed, {"scps": [[_all], [_s3]]}))
	refused.decision == "denied"
	refused.nearest == [_nobody("scp")]
	_evaluate(_role, object.union(allowed, {"scps": [[_all, object.union(_all, {"Effect": "Deny"})]]})).by.layer == "scp"
	denied := object.union(_all, {"Effect": "Deny", "Principal": "*"})
	_evaluate(_role, object.union(allowed, {"rcps": [[denied]]})).by.layer == "rcp"
	every layer in ["scps", "rcps"] {
		answer := _with(_role, allowed, {layer: document.levels(value.unknown("nobody gave them"), "scp")})
		answer.decision == "undecided"
		answer.missing[0].reason == "nobody gave them"
	}
}

test_service_linked_roles_are_exempt_from_the_organisation if {
	linked := object.union(_role, {"arn": "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/Train"})
	denied := object.union(_all, {"Effect": "Deny", "Principal": "*"})
	_evaluate(linked, {"key_policy": [_names(linked.arn)], "scps": [[_s3]], "rcps": [[denied]]}).decision == "allowed"
}

test_grants if {
	_evaluate(_role, {"key_policy": [], "grants": [_grant({})]}).path == "grant"
	_evaluate(_role, {"key_policy": [], "grants": [_grant({})], "scps": [[_s3]]}).decision == "denied"
	away := object.union(_role, {"arn": "arn:aws:iam::444455556666:role/Train", "account": "444455556666"})
	given := object.union(_grant({}), {"GranteePrincipal": away.arn})
	_evaluate(away, {"key_policy": [], "grants": [given], "identity": [_all]}).decision == "allowed"
	account := object.union(_grant({}), {"GranteePrincipal": "arn:aws:iam::444455556666:root"})
	_evaluate(away, {"key_policy": [], "grants": [account], "identity": [_all]}).decision == "allowed"
	_evaluate(away, {"key_policy": [], "grants": [account]}).decision == "denied"
}

test_what_limits_a_grant_is_not_documented if {
	not_known := {"layer": "grant", "part": "grant 1", "reason": "whether the grant allows this call is not known"}
	bounded := _evaluate(_role, {"key_policy": [], "grants": [_grant({})], "boundary": [_s3]})
	bounded.decision == "undecided"
	bounded.missing == [not_known]
	away := object.union(_role, {"arn": "arn:aws:iam::444455556666:role/Train", "account": "444455556666"})
	given := object.union(_grant({}), {"GranteePrincipal": away.arn})
	_evaluate(away, {"key_policy": [], "grants": [given]}).missing == [not_known]
	constraint := {"EncryptionContextSubset": {"job": "a"}}
	_evaluate(_role, {"key_policy": [], "grants": [_grant(constraint)]}).missing == [not_known]
}

test_grants_that_are_not_known if {
	unknown := {"grants": value.unknown("nobody gave them")}
	answer := _with(_role, {"key_policy": [_delegates]}, unknown)
	answer.decision == "undecided"
	answer.missing == [{"layer": "grant", "part": "grants on the key", "reason": "nobody gave them"}]
	_with(_role, {"key_policy": [_names(_role.arn)]}, unknown).decision == "allowed"
}

test_an_action_without_a_key_policy if {
	asked := call.prepare(object.union(_raw(_role), {"action": "sagemaker:CreateJob", "resource": _job}))
	policies := _policies({"key_policy": [object.union(_all, {"Effect": "Deny", "Principal": "*"})], "identity": [_all]})
	answer := iam.evaluate(asked, policies)
	answer.path == "identity"
	answer.by.sid == "All"
	refused := iam.evaluate(asked, iam.no_policies)
	refused.nearest == [object.union(_nobody("identity"), {"reason": "no statement allows sagemaker:CreateJob"})]
}

test_the_nearest_statement_is_the_one_that_got_furthest if {
	through_s3 := object.union(_names(_role.arn), {"Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}}})
	other_key := object.union(_names(_role.arn), {"Resource": "arn:aws:kms:us-west-2:111122223333:key/other"})
	answer := _evaluate(_role, {"key_policy": [_names("444455556666"), other_key, through_s3]})
	answer.nearest == [{
		"layer": "key_policy",
		"policy": "key policy",
		"index": 2,
		"sid": "Named",
		"reason": concat("", [
			"condition StringLike kms:ViaService s3.*.amazonaws.com: ",
			"this call comes through sagemaker.us-west-2.amazonaws.com",
		]),
	}]
	[wrong_key] := _evaluate(_role, {"key_policy": [_names("444455556666"), other_key]}).nearest
	wrong_key.reason == concat(" ", ["its resources do not include", _key])
	delegated := _evaluate(_role, {"key_policy": [_delegates, _names("444455556666"), through_s3], "identity": [_s3]})
	[[near.layer, near.index] | some near in delegated.nearest] == [["key_policy", 2], ["identity", null]]
	elsewhere := object.union(_all, {"Resource": "arn:aws:kms:us-west-2:111122223333:key/other"})
	[identity] := _evaluate(_role, {"key_policy": [_delegates], "identity": [elsewhere]}).nearest
	identity.layer == "identity"
	identity.index == 0
}

test_a_condition_on_an_unknown_key_leaves_its_statement_undecided if {
	unsure := {"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}
	missing := [{"layer": "context", "part": "aws:sourcevpce", "reason": "nobody knows"}]
	reason := "condition StringEquals aws:SourceVpce vpce-1: the call's aws:SourceVpce is not known (nobody knows)"

	allow := _evaluate(_role, {"key_policy": [object.union(_names(_role.arn), unsure)]})
	allow.decision == "undecided"
	allow.missing == missing
	[near] := allow.nearest
	near.reason == reason

	delegated := _evaluate(_role, {"key_policy": [_delegates], "identity": [object.union(_all, unsure)]})
	delegated.missing == missing
	bounded := _evaluate(_role, {"key_policy": [_names(_role.arn)], "boundary": [object.union(_all, unsure)]})
	bounded.missing == missing

	deny := object.union(object.union(_names("*"), {"Effect": "Deny"}), unsure)
	denied := _evaluate(_role, {"key_policy": [_names(_role.arn), deny]})
	denied.decision == "undecided"
	denied.missing == missing
	denied.paths.key_policy[0].index == 0
	[doubt] := denied.nearest
	[doubt.index, doubt.reason] == [1, reason]

	_evaluate(_role, {"key_policy": [deny]}).decision == "denied"
	certain := object.union(_names(_role.arn), {"Sid": "Sure"})
	_evaluate(_role, {"key_policy": [object.union(_names(_role.arn), unsure), certain]}).by.sid == "Sure"
}

test_what_aws_does_not_document_is_undecided if {
	undocumented := {"Condition": {"ArnLike": {"aws:PrincipalArn": "*"}}}
	answer := _evaluate(_role, {"key_policy": [object.union(_names("*"), undocumented)]})
	answer.decision == "undecided"
	[missing] := answer.missing
	missing.part == "ArnLike aws:PrincipalArn"
	startswith(missing.reason, "AWS does not document the outcome of condition ArnLike aws:PrincipalArn *: this call has ")
}

test_a_caller_that_is_not_wholly_known if {
	session := "arn:aws:sts::111122223333:assumed-role/Train/run-1"
	answer := _evaluate(_role, {"key_policy": [_names(session)]})
	answer.decision == "undecided"
	reason := "whether its principals include arn:aws:iam::111122223333:role/Train is not known"
	answer.missing == [{"layer": "principal", "part": _role.arn, "reason": reason}]
	answer.nearest[0].reason == reason

	except := {"Effect": "Deny", "NotPrincipal": {"AWS": _role.arn}, "Action": "kms:*", "Resource": "*"}
	denied := _evaluate(_role, {"key_policy": [_names(_role.arn), except]})
	denied.decision == "undecided"
	denied.missing == [{"layer": "principal", "part": _role.arn, "reason": reason}]
	denied.nearest[0].reason == reason
}

test_a_boundary_makes_every_deny_with_not_principal_apply if {
	except := {"AWS": [_role.arn, "arn:aws:iam::111122223333:root"]}
	deny := {"Sid": "Except", "Effect": "Deny", "NotPrincipal": except, "Action": "kms:*", "Resource": "*"}
	_evaluate(_role, {"key_policy": [_names(_role.arn), deny]}).decision == "allowed"
	_evaluate(_role, {"key_policy": [_names(_role.arn), deny], "boundary": [_all]}).by.sid == "Except"
}

test_a_resource_that_is_not_known if {
	asked := call.prepare(object.union(_raw(_role), {"resource": value.unknown("after apply")}))
	reason := "whether its resources include that of the call is not known"
	elsewhere := object.union(_names(_role.arn), {"Resource": _key})
	answer := iam.evaluate(asked, _policies({"key_policy": [elsewhere]}))
	answer.decision == "undecided"
	answer.missing == [{"layer": "context", "part": "resource", "reason": reason}]
	answer.nearest[0].reason == reason
	deny := object.union(elsewhere, {"Effect": "Deny"})
	denied := iam.evaluate(asked, _policies({"key_policy": [_names(_role.arn), deny]}))
	denied.nearest[0].reason == reason
}

test_policies_that_are_not_known if {
	unknown := document.many(value.unknown("nobody gave them"), "identity")
	missing := [{"layer": "identity", "part": "identity policy", "reason": "nobody gave them"}]
	answer := _with(_role, {"key_policy": [_delegates]}, {"identity": unknown})
	answer.decision == "undecided"
	answer.missing == missing
	answer.nearest == []
	might_deny := _with(_role, {"key_policy": [_names(_role.arn)]}, {"identity": unknown})
	might_deny.decision == "undecided"
	might_deny.missing == missing
}

test_a_malformed_policy_is_not_relied_on if {
	answer := _evaluate(_role, {"key_policy": [_delegates], "identity": [_all, {"Effect": "Allow"}]})
	answer.decision == "undecided"
	[missing] := answer.missing
	startswith(missing.reason, "it is malformed: ")
}

_evaluate(principal, parts) := _with(principal, parts, {})

_with(principal, parts, others) := iam.evaluate(call.prepare(_raw(principal)), object.union(_policies(parts), others))

_policies(parts) := object.union(iam.no_policies, object.union_n([read |
	some layer, statements in parts
	read := {layer: _group(layer, statements)}
]))

_group("key_policy", given) := document.single(_known(given), "key_policy", "key policy")

_group("boundary", given) := document.single(_known(given), "boundary", "permissions boundary")

_group(layer, given) := document.many(value.known([{"name": "A", "document": _known(given)}]), layer) if {
	layer in {"identity", "session_policies"}
}

_group("grants", given) := value.known(given)

_group(layer, given) := document.levels(value.known([[_known(level)] | some level in given]), trim_suffix(layer, "s")) if {
	layer in {"scps", "rcps"}
}

_known(statements) := value.known({"Version": "2012-10-17", "Statement": statements})

_nobody(layer) := {
	"layer": layer,
	"policy": null,
	"index": null,
	"sid": null,
	"reason": "no statement allows kms:Decrypt",
}

_names(name) := {"Sid": "Named", "Effect": "Allow", "Principal": {"AWS": name}, "Action": "kms:*", "Resource": "*"}

_delegates := object.union(_names("arn:aws:iam::111122223333:root"), {"Sid": "Account"})

_all := {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}

_s3 := {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}

_grant(constraints) := {"GranteePrincipal": _role.arn, "Operations": ["Decrypt"], "Constraints": constraints}

_role := {"type": "role", "arn": "arn:aws:iam::111122223333:role/Train", "account": "111122223333"}

_user := {"type": "user", "arn": "arn:aws:iam::111122223333:user/alice", "account": "111122223333"}

_session := {
	"type": "assumed_role_session",
	"arn": "arn:aws:sts::111122223333:assumed-role/Train/run-1",
	"role_arn": "arn:aws:iam::111122223333:role/Train",
	"account": "111122223333",
}

_key := "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

_job := "arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/a"

_raw(principal) := {
	"principal": principal,
	"action": "kms:Decrypt",
	"resource": _key,
	"key_account": "111122223333",
	"context": {
		"kms:ViaService": value.known("sagemaker.us-west-2.amazonaws.com"),
		"aws:SourceVpce": value.unknown("nobody knows"),
	},
}
