"""A member of a wrong type is nothing that AWS said: for each operation of a scan, and each member of its answers."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.parsers import ResponseParserFactory

from hipaa_guard.aws.calling.raw_answers import SpoiltAnswerError
from hipaa_guard.aws.calling.typed_answers import TypedParsers
from tests.aws.shapes.answers import Said, said
from tests.aws.shapes.samples import sample
from tests.aws.test_faults import readers
from tests.aws.test_raw_answers import received
from tests.aws.wire import model_of

NUMBERS: tuple[Any, ...] = ("5", True, [], {}, float("nan"), float("inf"))
WRONG: dict[str, tuple[Any, ...]] = {
    "string": (5, 1.5, True, [], {}, [[[]]]),
    "boolean": ("x", "true", 1, [], {}),
    "list": ({"a": 1}, "ab", 5),
    **dict.fromkeys(("integer", "long", "float", "double"), NUMBERS),
}
Path = tuple[str | int, ...]


def parse(model: Any, answer: Said) -> Any:
    parser = TypedParsers(ResponseParserFactory()).create_parser(model.service_model.resolved_protocol)
    return parser.parse(received(answer), model.output_shape)


_PLACES = 1
"""Of a shape that an answer has in several places, so many are tried: all are read in the same way."""


def in_body(shape: Any, seen: Counter[str], at: Path = (), above: tuple[str, ...] = ()) -> Iterator[tuple[Path, Any]]:
    """The members of a JSON answer in which a sample has something, and their shapes."""
    if shape.type_name == "structure" and shape.name not in above and not shape.is_document_type:
        seen[shape.name] += 1
        if seen[shape.name] > _PLACES:
            return
        members = list(shape.members.items())
        for name, member in members[:1] if shape.is_tagged_union else members:
            if not member.serialization.get("location"):
                path = (*at, member.serialization.get("name", name))
                yield path, member
                yield from in_body(member, seen, path, (*above, shape.name))
    elif shape.type_name == "list" and shape.member.name not in above:
        yield (*at, 0), shape.member
        yield from in_body(shape.member, seen, (*at, 0), above)
    elif shape.type_name == "map":
        path = (*at, sample(shape.key, "key"))
        yield path, shape.value
        yield from in_body(shape.value, seen, path, above)


def put(whole: Any, path: Path, value: Any) -> bool:
    """Put a value into a document; whether there is such a place."""
    document = whole
    for step in path[:-1]:
        try:
            document = document[step]
        except (LookupError, TypeError):
            return False
    if isinstance(document, dict | list) and document:
        place: Any = document
        place[path[-1]] = value
        return True
    return False


def operations(*protocols: str) -> list[str]:
    return [each for each in readers() if model_of(each).service_model.resolved_protocol in protocols]


@pytest.mark.parametrize("operation", readers())
def test_what_aws_says_has_its_types(operation: str) -> None:
    model = model_of(operation)
    assert parse(model, said(model, sample(model.output_shape)))


@pytest.mark.parametrize("operation", operations("json", "rest-json"))
def test_no_member_of_json_is_taken_for_another_type(operation: str) -> None:
    model = model_of(operation)
    whole = said(model, sample(model.output_shape))
    if "payload" in model.output_shape.serialization:
        pytest.skip("its body is one text")
    tried = 0
    for path, shape in in_body(model.output_shape, Counter()):
        for wrong in WRONG.get(shape.type_name, ()):
            document = json.loads(whole.body)
            if put(document, path, wrong):
                tried += 1
                with pytest.raises(SpoiltAnswerError):
                    parse(model, Said(200, json.dumps(document).encode(), whole.headers))
    assert tried


@pytest.mark.parametrize("operation", operations("query", "ec2", "rest-xml"))
def test_no_boolean_and_no_text_of_xml_is_another_thing(operation: str) -> None:
    model = model_of(operation)
    if model.output_shape is None:
        return
    whole = said(model, sample(model.output_shape))
    for sound, wrong in ((b">true<", b">yes<"), (b">true<", b"><"), (b">one<", b"><a/><a/><")):
        for at in range(min(whole.body.count(sound), 5)):  # each element is read in the same way
            before, after = whole.body.split(sound, at + 1)[: at + 1], whole.body.split(sound, at + 1)[at + 1]
            body = sound.join(before) + wrong + after
            if _is_read(model, body):
                with pytest.raises(SpoiltAnswerError):
                    parse(model, Said(200, body, whole.headers))


def _is_read(model: Any, body: bytes) -> bool:
    """Whether botocore itself reads a spoilt answer: else nothing is to be shown."""
    try:
        ResponseParserFactory().create_parser(model.service_model.resolved_protocol).parse(
            received(Said(200, body)), model.output_shape
        )
    except Exception:  # noqa: BLE001 - then it is no answer either
        return False
    return True


def test_an_element_that_comes_twice_is_no_text() -> None:
    model = model_of("s3.get_bucket_versioning")
    body = "<Status>Enabled</Status><Status>Suspended</Status>"
    with pytest.raises(SpoiltAnswerError, match="several"):
        parse(model, Said(200, f"<VersioningConfiguration>{body}</VersioningConfiguration>".encode()))


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    model = model_of("kms.list_keys")
    told = parse(model, Said(200, b'{"Keys": [{"KeyId": "\\ud800x", "KeyArn": "\\u00fc"}]}'))
    assert told["Keys"] == [{"KeyId": "?x", "KeyArn": "ü"}]
