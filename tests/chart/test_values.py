"""The values: each is used, each is described, and what is none of them is refused."""

from __future__ import annotations

import copy
import json
import re
import tomllib
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from tests.chart.conftest import CHART, ROOT, ChartRefusedError

from sealgate.generate.chart import described

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.chart.conftest import Render, Rendered

DIGEST = "sha256:" + "a" * 64
CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
POD: list[dict[str, Any]] = [{"podSelector": {}}]
RESOURCES = {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}

# What a value needs beside it before it is of any account.
OPA = {"opa": {"enabled": True}}
CERT_MANAGER = {"tls": {"mode": "certManager"}}
EXISTING = {"tls": {"mode": "existingSecret", "existingSecret": {"name": "own"}}}
SCALED = {"autoscaling": {"enabled": True}}
NETWORK = {"networkPolicy": {"enabled": True}}
AWS = {"networkPolicy": {"enabled": True, "egress": {"aws": {"enabled": True}}}}
MONITOR = {"metrics": {"serviceMonitor": {"enabled": True}}}
RULE = {"metrics": {"prometheusRule": {"enabled": True}}}
DASHBOARD = {"metrics": {"grafanaDashboard": {"enabled": True}}}
CLIENTS = {"server": {"clientCA": {"name": "clients"}}}
GATEWAY = {"gateway": {"enabled": True, "upstream": "http://jobs.ml.svc"}}
HTTPS_GATEWAY = {"gateway": {"enabled": True, "upstream": "https://jobs.ml.svc"}}

