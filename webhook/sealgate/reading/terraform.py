"""What Terraform and OpenTofu write: a plan as JSON is read, all else is refused with the way to one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sealgate.errors import UnreadableInputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealgate.reading.json_parts import Part

# One of them stands in every JSON that Terraform writes; without any nobody waits for what looks closer.
_NAMES: Final = (
    b'"format_version"',
    b'"resource_changes"',
    b'"terraform_version"',
    b'"root_module"',
    b'"@level"',
    b'"module_calls"',
)
_PLANNED: Final = frozenset({"configuration", "planned_values"})
_BLOCKS: Final = frozenset(
    {"check", "data", "import", "locals", "module", "moved", "output", "provider", "removed", "resource", "terraform",
     "variable"}
)  # fmt: skip
_BEGINNING: Final = 64 * 1024

_ENDS: Final = (b"}", b"}\n", b"}\r\n")
_BINARY: Final = (b"PK\x03\x04", b"tfplan")
_LOG_LINE: Final = re.compile(rb'^\{"@(?:level|message)":', re.MULTILINE)
_FOR_PEOPLE: Final = re.compile(
    rb"\A(?:\x1b\[[0-9;]*m|\s)*(?:(?:Terraform|OpenTofu) (?:v[0-9]|used the|will perform)|No changes\. )"
)
_HCL: Final = re.compile(
    rb"\A(?:\s++|#[^\n]*+\n|//[^\n]*+\n|/\*.*?\*/)*+"
    rb'(?:%b)(?:[ \t]++(?:"[^"\n]*+"|[\w-]++)){0,2}[ \t]*+\{' % "|".join(sorted(_BLOCKS)).encode(),
    re.DOTALL,
)

_SHOW: Final = "`terraform show -json FILE` prints the plan in FILE, which `terraform plan -out=FILE` wrote"


def plan_members(text: bytearray, source: str | None) -> dict[str, Part] | None:
    """Return the members of the plan that a text in UTF-8 is; None where it is not Terraform's.

    A plan is an object with `resource_changes`, or with its `format_version` and what is planned or configured.
    Raises UnreadableInputError for all else that Terraform or OpenTofu write or read, and for a plan that is no JSON.
    """
    begin = bytes(text[:_BEGINNING])
    if not begin.lstrip().startswith(b"{"):
        _refuse_other_text(begin, source)
        return None
    if not any(name in text for name in _NAMES):
        return None
    # Reading a request should not wait for what reads a plan.
    from sealgate.reading.json_parts import Part  # noqa: PLC0415 imported where it is used: start-up stays short

    try:
        members = Part.whole(text, source).members()
    except UnreadableInputError as error:
        if _LOG_LINE.match(begin.lstrip()):
            raise _other("the log of a plan or an apply with -json", source) from error
        if b'"format_version"' in text and b'"terraform_version"' in text:
            # It is meant as a plan: what is wrong with it is said here, and not by what reads requests.
            hint = "" if text.endswith(_ENDS) else "the plan is not complete: "
            raise UnreadableInputError(
                hint + error.message, source=source, line=error.line, column=error.column
            ) from error
        return None
    if is_plan(members):
        return members
    if what := _other_kind(members):
        raise _other(what, source)
    return None


def is_plan(members: Mapping[str, object]) -> bool:
    """Return whether an object with these members is meant as a plan."""
    names = members.keys()
    return "resource_changes" in names or ("format_version" in names and not names.isdisjoint(_PLANNED))


def _refuse_other_text(begin: bytes, source: str | None) -> None:
    if begin.startswith(_BINARY):
        raise _other("a plan in Terraform's own binary form", source)
    if _FOR_PEOPLE.match(begin) or _LOG_LINE.match(begin):
        raise _other("what Terraform prints for people", source)
    if _HCL.match(begin):
        raise _other("Terraform configuration, of which nobody has made a plan", source)


def _other_kind(members: Mapping[str, Part]) -> str | None:
    names = members.keys()
    if "@level" in names:
        return "the log of a plan or an apply with -json"
    if "terraform_version" in names and not names.isdisjoint({"lineage", "serial", "version"}):
        return "a Terraform state file"
    if "format_version" in names:
        if "provider_schemas" in names:
            return "the schemas of providers"
        return "a Terraform state" if names <= _OF_A_STATE else "something else that Terraform writes"
    if not names.isdisjoint({"root_module", "module_calls"}):
        return "a configuration alone, as `tofu show -json -config` prints it"
    return None


_OF_A_STATE: Final = frozenset({"format_version", "terraform_version", "values", "checks"})


def _other(what: str, source: str | None) -> UnreadableInputError:
    return UnreadableInputError(f"this is {what}, and no plan: {_SHOW}", source=source)
