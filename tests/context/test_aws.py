from __future__ import annotations

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from sealgate.context import aws as aws_context
from sealgate.context.asking import Asking
from sealgate.context.aws import AwsContext
from sealgate.context.settings import AwsSettings, Reader
from sealgate.reading import shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole"
PACKAGE = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}:model-package/my-models/3"
JOB = f"arn:aws:sagemaker:us-west-2:{ACCOUNT}:job/AgentRFT/before"
DOCUMENT = {"Version": "2012-10-17", "Statement": []}
METADATA = {"KeyMetadata": {"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab", "Arn": KEY, "KeyState": "Enabled"}}
IDENTITY = {"Account": ACCOUNT, "Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Caller/jane", "UserId": "x"}
PATIENT = AwsSettings(deadline_s=20)
NOW = "2026-11-22T12:00:00Z"


def grant(number: int, **members: Any) -> dict[str, Any]:
    return {"GrantId": f"{number:064d}", "KeyId": KEY, "Operations": ["Decrypt"], **members}


def request(operation: str, **parameters: Any) -> dict[str, Any]:
    service, name = operation.split(":")
    return {"aws_request": {"service": service, "operation": name, "parameters": parameters}}


def training(key: str | None = KEY, **parameters: Any) -> dict[str, Any]:
    if key is not None:
        parameters["OutputDataConfig"] = {"KmsKeyId": key}
    return request("sagemaker:CreateTrainingJob", **parameters)


def goes_on(package: str = PACKAGE) -> dict[str, Any]:
    document = {"ModelPackageConfig": {"InputModelPackageArn": package}}
    return request("sagemaker:CreateJob", JobConfigDocument=json.dumps(document))


