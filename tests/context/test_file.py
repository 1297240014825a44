from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealgate import resources
from sealgate.context import file as context_file
from sealgate.errors import UnreadableInputError

if TYPE_CHECKING:
    from pathlib import Path

KEY = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = "arn:aws:kms:us-west-2:444455556666:key/0987dcba-09fe-87dc-65ba-ab0987654321"
ROLE = "arn:aws:iam::111122223333:role/SageMakerExecutionRole"
PACKAGE = "arn:aws:sagemaker:us-west-2:111122223333:model-package/my-final-models/3"
POLICY: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}

EVERYTHING: dict[str, Any] = {
    "partition": "aws",
    "region": "us-west-2",
    "account": "111122223333",
    "caller": {"arn": "arn:aws:sts::111122223333:assumed-role/Submitter/me", "role_arn": ROLE},
    "invoking_principals": [ROLE],
    "agent_runtime_role": ROLE,
    "keys": {
        KEY: {
            "metadata": {"Arn": KEY, "MultiRegion": False, "XksKeyConfiguration": {"Id": "x"}},
            "policy": POLICY,
            "grants": [{"GrantId": "1", "Operations": ["Decrypt"], "IssuingAccount": "x"}],
        },
        OTHER_KEY: None,
    },
    "aliases": {"alias/ml": KEY, "arn:aws:kms:us-west-2:111122223333:alias/gone": None},
    "principals": {
        ROLE: {
            "policies": [{"name": "inline", "document": POLICY}, {"document": POLICY}],
            "permissions_boundary": None,
            "session_policies": [POLICY],
            "trust_policy": POLICY,
        }
    },
    "objects": {"s3://my-bucket/prompts/a.jsonl": {"ServerSideEncryption": "aws:kms"}},
    "buckets": {
        "my-bucket": {"encryption": {"ServerSideEncryptionConfiguration": {}}, "location": {"LocationConstraint": None}}
    },
    "model_packages": {PACKAGE: {"job_arn": None, "kms_key_arn": KEY}},
    "models": {"arn:aws:bedrock:us-west-2:111122223333:custom-model/m": {"kms_key_arn": None}},
    "jobs": {"arn:aws:sagemaker:us-west-2:111122223333:job/AgentRFT/j": {"status": "Completed"}},
    "unavailable": {"caller": "not allowed: sts:GetCallerIdentity"},
    "organization": {
        "111122223333": {
            "management": False,
            "service_control_policies": [[{"name": "FullAWSAccess", "document": POLICY}]],
            "resource_control_policies": [[]],
        },
        "444455556666": None,
    },
}


def fault(value: object) -> str:
    with pytest.raises(UnreadableInputError) as caught:
        context_file.read(value)
    return caught.value.message


def test_everything_that_aws_knows_is_read() -> None:
    assert context_file.read(EVERYTHING) == EVERYTHING
    assert EVERYTHING.keys() == resources.schema("context")["properties"].keys()


def test_nothing_is_a_context_too() -> None:
    assert context_file.read({}) == {}


@pytest.mark.parametrize("entry", [None, {}, {"metadata": None, "policy": None, "grants": None}])
def test_what_is_known_not_to_exist_is_kept(entry: object) -> None:
    assert context_file.read({"keys": {KEY: entry}}) == {"keys": {KEY: entry}}


def test_answers_are_taken_as_the_aws_cli_prints_them() -> None:
    pasted = {
        "metadata": {"KeyMetadata": {"Arn": KEY}},
        "policy": {"Policy": json.dumps(POLICY), "PolicyName": "default"},
        "grants": {"Grants": [{"GrantId": "1"}], "Truncated": False},
    }
    given_context = {"keys": {KEY: pasted}}
    before = copy.deepcopy(given_context)
    assert context_file.read(given_context) == {
        "keys": {KEY: {"metadata": {"Arn": KEY}, "policy": POLICY, "grants": [{"GrantId": "1"}]}}
    }
    assert given_context == before


def test_answers_about_callers_and_roles_are_taken_as_the_aws_cli_prints_them() -> None:
    identity = {"UserId": "AIDA", "Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/me"}
    inline = {"RoleName": "SageMakerExecutionRole", "PolicyName": "inline", "PolicyDocument": POLICY}
    assert context_file.read({"caller": identity, "principals": {ROLE: {"policies": [inline]}}}) == {
        "caller": {"arn": "arn:aws:iam::111122223333:user/me"},
        "principals": {ROLE: {"policies": [{"name": "inline", "document": POLICY}]}},
    }


