from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from sealgate.errors import UnreadableInputError
from sealgate.reading import policies

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = {"Version": "2012-10-17", "Statement": []}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(DOCUMENT),
        json.dumps({"Policy": json.dumps(DOCUMENT), "PolicyName": "default"}),
        json.dumps({"Policy": DOCUMENT}),
        json.dumps(json.dumps(DOCUMENT)),
        "Version: '2012-10-17'\nStatement: []\n",
    ],
    ids=["document", "get-key-policy", "document within", "--query Policy", "YAML"],
)
def test_policy_is_read_as_people_have_it(content: str, tmp_path: Path) -> None:
    (tmp_path / "policy").write_text(content, encoding="utf-8")
    assert policies.read_file(tmp_path / "policy") == DOCUMENT


@pytest.mark.parametrize(
    ("content", "message"),
    [("[]", "a policy is an object, and this is"), ('{"Policy": "{"}', "the text ends"), ('{"Statement": 1', "ends")],
)
def test_file_without_a_policy_is_refused(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "policy.json").write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableInputError, match=message):
        policies.read_file(tmp_path / "policy.json")
