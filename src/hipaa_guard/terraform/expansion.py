"""`count`, `for_each` and dynamic blocks: how often a block exists, and what each copy is called.

Where the number is not known there is one copy with the key ``[?]``; where only part of a set is known, the known
copies and one ``[?]`` for the others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from hipaa_guard.facts.places import GapKind, Location
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.access import Object, UncertainList, entries
from hipaa_guard.terraform.errors import FAILURES, EvaluationError
from hipaa_guard.terraform.functions.conversion import to_number, to_text
from hipaa_guard.terraform.scope import Scope, Session, valued
from hipaa_guard.terraform.syntax import Block

UNKNOWN_KEY = "[?]"


@dataclass(slots=True)
class Copy:
    """One instance of a block: its key as Terraform writes it (``[0]``, ``["a"]``, empty) and the names bound in it."""

    key: str
    index: Value
    bound: dict[str, Value]


@dataclass(slots=True)
class Expansion:
    """All instances of a block. ``rest`` stands for those whose number is not known, ``why`` says why."""

    kind: Literal["single", "count", "each"]
    copies: list[Copy] = field(default_factory=list)
    rest: Copy | None = None
    why: Unknown | None = None


def expand(block: Block, scope: Scope, subject: str, calls: tuple[Location, ...]) -> Expansion:
    """The instances of a resource or module call."""
    session = scope.session
    count, for_each = block.attributes.get("count"), block.attributes.get("for_each")
    if count is not None:
        found = _counted(valued(count, scope, calls), session, subject, count.location(calls))
    elif for_each is not None:
        found = _for_each(valued(for_each, scope, calls), session, subject, for_each.location(calls))
    else:
        found = Expansion("single", [Copy("", None, {})])
    session.budget.instances += len(found.copies)
    if session.budget.instances > limits.INSTANCES_PER_SCAN:
        reason = f"more than {limits.INSTANCES_PER_SCAN:,} instances in one scan; this block was left out"
        session.report(GapKind.LIMIT, subject, reason, location=block.location(calls))
        return Expansion(found.kind, why=Unknown(reason, Cause.LIMIT))
    if found.rest is not None and found.why is not None and block.type != "data":
        argument = count or for_each
        session.report(
            GapKind.EXPANSION,
            subject,
            found.why.reason,
            incomplete=False,
            location=argument.location(calls) if argument else None,
        )
    return found


def _counted(value: Value, session: Session, subject: str, location: Location) -> Expansion:
    try:
        number = to_number(value)
        if number is None:
            raise EvaluationError("count is null")
        if not isinstance(number, Unknown) and (not isinstance(number, int) or number < 0):
            raise EvaluationError(f"count must be a whole number, not {str(number)[:40]}")
    except FAILURES as error:
        session.report(GapKind.EXPRESSION, subject, str(error), incomplete=False, location=location)
        number = Unknown(str(error), Cause.EXPRESSION)
    if isinstance(number, Unknown):
        why = Unknown(f"count: {number.reason}", Cause.EXPANSION, references=number.references)
        return Expansion("count", rest=Copy(UNKNOWN_KEY, None, {"count": {"index": why}}), why=why)
    total = int(number)
    if total > limits.INSTANCES_PER_BLOCK:
        _too_many(session, subject, total, location)
        total = limits.INSTANCES_PER_BLOCK
    return Expansion("count", [Copy(f"[{index}]", index, {"count": {"index": index}}) for index in range(total)])


def _for_each(value: Value, session: Session, subject: str, location: Location) -> Expansion:
    result = Expansion("each")
    try:
        for key, element in _each_entries(value):
            if isinstance(key, Unknown):
                result.why = _why(key)
                continue
            if len(result.copies) == limits.INSTANCES_PER_BLOCK:
                _too_many(session, subject, None, location)
                break
            bound = {"each": {"key": key, "value": element}}
            result.copies.append(Copy(f"[{quoted(key)}]", key, bound))
    except Undecided as undecided:
        result.why = _why(undecided.unknown)
    except FAILURES as error:
        session.report(GapKind.EXPRESSION, subject, str(error), incomplete=False, location=location)
        result.why = Unknown(str(error), Cause.EXPANSION)
    if result.why is not None:
        others = value.each() if isinstance(value, Object) else None
        other = others.rest if isinstance(others, UncertainList) else result.why
        bound = {"each": {"key": result.why, "value": other}}
        result.rest = Copy(UNKNOWN_KEY, None, bound)
    return result


def _each_entries(value: Value) -> Iterator[tuple[Value, Value]]:
    """Keys and values; of a list, which can only be a set of strings here, the elements are both."""
    is_list = isinstance(value, list)
    for key, element in entries(value):
        name = to_text(element if is_list else key)
        if name is None:
            raise EvaluationError("for_each has a null key")
        yield name, (name if is_list else element)


def _why(unknown: Unknown) -> Unknown:
    return Unknown(f"for_each: {unknown.reason}", Cause.EXPANSION, references=unknown.references)


def _too_many(session: Session, subject: str, total: int | None, location: Location) -> None:
    number = f"{total:,}" if total is not None else f"more than {limits.INSTANCES_PER_BLOCK:,}"
    reason = f"{number} instances; only the first {limits.INSTANCES_PER_BLOCK:,} were looked at"
    session.report(GapKind.LIMIT, subject, reason, location=location)


def quoted(key: str) -> str:
    """A key as Terraform writes it in an address."""
    escaped = key.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    escaped = escaped.replace("\t", "\\t").replace("${", "$${").replace("%{", "%%{")
    return f'"{escaped}"'


def dynamic_scopes(block: Block, scope: Scope, calls: tuple[Location, ...]) -> Iterator[Scope]:
    """A scope for each turn of a dynamic block.

    Raises:
        Undecided: after the turns that are known, where there may be more.

    """
    for_each, iterator = block.attributes.get("for_each"), block.attributes.get("iterator")
    name = iterator.source.text[iterator.value_start : iterator.value_end].strip('"') if iterator else block.labels[0]
    if for_each is None:
        return
    turns = 0
    try:
        for key, element in entries(valued(for_each, scope, calls)):
            turns += 1
            if turns > limits.INSTANCES_PER_BLOCK:
                _too_many(scope.session, f"dynamic {block.labels[0]!r}", None, for_each.location(calls))
                raise Undecided(Unknown("too many dynamic blocks", Cause.LIMIT))
            yield scope.binding({name: {"key": key, "value": element}})
    except FAILURES as error:
        where = for_each.location(calls)
        scope.session.report(GapKind.EXPRESSION, str(where), str(error), incomplete=False, location=where)
        raise Undecided(Unknown(str(error), Cause.EXPRESSION)) from None
