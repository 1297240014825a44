"""The writer of plans is held against plans that Terraform wrote, and against its own rules."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.terraform_expressions import (
    Conditional,
    Dynamic,
    Either,
    JsonEncode,
    Ref,
    Sensitive,
    Template,
    references,
)
from tests.terraform_plans import Call, Module, Output, Plan, Provider, Resource, Variable, data, resource
from tests.terraform_schemas import DATA, MANAGED, schema

PUBLIC = Path(__file__).parents[2] / "shared/data/plans"
needs_public_plans = pytest.mark.skipif(not PUBLIC.is_dir(), reason="the public plans are not beside this repository")

OLD_KEY = schema(
    "deletion_window_in_days tags:map",
    "arn id key_id description policy",
    defaults={
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
        "enable_key_rotation": False,
        "is_enabled": True,
        "key_usage": "ENCRYPT_DECRYPT",
    },
)
KEY_4 = schema(
    "deletion_window_in_days tags:map",
    "arn id key_id description multi_region policy tags_all:map",
    defaults={
        name: attribute.default for name, attribute in OLD_KEY.attributes.items() if attribute.default is not None
    }
    | {"bypass_policy_lockout_safety_check": False},
)
BUCKET_4 = schema(
    "bucket_prefix tags:map",
    "acceleration_status acl arn bucket bucket_domain_name bucket_regional_domain_name cors_rule:list grant:set "
    "hosted_zone_id id lifecycle_rule:list logging:list object_lock_configuration:list policy region "
    "replication_configuration:list request_payer server_side_encryption_configuration:list tags_all:map "
    "versioning:list website:list website_domain website_endpoint",
    defaults={"force_destroy": False},
)


DEFAULTS: dict[str, Any] = {
    "create": True,
    "create_external": False,
    "policy": None,
    "bypass_policy_lockout_safety_check": None,
    "customer_master_key_spec": None,
    "deletion_window_in_days": None,
    "enable_key_rotation": True,
    "is_enabled": None,
    "key_usage": None,
    "multi_region": False,
    "aliases_use_name_prefix": False,
    "computed_aliases": {},
}


def public(name: str) -> Any:
    return json.loads((PUBLIC / name).read_bytes())


def change_of(document: Any, address: str) -> Any:
    (change,) = [change for change in document["resource_changes"] if change["address"] == address]
    return change


@needs_public_plans
class TestWhatTerraformWrote:
    def test_of_keys_that_differ_in_what_is_set(self) -> None:
        plan = Plan(
            root=Module(
                resources=[
                    resource("aws_kms_key", "valid", {"description": "KMS key 1", "enable_key_rotation": True}),
                    resource("aws_kms_key", "invalid", {"description": "KMS key 2", "enable_key_rotation": False}),
                    resource("aws_kms_key", "blank-invalid", {"description": "KMS key 3"}),
                ]
            ),
            managed={"aws_kms_key": OLD_KEY},
        )
        written, real = plan.document(), public("regula-key-rotation.json")
        for one in written["resource_changes"]:
            # Terraform 0.13 did not say it.
            del one["change"]["before_sensitive"], one["change"]["after_sensitive"]
        assert written["resource_changes"] == real["resource_changes"]
        assert written["configuration"]["root_module"] == real["configuration"]["root_module"]

    def test_of_references_aliased_providers_and_unknown_collections(self) -> None:
        old = schema(
            "bucket expected_bucket_owner",
            "id",
            rule=MANAGED["aws_s3_bucket_server_side_encryption_configuration"].blocks["rule"],
        )
        rule = old.blocks["rule"].schema
        without_later = type(rule)(
            {name: one for name, one in rule.attributes.items() if name == "bucket_key_enabled"}, rule.blocks
        )
        plan = Plan(
            root=Module(
                resources=[
                    resource(
                        "aws_kms_key",
                        "key",
                        {"description": "This key is used to encrypt bucket objects", "deletion_window_in_days": 10},
                    ),
                    resource("aws_s3_bucket", "bucket1"),
                    resource("aws_s3_bucket", "bucket2", provider="aws.west"),
                    resource(
                        "aws_s3_bucket_server_side_encryption_configuration",
                        "bucket2",
                        {
                            "bucket": Ref("aws_s3_bucket.bucket2.bucket"),
                            "rule": [
                                {
                                    "apply_server_side_encryption_by_default": [
                                        {"kms_master_key_id": Ref("aws_kms_key.key.arn"), "sse_algorithm": "aws:kms"}
                                    ]
                                }
                            ],
                        },
                        provider="aws.west",
                    ),
                ]
            ),
            managed={
                "aws_kms_key": KEY_4,
                "aws_s3_bucket": BUCKET_4,
                "aws_s3_bucket_server_side_encryption_configuration": type(old)(
                    old.attributes, {"rule": type(old.blocks["rule"])(without_later, "set")}
                ),
            },
        )
        written, real = plan.document(), public("snyk-provider-version.json")
        assert written["resource_changes"] == real["resource_changes"]
        assert written["planned_values"] == real["planned_values"]
        assert written["configuration"]["root_module"] == real["configuration"]["root_module"]

    def test_of_locals_and_collections(self) -> None:
        tags = {"Name": Ref("local.tag_name"), "POC": Ref("local.tag_poc")}
        known = {"tags": tags, "tags_all": tags}
        key = schema(
            "deletion_window_in_days tags:map tags_all:map",
            "arn id key_id description policy",
            defaults={name: one.default for name, one in KEY_4.attributes.items() if one.default is not None},
        )
        logs = schema("name name_prefix tags:map tags_all:map", "arn id kms_key_id", defaults={"retention_in_days": 0})
        plan = Plan(
            root=Module(
                locals={"tag_name": "foo", "tag_poc": "bar"},
                resources=[
                    resource(
                        "aws_kms_key",
                        "cloudwatch",
                        {
                            "description": "cloudwatch kms key",
                            "deletion_window_in_days": 10,
                            "enable_key_rotation": True,
                            **known,
                        },
                    ),
                    resource(
                        "aws_cloudwatch_log_group",
                        "fargate-logs",
                        {
                            "name": "/ecs/fargate-task-definition",
                            "kms_key_id": Ref("aws_kms_key.cloudwatch.key_id"),
                            **known,
                        },
                    ),
                ],
            ),
            managed={"aws_kms_key": key, "aws_cloudwatch_log_group": logs},
        )
        written, real = plan.document(), public("regula-resource-view-tf1.0.json")
        for one in written["configuration"]["root_module"]["resources"]:
            # Nobody sets it: the provider says it of the tags.
            del one["expressions"]["tags_all"]
        assert written["resource_changes"] == real["resource_changes"]
        assert written["planned_values"] == real["planned_values"]
        assert written["configuration"]["root_module"] == real["configuration"]["root_module"]

    def test_of_a_policy_that_a_function_makes(self) -> None:
        policy = public("tfcompliance-issue-121.json")
        arguments = {"description": "example", "policy": Template("", JsonEncode({}))}
        configured = Plan(root=Module(resources=[resource("aws_kms_key", "example", arguments)])).document()
        (real,) = policy["configuration"]["root_module"]["resources"]
        (written,) = configured["configuration"]["root_module"]["resources"]
        assert written == real

    def test_of_modules_in_modules_with_count_and_for_each(self) -> None:
        real = public("awssamples-eks-fargate.json")
        (changed,) = [
            one for one in real["resource_changes"] if one["address"].endswith("aws_iam_policy_document.this[0]")
        ]
        administration, usage = changed["change"]["after"]["statement"]
        blocks = [
            {
                "sid": statement["sid"],
                "actions": statement["actions"],
                "resources": ["*"],
                "principals": [{"type": "AWS", "identifiers": identifiers}],
            }
            for statement, identifiers in (
                (administration, administration["principals"][0]["identifiers"]),
                (usage, [Ref("var.user")]),
            )
        ]
        keys = Module(
            variables={
                name: Variable(default=default)
                for name, default in DEFAULTS.items()
            }
            | {name: Variable() for name in ("description", "tags", "user")},
            locals={"aliases": {"cluster": {"name": "eks/fargate-serverless"}}},
            resources=[
                data(
                    "aws_iam_policy_document",
                    "this",
                    {"source_policy_documents": [], "override_policy_documents": [], "statement": Dynamic(blocks)},
                    count=1,
                ),
                resource(
                    "aws_kms_key",
                    "this",
                    {
                        **{
                            name: Ref(f"var.{name}")
                            for name in (
                                *("bypass_policy_lockout_safety_check", "customer_master_key_spec"),
                                *("deletion_window_in_days", "description", "enable_key_rotation", "is_enabled"),
                                *("key_usage", "multi_region", "tags"),
                            )
                        },
                        "policy": Either(Ref("var.policy"), Ref("data.aws_iam_policy_document.this[0].json")),
                    },
                    count=Conditional(Ref("var.create"), Conditional(Ref("var.create_external"), 0, 1), 0),
                ),
                resource("aws_kms_external_key", "this", count=0),
                resource(
                    "aws_kms_alias",
                    "this",
                    {
                        "name": Conditional(
                            Ref("var.aliases_use_name_prefix"), None, Template("alias/", Ref("each.value.name"))
                        ),
                        "name_prefix": Conditional(
                            Ref("var.aliases_use_name_prefix"), Template("alias/", Ref("each.value.name"), "-"), None
                        ),
                        "target_key_id": Conditional(
                            Ref("var.create_external"),
                            Ref("aws_kms_external_key.this[0].id"),
                            Ref("aws_kms_key.this[0].key_id"),
                        ),
                    },
                    for_each=Conditional([Ref("local.aliases"), Ref("var.computed_aliases"), Ref("var.create")],
                                         Ref("local.aliases"), {}),
                ),
            ],
        )  # fmt: skip
        eks = Module(
            resources=[resource("aws_iam_role", "this", {"assume_role_policy": "{}"})],
            calls={
                "kms": Call(
                    module=keys,
                    arguments={
                        "description": "fargate-serverless cluster encryption key",
                        "tags": {
                            "Blueprint": "fargate-serverless",
                            "GithubRepo": "github.com/aws-ia/terraform-aws-eks-blueprints",
                        },
                        "user": Ref("aws_iam_role.this.arn"),
                    },
                )
            },
        )
        key = schema(
            "custom_key_store_id deletion_window_in_days timeouts tags:map tags_all:map",
            "arn id key_id policy",
            defaults={
                name: one.default for name, one in MANAGED["aws_kms_key"].attributes.items() if one.default is not None
            }
            | {"description": None, "multi_region": None},
        )
        document = DATA["aws_iam_policy_document"]
        attributes = {name: one for name, one in document.attributes.items() if name != "minified_json"}
        plan = Plan(
            root=Module(calls={"eks": Call(module=eks)}),
            managed={
                **MANAGED,
                "aws_kms_key": key,
                "aws_kms_external_key": schema("", "id"),
                "aws_kms_alias": schema("target_key_id", "arn id name name_prefix target_key_arn"),
            },
            data={"aws_iam_policy_document": type(document)(attributes, document.blocks)},
        )
        written = plan.document()
        for address in (
            "module.eks.module.kms.data.aws_iam_policy_document.this[0]",
            'module.eks.module.kms.aws_kms_alias.this["cluster"]',
        ):
            without = {"minified_json"}
            one, other = change_of(written, address), change_of(real, address)
            for part in one["change"].values():
                if isinstance(part, dict):
                    for name in without & part.keys():
                        del part[name]
            assert one == other
        made = change_of(written, "module.eks.module.kms.aws_kms_key.this[0]")["change"]
        wrote = change_of(real, "module.eks.module.kms.aws_kms_key.this[0]")["change"]
        for name in ("after", "after_unknown", "after_sensitive"):
            # The provider says it of the tags.
            made[name].pop("tags_all", None)
            wrote[name].pop("tags_all", None)
        assert made == wrote

        def configured(content: Any, kind: str) -> Any:
            module = content["configuration"]["root_module"]["module_calls"]["eks"]["module"]["module_calls"]["kms"]
            (found,) = [
                one for one in module["module"]["resources"] if one["type"] == kind and one["mode"] == "managed"
            ]
            return found

        key_written, key_real = configured(written, "aws_kms_key"), configured(real, "aws_kms_key")
        assert key_written["expressions"] == key_real["expressions"]
        assert set(key_written["count_expression"]["references"]) == set(key_real["count_expression"]["references"])
        alias_written, alias_real = configured(written, "aws_kms_alias"), configured(real, "aws_kms_alias")
        assert alias_written["expressions"] == alias_real["expressions"]
        assert alias_written["address"] == alias_real["address"]


class TestReferences:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            ("aws_kms_key.k.arn", ["aws_kms_key.k.arn", "aws_kms_key.k"]),
            ("aws_kms_key.k", ["aws_kms_key.k"]),
            ("aws_kms_key.k[0].arn", ["aws_kms_key.k[0].arn", "aws_kms_key.k[0]", "aws_kms_key.k"]),
            ('aws_kms_key.k["a.b"].arn', ['aws_kms_key.k["a.b"].arn', 'aws_kms_key.k["a.b"]', "aws_kms_key.k"]),
            ("aws_kms_key.k[each.key].arn", ["aws_kms_key.k", "each.key"]),
            ("aws_kms_key.k[each.value.key].arn", ["aws_kms_key.k", "each.value.key", "each.value"]),
            ("aws_kms_key.k[*].arn", ["aws_kms_key.k"]),
            ("data.aws_x.y.z", ["data.aws_x.y.z", "data.aws_x.y"]),
            ("data.aws_x.y[0].z", ["data.aws_x.y[0].z", "data.aws_x.y[0]", "data.aws_x.y"]),
            ("module.m.out", ["module.m.out", "module.m"]),
            ('module.m["x"].out', ['module.m["x"].out', 'module.m["x"]']),
            ("module.m.out.a[0]", ["module.m.out.a[0]", "module.m.out.a", "module.m.out", "module.m"]),
            ("module.m[each.key].out", ["module.m", "each.key"]),
            ("var.v", ["var.v"]),
            ("var.v.a[0]", ["var.v.a[0]", "var.v.a", "var.v"]),
            ("local.l.a", ["local.l.a", "local.l"]),
            ("each.value.name", ["each.value.name", "each.value"]),
            ("each.key", ["each.key"]),
            ("count.index", ["count.index"]),
        ],
    )
    def test_are_followed_by_the_shorter_ones(self, path: str, expected: list[str]) -> None:
        assert references(Ref(path)) == expected

    def test_of_an_expression_are_those_of_its_parts(self) -> None:
        expression = Template(
            "x", Ref("var.a"), JsonEncode({"b": [Ref("var.b")]}), Conditional(Ref("var.c"), "d", Ref("var.e"))
        )
        assert references(expression) == ["var.a", "var.b", "var.c", "var.e"]


def key_plan(*resources: Resource, **more: Any) -> Any:
    return Plan(root=Module(resources=resources, **more)).document()


class TestChanges:
    def test_of_what_is_made_behind_each_kind_of_reference_are_unknown(self) -> None:
        inner = Module(
            variables={"arn": Variable()},
            resources=[resource("aws_sagemaker_notebook_instance", "n", {"kms_key_id": Ref("var.arn"), "name": "n"})],
            outputs={"back": Output(value=Ref("var.arn"))},
        )
        document = Plan(
            root=Module(
                resources=[
                    resource("aws_kms_key", "k", for_each=["a", "b"]),
                    resource(
                        "aws_kms_alias", "a", {"name": "alias/a", "target_key_id": Ref('aws_kms_key.k["a"].key_id')}
                    ),
                ],
                calls={
                    "direct": Call(module=inner, arguments={"arn": Ref('aws_kms_key.k["a"].arn')}),
                    "back": Call(module=inner, arguments={"arn": Ref("module.direct.back")}),
                    "each": Call(
                        module=inner, arguments={"arn": Ref("aws_kms_key.k[each.key].arn")}, for_each={"a": 1, "b": 2}
                    ),
                },
            )
        ).document()
        notebooks = [one for one in document["resource_changes"] if one["type"] == "aws_sagemaker_notebook_instance"]
        assert [one["address"] for one in notebooks] == [
            "module.back.aws_sagemaker_notebook_instance.n",
            "module.direct.aws_sagemaker_notebook_instance.n",
            'module.each["a"].aws_sagemaker_notebook_instance.n',
            'module.each["b"].aws_sagemaker_notebook_instance.n',
        ]
        for one in notebooks:
            assert "kms_key_id" not in one["change"]["after"]
            assert one["change"]["after_unknown"]["kms_key_id"] is True

    def test_of_what_exists_are_known_and_none(self) -> None:
        state = {"arn": "arn:aws:kms:us-west-2:111122223333:key/1", "id": "1", "key_id": "1", "policy": "{}"}
        document = key_plan(
            resource(
                "aws_kms_key",
                "k",
                {"description": "d", "multi_region": False, "rotation_period_in_days": 90},
                state=state,
            ),
            resource("aws_kms_alias", "a", {"name": "alias/a", "target_key_id": Ref("aws_kms_key.k.key_id")}),
        )
        key, alias = (change_of(document, address) for address in ("aws_kms_key.k", "aws_kms_alias.a"))
        assert key["change"]["actions"] == ["no-op"]
        assert key["change"]["before"] == key["change"]["after"]
        assert key["change"]["after_unknown"] == {"tags_all": {}}
        assert alias["change"]["after"]["target_key_id"] == "1"
        assert [one["address"] for one in document["prior_state"]["values"]["root_module"]["resources"]] == [
            "aws_kms_key.k"
        ]

    @pytest.mark.parametrize(
        ("more", "actions"),
        [
            ({"before": {"description": "old"}}, ["update"]),
            ({"action": "replace"}, ["delete", "create"]),
            ({"action": "create before destroy"}, ["create", "delete"]),
            ({"action": "delete"}, ["delete"]),
            ({"action": "forget"}, ["forget"]),
        ],
    )
    def test_of_what_exists_say_what_becomes_of_it(self, more: dict[str, Any], actions: list[str]) -> None:
        state = {
            "arn": "arn",
            "id": "1",
            "key_id": "1",
            "policy": "{}",
            "multi_region": False,
            "rotation_period_in_days": 1,
        }
        document = key_plan(resource("aws_kms_key", "k", {"description": "new"}, state=state, **more))
        change = change_of(document, "aws_kms_key.k")["change"]
        assert change["actions"] == actions
        assert change["before"]["arn"] == "arn"
        leaves = actions in (["delete"], ["forget"])
        assert (change["after"] is None) == leaves
        assert ("resources" not in document["configuration"]["root_module"]) == leaves
        replaced = len(actions) > 1
        assert change["after_unknown"].get("arn", False) == replaced
        if actions == ["update"]:
            assert (change["before"]["description"], change["after"]["description"]) == ("old", "new")

    def test_of_imports_and_moves_say_so(self) -> None:
        state = {
            "arn": "a",
            "id": "1",
            "key_id": "1",
            "policy": "{}",
            "multi_region": False,
            "rotation_period_in_days": 1,
        }
        change = change_of(
            key_plan(
                resource(
                    "aws_kms_key",
                    "k",
                    {"description": ""},
                    state=state,
                    imported="1",
                    previous_address="aws_kms_key.old",
                )
            ),
            "aws_kms_key.k",
        )
        assert change["change"]["importing"] == {"id": "1"}
        assert change["previous_address"] == "aws_kms_key.old"

    def test_of_a_document_behind_an_unknown_value_show_its_statements(self) -> None:
        document = key_plan(
            resource("aws_kms_key", "k"),
            data(
                "aws_iam_policy_document",
                "d",
                {"statement": [{"actions": ["kms:Decrypt"], "resources": [Ref("aws_kms_key.k.arn"), "x"]}]},
            ),
            resource("aws_iam_policy", "p", {"policy": Ref("data.aws_iam_policy_document.d.json"), "name": "p"}),
        )
        change = change_of(document, "data.aws_iam_policy_document.d")
        assert change["change"]["actions"] == ["read"]
        (statement,) = change["change"]["after"]["statement"]
        assert statement["actions"] == ["kms:Decrypt"]
        assert statement["resources"] == ["x", None]
        assert change["change"]["after_unknown"]["statement"][0]["resources"] == [False, True]
        assert "json" not in change["change"]["after"]
        assert change_of(document, "aws_iam_policy.p")["change"]["after_unknown"]["policy"] is True

    def test_of_a_document_that_is_known_were_read_before(self) -> None:
        document = key_plan(
            data("aws_iam_policy_document", "d", {"statement": [{"actions": ["kms:Decrypt"], "resources": ["*"]}]}),
            resource("aws_iam_policy", "p", {"policy": Ref("data.aws_iam_policy_document.d.json"), "name": "p"}),
        )
        assert [one["address"] for one in document["resource_changes"]] == ["aws_iam_policy.p"]
        (read,) = document["prior_state"]["values"]["root_module"]["resources"]
        assert json.loads(read["values"]["json"])["Statement"] == [
            {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
        ]
        assert change_of(document, "aws_iam_policy.p")["change"]["after"]["policy"] == read["values"]["json"]

    def test_of_a_dynamic_block_over_an_unknown_value_are_unknown_as_a_whole(self) -> None:
        blocks = [{"kms_key_id": "arn"}]
        document = key_plan(
            resource("aws_kms_key", "k"),
            resource("aws_sagemaker_training_job", "known", {"output_data_config": Dynamic(blocks)}),
            resource(
                "aws_sagemaker_training_job",
                "unknown",
                {"output_data_config": Dynamic(blocks, over=[Ref("aws_kms_key.k.arn")])},
            ),
        )
        known = change_of(document, "aws_sagemaker_training_job.known")["change"]
        assert known["after"]["output_data_config"][0]["kms_key_id"] == "arn"
        unknown = change_of(document, "aws_sagemaker_training_job.unknown")["change"]
        assert "output_data_config" not in unknown["after"]
        assert unknown["after_unknown"]["output_data_config"] is True
        for one in document["configuration"]["root_module"]["resources"]:
            assert "output_data_config" not in one.get("expressions", {})

    def test_of_sensitive_values_are_in_clear_and_marked(self) -> None:
        document = Plan(
            root=Module(
                variables={"secret": Variable(sensitive=True), "region": Variable(default="eu-west-1")},
                resources=[
                    resource(
                        "aws_kms_key",
                        "k",
                        {"description": Template("a ", Ref("var.secret")), "tags": {"a": Sensitive("b")}},
                    )
                ],
                outputs={"s": Output(value=Ref("var.secret"), sensitive=True)},
            ),
            variables={"secret": "hush"},
        ).document()
        change = change_of(document, "aws_kms_key.k")["change"]
        assert change["after"]["description"] == "a hush"
        assert change["after"]["tags"] == {"a": "b"}
        assert change["after_sensitive"]["description"] is True
        assert change["after_sensitive"]["tags"] == {"a": True}
        assert document["variables"] == {"secret": {"value": "hush"}, "region": {"value": "eu-west-1"}}
        assert document["output_changes"]["s"]["after_sensitive"] is True

    @pytest.mark.parametrize(
        ("key", "address"),
        [
            ("a", 'aws_kms_key.k["a"]'),
            ("a.b", 'aws_kms_key.k["a.b"]'),
            ('a"]b[0', 'aws_kms_key.k["a\\"]b[0"]'),
            ("a\\b", 'aws_kms_key.k["a\\\\b"]'),
            ("${x}", 'aws_kms_key.k["$${x}"]'),
            ("é", 'aws_kms_key.k["é"]'),
        ],
    )
    def test_of_instances_have_their_keys_quoted(self, key: str, address: str) -> None:
        (change,) = key_plan(resource("aws_kms_key", "k", for_each=[key]))["resource_changes"]
        assert change["address"] == address
        assert change["index"] == key


def test_a_plan_says_where_its_providers_are() -> None:
    document = Plan(
        root=Module(variables={"region": Variable()}),
        variables={"region": "eu-west-1"},
        providers={"aws": Provider(region=Ref("var.region")), "aws.west": Provider(region="us-west-2", alias="west")},
    ).document()
    assert document["configuration"]["provider_config"]["aws"]["expressions"] == {
        "region": {"references": ["var.region"]}
    }
    assert document["configuration"]["provider_config"]["aws.west"]["alias"] == "west"
