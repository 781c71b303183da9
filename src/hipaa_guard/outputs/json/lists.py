"""Long JSON lists, written piece by piece with one entry a line, so that any tool can compare two of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

_AT_ONCE = 1000
"""Number of entries in one piece of text."""

encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


def array(entries: Iterable[str]) -> Iterator[str]:
    """A list of entries that are JSON already."""
    yield "["
    entries = iter(entries)
    separator = "\n"
    while lines := ",\n".join(islice(entries, _AT_ONCE)):
        yield separator + lines
        separator = ",\n"
    yield "]" if separator == "\n" else "\n]"
