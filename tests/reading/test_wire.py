from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.session import Session
from hypothesis import given
from hypothesis import strategies as st
from tests.generate.requests_builder import minimal_request, with_key

from sealgate import resources
from sealgate.errors import UnreadableInputError
from sealgate.reading import wire
from sealgate.reading.wire import Recognised, WireRequest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.awsrequest import AWSPreparedRequest
    from botocore.client import BaseClient

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
UNKNOWN_HOST = "jobs.example.internal"
JSON_1_1 = "application/x-amz-json-1.1"

# Two operations with one method and path, both without keys: which of them it is changes nothing.
TWINS = {
    "bedrock-agent-runtime:InvokeInlineAgent",
    "bedrock-agent-runtime:ListTagsForResource",
    "bedrock-agent-runtime:TagResource",
    "bedrock-agent-runtime:UntagResource",
    "bedrock-data-automation:ListTagsForResource",
    "bedrock-data-automation:TagResource",
    "bedrock-data-automation:UntagResource",
}
# botocore has it in its model, and no method for it.
NOT_CALLABLE = {"bedrock-runtime:InvokeModelWithBidirectionalStream"}


class NoContent:
    def stream(self, **_: object) -> Iterator[bytes]:
        return iter([b"{}"])


class Wire:
    """Clients of botocore that send nothing: what they would have sent is taken from them."""

    def __init__(self) -> None:
        self._session = Session()
        self._session.set_credentials("AKIDEXAMPLE", "example")
        self._clients: dict[str, BaseClient] = {}
        self._sent: list[AWSPreparedRequest] = []

    def request(self, operation: str, parameters: dict[str, Any]) -> tuple[WireRequest, bytes]:
        service, _, name = operation.partition(":")
        if service not in self._clients:
            client = self._session.create_client(
                service, region_name="us-west-2", endpoint_url=f"https://{UNKNOWN_HOST}"
            )
            answering: Any = self._capture  # the stubs know of no handler that answers
            client.meta.events.register("before-send", answering)
            self._clients[service] = client
        try:
            getattr(self._clients[service], xform_name(name))(**parameters)
        except Exception:  # noqa: BLE001 the empty answer suits no operation with a stream, which was sent all the same
            assert self._sent
        return as_wire_request(self._sent.pop())

    def _capture(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        self._sent.append(request)
        return AWSResponse(request.url, 200, HTTPHeaders(), NoContent())


def as_wire_request(sent: AWSPreparedRequest) -> tuple[WireRequest, bytes]:
    url = urlsplit(sent.url)
    path, query = wire.split_target(url.path + (f"?{url.query}" if url.query else ""))
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else value for name, value in sent.headers.items()
    }
    body = sent.body if isinstance(sent.body, bytes) else b""
    return WireRequest(method=sent.method, path=path, query=query, headers={**headers, "host": url.netloc}), body


@pytest.fixture(scope="module")
def sdk() -> Wire:
    return Wire()


def operations(*, guarded: bool) -> list[str]:
    return [
        f"{service}:{operation}"
        for service, row in wire._table().items()  # noqa: SLF001 the table is what is tested
        for operation in row["operations"]
        if wire.is_guarded(service, operation) is guarded
    ]


def signed(service: str, region: str = "us-west-2") -> dict[str, str]:
    return {
        "host": UNKNOWN_HOST,
        "authorization": f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260630/{region}/{service}/aws4_request, "
        "SignedHeaders=host;x-amz-date, Signature=abc",
    }


def sagemaker(target: str = "SageMaker.CreateTrainingJob", **changes: Any) -> WireRequest:
    headers = {**signed("sagemaker"), "x-amz-target": target, "content-type": JSON_1_1, **changes.pop("headers", {})}
    headers = {name: value for name, value in headers.items() if value is not None}
    return WireRequest(**{"method": "POST", "path": "/", "headers": headers, **changes})


def bedrock(method: str, path: str, *, service: str = "bedrock", **headers: str) -> WireRequest:
    raw, query = wire.split_target(path)
    return WireRequest(
        method=method,
        path=raw,
        query=query,
        headers={**signed(service), "content-type": "application/json", **headers},
    )


def refused(request: WireRequest) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        wire.recognise(request)
    return caught.value.message


def recognised(request: WireRequest) -> Recognised:
    found = wire.recognise(request)
    assert found is not None
    return found


