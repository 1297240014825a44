"""lib/iam against an independent simulator of IAM, and against itself with policies and facts added or taken away."""

from __future__ import annotations

import copy
import json
import os
import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
CASES = int(os.environ.get("SEALGATE_ORACLE_CASES", "3000"))

HOME = "111122223333"
AWAY = "444455556666"
KEY = f"arn:aws:kms:us-west-2:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ABSENT: dict[str, Any] = {"state": "absent"}

DECISIONS = {
    ("allowed", None): "Allowed",
    ("denied", "explicit"): "ExplicitlyDenied",
    ("denied", "implicit"): "ImplicitlyDenied",
}


def known(value: Any) -> dict[str, Any]:
    return {"state": "known", "value": value}


def arn(account: str, kind: str) -> str:
    service = "iam" if kind.startswith(("role", "user", "root")) else "sts"
    return f"arn:aws:{service}::{account}:{kind}"


def principal(kind: str, account: str = HOME) -> dict[str, Any]:
    """Return a principal as lib/iam takes it; its name is the same in every account."""
    match kind:
        case "user":
            return {"type": "user", "arn": arn(account, "user/alice"), "account": account}
        case "role":
            return {"type": "role", "arn": arn(account, "role/Train"), "account": account}
        case "session":
            session = arn(account, "assumed-role/Train/run-1")
            role = arn(account, "role/Train")
            return {"type": "assumed_role_session", "arn": session, "role_arn": role, "account": account}
        case "federated":
            user = arn(account, "user/alice")
            return {
                "type": "federated",
                "arn": arn(account, "federated-user/alice"),
                "user_arn": user,
                "account": account,
            }
        case "root":
            return {"type": "account_root", "arn": arn(account, "root"), "account": account}
        case _:
            return {"type": "service", "name": kind}


