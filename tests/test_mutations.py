"""A right request, changed at random, keeps a valid meaning or is not allowed; and nothing else is ever raised."""

from __future__ import annotations

import copy
import json
import math
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine_fixtures import ROOT, embedded_engine, input_document, reported

from sealgate import decisions
from sealgate.errors import UnreadableInputError
from sealgate.reading import inputs, strict_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sealgate.engines import Engine

Json: TypeAlias = Any
Path: TypeAlias = tuple[Any, ...]
Draw: TypeAlias = "Callable[[st.SearchStrategy[Any]], Any]"

KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"
KEY = f"arn:aws:kms:us-west-2:111122223333:key/{KEY_ID}"
TEXTS = [
    *(
        KEY,
        KEY_ID,
        "alias/ml",
        "arn:aws:kms:us-west-2:111122223333:alias/ml",
        KEY.replace("us-west-2", "us-east-1"),
        "",
    ),
    *("arn:aws:kms:us-west-2:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab", KEY.replace("aws", "aws-cn", 1)),
    *("AgentRFT", "AgentRFTEvaluation", "DataTransformation", "agentRFT", "CreateJob", "createjob", "SageMaker"),
]
NAMES = [
    *(
        "KmsKeyArn",
        "KmsKeyId",
        "kmsKeyArn",
        "KMSKEYARN",
        "kms_key_arn",
        "KmsKeyArn ",
        "\u212amsKeyArn",
        "VolumeKmsKeyId",
    ),
    *(
        "OutputDataConfig",
        "outputDataConfig",
        "OutputDataConfig\0",
        "JobConfigDocument",
        "JobCategory",
        "Std:Join",
        "Get",
    ),
]

CATEGORIES = ("AgentRFT", "AgentRFTEvaluation")

# What a decision says of a request of each meaning.
SHOWN_BY = {
    "key": {"SG-MTRL-024": "note"},
    "no key": {"SG-MTRL-001": "note"},
    "not known yet": {"SG-MTRL-002": "unverified"},
    "other operation": {"SG-KEY-004": "note"},
}

REQUESTS = [
    json.loads((ROOT / f"tests/examples/mtrl/job_config_document_is_read/{name}.json").read_bytes())["input"]
    for name in ("allow_documented_training", "allow_documented_evaluation")
]

mutating = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


# --- What a request means, read without sealgate


def meaning(text: str) -> str | None:
    """Return what a request means to CreateJob, or None where it is not right.

    Right is a request whose document is one JSON object without doubt, of a documented category, which names either a
    single-Region key of the job's Region by its ARN in OutputDataConfig.KmsKeyArn ("key"), or no key anywhere ("no
    key"); one whose document a pipeline makes ("not known yet"); one of another operation ("other operation").
    """
    try:
        request = strictly(text)
        if "JobConfigDocument" in request:  # the parameters alone are a request, too
            request = {"service": "sagemaker", "operation": "CreateJob", "parameters": request}
        if re.sub(r"\W|_", "", f"{request['service']}{request['operation']}").lower() != "sagemakercreatejob":
            return "other operation"
        parameters = request["parameters"]
        category = parameters["JobCategory"]
        if (request["service"], request["operation"]) != ("sagemaker", "CreateJob") or category not in CATEGORIES:
            return None
        if isinstance(parameters["JobConfigDocument"], dict) and "Get" in parameters["JobConfigDocument"]:
            return "not known yet"
        document = strictly(parameters["JobConfigDocument"])
        output = {**document.get("OutputDataConfig", {})}
        if "KmsKeyArn" in output:
            return "key" if is_right_key(output["KmsKeyArn"]) else None
        del parameters["JobConfigDocument"]
        outside = {name: value for name, value in parameters.items() if not isinstance(value, list)}
        return None if names_a_key(document) or names_a_key(outside) else "no key"
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def strictly(text: str) -> Json:
    """Return the value of a JSON text that every parser reads alike; ValueError for any other."""

    def unique(members: list[tuple[str, Json]]) -> Json:
        if len(dict(members)) < len(members):
            raise ValueError("a member stands twice")
        return dict(members)

    def refused(constant: str) -> NoReturn:
        raise ValueError(constant)

    def finite(number: str) -> float:
        if math.isinf(float(number)):
            raise ValueError(number)
        return float(number)

    text.encode()
    value = json.loads(text, object_pairs_hook=unique, parse_constant=refused, parse_float=finite)
    json.dumps(value, ensure_ascii=False).encode()
    if len(text) > 262_144:
        raise ValueError("it is too long")
    return value


