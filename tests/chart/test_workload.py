"""The pods: what they run, as whom, where, and what reaches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.chart.conftest import CHART, NAMESPACE, RELEASE, ChartRefusedError

if TYPE_CHECKING:
    from tests.chart.conftest import Manifest, Render, Rendered


def _containers(pod: Manifest) -> list[Manifest]:
    return [*pod.get("initContainers", []), *pod["containers"]]


def _environment(container: Manifest) -> dict[str, Any]:
    return {one["name"]: one.get("value") for one in container.get("env", [])}


@pytest.fixture(scope="module")
def with_opa(render: Render) -> Rendered:
    return render({"opa": {"enabled": True}})


class TestPodSecurity:
    """The restricted standard, member by member, for every pod that the chart makes."""

    @pytest.fixture(params=["default", "with_opa"])
    def rendered(self, request: pytest.FixtureRequest) -> Rendered:
        found: Rendered = request.getfixturevalue(request.param)
        return found

    @pytest.fixture
    def pods(self, rendered: Rendered) -> list[Manifest]:
        return [rendered.pod, rendered.one("Pod")["spec"]]

    def test_the_user_is_a_number_and_not_root(self, pods: list[Manifest]) -> None:
        for pod in pods:
            context = pod["securityContext"]
            assert context["runAsNonRoot"] is True
            assert context["runAsUser"] >= 10000
            assert context["seccompProfile"] == {"type": "RuntimeDefault"}

    def test_no_container_may_more_than_it_must(self, pods: list[Manifest]) -> None:
        for container in [one for pod in pods for one in _containers(pod)]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
                "privileged": False,
                "readOnlyRootFilesystem": True,
                "runAsNonRoot": True,
                "seccompProfile": {"type": "RuntimeDefault"},
            }

    def test_volumes_are_of_the_restricted_kinds(self, pods: list[Manifest]) -> None:
        for volume in [one for pod in pods for one in pod["volumes"]]:
            (kind,) = volume.keys() - {"name"}
            assert kind in {"configMap", "emptyDir", "projected", "secret"}

    def test_what_is_no_empty_folder_is_mounted_read_only(self, pods: list[Manifest]) -> None:
        for pod in pods:
            empty = {volume["name"] for volume in pod["volumes"] if "emptyDir" in volume}
            for mount in [one for container in _containers(pod) for one in container["volumeMounts"]]:
                assert mount.get("readOnly", False) or mount["name"] in empty, mount

    def test_every_mount_has_its_volume_and_no_mount_is_in_another(self, pods: list[Manifest]) -> None:
        for pod in pods:
            volumes = {volume["name"] for volume in pod["volumes"]}
            for container in _containers(pod):
                paths = [mount["mountPath"] for mount in container["volumeMounts"]]
                assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
                # The container runtime could not make the folder of the inner one in a volume that is read-only.
                assert not [(a, b) for a in paths for b in paths if b.startswith(f"{a}/")]

    def test_there_is_no_token_and_no_variable_of_other_services(self, pods: list[Manifest]) -> None:
        assert all(pod["automountServiceAccountToken"] is False for pod in pods)
        assert all(pod["enableServiceLinks"] is False for pod in pods)

    def test_every_container_says_what_it_takes(self, pods: list[Manifest]) -> None:
        for container in [one for pod in pods for one in _containers(pod)]:
            resources = container["resources"]
            assert {"cpu", "memory", "ephemeral-storage"} <= resources["requests"].keys()
            assert {"memory", "ephemeral-storage"} <= resources["limits"].keys()
            assert "cpu" not in resources["limits"]


class TestSelection:
    def test_the_service_the_budget_and_the_rest_select_the_pods_that_serve_and_no_other(self, render: Render) -> None:
        rendered = render(
            {
                "networkPolicy": {"enabled": True},
                "metrics": {"serviceMonitor": {"enabled": True}},
                "podLabels": {"a": "b"},
            }
        )
        selectors = [
            rendered.deployment["spec"]["selector"]["matchLabels"],
            rendered.one("Service")["spec"]["selector"],
            rendered.one("PodDisruptionBudget")["spec"]["selector"]["matchLabels"],
            rendered.one("NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
        ]
        serving = rendered.deployment["spec"]["template"]["metadata"]["labels"]
        testing = rendered.one("Pod")["metadata"]["labels"]
        for selector in selectors:
            assert selector.items() <= serving.items()
            assert not selector.items() <= testing.items()
        monitored = rendered.one("ServiceMonitor")["spec"]["selector"]["matchLabels"]
        assert monitored.items() <= rendered.one("Service")["metadata"]["labels"].items()

    def test_selectors_do_not_hold_what_an_upgrade_changes(self, default: Rendered, render: Render) -> None:
        changed = render({"podLabels": {"team": "ml"}, "commonLabels": {"cost": "7"}, "image": {"tag": "9"}})
        assert changed.deployment["spec"]["selector"] == default.deployment["spec"]["selector"]

    def test_a_label_of_the_user_never_replaces_one_that_selects(self, render: Render) -> None:
        name = "app.kubernetes.io/name"
        rendered = render({"podLabels": {name: "other"}, "commonLabels": {name: "other"}})
        labels = rendered.deployment["spec"]["template"]["metadata"]["labels"]
        assert labels[name] == rendered.one("Service")["spec"]["selector"][name] == "sealgate"


class TestNames:
    def test_a_release_that_is_called_sealgate_is_not_named_twice(self, default: Rendered, render: Render) -> None:
        assert default.deployment["metadata"]["name"] == "sealgate"
        assert render(release="gate").deployment["metadata"]["name"] == "gate-sealgate"
        assert render({"nameOverride": "guard"}, release="gate").deployment["metadata"]["name"] == "gate-guard"
        assert render({"fullnameOverride": "guard"}).deployment["metadata"]["name"] == "guard"

    @pytest.mark.parametrize("length", [53, 44, 45])
    def test_no_name_of_a_label_is_too_long(self, render: Render, length: int) -> None:
        everything = yaml.safe_load((CHART / "ci/production-values.yaml").read_text())
        rendered = render(everything, release="r" * length)
        for manifest in rendered.objects:
            name = manifest["metadata"]["name"]
            assert len(name) <= (253 if manifest["kind"] == "ValidatingWebhookConfiguration" else 63)
            assert not name.endswith("-")
            assert all(len(value) <= 63 for value in manifest["metadata"]["labels"].values())
        names = [(one["kind"], one["metadata"]["name"]) for one in rendered.objects]
        assert len(set(names)) == len(names)

    def test_what_belongs_to_no_namespace_is_named_after_one(self, default: Rendered) -> None:
        assert default.one("ValidatingWebhookConfiguration")["metadata"]["name"] == f"{RELEASE}.{NAMESPACE}"

    def test_everything_else_is_in_the_releases_namespace(self, default: Rendered) -> None:
        for manifest in default.objects:
            if manifest["kind"] != "ValidatingWebhookConfiguration":
                assert manifest["metadata"]["namespace"] == NAMESPACE

    def test_common_labels_and_annotations_are_on_everything(self, render: Render) -> None:
        rendered = render({"commonLabels": {"team": "ml"}, "commonAnnotations": {"contact": "ml"}})
        metadata = [*(one["metadata"] for one in rendered.objects), rendered.deployment["spec"]["template"]["metadata"]]
        assert all(one["labels"]["team"] == "ml" and one["annotations"]["contact"] == "ml" for one in metadata)


class TestContainer:
    def test_its_image_is_the_charts_version_or_what_the_values_say(self, default: Rendered, render: Render) -> None:
        assert default.container["image"] == "sealgate:0.1.0"
        assert render({"image": {"tag": "2"}}).container["image"] == "sealgate:2"
        digest = "sha256:" + "0" * 64
        assert render({"image": {"tag": "2", "digest": digest}}).container["image"] == f"sealgate@{digest}"
        assert render({"image": {"tag": "2"}}).one("Pod")["spec"]["containers"][0]["image"] == "sealgate:2"

    def test_probes_ask_over_tls_and_only_readiness_asks_the_engine(self, default: Rendered) -> None:
        for probe, path in (("startupProbe", "/healthz"), ("readinessProbe", "/readyz"), ("livenessProbe", "/healthz")):
            assert default.container[probe]["httpGet"] == {"path": path, "port": "https", "scheme": "HTTPS"}

    def test_the_port_is_that_of_the_service(self, render: Render) -> None:
        rendered = render({"server": {"port": 9443}, "service": {"port": 8443}})
        (port,) = rendered.container["ports"]
        (service,) = rendered.one("Service")["spec"]["ports"]
        assert (port["name"], port["containerPort"]) == ("https", 9443)
        assert (service["targetPort"], service["port"]) == ("https", 8443)
        assert "--port=9443" in rendered.container["args"]
        assert rendered.webhook["clientConfig"]["service"]["port"] == 8443
        assert "--port=8443" in rendered.one("Pod")["spec"]["containers"][0]["args"]

    def test_it_has_the_time_to_drain_and_to_finish(self, render: Render) -> None:
        rendered = render({"server": {"drainSeconds": 20}})
        assert "--drain-seconds=20" in rendered.container["args"]
        assert rendered.pod["terminationGracePeriodSeconds"] >= 20 + 30

    def test_its_deadline_is_the_webhooks(self, render: Render) -> None:
        rendered = render({"webhook": {"timeoutSeconds": 7}})
        assert _environment(rendered.container)["SEALGATE_ADMISSION_DEADLINE_S"] == "7"
        assert rendered.webhook["timeoutSeconds"] == 7

    def test_settings_are_its_file_and_pods_are_replaced_when_they_change(
        self, default: Rendered, render: Render
    ) -> None:
        rendered = render({"settings": {"unverified": "deny"}})
        assert yaml.safe_load(rendered.one("ConfigMap", "sealgate")["data"]["sealgate.yaml"]) == {"unverified": "deny"}
        (mount,) = [one for one in rendered.container["volumeMounts"] if one["name"] == "settings"]
        assert f"--settings={mount['mountPath']}/sealgate.yaml" in rendered.container["args"]
        annotations = [one.deployment["spec"]["template"]["metadata"]["annotations"] for one in (default, rendered)]
        assert annotations[0]["checksum/settings"] != annotations[1]["checksum/settings"]
        assert default.deployment == render().deployment

    def test_what_it_writes_goes_to_empty_folders(self, default: Rendered) -> None:
        mounts = {mount["mountPath"]: mount["name"] for mount in default.container["volumeMounts"]}
        volumes = {volume["name"]: volume for volume in default.pod["volumes"]}
        cache = _environment(default.container)["XDG_CACHE_HOME"]
        assert "emptyDir" in volumes[mounts[cache]]
        assert volumes[mounts["/tmp"]]["emptyDir"]["medium"] == "Memory"  # noqa: S108 the container's own

    def test_a_client_ca_is_mounted_from_either_kind(self, render: Render) -> None:
        for kind, member, key in (("ConfigMap", "configMap", "name"), ("Secret", "secret", "secretName")):
            rendered = render({"server": {"clientCA": {"kind": kind, "name": "clients", "key": "ca.pem"}}})
            (volume,) = [one for one in rendered.pod["volumes"] if one["name"] == "client-ca"]
            assert volume[member] == {key: "clients"}
            (mount,) = [one for one in rendered.container["volumeMounts"] if one["name"] == "client-ca"]
            assert f"--client-ca={mount['mountPath']}/ca.pem" in rendered.container["args"]
            # The test has no certificate to show.
            assert "--no-review" in rendered.one("Pod")["spec"]["containers"][0]["args"]

    def test_without_a_client_ca_nobody_is_asked_for_a_certificate(self, default: Rendered) -> None:
        assert not [one for one in default.container["args"] if one.startswith("--client-ca")]
        assert "--no-review" not in default.one("Pod")["spec"]["containers"][0]["args"]


class TestReplicas:
    def test_there_are_two_on_different_nodes_and_zones_and_none_goes_before_another_comes(
        self, default: Rendered
    ) -> None:
        spec = default.deployment["spec"]
        assert spec["replicas"] == 2
        assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
        labels = spec["selector"]["matchLabels"]
        (apart,) = default.pod["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]
        assert apart["podAffinityTerm"]["labelSelector"]["matchLabels"] == labels
        (spread,) = default.pod["topologySpreadConstraints"]
        assert spread["topologyKey"] == "topology.kubernetes.io/zone"
        assert spread["labelSelector"]["matchLabels"] == labels

    def test_constraints_of_the_user_count_this_releases_pods_unless_they_say_otherwise(self, render: Render) -> None:
        own = {"matchLabels": {"x": "y"}}
        constraint = {"topologyKey": "rack", "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}
        rendered = render({"topologySpreadConstraints": [constraint, {**constraint, "labelSelector": own}]})
        first, second = rendered.pod["topologySpreadConstraints"]
        assert first == constraint | {"labelSelector": {"matchLabels": rendered.one("Service")["spec"]["selector"]}}
        assert second["labelSelector"] == own

    def test_an_affinity_of_the_user_replaces_ours(self, render: Render) -> None:
        own: dict[str, Any] = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}
        assert render({"affinity": own}).pod["affinity"] == own

    def test_an_autoscaler_takes_the_number_over(self, default: Rendered, render: Render) -> None:
        rendered = render({"autoscaling": {"enabled": True, "minReplicas": 3, "maxReplicas": 4}})
        assert "replicas" not in rendered.deployment["spec"]
        spec = rendered.one("HorizontalPodAutoscaler")["spec"]
        assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 4)
        assert spec["scaleTargetRef"]["name"] == rendered.deployment["metadata"]["name"]
        assert not default.has("HorizontalPodAutoscaler")

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({}, {"maxUnavailable": 1}),
            ({"maxUnavailable": 0}, {"maxUnavailable": 0}),
            ({"maxUnavailable": "25%"}, {"maxUnavailable": "25%"}),
            ({"minAvailable": 0}, {"minAvailable": 0}),
            ({"minAvailable": 1}, {"minAvailable": 1}),
        ],
    )
    def test_a_budget_takes_zero_for_a_number(
        self, render: Render, values: dict[str, Any], expected: dict[str, Any]
    ) -> None:
        spec = render({"podDisruptionBudget": values}).one("PodDisruptionBudget")["spec"]
        assert {name: spec[name] for name in ("minAvailable", "maxUnavailable") if name in spec} == expected
        assert spec["unhealthyPodEvictionPolicy"] == "AlwaysAllow"


class TestServiceAccount:
    def test_it_is_made_with_its_annotations_and_no_token(self, render: Render) -> None:
        role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/sealgate"}
        rendered = render({"serviceAccount": {"annotations": role}})
        account = rendered.one("ServiceAccount")
        assert account["metadata"]["annotations"] == role
        assert account["automountServiceAccountToken"] is False
        assert rendered.pod["serviceAccountName"] == account["metadata"]["name"]

    def test_one_that_exists_is_used(self, render: Render) -> None:
        rendered = render({"serviceAccount": {"create": False, "name": "own"}})
        assert not rendered.has("ServiceAccount")
        assert rendered.pod["serviceAccountName"] == "own"
        assert render({"serviceAccount": {"create": False}}).pod["serviceAccountName"] == "default"


class TestOpa:
    def test_sealgate_asks_it_through_a_socket_that_no_other_pod_reaches(self, with_opa: Rendered) -> None:
        environment = _environment(with_opa.container)
        address = environment["SEALGATE_ENGINE_OPA_URL"]
        assert environment["SEALGATE_ENGINE_KIND"] == "opa"
        assert f"--addr={address}" in with_opa.opa["args"]
        folder = address.removeprefix("unix://").rpartition("/")[0]
        for container in (with_opa.container, with_opa.opa):
            assert folder in [
                mount["mountPath"] for mount in container["volumeMounts"] if mount["name"] == "opa-socket"
            ]

    def test_it_starts_before_sealgate_and_stops_after_it(self, with_opa: Rendered) -> None:
        assert with_opa.opa["restartPolicy"] == "Always"

    def test_without_bundles_it_serves_the_policies_of_the_image(self, with_opa: Rendered) -> None:
        policies, opa = with_opa.pod["initContainers"]
        assert policies["image"] == with_opa.container["image"]
        assert policies["command"][:2] == ["cp", "-R"]
        arguments = opa["args"]
        folder = arguments[arguments.index("--bundle") + 1]
        assert folder == policies["command"][-1]
        for container in (policies, opa):
            assert folder in [mount["mountPath"] for mount in container["volumeMounts"]]

    def test_with_bundles_it_takes_nothing_from_the_image(self, render: Render) -> None:
        config = {
            "services": {"s": {"url": "https://example.com"}},
            "bundles": {"b": {"service": "s", "resource": "b"}},
        }
        rendered = render({"opa": {"enabled": True, "config": config}})
        assert [one["name"] for one in rendered.pod["initContainers"]] == ["opa"]
        assert "--bundle" not in rendered.opa["args"]
        assert "policies" not in {volume["name"] for volume in rendered.pod["volumes"]}
        shown = yaml.safe_load(rendered.one("ConfigMap", "sealgate-opa")["data"]["config.yaml"])
        assert config.items() <= shown.items()
        assert shown["persistence_directory"] in [mount["mountPath"] for mount in rendered.opa["volumeMounts"]]

    def test_pods_are_replaced_when_its_configuration_changes(self, with_opa: Rendered, render: Render) -> None:
        changed = render({"opa": {"enabled": True, "config": {"decision_logs": {"console": True}}}})
        before, after = (
            one.deployment["spec"]["template"]["metadata"]["annotations"]["checksum/opa"] for one in (with_opa, changed)
        )
        assert before != after

    def test_it_logs_no_decision_unless_it_is_told_to(self, with_opa: Rendered) -> None:
        assert "decision_logs" not in with_opa.one("ConfigMap", "sealgate-opa")["data"]["config.yaml"]

    def test_without_it_nothing_of_it_is_there(self, default: Rendered) -> None:
        assert "initContainers" not in default.pod
        assert "SEALGATE_ENGINE_KIND" not in _environment(default.container)
        assert [one["metadata"]["name"] for one in default.all("ConfigMap")] == ["sealgate", "sealgate-test"]


class TestNetworkPolicy:
    def test_by_default_everyone_may_ask_and_sealgate_asks_nobody(self, render: Render) -> None:
        spec = render({"networkPolicy": {"enabled": True}}).one("NetworkPolicy")["spec"]
        assert spec["policyTypes"] == ["Ingress", "Egress"]
        assert spec["ingress"] == [{"ports": [{"port": "https", "protocol": "TCP"}]}]
        assert spec["egress"] == []

    def test_peers_shut_everyone_else_out_but_the_test(self, render: Render) -> None:
        servers = {"ipBlock": {"cidr": "192.0.2.0/24"}}
        rendered = render({"networkPolicy": {"enabled": True, "ingressFrom": [servers]}})
        (rule,) = rendered.one("NetworkPolicy")["spec"]["ingress"]
        first, test = rule["from"]
        assert first == servers
        assert test["podSelector"]["matchLabels"].items() <= rendered.one("Pod")["metadata"]["labels"].items()

    def test_egress_is_what_the_values_open(self, render: Render) -> None:
        bundles = {"to": [{"ipBlock": {"cidr": "192.0.2.7/32"}}], "ports": [{"port": 8443, "protocol": "TCP"}]}
        endpoints = [{"ipBlock": {"cidr": "198.51.100.0/24"}}]
        egress = {"dns": True, "aws": {"enabled": True, "to": endpoints}, "extra": [bundles]}
        rules = render({"networkPolicy": {"enabled": True, "egress": egress}}).one("NetworkPolicy")["spec"]["egress"]
        assert [port["port"] for rule in rules for port in rule["ports"]] == [53, 53, 443, 80, 8443]
        assert rules[1]["to"] == endpoints
        assert {"ipBlock": {"cidr": "169.254.170.23/32"}} in rules[2]["to"]
        assert rules[3] == bundles

    def test_opas_health_is_reached_as_well(self, render: Render) -> None:
        rendered = render({"networkPolicy": {"enabled": True}, "opa": {"enabled": True}})
        ports = {one["port"] for one in rendered.one("NetworkPolicy")["spec"]["ingress"][0]["ports"]}
        assert ports == {"https", *(port["name"] for port in rendered.opa["ports"])}


def test_the_hosts_network_brings_its_dns_policy(render: Render) -> None:
    rendered = render({"hostNetwork": True})
    assert (rendered.pod["hostNetwork"], rendered.pod["dnsPolicy"]) == (True, "ClusterFirstWithHostNet")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"podDisruptionBudget": {"minAvailable": 1, "maxUnavailable": 1}}, "not both"),
        ({"podDisruptionBudget": {"minAvailable": 2}}, "minAvailable (2) must be less than the number of pods (2)"),
        ({"autoscaling": {"enabled": True, "minReplicas": 4, "maxReplicas": 3}}, "must not be more than"),
        (
            {"autoscaling": {"enabled": True, "minReplicas": 3}, "podDisruptionBudget": {"minAvailable": 3}},
            "minAvailable (3) must be less than the number of pods (3)",
        ),
        ({"settings": {"drain_s": 3}}, "settings.drain_s is set by the chart: remove it and set server.drainSeconds"),
        ({"settings": {"admission": {"deadline_s": 3}}}, "set webhook.timeoutSeconds"),
        ({"settings": {"tls": {"certificate": "a", "key": "b"}}}, "settings.tls is set by the chart"),
        ({"opa": {"enabled": True}, "settings": {"engine": {"kind": "opa"}}}, "remove settings.engine.kind"),
        ({"tls": {"mode": "existingSecret"}}, "set tls.existingSecret.name"),
        (
            {"settings": {"context": {"aws": {"enabled": True}}}, "networkPolicy": {"enabled": True}},
            "set networkPolicy.egress.aws.enabled",
        ),
        ({"tls": {"selfSigned": {"days": 10, "renewBeforeDays": 10}}}, "every upgrade would make a new certificate"),
        ({"tls": {"selfSigned": {"days": 400, "caDays": 400}}}, "the CA would end before its certificate"),
    ],
)
def test_values_that_contradict_each_other_are_refused(render: Render, values: dict[str, Any], message: str) -> None:
    with pytest.raises(ChartRefusedError) as refusal:
        render(values)
    assert message in str(refusal.value)
