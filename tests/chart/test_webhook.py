"""The webhook's configuration: what is judged, how the API server asks, and by which CA it believes the answer."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.chart.conftest import CHART, NAMESPACE, ROOT, ChartRefusedError

from sealgate.generate.chart import plural

if TYPE_CHECKING:
    from tests.chart.conftest import Render, Rendered

CRDS = ROOT.parent / "shared/data/ack-crds"
EXEMPT = {"key": "kubernetes.io/metadata.name", "operator": "NotIn"}


def test_it_is_one_of_the_kind_that_admission_review_v1_asks_for(default: Rendered) -> None:
    webhook = default.webhook
    assert webhook["admissionReviewVersions"] == ["v1"]
    assert webhook["sideEffects"] == "None"
    assert webhook["matchPolicy"] == "Equivalent"
    assert webhook["clientConfig"]["service"]["path"] == "/v1/admit"
    assert webhook["clientConfig"]["service"]["name"] == default.one("Service")["metadata"]["name"]
    assert webhook["clientConfig"]["service"]["namespace"] == NAMESPACE


def test_it_fails_closed_and_soon(default: Rendered) -> None:
    assert (default.webhook["failurePolicy"], default.webhook["timeoutSeconds"]) == ("Fail", 3)


def test_it_never_judges_the_releases_own_namespace(default: Rendered, render: Render) -> None:
    assert default.webhook["namespaceSelector"] == {
        "matchExpressions": [{**EXEMPT, "values": [NAMESPACE, "kube-system"]}],
    }
    for exempt in ([], [NAMESPACE], ["other"]):
        (expression,) = render({"webhook": {"exemptNamespaces": exempt}}).webhook["namespaceSelector"][
            "matchExpressions"
        ]
        assert expression["values"] == [NAMESPACE, *(one for one in exempt if one != NAMESPACE)]


def test_namespaces_can_opt_in_and_out(render: Render) -> None:
    out = {"key": "environment", "operator": "NotIn", "values": ["sandbox"]}
    selector = {"matchLabels": {"judged": "true"}, "matchExpressions": [out]}
    shown = render({"webhook": {"namespaceSelector": selector}}).webhook["namespaceSelector"]
    assert shown["matchLabels"] == {"judged": "true"}
    assert shown["matchExpressions"] == [{**EXEMPT, "values": [NAMESPACE, "kube-system"]}, out]


def test_an_opt_in_is_taken_back_by_null(render: Render) -> None:
    assert (
        "matchLabels"
        not in render({"webhook": {"namespaceSelector": {"matchLabels": None}}}).webhook["namespaceSelector"]
    )


def test_conditions_are_passed_on(default: Rendered, render: Render) -> None:
    conditions = [{"name": "not-me", "expression": "request.userInfo.username != 'me'"}]
    assert render({"webhook": {"matchConditions": conditions}}).webhook["matchConditions"] == conditions
    assert "matchConditions" not in default.webhook


def test_without_it_there_is_only_the_service(render: Render) -> None:
    rendered = render({"webhook": {"enabled": False}})
    assert not rendered.has("ValidatingWebhookConfiguration")
    assert rendered.has("Service")


class TestRules:
    def test_they_are_of_creates_and_updates_in_every_version(self, default: Rendered) -> None:
        for rule in default.webhook["rules"]:
            assert rule["operations"] == ["CREATE", "UPDATE"]
            assert rule["apiVersions"] == ["*"]
            assert rule["scope"] == "*"
            # Neither all groups nor all resources, and no subresource: a status is never judged.
            assert not [one for one in (*rule["apiGroups"], *rule["resources"]) if "*" in one or "/" in one]

    def test_they_name_every_kind_that_the_tables_know_and_no_other(self, default: Rendered) -> None:
        known = {
            (kind.partition("/")[0], plural(kind.partition("/")[2]))
            for table in ROOT.glob("policies/sealgate/data/kubernetes_*/data.json")
            for kind in json.loads(table.read_text())
        }
        named = [
            (group, resource)
            for rule in default.webhook["rules"]
            for group in rule["apiGroups"]
            for resource in rule["resources"]
        ]
        assert set(named) == known
        assert len(named) == len(known)
        assert ("sagemaker.services.k8s.aws", "trainingjobs") in known

    @pytest.mark.skipif(not CRDS.is_dir(), reason="the CRDs of ACK are not beside this checkout")
    def test_their_resources_are_those_of_the_definitions_of_ack(self, default: Rendered) -> None:
        defined = {
            (spec["group"], spec["names"]["plural"])
            for path in CRDS.glob("*/*.yaml")
            for spec in [yaml.safe_load(path.read_text())["spec"]]
        }
        groups = {group for group, _ in defined}
        named = {
            (group, resource)
            for rule in default.webhook["rules"]
            for group in set(rule["apiGroups"]) & groups
            for resource in rule["resources"]
        }
        assert len(named) > 20
        assert named <= defined

    def test_kinds_of_ones_own_come_after_them(self, default: Rendered, render: Render) -> None:
        own = {"apiGroups": ["ml.example.com"], "resources": ["trainingruns"]}
        narrow = {**own, "apiVersions": ["v1"], "scope": "Namespaced"}
        rules = render({"webhook": {"rules": {"extra": [own, narrow]}}}).webhook["rules"]
        assert rules[:-2] == default.webhook["rules"]
        assert rules[-2] == {**own, "apiVersions": ["*"], "operations": ["CREATE", "UPDATE"], "scope": "*"}
        assert rules[-1] == {**narrow, "operations": ["CREATE", "UPDATE"]}

    @pytest.mark.parametrize(
        "rule",
        [
            {"apiGroups": ["*"], "resources": ["pods"]},
            {"apiGroups": [""], "resources": ["*"]},
            {"apiGroups": ["ml.example.com"], "resources": ["trainingruns/status"]},
            {"apiGroups": ["ml.example.com"]},
            {"apiGroups": ["ml.example.com"], "resources": ["trainingruns"], "operations": ["DELETE"]},
        ],
    )
    def test_a_rule_that_would_match_too_much_is_refused(self, render: Render, rule: dict[str, Any]) -> None:
        with pytest.raises(ChartRefusedError, match="/webhook/rules/extra/0"):
            render({"webhook": {"rules": {"extra": [rule]}}})


class TestAuthority:
    def test_self_signed_is_the_ca_of_the_secret(self, default: Rendered) -> None:
        bundle = default.webhook["clientConfig"]["caBundle"]
        assert bundle == default.one("Secret", "sealgate-ca")["data"]["tls.crt"]
        assert bundle == default.one("Secret", "sealgate-tls")["data"]["ca.crt"]

    def test_an_existing_secrets_is_that_of_the_values(self, render: Render) -> None:
        ca = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        rendered = render({"tls": {"mode": "existingSecret", "existingSecret": {"name": "own", "caBundle": ca}}})
        assert base64.b64decode(rendered.webhook["clientConfig"]["caBundle"]).decode() == ca
        assert not rendered.has("Secret")

    def test_an_existing_secret_may_leave_it_to_the_api_server_or_to_an_annotation(self, render: Render) -> None:
        injected = {"cert-manager.io/inject-ca-from-secret": "other/ca"}
        rendered = render(
            {"tls": {"mode": "existingSecret", "existingSecret": {"name": "own"}}, "webhook": {"annotations": injected}}
        )
        assert "caBundle" not in rendered.webhook["clientConfig"]
        assert rendered.one("ValidatingWebhookConfiguration")["metadata"]["annotations"] == injected

    def test_cert_manager_puts_it_in(self, render: Render) -> None:
        rendered = render({"tls": {"mode": "certManager"}})
        certificate = rendered.one("Certificate", "sealgate")["metadata"]
        annotations = rendered.one("ValidatingWebhookConfiguration")["metadata"]["annotations"]
        assert annotations["cert-manager.io/inject-ca-from"] == f"{certificate['namespace']}/{certificate['name']}"
        assert "caBundle" not in rendered.webhook["clientConfig"]


def test_the_guarded_kinds_are_a_file_of_the_chart() -> None:
    rules = json.loads((CHART / "files/guarded.json").read_text())
    assert all(rule.keys() == {"apiGroups", "resources"} for rule in rules)