class TestWhatBoto3Sends:
    @pytest.mark.parametrize("operation", operations(guarded=True))
    def test_is_recognised_and_read_back(self, sdk: Wire, operation: str) -> None:
        parameters = minimal_request(operation)
        for key in resources.operations().get(operation, {"keys": []})["keys"]:
            parameters = with_key(operation, parameters, key["path"], KEY)

        request, body = sdk.request(operation, parameters)

        found = recognised(request)
        assert (found.title, found.is_guarded, found.region) == (operation, True, "us-west-2")
        read = wire.read(request, found, body)["aws_request"]
        assert (read["service"], read["operation"]) == tuple(operation.split(":"))
        # Tokens against doubles are made by botocore.
        assert {name: value for name, value in read["parameters"].items() if name in parameters} == json.loads(
            json.dumps(parameters)
        )
        assert {name.lower() for name in read["parameters"].keys() - parameters.keys()} <= {
            "clienttoken",
            "clientrequesttoken",
        }

    def test_passes_where_it_carries_no_key(self, sdk: Wire) -> None:
        wrong = {}
        for operation in operations(guarded=False):
            if operation in NOT_CALLABLE:
                continue
            request, _ = sdk.request(operation, minimal_request(operation))
            found = recognised(request)
            if found.is_guarded or (found.title != operation and operation not in TWINS):
                wrong[operation] = found.title
        assert wrong == {}

    @pytest.mark.parametrize(
        ("operation", "parameters"),
        [
            ("s3:PutObject", {"Bucket": "amzn-s3-demo-bucket", "Key": "prompts/a b.jsonl", "Body": b"x"}),
            ("s3:ListBuckets", {}),
            ("sts:GetCallerIdentity", {}),
            ("dynamodb:PutItem", {"TableName": "t", "Item": {"k": {"S": "v"}}}),
            ("ecr:DescribeRepositories", {}),
        ],
    )
    def test_passes_where_it_is_for_another_service(
        self, sdk: Wire, operation: str, parameters: dict[str, Any]
    ) -> None:
        assert wire.recognise(sdk.request(operation, parameters)[0]) is None


class TestTheServiceAndTheRegion:
    def test_come_from_a_presigned_url_as_well(self) -> None:
        credential = "AKIDEXAMPLE/20260630/eu-west-1/sagemaker/aws4_request"
        request = sagemaker(headers={"authorization": None}, query=[("X-Amz-Credential", credential)])
        assert recognised(request)[:5] == ("sagemaker", "CreateTrainingJob", "json", True, "eu-west-1")

    @pytest.mark.parametrize(
        ("host", "path", "operation"),
        [
            ("api.sagemaker.us-west-2.amazonaws.com", None, "sagemaker:CreateTrainingJob"),
            ("api-fips.sagemaker.us-west-2.amazonaws.com:443", None, "sagemaker:CreateTrainingJob"),
            ("vpce-0a1b.api.sagemaker.us-west-2.vpce.amazonaws.com", None, "sagemaker:CreateTrainingJob"),
            ("bedrock.us-west-2.api.aws", "/evaluation-jobs", "bedrock:CreateEvaluationJob"),
            ("BEDROCK-AGENT.us-west-2.amazonaws.com", "/flows/", "bedrock-agent:CreateFlow"),
        ],
    )
    def test_come_from_the_host_where_nothing_is_signed(self, host: str, path: str | None, operation: str) -> None:
        target = None if path else "SageMaker.CreateTrainingJob"
        headers = {"host": host, "x-amz-target": target} if target else {"host": host}
        found = recognised(WireRequest(method="POST", path=path or "/", headers=headers))
        assert (found.title, found.region) == (operation, "us-west-2")

    def test_come_from_the_operation_where_neither_tells(self) -> None:
        assert recognised(sagemaker(headers={"authorization": "Bearer example"})).region is None
        request = WireRequest(method="POST", path="/model-customization-jobs", headers={"host": UNKNOWN_HOST})
        assert recognised(request).title == "bedrock:CreateModelCustomizationJob"

    def test_of_a_signature_for_several_regions_are_known_in_part(self) -> None:
        header = "AWS4-ECDSA-P256-SHA256 Credential=AKIDEXAMPLE/20260630/sagemaker/aws4_request, Signature=abc"
        assert recognised(sagemaker(headers={"authorization": header}))[4] is None

    @pytest.mark.parametrize(
        "authorization",
        [
            "AWS4-HMAC-SHA256",
            "AWS4-HMAC-SHA256 Credential=",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260630/us-west-2/sagemaker",
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260630/us-west-2/sagemaker/aws4_request/x",
            "aws4-hmac-sha256 credential=AKIDEXAMPLE/20260630/us-west-2/s3/aws4_request",
            f"Bearer example, {signed('s3')['authorization']}, {signed('sagemaker')['authorization']}",
            f"{signed('s3')['authorization']},{signed('sagemaker')['authorization']}",
        ],
    )
    def test_are_not_guessed(self, authorization: str) -> None:
        assert "sign" in refused(sagemaker(headers={"authorization": authorization}))

    def test_are_not_said_twice(self) -> None:
        credential = "AKIDEXAMPLE/20260630/us-west-2/s3/aws4_request"
        assert "signed twice" in refused(sagemaker(query=[("x-amz-credential", credential)]))

    @pytest.mark.parametrize("service", ["SageMaker", "SAGEMAKER", "sage-maker", "Bedrock", "KMS"])
    def test_are_not_spelled_otherwise(self, service: str) -> None:
        assert "which is no service" in refused(sagemaker(headers=signed(service)))

    @pytest.mark.parametrize(
        ("service", "target", "host", "said"),
        [
            ("s3", "SageMaker.CreateTrainingJob", UNKNOWN_HOST, "signed for s3, and X-Amz-Target names another"),
            ("dynamodb", "com.amazonaws.SageMaker.CreateTrainingJob", UNKNOWN_HOST, "names another"),
            ("dynamodb", "sagemaker#CreateTrainingJob", UNKNOWN_HOST, "names another"),
            ("bedrock", "SageMaker.CreateTrainingJob", UNKNOWN_HOST, "is not of bedrock"),
            ("kms", "SageMaker.CreateTrainingJob", UNKNOWN_HOST, "is not of kms"),
            ("s3", None, "api.sagemaker.us-west-2.amazonaws.com", "addressed to a host of sagemaker"),
            ("bedrock", None, "api.sagemaker.us-west-2.amazonaws.com", "addressed to a host of sagemaker"),
            ("sagemaker", "SageMaker.ListJobs", "api.sagemaker.eu-west-1.amazonaws.com", "a host of eu-west-1"),
        ],
    )
    def test_do_not_contradict_each_other(self, service: str, target: str | None, host: str, said: str) -> None:
        headers = {**signed(service), "host": host, "x-amz-target": target}
        assert said in refused(sagemaker(headers=headers))