@pytest.mark.parametrize("text", [json.dumps(POLICY), quote(json.dumps(POLICY))], ids=["JSON", "encoded for a URL"])
def test_policies_as_text_are_read_wherever_they_stand(text: str) -> None:
    named = {"name": "p", "document": text}
    read = context_file.read(
        {
            "keys": {KEY: {"policy": text}},
            "principals": {
                ROLE: {
                    "policies": [named],
                    "session_policies": [text],
                    "permissions_boundary": text,
                    "trust_policy": text,
                }
            },
            "organization": {
                "111122223333": {"service_control_policies": [[named]], "resource_control_policies": [[named]]}
            },
        }
    )
    assert json.dumps(text)[1:-1] not in json.dumps(read).replace(json.dumps(POLICY), "")
    assert json.dumps(read).count(json.dumps(POLICY)) == 7


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"Statement":[{"Effect":"Deny"}],"Statement":[]}', 'duplicate key "Statement" (line 1, column 34)'),
        (json.dumps(POLICY) + " {}", "(line 1, column"),
        ("{", "(line 1, column 2)"),
        ("\ufeff{}", "(line 1, column 1)"),
    ],
)
def test_a_policy_that_two_parsers_may_read_differently_is_refused_with_its_place(text: str, reason: str) -> None:
    for pasted in ({"keys": {KEY: {"policy": text}}}, {"principals": {ROLE: {"policies": [{"document": text}]}}}):
        message = fault(pasted)
        assert "is a policy as JSON text, which can't be read" in message
        assert reason in message


def test_a_list_that_was_cut_off_is_refused() -> None:
    cut = {"keys": {KEY: {"grants": {"Grants": [], "Truncated": True}}}}
    assert fault(cut) == (f'/keys/{KEY.replace("/", "~1")}/grants is cut off ("Truncated"): ask for the whole list')


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ([], "a context is an object, and this is a list"),
        (None, "a context is an object, and this is null"),
        ({"key": {}}, 'unknown member "key" at /: did you mean "keys"?'),
        ({"keys": []}, "/keys is a list, not an object"),
        ({"keys": {KEY: []}}, "is a list, not an object or null"),
        (
            {"keys": {KEY: {"KeyMetadata": {}}}},
            'unknown member "KeyMetadata" at /keys/arn:aws:kms:us-west-2:111122223333:',
        ),
        ({"keys": {KEY: {"KeyMetadata": {}}}}, 'did you mean "metadata"?'),
        ({"keys": {KEY: {"metadata": {"MultiRegion": "false"}}}}, "/metadata/MultiRegion is a string, not a boolean"),
        ({"keys": {KEY: {"metadata": {"KeyState": True}}}}, "/metadata/KeyState is a boolean, not a string"),
        ({"keys": {KEY: {"grants": {}}}}, "/grants is an object, not a list or null"),
        ({"keys": {KEY: {"policy": 7}}}, "/policy is a number, not an object or a string or null"),
        (
            {"keys": {"1234abcd-12ab-34cd-56ef-1234567890ab": {}}},
            'the name "1234abcd-12ab-34cd-56ef-1234567890ab" at /keys is not a key ARN',
        ),
        ({"keys": {KEY + "\n": {}}}, "is not a key ARN"),
        ({"aliases": {"ml": KEY}}, 'the name "ml" at /aliases is not an alias ARN or alias/name'),
        ({"aliases": {"alias/ml": "alias/other"}}, '/aliases/alias~1ml is "alias/other", which is not a key ARN'),
        ({"account": 111122223333}, "/account is a number, not a string: put it in quotes"),
        ({"account": "1111"}, '/account is "1111", which is not an account id of 12 digits'),
        ({"region": "us_west_2"}, '/region is "us_west_2", which is not a Region, such as us-west-2'),
        ({"region": None}, "/region is null, not a string"),
        ({"partition": "AWS"}, '/partition is "AWS", which is not a partition, such as aws'),
        ({"caller": {}}, '"arn" is missing at /caller'),
        ({"caller": {"arn": "me"}}, "which is not the ARN of an IAM user or role, or of a session"),
        ({"principals": {ROLE: {"policies": [{"name": "x"}]}}}, '"document" is missing at /principals/'),
        ({"buckets": {"my-bucket": {"Location": {}}}}, 'did you mean "location"?'),
        ({"objects": {"my-bucket/a": {}}}, 'the name "my-bucket/a" at /objects is not an S3 URI'),
        ({"jobs": {"j": {}}}, 'the name "j" at /jobs is not an ARN'),
        ({"organization": {"root": {}}}, 'the name "root" at /organization is not an account id of 12 digits'),
    ],
)
def test_what_is_wrong_is_told_with_its_place(value: object, message: str) -> None:
    assert message in fault(value)


