"""What Helm says after an installation."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from tests.chart.conftest import CHART

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.chart.conftest import Render


class Notes(Protocol):
    def __call__(self, values: Mapping[str, Any] | None = None) -> str: ...


@pytest.fixture(scope="module")
def notes(render: Render, tmp_path_factory: pytest.TempPathFactory) -> Notes:
    """Render the notes, which `helm template` leaves out, as an object of a copy of the chart."""
    chart = tmp_path_factory.mktemp("notes") / "sealgate"
    shutil.copytree(CHART, chart)
    shutil.move(chart / "templates/NOTES.txt", chart / "files/NOTES.txt")
    (chart / "templates/notes.yaml").write_text(
        'kind: Notes\nmetadata: {name: notes}\ntext: |\n  {{- tpl (.Files.Get "files/NOTES.txt") . | nindent 2 }}\n'
    )
    return lambda values=None: str(render(values, chart=chart).one("Notes")["text"])


def test_they_say_what_runs_and_how_to_try_it(notes: Notes) -> None:
    text = notes()
    assert "https://sealgate.sealgate-system.svc:443" in text
    assert "sealgate.sealgate-system, failurePolicy Fail, 3 s" in text
    assert "exempt:   sealgate-system, kube-system" in text
    assert "helm test sealgate --namespace sealgate-system" in text
    assert "embedded" in text


def test_they_tell_when_a_certificate_of_helms_ends(notes: Notes) -> None:
    text = notes()
    assert "The certificate is self-signed. It ends on 20" in text
    assert "helm template" in text
    assert "self-signed" not in notes({"tls": {"mode": "certManager"}})


def test_they_warn_of_what_is_not_safe_yet(notes: Notes) -> None:
    assert "let in unjudged" in notes({"webhook": {"failurePolicy": "Ignore"}})
    assert "let in unjudged" not in notes()
    own = {"tls": {"mode": "existingSecret", "existingSecret": {"name": "own"}}}
    assert "tls.existingSecret.caBundle is empty" in notes(own)


def test_they_say_where_nothing_is_judged(notes: Notes) -> None:
    assert "not registered (webhook.enabled is false)" in notes({"webhook": {"enabled": False}})


def test_they_name_the_engine(notes: Notes) -> None:
    assert "OPA, in a sidecar" in notes({"opa": {"enabled": True}})
