"""What the tests on a real API server share: the control plane, the service, and the webhook between them."""

from __future__ import annotations

import json
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from tests.engine_fixtures import ROOT
from tests.kubernetes import webhooks
from tests.kubernetes.cluster import Cluster
from tests.kubernetes.jobs import Jobs
from tests.kubernetes.objects import CONTROLLER_DEFINITIONS, NO_KEY, OWN_DEFINITIONS, Kind, definitions, open_definition
from tests.kubernetes.processes import RUNNING, TOOLS
from tests.kubernetes.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from contextlib import AbstractContextManager

    from tests.kubernetes.client import Client

JOBS, FACTS = (ROOT / f"policies/sealgate/data/kubernetes_{table}/data.json" for table in ("jobs", "facts"))
"""What the policies know of the kinds that make jobs, and of those that tell of keys, policies, roles and grants."""

CLUSTER_SCOPED = ".aws.upbound.io"
"""How the groups end whose kinds have no namespace."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder: it runs where `-m kubernetes` asks for it."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("kubernetes")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the end of every program's log where a test has failed."""
    report = yield
    if report.failed:
        report.sections += [(f"log of {program.name}", program.log_end()) for program in RUNNING]
    return report


def pytest_unconfigure() -> None:
    """End what runs still, the newest first, where a test did not get as far as to do it."""
    for program in reversed(RUNNING[:]):
        program.kill()


def pytest_report_header() -> str:
    """Say whose definitions of the AWS controllers' kinds the tests are about to install."""
    if CONTROLLER_DEFINITIONS.exists():
        return f"kinds of the AWS controllers: as they ship them, from {CONTROLLER_DEFINITIONS}"
    return f"kinds of the AWS controllers: minimal ones of our own, because {CONTROLLER_DEFINITIONS} is absent"


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    """Return the CA of the service's certificates."""
    return trustme.CA(organization_name="service")


@pytest.fixture(scope="session")
def client_authority() -> trustme.CA:
    """Return the CA of the certificate that the API server shows to webhooks."""
    return trustme.CA(organization_name="clients")


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Return a folder that is gone afterwards: what etcd writes is large."""
    with tempfile.TemporaryDirectory(prefix="sealgate-kubernetes-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def cluster(folder: Path, client_authority: trustme.CA) -> Iterator[Cluster]:
    """Run a control plane meanwhile."""
    for tool in ("etcd", "kube-apiserver", "kubectl", "helm"):
        if not (TOOLS / tool).exists():
            pytest.fail(f"{TOOLS / tool} is missing: run `make test-kubernetes`, which builds it", pytrace=False)
    cluster = Cluster(folder, client_certificate=client_authority.issue_cert("kube-apiserver"))
    try:
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def client(cluster: Cluster) -> Client:
    """Return a user who may do everything."""
    return cluster.client


def read(table: Path) -> dict[str, Any]:
    """Return the rows of a table, by the group and the name of a kind."""
    rows: dict[str, Any] = json.loads(table.read_bytes())
    return rows


@pytest.fixture(scope="session")
def kinds(client: Client) -> dict[str, Kind]:
    """Install every kind that the policies know; return all that are installed, by group and name.

    Of the kinds of the AWS controllers the definitions are read. Those of others may hold whatever they like.
    """
    folder = CONTROLLER_DEFINITIONS if CONTROLLER_DEFINITIONS.exists() else OWN_DEFINITIONS
    found = definitions(folder)
    known = {str(Kind.defined(definition)) for definition in found}
    found += [
        open_definition(group, kind, namespaced=not group.endswith(CLUSTER_SCOPED))
        for group, _, kind in (name.partition("/") for name in {**read(JOBS), **read(FACTS)} if name not in known)
    ]
    return client.install(found)


@pytest.fixture(scope="session")
def jobs(client: Client, kinds: dict[str, Kind]) -> Jobs:
    """Return what submits training jobs."""
    return Jobs(client, kinds["sagemaker.services.k8s.aws/TrainingJob"])


@pytest.fixture
def namespace(client: Client) -> str:
    """Return a new namespace. It is left behind: nothing here would remove what is in it."""
    return client.new_namespace()


@pytest.fixture(scope="session")
def run_service(folder: Path, authority: trustme.CA) -> Callable[..., AbstractContextManager[Service]]:
    """Return what runs a service meanwhile: with other settings, with further options, of another authority."""

    @contextmanager
    def run(**changes: Any) -> Iterator[Service]:
        home = Path(tempfile.mkdtemp(prefix="service-", dir=folder))
        service = Service(home, changes.pop("authority", authority), **changes)
        try:
            yield service
        finally:
            service.kill()

    return run


@pytest.fixture(scope="session")
def run_webhook(
    run_service: Callable[..., AbstractContextManager[Service]], client: Client, jobs: Jobs, authority: trustme.CA
) -> Callable[..., AbstractContextManager[Service]]:
    """Return what runs a service, and its webhook as the chart registers it with these options, meanwhile."""

    @contextmanager
    def run(*options: str, **changes: Any) -> Iterator[Service]:
        with run_service(**changes) as service:
            configuration = webhooks.at(webhooks.rendered(*options), service, authority)
            judges = lambda: jobs.try_out("default", NO_KEY).status != 201  # noqa: E731 it stands here alone
            with webhooks.registered(client, configuration, in_force=judges):
                yield service

    return run