def is_right_key(value: Json) -> bool:
    pattern = r"arn:aws:kms:us-west-2:[0-9]{12}:key/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def names_a_key(value: Json) -> bool:
    """Say whether a member is called a KMS key, or holds the ARN of one, at any depth."""
    if isinstance(value, dict):
        called = any("kmskey" in re.sub(r"[-_ .]", "", name).lower() for name in value)
        return called or any(map(names_a_key, value.values()))
    return any(map(names_a_key, value)) if isinstance(value, list) else is_right_key(value)


# --- How a request is changed

junk = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(TEXTS)
    | st.text(max_size=8),
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.sampled_from(NAMES), values, max_size=2),
    max_leaves=4,
)
names = st.sampled_from(NAMES) | st.text(max_size=8)


def paths(value: Json, path: Path = ()) -> Iterator[Path]:
    yield path
    if isinstance(value, dict | list):
        for step, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(child, (*path, step))


def at(value: Json, path: Path) -> Json:
    for step in path:
        value = value[step]
    return value


def with_value(value: Json, path: Path, new: Json) -> Json:
    if not path:
        return new
    changed = copy.deepcopy(value)
    at(changed, path[:-1])[path[-1]] = new
    return changed


def edited(draw: Draw, text: str) -> str:
    """Return a text with something left out, put in or written otherwise."""
    start = draw(st.integers(0, len(text)))
    end = draw(st.integers(start, min(len(text), start + 3)))
    put_in = draw(
        st.sampled_from(["", " ", "\n", "\0", '"', "\\", ",", "{", "}", "é", "\u2028", ":", "/"]) | st.text(max_size=2)
    )
    choices = [text[:start] + put_in + text[end:], text.swapcase(), f" {text}", f"{text}\n", text[::-1], text * 2]
    return str(draw(st.sampled_from(choices)))


def tree_changed(draw: Draw, tree: Json) -> Json:
    """Return a JSON value in which one place has another value, or another place."""
    everywhere = list(paths(tree))
    # The key, what it stands in and the root are where it matters.
    near = [path for path in everywhere if not path or path[-1] in {"KmsKeyArn", "OutputDataConfig", "JobCategory"}]
    path = draw(st.sampled_from(near) | st.sampled_from(everywhere))
    if path and isinstance(path[-1], str) and draw(st.booleans()):
        return moved(draw, tree, path)
    return with_value(tree, path, draw(st.sampled_from(list(others(draw, at(tree, path))))))


def others(draw: Draw, value: Json) -> Iterator[Json]:
    """Yield values that may stand in a value's place: others, and the value wrapped, unwrapped, edited, with more."""
    yield from (draw(junk), [value], {"Value": value}, json.dumps(value))
    if isinstance(value, dict):
        yield from ({**value, draw(names): draw(junk)}, *value.values())
    elif isinstance(value, list):
        yield from value
    elif isinstance(value, str):
        yield from (edited(draw, value) for _ in range(4))


def moved(draw: Draw, tree: Json, path: Path) -> Json:
    """Return a JSON value with a member left out, under another name, or in another object."""
    changed = copy.deepcopy(tree)
    taken = at(changed, path[:-1]).pop(path[-1])
    homes = [home for home in paths(changed) if isinstance(at(changed, home), dict)]
    how = draw(st.sampled_from(["left out", "renamed", "moved"]))
    if how == "renamed":
        at(changed, path[:-1])[draw(names)] = taken
    elif how == "moved":
        at(changed, draw(st.sampled_from(homes)))[path[-1]] = taken
    return changed


def text_changed(draw: Draw, text: str) -> str:
    """Return the text of a JSON value, changed as a text."""
    member = draw(st.sampled_from(["OutputDataConfig", "KmsKeyArn", "JobCategory", "JobConfigDocument"]))
    again = draw(st.sampled_from(["null", "{}", f'"{KEY}"', '"alias/ml"']))
    changes = [
        text.replace(f'"{member}":', f'"{member}": {again}, "{member}":'),
        text.replace(f'"{member}":', f'"{member}": {again}, "\\u00{ord(member[0]):x}{member[1:]}":'),
        text.replace(f'"{member}":', f'"\\u00{ord(member[0]):x}{member[1:]}":'),
        text[:-1] + f', "{member}": {again}}}',
        *(
            "\ufeff" + text,
            text + " {}",
            text + again,
            f"[{text}]",
            json.dumps(text),
            f" \n{text}\t",
            f"// {member}\n{text}",
        ),
        *(
            text.replace("true", "NaN"),
            text.replace("1", "1e999", 1),
            text.replace('"', "'"),
            text.replace(":", ": \u00a0", 1),
        ),
        edited(draw, text),
    ]
    return str(draw(st.sampled_from(changes)))