class TestATarget:
    @pytest.mark.parametrize(
        "target",
        [
            "SageMaker.CreateTrainingJob,SageMaker.ListJobs",
            "SageMaker.ListJobs, SageMaker.CreateTrainingJob",
            "SageMaker.createTrainingJob",
            "SageMaker.CreateTrainingJob ",
            "sagemaker.CreateTrainingJob",
            "SageMaker.CreateTrainingJob.ListJobs",
            "com.amazonaws.sagemaker.SageMaker.CreateTrainingJob",
            "SageMaker",
            "SageMaker.",
            ".CreateTrainingJob",
            "",
            "SageMaker.CreateSomethingNew",
            "DynamoDB_20120810.PutItem",
        ],
    )
    def test_is_written_as_clients_write_it(self, target: str) -> None:
        assert refused(sagemaker(target))

    @pytest.mark.parametrize("target", ["SageMaker.CreateTrainingJob", "SageMaker.ListTrainingJobs"])
    @pytest.mark.parametrize(
        "changes",
        [
            {"method": "GET"},
            {"method": "PUT"},
            {"method": "post"},
            {"path": "/evaluation-jobs"},
            {"path": "//"},
            {"path": "/SageMaker/CreateTrainingJob"},
            {"path": "/service/SageMaker/operation/CreateTrainingJob"},
            {"query": [("Action", "CreateTrainingJob")]},
            {"query": [("x-amz-target", "SageMaker.CreateTrainingJob")]},
            {"query": [("Operation", "CreateTrainingJob")]},
            {"query": [("version", "1")]},
            {"headers": {"x-http-method-override": "POST"}},
            {"headers": {"smithy-protocol": "rpc-v2-cbor"}},
            {"headers": {"content-type": "application/cbor"}},
            {"headers": {"content-type": "application/x-www-form-urlencoded"}},
            {"headers": {"content-type": "application/x-amz-json-1.1; charset=utf-16"}},
        ],
    )
    def test_is_the_only_thing_that_names_an_operation(self, target: str, changes: dict[str, Any]) -> None:
        assert refused(sagemaker(target, **changes))

    def test_may_come_in_a_signed_url(self) -> None:
        query = [("X-Amz-Signature", "abc"), ("X-Amz-Date", "20260630T120000Z")]
        assert recognised(sagemaker(query=query)).title == "sagemaker:CreateTrainingJob"

    def test_is_missed_where_the_service_needs_one(self) -> None:
        message = refused(sagemaker(headers={"x-amz-target": None}))
        assert "there is no X-Amz-Target" in message

    def test_beside_a_path_is_refused(self) -> None:
        request = bedrock("POST", "/evaluation-jobs", **{"x-amz-target": "SageMaker.ListJobs"})
        assert "is not of bedrock" in refused(request)


