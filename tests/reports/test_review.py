from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import DECISION, FINDING, REVIEW

from sealgate.reading import reviews
from sealgate.reports import review

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealgate.decisions import Path

Make: TypeAlias = "Callable[..., Any]"

ASKED = reviews.read(REVIEW)


def response(**decision: Any) -> dict[str, Any]:
    answer: dict[str, Any] = review.decided(ASKED, {**DECISION, **decision})  # type: ignore[typeddict-item]  # made of parts
    return dict(answer["response"])


def test_a_denial_says_everything_that_an_api_server_passes_on(finding: Make) -> None:
    findings = [
        finding(path=["spec", "outputDataConfig", "kmsKeyID"]),
        finding(rule="SG-ORG-001", path=[], message="no key is given", remediation=""),
        finding(rule="SG-KEY-009", enforcement="warn", path=["spec", "tags", 0, "key"], message="it is odd"),
    ]

    assert response(allowed=False, findings=findings) == {
        "uid": REVIEW["request"]["uid"],
        "allowed": False,
        "status": {
            "status": "Failure",
            "code": 403,
            "reason": "Forbidden",
            "message": "spec.outputDataConfig.kmsKeyID: the output key is named by an alias (SG-MTRL-002). "
            "Put the key's ARN there.\n"
            "no key is given (SG-ORG-001).",
            "details": {
                "name": "my-job",
                "group": "sagemaker.services.k8s.aws",
                "kind": "TrainingJob",
                "causes": [
                    {
                        "reason": "SG-MTRL-002",
                        "message": "the output key is named by an alias",
                        "field": "spec.outputDataConfig.kmsKeyID",
                    },
                    {"reason": "SG-ORG-001", "message": "no key is given"},
                ],
            },
        },
        "warnings": ["spec.tags[0].key: it is odd (SG-KEY-009)"],
        "auditAnnotations": {
            "verdict": "denied",
            "policies": "0.1.0+0123456789ab",
            "rules": "SG-KEY-009=warn SG-MTRL-002=deny SG-ORG-001=deny",
        },
    }


def test_a_denial_that_no_finding_explains_has_an_explanation() -> None:
    status = response(allowed=False)["status"]

    assert status["message"] == "it is not allowed, since not all of it could be judged"
    assert status["details"]["causes"] == []


def test_an_allowance_has_no_status() -> None:
    assert response() == {
        "uid": REVIEW["request"]["uid"],
        "allowed": True,
        "auditAnnotations": {"verdict": "allowed", "policies": "0.1.0+0123456789ab"},
    }


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ([], ""),
        (["spec"], "spec"),
        (
            ["spec", "trainingJobDefinitions", 0, "outputDataConfig", "kmsKeyID"],
            "spec.trainingJobDefinitions[0].outputDataConfig.kmsKeyID",
        ),
        (["metadata", "annotations", "services.k8s.aws/region"], "metadata.annotations[services.k8s.aws/region]"),
        (["spec", "forProvider", 0, "kmsKeyId"], "spec.forProvider[0].kmsKeyId"),
        (["spec", "inlinePolicies", "a b", "Statement", 1], "spec.inlinePolicies[a b].Statement[1]"),
    ],
)
def test_a_field_is_spelt_as_kubernetes_does(path: Path, field: str) -> None:
    assert review.field(path) == field


class TestMessage:
    def test_names_the_field_once(self, finding: Make) -> None:
        named = finding(path=["spec", "kmsKeyID"], message="spec.kmsKeyID is the ARN of an alias", remediation="")

        assert response(allowed=False, findings=[named])["status"]["message"] == (
            "spec.kmsKeyID is the ARN of an alias (SG-MTRL-002)."
        )

    def test_is_as_long_as_people_read(self, finding: Make) -> None:
        many = [finding(message=f"{number} is wrong", remediation="x" * 100) for number in range(100)]

        lines = response(allowed=False, findings=many)["status"]["message"].splitlines()

        assert len("\n".join(lines)) <= 4096 + len("\nand 100 more findings")
        assert lines[0].startswith("JobConfigDocument.OutputDataConfig.KmsKeyArn: 0 is wrong")
        assert lines[-1] == f"and {100 - len(lines) + 1} more findings"

    def test_has_a_line_a_finding_whatever_is_in_it(self, finding: Make) -> None:
        hostile = [finding(message="a\nb\u2028c\x1b[2K", path=["spec", "a\nb"], remediation="d\ne")] * 2

        status = response(allowed=False, findings=hostile)["status"]

        assert len(status["message"].splitlines()) == 2
        assert all(line.isprintable() for line in status["message"].split("\n"))
        assert status["details"]["causes"][0]["field"].isprintable()

    def test_of_one_finding_is_cut(self, finding: Make) -> None:
        status = response(allowed=False, findings=[finding(message="x" * 9000)])["status"]

        assert len(status["message"]) == 1024
        assert len(status["details"]["causes"][0]["message"]) == 1024

    def test_names_so_many_causes(self, finding: Make) -> None:
        assert len(response(allowed=False, findings=[finding()] * 200)["status"]["details"]["causes"]) == 50


class TestWarnings:
    def test_leave_out_the_field_where_only_then_they_are_short(self, finding: Make) -> None:
        path = ["spec", "trainingJobDefinition", "outputDataConfig", "kmsKeyID"]
        middle, long, longest = "x" * 90, "x" * 150, "x" * 300

        warnings = response(
            findings=[finding(enforcement="warn", path=path, message=text) for text in (middle, long, longest)]
        )["warnings"]

        assert warnings == [
            f"{middle} (SG-MTRL-002)",
            f"spec.trainingJobDefinition.outputDataConfig.kmsKeyID: {long} (SG-MTRL-002)",
            f"{'x' * 241}… (SG-MTRL-002)",
        ]
        assert len(warnings[-1]) == 256

    def test_name_every_rule_that_waits(self, finding: Make) -> None:
        waiting = finding(
            enforcement="warn", path=[], missing={"part": "the key", "rules": ["SG-KEY-004", "SG-KEY-005"]}
        )

        assert response(findings=[waiting])["warnings"] == [
            "the output key is named by an alias (SG-KEY-004, SG-KEY-005)"
        ]

    def test_say_nothing_twice(self, finding: Make) -> None:
        assert len(response(findings=[finding(enforcement="warn")] * 3)["warnings"]) == 1

    def test_are_as_many_as_an_api_server_passes_on(self, finding: Make) -> None:
        many = [finding(enforcement="warn", path=[], message=f"{number} {'x' * 100}") for number in range(100)]

        warnings = response(findings=many)["warnings"]

        assert sum(map(len, warnings)) <= 4096
        assert warnings[-1] == f"and {100 - len(warnings) + 1} more warnings: sealgate's log names their rules"

    @given(
        texts=st.lists(st.text(max_size=400), max_size=60),
        path=st.lists(st.text(max_size=8) | st.integers(0, 9), max_size=4),
    )
    def test_are_what_an_api_server_shows(self, texts: list[str], path: list[str | int]) -> None:
        findings = [{**FINDING, "enforcement": "warn", "message": text, "path": path} for text in texts]

        warnings = response(findings=findings).get("warnings", [])

        assert sum(map(len, warnings)) <= 4096
        assert len(set(warnings)) == len(warnings)
        for warning in warnings:
            assert len(warning) <= 256
            assert warning.isprintable()
            assert warning.encode()
        assert bool(warnings) == bool(texts)
