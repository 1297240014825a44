"""Configurations to plan: a training job with key, policies, role and bucket, its key behind any kind of reference."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from tests.terraform_expressions import Conditional, Dynamic, Either, JsonEncode, Ref
from tests.terraform_plans import Call, Module, Output, Plan, Resource, Variable, data, resource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Json: TypeAlias = dict[str, Any]

ACCOUNT: Final = "111122223333"
REGION: Final = "us-west-2"
KEY_ID: Final = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY_ARN: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{KEY_ID}"
ROLE_ARN: Final = f"arn:aws:iam::{ACCOUNT}:role/training"
ALIAS: Final = "alias/ml"
ALIAS_ARN: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:{ALIAS}"

KEY_USE: Final = [
    "kms:CreateGrant",
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey*",
    "kms:ReEncrypt*",
]

TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}  # fmt: skip


def delegating() -> Json:
    """Return the statement of a key policy that leaves it to the account's own policies."""
    return {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}


def allowing(principal: Any, *, actions: list[str] | None = None) -> Json:
    """Return the statement of a key policy that lets a principal use the key."""
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": actions or KEY_USE, "Resource": "*"}


def policy(*statements: Json) -> Json:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


# What a resource that exists already has of its own. A key that nobody gave a policy has AWS's.
KEY_STATE: Final = {
    "arn": KEY_ARN, "id": KEY_ID, "key_id": KEY_ID, "description": "", "multi_region": False,
    "policy": json.dumps(policy({"Sid": "Enable IAM User Permissions", **delegating()})),
    "rotation_period_in_days": 365,
}  # fmt: skip
ALIAS_STATE: Final = {"arn": ALIAS_ARN, "id": ALIAS, "name_prefix": "", "target_key_arn": KEY_ARN}
ROLE_STATE: Final = {
    "arn": ROLE_ARN, "id": "training", "name_prefix": "", "create_date": "2026-01-01T00:00:00Z", "inline_policy": [],
    "managed_policy_arns": [], "unique_id": "AROAEXAMPLE",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Training:
    """A training job under a key of its own, all of it in one plan.

    `exists` says whether everything but the job is there already, so that all its values are known. `key` are further
    arguments of the key; `key_policy` is its policy, None where nobody sets one; `role_policy` what the role may do,
    with this key, or with `names_key` off with any. `uses_volume_key` gives the key to the job's volume as well.
    """

    exists: bool = False
    key: Mapping[str, Any] = field(default_factory=dict)
    key_policy: Json | None = field(default_factory=lambda: policy(delegating()))
    role_policy: tuple[str, ...] = tuple(KEY_USE)
    instance_type: str = "ml.m5.xlarge"
    names_key: bool = True
    uses_volume_key: bool = True

    def plan(self, way: str = "attribute") -> Plan:
        """Return the plan in which the job names its key in one of the WAYS."""
        root = WAYS[way](self)
        return Plan(root=replace(root, resources=[*root.resources, self.caller()]))

    def key_resource(self, name: str = "ml", **more: Any) -> Resource:
        """Return the key, without a policy where a resource of its own holds it."""
        arguments: Json = {"description": "training", **self.key}
        if self.key_policy is not None:
            arguments["policy"] = JsonEncode(self.key_policy)
        return resource("aws_kms_key", name, arguments, state=KEY_STATE if self.exists else None, **more)

    def caller(self) -> Resource:
        """Return who plans, which says whose account it is."""
        arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/terraform/ci"
        state = {"account_id": ACCOUNT, "arn": arn, "id": ACCOUNT, "user_id": "AROAEXAMPLE:ci"}
        return data("aws_caller_identity", "current", state=state)

    def alias_resource(self, target: Any) -> Resource:
        """Return an alias of the key."""
        state = ALIAS_STATE if self.exists else None
        return resource("aws_kms_alias", "ml", {"name": ALIAS, "target_key_id": target}, state=state)

    def role(self, key: Any) -> list[Resource]:
        """Return the role and its policy, which names the key."""
        statement = {"Effect": "Allow", "Action": list(self.role_policy), "Resource": key if self.names_key else "*"}
        return [
            resource(
                "aws_iam_role",
                "training",
                {"name": "training", "assume_role_policy": JsonEncode(TRUST)},
                state=ROLE_STATE if self.exists else None,
            ),
            resource(
                "aws_iam_role_policy",
                "key",
                {"name": "key", "role": Ref("aws_iam_role.training.id"), "policy": JsonEncode(policy(statement))},
                state={"id": "training:key", "name_prefix": ""} if self.exists else None,
            ),
        ]

    def bucket(self, key: Any) -> list[Resource]:
        """Return the bucket that the job writes to, and its encryption."""
        default = {"sse_algorithm": "aws:kms", "kms_master_key_id": key}
        return [
            resource("aws_s3_bucket", "output", {"bucket": f"ml-output-{ACCOUNT}"}),
            resource(
                "aws_s3_bucket_server_side_encryption_configuration",
                "output",
                {
                    "bucket": Ref("aws_s3_bucket.output.id"),
                    "rule": [{"apply_server_side_encryption_by_default": [default]}],
                },
            ),
        ]

    def job(self, key: Any, *, role: Any = None, output: Any = None, **more: Any) -> Resource:
        """Return the job; `output` stands instead of its output block."""
        config: Json = {"instance_count": 1, "instance_type": self.instance_type, "volume_size_in_gb": 50}
        if self.uses_volume_key:
            config["volume_kms_key_id"] = key
        return resource(
            "aws_sagemaker_training_job",
            "train",
            {
                "training_job_name": "train",
                "role_arn": Ref("aws_iam_role.training.arn") if role is None else role,
                "algorithm_specification": [
                    {
                        "training_image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/train:1",
                        "training_input_mode": "File",
                    }
                ],
                "output_data_config": output or [{"kms_key_id": key, "s3_output_path": f"s3://ml-output-{ACCOUNT}/"}],
                "resource_config": [config],
                "stopping_condition": [{"max_runtime_in_seconds": 3600}],
            },
            **more,
        )

    def all_with(self, key: Any, *resources: Resource, **module: Any) -> Module:
        """Return the root module of role, bucket and job under a key, with further resources."""
        everything = [*self.role(key), *self.bucket(key), self.job(key), *resources]
        return Module(resources=everything, **module)


def _attribute(training: Training) -> Module:
    return training.all_with(Ref("aws_kms_key.ml.arn"), training.key_resource())


def _key_id(training: Training) -> Module:
    key = Ref("aws_kms_key.ml.key_id")
    resources = [*training.role(Ref("aws_kms_key.ml.arn")), *training.bucket(key), training.job(key)]
    return Module(resources=[*resources, training.key_resource()])


def _counted(training: Training) -> Module:
    return training.all_with(Ref("aws_kms_key.ml[0].arn"), training.key_resource(count=1))


def _splat(training: Training) -> Module:
    """One of all: `one(aws_kms_key.ml[*].arn)`."""
    return training.all_with(
        Ref("local.key"), training.key_resource(count=1), locals={"key": Ref("aws_kms_key.ml[0].arn")}
    )


def _each(training: Training) -> Module:
    key = Ref("aws_kms_key.ml[each.key].arn")
    one = Ref('aws_kms_key.ml["a.b"].arn')
    resources = [*training.role(one), *training.bucket(one), training.key_resource(for_each=["a.b"])]
    return Module(resources=[*resources, training.job(key, for_each={"a.b": {}})])


def _each_value(training: Training) -> Module:
    key = Ref("aws_kms_key.ml.arn")
    resources = [*training.role(key), *training.bucket(key), training.key_resource()]
    return Module(resources=[*resources, training.job(Ref("each.value"), for_each={"one": key})])


def _conditional(training: Training) -> Module:
    key = Conditional(Ref("var.own"), Ref("aws_kms_key.ml.arn"), None)
    return training.all_with(key, training.key_resource(), variables={"own": Variable(default=True)})


def _coalesced(training: Training) -> Module:
    key = Either(Ref("var.key"), Ref("aws_kms_key.ml.arn"))
    return training.all_with(key, training.key_resource(), variables={"key": Variable(default=None)})


def _local(training: Training) -> Module:
    return training.all_with(Ref("local.key"), training.key_resource(), locals={"key": Ref("aws_kms_key.ml.arn")})


def _variable(training: Training) -> Module:
    inner = Module(
        variables={"key": Variable(), "role": Variable()},
        resources=[training.job(Ref("var.key"), role=Ref("var.role"))],
    )
    key = Ref("aws_kms_key.ml.arn")
    arguments = {"key": key, "role": Ref("aws_iam_role.training.arn")}
    return Module(
        resources=[*training.role(key), *training.bucket(key), training.key_resource()],
        calls={"training": Call(module=inner, arguments=arguments)},
    )


def _output(training: Training) -> Module:
    keys = Module(resources=[training.key_resource()], outputs={"arn": Output(value=Ref("aws_kms_key.ml.arn"))})
    return training.all_with(Ref("module.keys.arn"), calls={"keys": Call(module=keys)})


def _nested(training: Training) -> Module:
    """Three modules up and three down, with keys that an address has to quote."""
    key = Module(
        resources=[training.key_resource(for_each=["a.b"])],
        outputs={"arn": Output(value=Ref('aws_kms_key.ml["a.b"].arn'))},
    )
    store = Module(calls={"key": Call(module=key, count=1)}, outputs={"arn": Output(value=Ref("module.key[0].arn"))})
    keys = Module(
        calls={"store": Call(module=store, for_each=['x"]y[0'])},
        outputs={"arn": Output(value=Ref('module.store["x\\"]y[0"].arn'))},
    )
    variables = {"key": Variable(), "role": Variable()}
    passed = {"key": Ref("var.key"), "role": Ref("var.role")}
    job = Module(variables=variables, resources=[training.job(Ref("var.key"), role=Ref("var.role"), count=1)])
    team = Module(variables=variables, calls={"job": Call(module=job, arguments=passed, for_each={"nightly.eu": 1})})
    teams = Module(variables=variables, calls={"team": Call(module=team, arguments=passed, count=1)})
    reference = Ref("module.keys.arn")
    arguments = {"key": reference, "role": Ref("aws_iam_role.training.arn")}
    return Module(
        resources=[*training.role(reference), *training.bucket(reference)],
        calls={"keys": Call(module=keys), "teams": Call(module=teams, arguments=arguments)},
    )


def _alias_target(training: Training) -> Module:
    return training.all_with(
        Ref("aws_kms_alias.ml.target_key_arn"),
        training.key_resource(),
        training.alias_resource(Ref("aws_kms_key.ml.key_id")),
    )


def _alias_arn(training: Training) -> Module:
    alias = Ref("aws_kms_alias.ml.arn")
    key = Ref("aws_kms_key.ml.arn")
    resources = [*training.role(key), *training.bucket(key), training.key_resource(), training.alias_resource(key)]
    return Module(resources=[*resources, training.job(alias)])


def _data_source(training: Training) -> Module:
    read = data(
        "aws_kms_key",
        "ml",
        {"key_id": Ref("aws_kms_key.ml.key_id")},
        state={"arn": KEY_ARN, "id": KEY_ID, "aws_account_id": ACCOUNT, "enabled": True, "key_manager": "CUSTOMER",
               "key_spec": "SYMMETRIC_DEFAULT", "key_state": "Enabled", "key_usage": "ENCRYPT_DECRYPT",
               "multi_region": False, "origin": "AWS_KMS", "creation_date": "2026-01-01T00:00:00Z", "description": "",
               "customer_master_key_spec": "SYMMETRIC_DEFAULT", "multi_region_configuration": [],
               "xks_key_configuration": []},
    )  # fmt: skip
    return training.all_with(Ref("data.aws_kms_key.ml.arn"), training.key_resource(), read)


def _dynamic(training: Training) -> Module:
    key = Ref("aws_kms_key.ml.arn")
    output = Dynamic([{"kms_key_id": key, "s3_output_path": f"s3://ml-output-{ACCOUNT}/"}])
    resources = [*training.role(key), *training.bucket(key), training.key_resource()]
    return Module(resources=[*resources, training.job(key, output=output)])


def _policy_of_its_own(training: Training) -> Module:
    key = replace(training, key_policy=None).key_resource()
    held = resource(
        "aws_kms_key_policy",
        "ml",
        {"key_id": Ref("aws_kms_key.ml.id"), "policy": JsonEncode(training.key_policy or policy())},
        state={"id": KEY_ID} if training.exists else None,
    )
    return training.all_with(Ref("aws_kms_key.ml.arn"), key, held)


def _policy_document(training: Training) -> Module:
    """The policies of the role and of the key are data sources; what names something yet to be made is read later."""
    role = Ref("aws_iam_role.training.arn")
    of_key = data(
        "aws_iam_policy_document",
        "key",
        {"statement": [_blocks(one) for one in (training.key_policy or policy())["Statement"]]},
    )
    of_role = data(
        "aws_iam_policy_document",
        "role",
        {
            "statement": [
                {
                    "actions": list(training.role_policy),
                    "resources": [Ref("aws_kms_key.ml.arn") if training.names_key else "*"],
                }
            ]
        },
    )
    key = Ref("aws_kms_key.ml.arn")
    (the_role, its_policy) = training.role(key)
    arguments = {**its_policy.arguments, "policy": Ref("data.aws_iam_policy_document.role.json")}
    made = replace(training, key_policy=None).key_resource()
    with_policy = replace(made, arguments={**made.arguments, "policy": Ref("data.aws_iam_policy_document.key.json")})
    resources = [the_role, replace(its_policy, arguments=arguments), with_policy, of_key, of_role]
    return Module(resources=[*resources, *training.bucket(key), training.job(key, role=role)])


def _blocks(statement: Json) -> Json:
    """Return a statement as a block of aws_iam_policy_document."""

    def listed(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]

    ((kind, identifiers),) = statement["Principal"].items()
    return {
        "effect": statement["Effect"],
        "actions": listed(statement["Action"]),
        "resources": listed(statement["Resource"]),
        "principals": [{"type": kind, "identifiers": listed(identifiers)}],
    }


WAYS: Final[Mapping[str, Callable[[Training], Module]]] = {
    "attribute": _attribute,
    "key id": _key_id,
    "count": _counted,
    "for_each": _each,
    "value of for_each": _each_value,
    "conditional": _conditional,
    "coalesce": _coalesced,
    "local": _local,
    "splat": _splat,
    "variable": _variable,
    "output": _output,
    "nested modules": _nested,
    "alias's target": _alias_target,
    "alias": _alias_arn,
    "data source": _data_source,
    "dynamic block": _dynamic,
    "aws_kms_key_policy": _policy_of_its_own,
    "aws_iam_policy_document": _policy_document,
}
"""The ways in which a job names its key, each as the root module of a configuration."""

FAULTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "none": {},
    "the key is asymmetric": {"key": {"customer_master_key_spec": "RSA_2048", "key_usage": "SIGN_VERIFY"}},
    "the key is disabled": {"key": {"is_enabled": False}},
    "the key policy leaves the role out": {"key_policy": policy(allowing(f"arn:aws:iam::{ACCOUNT}:role/Other"))},
    "the role may decrypt only": {"role_policy": ("kms:Decrypt",)},
    "the key policy lets everybody in": {"key_policy": policy(delegating(), allowing("*"))},
    "nobody gives the key a policy": {"key_policy": None},
    "the instances have local storage": {"instance_type": "ml.g5.xlarge"},
}
"""What may be wrong with a job and its key, as arguments of Training."""

UNRESOLVED: Final = frozenset({"local", "splat"})
"""Those behind which a plan says nothing of what is yet to be made: it does not show locals."""
