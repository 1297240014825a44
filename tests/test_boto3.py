from __future__ import annotations

import json
import pickle
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ClientError
from botocore.session import Session as BotocoreSession

from sealgate.boto3 import RefusedError, SealgateWarning, guard
from sealgate.errors import EngineError, SettingsError, UnreadableInputError
from sealgate.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Make: TypeAlias = "Callable[..., Any]"

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CREDENTIALS = {"aws_access_key_id": "AKIDEXAMPLE", "aws_secret_access_key": "example", "region_name": "us-west-2"}


class NoContent:
    def stream(self, **_: object) -> Iterator[bytes]:
        return iter([b"{}"])


class Outside:
    """What stands in for AWS: it counts what would have been sent."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def watch(self, emitter: Any) -> None:
        emitter.register("before-send", self._answer)

    def _answer(self, request: Any, **_: object) -> AWSResponse:
        target = request.headers.get("X-Amz-Target", b"")
        self.sent.append(target.decode() if isinstance(target, bytes) else target)
        return AWSResponse(request.url, 200, HTTPHeaders(), NoContent())


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def session(outside: Outside) -> boto3.Session:
    made = boto3.Session(**CREDENTIALS)
    outside.watch(made.events)
    return made


@pytest.fixture
def job(request_document: dict[str, Any]) -> dict[str, Any]:
    parameters: dict[str, Any] = request_document["parameters"]
    return parameters


def with_alias(job: dict[str, Any]) -> dict[str, Any]:
    return {**job, "JobConfigDocument": job["JobConfigDocument"].replace(KEY.rpartition(":")[2], "alias/ml")}


class TestAClient:
    def test_sends_what_is_right(self, session: boto3.Session, outside: Outside, job: dict[str, Any]) -> None:
        client = guard(session.client("sagemaker"), settings=Settings())

        with pytest.warns(SealgateWarning, match=r"(?s)CreateJob is allowed, with warnings:.*not verified"):
            client.create_job(**job)

        assert outside.sent == ["SageMaker.CreateJob"]

    def test_raises_what_is_wrong_and_sends_nothing(
        self, session: boto3.Session, outside: Outside, job: dict[str, Any]
    ) -> None:
        client = guard(session.client("sagemaker"), settings=Settings())

        with pytest.raises(ClientError) as caught:
            client.create_job(**with_alias(job))

        error = caught.value
        assert isinstance(error, RefusedError)
        assert error.response["Error"]["Code"] == "AccessDeniedException"
        assert error.operation_name == "CreateJob"
        assert "SG-MTRL-002" in str(error)
        assert "is the ARN of an alias" in str(error)
        assert error.findings[0]["rule"] == "SG-MTRL-002"
        assert outside.sent == []

    def test_sends_what_carries_no_key_without_looking(
        self, session: boto3.Session, outside: Outside, engine_that: Make
    ) -> None:
        engine = engine_that(EngineError("never asked"))
        guard(session, settings=Settings(), engine=engine)

        session.client("sagemaker").list_training_jobs()
        session.client("dynamodb").list_tables()

        assert len(outside.sent) == 2
        assert engine.documents == []

    def test_is_judged_by_the_parameters_that_other_handlers_leave(
        self, session: boto3.Session, outside: Outside, job: dict[str, Any]
    ) -> None:
        client = guard(session.client("sagemaker"), settings=Settings())
        client.meta.events.register("provide-client-params", lambda params, **_: with_alias(params))

        with pytest.raises(RefusedError, match="alias"):
            client.create_job(**job)
        assert outside.sent == []

    def test_does_not_sign_a_url_for_what_is_wrong(self, session: boto3.Session, job: dict[str, Any]) -> None:
        client = guard(session.client("sagemaker"), settings=Settings())

        with pytest.raises(RefusedError):
            client.generate_presigned_url("create_job", Params=with_alias(job))

    def test_of_rest_json_is_judged_as_well(self, session: boto3.Session, outside: Outside) -> None:
        client = guard(session.client("bedrock"), settings=Settings())

        with pytest.raises(RefusedError) as caught:
            client.create_custom_model(
                modelName="m",
                modelSourceConfig={"s3DataSource": {"s3Uri": "s3://amzn-s3-demo-bucket/m/"}},
                modelKmsKeyArn="arn:aws:kms:us-west-2:111122223333:alias/ml",
            )

        assert caught.value.findings
        assert outside.sent == []


class TestWhatIsGuarded:
    def test_a_session_of_boto3_guards_the_clients_that_it_makes(
        self, session: boto3.Session, outside: Outside, job: dict[str, Any]
    ) -> None:
        before = session.client("sagemaker")
        assert guard(session, settings=Settings()) is session

        with pytest.raises(RefusedError):
            session.client("sagemaker").create_job(**with_alias(job))
        before.create_job(**with_alias(job))

        assert outside.sent == ["SageMaker.CreateJob"]

    def test_a_session_of_botocore_does_too(self, outside: Outside, job: dict[str, Any]) -> None:
        session = BotocoreSession()
        session.set_credentials("AKIDEXAMPLE", "example")
        outside.watch(session.get_component("event_emitter"))
        guard(session, settings=Settings())

        client: Any = session.create_client("sagemaker", region_name="us-west-2")
        with pytest.raises(RefusedError):
            client.create_job(**with_alias(job))
        assert outside.sent == []

    def test_a_session_of_the_sagemaker_sdk_guards_its_clients_and_its_boto_session(
        self, session: boto3.Session, outside: Outside, job: dict[str, Any]
    ) -> None:
        class SdkSession:
            """As sagemaker.session.Session keeps what it works with."""

            def __init__(self) -> None:
                self.boto_session = session
                self.sagemaker_client = session.client("sagemaker")
                self.sagemaker_runtime_client = session.client("sagemaker-runtime")
                self.local_mode = False
                self.s3_client = None

        sdk = guard(SdkSession(), settings=Settings())

        for client in (sdk.sagemaker_client, sdk.boto_session.client("sagemaker")):
            with pytest.raises(RefusedError):
                client.create_job(**with_alias(job))
        assert outside.sent == []

    def test_a_resource_of_boto3_has_a_client(self, session: boto3.Session) -> None:
        assert guard(session.resource("s3"), settings=Settings())

    @pytest.mark.parametrize("target", [None, "sagemaker", object(), boto3])
    def test_what_has_no_client_is_told(self, target: object) -> None:
        with pytest.raises(TypeError, match="no client and no session"):
            guard(target, settings=Settings())


class TestWhatDecides:
    def test_are_the_settings_of_the_nearest_file(
        self, session: boto3.Session, job: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "sealgate.yaml").write_text('approved_regions: ["eu-west-1"]\n', encoding="utf-8")
        monkeypatch.chdir(tmp_path)

        with pytest.raises(RefusedError, match="SG-ORG"):
            guard(session.client("sagemaker")).create_job(**job)

    def test_are_the_settings_of_a_file_that_is_named(
        self, session: boto3.Session, outside: Outside, job: dict[str, Any], tmp_path: Path
    ) -> None:
        path = tmp_path / "other.yaml"
        path.write_text("enforcement: {rules: {SG-MTRL-002: warn}}\n", encoding="utf-8")

        with pytest.warns(SealgateWarning, match="SG-MTRL-002"):
            guard(session.client("sagemaker"), settings=path).create_job(**with_alias(job))
        assert outside.sent == ["SageMaker.CreateJob"]

    def test_is_what_is_known_with_the_region_of_the_client(
        self, session: boto3.Session, engine_that: Make, decision: Make, job: dict[str, Any]
    ) -> None:
        engine = engine_that(decision())
        context = {"region": "eu-west-1", "keys": {KEY: None}}
        settings = Settings(context={"account": "111122223333"}, policy={"unverified": "deny"})
        client = guard(session.client("sagemaker"), settings=settings, context=context, engine=engine)

        client.create_job(**job)

        [document] = engine.documents
        assert document["context"] == {"region": "us-west-2", "keys": {KEY: None}, "account": "111122223333"}
        assert document["settings"] == {"unverified": "deny"}
        assert document["subject"]["aws_request"]["parameters"] == job

    def test_are_the_parameters_as_the_api_has_them(
        self, session: boto3.Session, engine_that: Make, decision: Make
    ) -> None:
        engine = engine_that(decision())
        client = guard(session.client("kms"), settings=Settings(), engine=engine)

        client.create_grant(
            KeyId=KEY, GranteePrincipal="arn:aws:iam::111122223333:role/r", Operations=("Decrypt",), GrantTokens=[]
        )

        parameters = engine.documents[0]["subject"]["aws_request"]["parameters"]
        assert parameters["Operations"] == ["Decrypt"]

    def test_is_refused_where_settings_or_context_are_wrong(self, session: boto3.Session, tmp_path: Path) -> None:
        with pytest.raises(SettingsError):
            guard(session.client("sagemaker"), settings=tmp_path / "none.yaml")
        with pytest.raises(UnreadableInputError):
            guard(session.client("sagemaker"), settings=Settings(), context={"regoin": "us-west-2"})


class TestWhatCanNotBeDecided:
    def test_is_refused(self, session: boto3.Session, outside: Outside, engine_that: Make, job: dict[str, Any]) -> None:
        engine = engine_that(EngineError("the policies are gone"))
        client = guard(session.client("sagemaker"), settings=Settings(), engine=engine)

        with pytest.raises(RefusedError, match="no decision: the policies are gone") as caught:
            client.create_job(**job)
        assert caught.value.findings == []
        assert caught.value.decision is None
        assert outside.sent == []

    def test_is_sent_with_a_warning_where_that_was_asked_for(
        self, session: boto3.Session, outside: Outside, engine_that: Make, job: dict[str, Any]
    ) -> None:
        engine = engine_that(EngineError("the policies are gone"))
        client = guard(session.client("sagemaker"), settings=Settings(), engine=engine, no_decision="warn")

        with pytest.warns(SealgateWarning, match="CreateJob was not judged"):
            client.create_job(**job)
        assert outside.sent == ["SageMaker.CreateJob"]

    def test_is_refused_where_the_parameters_are_no_json(self, session: boto3.Session, outside: Outside) -> None:
        client = guard(session.client("sagemaker"), settings=Settings())
        endless: dict[str, Any] = {}
        endless["a"] = endless

        for wrong in (endless, {"a": float("nan")}):
            with pytest.raises(RefusedError, match="can't be written as JSON"):
                client.create_training_job(TrainingJobName="t", HyperParameters=wrong)
        assert outside.sent == []

    def test_is_refused_where_the_operation_is_newer_than_sealgate(
        self, session: boto3.Session, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        client = guard(session.client("sagemaker"), settings=Settings())
        model = client.meta.service_model.operation_model("ListJobs")
        monkeypatch.setattr(type(model), "name", property(lambda _: "CreateSomethingNew"))

        with pytest.raises(RefusedError, match="a newer one may know it"):
            client.list_jobs()

    def test_values_of_other_types_are_texts(self, session: boto3.Session, engine_that: Make, decision: Make) -> None:
        engine = engine_that(decision())
        client = guard(session.client("sagemaker"), settings=Settings(), engine=engine)
        odd = {"TrainingJobName": b"\x00", "RoleArn": datetime(2026, 6, 30, tzinfo=UTC), "Tags": Path("x")}

        with pytest.raises(Exception, match="Parameter validation failed"):
            client.create_training_job(**odd)

        parameters = engine.documents[0]["subject"]["aws_request"]["parameters"]
        assert parameters == {"TrainingJobName": "AA==", "RoleArn": "2026-06-30T00:00:00+00:00", "Tags": "x"}


def test_a_refusal_survives_pickling(session: boto3.Session, job: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as caught:
        guard(session.client("sagemaker"), settings=Settings()).create_job(**with_alias(job))

    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 our own

    assert isinstance(copied, RefusedError)
    assert (str(copied), copied.findings) == (str(caught.value), caught.value.findings)


def test_several_threads_may_ask_at_once(session: boto3.Session, outside: Outside, job: dict[str, Any]) -> None:
    client = guard(session.client("sagemaker"), settings=Settings(policy={"enforcement": {"rules": {}}}))
    answers: list[str] = []

    def submit(wrong: bool) -> None:  # noqa: FBT001 an argument of a thread
        try:
            client.create_job(**(with_alias(job) if wrong else job))
        except RefusedError:
            answers.append("refused")
        else:
            answers.append("sent")

    def submit_all() -> None:
        threads = [threading.Thread(target=submit, args=(number % 2 == 0,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with pytest.warns(SealgateWarning):
        submit_all()

    assert (answers.count("refused"), answers.count("sent"), len(outside.sent)) == (10, 10, 10)


NOTEBOOK = """
import json
import sys

def stay_here(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        raise RuntimeError(event)

sys.addaudithook(stay_here)

import boto3
from botocore.exceptions import ClientError
from sealgate.boto3 import guard

session = boto3.Session(aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="example", region_name="us-west-2")
sagemaker = guard(session.client("sagemaker"))
try:
    sagemaker.create_job(**json.loads({job!r}))
except ClientError as error:
    print(type(error).__name__, error)
"""


def test_a_notebook_refuses_a_wrong_job_without_any_network(job: dict[str, Any], tmp_path: Path) -> None:
    script = NOTEBOOK.format(job=json.dumps(with_alias(job)))

    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
    )

    assert done.stdout.startswith("RefusedError An error occurred (AccessDeniedException) when calling the CreateJob")
    assert "SG-MTRL-002: OutputDataConfig.KmsKeyArn is the ARN of an alias" in done.stdout
    assert done.stderr == ""
