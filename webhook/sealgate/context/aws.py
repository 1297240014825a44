"""What AWS says about what a job names, asked for all at once and within a deadline.

A part that is not there in time, or that must not be read, is left out, and `unavailable` says why. What is known not
to exist is null.
"""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING, Any

from sealgate import resources
from sealgate.context import calls, wanted
from sealgate.context.asking import Answer, Asking, Place
from sealgate.context.sessions import Sessions
from sealgate.context.wanted import JOB_ARN, KEY_ARN, MODEL_ARN, PRINCIPAL_ARN, Wanted
from sealgate.errors import UnreadableInputError
from sealgate.reading import strict_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future

    from botocore.session import Session

    from sealgate.context.asking import Observer
    from sealgate.context.calls import Call
    from sealgate.context.file import Context
    from sealgate.context.settings import AwsSettings

_PAGE_OF_GRANTS = 100
_MOST_JOBS = 20
"""How many jobs are looked at, of the grants on a key or of those that may have made a model package."""
_TRAINING = "AgentRFT"


class AwsContext:
    """Asks AWS with the credentials of a botocore session, or those of the process, and with the roles of the settings.

    It is safe for threads and forks.
    """

    def __init__(
        self, settings: AwsSettings, *, session: Session | None = None, observer: Observer | None = None
    ) -> None:
        self._settings = settings
        self._asking = Asking(settings, Sessions(settings, session), observer)

    def close(self) -> None:
        """End the threads."""
        self._asking.close()

    def facts(
        self,
        subject: Mapping[str, Any],
        known: Mapping[str, Any],
        *,
        own_caller: bool = False,
        deadline: float | None = None,
    ) -> Context:
        """Return what AWS says about what a subject names, as a context.

        `known` is the context so far: the Region and account of the job, and its caller. With `own_caller` and no
        caller in it, the credentials' own identity is the caller, and its account that of the job. `deadline` is of the
        monotonic clock; the settings' own counts where it is earlier. It raises nothing.
        """
        gathering = _Gathering(self._asking, self._settings, self._deadline(deadline))
        if own_caller and "caller" not in known:
            known = {**gathering.identity(known), **known}
        gathering.want(wanted.of(subject, known), known)
        return gathering.context()

    def key_facts(self, key_arn: str, *, deadline: float | None = None) -> Context:
        """Return what AWS says about one key, all of its grants included, and about those whom its policy names."""
        gathering = _Gathering(self._asking, self._settings, self._deadline(deadline), every_grant=True)
        names = Wanted()
        names.add_key(key_arn)
        gathering.want(names, {})
        for principal in _named(gathering.context().get("keys", {}).get(key_arn)):
            names.add_principal(principal)
        names.keys.clear()
        gathering.want(names, {})
        return gathering.context()

    def _deadline(self, given: float | None) -> float:
        own = time.monotonic() + self._settings.deadline_s
        return own if given is None else min(own, given)


@dataclass
class _Principal:
    """What is told of a principal, as it comes in."""

    owner: Answer | None = None
    complete: bool = True
    """Whether every policy that it was said to have has come in, as far as is known."""
    awaited: int = 0
    policies: list[dict[str, Any]] = field(default_factory=list)
    boundary: Any = None


