"""Key policies, as files hold them: the document itself, or what the AWS CLI prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealgate.errors import UnreadableInputError
from sealgate.reading import files, strict_json
from sealgate.reading.words import kind

if TYPE_CHECKING:
    from pathlib import Path


def read_file(path: str | Path) -> dict[str, Any]:
    """Return the policy document in a JSON or YAML file; `-` is standard input.

    `aws kms get-key-policy` prints the document as a string in `Policy`, or alone with `--query Policy`. Raises
    UnreadableInputError where the file can't be read or holds no object; what is wrong within it is for the policies
    to say.
    """
    value = files.read_file(path)
    if isinstance(value, dict) and "Policy" in value and "Statement" not in value:
        value = value["Policy"]
    if isinstance(value, str):
        value = strict_json.loads(value, source=str(path))
    if not isinstance(value, dict):
        raise UnreadableInputError(f"a policy is an object, and this is {kind(value)}", source=str(path))
    return value
