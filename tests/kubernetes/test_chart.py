"""The chart, installed by helm: its objects, its certificates in every mode, its webhook in front of its pod."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
import trustme
import yaml
from cryptography import x509
from tests.kubernetes.client import JSON_PATCH
from tests.kubernetes.jobs import RIGHT
from tests.kubernetes.objects import NO_KEY, definitions
from tests.kubernetes.processes import TOOLS, wait_for
from tests.kubernetes.release import Release
from tests.kubernetes.webhooks import CHART, CONFIGURATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.kubernetes.client import Client
    from tests.kubernetes.jobs import Jobs

VALUES = sorted((CHART / "ci").glob("*-values.yaml"))
SETTINGS = "--set-string=settings.context.region=us-west-2,settings.context.account=111122223333"
DEFINITIONS_OF_OTHERS = TOOLS.parent / "crds"

OWN_KIND = CHART / "examples" / "training-run"
NEEDS_A_BUNDLE_SERVER = "opa-bundles"


def name_of(values: Path) -> str:
    """Return what a file of values is called."""
    return values.name.removesuffix("-values.yaml")


@pytest.fixture(scope="module", autouse=True)
def _kinds_of_others(client: Client) -> None:
    """Install the kinds of cert-manager and of the Prometheus operator, which the chart makes objects of."""
    client.install(definitions(DEFINITIONS_OF_OTHERS))


@pytest.fixture
def release(client: Client, tmp_path: Path) -> Iterator[Release]:
    """Return a release that is not installed yet. It is uninstalled afterwards."""
    release = Release(client, client.new_namespace(), tmp_path)
    yield release
    release.uninstall()


@pytest.mark.parametrize("values", VALUES, ids=name_of)
def test_release_judges_jobs_in_front_of_its_pod_and_is_gone_afterwards(
    release: Release, client: Client, jobs: Jobs, client_authority: trustme.CA, values: Path
) -> None:
    namespace = client.new_namespace(**{"sealgate.dev/judged": "true"})
    given = yaml.safe_load(values.read_text(encoding="utf-8")) or {}
    release.deploy("--values", values, *provided_before(release, given, client_authority), SETTINGS)
    objects = release.objects()
    for made in objects:
        release.get(made["kind"], made["metadata"]["name"])
    provide_after(release)

    webhook = given.get("webhook", {})
    fails = webhook.get("enabled", True) and webhook.get("failurePolicy", "Fail") == "Fail"
    without_pod = 500 if fails else 201
    wait_for(lambda: jobs.try_out(namespace).status == without_pod)
    if name_of(values) != NEEDS_A_BUNDLE_SERVER:
        with release.running():
            assert {key: jobs.try_out(namespace, key).status for key in RIGHT} == expected(given)
            release.test()
    assert jobs.try_out(namespace).status == without_pod
    assert jobs.try_out(release.namespace, NO_KEY).status == 201, "its own namespace must be able to start"

    release.uninstall()
    wait_for(lambda: jobs.try_out(namespace, NO_KEY).status == 201)
    for made in objects:
        left = client.kubectl("get", made["kind"], made["metadata"]["name"], f"-n{release.namespace}")
        assert "NotFound" in left.stderr, f"{left.stdout} is left"


def expected(values: dict[str, Any]) -> dict[str, int]:
    """Return what becomes of a right job and of a wrong one with these values."""
    settings = values.get("settings", {})
    if not values.get("webhook", {}).get("enabled", True) or settings.get("enforcement", {}).get("levels"):
        return dict.fromkeys(RIGHT, 201)
    # What AWS knows of the key and the role is not known here.
    return dict.fromkeys(RIGHT, 403) if settings.get("unverified") == "deny" else RIGHT


def provided_before(release: Release, values: dict[str, Any], client_authority: trustme.CA) -> list[str]:
    """Provide what values expect of others before the release; return the options that tell of it."""
    options = []
    clients = values.get("server", {}).get("clientCA", {})
    if clients:
        release.put_secret(clients["name"], {clients["key"]: client_authority.cert_pem.bytes()})
    tls = values.get("tls", {})
    if tls.get("mode") == "existingSecret":
        authority = trustme.CA()
        release.put_secret(tls["existingSecret"]["name"], issued(authority, [f"sealgate.{release.namespace}.svc"]))
        bundle = release.folder / "ca.pem"
        authority.cert_pem.write_to_path(str(bundle))
        options.append(f"--set-file=tls.existingSecret.caBundle={bundle}")
    return options


def provide_after(release: Release) -> None:
    """Do what cert-manager does for the release's certificate, where it asks for one."""
    leaves = [made for made in release.objects() if made["kind"] == "Certificate" and not made["spec"].get("isCA")]
    for certificate in leaves:
        authority, webhook = trustme.CA(), release.rendered("ValidatingWebhookConfiguration")
        wanted = webhook["metadata"]["annotations"]["cert-manager.io/inject-ca-from"]
        assert wanted == f"{release.namespace}/{certificate['metadata']['name']}"
        release.put_secret(certificate["spec"]["secretName"], issued(authority, certificate["spec"]["dnsNames"]))
        bundle = base64.b64encode(authority.cert_pem.bytes()).decode()
        change = [{"op": "add", "path": "/webhooks/0/clientConfig/caBundle", "value": bundle}]
        url = f"{CONFIGURATIONS}/{webhook['metadata']['name']}"
        answer = release.client.request("PATCH", url, change, content_type=JSON_PATCH)
        assert answer.status == 200, answer.message


