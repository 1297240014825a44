"""What sealgate must be allowed to do in AWS: a policy made of the calls that the code has, and of no others."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sealgate.context import calls

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealgate.context.calls import Call
    from sealgate.context.settings import AwsSettings

_VERSION = "2012-10-17"


def policy(settings: AwsSettings, partition: str, made: Iterable[Call] = calls.EVERY) -> dict[str, Any]:
    """Return the smallest identity policy for reading what jobs name, under these settings and in a partition."""
    actions: dict[tuple[str, ...], set[str]] = defaultdict(set)
    services: dict[tuple[str, ...], str] = {}
    for call in made:
        resources: tuple[str, ...] = (call.resource.replace("{partition}", partition),)
        if call is calls.HEAD_OBJECT:
            resources = tuple(f"arn:{partition}:s3:::{uri.removeprefix('s3://')}" for uri in settings.objects)
        if resources:
            actions[resources].add(call.permission)
            services[resources] = call.service
    statements = [
        {"Effect": "Allow", "Action": sorted(allowed), "Resource": _one_or_many(resources)}
        for resources, allowed in sorted(actions.items(), key=lambda item: (services[item[0]], item[0]))
    ]
    if settings.roles:
        roles = tuple(sorted({role.role_arn.replace("{account}", role.account) for role in settings.roles}))
        statements.append({"Effect": "Allow", "Action": ["sts:AssumeRole"], "Resource": _one_or_many(roles)})
    named = [{"Sid": f"SealgateReads{number}", **statement} for number, statement in enumerate(statements, 1)]
    return {"Version": _VERSION, "Statement": named}


def terraform(document: dict[str, Any]) -> str:
    """Return a policy as a data source of Terraform."""
    blocks = []
    for statement in document["Statement"]:
        resources = statement["Resource"]
        lines = [
            "  statement {",
            f"    sid       = {json.dumps(statement['Sid'])}",
            f"    actions   = {json.dumps(statement['Action'])}",
            f"    resources = {json.dumps(resources if isinstance(resources, list) else [resources])}",
            "  }",
        ]
        blocks.append("\n".join(lines))
    return 'data "aws_iam_policy_document" "sealgate_context" {\n' + "\n\n".join(blocks) + "\n}"


def _one_or_many(resources: tuple[str, ...]) -> str | list[str]:
    return resources[0] if len(resources) == 1 else list(resources)
