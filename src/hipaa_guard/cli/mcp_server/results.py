"""Results of a bounded size: what an agent reads in one go, and how much was left out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

MOST_BYTES = 60_000
"""Of the findings of a result, as JSON."""
MOST_ROWS = 30
"""Of every other list."""
MOST_TEXT = 60_000
"""Characters of a text."""

_WHOLE = ("schema_version", "tool", "law", "scan", "summary", "gate", "settings", "register", "baseline")
_SEVERITIES = ("critical", "high", "medium", "low")
_OPEN = ("fail", "unknown")

Json = dict[str, Any]


def bounded_scan(result: Mapping[str, Any], lowest: str) -> Json:
    """The JSON of a scan, cut: its counts, its gate, what was not looked at, and the worst findings.

    Findings are the open ones (gaps, then unknown verdicts) of at least the severity ``lowest``, as many as fit.
    ``left_out`` tells the numbers of all others.
    """
    wanted = set(_SEVERITIES[: _SEVERITIES.index(lowest) + 1])
    every = result["findings"]
    found = [each for each in every if each["status"] in _OPEN and each["severity"] in wanted]
    found.sort(key=lambda each: (_OPEN.index(each["status"]), _SEVERITIES.index(each["severity"])))
    shown = _fitting(found)
    gaps = result["coverage"]["gaps"]
    left_out = {
        **_by_status(every, found, "below the severity asked for, or no gap"),
        **_by_status(found, shown, "too many for one answer"),
    }
    if len(gaps) > MOST_ROWS:
        left_out["things not looked at (coverage.gaps)"] = len(gaps) - MOST_ROWS
    return {
        **{name: result[name] for name in _WHOLE if name in result},
        "coverage": {**result["coverage"], "gaps": gaps[:MOST_ROWS]},
        "findings": shown,
        "left_out": left_out,
    }


def _fitting(findings: Sequence[Json]) -> list[Json]:
    """The first findings that fit."""
    size, shown = 0, list[Json]()
    for each in findings:
        size += len(json.dumps(each))
        if size > MOST_BYTES:
            break
        shown.append(each)
    return shown


def _by_status(all: Sequence[Json], kept: Sequence[Json], why: str) -> dict[str, int]:
    left = Counter(each["status"] for each in all)
    left.subtract(each["status"] for each in kept)
    return {f"{status}: {why}": number for status, number in sorted(left.items()) if number}


def bounded_rows(lines: Sequence[str]) -> tuple[list[str], int]:
    """The first lines, and the number of the others."""
    return [line[:1000] for line in lines[:MOST_ROWS]], max(0, len(lines) - MOST_ROWS)
