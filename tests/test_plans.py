"""Every plan of tests/plans/verdicts.yaml, on both engines, raw on an OPA server, and under conftest."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias
from urllib.request import ProxyHandler, Request, build_opener

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.engine_fixtures import NOW, ROOT, embedded_engine, opa_engine, opa_server

from sealgate import decisions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from tests.engines.conftest import Server

    from sealgate.engines import Engine

Json: TypeAlias = dict[str, Any]
Shown: TypeAlias = set[tuple[str, str, str]]
"""Denials and warnings as (deny or warn, rule, subject)."""

OURS = ROOT / "tests/plans"
PUBLIC = ROOT.parent / "shared/data/plans"
OPENER = build_opener(ProxyHandler({}))

CONTENT: Json = yaml.safe_load((OURS / "verdicts.yaml").read_text(encoding="utf-8"))
VERDICTS: list[Json] = CONTENT["plans"]


class Case(NamedTuple):
    """A plan, where it stands in which file, and the verdict on it."""

    file: Path
    steps: list[str]
    verdict: Json

    @property
    def name(self) -> str:
        return ".".join([self.file.stem, *self.steps])

    def plan(self) -> Json:
        if not self.file.is_file():
            pytest.skip("skipped: the public plans are not beside the checkout")
        content: Json = json.loads(self.file.read_bytes())
        for step in self.steps:
            content = content[step]
        return content


CASES = [
    Case((OURS if entry.get("ours") else PUBLIC) / entry["file"], one.get("at", []), one)
    for entry in VERDICTS
    for one in [entry, *entry.get("cases", [])]
]
each_case = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
READ = [case for case in CASES if case.verdict["read"]]
each_plan = pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
GUARDED = [case for case in READ if case.verdict["subjects"]]


def document(plan: Json) -> Json:
    return {"subject": {"terraform_plan": plan}, "context": {}, "settings": {}, "now": NOW}


def rules_of(finding: Json) -> set[str]:
    return set(finding["missing"]["rules"] if "missing" in finding else [finding["rule"]])


def in_words(finding: Json) -> str:
    return " ".join(
        [
            finding["enforcement"],
            finding["outcome"],
            "+".join(sorted(rules_of(finding))),
            finding["subject"],
            ".".join(map(str, finding["path"])),
            finding["message"],
        ]
    )


def fits(finding: Json, expected: Json) -> bool:
    rules, requirement = expected.get("rules", "any"), expected.get("requirement")
    return (
        (rules == "any" or rules_of(finding) == set(rules))
        and (requirement is None or requirement in finding["requirements"])
        and all(finding[member] == expected[member] for member in ("outcome", "enforcement", "subject"))
        and expected.get("path", finding["path"]) == finding["path"]
        and expected.get("says", "") in finding["message"]
    )


def is_open(finding: Json, verdict: Json) -> bool:
    return finding["outcome"] == "unverified" and any(
        one["subject"] == finding["subject"] and rules_of(finding) <= set(one.get("rules", []))
        for one in verdict.get("open", [])
    )


def is_rejected(decision: Json) -> bool:
    denials = {finding["rule"] for finding in decision["findings"] if finding["enforcement"] == "deny"}
    return not decision["allowed"] and denials == {"SG-KEY-001"}


def differences(decision: Json, verdict: Json) -> list[str]:
    """Return what a decision has too much, lacks, or says otherwise than the verdict, as sentences."""
    if not verdict["read"]:
        return [] if is_rejected(decision) else ["allowed"]
    found, wrong = list(decision["findings"]), []
    if verdict.get("hides", "\0") in json.dumps(decision):
        wrong.append(f"shown: {verdict['hides']}")
    if decision["allowed"] != verdict["allowed"]:
        wrong.append(f"allowed is {decision['allowed']}")
    # What a verdict says most of is looked for first, so that it is not taken for something else.
    for expected in sorted(verdict["findings"], key=lambda one: -len({"path", "says", "rules"} & one.keys())):
        fitting = [finding for finding in found if fits(finding, expected)]
        if fitting:
            found.remove(fitting[0])
        else:
            wrong.append(f"missing: {expected}")
    wrong += [f"unexpected: {in_words(finding)}" for finding in found if not is_open(finding, verdict)]

    return wrong + differently_judged(decision, verdict)


def differently_judged(decision: Json, verdict: Json) -> list[str]:
    wrong = []
    checked = {one["subject"]: one["operation"] for one in decision["checked"]}
    for subject, operation in verdict["subjects"].items():
        if subject not in checked:
            wrong.append(f"not judged: {subject}")
        elif operation not in {"*", checked[subject]}:
            wrong.append(f"{subject} is judged as {checked[subject]}")
    if verdict["subjects"]:
        undecided = {one["subject"] for one in verdict.get("open", [])}
        wrong += [f"judged: {subject}" for subject in checked.keys() - verdict["subjects"].keys() - undecided]
    elif not decision["notes"] or len(checked) != 1:
        wrong.append(f"nothing is guarded; noted {decision['notes']}, judged {sorted(checked)}")
    return wrong


@pytest.fixture(scope="module")
def embedded() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with opa_server() as server:
        yield server


@pytest.fixture(scope="module")
def served(server: Server) -> Iterator[Engine]:
    with opa_engine(server) as engine:
        yield engine


@pytest.fixture(scope="module")
def decision_schema() -> Draft202012Validator:
    return Draft202012Validator(json.loads((ROOT / "schemas/decision.json").read_bytes()))


def asked(server: Server, name: str, asked_of: Json) -> Any:
    """Return the value of a rule of the policies, asked of an OPA server."""
    request = Request(  # noqa: S310 our own server
        f"{server.url}/v1/data/sealgate/{name}",
        data=json.dumps({"input": asked_of}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with OPENER.open(request, timeout=30) as answer:
        return json.load(answer)["result"]


@each_plan
def test_the_verdict_is_the_one_that_was_written_down(
    case: Case, embedded: Engine, decision_schema: Draft202012Validator
) -> None:
    decision = decisions.decide(embedded, document(case.plan()))
    decision_schema.validate(decision)
    assert differences(dict(decision), case.verdict) == []


@each_plan
def test_an_opa_server_that_is_given_the_raw_plan_says_the_same(case: Case, served: Engine) -> None:
    decision = decisions.decide(served, case.plan())
    assert differences(dict(decision), case.verdict) == []


@pytest.mark.parametrize("case", [case for case in CASES if not case.verdict["read"]], ids=lambda case: case.name)
def test_a_file_that_is_no_plan_is_denied(case: Case, embedded: Engine, served: Engine) -> None:
    content = case.plan()
    assert differences(dict(decisions.decide(embedded, document(content))), case.verdict) == []
    assert is_rejected(dict(decisions.decide(served, content)))


@pytest.mark.parametrize("case", [case for case in READ if "resolves" in case.verdict], ids=lambda case: case.name)
def test_every_key_is_the_one_that_the_configuration_means(case: Case, server: Server) -> None:
    asked_of = document(case.plan())
    # Inside the policies a made-up ARN stands for a key that is yet to be created.
    planned = {key["arn"]: key["address"] for key in asked(server, "inputs/terraform_plan/facts/keys", asked_of)}
    named = {
        f"{one['job']['subject']} {'.'.join(map(str, one['key']['path']))}": one["arn"]["value"]
        for one in asked(server, "model/named_keys", asked_of)
        if one["arn"]["state"] == "known"
    }
    resolved = {
        place: key if key in case.verdict["resolves"].values() else planned[key] for place, key in named.items()
    }
    assert resolved == case.verdict["resolves"]


@each_plan
def test_policies_call_no_built_in_with_what_it_does_not_take(case: Case, server: Server) -> None:
    # In production such a call is undefined, which under `not` looks like a fault, and elsewhere like none.
    decision = asked(server, "decision?strict-builtin-errors=true", document(case.plan()))
    assert differences(decision, case.verdict) == []


def written(folder: Path) -> dict[str, str]:
    """Write each plan that is there into a file of its own, and return the names of the cases by those of the files."""
    files = {str(folder / f"{number}.json"): case for number, case in enumerate(CASES) if case.file.is_file()}
    for file, case in files.items():
        (folder / file).write_text(json.dumps(case.plan()), encoding="utf-8")
    return {file: case.name for file, case in files.items()}


@pytest.fixture(scope="module")
def on_the_command_line(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    """Return the decision on each plan, or the error, as `sealgate check` has them."""
    folder = tmp_path_factory.mktemp("checked")
    files = written(folder)
    done = subprocess.run(
        [sys.executable, "-m", "sealgate", "check", "--output", "json", "--now", NOW, *files],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {1, 2}, done.stderr
    return {files[result["source"]]: result for result in json.loads(done.stdout)["results"]}


@each_case
def test_the_command_line_says_the_same(case: Case, on_the_command_line: dict[str, Json]) -> None:
    case.plan()  # skips where the file is not there
    result = on_the_command_line[case.name]
    if case.verdict["read"]:
        assert differences(result["decision"], case.verdict) == []
    else:
        assert result["error"]


def conftest(folder: Path) -> dict[str, Json]:
    """Return what conftest says of each plan."""
    files = written(folder)
    policies = str(ROOT / "policies")
    done = subprocess.run(
        [
            *(str(ROOT / ".tools/bin/conftest"), "test", "--policy", policies, "--data", policies),
            *("--output", "json", *files),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    results = json.loads(done.stdout)
    assert len(results) == len(files), done.stderr
    return {files[result["filename"]]: result for result in results}


@pytest.fixture(scope="module")
def under_conftest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Json]:
    return conftest(tmp_path_factory.mktemp("plans"))


def shown(result: Json) -> Shown:
    return {
        (word, said["metadata"]["rule"], said["metadata"]["subject"])
        for word, kind in (("deny", "failures"), ("warn", "warnings"))
        for said in result.get(kind, [])
    }


@each_case
def test_conftest_denies_and_warns_as_sealgate_does(
    case: Case, under_conftest: dict[str, Json], embedded: Engine
) -> None:
    content = case.plan()
    decision = decisions.decide(embedded, document(content) if case.verdict["read"] else content)
    expected = {(found["enforcement"], found["rule"], found["subject"]) for found in decision["findings"]}
    if not decision["allowed"] and not any(found["enforcement"] == "deny" for found in decision["findings"]):
        expected.add(("deny", "", "input"))
    assert shown(under_conftest[case.name]) == expected


UNFINISHED: list[Json] = [
    {"errored": True},
    {"complete": False},
    {"deferred_changes": [{"reason": "provider_config_unknown", "resource_change": {"address": "aws_kms_key.later"}}]},
]


@pytest.mark.parametrize("unfinished", UNFINISHED, ids=", ".join)
@pytest.mark.parametrize("name", ["custom_model", "regula-key-rotation"])
def test_an_unfinished_plan_is_never_allowed(name: str, unfinished: Json, embedded: Engine, served: Engine) -> None:
    [case] = [case for case in GUARDED if case.name == name]
    plan = case.plan()
    assert decisions.decide(embedded, document(plan))["allowed"]
    plan |= unfinished
    for decision in (decisions.decide(embedded, document(plan)), decisions.decide(served, plan)):
        assert not decision["allowed"]
        assert [found for found in decision["findings"] if found["enforcement"] == "deny"]


def names(paths: Iterable[Path]) -> set[str]:
    return {path.name for path in paths}


def test_every_plan_has_a_verdict() -> None:
    assert names(OURS.glob("*.json")) == {entry["file"] for entry in VERDICTS if entry.get("ours")}


@pytest.mark.skipif(not PUBLIC.is_dir(), reason="skipped: the public plans are not beside the checkout")
def test_every_public_plan_has_a_verdict() -> None:
    assert names(PUBLIC.glob("*.json")) == {entry["file"] for entry in VERDICTS if not entry.get("ours")}


def test_every_verdict_says_why() -> None:
    assert [case.name for case in CASES if not case.verdict["why"]] == []
    assert [one for case in CASES for one in case.verdict.get("open", []) if not one["why"]] == []
