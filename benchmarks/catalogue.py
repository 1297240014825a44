"""Measure whether a decision costs more as the catalogue of operations grows: 10 operations, all, and ten times all.

Usage: python benchmarks/catalogue.py

The tables take turns in one run on the embedded engine. Exits with 1 where all operations cost more than 10 do.
"""

# ruff: noqa: INP001, T201 a script that prints what it measures

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sealgate import decisions, resources
from sealgate.engines.embedded import EmbeddedEngine

OPERATION = "sagemaker:CreateTrainingJob"
KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PARAMETERS = {
    "TrainingJobName": "my-job",
    "RoleArn": "arn:aws:iam::111122223333:role/SageMakerExecutionRole",
    "OutputDataConfig": {"S3OutputPath": "s3://my-bucket/output/", "KmsKeyId": KEY},
    "ResourceConfig": {"InstanceType": "ml.m5.xlarge", "InstanceCount": 1, "VolumeKmsKeyId": KEY},
}
DESCRIBED = {
    "Arn": KEY,
    "KeyManager": "CUSTOMER",
    "KeySpec": "SYMMETRIC_DEFAULT",
    "KeyState": "Enabled",
    "KeyUsage": "ENCRYPT_DECRYPT",
    "MultiRegion": False,
}
ROUNDS = 20
CALLS_A_ROUND = 50
# What is left to noise between medians of one run.
LARGEST_RATIO = 1.1


def document() -> dict[str, Any]:
    """Return the input document of a request with both of its keys."""
    service, _, operation = OPERATION.partition(":")
    return decisions.build_document(
        {"aws_request": {"service": service, "operation": operation, "parameters": PARAMETERS}},
        settings={},
        context={"region": "us-west-2", "account": "111122223333", "keys": {KEY: {"metadata": DESCRIBED}}},
        now=datetime(2026, 1, 1, tzinfo=UTC),
        context_from_caller=[],
    )


def with_operations(names: set[str], copies: int) -> dict[str, Any]:
    """Return the policies' data with these operations only, and so many copies of each under other names."""
    data: dict[str, Any] = json.loads(resources.compiled("data.json").read_bytes())
    tables = data["sealgate"]["data"]
    for table in ("operations", "key_kinds"):
        kept = {name: row for name, row in tables[table].items() if name in names}
        again = {f"{name}Copy{copy}": row for copy in range(copies) for name, row in kept.items()}
        tables[table] = kept | again
    return data


def main() -> int:
    """Measure, print, and return the exit code."""
    asked = document()
    every = set(resources.operations())
    few = {OPERATION, *sorted(every - {OPERATION})[:9]}
    tables = {
        len(few): with_operations(few, 0),
        len(every): with_operations(every, 0),
        10 * len(every): with_operations(every, 9),
    }
    calls: dict[int, list[float]] = {size: [] for size in tables}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engines = {}
        for size, data in tables.items():
            path = folder / f"{size}.json"
            path.write_text(json.dumps(data), encoding="utf-8")
            engine = EmbeddedEngine(wasm=resources.compiled("sealgate.wasm"), data=path, timeout_s=10)
            engines[size] = stack.enter_context(closing(engine))
        for engine in engines.values():
            if not decisions.decide(engine, asked)["allowed"]:
                raise SystemExit(f"{OPERATION} is denied: the benchmark measures something else than it says")
        for _ in range(ROUNDS):
            for size, engine in engines.items():
                for _ in range(CALLS_A_ROUND):
                    started = time.perf_counter()
                    engine.evaluate(asked)
                    calls[size].append(time.perf_counter() - started)
    medians = {size: statistics.median(taken) * 1000 for size, taken in calls.items()}
    smallest = medians[len(few)]
    for size, median in medians.items():
        print(f"{size:>5} operations: {median:.3f} ms a decision, {median / smallest:.2f} times that of {len(few)}")
    return 1 if medians[len(every)] > LARGEST_RATIO * smallest else 0


if __name__ == "__main__":
    sys.exit(main())
