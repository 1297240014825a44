"""Measure a decision that simulates the job's KMS calls: a key policy of 20 statements, a role with 10 policies.

Usage: python benchmarks/policies.py

1,000 CreateJob requests on the embedded engine and 200 of them on an OPA server, in one run. Exits with 1 where the
embedded engine's median is over 5 ms.
"""

# ruff: noqa: INP001, T201 a script that prints what it measures

from __future__ import annotations

import json
import statistics
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from engines import CONTEXT, REQUEST, judge, opa_server
from sealgate import decisions
from sealgate.engines import EngineSettings, build
from sealgate.engines.opa import OpaEngine

if TYPE_CHECKING:
    from sealgate.engines import Engine

STATEMENTS = 20
POLICIES = 10
STATEMENTS_A_POLICY = 5
REQUESTS = 1_000
REQUESTS_TO_OPA = 200
LONGEST_MEDIAN_S = 0.005


def main() -> int:
    """Print what was measured; return 1 where the target is missed."""
    inputs = [document(number) for number in range(REQUESTS)]
    with closing(build(EngineSettings())) as embedded:
        ours = seconds(embedded, inputs)
    with opa_server() as url, closing(OpaEngine(url=url, timeout_s=30)) as server:
        theirs = seconds(server, inputs[:REQUESTS_TO_OPA])
    print(f"\n{STATEMENTS} statements in the key policy, {POLICIES} policies of {STATEMENTS_A_POLICY} on the role")
    for name, measured in {"embedded": ours, "OPA server": theirs}.items():
        median, late = statistics.median(measured), statistics.quantiles(measured, n=100)[98]
        print(f"{name:<12} median {median * 1e3:6.2f} ms   99th {late * 1e3:6.2f} ms   of {len(measured)}")
    median = statistics.median(ours)
    print(f"embedded takes {median / statistics.median(theirs):.0%} of the server's median\n")
    return judge(("the embedded engine's median", median, LONGEST_MEDIAN_S, "{:.4f} s"))


def seconds(engine: Engine, inputs: list[dict[str, Any]]) -> list[float]:
    """Return how long each decision took; the first ones are not counted."""
    for given in inputs[:10]:
        engine.evaluate(given)
    measured = []
    for given in inputs:
        begun = time.perf_counter()
        decisions.decide(engine, given)
        measured.append(time.perf_counter() - begun)
    return measured


def document(number: int) -> dict[str, Any]:
    """Return a job of its own, in the context of the demonstration with larger policies."""
    request = json.loads(REQUEST.read_bytes())
    request["parameters"]["JobName"] = f"job-{number}"
    context = json.loads(CONTEXT.read_bytes())
    for key in context["keys"].values():
        needed = key["policy"]["Statement"]
        others = [
            {
                "Sid": f"Team{index}",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::111122223333:role/Team{index}"},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
                "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
            }
            for index in range(STATEMENTS - len(needed))
        ]
        key["policy"]["Statement"] = others + needed
    context["principals"][request["parameters"]["RoleArn"]]["policies"] += [
        {
            "name": f"policy-{index}",
            "document": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Action": [f"kms:{action}", "s3:Get*"],
                        "Resource": f"arn:aws:kms:us-west-2:111122223333:key/{index}{action}*",
                    }
                    for action in ("Decrypt", "Encrypt", "GenerateDataKey*", "ReEncrypt*", "DescribeKey")
                ],
            },
        }
        for index in range(POLICIES)
    ]
    return decisions.build_document(
        {"aws_request": request}, settings={}, context=context, now=datetime.now(UTC), context_from_caller=[]
    )


if __name__ == "__main__":
    sys.exit(main())
