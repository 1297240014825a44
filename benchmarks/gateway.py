"""Measure what the gate adds: nginx that asks sealgate, against nginx that only forwards.

Usage: python benchmarks/gateway.py

Both nginx are in front of the same server, and take turns in one run. Needs Debian's nginx with njs (`make packages`).
Exits with 1 where the target is missed.
"""

# ruff: noqa: INP001, T201 a script that prints what it measures

from __future__ import annotations

import http.client
import json
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.gateway import parts  # noqa: E402 the parts of the gateway's tests, which are no package

CLIENTS = (1, 8)
ROUNDS = 10
REQUESTS_A_ROUND = 200
MOST_ADDED_S = 0.010

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CREDENTIAL = "AKIDEXAMPLE/20260630/us-west-2/sagemaker/aws4_request"
JOB = {
    "JobName": "my-job",
    "RoleArn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
    "JobCategory": "AgentRFT",
    "JobConfigSchemaVersion": "1.0.0",
    "JobConfigDocument": json.dumps(
        {"OutputDataConfig": {"S3OutputPath": "s3://amzn-s3-demo-bucket/output/", "KmsKeyArn": KEY}}
    ),
}
BODIES = {"SageMaker.CreateJob": json.dumps(JOB).encode(), "SageMaker.ListJobs": b'{"JobCategory": "AgentRFT"}'}

# What is behind both, and the nginx that only forwards.
PLAIN = """
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/client_body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    uwsgi_temp_path {folder}/uwsgi;
    upstream behind {{ server 127.0.0.1:{behind}; keepalive 64; }}
    server {{
        listen 127.0.0.1:{behind};
        location / {{ return 200 '{{}}'; }}
    }}
    server {{
        listen 127.0.0.1:{port};
        client_body_buffer_size 256k;
        location / {{
            proxy_pass http://behind$request_uri;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header Connection "";
            proxy_buffering off;
        }}
    }}
}}
"""


@dataclass
class Measured:
    """How long each request took, in seconds."""

    took: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """Half of the requests took no longer."""
        return statistics.median(self.took)

    @property
    def p99(self) -> float:
        """Of a hundred requests one took longer."""
        return statistics.quantiles(self.took, n=100)[-1]


def main() -> int:
    """Measure, print, and return the exit code."""
    if not parts.nginx_is_here():
        print(f"not measured: {parts.MISSING}")
        return 0
    with ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        port, behind = parts.free_port(), parts.free_port()
        (folder / "plain").mkdir()
        configuration = PLAIN.format(folder=folder / "plain", port=port, behind=behind)
        running.enter_context(parts.nginx_with(folder / "plain", configuration, port, port))
        sealgate = running.enter_context(parts.sealgate(folder / "sealgate"))
        gate = running.enter_context(
            parts.nginx(folder / "gate", sealgate_port=sealgate.port, upstream_port=behind, WORKERS="auto")
        )
        return reported({"nginx alone": port, "with the gate": gate.port})


def reported(ports: dict[str, int]) -> int:
    """Measure each target at each port and print what the gate adds."""
    missed = 0
    for clients in CLIENTS:
        print(f"{clients} client{'s' if clients > 1 else '':<25}   median      99th")
        for target, said in (("SageMaker.CreateJob", "CreateJob, judged"), ("SageMaker.ListJobs", "ListJobs, passed")):
            measured = {name: Measured() for name in ports}
            with ThreadPoolExecutor(clients) as pool:
                for number in range(ROUNDS + 1):
                    for name, port in ports.items():
                        took = [one for each in pool.map(round_of, [(port, target, clients)] * clients) for one in each]
                        # The first round is for whatever is made once.
                        measured[name].took += took if number else []
            for name, one in measured.items():
                print(f"{f'{said}, {name}':<34} {one.median * 1000:>5.2f} ms  {one.p99 * 1000:>6.2f} ms")
            alone, gated = measured.values()
            added = gated.median - alone.median
            print(f"{'  added':<34} {added * 1000:>5.2f} ms  {(gated.p99 - alone.p99) * 1000:>6.2f} ms")
            missed += clients == 1 and added > MOST_ADDED_S
        print()
    became = "missed" if missed else "reached"
    print(f"{became}: the gate adds at most {MOST_ADDED_S * 1000:.0f} ms in the median, 1 client")
    return min(missed, 1)


def round_of(what: tuple[int, str, int]) -> list[float]:
    """Send a client's share of a round over one connection, and return how long each request took."""
    port, target, clients = what
    body = BODIES[target]
    headers = {
        "Authorization": f"AWS4-HMAC-SHA256 Credential={CREDENTIAL}, SignedHeaders=host, Signature=abc",
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": target,
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    for _ in range(REQUESTS_A_ROUND // clients):
        started = time.perf_counter()
        connection.request("POST", "/", body=body, headers=headers)
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - started)
        if answer.status != http.client.OK:
            sys.exit(f"{target} was answered with {answer.status}")
    connection.close()
    return took


if __name__ == "__main__":
    sys.exit(main())
