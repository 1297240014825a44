"""Measure reviews answered by the service, over TLS under gunicorn: with the embedded engine, and with an OPA server.

Usage: python benchmarks/admission.py

Both services run at once and take turns; the clients keep their connections, as API servers do, and share the machine
with them. Exits with 1 where an answer is wrong.
"""

# ruff: noqa: INP001, S603, T201 a script that runs our own programs and prints what it measures

from __future__ import annotations

import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import trustme

from engines import Measured, opa_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

WORKERS = (1, 2)
THREADS = 8
CLIENTS = 8
ROUNDS = 5
REVIEWS_A_ROUND = 400
START_S = 60

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
JOB: dict[str, Any] = {
    "apiVersion": "sagemaker.services.k8s.aws/v1alpha1",
    "kind": "TrainingJob",
    "metadata": {"name": "churn", "namespace": "team-a", "labels": {"team": "a"}},
    "spec": {
        "trainingJobName": "churn",
        "roleARN": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
        "algorithmSpecification": {
            "trainingImage": "111122223333.dkr.ecr.us-west-2.amazonaws.com/churn:1",
            "trainingInputMode": "File",
        },
        "inputDataConfig": [
            {
                "channelName": "train",
                "dataSource": {"s3DataSource": {"s3DataType": "S3Prefix", "s3URI": "s3://my-bucket/train/"}},
            }
        ],
        "outputDataConfig": {"s3OutputPath": "s3://my-bucket/out/", "kmsKeyID": KEY},
        "resourceConfig": {
            "instanceType": "ml.m5.xlarge",
            "instanceCount": 1,
            "volumeSizeInGB": 50,
            "volumeKMSKeyID": KEY,
        },
        "stoppingCondition": {"maxRuntimeInSeconds": 3600},
        "enableInterContainerTrafficEncryption": True,
    },
}
SETTINGS = {"context": {"region": "us-west-2", "account": "111122223333"}}
VERDICTS = {KEY: True, "not a key": False}


def main() -> int:
    """Print what was measured; return 1 where an answer was wrong."""
    wrong = 0
    with tempfile.TemporaryDirectory() as name, opa_server() as url:
        for workers in WORKERS:
            home = Path(name) / str(workers)
            home.mkdir()
            engines = {"embedded": ("--engine=embedded",), "OPA server": ("--engine=opa", f"--opa-url={url}")}
            with ExitStack() as stack:
                services = {
                    engine: stack.enter_context(service(home / engine, workers, options))
                    for engine, options in engines.items()
                }
                wrong += compare(services, workers)
    return min(wrong, 1)


def compare(services: Mapping[str, tuple[int, ssl.SSLContext]], workers: int) -> int:
    """Let the services take turns, print a line for each, and return how many answers were wrong."""
    measured = {name: Measured() for name in services}
    wrong = 0
    for name, (port, trust) in services.items():
        wrong += measure(port, trust, Measured())
        del name
    for _ in range(ROUNDS):
        for name, (port, trust) in services.items():
            wrong += measure(port, trust, measured[name])
    told = f"{workers} worker{'s' if workers > 1 else ''}, {CLIENTS} clients"
    print(f"\n{told:<21}{'median':>10}{'99th':>12}{'a second':>11}")
    for name, of in measured.items():
        print(f"{name:<20}{of.median_ms:>8.1f} ms{of.p99_ms:>9.1f} ms{of.a_second:>11.0f}")
    if wrong:
        print(f"{wrong} answers were wrong")
    return wrong


def measure(port: int, trust: ssl.SSLContext, measured: Measured) -> int:
    """Add one round of reviews, asked by all clients at once; return how many answers were wrong."""
    reviews = [(review(key), allowed) for key, allowed in VERDICTS.items()]

    def work(_: int) -> tuple[list[float], int]:
        took, wrong = [], 0
        with closing(http.client.HTTPSConnection("127.0.0.1", port, context=trust)) as connection:
            for number in range(REVIEWS_A_ROUND // CLIENTS):
                body, allowed = reviews[number % len(reviews)]
                started = time.perf_counter()
                connection.request("POST", "/v1/admit?timeout=3s", body, {"Content-Type": "application/json"})
                answer = connection.getresponse().read()
                took.append(time.perf_counter() - started)
                wrong += json.loads(answer)["response"]["allowed"] is not allowed
        return took, wrong

    with ThreadPoolExecutor(CLIENTS) as pool:
        started = time.perf_counter()
        rounds = list(pool.map(work, range(CLIENTS)))
        measured.elapsed += time.perf_counter() - started
    measured.calls += [call for took, _ in rounds for call in took]
    return sum(wrong for _, wrong in rounds)


def review(key: str) -> bytes:
    """Return a review of a job with a key, as an API server writes it."""
    spec = {**JOB["spec"], "outputDataConfig": {**JOB["spec"]["outputDataConfig"], "kmsKeyID": key}}
    request = {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "kind": {"group": "sagemaker.services.k8s.aws", "version": "v1alpha1", "kind": "TrainingJob"},
        "resource": {"group": "sagemaker.services.k8s.aws", "version": "v1alpha1", "resource": "trainingjobs"},
        "name": "churn",
        "namespace": "team-a",
        "operation": "CREATE",
        "userInfo": {"username": "ml-platform", "groups": ["system:authenticated"]},
        "object": {**JOB, "spec": spec},
        "oldObject": None,
        "dryRun": False,
        "options": {"kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"},
    }
    return json.dumps({"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}).encode()


@contextmanager
def service(home: Path, workers: int, options: tuple[str, ...]) -> Iterator[tuple[int, ssl.SSLContext]]:
    """Run a service meanwhile; give its port, and what trusts its certificate."""
    home.mkdir()
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1")
    leaf.private_key_pem.write_to_path(str(home / "tls.key"))
    leaf.cert_chain_pems[0].write_to_path(str(home / "tls.crt"))
    (home / "sealgate.yaml").write_text(json.dumps(SETTINGS), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command: list[str | Path] = [Path(sys.executable).with_name("sealgate"), "serve", f"--port={port}", *options]
    command += [f"--workers={workers}", f"--threads={THREADS}", f"--settings={home / 'sealgate.yaml'}"]
    command += [f"--tls-cert={home / 'tls.crt'}", f"--tls-key={home / 'tls.key'}"]
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    # Both kinds of services are to write their logs, and neither is to wait for whoever reads them.
    with (home / "log").open("wb") as log:
        running = subprocess.Popen(command, stdout=log, stderr=log, env=os.environ | {"XDG_CACHE_HOME": str(home)})
        try:
            wait(port, trust, running)
            yield port, trust
        finally:
            running.terminate()
            running.wait()


def wait(port: int, trust: ssl.SSLContext, running: subprocess.Popen[bytes]) -> None:
    """Return once the service is ready."""
    deadline = time.monotonic() + START_S
    while True:
        try:
            with closing(http.client.HTTPSConnection("127.0.0.1", port, context=trust, timeout=2)) as connection:
                connection.request("GET", "/readyz")
                if connection.getresponse().status == http.client.OK:
                    return
        except OSError:
            pass
        if running.poll() is not None or time.monotonic() > deadline:
            sys.exit("the service does not answer")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
