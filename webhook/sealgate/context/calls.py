"""Every call that sealgate makes to AWS, and the permission that it takes: there is no other way to make one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Kind: TypeAlias = Literal[
    "keys", "policies", "grants", "tags", "principals", "buckets", "objects", "models", "jobs", "identity"
]
"""What a call tells of: how long its answer counts is set by kind."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """An operation of an API that reads.

    `service` and `operation` are botocore's names, `permission` is IAM's. `resource` is what the permission is limited
    to, with `{partition}` for the partition. `pages` are the members of the request and of the answer that carry on a
    list, `member` is the list.
    """

    service: str
    operation: str
    permission: str
    resource: str
    kind: Kind
    pages: tuple[str, str] | None = None
    member: str = ""


def _kms(operation: str, kind: Kind, *, member: str = "") -> Call:
    pages = ("Marker", "NextMarker") if member else None
    resource = "arn:{partition}:kms:*:*:key/*"
    return Call(
        service="kms",
        operation=operation,
        permission=f"kms:{operation}",
        resource=resource,
        kind=kind,
        pages=pages,
        member=member,
    )


def _iam(operation: str, resource: str, *, member: str = "") -> Call:
    return Call(
        service="iam",
        operation=operation,
        permission=f"iam:{operation}",
        resource=f"arn:{{partition}}:iam::*:{resource}/*",
        kind="principals",
        pages=("Marker", "Marker") if member else None,
        member=member,
    )


def _sagemaker(operation: str, resource: str, kind: Kind, *, member: str = "") -> Call:
    return Call(
        service="sagemaker",
        operation=operation,
        permission=f"sagemaker:{operation}",
        resource=resource if resource == "*" else f"arn:{{partition}}:sagemaker:*:*:{resource}/*",
        kind=kind,
        pages=("NextToken", "NextToken") if member else None,
        member=member,
    )


def _bedrock(operation: str, resource: str, kind: Kind, *, member: str = "") -> Call:
    return Call(
        service="bedrock",
        operation=operation,
        permission=f"bedrock:{operation}",
        resource=resource if resource == "*" else f"arn:{{partition}}:bedrock:*:*:{resource}/*",
        kind=kind,
        pages=("nextToken", "nextToken") if member else None,
        member=member,
    )


def _s3(operation: str, permission: str, kind: Kind, resource: str = "arn:{partition}:s3:::*") -> Call:
    return Call(service="s3", operation=operation, permission=permission, resource=resource, kind=kind)


DESCRIBE_KEY: Final = _kms("DescribeKey", "keys")
GET_KEY_POLICY: Final = _kms("GetKeyPolicy", "policies")
LIST_GRANTS: Final = _kms("ListGrants", "grants", member="Grants")
LIST_RESOURCE_TAGS: Final = _kms("ListResourceTags", "tags", member="Tags")

GET_ROLE: Final = _iam("GetRole", "role")
LIST_ROLE_POLICIES: Final = _iam("ListRolePolicies", "role", member="PolicyNames")
GET_ROLE_POLICY: Final = _iam("GetRolePolicy", "role")
LIST_ATTACHED_ROLE_POLICIES: Final = _iam("ListAttachedRolePolicies", "role", member="AttachedPolicies")
GET_USER: Final = _iam("GetUser", "user")
LIST_USER_POLICIES: Final = _iam("ListUserPolicies", "user", member="PolicyNames")
GET_USER_POLICY: Final = _iam("GetUserPolicy", "user")
LIST_ATTACHED_USER_POLICIES: Final = _iam("ListAttachedUserPolicies", "user", member="AttachedPolicies")
LIST_GROUPS_FOR_USER: Final = _iam("ListGroupsForUser", "user", member="Groups")
LIST_GROUP_POLICIES: Final = _iam("ListGroupPolicies", "group", member="PolicyNames")
GET_GROUP_POLICY: Final = _iam("GetGroupPolicy", "group")
LIST_ATTACHED_GROUP_POLICIES: Final = _iam("ListAttachedGroupPolicies", "group", member="AttachedPolicies")
GET_POLICY: Final = _iam("GetPolicy", "policy")
GET_POLICY_VERSION: Final = _iam("GetPolicyVersion", "policy")

GET_BUCKET_LOCATION: Final = _s3("GetBucketLocation", "s3:GetBucketLocation", "buckets")
GET_BUCKET_ENCRYPTION: Final = _s3("GetBucketEncryption", "s3:GetEncryptionConfiguration", "buckets")
# HeadObject has no permission of its own: who may make it may read the object. It is made where the settings list it.
HEAD_OBJECT: Final = _s3("HeadObject", "s3:GetObject", "objects", "arn:{partition}:s3:::*/*")

DESCRIBE_MODEL_PACKAGE: Final = _sagemaker("DescribeModelPackage", "model-package", "models")
DESCRIBE_JOB: Final = _sagemaker("DescribeJob", "job", "jobs")
LIST_JOBS: Final = _sagemaker("ListJobs", "*", "jobs", member="JobSummaries")
GET_CUSTOM_MODEL: Final = _bedrock("GetCustomModel", "custom-model", "models")
GET_IMPORTED_MODEL: Final = _bedrock("GetImportedModel", "imported-model", "models")

GET_CALLER_IDENTITY: Final = Call(
    service="sts",
    operation="GetCallerIdentity",
    permission="sts:GetCallerIdentity",
    resource="*",
    kind="identity",
)

EVERY: Final[tuple[Call, ...]] = tuple(call for call in list(globals().values()) if isinstance(call, Call))