def case_of(  # noqa: PLR0913 - each policy type is a parameter
    who: dict[str, Any],
    key: list[dict[str, Any]],
    *,
    action: str = "kms:Decrypt",
    context: dict[str, Any] | None = None,
    identity: list[dict[str, Any]] | None = None,
    boundary: list[dict[str, Any]] | None = None,
    session: list[dict[str, Any]] | None = None,
    scps: list[list[dict[str, Any]]] | None = None,
    rcps: list[list[dict[str, Any]]] | None = None,
    version: str = "2012-10-17",
) -> dict[str, Any]:
    """Return a case as answers.rego takes it: a call and the statements of each policy, all of it known."""

    def document(statements: list[dict[str, Any]]) -> dict[str, Any]:
        return {"Version": version, "Statement": statements}

    def listed(statements: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [{"name": "policy", "document": document(statements)}]

    return {
        "call": {
            "principal": who,
            "action": action,
            "resource": KEY,
            "key_account": HOME,
            "complete": True,
            "context": dict.fromkeys(COMPUTED, ABSENT) | {name: known(v) for name, v in (context or {}).items()},
        },
        "key_policy": known(document(key)),
        "identity": ABSENT if identity is None else known(listed(identity)),
        "boundary": ABSENT if boundary is None else known(document(boundary)),
        "session_policies": ABSENT if session is None else known([document(session)]),
        "grants": ABSENT,
        "scps": ABSENT if scps is None else known([listed(level) for level in scps]),
        "rcps": ABSENT if rcps is None else known([listed(level) for level in rcps]),
    }


def simulation_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case as the simulator takes it.

    It knows no name below kms:EncryptionContext, so that a tag of the resource stands for the pair there.
    """
    case = json.loads(re.sub("kms:EncryptionContext:", "aws:ResourceTag/", json.dumps(case), flags=re.IGNORECASE))

    def levels(value: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "orgIdentifier": f"level-{index}",
                "policies": [{"name": policy["name"], "policy": policy["document"]} for policy in level],
            }
            for index, level in enumerate(value.get("value", []))
        ]

    call = case["call"]
    simulation: dict[str, Any] = {
        "request": {
            "principal": call["principal"].get("arn", call["principal"].get("name")),
            "action": call["action"],
            "resource": {"resource": call["resource"], "accountId": call["key_account"]},
            "contextVariables": {
                name: _texts(value["value"]) for name, value in call["context"].items() if value["state"] == "known"
            },
        },
        "identityPolicies": [
            {"name": entry["name"], "policy": entry["document"]} for entry in case["identity"].get("value", [])
        ],
        "serviceControlPolicies": levels(case["scps"]),
        "resourceControlPolicies": levels(case["rcps"]),
        "resourcePolicy": case["key_policy"]["value"],
    }
    if case["boundary"]["state"] == "known":
        simulation["permissionBoundaryPolicies"] = [{"name": "boundary", "policy": case["boundary"]["value"]}]
    if case["session_policies"]["state"] == "known":
        simulation["sessionPolicy"] = case["session_policies"]["value"][0]
    return simulation


def _texts(value: Any) -> Any:
    return [_texts(item) for item in value] if isinstance(value, list) else str(value)


# Keys that lib/iam would add to a call by itself; the simulator adds none, so that a case gives them or denies them.
COMPUTED = [
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalServiceName",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:username",
    "kms:CallerAccount",
]

CRYPTOGRAPHIC = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"]
ACTIONS = [*CRYPTOGRAPHIC, "kms:CreateGrant", "kms:DescribeKey"]


@dataclass(frozen=True)
class Key:
    """A condition key: the family of operators that fits it, its values in calls and policies, and its actions."""

    name: str
    family: str
    values: tuple[Any, ...]
    patterns: tuple[str, ...]
    actions: tuple[str, ...] = tuple(ACTIONS)
    several: bool = False


S3, SAGEMAKER = "s3.us-west-2.amazonaws.com", "sagemaker.us-west-2.amazonaws.com"
JOB = f"arn:aws:sagemaker:us-west-2:{HOME}:job/AgentRFT/night-1"
WITH_CONTEXT = (*CRYPTOGRAPHIC, "kms:CreateGrant")
KEYS = [
    Key(
        "kms:ViaService",
        "string",
        (S3, SAGEMAKER),
        (S3, SAGEMAKER, "s3.*.amazonaws.com", "*", "S3.US-WEST-2.AMAZONAWS.COM"),
    ),
    Key("kms:CallerAccount", "string", (HOME, AWAY), (HOME, AWAY, "1111*", "${aws:PrincipalAccount}")),
    Key("aws:PrincipalAccount", "string", (HOME, AWAY), (HOME, AWAY, "????22223333", "${kms:CallerAccount, 'none'}")),
    Key("aws:ResourceAccount", "string", (HOME,), (HOME, AWAY, "${aws:PrincipalAccount, '1'}")),
    Key("aws:PrincipalTag/team", "string", ("ml", "ML", "a*b"), ("ml", "m?", "a*b", "a?b", "*", "$ml")),
    Key(
        "aws:PrincipalArn",
        "arn",
        (arn(HOME, "role/Train"), arn(HOME, "user/alice"), arn(AWAY, "role/Train")),
        (
            arn(HOME, "role/Train"),
            arn("*", "role/Train"),
            arn(HOME, "role/*"),
            arn("1*", "*"),
            "arn:aws:iam::*:*/alice",
        ),
    ),
    Key(
        "kms:EncryptionContext:project",
        "string",
        (JOB, "blue"),
        (JOB, "blue", f"{JOB[:-7]}*", "arn:aws:sagemaker:*", "BLUE"),
        WITH_CONTEXT,
    ),
    Key(
        "kms:EncryptionContextKeys",
        "string",
        (["project"], ["project", "team"], []),
        ("project", "team", "t*"),
        WITH_CONTEXT,
        several=True,
    ),
    Key("kms:GrantIsForAWSResource", "bool", ("true", "false"), ("true", "false", "True"), ("kms:CreateGrant",)),
    Key(
        "kms:GrantOperations",
        "string",
        (["Decrypt"], ["Decrypt", "Encrypt"]),
        ("Decrypt", "Encrypt", "*crypt", "Sign"),
        ("kms:CreateGrant",),
        several=True,
    ),
    Key(
        "aws:PrincipalOrgPaths",
        "string",
        (["o-1/r-1/ou-1/"], ["o-2/r-1/", "o-1/r-1/"]),
        ("o-1/*", "o-2/r-1/"),
        several=True,
    ),
    Key("aws:SecureTransport", "bool", ("true", "false"), ("true", "false")),
    Key("aws:MultiFactorAuthAge", "numeric", ("0", "299", "300", "12.5"), ("300", "299.0", "12.50", "007")),
    Key(
        "aws:CurrentTime",
        "date",
        ("2026-04-01T12:00:00Z", "2024-02-29T23:59:59Z", "2025-12-31T00:00:00Z"),
        ("2026-04-01T12:00:00Z", "2024-03-01T00:00:00Z", "2026-01-01T00:00:00Z", "2024-02-29T23:59:59Z"),
    ),
    Key(
        "aws:SourceIp",
        "ip",
        ("10.1.2.3", "203.0.113.9", "2001:db8::9"),
        ("10.0.0.0/8", "203.0.113.9/32", "203.0.113.0/29", "2001:db8::/32", "128.0.0.0/1"),
    ),
    Key("aws:SourceVpce", "string", ("vpce-1", "vpce-2"), ("vpce-1", "vpce-*")),
]
OPERATORS = {
    "string": [
        "StringEquals",
        "StringNotEquals",
        "StringEqualsIgnoreCase",
        "StringNotEqualsIgnoreCase",
        "StringLike",
        "StringNotLike",
    ],
    "arn": ["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringNotEquals"],
    "bool": ["Bool"],
    "numeric": [
        "NumericEquals",
        "NumericNotEquals",
        "NumericLessThan",
        "NumericLessThanEquals",
        "NumericGreaterThan",
        "NumericGreaterThanEquals",
    ],
    "date": [
        "DateEquals",
        "DateNotEquals",
        "DateLessThan",
        "DateLessThanEquals",
        "DateGreaterThan",
        "DateGreaterThanEquals",
    ],
    "ip": ["IpAddress", "NotIpAddress"],
}


class Cases:
    """Random cases that are biased to KMS: most calls come near to being allowed. The same seed, the same cases.

    `wild` cases are also of the kinds on which the simulator differs, or that are not documented.
    """

    def __init__(self, seed: int, *, wild: bool = False) -> None:
        self.random = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.wild = wild

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def case(self) -> dict[str, Any]:
        pick = self.random
        action = pick.choice(ACTIONS)
        kinds = ["user", "role", "session", "session", "session", "federated", "sagemaker.amazonaws.com"]
        kind = pick.choice([*kinds, "root"] if self.wild else kinds)
        account = HOME if self.chance(0.65) else AWAY
        who = principal(kind, account)
        is_service = kind.endswith(".com")
        has_session = kind in {"session", "federated"} and self.chance(0.25)
        return case_of(
            who,
            self.key_policy(action, who, has_session=has_session),
            action=action,
            context=self.context(action),
            identity=None if is_service else self.statements(action, 4, 0.75),
            boundary=self.statements(action, 2, 0.9) if not is_service and self.chance(0.25) else None,
            session=self.statements(action, 2, 0.9) if has_session else None,
            scps=self.levels(action) if not is_service and self.chance(0.3) else None,
            rcps=self.rcps(action) if self.chance(0.2) else None,
        )

    def context(self, action: str) -> dict[str, Any]:
        return {key.name: self.random.choice(key.values) for key in KEYS if action in key.actions and self.chance(0.6)}

    def key_policy(self, action: str, who: dict[str, Any], *, has_session: bool) -> list[dict[str, Any]]:
        statements = []
        for _ in range(self.random.randint(1, 4)):
            statement = self.statement(action, 0.85)
            statement["Resource"] = statement.pop("NotResource", "*")
            statement["Resource"] = "*" if self.chance(0.9) else self.complete_resource()
            if statement["Effect"] == "Deny" and not self.chance(0.7):
                statement["NotPrincipal"] = self.excepted(who)
            else:
                statement["Principal"] = self.principals(who, has_session=has_session)
            statements.append(statement)
        if self.chance(0.4):
            statements.append(
                {"Effect": "Allow", "Principal": {"AWS": arn(HOME, "root")}, "Action": "kms:*", "Resource": "*"}
            )
        return statements

    def excepted(self, who: dict[str, Any]) -> Any:
        """Return a NotPrincipal that names the caller with its account, or neither of them."""
        if self.wild and self.chance(0.5):
            return {"AWS": self.random.choice([arn(HOME, "role/Train"), arn(HOME, "root"), arn(AWAY, "user/alice")])}
        if who["type"] == "service":
            return {"Service": self.random.choice([who["name"], "bedrock.amazonaws.com"])}
        if self.chance(0.5):
            return {"AWS": [who.get("role_arn", who["arn"]), who["arn"], arn(who["account"], "root")]}
        return {"AWS": arn("777788889999", "root"), "Service": "bedrock.amazonaws.com"}

    def principals(self, who: dict[str, Any], *, has_session: bool) -> Any:
        """Return a Principal; where a session policy is at hand, none that names the session itself."""
        account = who.get("account", HOME)
        has_session = has_session and not self.wild
        choices: list[Any] = [
            {"AWS": arn(account, "root")},
            {"AWS": account},
            {"AWS": [arn(HOME, "root"), AWAY]},
            {"AWS": arn(account, "role/Train")},
            {"AWS": [arn(AWAY, "role/Train"), arn(HOME, "role/Other")]},
            {"Service": ["sagemaker.amazonaws.com", "bedrock.amazonaws.com"]},
            {"Service": "bedrock.amazonaws.com"},
        ]
        if who["type"] != "federated" or not has_session:
            choices.append({"AWS": arn(account, "user/alice")})
        if not has_session:
            choices += ["*", {"AWS": "*"}, {"AWS": arn(account, "federated-user/alice")}]
            # A session whose name is not known may be any session of its role.
            if who["type"] != "role" or self.wild:
                choices += [{"AWS": arn(account, f"assumed-role/Train/run-{n}")} for n in (1, 2)]
        return self.random.choice(choices)

    def statements(self, action: str, most: int, allowing: float) -> list[dict[str, Any]]:
        return [self.statement(action, allowing) for _ in range(self.random.randint(1, most))]

    def levels(self, action: str) -> list[list[dict[str, Any]]]:
        return [
            [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
            if self.chance(0.6)
            else self.statements(action, 3, 0.8)
            for _ in range(self.random.randint(1, 3))
        ]

    def rcps(self, action: str) -> list[list[dict[str, Any]]]:
        """Return resource control policies, which can only deny, and say so of everyone."""
        levels = []
        for _ in range(self.random.randint(1, 2)):
            statement = self.statement(action, 0.0) | {"Principal": "*", "Action": [action, "kms:List*"]}
            statement.pop("NotAction", None)
            if "Resource" in statement:
                statement["Resource"] = self.complete_resource()
            levels.append([statement])
        return levels

    def statement(self, action: str, allowing: float) -> dict[str, Any]:
        actions = self.actions(action)
        statement: dict[str, Any] = {"Effect": "Allow" if self.chance(allowing) else "Deny"}
        statement["Action" if self.chance(0.92) else "NotAction"] = actions
        if self.chance(0.93):
            statement["Resource"] = self.resource()
        else:
            statement["NotResource"] = self.complete_resource()
        if statement["Effect"] == "Deny" or self.chance(0.5):
            statement["Condition"] = self.condition(action)
        return statement

    def actions(self, action: str) -> Any:
        service, name = action.split(":")
        choices = [
            "*",
            "kms:*",
            action,
            action.upper(),
            f"{service}:{name[:4]}*",
            f"{service}:?{name[1:]}",
            "s3:*",
            "kms:List*",
        ]
        picked = self.random.choices(choices, weights=[1, 4, 6, 1, 2, 1, 1, 1], k=self.random.randint(1, 2))
        return picked[0] if len(picked) == 1 and self.chance(0.5) else picked

    def resource(self) -> Any:
        choices = [
            "*",
            KEY,
            f"arn:aws:kms:*:{HOME}:key/*",
            f"arn:aws:kms:us-west-2:{HOME}:*",
            "arn:aws:kms:*",
            f"{KEY[:-1]}?",
            f"arn:aws:kms:us-west-2:{AWAY}:key/*",
            f"arn:aws:kms:us-west-2:{HOME}:alias/ml",
            f"arn:aws:kms:us-*:{HOME}:key/*",
            f"arn:aws:kms:us-west-2:{HOME}:key/${{aws:PrincipalTag/key, '1234abcd-12ab-34cd-56ef-1234567890ab'}}",
            f"arn:aws:kms:us-west-2:{HOME}:key/${{aws:PrincipalTag/team, '*'}}",
        ]
        weights = [8, 4, 2, 1, 1, 1, 1, 1, 1, 1, 1]
        picked = self.random.choices(choices, weights=weights, k=self.random.randint(1, 2))
        return picked[0] if len(picked) == 1 or self.chance(0.6) else picked

    def complete_resource(self) -> Any:
        """Return a resource of six parts: only identity policies are documented to complete an ARN."""
        return self.random.choice(
            ["*", "*", KEY, f"arn:aws:kms:*:{HOME}:key/*", f"arn:aws:kms:us-west-2:{AWAY}:key/*", f"{KEY[:-1]}?"]
        )

    def condition(self, action: str) -> dict[str, Any]:
        condition: dict[str, Any] = {}
        for _ in range(self.random.choice([1, 1, 2])):
            key = self.random.choice([key for key in KEYS if action in key.actions])
            name = key.name if self.chance(0.8) else key.name.lower()
            if self.chance(0.1):
                condition["Null"] = {name: self.random.choice(["true", "false"])}
                continue
            operator = self.random.choice(OPERATORS[key.family])
            if_exists = self.chance(0.2)
            if key.several and not (self.wild and self.chance(0.2)):
                # ForAnyValue with IfExists is among the settled differences.
                each = "ForAllValues:" if if_exists or self.chance(0.5) else "ForAnyValue:"
                operator = f"{each}{operator}"
            patterns = self.random.sample(key.patterns, k=self.random.choice([1, 1, 2]))
            values: Any = patterns[0] if len(patterns) == 1 and self.chance(0.5) else patterns
            # A variable whose key is absent is among the settled differences under negated operators.
            if (
                not self.wild
                and "Not" in operator
                and any(
                    "${" in value and "'" not in value and "$}" not in value and "*}" not in value for value in patterns
                )
            ):
                continue
            condition[operator + ("IfExists" if if_exists else "")] = {name: values}
        return condition


def test_every_random_case_is_decided_as_the_independent_simulator_decides_it(simulator: Any, evaluator: Any) -> None:
    cases = Cases(20261122)
    decided: dict[str, int] = dict.fromkeys(DECISIONS.values(), 0)
    for start in range(0, CASES, 3000):
        batch = [cases.case() for _ in range(min(3000, CASES - start))]
        theirs = simulator([simulation_of(case) for case in batch])
        for case, ours, answer in zip(batch, evaluator(batch), theirs, strict=True):
            assert answer.get("ignored") == [], (answer, case)
            mine = DECISIONS.get((ours["decision"], ours["kind"]), "undecided")
            assert mine == answer["result"], f"{answer['result']}, {json.dumps(ours)} of {json.dumps(case)}"
            decided[mine] += 1
    assert min(decided.values()) > CASES / 20, decided


@dataclass(frozen=True)
class Settled:
    """A case on which the simulator and lib/iam differ, and the page of AWS's guide that settles it: what it says."""

    name: str
    page: str
    says: str
    case: dict[str, Any]
    theirs: str
    ours: str


GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"
ROOT_ALLOWS = {"Effect": "Allow", "Principal": {"AWS": arn(HOME, "root")}, "Action": "kms:*", "Resource": "*"}
ALL = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def delegated(condition: dict[str, Any], context: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a case where one condition on the delegation to the account decides."""
    return case_of(principal("user"), [ROOT_ALLOWS | {"Condition": condition}], identity=ALL, context=context, **more)


def allowing(named: Any, **more: Any) -> list[dict[str, Any]]:
    return [{"Effect": "Allow", "Principal": named, "Action": "kms:*", "Resource": "*", **more}]


DIRECT = (
    "Permissions granted directly to a session are not limited by an implicit deny in an identity-based policy, "
    "a permissions boundary, or session policy."
)
ONLY_S3 = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]
SETTLED = [
    Settled(
        "session ARN and session policy",
        "reference_policies_evaluation-logic_policy-eval-denyallow",
        DIRECT,
        case_of(principal("session"), allowing({"AWS": principal("session")["arn"]}), session=ONLY_S3),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "federated user and session policy",
        "reference_policies_evaluation-logic_policy-eval-denyallow",
        DIRECT,
        case_of(principal("federated"), allowing({"AWS": principal("federated")["arn"]}), session=ONLY_S3),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "everyone and session policy",
        "reference_policies_elements_principal",
        "Identity-based policy types, such as permissions boundaries or session policies, do not limit permissions "
        "granted using the aws:PrincipalArn condition key with a wildcard(*) in the Principal element.",
        case_of(principal("session"), allowing("*"), session=ONLY_S3),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "root user without policies",
        "reference_policies_evaluation-logic",
        "By default, all requests are implicitly denied with the exception of the AWS account root user, which has "
        "full access.",
        case_of(principal("root"), [ROOT_ALLOWS]),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "path of an assumed role",
        "reference_identifiers",
        "The ARN of a role holds its path; a role with another path is another role.",
        case_of(principal("session"), allowing({"AWS": arn(HOME, "role/path/Train")})),
        "Allowed",
        "denied",
    ),
    Settled(
        "role without a session, named session",
        "reference_policies_elements_principal",
        "The principal of a call under a role is a session of it; which one is not known before the job runs.",
        case_of(principal("role"), allowing({"AWS": principal("session")["arn"]})),
        "ImplicitlyDenied",
        "undecided",
    ),
    Settled(
        "NotPrincipal without the account",
        "reference_policies_elements_notprincipal",
        "When you use NotPrincipal, you must also specify the account ARN of the not-denied principal. Otherwise, the "
        "policy might deny access to the entire account containing the principal.",
        case_of(
            principal("role"),
            [
                ROOT_ALLOWS,
                {"Effect": "Deny", "NotPrincipal": {"AWS": arn(HOME, "role/Train")}, "Action": "*", "Resource": "*"},
            ],
            identity=ALL,
        ),
        "Allowed",
        "undecided",
    ),
    Settled(
        "variable without a value, negated operator",
        "reference_policies_variables",
        "Inverted condition operators like StringNotEquals or StringNotLike do match against a null value.",
        delegated({"StringNotEquals": {"aws:SourceVpce": "${aws:PrincipalTag/team}"}}, {"aws:SourceVpce": "vpce-1"}),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "variables in a document of 2008",
        "reference_policies_variables",
        "Earlier versions of the policy language don't support policy variables: they are treated as literal strings.",
        delegated(
            {"StringEquals": {"aws:SourceVpce": "${aws:SourceVpce}"}},
            {"aws:SourceVpce": "vpce-1"},
            version="2008-10-17",
        ),
        "Allowed",
        "denied",
    ),
    Settled(
        "literal wildcard",
        "reference_policies_variables",
        "${*} stands for an asterisk wherever a variable may stand, StringEquals included.",
        delegated({"StringEquals": {"aws:PrincipalTag/team": "a${*}b"}}, {"aws:PrincipalTag/team": "a*b"}),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "ForAnyValue with IfExists",
        "reference_policies_elements_condition_operators",
        "IfExists: if the condition key is not present, evaluate the condition element as true.",
        delegated({"ForAnyValue:StringEqualsIfExists": {"aws:PrincipalOrgPaths": "o-1/*"}}, {}),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "several values, operator for one",
        "reference_policies_condition-single-vs-multi-valued-context-keys",
        "Multivalued context keys require a condition set operator; what happens without one is not said.",
        delegated({"StringEquals": {"aws:PrincipalOrgPaths": "o-1/"}}, {"aws:PrincipalOrgPaths": ["o-1/"]}),
        "ImplicitlyDenied",
        "undecided",
    ),
    Settled(
        "ARN operator and a value that is no ARN",
        "reference_policies_elements_condition_operators",
        "Each of the six components of an ARN is checked separately; what a shorter value matches is not said.",
        delegated({"ArnLike": {"aws:PrincipalArn": "*"}}, {"aws:PrincipalArn": arn(HOME, "user/alice")}),
        "ImplicitlyDenied",
        "undecided",
    ),
    Settled(
        "date as seconds",
        "reference_policies_elements_condition_operators",
        "Date values are written in one of the W3C forms of ISO 8601 or in epoch (UNIX) time.",
        delegated({"DateLessThan": {"aws:CurrentTime": "1900000000"}}, {"aws:CurrentTime": "2025-01-01T00:00:00Z"}),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "network of all addresses",
        "reference_policies_elements_condition_operators",
        "The value is in the standard CIDR format; 0.0.0.0/0 holds every address of version 4.",
        delegated({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, {"aws:SourceIp": "203.0.113.9"}),
        "ImplicitlyDenied",
        "allowed",
    ),
    Settled(
        "star at the end of a part",
        "reference_policies_elements_resource",
        "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon "
        "boundaries.",
        case_of(
            principal("user"),
            [ROOT_ALLOWS],
            identity=[{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:kms:*:key/*"}],
        ),
        "ImplicitlyDenied",
        "allowed",
    ),
]


@pytest.mark.parametrize("difference", SETTLED, ids=lambda settled: settled.name.replace(" ", "-"))
def test_a_settled_difference_is_still_one(difference: Settled, simulator: Any, evaluator: Any) -> None:
    (answer,) = simulator([simulation_of(difference.case)])
    (ours,) = evaluator([difference.case])
    assert (answer.get("result"), ours["decision"]) == (difference.theirs, difference.ours), difference.says
    assert re.fullmatch(r"[a-z_-]+", difference.page), f"{GUIDE}/{difference.page}.html"


RANKS = {"denied": 0, "undecided": 1, "allowed": 2}


def changed(cases: list[dict[str, Any]], change: Any) -> list[dict[str, Any]]:
    altered = copy.deepcopy(cases)
    for case in altered:
        change(case)
    return altered


def test_adding_an_allow_never_takes_a_permission_away(evaluator: Any) -> None:
    cases = Cases(7, wild=True)
    before = [cases.case() for _ in range(600)]

    def add(case: dict[str, Any]) -> None:
        part = cases.random.choice(["key_policy", "identity"])
        statement = cases.statement(case["call"]["action"], 1.0)
        if part == "key_policy":
            statement |= {"Principal": cases.principals(case["call"]["principal"], has_session=False)}
            case["key_policy"]["value"]["Statement"].append(statement)
        elif case["identity"]["state"] == "known":
            case["identity"]["value"][0]["document"]["Statement"].append(statement)

    for was, now in zip(evaluator(before), evaluator(changed(before, add)), strict=True):
        assert RANKS[was["decision"]] <= RANKS[now["decision"]], (was, now)


def test_adding_a_deny_never_gives_a_permission(evaluator: Any) -> None:
    cases = Cases(8, wild=True)
    before = [cases.case() for _ in range(600)]

    def add(case: dict[str, Any]) -> None:
        statement = cases.statement(case["call"]["action"], 0.0)
        statement["Principal"] = cases.principals(case["call"]["principal"], has_session=False)
        case["key_policy"]["value"]["Statement"].append(statement)

    for was, now in zip(evaluator(before), evaluator(changed(before, add)), strict=True):
        assert RANKS[was["decision"]] >= RANKS[now["decision"]], (was, now)


def test_not_knowing_a_fact_only_ever_leaves_a_call_undecided(evaluator: Any) -> None:
    cases = Cases(9, wild=True)
    before = [cases.case() for _ in range(900)]
    unknown = {"state": "unknown", "reason": "nobody knows"}

    def forget(case: dict[str, Any]) -> None:
        context = case["call"]["context"]
        for name in cases.random.sample(sorted({*context, *(key.name for key in KEYS)}), k=cases.random.randint(2, 12)):
            context[name] = unknown
        if cases.chance(0.3):
            case[cases.random.choice(["identity", "boundary", "session_policies", "grants", "scps", "rcps"])] = unknown
        if cases.chance(0.1):
            case["call"]["resource"] = unknown
        if cases.chance(0.2):
            case["call"]["principal"].pop("role_arn", None)

    answers = list(zip(evaluator(before), evaluator(changed(before, forget)), strict=True))
    for was, now in answers:
        assert now["decision"] in {was["decision"], "undecided"}, (was, now)
        assert (now["decision"] == "undecided") == (now["missing"] != []), now
    assert sum(now["decision"] == "undecided" for _, now in answers) > 100


def test_an_allowed_call_is_allowed_by_a_statement_and_another_call_has_its_reason(evaluator: Any) -> None:
    cases = Cases(10, wild=True)
    for answer in evaluator([cases.case() for _ in range(500)]):
        match answer["decision"], answer["kind"]:
            case "allowed", None:
                assert answer["by"] in answer["paths"][answer["path"]], answer
            case "denied", "explicit":
                assert answer["by"]["layer"] != "grant", answer
            case "denied", "implicit":
                assert answer["nearest"], answer
                assert all(found["reason"] for found in answer["nearest"]), answer


def test_policies_that_aws_wrote_have_no_problems(problems: Any) -> None:
    if not SHARED.is_dir():
        pytest.skip("the documents that are checked do not lie beside this repository")
    documents = [
        {"name": path.name, "layer": "key_policy" if path.name.startswith("c7n") else "identity", "document": text}
        for path in sorted((SHARED / "data" / "policies").glob("*.json"))
        for text in [_document(json.loads(path.read_text()))]
    ]
    documents += [
        {"name": f"{path.name} {number}", "layer": _layer(policy), "document": policy}
        for path in sorted((SHARED / "documents").glob("*.txt"))
        for number, policy in enumerate(_policies_in(path.read_text()))
    ]
    assert len(documents) > 25
    assert problems(documents) == []


def _document(content: Any) -> Any:
    """Return the policy of a recorded answer of GetKeyPolicy, of a managed policy's record, or the policy itself."""
    found = content.get("data", content)
    return found.get("Policy", found.get("document", found))


def _layer(policy: dict[str, Any]) -> str:
    statements = policy["Statement"]
    first = statements[0] if isinstance(statements, list) else statements
    return "key_policy" if "Principal" in first else "identity"


def _policies_in(text: str) -> list[dict[str, Any]]:
    """Return every policy, statement or list of statements that stands in a text as JSON, as a policy."""
    decoder, start, found = json.JSONDecoder(), 0, []
    while (match := re.compile(r"[\[{]\s*[\"{]").search(text, start)) is not None:
        try:
            content, start = decoder.raw_decode(text, match.start())
        except json.JSONDecodeError:
            start = match.start() + 1
            continue
        statements = content if isinstance(content, list) else [content]
        if isinstance(content, dict) and "Statement" in content:
            found.append(content)
        elif all(isinstance(statement, dict) and "Effect" in statement for statement in statements):
            found.append({"Version": "2012-10-17", "Statement": content})
    return found
