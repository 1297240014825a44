from __future__ import annotations

import json
import logging
import logging.config
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate import decision_log, logs
from sealgate.decision_log import Asker, DecisionLog
from sealgate.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

Make: TypeAlias = "Callable[..., Any]"

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SUBJECT = {"aws_request": {"service": "sagemaker", "operation": "CreateJob", "parameters": {"KmsKeyId": KEY}}}
HOSTILE = 'a"\n{"verdict": "allowed"}\r\u2028\x1b[2K\ud7ff'


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Callable[[], list[dict[str, Any]]]:
    """Return the lines of decisions so far, without their times."""
    caplog.set_level(logging.INFO, logger=decision_log.LOGGER)

    def lines() -> list[dict[str, Any]]:
        told = []
        for record in caplog.records:
            if record.name == decision_log.LOGGER:
                line = json.loads(logs.JsonFormatter().format(record))
                assert line.pop("time").endswith("Z")
                told.append(line)
        return told

    return lines


def test_a_decision_is_one_line_with_all_that_decides_it(lines: Make, decision: Make, finding: Make) -> None:
    findings = [
        finding(),
        finding(subject="sagemaker:CreateJob other"),
        finding(
            outcome="unverified", enforcement="warn", missing={"part": "the key", "rules": ["SG-KEY-005", "SG-KEY-004"]}
        ),
    ]

    DecisionLog().write(
        "admit",
        Asker(request_id="r-1", uid="u-1", dry_run=True),
        SUBJECT,
        decision(allowed=False, findings=findings),
        0.0123456,
    )

    assert lines() == [
        {
            "level": "info",
            "logger": "sealgate.decisions",
            "message": "decision",
            "surface": "admit",
            "request_id": "r-1",
            "uid": "u-1",
            "verdict": "denied",
            "subjects": ["sagemaker:CreateJob my-job", "sagemaker:CreateJob other"],
            "rules": [
                {"id": "SG-KEY-004", "outcome": "unverified", "enforcement": "warn"},
                {"id": "SG-KEY-005", "outcome": "unverified", "enforcement": "warn"},
                {"id": "SG-MTRL-002", "outcome": "violation", "enforcement": "deny"},
            ],
            "policies": "0.1.0+0123456789ab",
            "duration_ms": 12.35,
            "dry_run": True,
        }
    ]


@pytest.mark.parametrize(
    ("subject", "names"),
    [
        (SUBJECT, ["sagemaker:CreateJob"]),
        (
            {
                "kubernetes_object": {
                    "object": {
                        "apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
                        "kind": "TrainingJob",
                        "metadata": {"name": "a", "namespace": "ml"},
                    }
                }
            },
            ["sagemaker.services.k8s.aws/TrainingJob ml/a"],
        ),
        (
            {
                "kubernetes_object": {
                    "object": None,
                    "oldObject": {"apiVersion": "v1", "kind": "Secret", "metadata": {"generateName": "a-"}},
                }
            },
            ["Secret a-"],
        ),
        ({"kubernetes_object": {"object": {"metadata": []}}}, []),
        ({"terraform_plan": {}}, []),
    ],
)
def test_no_decision_is_a_line_that_says_what_failed(lines: Make, subject: dict[str, Any], names: list[str]) -> None:
    DecisionLog().write("validate", Asker(request_id="r-1"), subject, EngineError("opa.internal", kind="timeout"), 2)

    [line] = lines()
    assert (line["verdict"], line["failure"], line["subjects"]) == ("no_decision", "timeout", names)
    assert "uid" not in line
    assert "opa.internal" not in json.dumps(line)


def test_keys_and_users_are_told_only_by_settings(lines: Make, decision: Make, finding: Make) -> None:
    asker = Asker(request_id="r-1", username="jane")
    denied = decision(allowed=False, findings=[finding(subject=f"{KEY} grant 7", message=KEY, evidence={"key": KEY})])

    for log in (DecisionLog(), DecisionLog(key_arns=True), DecisionLog(usernames=True)):
        log.write("validate", asker, SUBJECT, denied, 0.1)

    silent, keys, users = lines()
    assert "user" not in silent
    assert "1234abcd" not in json.dumps(silent)
    assert silent["subjects"] == ["key/…7890ab grant 7", "sagemaker:CreateJob my-job"]
    assert keys["keys"] == [KEY]
    assert keys["subjects"] == [f"{KEY} grant 7", "sagemaker:CreateJob my-job"]
    assert users["user"] == "jane"
    assert "1234abcd" not in json.dumps(users)


def test_a_plan_of_many_subjects_is_a_line_all_the_same(lines: Make, decision: Make) -> None:
    checked = [{"subject": f"a.b[{number}]", "operation": "sagemaker:CreateJob", "rules": []} for number in range(250)]

    DecisionLog().write("plan", Asker(request_id="r-1"), {"terraform_plan": {}}, decision(checked=checked), 0.1)

    [line] = lines()
    assert (len(line["subjects"]), line["subjects_omitted"]) == (100, 150)


@pytest.mark.parametrize("formatter", [logs.JsonFormatter, logs.TextFormatter])
def test_no_name_can_pretend_to_be_a_line(
    caplog: pytest.LogCaptureFixture, decision: Make, finding: Make, formatter: type[logging.Formatter]
) -> None:
    caplog.set_level(logging.INFO, logger=decision_log.LOGGER)

    DecisionLog(usernames=True).write(
        "admit",
        Asker(request_id=HOSTILE, uid=HOSTILE, username=HOSTILE),
        SUBJECT,
        decision(findings=[finding(subject=HOSTILE, rule=HOSTILE, enforcement="warn")]),
        0.1,
    )

    line = formatter().format(caplog.records[-1])
    assert line.isascii()
    assert line.isprintable()


def test_it_can_be_turned_off(lines: Make, decision: Make) -> None:
    DecisionLog(enabled=False).write("validate", Asker(request_id="r-1"), SUBJECT, decision(), 0.1)

    assert lines() == []


def test_decisions_are_logged_whatever_the_level_is(capsys: pytest.CaptureFixture[str], decision: Make) -> None:
    root = logging.getLogger()
    kept, level = list(root.handlers), root.level
    try:
        logging.config.dictConfig(logs.configuration("error", "json"))
        DecisionLog().write("validate", Asker(request_id="r-1"), SUBJECT, decision(), 0.1)
        logging.getLogger("sealgate.views.access").info("request")
    finally:
        root.handlers[:] = kept
        root.setLevel(level)
        logging.getLogger(decision_log.LOGGER).setLevel(logging.NOTSET)

    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "decision"