class _Gathering:
    """The facts for one subject. One thread has it: answers are looked at where they are waited for."""

    def __init__(self, asking: Asking, settings: AwsSettings, deadline: float, *, every_grant: bool = False) -> None:
        self._asking = asking
        self._settings = settings
        self._deadline = deadline
        self._every_grant = every_grant
        self._pending: dict[Future[Answer], list[tuple[Call, str, Callable[[Answer], None]]]] = {}
        self._facts: Context = {}
        self._unavailable: dict[str, str] = {}
        self._principals: dict[str, _Principal] = {}
        self._grantees: list[str] = []
        self._seen: set[str] = set()
        self._wanted = Wanted()

    # ---- from outside

    def identity(self, known: Mapping[str, Any]) -> Context:
        """Return the caller, the account and the Region that the credentials and their configuration are of."""
        told: Context = {}
        region = known.get("region") or self._asking.sessions.region()
        if isinstance(region, str):
            told["region"] = region
        names = Wanted(region=told.get("region"), partition=known.get("partition", "aws"))

        def then(answer: Answer) -> None:
            if answer.state == "known":
                told.update({"caller": {"arn": answer.value["Arn"]}, "account": answer.value["Account"]})

        self._ask(calls.GET_CALLER_IDENTITY, Place(None, names.home), {}, "caller", then)
        self._wait()
        self._facts |= {name: value for name, value in told.items() if name not in known}
        return told

    def want(self, names: Wanted, known: Mapping[str, Any]) -> None:
        """Ask about everything, and wait for it until the deadline."""
        self._wanted = names
        caller = known.get("caller")
        arn = caller.get("arn") if isinstance(caller, dict) else None
        role_arn = caller.get("role_arn") if isinstance(caller, dict) else None
        self._grantees = [text for text in (arn, role_arn, *sorted(names.principals)) if isinstance(text, str)]
        names.add_principal(arn)
        if isinstance(role_arn, str):
            names.add_principal(role_arn)
        elif isinstance(arn, str):
            self._session(arn)
        objects = {uri for uri in names.objects if any(fnmatchcase(uri, pattern) for pattern in self._settings.objects)}
        for ask, named in (
            (self._key, names.keys),
            (self._alias, names.aliases),
            (self._principal, names.principals),
            (self._bucket, names.buckets),
            (self._object, objects),
            (self._model_package, names.model_packages),
            (self._model, names.models),
        ):
            for name in sorted(named):
                ask(name)
        self._wait()

    def context(self) -> Context:
        """Return what has come in."""
        context = dict(self._facts)
        principals = {arn: entry for arn, told in self._principals.items() for entry in self._entry(arn, told)}
        if principals:
            context["principals"] = principals
        if self._unavailable:
            context["unavailable"] = dict(sorted(self._unavailable.items()))
        return context

    # ---- asking

    def _ask(
        self,
        call: Call,
        place: Place,
        parameters: Mapping[str, Any],
        part: str,
        then: Callable[[Answer], None],
    ) -> None:
        """Ask, and have the answer looked at; what can't be had is noted for the part of the context."""
        future = self._asking.ask(call, place, parameters)
        if future.done() and future not in self._pending:
            self._look(future.result(), part, then)
        else:
            self._pending.setdefault(future, []).append((call, part, then))

    def _look(self, answer: Answer, part: str, then: Callable[[Answer], None]) -> None:
        if answer.state == "unavailable":
            self._unavailable[part] = answer.reason
        try:
            then(answer)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            self._unavailable[part] = f"AWS's answer is not understood: {type(error).__name__}"

    def _wait(self) -> None:
        while self._pending:
            left = self._deadline - time.monotonic()
            done, _ = wait(self._pending, timeout=max(left, 0), return_when=FIRST_COMPLETED)
            for future in done:
                for _, part, then in self._pending.pop(future):
                    self._look(future.result(), part, then)
            if not done:
                break
        for waiting in self._pending.values():
            for call, part, then in waiting:
                self._look(Answer("unavailable", reason=f"no answer in time: {call.permission}"), part, then)
        self._pending.clear()

    def _is_new(self, what: str) -> bool:
        """Say whether something was not asked about before."""
        new = what not in self._seen
        self._seen.add(what)
        return new

    def _part(self, name: str) -> dict[str, Any]:
        part: dict[str, Any] = self._facts.setdefault(name, {})
        return part

    # ---- keys

    def _key(self, arn: str) -> None:
        parts = KEY_ARN.fullmatch(arn)
        if parts is None or not self._is_new(f"key {arn}"):
            return
        place = Place(parts["account"], parts["region"])

        def ask(call: Call, member: str, read: Callable[[Any], Any], **more: str) -> None:
            def then(answer: Answer) -> None:
                self._key_member(arn, member, answer, read)

            self._ask(call, place, {"KeyId": arn, **more}, f"keys.{arn}.{member}", then)

        ask(calls.DESCRIBE_KEY, "metadata", lambda value: value["KeyMetadata"])
        ask(calls.GET_KEY_POLICY, "policy", lambda value: strict_json.loads(value["Policy"]), PolicyName="default")
        ask(calls.LIST_RESOURCE_TAGS, "tags", lambda value: value["Tags"])
        self._grants(arn, place)

    def _key_member(self, arn: str, member: str, answer: Answer, read: Callable[[Any], Any]) -> None:
        keys = self._facts.get("keys", {})
        if answer.state == "absent" and member == "metadata":
            # What else is not found may be the policy, or the tags.
            self._part("keys")[arn] = None
        elif answer.state == "absent":
            self._unavailable[f"keys.{arn}.{member}"] = "AWS found none"
        elif answer.state == "known" and keys.get(arn, {}) is not None:
            try:
                content = read(answer.value)
            except UnreadableInputError as error:
                self._unavailable[f"keys.{arn}.{member}"] = f"it can't be read: {error}"
            else:
                self._part("keys").setdefault(arn, {})[member] = content

    def _grants(self, arn: str, place: Place) -> None:
        part = f"keys.{arn}.grants"
        first = {"KeyId": arn} if self._every_grant else {"KeyId": arn, "Limit": _PAGE_OF_GRANTS}

        def then(answer: Answer) -> None:
            if answer.state == "known" and answer.value["Truncated"]:
                # A key may have 50,000: those of the services, and of the job's own principals, are what is judged.
                self._grants_of_grantees(arn, place, part)
            else:
                self._key_member(arn, "grants", answer, lambda value: value["Grants"])
                self._grant_jobs(arn)

        self._ask(calls.LIST_GRANTS, place, first, part, then)

    def _grants_of_grantees(self, arn: str, place: Place, part: str) -> None:
        services = sorted(resources.tables()["grants"]["services"])
        filters = [("GranteePrincipal", name) for name in (*services, *self._grantees)]
        filters += [("GranteeServicePrincipal", name) for name in services]
        found: dict[str, Any] = {}
        came: list[Answer] = []

        def then(member: str, name: str, answer: Answer) -> None:
            came.append(answer)
            if answer.state == "known":
                found.update({grant["GrantId"]: grant for grant in answer.value["Grants"] if grant.get(member) == name})
            if len(came) == len(filters) and all(one.state == "known" for one in came):
                self._key_member(arn, "grants", Answer("known", list(found.values())), lambda value: value)
                self._grant_jobs(arn)

        for member, name in filters:
            parameters = {"KeyId": arn, member: name}
            self._ask(
                calls.LIST_GRANTS,
                place,
                parameters,
                part,
                partial(then, member, name),
            )

    def _grant_jobs(self, arn: str) -> None:
        """Ask whether the jobs of a key's grants have ended."""
        grants = (self._facts.get("keys", {}).get(arn) or {}).get("grants", [])
        jobs = {
            value
            for grant in grants
            for constraint in grant.get("Constraints", {}).values()
            if isinstance(constraint, dict)
            for value in constraint.values()
            if isinstance(value, str) and JOB_ARN.fullmatch(value)
        }
        for job in sorted(jobs)[:_MOST_JOBS]:
            self._job(job, "jobs", lambda _: None)

    def _alias(self, arn: str) -> None:
        parts = KEY_ARN.fullmatch(arn)
        if parts is None or not self._is_new(f"alias {arn}"):
            return

        def then(answer: Answer) -> None:
            if answer.state == "unavailable":
                # A request may name the alias without its account and Region.
                self._unavailable[f"aliases.{parts['resource']}"] = answer.reason
            if answer.state == "absent":
                self._part("aliases")[arn] = None
            elif answer.state == "known":
                metadata = answer.value["KeyMetadata"]
                self._part("aliases")[arn] = metadata["Arn"]
                self._key(metadata["Arn"])

        self._ask(calls.DESCRIBE_KEY, Place(parts["account"], parts["region"]), {"KeyId": arn}, f"aliases.{arn}", then)

    # ---- principals

    def _session(self, arn: str) -> None:
        """Find the role behind a session: the session's own ARN has lost the role's path."""
        parts = PRINCIPAL_ARN.fullmatch(arn)
        if parts is None or parts["kind"] != "assumed-role" or not parts["path"]:
            return
        name = parts["path"].strip("/")
        without_path = f"arn:{parts['partition']}:iam::{parts['account']}:role/{name}"

        def then(answer: Answer) -> None:
            found = str(answer.value["Role"]["Arn"]) if answer.state == "known" else ""
            match = PRINCIPAL_ARN.fullmatch(found)
            if match and match["account"] == parts["account"]:
                self._facts["caller"] = {"arn": arn, "role_arn": found}
                self._principal(found)

        self._ask(
            calls.GET_ROLE,
            Place(parts["account"], self._wanted.home),
            {"RoleName": name},
            f"principals.{without_path}",
            then,
        )

    def _principal(self, arn: str) -> None:
        parts = PRINCIPAL_ARN.fullmatch(arn)
        if parts is None or parts["service"] != "iam" or not self._is_new(f"principal {arn}"):
            return
        kind = _KINDS[parts["kind"]]
        told = self._principals[arn] = _Principal()
        who = _Who(arn, parts["account"], kind, parts["name"], told)
        self._ask(
            kind.get, Place(who.account, self._wanted.home), {kind.asked: who.name}, who.part, self._owner_of(who)
        )
        self._policies_of(who, kind, who.name)
        if kind is _KINDS["user"]:
            self._listed(
                who,
                calls.LIST_GROUPS_FOR_USER,
                {"UserName": who.name},
                lambda group: self._policies_of(who, _GROUP, group["GroupName"]),
            )

    def _owner_of(self, who: _Who) -> Callable[[Answer], None]:
        def then(answer: Answer) -> None:
            if answer.state == "absent":
                self._confirm_absence(who)
                return
            if answer.state == "known":
                owner = answer.value[who.kind.told]
                match = PRINCIPAL_ARN.fullmatch(owner["Arn"])
                if match is None or match["account"] != who.account:
                    self._foreign(who)
                    return
                if owner["Arn"] != who.arn:
                    # Names are unique in an account: under this path there is none.
                    answer = Answer("absent")
                elif boundary := owner.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"):
                    who.told.awaited += 1
                    self._document(who, boundary, lambda document: setattr(who.told, "boundary", document))
            who.told.owner = answer

        return then

    def _confirm_absence(self, who: _Who) -> None:
        """Believe that a principal does not exist only of the account in which it would be."""

        def then(answer: Answer) -> None:
            if answer.state == "known" and answer.value["Account"] == who.account:
                who.told.owner = Answer("absent")
            elif answer.state == "known":
                self._foreign(who)

        self._ask(calls.GET_CALLER_IDENTITY, Place(who.account, self._wanted.home), {}, who.part, then)

    def _foreign(self, who: _Who) -> None:
        who.told.owner = Answer("unavailable")
        self._unavailable[who.part] = f"no role of context.aws.roles reads in the account {who.account}"

    def _policies_of(self, who: _Who, kind: _Kind, name: str) -> None:
        owner = {kind.asked: name}

        def inline(policy: str) -> None:
            who.told.awaited += 1

            def then(answer: Answer) -> None:
                if answer.state == "known":
                    who.told.awaited -= 1
                    who.told.policies.append({"name": policy, "document": answer.value["PolicyDocument"]})

            parameters = {**owner, "PolicyName": policy}
            self._ask(kind.get_policy, Place(who.account, self._wanted.home), parameters, who.part, then)

        def attached(policy: dict[str, str]) -> None:
            who.told.awaited += 1
            name = policy["PolicyName"]
            self._document(
                who,
                policy["PolicyArn"],
                lambda document: who.told.policies.append({"name": name, "document": document}),
            )

        self._listed(who, kind.list_policies, owner, inline)
        self._listed(who, kind.list_attached, owner, attached)

    def _listed(self, who: _Who, call: Call, parameters: Mapping[str, Any], each: Callable[[Any], None]) -> None:
        def then(answer: Answer) -> None:
            if answer.state == "known":
                for member in answer.value[call.member]:
                    each(member)
            else:
                who.told.complete = False

        self._ask(call, Place(who.account, self._wanted.home), parameters, who.part, then)

    def _document(self, who: _Who, policy_arn: str, keep: Callable[[Any], None]) -> None:
        """Have the default version of a managed policy kept; until it is, the principal's policies are incomplete."""
        place = Place(who.account, self._wanted.home)

        def version(answer: Answer) -> None:
            if answer.state == "known":
                who.told.awaited -= 1
                keep(answer.value["PolicyVersion"]["Document"])

        def policy(answer: Answer) -> None:
            if answer.state == "known":
                parameters = {"PolicyArn": policy_arn, "VersionId": answer.value["Policy"]["DefaultVersionId"]}
                self._ask(calls.GET_POLICY_VERSION, place, parameters, who.part, version)

        self._ask(calls.GET_POLICY, place, {"PolicyArn": policy_arn}, who.part, policy)

    def _entry(self, arn: str, told: _Principal) -> list[dict[str, Any] | None]:
        """Return a principal's entry as a list of one, or none where nothing may be said of it."""
        if told.owner is None or told.owner.state == "unavailable":
            return []
        if told.owner.state == "absent":
            self._unavailable.pop(f"principals.{arn}", None)
            return [None]
        owner = told.owner.value.get("Role", told.owner.value.get("User"))
        entry: dict[str, Any] = {}
        if "AssumeRolePolicyDocument" in owner:
            entry["trust_policy"] = owner["AssumeRolePolicyDocument"]
        if "PermissionsBoundary" in owner:
            if told.boundary is None:
                # Without its boundary the entry would say that it has none.
                return []
            entry["permissions_boundary"] = told.boundary
        if told.complete and told.awaited == 0:
            entry["policies"] = sorted(told.policies, key=lambda policy: str(policy["name"]))
        return [entry]

    # ---- buckets and objects

    def _bucket(self, name: str) -> None:
        part = f"buckets.{name}"

        def located(answer: Answer) -> None:
            if answer.state == "absent":
                self._part("buckets")[name] = None
            if answer.state == "unavailable":
                self._unavailable[f"{part}.encryption"] = answer.reason
            if answer.state != "known":
                return
            # Of us-east-1 the answer says nothing.
            constraint = answer.value.get("LocationConstraint") or None
            region = "us-east-1" if constraint is None else {"EU": "eu-west-1"}.get(constraint, str(constraint))
            self._part("buckets")[name] = {"location": {"LocationConstraint": constraint}}
            self._ask(
                calls.GET_BUCKET_ENCRYPTION,
                Place(self._wanted.account, region),
                {"Bucket": name},
                f"{part}.encryption",
                encrypted,
            )

        def encrypted(answer: Answer) -> None:
            if answer.state == "absent":
                self._part("buckets")[name]["encryption"] = None
            elif answer.state == "known":
                self._part("buckets")[name]["encryption"] = answer.value
                for rule in answer.value.get("ServerSideEncryptionConfiguration", {}).get("Rules", []):
                    key = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
                    if isinstance(key, str) and KEY_ARN.fullmatch(key) and ":key/" in key:
                        self._key(key)

        self._ask(
            calls.GET_BUCKET_LOCATION,
            Place(self._wanted.account, self._wanted.home),
            {"Bucket": name},
            f"{part}.location",
            located,
        )

    def _object(self, uri: str) -> None:
        bucket, _, key = uri.removeprefix("s3://").partition("/")

        def then(answer: Answer) -> None:
            if answer.state == "absent":
                self._part("objects")[uri] = None
            elif answer.state == "known":
                self._part("objects")[uri] = answer.value
                if isinstance(name := answer.value.get("SSEKMSKeyId"), str) and ":key/" in name:
                    self._key(name)

        parameters = {"Bucket": bucket, "Key": key}
        self._ask(calls.HEAD_OBJECT, Place(self._wanted.account, self._wanted.home), parameters, f"objects.{uri}", then)

    # ---- models and jobs

    def _model(self, arn: str) -> None:
        parts = MODEL_ARN.fullmatch(arn)
        if parts is None or not self._is_new(f"model {arn}"):
            return

        def then(answer: Answer) -> None:
            if answer.state == "absent":
                self._part("models")[arn] = None
            elif answer.state == "known":
                key = answer.value.get("modelKmsKeyArn")
                self._part("models")[arn] = {"kms_key_arn": key}
                if key is not None:
                    self._key(key)

        call = calls.GET_CUSTOM_MODEL if parts["kind"] == "custom-model" else calls.GET_IMPORTED_MODEL
        parameters = {"modelIdentifier": arn}
        self._ask(call, Place(parts["account"], parts["region"]), parameters, f"models.{arn}.kms_key_arn", then)

    def _model_package(self, arn: str) -> None:
        parts = MODEL_ARN.fullmatch(arn)
        if parts is None or not self._is_new(f"model package {arn}"):
            return
        part = f"model_packages.{arn}"

        def described(answer: Answer) -> None:
            if answer.state == "absent":
                self._part("model_packages")[arn] = None
            elif answer.state == "known":
                maker = answer.value.get("MetadataProperties", {}).get("GeneratedBy")
                if isinstance(maker, str) and JOB_ARN.fullmatch(maker):
                    self._job(maker, part, lambda document: self._made(arn, maker, document))
                else:
                    self._search(arn, Place(parts["account"], parts["region"]), answer.value.get("CreationTime"))

        parameters = {"ModelPackageName": arn}
        self._ask(calls.DESCRIBE_MODEL_PACKAGE, Place(parts["account"], parts["region"]), parameters, part, described)

    def _search(self, arn: str, place: Place, created: object) -> None:
        """Look for the job that made a model package: a job names its package, and nothing need name the job."""
        part = f"model_packages.{arn}"
        parameters: dict[str, Any] = {
            "JobCategory": _TRAINING,
            "SortBy": "CreationTime",
            "SortOrder": "Descending",
            "MaxResults": _MOST_JOBS,
        }
        if isinstance(created, str):
            parameters["CreationTimeBefore"] = created
        self._unavailable[part] = f"none of the last {_MOST_JOBS} jobs before it names it as its output"

        def looked(job: str, document: Any) -> None:  # noqa: ANN401 any JSON value
            output = document.get("ServiceOutput") if isinstance(document, dict) else None
            if isinstance(output, dict) and output.get("OutputModelPackageArn") == arn:
                self._unavailable.pop(part, None)
                self._made(arn, job, document)

        def listed(answer: Answer) -> None:
            for job in answer.value["JobSummaries"] if answer.state == "known" else ():
                self._job(job["JobArn"], part, partial(looked, job["JobArn"]))

        self._ask(calls.LIST_JOBS, place, parameters, part, listed)

    def _made(self, package: str, job: str, document: Any) -> None:  # noqa: ANN401 any JSON value
        output = document.get("OutputDataConfig", {}) if isinstance(document, dict) else None
        if not isinstance(output, dict):
            return
        key = output.get("KmsKeyArn")
        if key is None or (isinstance(key, str) and KEY_ARN.fullmatch(key)):
            self._part("model_packages")[package] = {"job_arn": job, "kms_key_arn": key}
            if key is not None:
                self._key(key)

    def _job(self, arn: str, part: str, then: Callable[[Any], None]) -> None:
        """Ask for a job's status, and have its document looked at."""
        parts = JOB_ARN.fullmatch(arn)
        if parts is None:
            return

        def described(answer: Answer) -> None:
            if answer.state == "absent":
                self._part("jobs")[arn] = None
            elif answer.state == "known":
                self._part("jobs")[arn] = {"status": answer.value["JobStatus"]}
                try:
                    then(strict_json.loads(answer.value.get("JobConfigDocument", "")))
                except UnreadableInputError as error:
                    self._unavailable[part] = f"the document of {arn} can't be read: {error}"

        parameters = {"JobName": parts["name"], "JobCategory": parts["category"]}
        self._ask(calls.DESCRIBE_JOB, Place(parts["account"], parts["region"]), parameters, part, described)