class TestAPath:
    @pytest.mark.parametrize("path", ["/evaluation-jobs", "/evaluation-jobs/"])
    def test_may_end_with_a_slash(self, path: str) -> None:
        assert recognised(bedrock("POST", path)).title == "bedrock:CreateEvaluationJob"

    @pytest.mark.parametrize("path", ["/agents", "/agents/"])
    def test_may_lack_the_slash_of_its_template(self, path: str) -> None:
        assert recognised(bedrock("PUT", path)).title == "bedrock-agent:CreateAgent"

    @pytest.mark.parametrize(
        "path",
        [
            "//evaluation-jobs",
            "/evaluation-jobs//",
            "/./evaluation-jobs",
            "/x/../evaluation-jobs",
            "/Evaluation-Jobs",
            "/EVALUATION-JOBS",
            "/evaluation-jobs;a=b",
            "/%65valuation-jobs",
            "/evaluation%2Djobs",
            "/evaluation-jobs%2F",
            "/evaluation-jobs%00",
            "/evaluation-jobs%20",
            "/%2Fevaluation-jobs",
            "/v1/evaluation-jobs",
            "/service/Bedrock/operation/CreateEvaluationJob",
        ],
    )
    @pytest.mark.parametrize("service", ["bedrock", "bedrock-agentcore", "sagemaker"])
    def test_of_a_guarded_service_is_written_as_clients_write_it(self, service: str, path: str) -> None:
        assert "is no operation of" in refused(bedrock("POST", path, service=service))

    @pytest.mark.parametrize(
        "path",
        [
            "//evaluation-jobs",
            "/evaluation-jobs//",
            "/./evaluation-jobs",
            "/x/../evaluation-jobs",
            "/Evaluation-Jobs",
            "/evaluation-jobs;a=b",
            "/%65valuation-jobs",
            "/%2565valuation-jobs",
            "/evaluation-jobs%2F",
            "/evaluation-jobs%20",
            "/x%5C..%5Cevaluation-jobs",
            "/service/SageMaker/operation/CreateTrainingJob",
            "/service/sage-maker/operation/CreateTrainingJob",
        ],
    )
    def test_that_nobody_signed_is_refused_where_it_is_nearly_guarded(self, path: str) -> None:
        assert refused(WireRequest(method="POST", path=path, headers={"host": UNKNOWN_HOST}))
        assert refused(WireRequest(method="PATCH", path=path, headers={"host": UNKNOWN_HOST, "x-amz-target": "A.B"}))

    def test_that_nobody_signed_is_read_whatever_it_says(self) -> None:
        headers = {"host": UNKNOWN_HOST}
        assert wire.recognise(WireRequest(method="HEAD", path="/Evaluation-Jobs", headers=headers)) is None
        assert refused(
            WireRequest(method="GET", path="/Evaluation-Jobs", headers={**headers, "x-http-method-override": "POST"})
        )

    @pytest.mark.parametrize(
        ("method", "path"),
        [("GET", "/"), ("PUT", "/my-bucket/key"), ("POST", "/my-bucket?delete"), ("DELETE", "/my-bucket/a/b/c")],
    )
    def test_that_nobody_signed_passes_where_it_is_like_no_guarded_one(self, method: str, path: str) -> None:
        raw, query = wire.split_target(path)
        assert wire.recognise(WireRequest(method=method, path=raw, query=query, headers={"host": UNKNOWN_HOST})) is None

    @pytest.mark.parametrize(
        "identifier", ["..", "%2E%2E", "a%2F..%2F..", "a%2F", "%2F", "a%5C..%5Cb", "a%252Fb", "%0A"]
    )
    def test_holds_no_identifier_that_another_reader_may_take_apart(self, identifier: str) -> None:
        assert refused(bedrock("PUT", f"/guardrails/{identifier}"))
        assert refused(bedrock("GET", f"/guardrails/{identifier}"))

    def test_does_not_become_another_operation_once_it_is_decoded(self) -> None:
        # UpdateKnowledgeBase, or CreateDataSource for whoever decodes first.
        assert "once it is decoded" in refused(bedrock("PUT", "/knowledgebases/KB12345678%2Fdatasources"))

    def test_that_two_operations_have_is_refused_where_one_is_guarded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # No two have one today, of services with one signature; who signs nothing may mean any service.
        templates = {
            length: [*found, *(one._replace(service="bedrock-agentcore", operation="Twin") for one in found)]
            for length, found in wire._templates().items()  # noqa: SLF001 the table is what is changed
        }
        monkeypatch.setattr(wire, "_templates", lambda: templates)
        request = WireRequest(method="POST", path="/evaluation-jobs", headers={"host": UNKNOWN_HOST})
        assert "and others too" in refused(request)

    def test_may_hold_an_arn(self) -> None:
        arn = "arn%3Aaws%3Abedrock%3Aus-west-2%3A111122223333%3Aguardrail%2Fabc"
        found = recognised(bedrock("PUT", f"/guardrails/{arn}"))
        assert found.labels == {"guardrailIdentifier": "arn:aws:bedrock:us-west-2:111122223333:guardrail/abc"}

    @pytest.mark.parametrize("method", ["post", "Post", "POSTS", "TRACE", "DELETE"])
    def test_counts_with_its_method_alone(self, method: str) -> None:
        assert "is no operation of" in refused(bedrock(method, "/evaluation-jobs"))

    @pytest.mark.parametrize(
        "target",
        ["", "evaluation-jobs", "https://bedrock/evaluation-jobs", "*", "/a b", "/a#b", "/a\x00", "/ü", "/?a#b", "/?ü"],
    )
    def test_is_refused_where_no_client_of_aws_writes_it(self, target: str) -> None:
        with pytest.raises(UnreadableInputError, match="is not one that AWS's clients send"):
            wire.split_target(target)