def test_many_faults_are_told_at_once_but_not_all() -> None:
    message = fault({f"part{index:02}": 1 for index in range(15)})
    assert message.startswith('the context can\'t be used: unknown member "part00" at /; ')
    assert message.count("unknown member") == 10
    assert message.endswith("; and 5 more")


class TestFile:
    def test_is_json_or_yaml(self, tmp_path: Path) -> None:
        for name, content in (("a.json", json.dumps(EVERYTHING)), ("a.yaml", json.dumps(EVERYTHING))):
            path = tmp_path / name
            path.write_text(content)
            assert context_file.load(path) == EVERYTHING
            assert context_file.load(str(path)) == EVERYTHING

    def test_is_told_with_the_line_of_its_first_fault(self, tmp_path: Path) -> None:
        path = tmp_path / "context.yaml"
        path.write_text("region: us-west-2\nkeys:\n  my-key: {}\n")
        with pytest.raises(UnreadableInputError) as caught:
            context_file.load(path)
        assert (caught.value.source, caught.value.line, caught.value.column) == (str(path), 3, 3)

    def test_that_can_not_be_read_is_told(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableInputError, match=r"missing\.json: it can't be read"):
            context_file.load(tmp_path / "missing.json")


class TestMerge:
    def test_of_nothing_is_nothing(self) -> None:
        assert context_file.merge({}, {}, None) == ({}, [])
        assert context_file.merge({}, {}, {}) == ({}, [])
        assert context_file.merge({}, {}, {"keys": {}}) == ({"keys": {}}, [])

    def test_takes_whole_entries_and_says_which_came_from_the_caller(self) -> None:
        service = {"keys": {KEY: {"metadata": {"Arn": KEY}}}, "buckets": {"mine": None}}
        caller = {
            "keys": {KEY: {"policy": POLICY}, OTHER_KEY: {"policy": POLICY}},
            "buckets": {"mine": {"location": {}}, "yours": None},
            "aliases": {"alias/ml": KEY},
            "caller": {"arn": ROLE},
        }
        before = copy.deepcopy((service, caller))
        merged, from_caller = context_file.merge({}, service, caller)
        assert merged == {
            "keys": {KEY: {"metadata": {"Arn": KEY}}, OTHER_KEY: {"policy": POLICY}},
            "buckets": {"mine": None, "yours": None},
            "aliases": {"alias/ml": KEY},
            "caller": {"arn": ROLE},
        }
        assert from_caller == [
            "/aliases/alias~1ml",
            "/buckets/yours",
            "/caller",
            "/keys/" + OTHER_KEY.replace("/", "~1"),
        ]
        assert (service, caller) == before

    def test_never_lets_the_caller_replace_what_the_service_knows(self) -> None:
        defaults = {"region": "us-west-2", "account": "111122223333"}
        service = {"account": "444455556666", "caller": {"arn": ROLE}}
        caller = {"region": "eu-west-1", "account": "1" * 12, "partition": "aws-cn", "caller": {"arn": KEY}}
        assert context_file.merge(defaults, service, caller) == (
            {"region": "us-west-2", "account": "444455556666", "partition": "aws-cn", "caller": {"arn": ROLE}},
            ["/partition"],
        )

    @given(data=st.data())
    def test_has_each_entry_of_the_first_that_knows_it(self, data: st.DataObject) -> None:
        entry = st.none() | st.dictionaries(st.sampled_from("pq"), st.integers(0, 9), max_size=2)
        part = st.dictionaries(st.sampled_from(["a", "b/c", "~"]), entry, max_size=3)
        context = st.fixed_dictionaries(
            {}, optional={"keys": part, "jobs": part, "region": st.text(max_size=2), "caller": entry}
        )
        defaults, service, caller = data.draw(context), data.draw(context), data.draw(context)
        merged, from_caller = context_file.merge(defaults, service, caller)

        def entries(source: dict[str, Any]) -> dict[str, Any]:
            found = {}
            for name, value in source.items():
                if name in {"keys", "jobs"}:
                    for member, content in value.items():
                        found[f"/{name}/" + member.replace("~", "~0").replace("/", "~1")] = content
                else:
                    found[f"/{name}"] = value
            return found

        own = {**entries(defaults), **entries(service)}
        assert entries(merged) == {**entries(caller), **own}
        assert from_caller == sorted(entries(caller).keys() - own.keys())

    def test_knows_every_part_with_entries(self) -> None:
        parts = resources.schema("context")["properties"]
        with_entries = {name for name, part in parts.items() if "additionalProperties" in part}
        assert with_entries == context_file._WITH_ENTRIES  # noqa: SLF001 the list must agree with the schema
