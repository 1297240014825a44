"""The whole path of a request: a client, nginx as the chart configures it, sealgate, and what is behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.gateway import parts
from tests.npm_packages import do_without

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Chain:
    """A gateway and what it stands between."""

    gateway: parts.Part
    sealgate: parts.Part
    upstream: parts.Upstream


@pytest.fixture(scope="session")
def upstream(tmp_path_factory: pytest.TempPathFactory) -> Iterator[parts.Upstream]:
    if not parts.nginx_is_here():
        do_without(parts.MISSING)
    with parts.upstream(tmp_path_factory.mktemp("upstream")) as upstream:
        yield upstream


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory, upstream: parts.Upstream) -> Iterator[Chain]:
    """Run a chain that tests leave as they find it."""
    folder = tmp_path_factory.mktemp("chain")
    with (
        parts.sealgate(folder / "sealgate") as sealgate,
        parts.nginx(folder / "nginx", sealgate_port=sealgate.port, upstream_port=upstream.port) as gateway,
    ):
        yield Chain(gateway, sealgate, upstream)


@pytest.fixture
def chain(standing: Chain) -> Chain:
    standing.upstream.forget()
    return standing


@pytest.fixture
def fragile(tmp_path: Path, upstream: parts.Upstream) -> Iterator[Chain]:
    """Run a chain of its own, whose sealgate may be killed and whose nginx waits for it for a second."""
    upstream.forget()
    with (
        parts.sealgate(tmp_path / "sealgate") as sealgate,
        parts.nginx(
            tmp_path / "nginx", sealgate_port=sealgate.port, upstream_port=upstream.port, ANSWER_TIMEOUT="1s"
        ) as gateway,
    ):
        yield Chain(gateway, sealgate, upstream)