@st.composite
def mutated(draw: Draw) -> str:
    """Return the text of a CreateJob request, changed once to three times, in its document or outside of it."""
    request = copy.deepcopy(draw(st.sampled_from(REQUESTS))["subject"]["aws_request"])
    document = json.loads(request["parameters"]["JobConfigDocument"])
    steps = draw(
        st.lists(
            st.sampled_from(["document"] * 3 + ["document text"] * 2 + ["request", "text"]), min_size=1, max_size=3
        )
    )
    for _ in range(steps.count("document")):
        document = tree_changed(draw, document)
    inner = json.dumps(document, ensure_ascii=draw(st.booleans()))
    for _ in range(steps.count("document text")):
        inner = text_changed(draw, inner)
    request["parameters"]["JobConfigDocument"] = inner
    for _ in range(steps.count("request")):
        request = tree_changed(draw, request)
    outer = json.dumps(request)
    for _ in range(steps.count("text")):
        outer = text_changed(draw, outer)
    return outer


@pytest.fixture(scope="module")
def embedded() -> Iterator[Engine]:
    with embedded_engine() as engine:
        yield engine


def decided(engine: Engine, text: str) -> decisions.Decision | None:
    """Return the decision on a request as it comes in a file; None where it can't be read."""
    try:
        subject, *_ = inputs.read(strict_json.loads(text), allow_settings=False)
        return decisions.decide(engine, input_document({**REQUESTS[0], "subject": subject}))
    except UnreadableInputError:
        return None


@mutating
@given(text=mutated())
def test_what_is_allowed_has_a_valid_meaning(embedded: Engine, text: str) -> None:
    decision = decided(embedded, text)
    if decision is not None and decision["allowed"]:
        meant = meaning(text)
        assert meant is not None
        assert SHOWN_BY[meant].items() <= reported(decision).items()


@pytest.mark.parametrize("index", range(len(REQUESTS)))
def test_unchanged_request_is_allowed_and_names_a_key(embedded: Engine, index: int) -> None:
    text = json.dumps(REQUESTS[index]["subject"]["aws_request"])
    decision = decided(embedded, text)
    assert decision is not None
    assert decision["allowed"]
    assert meaning(text) == "key"


def respelt(draw: Draw, value: Json) -> str:
    """Return a JSON text of the same value: members in any order, any white space, any escapes."""
    space = st.sampled_from(["", " ", "\n", "\r\n\t"])
    if isinstance(value, dict):
        members = draw(st.permutations(list(value.items())))
        inside = [f"{respelt(draw, name)}{draw(space)}:{draw(space)}{respelt(draw, child)}" for name, child in members]
        return f"{{{draw(space)}{f',{draw(space)}'.join(inside)}{draw(space)}}}"
    if isinstance(value, list):
        return f"[{f',{draw(space)}'.join(respelt(draw, child) for child in value)}{draw(space)}]"
    if isinstance(value, str) and value and draw(st.booleans()):
        place = draw(st.integers(0, len(value) - 1))
        return json.dumps(value[:place])[:-1] + f"\\u{ord(value[place]):04x}" + json.dumps(value[place + 1 :])[1:]
    return json.dumps(value)


@settings(mutating, max_examples=50)
@given(data=st.data())
def test_the_same_document_in_another_spelling_is_decided_alike(embedded: Engine, data: st.DataObject) -> None:
    request = copy.deepcopy(data.draw(st.sampled_from(REQUESTS))["subject"]["aws_request"])
    before = decided(embedded, json.dumps(request))
    request["parameters"]["JobConfigDocument"] = respelt(
        data.draw, json.loads(request["parameters"]["JobConfigDocument"])
    )
    after = decided(embedded, json.dumps(request))
    assert before is not None
    assert after is not None
    assert reported(after) == reported(before)
    assert after["allowed"]