def issued(authority: trustme.CA, names: list[str]) -> dict[str, bytes]:
    """Return the content of a secret with a new certificate."""
    leaf = authority.issue_cert(*names)
    chain = b"".join(pem.bytes() for pem in leaf.cert_chain_pems)
    return {"tls.crt": chain, "tls.key": leaf.private_key_pem.bytes(), "ca.crt": authority.cert_pem.bytes()}


def test_kind_of_a_teams_own_is_judged_in_front_of_create_job(release: Release, client: Client) -> None:
    client.install([yaml.safe_load((OWN_KIND / "customresourcedefinition.yaml").read_text(encoding="utf-8"))])
    release.deploy("--values", OWN_KIND / "values.yaml")
    with release.running():
        wait_for(lambda: client.kubectl("apply", "--filename", OWN_KIND / "right.yaml").returncode == 0)
        refused = client.kubectl("apply", "--filename", OWN_KIND / "wrong.yaml")
        assert refused.returncode == 1
        assert "denied the request: spec.createJob.JobConfigDocument.OutputDataConfig.KmsKeyArn" in refused.stderr
        assert client.kubectl("delete", "--filename", OWN_KIND / "right.yaml").returncode == 0


def test_upgrade_keeps_the_self_signed_certificate(release: Release) -> None:
    release.deploy()
    before = [release.secret(name) for name in ("sealgate-tls", "sealgate-ca")]
    release.deploy("--set=replicaCount=3")
    assert release.get("deployment")["spec"]["replicas"] == 3
    assert [release.secret(name) for name in ("sealgate-tls", "sealgate-ca")] == before
    assert bundle(release) == [before[1]["tls.crt"]]


def test_upgrade_renews_a_self_signed_certificate_before_its_end(release: Release) -> None:
    release.deploy(valid(days=300, renew_before=200))
    before = release.secret("sealgate-tls")
    release.deploy(valid(days=300, renew_before=299))
    assert release.secret("sealgate-tls") == before
    release.deploy(valid(days=400, renew_before=301))
    after = release.secret("sealgate-tls")
    assert after["tls.crt"] != before["tls.crt"]
    assert after["ca.crt"] == before["ca.crt"]
    is_issued_by(after["tls.crt"], after["ca.crt"])


def test_upgrade_trusts_the_old_ca_besides_a_new_one(release: Release, namespace: str, jobs: Jobs) -> None:
    release.deploy(SETTINGS, valid(days=300, of_authority=400))
    old = release.secret("sealgate-tls")
    with release.running():
        wait_for(lambda: jobs.try_out(namespace).status == 201)
        # The CA would end before a certificate of that many days.
        release.deploy(SETTINGS, valid(days=500, of_authority=600))
        new = release.secret("sealgate-tls")
        assert new["ca.crt"] != old["ca.crt"]
        is_issued_by(new["tls.crt"], new["ca.crt"])
        wait_for(lambda: bundle(release) == [new["ca.crt"], old["ca.crt"]])
        assert jobs.try_out(namespace).status == 201, "the pod still shows the old certificate"
    with release.running():
        assert jobs.try_out(namespace).status == 201, "the pod has the new certificate"


def test_change_of_the_settings_replaces_the_pods(release: Release) -> None:
    release.deploy(SETTINGS)
    before = release.get("deployment")["spec"]["template"]
    release.deploy(SETTINGS)
    assert release.get("deployment")["spec"]["template"] == before
    release.deploy(SETTINGS, "--set=settings.unverified=deny")
    assert release.get("deployment")["spec"]["template"] != before


def test_two_releases_stand_side_by_side(client: Client, release: Release, tmp_path: Path) -> None:
    other = Release(client, client.new_namespace(), tmp_path)
    release.deploy()
    other.deploy()
    release.uninstall()
    (left,) = client.request("GET", CONFIGURATIONS).body["items"]
    assert left["webhooks"][0]["clientConfig"]["service"]["namespace"] == other.namespace
    other.uninstall()


def valid(days: int, renew_before: int = 30, of_authority: int = 3650) -> str:
    """Return the option that says how many days certificates are valid."""
    settings = {"days": days, "renewBeforeDays": renew_before, "caDays": of_authority}
    return "--set=" + ",".join(f"tls.selfSigned.{name}={value}" for name, value in settings.items())


def bundle(release: Release) -> list[bytes]:
    """Return the CAs that the API server believes."""
    name = release.rendered("ValidatingWebhookConfiguration")["metadata"]["name"]
    (webhook,) = release.client.request("GET", f"{CONFIGURATIONS}/{name}").body["webhooks"]
    end = b"-----END CERTIFICATE-----\n"
    return [part + end for part in base64.b64decode(webhook["clientConfig"]["caBundle"]).split(end) if part.strip()]


def is_issued_by(certificate: bytes, authority: bytes) -> None:
    """Fail unless a certificate is signed by a CA."""
    x509.load_pem_x509_certificate(certificate).verify_directly_issued_by(x509.load_pem_x509_certificate(authority))
