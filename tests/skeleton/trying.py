"""Tries in the simulated AWS with which arguments a resource is made, and whether it is listed then."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import boto3
import jmespath
from botocore import xform_name
from moto import mock_aws

from tests.skeleton import models
from tests.skeleton.models import words
from tests.skeleton.tables import Kind

_NUMBERS = ("integer", "long")


def arguments(service: str, kind: Kind) -> dict[str, Any]:
    """The arguments by which one of a kind is made: those that work, else those that botocore calls required."""
    found = _tried(service, kind.words, kind.listed.operation.name, kind.listed.items)
    return next(_candidates(service, kind.words), {}) if found is None else found


def works(service: str, kind: Kind) -> bool:
    """Whether the simulated AWS makes one of the kind and lists it then."""
    return _tried(service, kind.words, kind.listed.operation.name, kind.listed.items) is not None


@cache
def _tried(service: str, kind: str, listing: str, items: str) -> dict[str, Any] | None:
    operation = models.creation(models.service(service), kind)
    if operation is None:
        return None
    for given in _candidates(service, kind):
        try:
            with mock_aws():
                client = boto3.client(  # type: ignore[call-overload]
                    service, region_name="us-east-1", aws_access_key_id="simulated", aws_secret_access_key="simulated"
                )
                getattr(client, xform_name(operation.name))(**given)
                if jmespath.search(items, getattr(client, xform_name(listing))()):
                    return given
        except Exception:  # noqa: BLE001 - whatever moto stumbles over, it is not the way to make one
            continue
    return None


def _candidates(service: str, kind: str) -> Iterator[dict[str, Any]]:
    """What to try: what is required and the name, then with each number besides, then with all."""
    operation = models.creation(models.service(service), kind)
    if operation is None or operation.input_shape is None:
        return
    members = operation.input_shape.members
    name = next((each for each in members if words(each) == f"{words(kind)}name"), None)
    needed = dict.fromkeys([*operation.input_shape.required_members, *([name] if name else [])])
    given = {each: _value(members[each]) for each in needed}
    yield given
    numbers = {
        each: _value(shape) for each, shape in members.items() if shape.type_name in _NUMBERS and each not in given
    }
    for each, value in numbers.items():
        yield {**given, each: value}
    yield {**given, **numbers}


def _value(shape: Any) -> Any:
    """A small value of an input."""
    if shape.type_name == "string":
        return shape.enum[0] if getattr(shape, "enum", None) else "phi"
    if shape.type_name in (*_NUMBERS, "double", "float"):
        return shape.metadata.get("min", 1) or 1
    if shape.type_name == "boolean":
        return True
    if shape.type_name == "list":
        return [_value(shape.member)]
    if shape.type_name == "structure":
        return {name: _value(shape.members[name]) for name in shape.required_members}
    return {}
