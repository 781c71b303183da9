"""Our answers beside Terraform's, and what to call the difference."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Cause, PartialJson, PartialText, Unknown, Value
from hipaa_guard.terraform.functions.conversion import number_text
from hipaa_guard.terraform.source import read_directory
from tests.terraform.oracle.cases import Case, written
from tests.terraform.oracle.terraforms import UNKNOWN


class Outcome(StrEnum):
    """How the two answers to one case relate. The first that is true of any part of a case is that of the case."""

    DIFFERS = "differing"
    WE_ANSWER = "Terraform refuses, we answer"
    DIGITS = "equal but for digits beyond the fifteenth"
    CRASH = "Terraform crashes"
    WE_REFUSE = "we hold unknown, with an error"
    WE_HOLD = "we hold unknown"
    NEEDS_APPLY = "Terraform needs an apply first"
    BOTH_REFUSE = "refused by both"
    EQUAL = "evaluated by both and equal"


SETTLED = frozenset({Outcome.EQUAL, Outcome.BOTH_REFUSE, Outcome.NEEDS_APPLY, Outcome.CRASH})
"""Outcomes that are no disagreement."""

_ORDER = list(Outcome)
_MISSING = object()

Ours = dict[str, dict[str, Value]]


def ours(cases: list[Case], prelude: str, directory: Path) -> Ours:
    """The inputs of the instances of each case, by address, as we evaluate them."""
    found: Ours = {case.name: {} for case in cases}
    for configuration in read_directory(written(cases, prelude, directory)):
        for instance in configuration.instances:
            for name in [
                name for name in (part.partition("_")[0] for part in _names(instance.address)) if name in found
            ]:
                found[name][instance.address] = instance.get("input")
                break
    return found


def _names(address: str) -> list[str]:
    return address.replace("[", ".").split(".")[1:2]


def refused(mine: dict[str, Value], reason: str) -> tuple[Outcome, str]:
    """The outcome of a case that Terraform refuses."""
    if "panic in function" in reason:
        return Outcome.CRASH, ""
    if "cannot be determined until apply" in reason:
        return Outcome.NEEDS_APPLY, ""
    if mine and not any("[?]" in address or _holds_unknown(value) for address, value in mine.items()):
        return Outcome.WE_ANSWER, repr(mine)
    return Outcome.BOTH_REFUSE, ""


def compared(mine: dict[str, Value], planned: dict[str, Any], applied: dict[str, Any]) -> tuple[Outcome, str]:
    """The outcome of a case, and the address and the values that it shows in."""
    worst = (Outcome.EQUAL, "")
    for address in sorted({*mine, *planned}):
        if "[?]" in address:
            found: Iterator[Outcome] = iter([Outcome.WE_HOLD])
        elif address not in planned:
            found = iter([Outcome.DIFFERS])
        elif address not in mine:
            uncertain = any("[?]" in other for other in mine)
            found = iter([Outcome.WE_HOLD if uncertain else Outcome.DIFFERS])
        else:
            found = _differences(mine[address], planned[address], applied.get(address, _MISSING))
        outcome = min(found, key=_ORDER.index, default=Outcome.EQUAL)
        if _ORDER.index(outcome) < _ORDER.index(worst[0]):
            text = f"{address}: ours {mine.get(address)!r}, planned {planned.get(address)!r}, applied {applied.get(address)!r}"
            worst = (outcome, text)
    return worst


def _differences(mine: Value, planned: Any, applied: Any) -> Iterator[Outcome]:
    """What is to be said of a value and its parts; nothing where they are equal."""
    if planned == UNKNOWN:  # what we know or leave open must hold in the end
        if applied is not _MISSING:
            yield from (found for found in _differences(mine, applied, applied) if found is Outcome.DIFFERS)
    elif isinstance(mine, Unknown):
        if not _possible(mine, applied if applied is not _MISSING else planned):
            yield Outcome.DIFFERS
        else:
            yield Outcome.WE_REFUSE if mine.cause is Cause.EXPRESSION else Outcome.WE_HOLD
    elif isinstance(mine, Incomplete):
        open_ended = isinstance(planned, list) and any(map(_is_open, planned))
        yield from () if open_ended else (Outcome.WE_HOLD,)
    else:
        yield from _parts_that_differ(mine, planned, applied)


def _is_open(planned: Any) -> bool:
    if isinstance(planned, dict):
        return any(map(_is_open, planned.values()))
    return any(map(_is_open, planned)) if isinstance(planned, list) else bool(planned == UNKNOWN)


def _parts_that_differ(mine: Value, planned: Any, applied: Any) -> Iterator[Outcome]:
    if isinstance(mine, list) and isinstance(planned, list) and len(mine) == len(planned):
        for position, (one, its) in enumerate(zip(mine, planned, strict=True)):
            last = applied[position] if isinstance(applied, list) and len(applied) == len(planned) else _MISSING
            yield from _differences(one, its, last)
    elif isinstance(mine, list) and _is_open(planned) and applied is not _MISSING:  # a set that unknown elements fill
        yield from (found for found in _differences(mine, applied, applied) if found is Outcome.DIFFERS)
    elif isinstance(mine, dict) and isinstance(planned, dict) and mine.keys() == planned.keys():
        for key, one in mine.items():
            last = applied.get(key, _MISSING) if isinstance(applied, dict) else _MISSING
            yield from _differences(one, planned[key], last)
    elif _is_number(mine) and _is_number(planned):
        if number_text(mine) != format(Decimal(planned), "f"):
            yield Outcome.DIGITS if _close(Decimal(repr(mine)), Decimal(planned)) else Outcome.DIFFERS
    elif mine != planned or isinstance(mine, bool) != isinstance(planned, bool):
        yield Outcome.DIGITS if _same_digits_in_text(mine, planned) else Outcome.DIFFERS


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _close(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= abs(other) * Decimal("1e-14")


def _same_digits_in_text(mine: Any, planned: Any) -> bool:
    """Whether two texts differ only in late digits of numbers in them."""
    if not isinstance(mine, str) or not isinstance(planned, str):
        return False
    return _rounded(mine) == _rounded(planned)


def _rounded(text: str) -> str:
    return re.sub(r"\d+\.\d{8,}", lambda found: format(Decimal(found[0]), ".12g"), text)


def _holds_unknown(value: Value) -> bool:
    if isinstance(value, Unknown | Incomplete):
        return True
    if isinstance(value, dict):
        value = list(value.values())
    return isinstance(value, list) and any(map(_holds_unknown, value))


def _possible(mine: Unknown, value: Any) -> bool:
    """Whether a value, known in the end, is one that ours left open."""
    if value is None:
        return not mine.is_set
    if isinstance(mine, PartialText):
        return isinstance(value, str) and _reads(mine, value)
    if isinstance(mine, PartialJson):
        try:
            document = json.loads(value, parse_float=Decimal)
        except ValueError:
            return True  # YAML
        return Outcome.DIFFERS not in _differences(mine.document, UNKNOWN, document)
    return True


def _reads(partial: PartialText, text: str) -> bool:
    pattern = "".join(re.escape(part) if isinstance(part, str) else ".*" for part in partial.parts)
    return re.fullmatch(pattern, text, re.DOTALL) is not None
