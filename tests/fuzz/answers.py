"""Answers of an endpoint that are damaged in any way, and the promises that hold for a scan that is given them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from moto import mock_aws

from hipaa_guard.assessment.gate import INCOMPLETE
from hipaa_guard.controls.control import Control
from tests.aws.faults import HOME
from tests.aws.raw_line import RawLine
from tests.aws.shapes.answers import Said
from tests.aws.test_faults import Hospital, readers
from tests.fuzz.checking import Broken
from tests.fuzz.damage import damaged_bytes, damaged_text

_STATUSES = (200, 200, 200, 200, 204, 206, 301, 400, 403, 404, 500, 503)
_HEADERS: tuple[dict[str, str], ...] = (
    {},
    {"Content-Length": "7"},
    {"Content-Length": "-1"},
    {"Content-Length": "1" * 400},
    {"Content-Type": "text/html"},
    {"Content-Type": "application/json"},
    {"x-amzn-RequestId": "r"},
    {"x-amzn-ErrorType": "AccessDenied"},
    {"x-amz-request-id": ""},
)
_RARE = (
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"<a>" * 100_000,
    b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>',
    b'<?xml version="1.0" encoding="utf-16"?><a/>',
    b'{"a": NaN, "b": 1e999999, "c": ' + b"9" * 5000 + b"}",
    b"\xbf" * 5000,
    b"\x1f\x8b\x08\x00\x00\x00",
    b'"{}"',
)


@contextmanager
def hospital() -> Iterator[Hospital[RawLine]]:
    """The furnished account, over a line that can be spoilt."""
    variables = {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": HOME,
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # they come with thousands of snapshots
    }
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        with mock_aws():
            yield Hospital(RawLine())
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def spoilt(random: Random, answer: Said) -> Said:
    """An answer of any content. The same numbers give the same."""
    match random.randrange(6):
        case 0:
            body = random.randbytes(random.randrange(200))
        case 1:
            body = random.choice(_RARE)
        case 2 | 3:
            body = damaged_bytes(random, answer.body)
        case 4:
            body = damaged_text(random, answer.body.decode("utf-8", "replace")).encode("utf-8", "replace")
        case _:
            body = answer.body
    headers = {**answer.headers, **random.choice(_HEADERS)}
    if random.random() < 0.3:
        headers = dict(random.choice(_HEADERS))
    return Said(random.choice(_STATUSES), body, headers)


def check(random: Random, account: Hospital[RawLine]) -> None:
    """Scan an account in which one operation answers so.

    Raises:
        Broken: a control breaks, the fault is said to be ours, or something was not answered and is not told.

    """
    operation = random.choice(list(readers()))
    controls: list[Control] = readers()[operation]
    line = account.line

    def spoil(_: Any, answer: Said) -> Said:
        return spoilt(random, answer)

    line.operation, line.spoil = operation, spoil
    try:
        seen = account.read(controls)
    finally:
        line.spoil = None
    broken = [finding.error for finding in seen.findings if finding.error]
    if broken:
        raise Broken("no control breaks of an answer", f"{operation}: {broken[0]}")
    if seen.collected.faults:
        raise Broken("what others sent is no fault of ours", f"{operation}: {seen.collected.gaps}")
    if seen.collected.inventory.unlisted and seen.exit_code != INCOMPLETE:
        raise Broken("what was not listed is exit code 3", operation)