def body_refused(body: bytes, request: WireRequest | None = None) -> str:
    request = request or sagemaker()
    with pytest.raises(UnreadableInputError) as caught:
        wire.read(request, recognised(request), body)
    return str(caught.value)


class TestABody:
    @pytest.mark.parametrize(
        ("body", "said"),
        [
            (b"", "came without its body"),
            (b"[]", "a list, not an object"),
            (b"null", "null, not an object"),
            (b'"{}"', "a string, not an object"),
            (b"\xef\xbb\xbf{}", "byte order mark"),
            (b'{"RoleArn": "a", "RoleArn": "b"}', 'duplicate key "RoleArn"'),
            (b'{"ResourceConfig": {"VolumeKmsKeyId": 1, "VolumeKmsKeyId": 2}}', "duplicate key"),
            (b'{"a": NaN}', "NaN"),
            (b'{"a": 1', "ends before"),
            (b"{} {}", "text follows"),
            (b"Action=CreateTrainingJob", "a value is expected"),
            (b"\x1f\x8b\x08\x00", "no UTF-8"),
            (b'{"\xff": 1}', "no UTF-8"),
            ("{}".encode("utf-16"), "no UTF-8"),
            (b"{" * 200, ""),
        ],
    )
    def test_is_strict_json(self, body: bytes, said: str) -> None:
        assert said in body_refused(body)

    @pytest.mark.parametrize(
        ("header", "value", "said"),
        [
            ("x-envoy-auth-partial-body", "true", "only a part of the body"),
            ("x-envoy-auth-partial-body", "maybe", "only a part of the body"),
            ("content-encoding", "gzip", 'is encoded ("gzip")'),
            ("content-encoding", "identity, gzip", "is encoded"),
            ("content-encoding", "amz-1.0", "is encoded"),
            ("content-encoding", "aws-chunked", "is encoded"),
            ("content-type", None, "the Content-Type does not say"),
        ],
    )
    def test_is_whole_and_plain(self, header: str, value: str | None, said: str) -> None:
        assert said in body_refused(b"{}", sagemaker(headers={header: value}))

    @pytest.mark.parametrize(
        "content_type",
        [JSON_1_1, "application/x-amz-json-1.0", "application/json", "Application/JSON; charset=UTF-8"],
    )
    def test_says_that_it_is_json(self, content_type: str) -> None:
        request = sagemaker(headers={"content-type": content_type, "content-encoding": "identity"})
        read = wire.read(request, recognised(request), b'{"TrainingJobName": "t"}')
        assert read["aws_request"]["parameters"] == {"TrainingJobName": "t"}

    def test_of_what_stands_in_the_path_says_nothing(self) -> None:
        request = bedrock("PUT", "/guardrails/abc")
        assert wire.read(request, recognised(request), b'{"name": "g"}')["aws_request"]["parameters"] == {
            "guardrailIdentifier": "abc",
            "name": "g",
        }
        assert "stands in the body, and in the path" in body_refused(b'{"guardrailIdentifier": "other"}', request)

    @pytest.mark.parametrize(
        "body",
        [
            {"outputDataConfig": {}},
            {"OutputDataConfig": {"kmsKeyId": KEY}},
            {"ResourceConfig": {"VolumeKMSKeyId": KEY}},
            {"resourceconfig": {}, "ResourceConfig": {}},
        ],
    )
    def test_has_no_member_that_is_one_on_the_way_to_a_key_in_another_case(self, body: dict[str, Any]) -> None:
        assert "did you mean" in body_refused(json.dumps(body).encode())

    def test_may_have_names_of_its_own_in_a_map(self) -> None:
        request = sagemaker()
        content = {"Environment": {"kmskeyid": "a", "KmsKeyId": "b"}, "HyperParameters": {"a": "1", "A": "2"}}
        read = wire.read(request, recognised(request), json.dumps(content).encode())
        assert read["aws_request"]["parameters"] == content

    def test_lists_are_looked_into(self) -> None:
        definitions = {"TrainingJobDefinitions": [{"OutputDataConfig": {}}, {"OutputDataConfig": {"KMSKeyId": KEY}}]}
        request = sagemaker("SageMaker.CreateHyperParameterTuningJob")
        assert "did you mean KmsKeyId" in body_refused(json.dumps(definitions).encode(), request)

    def test_has_a_query_without_doubles(self) -> None:
        assert "names a parameter twice" in body_refused(b"{}", bedrock("POST", "/evaluation-jobs?a=1&a=2"))