@dataclass(frozen=True)
class _Kind:
    """How IAM is asked about one kind of principal."""

    asked: str
    told: str
    get: Call
    list_policies: Call
    get_policy: Call
    list_attached: Call


@dataclass(frozen=True)
class _Who:
    """A principal that is asked about."""

    arn: str
    account: str
    kind: _Kind
    name: str
    told: _Principal

    @property
    def part(self) -> str:
        """Return the name of its part of the context."""
        return f"principals.{self.arn}"


_KINDS = {
    "role": _Kind(
        "RoleName",
        "Role",
        calls.GET_ROLE,
        calls.LIST_ROLE_POLICIES,
        calls.GET_ROLE_POLICY,
        calls.LIST_ATTACHED_ROLE_POLICIES,
    ),
    "user": _Kind(
        "UserName",
        "User",
        calls.GET_USER,
        calls.LIST_USER_POLICIES,
        calls.GET_USER_POLICY,
        calls.LIST_ATTACHED_USER_POLICIES,
    ),
}
_GROUP = _Kind(
    "GroupName",
    "Group",
    calls.GET_USER,  # never asked: a user's groups are listed
    calls.LIST_GROUP_POLICIES,
    calls.GET_GROUP_POLICY,
    calls.LIST_ATTACHED_GROUP_POLICIES,
)


def _named(key: Any) -> list[str]:  # noqa: ANN401 an entry of the context
    """Return the principals that a key's policy names."""
    policy = key.get("policy") if isinstance(key, dict) else None
    statements = policy.get("Statement", []) if isinstance(policy, dict) else []
    found: set[str] = set()
    for statement in statements if isinstance(statements, list) else [statements]:
        principal = statement.get("Principal") if isinstance(statement, dict) else None
        named = principal.get("AWS", []) if isinstance(principal, dict) else []
        found |= {name for name in (named if isinstance(named, list) else [named]) if isinstance(name, str)}
    return sorted(found)[:_MOST_JOBS]
