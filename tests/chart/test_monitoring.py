"""The alerts, the dashboard and the scrapes: about metrics that there are, in PromQL that parses, with a runbook."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import promql_parser
import pytest
from tests.chart.conftest import CHART, NAMESPACE, ROOT

if TYPE_CHECKING:
    from tests.chart.conftest import Manifest, Render, Rendered

OF_THE_API_SERVER = {
    "apiserver_admission_webhook_rejection_count",
    "apiserver_admission_webhook_fail_open_count",
}
VARIABLES = {"$__rate_interval": "5m", "$__range": "1h", "$namespace": ".*", "$service": ".*"}


def _selectors(expression: Any) -> list[Any]:
    """Return the selectors of metrics anywhere in a parsed expression."""
    if isinstance(expression, promql_parser.VectorSelector):
        return [expression]
    if isinstance(expression, promql_parser.MatrixSelector):
        return [expression.vector_selector]
    parts = [getattr(expression, name, None) for name in ("expr", "lhs", "rhs", "param")]
    parts += list(getattr(expression, "args", None) or [])
    return [found for part in parts if part is not None for found in _selectors(part)]


def _metrics(query: str) -> set[str]:
    return {selector.name for selector in _selectors(promql_parser.parse(query))}


@pytest.fixture(scope="module")
def counted() -> set[str]:
    """Return the names of every series that the code can show."""
    text = "".join(path.read_text() for path in (ROOT / "webhook/sealgate").rglob("*.py"))
    names = set(re.findall(r'"(sealgate_[a-z_]+)"', text))
    return {name + suffix for name in names for suffix in ("", "_total", "_bucket", "_sum", "_count")}


@pytest.fixture(scope="module")
def monitored(render: Render) -> Rendered:
    return render(
        {
            "settings": {"context": {"aws": {"enabled": True}}},
            "metrics": {
                "prometheusRule": {
                    "enabled": True,
                    "runbookURL": "https://docs.example.com/sealgate",
                    "labels": {"release": "prometheus"},
                    "alertLabels": {"team": "ml"},
                },
                "serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}},
                "grafanaDashboard": {"enabled": True, "annotations": {"grafana_folder": "Admission"}},
            },
        }
    )


def _alerts(rendered: Rendered) -> dict[str, Manifest]:
    (group,) = rendered.one("PrometheusRule")["spec"]["groups"]
    return {rule["alert"]: rule for rule in group["rules"]}


class TestAlerts:
    def test_there_is_one_for_each_way_to_fail(self, monitored: Rendered) -> None:
        assert set(_alerts(monitored)) == {
            "SealgateDown",
            "SealgateNotReached",
            "SealgateEngineFails",
            "SealgateNotAsked",
            "SealgateDeniesMuch",
            "SealgateSlow",
            "SealgateCertificateEnds",
            "SealgateCAEnds",
            "SealgateCertificateNotRead",
            "SealgatePoliciesDiffer",
            "SealgateAWSDoesNotTell",
        }

    def test_each_is_about_metrics_that_there_are(self, monitored: Rendered, counted: set[str]) -> None:
        for name, alert in _alerts(monitored).items():
            found = _metrics(alert["expr"])
            assert found, name
            assert found <= counted | OF_THE_API_SERVER | {"up"}, name

    def test_each_is_about_this_release(self, monitored: Rendered) -> None:
        for alert in _alerts(monitored).values():
            for selector in _selectors(promql_parser.parse(alert["expr"])):
                labels = {one.name: one.value for one in selector.matchers.matchers}
                if selector.name in OF_THE_API_SERVER:
                    assert labels["name"] == monitored.webhook["name"]
                else:
                    assert labels["namespace"] == NAMESPACE
                    assert labels["service"] == monitored.one("Service")["metadata"]["name"]

    def test_each_says_what_is_wrong_and_has_its_section_of_the_runbook(self, monitored: Rendered) -> None:
        headings = re.findall(r"^### (Sealgate\w+)$", (CHART / "README.md").read_text(), re.MULTILINE)
        assert sorted(headings) == sorted(_alerts(monitored))
        for name, alert in _alerts(monitored).items():
            assert alert["annotations"]["runbook_url"] == f"https://docs.example.com/sealgate#{name.lower()}"
            assert alert["annotations"]["summary"].endswith(".")
            assert alert["annotations"]["description"].strip().endswith(".")
            assert alert["labels"]["severity"] in {"critical", "warning"}
            assert alert["labels"]["team"] == "ml"

    def test_without_a_place_for_the_runbook_none_is_named(self, render: Render) -> None:
        alerts = _alerts(render({"metrics": {"prometheusRule": {"enabled": True}}}))
        assert all("runbook_url" not in alert["annotations"] for alert in alerts.values())

    def test_the_values_are_their_thresholds(self, render: Render) -> None:
        values = {
            "enabled": True,
            "denialRatio": 0.25,
            "certificateDays": 14,
            "latencyRatio": 0.4,
            "noReviewsFor": "3d",
        }
        alerts = _alerts(render({"webhook": {"timeoutSeconds": 5}, "metrics": {"prometheusRule": values}}))
        assert alerts["SealgateDeniesMuch"]["expr"].endswith("> 0.25")
        assert alerts["SealgateSlow"]["expr"].endswith("> 2")
        assert alerts["SealgateCertificateEnds"]["expr"].endswith("< 14 * 86400")
        assert alerts["SealgateCAEnds"]["expr"].endswith("< 14 * 86400")
        assert "[3d]" in alerts["SealgateNotAsked"]["expr"]

    def test_nobody_is_alarmed_about_what_is_not_there(self, render: Render) -> None:
        rule = {"enabled": True, "noReviewsFor": ""}
        assert "SealgateNotAsked" not in _alerts(render({"metrics": {"prometheusRule": rule}}))
        without = _alerts(render({"webhook": {"enabled": False}, "metrics": {"prometheusRule": {"enabled": True}}}))
        assert not {"SealgateNotAsked", "SealgateNotReached"} & without.keys()

    @pytest.mark.parametrize(("policy", "consequence"), [("Fail", "refused"), ("Ignore", "let in unjudged")])
    def test_the_description_says_what_the_failure_policy_means(
        self, render: Render, policy: str, consequence: str
    ) -> None:
        values = {"webhook": {"failurePolicy": policy}, "metrics": {"prometheusRule": {"enabled": True}}}
        assert consequence in _alerts(render(values))["SealgateDown"]["annotations"]["description"]

    def test_where_aws_is_not_asked_nobody_is_told_of_it(self, render: Render) -> None:
        assert "SealgateAWSDoesNotTell" not in _alerts(render({"metrics": {"prometheusRule": {"enabled": True}}}))

    def test_rules_of_the_user_come_last(self, render: Render) -> None:
        own = {"alert": "Own", "expr": "vector(1)"}
        rule = render({"metrics": {"prometheusRule": {"enabled": True, "extraRules": [own]}}}).one("PrometheusRule")
        assert rule["spec"]["groups"][0]["rules"][-1] == own


class TestDashboard:
    @pytest.fixture
    def dashboard(self, monitored: Rendered) -> Manifest:
        content: Manifest = json.loads(monitored.one("ConfigMap", "sealgate-dashboard")["data"]["sealgate.json"])
        return content

    def test_each_query_parses_and_is_about_metrics_that_there_are(
        self, dashboard: Manifest, counted: set[str]
    ) -> None:
        queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
        assert len(queries) >= len(dashboard["panels"]) > 10
        for query in queries:
            for name, value in VARIABLES.items():
                query = query.replace(name, value)  # noqa: PLW2901 the same query, as Grafana sends it
            assert _metrics(query) <= counted | OF_THE_API_SERVER | {"up"}

    def test_panels_have_their_place_and_say_what_they_show(self, dashboard: Manifest) -> None:
        places = [panel["gridPos"] for panel in dashboard["panels"]]
        cells = [
            (x, y)
            for place in places
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        ]
        assert len(set(cells)) == len(cells)
        assert max(x for x, _ in cells) < 24
        assert all(panel["title"] and panel["description"].endswith(".") for panel in dashboard["panels"])
        assert len({panel["id"] for panel in dashboard["panels"]}) == len(places)

    def test_grafanas_sidecar_finds_it(self, monitored: Rendered) -> None:
        metadata = monitored.one("ConfigMap", "sealgate-dashboard")["metadata"]
        assert metadata["labels"]["grafana_dashboard"] == "1"
        assert metadata["annotations"] == {"grafana_folder": "Admission"}


class TestScrapes:
    def test_they_verify_the_certificate_of_the_service(self, monitored: Rendered) -> None:
        (endpoint,) = monitored.one("ServiceMonitor")["spec"]["endpoints"]
        assert (endpoint["scheme"], endpoint["path"]) == ("https", "/metrics")
        assert endpoint["port"] in [port["name"] for port in monitored.one("Service")["spec"]["ports"]]
        assert endpoint["tlsConfig"]["serverName"] == f"sealgate.{NAMESPACE}.svc"
        assert endpoint["tlsConfig"]["ca"] == {"secret": {"name": "sealgate-tls", "key": "ca.crt"}}

    def test_a_secret_without_a_ca_leaves_it_to_prometheus(self, render: Render) -> None:
        rendered = render(
            {
                "tls": {"mode": "existingSecret", "existingSecret": {"name": "own"}},
                "metrics": {"serviceMonitor": {"enabled": True}},
            }
        )
        (endpoint,) = rendered.one("ServiceMonitor")["spec"]["endpoints"]
        assert "ca" not in endpoint["tlsConfig"]

    def test_prometheus_finds_both_by_their_labels(self, monitored: Rendered) -> None:
        for kind in ("ServiceMonitor", "PrometheusRule"):
            assert monitored.one(kind)["metadata"]["labels"]["release"] == "prometheus"


def test_the_runbook_names_metrics_that_there_are(counted: set[str]) -> None:
    named = set(re.findall(r"\bsealgate_[a-z_]+", (CHART / "README.md").read_text()))
    assert named
    assert named <= counted


def test_metrics_are_off_by_default(default: Rendered) -> None:
    assert not [kind for kind in ("ServiceMonitor", "PrometheusRule") if default.has(kind)]
    assert not [one for one in default.all("ConfigMap") if "dashboard" in one["metadata"]["name"]]
