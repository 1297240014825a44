"""The policies under conftest, which reads for itself: the same denials and warnings as sealgate's own."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from tests.engine_fixtures import ROOT, embedded_engine, input_document

from sealgate import decisions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealgate.engines import Engine

Json: TypeAlias = dict[str, Any]
Shown: TypeAlias = set[tuple[str, str, str]]
"""Denials and warnings as (deny or warn, rule, subject)."""

POLICIES = ROOT / "policies"
GOOD = "mtrl/output_key_is_key_arn/allow_key_arn"
EXAMPLES = [
    GOOD,
    "key/input_is_understood/deny_misspelt_operation",
    "key/members_are_readable/deny_list",
    "key/operation_is_not_guarded/note_list_jobs",
    "mtrl/job_category_is_understood/deny_data_transformation",
    "mtrl/job_config_document_is_read/deny_no_json",
    "mtrl/job_config_document_is_read/deny_object",
    "mtrl/key_is_named_in_no_other_member/deny_kms_key_id",
    "mtrl/output_bucket_is_in_key_region/deny_other_region",
    "mtrl/output_key_is_in_job_region/deny_other_region",
    "mtrl/output_key_is_key_arn/deny_alias",
    "mtrl/output_key_is_key_arn/unverified_document_from_a_variable",
    "mtrl/output_key_is_single_region/deny_multi_region_id",
    "mtrl/output_key_is_symmetric/deny_rsa",
    "mtrl/output_key_is_usable/allow_excepted",
    "mtrl/output_key_is_usable/deny_exception_expired",
    "mtrl/output_key_is_usable/unverified_and_denied",
    "mtrl/output_without_key_is_aws_owned/note_no_key",
    "org/customer_key_is_given/deny_no_key",
]


def given(name: str) -> Json:
    example: Json = json.loads((ROOT / f"tests/examples/{name}.json").read_bytes())
    document: Json = example["input"]
    return document


def conftest(folder: Path, names: list[str], *data: Path) -> dict[str, Json]:
    """Return what conftest says of each example."""
    files = {str(folder / f"{name.replace('/', '.')}.json"): name for name in names}
    for file, name in files.items():
        Path(file).write_text(json.dumps(given(name)), encoding="utf-8")
    tables = [argument for path in data for argument in ("--data", str(path))]
    command = [str(ROOT / ".tools/bin/conftest"), "test", "--policy", str(POLICIES), *tables, "--output", "json"]
    done = subprocess.run([*command, *files], capture_output=True, text=True, check=False)
    results = json.loads(done.stdout)
    assert done.returncode == int(any("failures" in result for result in results)), done.stderr
    assert len(results) == len(files)
    return {files[result["filename"]]: result for result in results}


def shown(result: Json) -> Shown:
    return {
        (word, said["metadata"]["rule"], said["metadata"]["subject"])
        for word, kind in (("deny", "failures"), ("warn", "warnings"))
        for said in result.get(kind, [])
    }


def denials(result: Json) -> list[str]:
    return [said["msg"] for said in result.get("failures", [])]


@pytest.fixture(scope="module")
def embedded() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    return conftest(tmp_path_factory.mktemp("examples"), EXAMPLES, POLICIES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_conftest_denies_and_warns_as_sealgate_does(name: str, results: dict[str, Json], embedded: Engine) -> None:
    document = input_document(given(name))
    decision = decisions.decide(embedded, document)
    expected = {(found["enforcement"], found["rule"], found["subject"]) for found in decision["findings"]}
    # What the reader reads strictly, the policies parse themselves, and say so.
    expected |= {
        (document.get("settings", {}).get("unverified", "warn"), "SG-MTRL-027", checked["subject"])
        for checked in decision["checked"]
        for entry in document["parsed"].values()
        if "value" in entry
    }
    assert shown(results[name]) == expected


def test_message_names_the_job_the_fault_and_the_way_out(results: dict[str, Json]) -> None:
    [message] = denials(results["mtrl/output_key_is_key_arn/deny_alias"])
    assert message == (
        "sagemaker:CreateJob my-job: OutputDataConfig.KmsKeyArn is an alias (alias/ml); "
        "multi-turn RL jobs take the ARN of a key. Put the ARN of the key itself there: "
        "aws kms describe-key --query KeyMetadata.Arn --output text --key-id alias/ml prints it."
    )


def test_without_the_tables_conftest_denies_and_says_so(tmp_path: Path) -> None:
    [message] = denials(conftest(tmp_path, [GOOD])[GOOD])
    assert message == "the tables of the policies are missing: run conftest test -p policies -d policies FILE"


def test_without_a_decision_conftest_denies_and_says_so(tmp_path: Path) -> None:
    tables = tmp_path / "policies"
    shutil.copytree(POLICIES / "sealgate/data", tables / "sealgate/data", ignore=shutil.ignore_patterns("version"))
    [message] = denials(conftest(tmp_path, [GOOD], tables)[GOOD])
    assert message == "the policies have no decision on this input"


def test_what_is_not_allowed_is_denied_though_no_finding_is(tmp_path: Path) -> None:
    tables = tmp_path / "policies"
    shutil.copytree(POLICIES / "sealgate/data", tables / "sealgate/data")
    catalogue = tables / "sealgate/data/rules/data.json"
    rules = json.loads(catalogue.read_bytes())
    del rules["mtrl"]
    catalogue.write_text(json.dumps(rules), encoding="utf-8")
    [message] = denials(conftest(tmp_path, [GOOD], tables)[GOOD])
    assert message == "the input is not allowed, though no rule denies it: nothing of it was judged"


def test_settings_stand_beside_the_tables(tmp_path: Path) -> None:
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"sealgate_settings": {"approved_regions": ["eu-west-1"]}}), encoding="utf-8")
    result = conftest(tmp_path, [GOOD], POLICIES, settings)[GOOD]
    assert {rule for word, rule, _ in shown(result) if word == "deny"} == {"SG-ORG-004"}