# Another value for each, and what it needs.
OTHERS: dict[str, tuple[Any, Mapping[str, Any]]] = {
    "nameOverride": ("other", {}),
    "fullnameOverride": ("other", {}),
    "clusterDomain": ("example.internal", {}),
    "commonLabels": ({"a": "b"}, {}),
    "commonAnnotations": ({"a": "b"}, {}),
    "image.repository": ("other", {}),
    "image.tag": ("9", {}),
    "image.digest": (DIGEST, {}),
    "image.pullPolicy": ("Always", {}),
    "imagePullSecrets": ([{"name": "registry"}], {}),
    "replicaCount": (5, {}),
    "revisionHistoryLimit": (0, {}),
    "settings": ({"unverified": "deny"}, {}),
    "server.host": ("::", {}),
    "server.port": (9443, {}),
    "server.workers": (2, {}),
    "server.threads": (2, {}),
    "server.drainSeconds": (0, {}),
    "server.clientCA.kind": ("Secret", CLIENTS),
    "server.clientCA.name": ("clients", {}),
    "server.clientCA.key": ("other.pem", CLIENTS),
    "opa.enabled": (True, {}),
    "opa.image.repository": ("other", OPA),
    "opa.image.tag": ("9", OPA),
    "opa.image.digest": (DIGEST, OPA),
    "opa.image.pullPolicy": ("Always", OPA),
    "opa.config": ({"decision_logs": {"console": True}}, OPA),
    "opa.logLevel": ("debug", OPA),
    "opa.extraEnv": ([{"name": "A", "value": "b"}], OPA),
    "opa.extraVolumeMounts": ([{"name": "tmp", "mountPath": "/x"}], OPA),
    "opa.resources": (RESOURCES, OPA),
    "webhook.enabled": (False, {}),
    "webhook.failurePolicy": ("Ignore", {}),
    "webhook.timeoutSeconds": (9, {}),
    "webhook.exemptNamespaces": ([], {}),
    "webhook.namespaceSelector.matchLabels": ({"a": "b"}, {}),
    "webhook.namespaceSelector.matchExpressions": ([{"key": "a", "operator": "Exists"}], {}),
    "webhook.matchConditions": ([{"name": "a", "expression": "true"}], {}),
    "webhook.rules.extra": ([{"apiGroups": ["a.b"], "resources": ["cs"]}], {}),
    "webhook.annotations": ({"a": "b"}, {}),
    "tls.mode": ("certManager", {}),
    "tls.selfSigned.days": (400, {}),
    "tls.selfSigned.caDays": (4000, {}),
    "tls.selfSigned.renewBeforeDays": (7, {}),
    "tls.certManager.issuerRef": ({"name": "internal", "kind": "ClusterIssuer"}, CERT_MANAGER),
    "tls.certManager.duration": ("1h", CERT_MANAGER),
    "tls.certManager.renewBefore": ("1h", CERT_MANAGER),
    "tls.certManager.caDuration": ("1h", CERT_MANAGER),
    "tls.certManager.caRenewBefore": ("1h", CERT_MANAGER),
    "tls.existingSecret.name": ("other", EXISTING),
    "tls.existingSecret.caKey": ("ca.crt", EXISTING),
    "tls.existingSecret.caBundle": (CA, EXISTING),
    "gateway.enabled": (True, {"gateway": {"upstream": "http://jobs.ml.svc"}}),
    "gateway.upstream": ("https://jobs.ml.svc:8443", GATEWAY),
    "gateway.upstreamCA.name": ("jobs-ca", HTTPS_GATEWAY),
    "gateway.upstreamCA.key": ("other.pem", {"gateway": {**HTTPS_GATEWAY["gateway"], "upstreamCA": {"name": "ca"}}}),
    "gateway.tls.secretName": ("gateway-tls", GATEWAY),
    "gateway.clientCertificate.secretName": ("gateway-client", GATEWAY),
    "gateway.replicaCount": (5, GATEWAY),
    "gateway.workers": (3, GATEWAY),
    "gateway.maxBodyBytes": (2097152, GATEWAY),
    "gateway.answerTimeoutSeconds": (9, GATEWAY),
    "gateway.upstreamTimeoutSeconds": (99, GATEWAY),
    "gateway.temporaryStorage": ("2Gi", GATEWAY),
    "gateway.image.repository": ("other", GATEWAY),
    "gateway.image.tag": ("9", GATEWAY),
    "gateway.image.digest": (DIGEST, GATEWAY),
    "gateway.image.pullPolicy": ("Always", GATEWAY),
    "gateway.service.type": ("NodePort", GATEWAY),
    "gateway.service.port": (8080, GATEWAY),
    "gateway.service.annotations": ({"a": "b"}, GATEWAY),
    "gateway.ingressFrom": (POD, {**GATEWAY, **NETWORK}),
    "gateway.egress": ([{"to": POD}], {**GATEWAY, **NETWORK}),
    "gateway.resources": (RESOURCES, GATEWAY),
    "gateway.podLabels": ({"a": "b"}, GATEWAY),
    "gateway.podAnnotations": ({"a": "b"}, GATEWAY),
    "serviceAccount.create": (False, {}),
    "serviceAccount.name": ("other", {}),
    "serviceAccount.annotations": ({"a": "b"}, {}),
    "service.type": ("NodePort", {}),
    "service.port": (8443, {}),
    "service.annotations": ({"a": "b"}, {}),
    "service.ipFamilyPolicy": ("PreferDualStack", {}),
    "podDisruptionBudget.enabled": (False, {}),
    "podDisruptionBudget.minAvailable": (1, {}),
    "podDisruptionBudget.maxUnavailable": (0, {}),
    "autoscaling.enabled": (True, {}),
    "autoscaling.minReplicas": (3, SCALED),
    "autoscaling.maxReplicas": (20, SCALED),
    "autoscaling.targetCPUUtilizationPercentage": (50, SCALED),
    "autoscaling.behavior": ({"scaleDown": {"stabilizationWindowSeconds": 60}}, SCALED),
    "networkPolicy.enabled": (True, {}),
    "networkPolicy.ingressFrom": (POD, NETWORK),
    "networkPolicy.egress.dns": (True, NETWORK),
    "networkPolicy.egress.aws.enabled": (True, NETWORK),
    "networkPolicy.egress.aws.to": (POD, AWS),
    "networkPolicy.egress.extra": ([{"to": POD}], NETWORK),
    "metrics.serviceMonitor.enabled": (True, {}),
    "metrics.serviceMonitor.labels": ({"a": "b"}, MONITOR),
    "metrics.serviceMonitor.interval": ("7s", MONITOR),
    "metrics.serviceMonitor.scrapeTimeout": ("3s", MONITOR),
    "metrics.serviceMonitor.tlsConfig": ({"insecureSkipVerify": True}, MONITOR),
    "metrics.serviceMonitor.relabelings": ([{"action": "labeldrop", "regex": "a"}], MONITOR),
    "metrics.serviceMonitor.metricRelabelings": ([{"action": "labeldrop", "regex": "a"}], MONITOR),
    "metrics.prometheusRule.enabled": (True, {}),
    "metrics.prometheusRule.labels": ({"a": "b"}, RULE),
    "metrics.prometheusRule.alertLabels": ({"a": "b"}, RULE),
    "metrics.prometheusRule.runbookURL": ("https://example.com", RULE),
    "metrics.prometheusRule.denialRatio": (0.25, RULE),
    "metrics.prometheusRule.noReviewsFor": ("", RULE),
    "metrics.prometheusRule.certificateDays": (7, RULE),
    "metrics.prometheusRule.latencyRatio": (0.25, RULE),
    "metrics.prometheusRule.extraRules": ([{"alert": "Own", "expr": "1"}], RULE),
    "metrics.grafanaDashboard.enabled": (True, {}),
    "metrics.grafanaDashboard.labels": ({"a": "b"}, DASHBOARD),
    "metrics.grafanaDashboard.annotations": ({"a": "b"}, DASHBOARD),
    "deploymentAnnotations": ({"a": "b"}, {}),
    "podAnnotations": ({"a": "b"}, {}),
    "podLabels": ({"a": "b"}, {}),
    "priorityClassName": ("high", {}),
    "hostNetwork": (True, {}),
    "resources": (RESOURCES, {}),
    "startupProbe": ({"periodSeconds": 7}, {}),
    "readinessProbe": ({"periodSeconds": 7}, {}),
    "livenessProbe": ({"periodSeconds": 7}, {}),
    "extraEnv": ([{"name": "A", "value": "b"}], {}),
    "extraEnvFrom": ([{"secretRef": {"name": "a"}}], {}),
    "extraVolumes": ([{"name": "a", "emptyDir": {}}], {}),
    "extraVolumeMounts": ([{"name": "tmp", "mountPath": "/x"}], {}),
    "nodeSelector": ({"a": "b"}, {}),
    "tolerations": ([{"operator": "Exists"}], {}),
    "affinity": ({"nodeAffinity": {}}, {}),
    "topologySpreadConstraints": ([{"topologyKey": "a", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}], {}),
    "tests.enabled": (False, {}),
}


