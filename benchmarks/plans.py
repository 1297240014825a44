"""Measure a check of Terraform plans of 150, 1,500 and 15,000 resources, beside conftest with our policies and Checkov.

Usage: python benchmarks/plans.py

A tenth of the resources are jobs, keys, policies, roles and buckets; the largest plan has about 60 MB. All that is
compared runs in one go on the same files: sealgate's command line, its engine alone, conftest with our policies, and
Checkov, which is installed into .cache/checkov the first time. WITHOUT=checkov,conftest leaves these out. Nothing takes
longer than LIMIT_S seconds (1,800). Exits with 1 where a target is missed.
"""

# ruff: noqa: INP001, S603, T201 a script that runs our own programs and prints what it measures

from __future__ import annotations

import multiprocessing
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engines import Measured, judge
from sealgate import decisions
from sealgate.engines import EngineSettings, build
from sealgate.reading import inputs

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.terraform_expressions import JsonEncode, Ref  # noqa: E402 the tests are not installed
from tests.terraform_plans import Call, Module, Output, Plan, Resource, Variable, data, resource  # noqa: E402 likewise
from tests.terraform_scenarios import ACCOUNT, KEY_USE, REGION, TRUST, allowing, delegating, policy  # noqa: E402 likewise

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = (150, 1_500, 15_000)
ROUNDS = {150: 5, 1_500: 3, 15_000: 1}
OF_A_TEAM = 150
WITHOUT = frozenset(os.environ.get("WITHOUT", "").split(","))
LIMIT_S = float(os.environ.get("LIMIT_S", "1800"))
CHECKOV = "checkov==3.3.30"
LEAST_FACTOR_OF_CHECKOV = 20
MOST_GROWTH = 11
MOST_MEMORY = 6


@dataclass
class Run(Measured):
    """How long a program took each time, and the most memory that it held, in bytes; None where it was ended."""

    memory: int = 0
    ended: bool = False

    @property
    def seconds(self) -> float:
        """Return the median; where it was ended, all the time it had."""
        return statistics.median(self.calls)


@dataclass
class Plans:
    """The plans to check, by the number of their resources, and what was measured on each."""

    files: dict[int, Path] = field(default_factory=dict)
    measured: dict[str, dict[int, Run]] = field(default_factory=dict)

    def bytes_of(self, size: int) -> int:
        """Return how large a plan is."""
        return self.files[size].stat().st_size


def main() -> int:
    """Print what was measured; return 1 where a target is missed."""
    with tempfile.TemporaryDirectory() as folder:
        # In a process of its own: what this one has held is counted as what the programs that it starts hold.
        with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as writer:
            plans = Plans({size: writer.submit(written, size, Path(folder)).result() for size in SIZES})
        for size in SIZES:
            print(f"{size:,} resources: {plans.bytes_of(size) / 1e6:.1f} MB")
        for name, command in programs().items():
            plans.measured[name] = {}
            for size, path in plans.files.items():
                plans.measured[name][size] = repeated([*command, str(path)], ROUNDS[size])
                show(name, size, plans)
        plans.measured["engine alone"] = {size: engine_alone(path, ROUNDS[size]) for size, path in plans.files.items()}
        for size in SIZES:
            show("engine alone", size, plans)
        return verdict(plans)


def programs() -> dict[str, list[str | Path]]:
    """Return what checks a plan, whose path is the last argument."""
    policies = ROOT / "policies"
    found: dict[str, list[str | Path]] = {"sealgate": [Path(sys.executable).with_name("sealgate"), "check"]}
    if "conftest" not in WITHOUT:
        conftest = ROOT / ".tools/bin/conftest"
        found["conftest"] = [conftest, "test", "--policy", policies, "--data", policies, "--output", "json"]
    if "checkov" not in WITHOUT:
        found["Checkov"] = [
            checkov(),
            "--framework",
            "terraform_plan",
            "--quiet",
            "--compact",
            "--output",
            "json",
            "-f",
        ]
    return found


def checkov() -> Path:
    """Return Checkov, after its installation where it is not there yet."""
    folder = ROOT / ".cache/checkov"
    program = folder / "bin/checkov"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "--quiet", CHECKOV], check=True)
    return program


