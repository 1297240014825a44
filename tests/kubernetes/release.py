"""The chart, installed by helm, and the containers of its pod, run as programs of this machine."""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import yaml
from tests.engine_fixtures import ROOT
from tests.kubernetes.processes import TOOLS, Program, free_port
from tests.kubernetes.service import answers
from tests.kubernetes.webhooks import CHART

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.kubernetes.client import Client

NAME = "sealgate"

_ENTRYPOINTS: dict[str, Sequence[str | Path]] = {
    "sealgate": (sys.executable, "-m", "sealgate"),
    "opa": (TOOLS / "opa",),
}
# Runs a script where every name is that of one address.
_AT_ADDRESS = """
import runpy, socket, sys
address, *sys.argv = sys.argv[1:]
found = socket.getaddrinfo
socket.getaddrinfo = lambda _, *rest, **options: found(address, *rest, **options)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
_POLICIES_OF_IMAGE = "/usr/share/sealgate/policies"


class Release:
    """A release of the chart in a namespace of its own.

    No node runs its pods. But its service has an address of this machine, because the API server gives out addresses of
    the loopback network: what runs there is reached through the webhook just as it is registered.
    """

    def __init__(self, client: Client, namespace: str, folder: Path) -> None:
        self.client = client
        self.namespace = namespace
        self.port = free_port()
        self.folder = folder
        self._homes = {f"HELM_{kind}_HOME": str(folder / "helm") for kind in ("CACHE", "CONFIG", "DATA")}

    def deploy(self, *options: str | Path) -> None:
        """Install it, or upgrade what is installed."""
        ports = f"--set=server.port={self.port},service.port={self.port}"
        self._helm("upgrade", "--install", NAME, CHART, ports, *options)

    def uninstall(self) -> None:
        """Uninstall it, if it is installed."""
        self._helm("uninstall", NAME, "--ignore-not-found")

    def objects(self, part: str = "manifest") -> list[dict[str, Any]]:
        """Return its objects, or those of its hooks, as the chart rendered them."""
        return [made for made in yaml.safe_load_all(self._helm("get", part, NAME)) if made]

    def rendered(self, kind: str) -> dict[str, Any]:
        """Return the one object of a kind that the chart rendered."""
        (found,) = (made for made in self.objects() if made["kind"] == kind)
        return found

    def get(self, kind: str, name: str = NAME) -> dict[str, Any]:
        """Return an object as the API server has it."""
        got = self.client.kubectl("get", kind, name, f"--namespace={self.namespace}", "--output=json")
        assert got.returncode == 0, got.stderr
        return dict(json.loads(got.stdout))

    def secret(self, name: str) -> dict[str, bytes]:
        """Return the content of a secret."""
        return {member: base64.b64decode(text) for member, text in self.get("secret", name)["data"].items()}

    def put_secret(self, name: str, content: dict[str, bytes]) -> None:
        """Make a secret."""
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name},
            "type": "kubernetes.io/tls" if "tls.key" in content else "Opaque",
            "data": {member: base64.b64encode(text).decode() for member, text in content.items()},
        }
        answer = self.client.request("POST", f"/api/v1/namespaces/{self.namespace}/secrets", body)
        assert answer.status == 201, answer.message

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the containers of a pod meanwhile, at the address of the service."""
        pod = self.get("deployment")["spec"]["template"]["spec"]
        mounts = {volume["name"]: self._mounted(volume) for volume in pod["volumes"]}
        with ExitStack() as stack:
            for container in pod.get("initContainers", ()):
                if "command" in container:
                    subprocess.run(self._command(container, mounts), check=True)
                else:
                    stack.callback(self._start(container, mounts).kill)
            (container,) = pod["containers"]
            program = self._start(container, mounts)
            stack.callback(program.kill)
            program.wait_until(lambda: answers(f"https://{self._address}:{self.port}/readyz"))
            yield

    def test(self) -> None:
        """Do what `helm test` does: run its pod to its end."""
        for pod in (made for made in self.objects("hooks") if made["kind"] == "Pod"):
            mounts = {volume["name"]: self._mounted(volume) for volume in pod["spec"]["volumes"]}
            (container,) = pod["spec"]["containers"]
            _, script, *arguments = self._command(container, mounts)
            command = [sys.executable, "-c", _AT_ADDRESS, self._address, script, *arguments]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr

    @property
    def _address(self) -> str:
        return str(self.get("service")["spec"]["clusterIP"])

    def _start(self, container: dict[str, Any], mounts: dict[str, Path]) -> Program:
        """Start a container that stays."""
        entrypoint, *arguments = self._command(container, mounts)
        variables = {variable["name"]: variable["value"] for variable in container.get("env", ())}
        return Program(
            container["name"],
            [*_ENTRYPOINTS[entrypoint], *arguments],
            log=self.folder / f"{container['name']}.log",
            env={
                "PATH": os.environ["PATH"],
                **{name: self._here(text, container, mounts) for name, text in variables.items()},
            },
        )

    def _command(self, container: dict[str, Any], mounts: dict[str, Path]) -> list[str]:
        """Return the command line of a container, where its image runs a program by the container's own name."""
        of_this_machine = {
            "--host=0.0.0.0": f"--host={self._address}",
            "--diagnostic-addr=:8282": "--diagnostic-addr=127.0.0.1:0",
        }
        command = [*container.get("command", [container["name"]]), *container.get("args", ())]
        return [self._here(of_this_machine.get(part, part), container, mounts) for part in command]

    def _here(self, text: str, container: dict[str, Any], mounts: dict[str, Path]) -> str:
        """Return a text with the folders of this machine for those of a container."""
        folders = {mount["mountPath"]: str(mounts[mount["name"]]) for mount in container["volumeMounts"]}
        folders[_POLICIES_OF_IMAGE] = str(ROOT / "policies")
        # All at once: what one is replaced by may begin like another one.
        longest_first = sorted(folders, key=len, reverse=True)
        inside = re.compile("|".join(f"{re.escape(folder)}(?=/|$)" for folder in longest_first))
        return inside.sub(lambda match: folders[match[0]], text)

    def _mounted(self, volume: dict[str, Any]) -> Path:
        """Return a folder with what a volume holds."""
        folder = self.folder / "volumes" / str(volume["name"])
        folder.mkdir(parents=True, exist_ok=True)
        content: dict[str, bytes] = {}
        if "configMap" in volume:
            content = {name: text.encode() for name, text in self._config_map(volume["configMap"]["name"]).items()}
        elif "secret" in volume:
            content = self.secret(volume["secret"]["secretName"])
        for name, text in content.items():
            (folder / name).write_bytes(text)
        return folder

    def _config_map(self, name: str) -> dict[str, str]:
        """Return the content of a ConfigMap, also of one that a hook would make."""
        hooks = (
            made for made in self.objects("hooks") if (made["kind"], made["metadata"]["name"]) == ("ConfigMap", name)
        )
        made = next(hooks, None) or self.get("configmap", name)
        data: dict[str, str] = made["data"]
        return data

    def _helm(self, *arguments: str | Path) -> str:
        done = subprocess.run(
            [
                *(TOOLS / "helm", *arguments),
                f"--kubeconfig={self.client.kubeconfig}",
                f"--namespace={self.namespace}",
            ],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **self._homes},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