def _with(base: Mapping[str, Any], path: str, value: object) -> dict[str, Any]:
    result = copy.deepcopy(dict(base))
    *above, last = path.split(".")
    part = result
    for name in above:
        part = part.setdefault(name, {})
    part[last] = value
    return result


def _stable(rendered: Rendered) -> str:
    """Return the rendering without what Helm makes anew each time: certificates of its own, and their dates."""
    objects = copy.deepcopy(rendered.objects)
    own = rendered.has("Secret")
    for one in objects:
        if one["kind"] == "Secret":
            del one["data"], one["metadata"]["annotations"]["sealgate.dev/expires"]
        for webhook in one.get("webhooks", []) if own else []:
            del webhook["clientConfig"]["caBundle"]
    return json.dumps(objects, sort_keys=True)


@pytest.fixture(scope="module")
def before(render: Render) -> Callable[[Mapping[str, Any]], str]:
    """Return the stable rendering of what a value needs, rendered once."""
    known: dict[str, str] = {}

    def rendering(values: Mapping[str, Any]) -> str:
        key = json.dumps(values)
        if key not in known:
            known[key] = _stable(render(values))
        return known[key]

    return rendering


def test_every_value_is_described_and_tried_here() -> None:
    paths = [".".join(path) for path, _, _ in described((CHART / "values.yaml").read_text())]
    assert paths == list(OTHERS)


# A self-signed certificate shows them alone: test_certificates has what they do.
@pytest.mark.parametrize("path", [path for path in OTHERS if not path.startswith("tls.selfSigned.")])
def test_every_value_changes_what_is_rendered(
    render: Render, before: Callable[[Mapping[str, Any]], str], path: str
) -> None:
    value, needed = OTHERS[path]
    assert _stable(render(_with(needed, path, value))) != before(needed)


