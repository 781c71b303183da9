"""Making a case that breaks a promise small, as long as it breaks the same one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import monotonic

from tests.fuzz.making import Case

SECONDS = 20.0


def shrunk(case: Case, breaks: Callable[[Case], bool], seconds: float = SECONDS) -> Case:
    """The smallest case found in a bounded time: without whole files first, then lines, then pieces of lines."""
    end = monotonic() + seconds
    smaller = True
    while smaller and monotonic() < end:
        smaller = False
        for candidate in _smaller(case):
            if monotonic() > end:
                break
            if breaks(candidate):
                case = candidate
                smaller = True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    for name in case.files:
        if len(case.files) > 1 and name != case.target:
            yield replace(case, files={other: data for other, data in case.files.items() if other != name})
    for separator in (b"\n", b" ", b""):
        for name, data in case.files.items():
            for less in _without(data, separator):
                yield replace(case, files={**case.files, name: less})


def _without(data: bytes, separator: bytes) -> Iterator[bytes]:
    """The text without some of its pieces, many of them first."""
    pieces = data.split(separator) if separator else [data[at : at + 1] for at in range(len(data))]
    if not separator and len(pieces) > 400:
        return
    size = len(pieces) // 2
    while size:
        for start in range(0, len(pieces), size):
            yield separator.join([*pieces[:start], *pieces[start + size :]])
        size //= 2
