from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from sealgate import engines
from sealgate.app import create_app
from sealgate.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Make: TypeAlias = "Callable[..., Any]"


def test_without_settings_they_come_from_the_nearest_file_and_the_environment(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    engine_that: Make,
    decision: Make,
    request_document: dict[str, Any],
) -> None:
    (tmp_path / "sealgate.yaml").write_text("unverified: deny\nmax_batch: 7\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SEALGATE_MAX_BATCH", "1")
    engine = engine_that(decision())
    client = create_app(engine=engine).test_client()

    assert client.post("/v1/validate", json={"batch": [request_document] * 2}).status_code == 413
    assert client.post("/v1/validate", json=request_document).status_code == 200
    assert engine.documents[0]["settings"] == {"unverified": "deny"}


def test_wrong_settings_start_nothing(monkeypatch: pytest.MonkeyPatch, engine_that: Make, decision: Make) -> None:
    monkeypatch.setenv("SEALGATE_MAX_BODY_BYTES", "many")

    with pytest.raises(SettingsError):
        create_app(engine=engine_that(decision()))


def test_without_an_engine_the_one_of_the_settings_is_built(
    monkeypatch: pytest.MonkeyPatch, settings: Any, engine_that: Make, decision: Make
) -> None:
    asked: list[object] = []

    def build(of: object) -> Any:
        asked.append(of)
        return engine_that(decision())

    monkeypatch.setattr(engines, "build", build)

    assert create_app(settings).test_client().get("/readyz").status_code == 200
    assert asked == [settings.engine]


@pytest.mark.parametrize(
    ("method", "path", "status", "kind"),
    [
        ("GET", "/nowhere", 404, "not_found"),
        ("GET", "/v1/validate", 405, "method_not_allowed"),
        ("DELETE", "/healthz", 405, "method_not_allowed"),
        ("GET", "/static/app.js", 404, "not_found"),
    ],
)
def test_errors_of_the_protocol_are_json_too(client_of: Make, method: str, path: str, status: int, kind: str) -> None:
    answer = client_of().open(path, method=method)

    assert answer.status_code == status
    assert answer.get_json()["error"]["type"] == kind


def test_a_wrong_method_is_told_the_right_ones(client_of: Make) -> None:
    assert "POST" in client_of().get("/v1/validate").headers["Allow"]


def test_the_real_engine_decides_through_the_service(settings: Any, request_document: dict[str, Any]) -> None:
    client = create_app(settings).test_client()
    document = request_document["parameters"]["JobConfigDocument"]
    alias = document.replace("key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/ml")
    wrong = {**request_document, "parameters": {**request_document["parameters"], "JobConfigDocument": alias}}

    answer = client.post("/v1/validate", json={"batch": [request_document, wrong]})

    good, bad = answer.get_json()["decisions"]
    assert good["allowed"] is True
    assert bad["allowed"] is False
    assert [finding["rule"] for finding in bad["findings"] if finding["enforcement"] == "deny"] == ["SG-MTRL-002"]