class TestTheTable:
    def test_guards_every_operation_that_the_policies_judge(self) -> None:
        assert set(operations(guarded=True)) == {*resources.operations(), "kms:CreateGrant"}

    def test_knows_no_operation_of_other_services(self) -> None:
        assert wire.is_guarded("s3", "PutObject") is None

    def test_refuses_what_a_known_service_is_not_known_to_have(self) -> None:
        with pytest.raises(UnreadableInputError, match="a newer one may know it"):
            wire.is_guarded("sagemaker", "CreateSomethingNew")


HEADERS = st.dictionaries(
    st.sampled_from(["host", "authorization", "x-amz-target", "content-type", "content-encoding", "smithy-protocol"]),
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(
            [
                *(signed(service)["authorization"] for service in ("sagemaker", "bedrock", "kms", "s3")),
                "SageMaker.CreateTrainingJob",
                "TrentService.CreateGrant",
                JSON_1_1,
                "api.sagemaker.us-west-2.amazonaws.com",
            ]
        ),
    ),
)
PATHS = st.one_of(
    st.just("/"),
    st.lists(
        st.sampled_from(["", ".", "..", "guardrails", "evaluation-jobs", "agents", "%2F", "%2e%2e", "x", "A;b"]),
        max_size=5,
    ).map(lambda parts: "/" + "/".join(parts)),
)


@given(st.sampled_from(["GET", "POST", "PUT", "PATCH", "post"]), PATHS, HEADERS, st.binary(max_size=30))
def test_whatever_comes_is_passed_recognised_or_refused(
    method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    request = WireRequest(method=method, path=path, headers=headers)
    try:
        found = wire.recognise(request)
        if found and found.is_guarded:
            wire.read(request, found, body)
    except UnreadableInputError:
        return
    # Nothing that a lenient reader takes for a guarded operation passes as anything else.
    lenient = "/".join(wire._respelled(path))  # noqa: SLF001 the most lenient reading is what passing is held against
    is_signed_for_others = "/s3/" in headers.get("authorization", "")
    if found is None and method in {"POST", "PUT", "PATCH"} and not is_signed_for_others:
        assert lenient not in {"/evaluation-jobs", "/guardrails", "/guardrails/x", "/agents", "/agents/x"}