@pytest.fixture
def facts_of(answers: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """Return what says the facts of a subject, where AWS answers as `answers` are told."""
    made: dict[int, AwsContext] = {}
    monkeypatch.setattr(aws_context, "Sessions", lambda chosen, _: answers.sessions(chosen))

    def facts(subject: Any, known: Any = None, settings: AwsSettings = PATIENT, **options: Any) -> dict[str, Any]:
        if id(settings) not in made:
            made[id(settings)] = AwsContext(settings)
        context = made[id(settings)].facts(subject, known or {}, **options)
        assert shapes.faults(context, "context") == []
        return context

    yield facts
    for one in made.values():
        one.close()


class TestMoto:
    """Against moto's server."""

    def test_a_job_is_answered_whole(
        self, aws: Callable[..., Any], create_job: dict[str, Any], key: str, role: str
    ) -> None:
        iam, s3 = aws("iam"), aws("s3", region_name="eu-west-1")
        managed = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": key}]}
        arn = iam.create_policy(PolicyName="keys", PolicyDocument=json.dumps(managed))["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="SageMakerExecutionRole", PolicyArn=arn)
        iam.put_role_permissions_boundary(RoleName="SageMakerExecutionRole", PermissionsBoundary=arn)
        s3.create_bucket(Bucket="ml-input", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
        s3.put_bucket_encryption(Bucket="ml-input", ServerSideEncryptionConfiguration={"Rules": [rule]})
        aws("kms").tag_resource(KeyId=key, Tags=[{"TagKey": "team", "TagValue": "ml"}])
        aws("kms").create_grant(KeyId=key, GranteePrincipal=role, Operations=["Decrypt"])
        source = AwsContext(PATIENT)

        context = source.facts(create_job, {}, own_caller=True)
        source.close()

        assert shapes.faults(context, "context") == []
        assert (context["region"], context["account"]) == ("us-west-2", "123456789012")
        assert context["caller"]["arn"].startswith("arn:aws:sts::123456789012:")
        told = context["keys"][key]
        assert (told["metadata"]["KeyState"], told["tags"]) == ("Enabled", [{"TagKey": "team", "TagValue": "ml"}])
        assert told["policy"]["Statement"][0]["Action"] == "kms:*"
        assert [one["GranteePrincipal"] for one in told["grants"]] == [role]
        principal = context["principals"][role]
        assert [policy["name"] for policy in principal["policies"]] == ["data", "keys"]
        assert principal["permissions_boundary"] == managed
        assert principal["trust_policy"]["Statement"][0]["Action"] == "sts:AssumeRole"
        assert context["buckets"]["ml-input"]["location"] == {"LocationConstraint": "eu-west-1"}
        assert context["buckets"]["ml-input"]["encryption"]["ServerSideEncryptionConfiguration"]["Rules"]
        assert context["buckets"]["ml-output"] is None
        assert "unavailable" not in context

    def test_an_alias_is_resolved_and_its_key_described(self, aws: Callable[..., Any], key: str) -> None:
        aws("kms").create_alias(AliasName="alias/ml", TargetKeyId=key)
        source = AwsContext(PATIENT)
        context = source.facts(training("alias/ml"), {"region": "us-west-2", "account": "123456789012"})
        gone = source.facts(training("alias/none"), {"region": "us-west-2", "account": "123456789012"})
        source.close()
        assert context["aliases"] == {"arn:aws:kms:us-west-2:123456789012:alias/ml": key}
        assert context["keys"][key]["metadata"]["Arn"] == key
        assert gone == {"aliases": {"arn:aws:kms:us-west-2:123456789012:alias/none": None}}

    def test_what_does_not_exist_is_null(self, aws: Callable[..., Any]) -> None:
        aws("kms")
        missing = "arn:aws:kms:us-west-2:123456789012:key/00000000-12ab-34cd-56ef-1234567890ab"
        role = "arn:aws:iam::123456789012:role/Nobody"
        # moto fails over the tags of a key that it has not.
        source = AwsContext(AwsSettings(deadline_s=3))
        context = source.facts(training(missing, RoleArn=role), {})
        source.close()
        assert context["keys"] == {missing: None}
        assert context["principals"] == {role: None}

    def test_an_input_that_the_settings_list_is_looked_at(
        self, aws: Callable[..., Any], create_job: dict[str, Any], key: str
    ) -> None:
        s3 = aws("s3")
        s3.create_bucket(Bucket="ml-input", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        s3.put_object(Bucket="ml-input", Key="prompts.jsonl", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=key)
        for patterns, expected in ((("s3://ml-input/*",), [key]), (("s3://other/*",), [])):
            source = AwsContext(AwsSettings(deadline_s=20, objects=patterns))
            context = source.facts(create_job, {})
            source.close()
            assert [answer["SSEKMSKeyId"] for answer in context.get("objects", {}).values()] == expected

    def test_a_user_has_its_own_policies_and_those_of_its_groups(self, aws: Callable[..., Any]) -> None:
        iam = aws("iam")
        arn = iam.create_user(UserName="jane")["User"]["Arn"]
        iam.create_group(GroupName="ml")
        allow = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}
        statement = {"Version": "2012-10-17", "Statement": [allow]}
        iam.add_user_to_group(UserName="jane", GroupName="ml")
        iam.put_user_policy(UserName="jane", PolicyName="own", PolicyDocument=json.dumps(statement))
        iam.put_group_policy(GroupName="ml", PolicyName="shared", PolicyDocument=json.dumps(statement))
        source = AwsContext(PATIENT)
        context = source.facts(training(None), {"caller": {"arn": arn}})
        source.close()
        assert [policy["name"] for policy in context["principals"][arn]["policies"]] == ["own", "shared"]

    def test_all_grants_of_one_key_and_those_whom_its_policy_names(
        self, aws: Callable[..., Any], key: str, role: str
    ) -> None:
        kms = aws("kms")
        for _ in range(3):
            kms.create_grant(KeyId=key, GranteePrincipal=role, Operations=["Decrypt"])
        statement = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "kms:Decrypt", "Resource": "*"}
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps({"Statement": [statement]}))
        source = AwsContext(PATIENT)
        context = source.key_facts(key)
        source.close()
        assert len(context["keys"][key]["grants"]) == 3
        assert set(context["principals"]) == {role}


class TestKeys:
    def test_each_part_is_known_or_refused_for_itself(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers["DescribeKey"] = METADATA
        context = facts_of(training())
        assert context["keys"][KEY].keys() == {"metadata"}
        assert context["unavailable"] == {
            f"keys.{KEY}.grants": "not allowed: kms:ListGrants",
            f"keys.{KEY}.policy": "not allowed: kms:GetKeyPolicy",
            f"keys.{KEY}.tags": "not allowed: kms:ListResourceTags",
        }

    def test_a_refused_key_is_unknown_and_one_that_is_not_found_null(
        self, answers: Any, facts_of: Callable[..., Any]
    ) -> None:
        refused = facts_of(training())
        assert "keys" not in refused
        assert refused["unavailable"][f"keys.{KEY}.metadata"] == "not allowed: kms:DescribeKey"
        answers.answers["DescribeKey"] = ("NotFoundException", 400)
        assert facts_of(training(), settings=AwsSettings(deadline_s=19))["keys"] == {KEY: None}

    def test_a_policy_that_is_not_found_makes_no_key_null(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers |= {"DescribeKey": METADATA, "GetKeyPolicy": ("NotFoundException", 400)}
        context = facts_of(training())
        assert context["keys"][KEY].keys() == {"metadata"}
        assert context["unavailable"][f"keys.{KEY}.policy"] == "AWS found none"

    def test_a_policy_that_cannot_be_read_is_unknown(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers |= {"DescribeKey": METADATA, "GetKeyPolicy": {"Policy": '{"a": 1, "a": 2}'}}
        context = facts_of(training())
        assert "policy" not in context["keys"][KEY]
        assert context["unavailable"][f"keys.{KEY}.policy"].startswith("it can't be read: ")

    def test_the_region_and_account_of_the_arn_are_asked(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        other = KEY.replace("us-west-2", "eu-west-1").replace(ACCOUNT, "444455556666")
        facts_of(training(other), {"region": "us-west-2"})
        assert set(answers.clients) == {("444455556666", "eu-west-1", "kms")}

    def test_grants_of_a_page_are_all_of_them(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers["ListGrants"] = {"Grants": [grant(1)], "Truncated": False}
        assert facts_of(training())["keys"][KEY]["grants"] == [grant(1)]
        assert answers.count["ListGrants"] == 1

    def test_of_many_grants_those_of_the_services_and_the_jobs_principals_are_asked_for(
        self, answers: Any, facts_of: Callable[..., Any]
    ) -> None:
        service = grant(2, GranteeServicePrincipal="bedrock.amazonaws.com")
        theirs = grant(3, GranteePrincipal=ROLE)
        later = grant(4, GranteePrincipal=ROLE)
        foreign = grant(5, GranteePrincipal="arn:aws:iam::111122223333:role/Other")

        def listed(asked: dict[str, Any]) -> dict[str, Any]:
            if asked.get("GranteeServicePrincipal") == "bedrock.amazonaws.com":
                return {"Grants": [service, foreign], "Truncated": False}
            if asked.get("GranteePrincipal") == ROLE and "Marker" in asked:
                return {"Grants": [later], "Truncated": False}
            if asked.get("GranteePrincipal") == ROLE:
                return {"Grants": [theirs], "Truncated": True, "NextMarker": "more"}
            if "GranteePrincipal" in asked or "GranteeServicePrincipal" in asked:
                return {"Grants": [], "Truncated": False}
            return {"Grants": [foreign], "Truncated": True, "NextMarker": "more"}

        answers.answers["ListGrants"] = listed
        context = facts_of(training(RoleArn=ROLE))
        assert sorted(one["GrantId"] for one in context["keys"][KEY]["grants"]) == [f"{n:064d}" for n in (2, 3, 4)]

    def test_grants_of_which_some_are_refused_are_unknown(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        def listed(asked: dict[str, Any]) -> Any:
            if "GranteeServicePrincipal" in asked:
                return ("AccessDeniedException", 400)
            return (
                {"Grants": [], "Truncated": "Limit" in asked, "NextMarker": "more"}
                if "Limit" in asked
                else {"Grants": []}
            )

        answers.answers |= {"DescribeKey": METADATA, "ListGrants": listed}
        context = facts_of(training())
        assert "grants" not in context["keys"][KEY]
        assert context["unavailable"][f"keys.{KEY}.grants"] == "not allowed: kms:ListGrants"

    def test_whether_the_jobs_of_the_grants_have_ended_is_asked(
        self, answers: Any, facts_of: Callable[..., Any]
    ) -> None:
        constraints = {"EncryptionContextSubset": {"aws:sagemaker:finetuning-job-arn": JOB}}
        answers.answers |= {
            "ListGrants": {"Grants": [grant(1, Constraints=constraints)], "Truncated": False},
            "DescribeJob": described(),
        }
        assert facts_of(training())["jobs"] == {JOB: {"status": "Completed"}}
        answers.answers["DescribeJob"] = ("ResourceNotFound", 400)
        assert facts_of(training(), settings=AwsSettings(deadline_s=19))["jobs"] == {JOB: None}

    def test_an_alias_of_aws_is_never_probed(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        assert facts_of(training("alias/aws/s3"), {"region": "us-west-2", "account": ACCOUNT}) == {}
        assert answers.calls == []

    def test_a_refused_alias_is_told_under_both_of_its_names(self, facts_of: Callable[..., Any]) -> None:
        context = facts_of(training("alias/ml"), {"region": "us-west-2", "account": ACCOUNT})
        assert context == {
            "unavailable": {
                "aliases.alias/ml": "not allowed: kms:DescribeKey",
                f"aliases.arn:aws:kms:us-west-2:{ACCOUNT}:alias/ml": "not allowed: kms:DescribeKey",
            }
        }


def described(**document: Any) -> dict[str, Any]:
    return {
        "JobName": "before",
        "JobArn": JOB,
        "RoleArn": ROLE,
        "JobCategory": "AgentRFT",
        "JobConfigSchemaVersion": "1.0.0",
        "JobConfigDocument": json.dumps(document),
        "CreationTime": NOW,
        "LastModifiedTime": NOW,
        "JobStatus": "Completed",
        "SecondaryStatus": "Completed",
        "SecondaryStatusTransitions": [],
    }


class TestPrincipals:
    def told(self, answers: Any, *, arn: str = ROLE, boundary: str | None = None) -> None:
        role: dict[str, Any] = {
            "Path": "/",
            "RoleName": "SageMakerExecutionRole",
            "RoleId": "AROAEXAMPLEEXAMPLEXX",
            "Arn": arn,
            "CreateDate": NOW,
            "AssumeRolePolicyDocument": json.dumps(DOCUMENT),
        }
        if boundary:
            role["PermissionsBoundary"] = {"PermissionsBoundaryArn": boundary}
        answers.answers |= {
            "GetRole": {"Role": role},
            "ListRolePolicies": {"PolicyNames": ["own"], "IsTruncated": False},
            "GetRolePolicy": {"RoleName": "x", "PolicyName": "own", "PolicyDocument": json.dumps(DOCUMENT)},
            "ListAttachedRolePolicies": {"AttachedPolicies": [], "IsTruncated": False},
            "GetCallerIdentity": IDENTITY,
        }

    def test_policies_of_which_one_is_refused_are_unknown_and_the_trust_policy_is_known(
        self, answers: Any, facts_of: Callable[..., Any]
    ) -> None:
        self.told(answers)
        answers.answers["GetRolePolicy"] = ("AccessDenied", 403)
        context = facts_of(training(None, RoleArn=ROLE))
        assert context["principals"][ROLE].keys() == {"trust_policy"}
        assert context["unavailable"] == {f"principals.{ROLE}": "not allowed: iam:GetRolePolicy"}

    @pytest.mark.parametrize("operation", ["ListRolePolicies", "ListAttachedRolePolicies"])
    def test_a_list_that_is_refused_leaves_the_policies_unknown(
        self, answers: Any, facts_of: Callable[..., Any], operation: str
    ) -> None:
        self.told(answers)
        answers.answers[operation] = ("AccessDenied", 403)
        context = facts_of(training(None, RoleArn=ROLE))
        assert "policies" not in context["principals"][ROLE]
        assert context["unavailable"] == {f"principals.{ROLE}": f"not allowed: iam:{operation}"}

    def test_a_boundary_that_is_refused_leaves_the_whole_role_unknown(
        self, answers: Any, facts_of: Callable[..., Any]
    ) -> None:
        self.told(answers, boundary=f"arn:aws:iam::{ACCOUNT}:policy/Boundary")
        context = facts_of(training(None, RoleArn=ROLE))
        assert "principals" not in context
        assert context["unavailable"] == {f"principals.{ROLE}": "not allowed: iam:GetPolicy"}

    def test_a_list_of_several_pages_is_read_to_its_end(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        self.told(answers)

        def listed(asked: dict[str, Any]) -> dict[str, Any]:
            page = int(asked.get("Marker", "0"))
            names = {"PolicyNames": [f"policy-{page}"]}
            return {**names, "IsTruncated": True, "Marker": str(page + 1)} if page < 2 else names

        answers.answers["ListRolePolicies"] = listed
        policies = facts_of(training(None, RoleArn=ROLE))["principals"][ROLE]["policies"]
        assert [policy["name"] for policy in policies] == ["policy-0", "policy-1", "policy-2"]

    def test_a_role_of_that_name_under_another_path_is_not_the_role(
        self, answers: Any, facts_of: Callable[..., Any]
    ) -> None:
        self.told(answers, arn=f"arn:aws:iam::{ACCOUNT}:role/path/SageMakerExecutionRole")
        assert facts_of(training(None, RoleArn=ROLE))["principals"] == {ROLE: None}

    def test_a_role_of_another_account_is_unknown_whatever_this_one_has(
        self, answers: Any, facts_of: Callable[..., Any]
    ) -> None:
        other = ROLE.replace(ACCOUNT, "444455556666")
        reason = "no role of context.aws.roles reads in the account 444455556666"
        self.told(answers)
        for settings, role in (
            (PATIENT, answers.answers["GetRole"]),
            (AwsSettings(deadline_s=19), ("NoSuchEntity", 404)),
        ):
            answers.answers["GetRole"] = role
            context = facts_of(training(None, RoleArn=other), settings=settings)
            assert context == {"unavailable": {f"principals.{other}": reason}}

    def test_a_session_is_told_with_the_role_behind_it(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        found = f"arn:aws:iam::{ACCOUNT}:role/path/Caller"
        self.told(answers, arn=found)
        context = facts_of(training(None), own_caller=True)
        assert context["caller"] == {"arn": IDENTITY["Arn"], "role_arn": found}
        assert context["account"] == ACCOUNT
        assert context["principals"][found]["policies"]

    def test_a_session_whose_role_is_refused_is_told_alone(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers["GetCallerIdentity"] = IDENTITY
        context = facts_of(training(None), own_caller=True)
        assert context["caller"] == {"arn": IDENTITY["Arn"]}
        assert context["unavailable"] == {f"principals.arn:aws:iam::{ACCOUNT}:role/Caller": "not allowed: iam:GetRole"}

    def test_a_caller_who_is_known_is_not_asked_for(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        facts_of(training(None), {"caller": {"arn": f"arn:aws:iam::{ACCOUNT}:root"}}, own_caller=True)
        assert answers.calls == []


class TestModels:
    def test_the_key_of_a_custom_model(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        model = f"arn:aws:bedrock:us-west-2:{ACCOUNT}:custom-model/amazon.titan-text/abc"
        answer = {"modelArn": model, "modelName": "m", "creationTime": NOW}
        subject = request("bedrock:CreateModelCopyJob", sourceModelArn=model)
        for seconds, told, entry in (
            (20, {**answer, "modelKmsKeyArn": KEY}, {"kms_key_arn": KEY}),
            (19, answer, {"kms_key_arn": None}),
            (18, ("ResourceNotFoundException", 404), None),
        ):
            answers.answers["GetCustomModel"] = told
            assert facts_of(subject, settings=AwsSettings(deadline_s=seconds))["models"] == {model: entry}
        answers.answers["GetCustomModel"] = ("AccessDeniedException", 403)
        refused = facts_of(subject, settings=AwsSettings(deadline_s=17))
        assert refused == {"unavailable": {f"models.{model}.kms_key_arn": "not allowed: bedrock:GetCustomModel"}}

    def test_the_job_that_a_model_package_names(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers |= {
            "DescribeModelPackage": package(MetadataProperties={"GeneratedBy": JOB}),
            "DescribeJob": described(OutputDataConfig={"KmsKeyArn": KEY}),
        }
        context = facts_of(goes_on())
        assert context["model_packages"] == {PACKAGE: {"job_arn": JOB, "kms_key_arn": KEY}}
        assert context["jobs"] == {JOB: {"status": "Completed"}}

    def test_the_job_that_names_the_model_package(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        summary = {
            "JobArn": JOB,
            "JobName": "before",
            "JobCategory": "AgentRFT",
            "JobStatus": "Completed",
            "JobSecondaryStatus": "Completed",
            "CreationTime": NOW,
            "LastModifiedTime": NOW,
        }
        answers.answers |= {
            "DescribeModelPackage": package(),
            "ListJobs": {"JobSummaries": [summary], "NextToken": "older"},
            "DescribeJob": described(ServiceOutput={"OutputModelPackageArn": PACKAGE}, OutputDataConfig={}),
        }
        context = facts_of(goes_on())
        assert context.get("model_packages") == {PACKAGE: {"job_arn": JOB, "kms_key_arn": None}}, context
        assert "unavailable" not in context
        assert answers.count["ListJobs"] == 1
        answers.answers["DescribeJob"] = described()
        context = facts_of(goes_on(), settings=AwsSettings(deadline_s=19))
        assert "model_packages" not in context
        assert "none of the last 20 jobs" in context["unavailable"][f"model_packages.{PACKAGE}"]

    def test_a_model_package_that_does_not_exist_is_null(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers["DescribeModelPackage"] = ("ResourceNotFound", 400)
        assert facts_of(goes_on())["model_packages"] == {PACKAGE: None}


def package(**members: Any) -> dict[str, Any]:
    return {
        "ModelPackageName": "my-models",
        "ModelPackageArn": PACKAGE,
        "CreationTime": NOW,
        "ModelPackageStatus": "Completed",
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        **members,
    }


class TestTime:
    def test_what_is_not_there_in_time_is_unknown_and_there_for_the_next(
        self, answers: Any, facts_of: Callable[..., Any]
    ) -> None:
        answers.answers |= {"DescribeKey": METADATA, "GetKeyPolicy": {"Policy": "{}"}}
        answers.slow["GetKeyPolicy"] = 0.5
        started = time.monotonic()
        context = facts_of(training(), deadline=time.monotonic() + 0.25)
        assert time.monotonic() - started < 0.45
        assert context["keys"][KEY].keys() == {"metadata"}
        assert context["unavailable"][f"keys.{KEY}.policy"] == "no answer in time: kms:GetKeyPolicy"
        time.sleep(0.5)
        assert facts_of(training(), deadline=time.monotonic() + 0.25)["keys"][KEY].keys() == {"metadata", "policy"}
        assert answers.count["GetKeyPolicy"] == 1

    def test_calls_are_made_at_the_same_time(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        facts_of(training())  # the clients are made
        answers.slow |= dict.fromkeys(["DescribeKey", "GetKeyPolicy", "ListGrants", "ListResourceTags"], 0.3)
        other = KEY.replace("1234abcd", "4321abcd")
        started = time.monotonic()
        facts_of(training(other))
        assert time.monotonic() - started < 0.9

    def test_two_hundred_who_want_one_key_ask_once(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers["DescribeKey"] = METADATA
        answers.slow["DescribeKey"] = 0.2
        facts_of(training(None))
        together = threading.Barrier(200)

        def ask(_: int) -> Any:
            together.wait()
            return facts_of(training())["keys"][KEY]["metadata"]["KeyState"]

        with ThreadPoolExecutor(200) as pool:
            assert set(pool.map(ask, range(200))) == {"Enabled"}
        assert answers.count["DescribeKey"] == 1

    def test_an_answer_that_has_another_form_is_unknown(
        self, facts_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(Asking, "_whole", lambda *_: {"unlike": "botocore"})
        context = facts_of(training())
        assert set(context["unavailable"].values()) == {"AWS's answer is not understood: KeyError"}
        assert "keys" not in context

    def test_a_forked_child_asks_for_itself(self, answers: Any, facts_of: Callable[..., Any]) -> None:
        answers.answers["DescribeKey"] = METADATA
        facts_of(training())
        child = os.fork()
        if child == 0:
            told = facts_of(training()).get("keys", {})
            os._exit(0 if told.get(KEY) and answers.count["DescribeKey"] == 2 else 1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0


def test_other_accounts_are_read_by_the_role_of_the_first_pattern(answers: Any, facts_of: Callable[..., Any]) -> None:
    roles = (
        Reader(account="4444*", role_arn="arn:aws:iam::{account}:role/Reader", external_id="sealgate"),
        Reader(account="*", role_arn="arn:aws:iam::111122223333:role/Other"),
    )
    answers.answers |= {
        "AssumeRole": {
            "Credentials": {
                "AccessKeyId": "AKIDASSUMEDEXAMPLE",
                "SecretAccessKey": "example",
                "SessionToken": "token",
                "Expiration": "2036-01-01T00:00:00Z",
            }
        },
    }
    other = KEY.replace(ACCOUNT, "444455556666")
    facts_of(training(other), settings=AwsSettings(deadline_s=1, roles=roles))
    (asked,) = [parameters for name, parameters in answers.calls if name == "AssumeRole"]
    assert asked["RoleArn"] == "arn:aws:iam::444455556666:role/Reader"
    assert asked["ExternalId"] == "sealgate"


def test_a_role_that_must_not_be_assumed_is_told(facts_of: Callable[..., Any]) -> None:
    roles = (Reader(account="*", role_arn="arn:aws:iam::{account}:role/Reader"),)
    context = facts_of(training(), settings=AwsSettings(deadline_s=20, roles=roles))
    assert context["unavailable"][f"keys.{KEY}.metadata"] == "not allowed: sts:AssumeRole"
