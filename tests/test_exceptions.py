"""Exceptions of the settings for the resources of a plan, on both engines."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from tests.engine_fixtures import embedded_engine, input_document, opa_engine, opa_server

from sealgate import decisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.engines import Engine

# What the one resource of the plan does, whatever its address is.
RULE = "SG-STORE-002"

CHANGE: dict[str, Any] = {
    "mode": "managed",
    "type": "aws_sagemaker_training_job",
    "name": "j",
    "provider_name": "registry.terraform.io/hashicorp/aws",
    "change": {
        "actions": ["create"],
        "before": None,
        "after": {
            "training_job_name": "j",
            "role_arn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
            "resource_config": [
                {
                    "instance_type": "ml.g5.xlarge",
                    "volume_kms_key_id": (
                        "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
                    ),
                }
            ],
        },
        "after_unknown": {},
        "before_sensitive": False,
        "after_sensitive": {},
    },
}


@pytest.fixture(scope="module", params=["embedded", "opa"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    if request.param == "embedded":
        with embedded_engine() as embedded:
            yield embedded
    else:
        with opa_server() as server, opa_engine(server) as opa:
            yield opa


def exception(subject: str, **members: str) -> dict[str, str]:
    return {"rule": RULE, "subject": subject, "reason": "Migration.", "expires": "2026-12-31", **members}


def decided(engine: Engine, addresses: list[str], *exceptions: dict[str, str]) -> decisions.Decision:
    changes = [{**copy.deepcopy(CHANGE), "address": address} for address in addresses]
    plan = {"format_version": "1.2", "resource_changes": changes, "configuration": {"root_module": {}}}
    settings = {"exceptions": list(exceptions)}
    return decisions.decide(engine, input_document({"subject": {"terraform_plan": plan}, "settings": settings}))


def denied(decision: decisions.Decision) -> list[str]:
    """Return the addresses that the rule denies."""
    return [
        finding["subject"]
        for finding in decision["findings"]
        if (finding["rule"], finding["enforcement"]) == (RULE, "deny")
    ]


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("aws_sagemaker_training_job.j", "aws_sagemaker_training_job.j"),
        ("aws_sagemaker_training_job.*", 'aws_sagemaker_training_job.j["a.b"]'),
        ("module.a.*", 'module.a.module.b["x"].aws_sagemaker_training_job.j[0]'),
        ("module.a*", 'module.a["x"].aws_sagemaker_training_job.j[0]'),
        ("module.a[*].aws_sagemaker_training_job.j[?]", 'module.a["x"].aws_sagemaker_training_job.j[0]'),
        (
            'module.a["x"].aws_sagemaker_training_job.j[0]',
            'module.a["x"].aws_sagemaker_training_job.j[0]',
        ),
        ('*.aws_sagemaker_training_job.j["*"]', 'module.a.aws_sagemaker_training_job.j["*"]'),
        ('aws_sagemaker_training_job.j["?"]', 'aws_sagemaker_training_job.j["?"]'),
        ('aws_sagemaker_training_job.j["[0]"]', 'aws_sagemaker_training_job.j["[0]"]'),
        (r'aws_sagemaker_training_job.j["a\"b\\c"]', r'aws_sagemaker_training_job.j["a\"b\\c"]'),
        (r'aws_sagemaker_training_job.j["a\"?\\c"]', r'aws_sagemaker_training_job.j["a\"b\\c"]'),
        ('aws_sagemaker_training_job.j["(a|b)+.{2}$^"]', 'aws_sagemaker_training_job.j["(a|b)+.{2}$^"]'),
        ('aws_sagemaker_training_job.j["(a|b)+.{2}$?"]', 'aws_sagemaker_training_job.j["(a|b)+.{2}$^"]'),
        ('*["ü/ß"]', 'aws_sagemaker_training_job.j["ü/ß"]'),
        ("*", 'aws_sagemaker_training_job.j["x"]'),
    ],
)
def test_an_exception_covers_the_addresses_that_its_pattern_names(engine: Engine, pattern: str, address: str) -> None:
    assert denied(decided(engine, [address])) == [address]

    decision = decided(engine, [address], exception(pattern))

    assert denied(decision) == []
    assert [use["status"] for use in decision["exceptions"]] == ["applied"]
    # A report shows what is covered, by the same pattern.
    plan = {"format_version": "1.2", "resource_changes": [{**CHANGE, "address": address}]}
    document = input_document({"subject": {"terraform_plan": plan}, "settings": {"exceptions": [exception(pattern)]}})
    covered = decisions.excepted(engine, document, decisions.decide(engine, document))
    assert [(one.finding["rule"], one.finding["subject"]) for one in covered] == [(RULE, address)]


@pytest.mark.parametrize(
    ("pattern", "address"),
    [
        ("aws_sagemaker_training_job.j", "aws_sagemaker_training_job.j[0]"),
        ("aws_sagemaker_training_job.j", "module.a.aws_sagemaker_training_job.j"),
        ("aws_sagemaker_training_job.j[01]", "aws_sagemaker_training_job.j[0]"),
        ('module.a["x"].*', 'module.a["y"].aws_sagemaker_training_job.j'),
        ('aws_sagemaker_training_job.j["?"]', 'aws_sagemaker_training_job.j["ab"]'),
        ("module.a.*", "module.ab.aws_sagemaker_training_job.j"),
        ("MODULE.*", "module.a.aws_sagemaker_training_job.j"),
        ("aws.sagemaker_training_job.j", "aws_sagemaker_training_job.j"),
        (r'aws_sagemaker_training_job.j["a\\"b"]', r'aws_sagemaker_training_job.j["a\"b"]'),
    ],
)
def test_an_exception_covers_no_other_address(engine: Engine, pattern: str, address: str) -> None:
    decision = decided(engine, [address], exception(pattern))

    assert denied(decision) == [address]
    assert [use["status"] for use in decision["exceptions"]] == ["unused"]


def test_an_exception_is_of_one_rule_and_ends(engine: Engine) -> None:
    address = "aws_sagemaker_training_job.j"

    for other in (exception("*", rule="SG-KEY-007"), exception("*", expires="2026-06-29")):
        assert denied(decided(engine, [address], other)) == [address]


def test_instances_are_told_apart(engine: Engine) -> None:
    addresses = [f'module.a["{key}"].aws_sagemaker_training_job.j[{index}]' for key in "xy" for index in (0, 1)]

    decision = decided(engine, addresses, exception('module.a["x"].*'), exception("module.a[*].*.j[1]"))

    assert denied(decision) == ['module.a["y"].aws_sagemaker_training_job.j[0]']
    assert not decision["allowed"]


def test_many_exceptions_are_no_trouble(engine: Engine) -> None:
    exceptions = [exception(f'module.a[?{number}x"].aws_sagemaker_training_job.*') for number in range(300)]

    decision = decided(engine, ['module.a["42x"].aws_sagemaker_training_job.j'], *exceptions)

    assert denied(decision) == []
    assert [use["status"] for use in decision["exceptions"]].count("applied") == 1
