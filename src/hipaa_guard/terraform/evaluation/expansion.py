"""`count`, `for_each` and dynamic blocks: the instances of a block and their keys.

Where the number is not known, one copy has the key ``[?]``. Where only some keys are known, there are the known copies
and one ``[?]`` for the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Literal

from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.locations import GapKind, Location
from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.addresses import key_text
from hipaa_guard.terraform.functions.conversion import to_number, to_text
from hipaa_guard.terraform.functions.structures import ANY, TEXT, Set, structure, type_of
from hipaa_guard.terraform.hcl.access import Object, OwnKey, UncertainList, entries
from hipaa_guard.terraform.hcl.arguments import valued
from hipaa_guard.terraform.hcl.call_nodes import FunctionCall
from hipaa_guard.terraform.hcl.errors import FAILURES, LIMITS, EvaluationError, LimitReached
from hipaa_guard.terraform.hcl.scope import Scope, Session
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock

UNKNOWN_KEY = "[?]"
_HINTS = (
    ("terraform.workspace", "give the workspace with --workspace, or scan a plan"),
    ("var.", "give the value with --var or --var-file, or scan a plan"),
)
"""Start of a reference that a value is made from -> the hint for a gap."""
_SETS = frozenset({"toset", "setunion", "setintersection", "setsubtract", "fileset"})


@dataclass(slots=True)
class Copy:
    """One instance of a block: its key as Terraform writes it (``[0]``, ``["a"]``, empty) and the names bound in it."""

    key: str
    index: Value
    bound: dict[str, Value]


@dataclass(slots=True)
class Expansion:
    """All instances of a block. ``rest`` stands for those of unknown number, ``why`` says why it is unknown.

    ``at_most_one`` is True for ``count = var.on ? 1 : 0``.
    """

    kind: Literal["single", "count", "each"]
    copies: list[Copy] = field(default_factory=list)
    rest: Copy | None = None
    why: Unknown | None = None
    at_most_one: bool = False


def expand(block: HclBlock, scope: Scope, subject: str, calls: tuple[Location, ...]) -> Expansion:
    """The instances of a resource or module call; `subject` is its address, with the keys of its module."""
    session = scope.session
    count, for_each = block.attributes.get("count"), block.attributes.get("for_each")
    if count is not None and for_each is not None:
        found = _with_both(session, subject, for_each.location(calls))
    elif count is not None:
        found = _counted(valued(count, scope, calls), session, subject, count.location(calls))
    elif for_each is not None:
        found = _for_each(valued(for_each, scope, calls), session, subject, for_each, calls)
    else:
        found = Expansion("single", [Copy("", None, {})])
    listed = session.record.keys(subject) if session.record is not None else ()
    if listed and found.kind != "single":
        found = _with_keys(found, listed)
    if found.kind != "single" or "[" in subject:
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
            hint=_hint(found.why),
            incomplete=False,
            location=argument.location(calls) if argument else None,
        )
    return found


def _hint(why: Unknown) -> str:
    for start, hint in _HINTS:
        if any(reference.startswith(start) for reference in why.references):
            return hint
    return "scan a plan, which has the value"


def _with_both(session: Session, subject: str, location: Location) -> Expansion:
    reason = "count and for_each are both set"
    session.report(GapKind.EXPRESSION, subject, reason, incomplete=False, location=location)
    why = OwnKey(reason, Cause.EXPANSION)
    bound = {"count": {"index": why}, "each": {"key": why, "value": Unknown(reason, Cause.EXPANSION)}}
    return Expansion("each", rest=Copy(UNKNOWN_KEY, None, bound), why=why)


def _with_keys(found: Expansion, listed: Sequence[int | str]) -> Expansion:
    """The expansion with the keys that a plan or state lists. The source still gives the value of each."""
    if found.kind == "count":
        last = max((key for key in listed if isinstance(key, int)), default=-1)
        total = min(max(last + 1, len(found.copies)), limits.INSTANCES_PER_BLOCK)
        return Expansion("count", [Copy(f"[{index}]", index, {"count": {"index": index}}) for index in range(total)])
    copies = {copy.index: copy for copy in found.copies}
    other: Value = Unknown("the source does not give this key", Cause.EXPANSION)
    if found.rest is not None:
        other = found.rest.bound["each"]["value"]
    for key in listed[: limits.INSTANCES_PER_BLOCK]:
        if isinstance(key, str) and key not in copies:
            value = key if other is found.why else other
            copies[key] = Copy(key_text(key), key, {"each": {"key": key, "value": value}})
    return Expansion("each", list(copies.values()))


def _counted(value: Value, session: Session, subject: str, location: Location) -> Expansion:
    try:
        number = to_number(value)
        if number is None:
            raise EvaluationError("count is null")
        if not isinstance(number, Unknown) and (not isinstance(number, int) or number < 0):
            raise EvaluationError(f"count must be a whole number, not {str(number)[:40]}")
    except FAILURES as error:
        _report(session, subject, error, location)
        number = Unknown(str(error), Cause.EXPRESSION)
    if isinstance(number, Unknown):
        why = _why("count", number)
        at_most_one = isinstance(number, Alternatives) and all(each in (0, 1) for each in _possible_numbers(number))
        return Expansion(
            "count", rest=Copy(UNKNOWN_KEY, None, {"count": {"index": why}}), why=why, at_most_one=at_most_one
        )
    total = int(number)
    if total > limits.INSTANCES_PER_BLOCK:
        _too_many(session, subject, total, location)
        total = limits.INSTANCES_PER_BLOCK
    return Expansion("count", [Copy(f"[{index}]", index, {"count": {"index": index}}) for index in range(total)])


def _report(session: Session, subject: str, error: Exception, location: Location) -> None:
    limit = isinstance(error, LIMITS)
    session.report(
        GapKind.LIMIT if limit else GapKind.EXPRESSION, subject, str(error), incomplete=limit, location=location
    )


def _possible_numbers(number: Alternatives) -> list[object]:
    """The possible numbers, with None for each unknown one."""
    return [None if isinstance(value, Unknown) else value for value in number.values]


def _for_each(
    value: Value, session: Session, subject: str, argument: Attribute, calls: tuple[Location, ...]
) -> Expansion:
    location = argument.location(calls)
    result = Expansion("each")
    try:
        if isinstance(value, SecretText):
            raise EvaluationError("for_each is sensitive: Terraform refuses keys that would show it")
        for key, element in _each_entries(value):
            if isinstance(key, Unknown):
                result.why = _why("for_each", key)
                continue
            if len(result.copies) == limits.INSTANCES_PER_BLOCK:
                _too_many(session, subject, None, location)
                break
            if len(key) > limits.KEY_LENGTH:
                raise LimitReached(f"a key of more than {limits.KEY_LENGTH:,} characters")
            bound = {"each": {"key": key, "value": element}}
            result.copies.append(Copy(key_text(key), key, bound))
    except Undecided as undecided:
        result.why = _why("for_each", undecided.unknown)
    except FAILURES as error:
        _report(session, subject, error, location)
        result.why = OwnKey(f"for_each: {error}", Cause.EXPANSION)
    if result.why is not None:
        others = value.each() if isinstance(value, Object) else None
        other = others.rest if isinstance(others, UncertainList) else result.why
        if isinstance(others, UncertainList):
            other = other.paired()
        elif not _is_set(argument):
            other = Unknown(result.why.reason, result.why.cause, references=result.why.references)
        bound = {"each": {"key": result.why, "value": other}}
        result.rest = Copy(UNKNOWN_KEY, None, bound)
    return result


def _each_entries(value: Value) -> Iterator[tuple[Value, Value]]:
    """Keys and values; each element of a set is both. An attribute of a resource that is a list may be a set."""
    if structure(value) in ("list", "tuple"):
        raise EvaluationError("for_each goes over a list, which Terraform refuses: toset() makes a set of it")
    is_list = isinstance(value, list)
    if is_list and type_of(value) not in (("set", TEXT), ("set", ANY)) and isinstance(value, Set):
        raise EvaluationError("for_each goes over a set of other things than texts, which Terraform refuses")
    for key, element in entries(value):
        name = to_text(element if is_list else key)
        if name is None:
            raise EvaluationError("for_each has a null key")
        yield name, (name if is_list else element)


def _is_set(argument: Attribute) -> bool:
    """Whether the expression of a for_each is certainly a set: there, the values are the keys."""
    try:
        node = argument.node
    except FAILURES:
        return False
    return isinstance(node, FunctionCall) and node.name in _SETS


def _why(argument: str, unknown: Unknown) -> OwnKey:
    """Why the instances are not known. Of expansions that depend on each other, the reason names only this one."""
    first = unknown.reason.removeprefix("count: ").removeprefix("for_each: ")
    return OwnKey(f"{argument}: {first}", Cause.EXPANSION, references=unknown.references)


def _too_many(session: Session, subject: str, total: int | None, location: Location) -> None:
    number = f"{total:,}" if total is not None else f"more than {limits.INSTANCES_PER_BLOCK:,}"
    reason = f"{number} instances; only the first {limits.INSTANCES_PER_BLOCK:,} were looked at"
    session.report(GapKind.LIMIT, subject, reason, location=location)


def _iterator(block: HclBlock) -> str:
    """The name of the iterator of a dynamic block."""
    argument = block.attributes.get("iterator")
    if argument is None:
        return block.labels[0]
    return argument.source.text[argument.value_start : argument.value_end].strip('"')


def any_turn(block: HclBlock, scope: Scope, unknown: Unknown) -> Scope:
    """The scope of an unknown turn of a dynamic block."""
    key = Unknown(unknown.reason, Cause.EXPANSION, references=unknown.references)
    return scope.binding({_iterator(block): {"key": key, "value": key}})


def dynamic_scopes(block: HclBlock, scope: Scope, calls: tuple[Location, ...]) -> Iterator[Scope]:
    """A scope for each turn of a dynamic block.

    Raises:
        Undecided: after the known turns, where there may be more.

    """
    for_each, name = block.attributes.get("for_each"), _iterator(block)
    contents = [inner for inner in block.blocks if inner.type == "content"]
    if for_each is None or len(contents) != 1:
        reason = "a dynamic block needs for_each and one content block"
        where = block.location(calls)
        scope.session.report(GapKind.EXPRESSION, str(where), reason, incomplete=False, location=where)
        raise Undecided(Unknown(reason, Cause.EXPRESSION))
    turns = 0
    try:
        for key, element in entries(valued(for_each, scope, calls)):
            turns += 1
            if turns > limits.INSTANCES_PER_BLOCK:
                _too_many(scope.session, f"dynamic {block.labels[0]!r}", None, for_each.location(calls))
                raise Undecided(Unknown("too many dynamic blocks", Cause.LIMIT))
            scope.session.another_block()
            yield scope.binding({name: {"key": key, "value": element}})
    except FAILURES as error:
        where = for_each.location(calls)
        limit = isinstance(error, LIMITS)
        kind, cause = (GapKind.LIMIT, Cause.LIMIT) if limit else (GapKind.EXPRESSION, Cause.EXPRESSION)
        scope.session.report(kind, str(where), str(error), incomplete=limit, location=where)
        raise Undecided(Unknown(str(error), cause)) from None
