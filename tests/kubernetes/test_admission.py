"""The webhook in front of a service that runs: what a user of each kind of object sees, in every way of changing it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.kubernetes.client import APPLY, JSON_PATCH, MERGE_PATCH
from tests.kubernetes.conftest import FACTS, JOBS, read
from tests.kubernetes.jobs import OUTPUT_KEY
from tests.kubernetes.objects import KEY, NAME, NO_KEY, ROLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.kubernetes.client import Client
    from tests.kubernetes.cluster import Cluster
    from tests.kubernetes.jobs import Jobs
    from tests.kubernetes.objects import Kind, Path
    from tests.kubernetes.service import Service

FIELD = "spec.outputDataConfig.kmsKeyID"


@pytest.fixture(scope="module", autouse=True)
def service(run_webhook: Callable[..., AbstractContextManager[Service]]) -> Iterator[Service]:
    """Run a service meanwhile, with its webhook in front of every test of this module."""
    with run_webhook() as service:
        yield service


def policy(*statements: dict[str, Any]) -> str:
    """Return the JSON of a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


KEY_POLICY = policy(
    {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
)
USE_OF_A_KEY = policy({"Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY})
TRUST = policy({"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"})
NO_POLICY = "no policy"


@dataclass(frozen=True)
class Member:
    """A member of a kind that is judged, with a right value and a wrong one."""

    kind: str
    path: Path
    right: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.kind}-{'.'.join(self.path)}"


def judged() -> Iterator[Member]:
    """Yield each member of each kind that is judged."""
    for kind, row in read(JOBS).items():
        for key in row["keys"]:
            # Where a version may hold in a list what another one holds as it is, there are both forms.
            for step in ([], ["*"]) if "?" in key["path"] else ([],):
                path = [part for name in key["path"] for part in (step if name == "?" else [name])]
                yield Member(kind, tuple(path), KEY, NO_KEY)
    for kind, row in read(FACTS).items():
        rights = {
            "policy": KEY_POLICY if row["kind"] in ("key", "key_policy") else USE_OF_A_KEY,
            "inline": USE_OF_A_KEY,
        }
        for member, right in rights.items():
            if member in row:
                yield Member(kind, tuple(row[member]), right, NO_POLICY)


@pytest.mark.parametrize("member", list(judged()), ids=str)
def test_each_member_of_each_kind_is_judged(
    client: Client, kinds: dict[str, Kind], namespace: str, member: Member
) -> None:
    kind = kinds[member.kind]
    wrong = kind.object("wrong", {member.path: member.wrong})
    denied = client.request("POST", kind.url(namespace), wrong)
    assert denied.status == 403, denied.message
    fields = {re.sub(rf"\[0\]|\.{NAME}", ".*", cause.get("field", "")) for cause in denied.causes}
    assert ".".join(member.path) in fields, denied.message
    assert denied.body["details"]["kind"] == kind.name

    made = client.request("POST", kind.url(namespace), kind.object("right", {member.path: member.right}))
    assert made.status == 201, made.message
    url = kind.url(namespace, "right")
    changed = client.request("PATCH", url, {"spec": wrong["spec"]}, content_type=MERGE_PATCH)
    assert changed.status == 403 or "Value is immutable" in changed.message, changed.message
    assert client.request("PATCH", url, {"metadata": {"labels": {"a": "b"}}}, content_type=MERGE_PATCH).status == 200
    assert client.request("DELETE", url).status == 200


@pytest.mark.parametrize("kind", [kind for kind, row in read(FACTS).items() if row["kind"] == "grant"])
def test_grants_of_each_kind_are_judged(client: Client, kinds: dict[str, Kind], namespace: str, kind: str) -> None:
    row = read(FACTS)[kind]
    grantee, operations = (tuple(row["members"][name]) for name in ("GranteePrincipal", "Operations"))
    values = {tuple(row["key"]): KEY, operations: ["Decrypt"]}
    to_a_role = kinds[kind].object("right", {**values, grantee: ROLE})
    made = client.request("POST", kinds[kind].url(namespace), to_a_role)
    assert made.status == 201, made.message
    to_every_job = kinds[kind].object("wrong", {**values, grantee: "job.sagemaker.amazonaws.com"})
    denied = client.request("POST", kinds[kind].url(namespace), to_every_job)
    assert denied.status == 403, denied.message
    assert "SG-GRANT-001" in denied.message


def test_role_that_holds_no_policy_is_admitted(client: Client, kinds: dict[str, Kind], namespace: str) -> None:
    roles = kinds["iam.services.k8s.aws/Role"]
    role = roles.object("role", {("spec", "assumeRolePolicyDocument"): TRUST})
    made = client.request("POST", roles.url(namespace), role)
    assert made.status == 201, made.message


def test_user_of_kubectl_reads_what_is_wrong_and_what_to_do(client: Client, jobs: Jobs, namespace: str) -> None:
    done = client.kubectl("create", f"--namespace={namespace}", "--filename=-", stdin=yaml.safe_dump(jobs.made(NO_KEY)))
    assert done.returncode == 1
    assert f'admission webhook "validate.sealgate.dev" denied the request: {FIELD}' in done.stderr
    answer = jobs.submit(namespace, NO_KEY)
    assert answer.body["reason"] == "Forbidden"
    assert answer.body["details"]["name"] == "job"
    (cause,) = (cause for cause in answer.causes if cause.get("field") == FIELD)
    assert cause["reason"].startswith("SG-")
    assert cause["message"] in answer.message


def test_user_of_kubectl_reads_warnings(client: Client, jobs: Jobs, namespace: str) -> None:
    made = jobs.submit(namespace)
    assert made.status == 201
    assert made.warnings, "what AWS knows of the key and the role is not known here"
    job = jobs.made(name="other")
    done = client.kubectl("create", f"--namespace={namespace}", "--filename=-", stdin=yaml.safe_dump(job))
    assert done.returncode == 0
    assert done.stderr.splitlines() == [f"Warning: {warning}" for warning in made.warnings]


def test_every_warning_of_the_service_arrives(jobs: Jobs, service: Service, namespace: str) -> None:
    object_ = jobs.made()
    object_["metadata"]["namespace"] = namespace
    answered = service.review(object_, jobs.kind)
    assert list(jobs.try_out(namespace).warnings) == answered["response"]["warnings"]


@pytest.mark.parametrize("name", ["new", "there"])
def test_server_side_apply_is_judged(client: Client, jobs: Jobs, namespace: str, name: str) -> None:
    jobs.submit(namespace, name="there")
    url = jobs.kind.url(namespace, name)
    query = {"fieldManager": "tests", "force": "true"}
    denied = client.request("PATCH", url, jobs.made(NO_KEY, name), content_type=APPLY, query=query)
    assert denied.status == 403, denied.message
    applied = client.request("PATCH", url, jobs.made(name=name), content_type=APPLY, query=query)
    assert applied.status in (200, 201), applied.message


def test_patches_are_judged_by_what_comes_of_them(client: Client, jobs: Jobs, namespace: str) -> None:
    jobs.submit(namespace)
    url = jobs.kind.url(namespace, "job")
    replaced = [{"op": "replace", "path": "/" + "/".join(OUTPUT_KEY), "value": NO_KEY}]
    assert client.request("PATCH", url, replaced, content_type=JSON_PATCH).status == 403
    merged = {"spec": {"outputDataConfig": {"kmsKeyID": NO_KEY}}}
    assert client.request("PATCH", url, merged, content_type=MERGE_PATCH).status == 403
    done = client.kubectl(
        "patch", jobs.kind.resource, "job", f"-n{namespace}", "--type=merge", f"--patch={json.dumps(merged)}"
    )
    assert done.returncode == 1
    assert "denied the request" in done.stderr
    assert client.request("GET", url).body["spec"]["outputDataConfig"]["kmsKeyID"] == KEY


def test_status_is_its_controllers_own(client: Client, jobs: Jobs, service: Service, namespace: str) -> None:
    jobs.submit(namespace)
    before = service.metric("sealgate_decisions_total", surface="admit")
    status = {"status": {"trainingJobStatus": "InProgress"}}
    answer = client.request("PATCH", jobs.kind.url(namespace, "job", "status"), status, content_type=MERGE_PATCH)
    assert answer.status == 200, answer.message
    assert service.metric("sealgate_decisions_total", surface="admit") == before


def test_dry_run_is_judged_and_makes_nothing(client: Client, jobs: Jobs, service: Service, namespace: str) -> None:
    arguments = ("create", "--dry-run=server", f"--namespace={namespace}", "--filename=-")
    denied = client.kubectl(*arguments, stdin=yaml.safe_dump(jobs.made(NO_KEY)))
    assert denied.returncode == 1
    assert "denied the request" in denied.stderr
    assert client.kubectl(*arguments, stdin=yaml.safe_dump(jobs.made())).returncode == 0
    assert client.request("GET", jobs.kind.url(namespace)).body["items"] == []
    lines = service.decisions(namespace)
    assert [(line["verdict"], line["dry_run"]) for line in lines] == [("denied", True), ("allowed", True)]


def test_name_that_the_api_server_makes_up_is_no_obstacle(client: Client, jobs: Jobs, namespace: str) -> None:
    for key, status in ((KEY, 201), (NO_KEY, 403)):
        job = jobs.made(key)
        job["metadata"] = {"generateName": "job-"}
        answer = client.request("POST", jobs.kind.url(namespace), job)
        assert answer.status == status, answer.message
        assert answer.status == 403 or answer.body["metadata"]["name"].startswith("job-")


def test_misspelt_member_is_refused_or_pruned_before_the_webhook_sees_it(
    client: Client, jobs: Jobs, service: Service, namespace: str
) -> None:
    job = jobs.made(None)
    job["spec"]["outputDataConfig"]["kmsKeyId"] = NO_KEY
    before = service.metric("sealgate_decisions_total", surface="admit")
    strict = client.request("POST", jobs.kind.url(namespace), job, query={"fieldValidation": "Strict"})
    assert strict.status == 400
    assert 'unknown field "spec.outputDataConfig.kmsKeyId"' in strict.message
    assert service.metric("sealgate_decisions_total", surface="admit") == before
    warned = client.request("POST", jobs.kind.url(namespace), job)
    assert warned.status == 201
    assert 'unknown field "spec.outputDataConfig.kmsKeyId"' in warned.warnings
    assert "kmsKeyId" not in warned.body["spec"]["outputDataConfig"]


def test_audit_log_tells_the_verdict_and_its_rules(cluster: Cluster, jobs: Jobs, namespace: str) -> None:
    jobs.submit(namespace)
    jobs.submit(namespace, NO_KEY)
    told = [event["annotations"] for event in cluster.audited(namespace)]
    assert [annotations["validate.sealgate.dev/verdict"] for annotations in told] == ["allowed", "denied"]
    assert "SG-" in told[1]["validate.sealgate.dev/rules"]


def test_large_object_is_judged_in_time(client: Client, jobs: Jobs, namespace: str) -> None:
    """An update carries the object twice. Etcd takes 1.5 MiB of it."""
    job = jobs.made()
    job["spec"]["environment"] = {f"NAME_{number}": "x" * 1000 for number in range(1300)}
    made = client.request("POST", jobs.kind.url(namespace), job)
    assert made.status == 201, made.message
    url = jobs.kind.url(namespace, "job")
    changed: dict[str, Any] = {"spec": {"environment": {"NAME_1": "y"}}}
    assert client.request("PATCH", url, changed, content_type=MERGE_PATCH).status == 200
    changed["spec"]["outputDataConfig"] = {"kmsKeyID": NO_KEY}
    assert client.request("PATCH", url, changed, content_type=MERGE_PATCH).status == 403


def test_namespace_of_the_system_is_exempt(jobs: Jobs) -> None:
    assert jobs.try_out("kube-system", NO_KEY).status == 201
    assert jobs.try_out("default", NO_KEY).status == 403