def repeated(command: Sequence[str | Path], rounds: int) -> Run:
    """Run a program so many times; the first time does not count, where there are several."""
    run = Run()
    for number in range(rounds + (rounds > 1)):
        seconds, memory = once(command)
        if number or rounds == 1:
            run.calls.append(seconds)
        run.memory = max(run.memory, memory)
        run.elapsed += seconds
        if seconds >= LIMIT_S:
            run.ended = True
            break
    return run


def once(command: Sequence[str | Path]) -> tuple[float, int]:
    """Return the seconds that a program took, and the bytes that it held at most."""
    environment = os.environ | {"LOG_LEVEL": "ERROR", "ANSI_COLORS_DISABLED": "1"}
    started = time.perf_counter()
    program = subprocess.Popen(
        [str(part) for part in command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    while True:
        pid, status, usage = os.wait4(program.pid, os.WNOHANG)
        seconds = time.perf_counter() - started
        if pid:
            program.returncode = os.waitstatus_to_exitcode(status)
            if program.returncode not in {0, 1, -signal.SIGKILL}:
                sys.exit(f"{command[0]} failed on {command[-1]}: exit code {program.returncode}")
            return seconds, usage.ru_maxrss * 1024
        if seconds >= LIMIT_S:
            os.killpg(program.pid, signal.SIGKILL)
        time.sleep(0.002)


def engine_alone(path: Path, rounds: int) -> Run:
    """Return how long the embedded engine takes for a plan that is read."""
    (given,) = inputs.read_file(path)
    document = decisions.build_document(
        given.subject, settings={}, context={}, now=datetime.now(UTC), context_from_caller=[]
    )
    run = Run()
    with closing(build(EngineSettings(plan_timeout_s=LIMIT_S))) as engine:
        engine.check()
        for _ in range(rounds):
            started = time.perf_counter()
            engine.evaluate(document)
            run.calls.append(time.perf_counter() - started)
    return run


def show(name: str, size: int, plans: Plans) -> None:
    """Print a line of what was measured."""
    run = plans.measured[name][size]
    took = f"{'more than ' if run.ended else ''}{run.seconds:.2f} s"
    memory = (
        f"{run.memory / 1e6:8.0f} MB, {run.memory / plans.bytes_of(size):5.1f} times the file" if run.memory else ""
    )
    print(f"{name:<14}{size:>7,} resources {took:>22} {memory}", flush=True)


def verdict(plans: Plans) -> int:
    """Print the ratios and what became of each target; return 1 where one is missed."""
    largest, before = SIZES[-1], SIZES[-2]
    ours = plans.measured["sealgate"]
    print()
    for name, runs in plans.measured.items():
        if name not in {"sealgate", "engine alone"}:
            ratios = ", ".join(f"{runs[size].seconds / ours[size].seconds:.1f} ({size:,})" for size in SIZES)
            print(f"{name} takes so many times as long: {ratios}")
    print()
    targets = [
        ("15,000 resources take at most 11 times as long as 1,500", ours[largest].seconds / ours[before].seconds,
         MOST_GROWTH, "{:.1f} times"),
        ("the most memory, by the size of the file", ours[largest].memory / plans.bytes_of(largest), MOST_MEMORY,
         "{:.1f} times"),
    ]  # fmt: skip
    if "Checkov" in plans.measured:
        share = ours[largest].seconds / plans.measured["Checkov"][largest].seconds
        targets.append(("15,000 resources: at least 20 times as fast as Checkov", share, 1 / LEAST_FACTOR_OF_CHECKOV,
                        "{:.3f} of its time"))  # fmt: skip
    if "conftest" in plans.measured:
        share = ours[largest].seconds / plans.measured["conftest"][largest].seconds
        targets.append(("15,000 resources: faster than conftest", share, 1.0, "{:.2f} of its time"))
    return judge(*targets)


# The plans.


def written(size: int, folder: Path) -> Path:
    """Write the plan of so many resources and return where."""
    path = folder / f"plan-{size}.json"
    teams = size // OF_A_TEAM
    root = Module(
        resources=[data("aws_caller_identity", "current", state=caller())],
        calls={
            f"team_{number:02}": Call(module=team(number), source="./team", arguments={"name": f"team-{number:02}"})
            for number in range(teams)
        },
    )
    path.write_text(Plan(root=root).text(), encoding="utf-8")
    return path


def caller() -> dict[str, Any]:
    """Return who plans."""
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/terraform/ci"
    return {"account_id": ACCOUNT, "arn": arn, "id": ACCOUNT, "user_id": "AROAEXAMPLE:ci"}


def team(number: int) -> Module:
    """Return what a team has: 15 resources about keys in four modules, and 135 others; every other team is new."""
    exists = number % 2 == 0
    name = f"team-{number:02}"
    keys = keys_of(name, number, exists=exists)
    passed = {"key": Ref("module.keys.arn"), "volume_key": Ref("module.keys.volume_arn")}
    jobs = Module(
        variables={name: Variable() for name in ("key", "volume_key", "role")},
        resources=[*(job(name, index, exists=exists) for index in range(2)), notebook(name, exists=exists)],
    )
    return Module(
        variables={"name": Variable()},
        calls={
            "keys": Call(module=keys),
            "access": Call(module=access_of(name, number, exists=exists), arguments={"key": passed["key"]}),
            "storage": Call(module=storage_of(name, exists=exists), arguments={"key": passed["key"]}),
            "jobs": Call(module=jobs, arguments={**passed, "role": Ref("module.access.role")}),
            "platform": Call(module=platform(exists=exists), arguments={"name": Ref("var.name")}),
        },
    )


def keys_of(name: str, number: int, *, exists: bool) -> Module:
    """Return two keys with aliases, one with its policy in a resource of its own: 5 resources."""

    def state(index: int) -> dict[str, Any] | None:
        key_id = f"{number:08x}-0000-0000-0000-{index:012x}"
        arn = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key_id}"
        more = {"description": name, "multi_region": False, "policy": "{}", "rotation_period_in_days": 365}
        return {"arn": arn, "id": key_id, "key_id": key_id, **more} if exists else None

    document = policy(delegating(), *(allowing(f"arn:aws:iam::{ACCOUNT}:role/{name}-{one}") for one in range(5)))

    def alias(label: str) -> Resource:
        alias_state = {"arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/{name}-{label}", "id": label, "name_prefix": "",
                       "target_key_arn": "arn"}  # fmt: skip
        return resource(
            "aws_kms_alias",
            label,
            {"name": f"alias/{name}-{label}", "target_key_id": Ref(f"aws_kms_key.{label}.key_id")},
            state=alias_state if exists else None,
        )

    return Module(
        resources=[
            resource("aws_kms_key", "output", {"description": name, "policy": JsonEncode(document)}, state=state(1)),
            resource("aws_kms_key", "volume", {"description": name, "enable_key_rotation": True}, state=state(2)),
            resource(
                "aws_kms_key_policy",
                "volume",
                {"key_id": Ref("aws_kms_key.volume.id"), "policy": JsonEncode(document)},
                state={"id": name} if exists else None,
            ),
            alias("output"),
            alias("volume"),
        ],
        outputs={
            "arn": Output(value=Ref("aws_kms_key.output.arn")),
            "volume_arn": Output(value=Ref("aws_kms_key.volume.arn")),
        },
    )


def access_of(name: str, number: int, *, exists: bool) -> Module:
    """Return a role, its policies and a document behind them: 4 resources, and a document that is read after all."""
    of_role = {
        "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}-0", "id": f"{name}-0", "name_prefix": "", "inline_policy": [],
        "managed_policy_arns": [], "unique_id": f"AROA{number:08}", "create_date": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    of_policy = {"arn": f"arn:aws:iam::{ACCOUNT}:policy/{name}", "id": name, "name_prefix": "", "policy_id": "ANPA",
                 "attachment_count": 1}  # fmt: skip
    statement = {"Effect": "Allow", "Action": KEY_USE, "Resource": Ref("var.key")}
    objects = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": f"arn:aws:s3:::{name}/*"}
    return Module(
        variables={"key": Variable()},
        resources=[
            data(
                "aws_iam_policy_document",
                "use",
                {"statement": [{"sid": "Use", "actions": KEY_USE, "resources": [Ref("var.key")]}]},
                deferred=True,
            ),
            resource(
                "aws_iam_role",
                "job",
                {"name": f"{name}-0", "assume_role_policy": JsonEncode(TRUST)},
                state=of_role if exists else None,
            ),
            resource(
                "aws_iam_role_policy",
                "key",
                {"name": "key", "role": Ref("aws_iam_role.job.id"), "policy": JsonEncode(policy(statement, objects))},
                state={"id": name, "name_prefix": ""} if exists else None,
            ),
            resource(
                "aws_iam_policy",
                "use",
                {"name": name, "policy": Ref("data.aws_iam_policy_document.use.json")},
                state=of_policy if exists else None,
            ),
            resource(
                "aws_iam_role_policy_attachment",
                "use",
                {"role": Ref("aws_iam_role.job.name"), "policy_arn": Ref("aws_iam_policy.use.arn")},
                state={"id": name} if exists else None,
            ),
        ],
        outputs={"role": Output(value=Ref("aws_iam_role.job.arn"))},
    )


def storage_of(name: str, *, exists: bool) -> Module:
    """Return a bucket and its encryption: 2 resources."""
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": Ref("var.key")}
    return Module(
        variables={"key": Variable()},
        resources=[
            resource("aws_s3_bucket", "output", {"bucket": f"{name}-output"}),
            resource(
                "aws_s3_bucket_server_side_encryption_configuration",
                "output",
                {
                    "bucket": Ref("aws_s3_bucket.output.id"),
                    "rule": [{"apply_server_side_encryption_by_default": [default], "bucket_key_enabled": exists}],
                },
            ),
        ],
    )


def job(name: str, index: int, *, exists: bool) -> Resource:
    """Return a training job."""
    state = {"arn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/{name}-{index}"}
    return resource(
        "aws_sagemaker_training_job",
        f"job_{index}",
        {
            "training_job_name": f"{name}-{index}",
            "role_arn": Ref("var.role"),
            "algorithm_specification": [{"training_image": "image:1", "training_input_mode": "File"}],
            "output_data_config": [{"kms_key_id": Ref("var.key"), "s3_output_path": f"s3://{name}-output/"}],
            "resource_config": [
                {
                    "instance_count": 1,
                    "instance_type": "ml.m5.xlarge",
                    "volume_size_in_gb": 50,
                    "volume_kms_key_id": Ref("var.volume_key"),
                }
            ],
            "stopping_condition": [{"max_runtime_in_seconds": 3600}],
        },
        state=state if exists else None,
    )


def notebook(name: str, *, exists: bool) -> Resource:
    """Return a notebook."""
    state = {"arn": f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:notebook-instance/{name}", "id": name, "url": "",
             "network_interface_id": "", "platform_identifier": "", "security_groups": []}  # fmt: skip
    return resource(
        "aws_sagemaker_notebook_instance",
        "lab",
        {"name": name, "role_arn": Ref("var.role"), "instance_type": "ml.t3.medium", "kms_key_id": Ref("var.key")},
        state=state if exists else None,
    )


def platform(*, exists: bool) -> Module:
    """Return 135 instances in modules of modules."""
    tags = {"Owner": "platform", "CostCenter": "4711", "Environment": "production", "ManagedBy": "terraform"}
    known = {
        "arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-0123456789abcdef0", "id": "i-0123456789abcdef0",
        "availability_zone": f"{REGION}a", "private_dns": "ip-10-0-0-1.internal", "private_ip": "10.0.0.1",
        "public_dns": "", "public_ip": "", "subnet_id": "subnet-0123456789abcdef0", "tenancy": "default",
        "vpc_security_group_ids": ["sg-0123456789abcdef0"], "security_groups": [], "password_data": "",
        "user_data": "#!/bin/sh\n" + "install-and-start-the-service --with-all-its-options\n" * 2,
    }  # fmt: skip
    instance = resource(
        "aws_instance",
        "node",
        {
            "ami": "ami-0123456789abcdef0",
            "instance_type": "m6i.large",
            "tags": {**tags, "Name": Ref("var.name")},
            "user_data": known["user_data"],
            "root_block_device": [{"encrypted": True, "delete_on_termination": True}],
        },
        count=15,
        state=known if exists else None,
    )
    variables = {"name": Variable(description="What it is called, everywhere and for everybody.")}
    service = Module(
        variables=variables, resources=[instance], outputs={"ids": Output(value=Ref("aws_instance.node[*].id"))}
    )
    zone = Module(
        variables=variables,
        calls={
            f"service_{index}": Call(module=service, arguments={"name": Ref("var.name")}, source="./service")
            for index in range(3)
        },
    )
    return Module(
        variables=variables,
        calls={
            "zone": Call(
                module=zone, arguments={"name": Ref("var.name")}, for_each={"a": 1, "b.2": 2, "c": 3}, source="./zone"
            )
        },
    )


if __name__ == "__main__":
    sys.exit(main())