@pytest.mark.parametrize("needed", [{}, OPA, CERT_MANAGER, RULE])
def test_the_same_values_render_the_same(
    render: Render, before: Callable[[Mapping[str, Any]], str], needed: dict[str, Any]
) -> None:
    assert _stable(render(needed)) == before(needed)


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("tls.mode", "magic", "/tls/mode"),
        ("webhook.failurePolicy", "ignore", "/webhook/failurePolicy"),
        ("webhook.timeoutSeconds", 31, "/webhook/timeoutSeconds"),
        ("webhook.timeoutSeconds", 0, "/webhook/timeoutSeconds"),
        ("webhook.objectSelector", {"matchLabels": {"a": "b"}}, "'objectSelector' not allowed"),
        ("webhook.sideEffects", "Some", "'sideEffects' not allowed"),
        ("replicaCount", 0, "/replicaCount"),
        ("replicaCount", "2", "/replicaCount"),
        ("server.port", 443, "/server/port"),
        ("server.prot", 8443, "'prot' not allowed"),
        ("image.digest", "sha256:1", "/image/digest"),
        ("image.registry", "example.com", "'registry' not allowed"),
        ("podDisruptionBudget.minAvailable", "half", "/podDisruptionBudget/minAvailable"),
        ("commonLabels", {"a": "b c"}, "/commonLabels/a"),
        ("fullnameOverride", "Not_A_Name", "/fullnameOverride"),
        ("tls.existingSecret.caBundle", "MIIB", "/tls/existingSecret/caBundle"),
        ("tls.certManager.duration", "90 days", "/tls/certManager/duration"),
        ("metrics.prometheusRule.denialRatio", 1.5, "/metrics/prometheusRule/denialRatio"),
        ("securityContext", {"runAsUser": 0}, "'securityContext' not allowed"),
        ("livenessProbe", {"httpGet": {"path": "/"}}, "'httpGet' not allowed"),
        ("settings", {"unverifed": "deny"}, "'unverifed' not allowed"),
        ("settings", {"unverified": "no"}, "/settings/unverified"),
        (
            "settings",
            {"exceptions": [{"rule": "SG-ORG-002", "subject": "x"}]},
            "missing properties 'reason', 'expires'",
        ),
    ],
)
def test_what_is_no_value_is_refused_and_named(render: Render, path: str, value: object, place: str) -> None:
    with pytest.raises(ChartRefusedError) as refusal:
        render(_with({}, path, value))
    assert place in str(refusal.value)


def _parts(schema: Any, path: str = "") -> Any:
    if isinstance(schema, dict):
        yield path, schema
        for name, part in schema.items():
            yield from _parts(part, f"{path}/{name}")
    elif isinstance(schema, list):
        for part in schema:
            yield from _parts(part, path)


def test_the_schema_is_one_and_closed_wherever_it_names_members() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(yaml.safe_load((CHART / "values.yaml").read_text()))
    opened = [
        path for path, part in _parts(schema) if "properties" in part and part.get("additionalProperties") is not False
    ]
    assert opened == []


@pytest.mark.parametrize("path", sorted(CHART.glob("ci/*-values.yaml")), ids=lambda path: path.name)
def test_every_file_of_values_renders_and_says_what_it_is(render: Render, path: Any) -> None:
    text = path.read_text()
    assert text.startswith("# ")
    assert render(yaml.safe_load(text)).has("Deployment")


def test_the_readme_names_every_file_of_values() -> None:
    page = (CHART / "README.md").read_text()
    assert [
        path.name for path in CHART.glob("ci/*.yaml") if f"`{path.name.removesuffix('-values.yaml')}`" not in page
    ] == []


@pytest.mark.parametrize("page", ["charts/sealgate/README.md", "charts/sealgate/examples/README.md", "README.md"])
def test_what_a_page_sets_is_a_value(page: str) -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    text = (ROOT / page).read_text()
    for path in re.findall(r"--set(?:-file|-string)?[ =]([A-Za-z0-9.]+)=", text):
        part = schema
        for name in path.split("."):
            while "$ref" in part:
                part = _at(schema, part["$ref"])
            assert name in part["properties"] or "additionalProperties" in part, path
            part = part["properties"].get(name, {})


def _at(schema: Any, pointer: str) -> Any:
    for name in pointer.removeprefix("#/").split("/"):
        schema = schema[name]
    return schema


def test_the_chart_is_of_this_version_and_of_the_opa_that_the_policies_are_tested_with() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert chart["appVersion"] == project["version"]
    opa = yaml.safe_load((CHART / "values.yaml").read_text())["opa"]["image"]["tag"]
    pinned = re.search(r"open-policy-agent/opa v(\S+)", (ROOT / ".ci/tools/go.mod").read_text())
    assert pinned is not None
    assert opa == f"{pinned[1]}-static"
