"""Policies that AWS refuses: a document with one such statement is not in force, not even in part.

IAM user guide, "Grammar of the IAM JSON policy language" and the pages of its elements, read 2026-11-30. `Version`
may be left out, and the resource of a resource policy, as some services take the resource that it is attached to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hipaa_guard.facts.policy_parsing import entry_of, structure_of
from hipaa_guard.facts.values import Incomplete, Unknown, Value

_VERSIONS = ("2012-10-17", "2008-10-17")
_EFFECTS = ("Allow", "Deny")


def resource_policy(value: Value) -> str | None:
    """Why AWS refuses a policy that is attached to a resource; None where it takes it, or nothing says it would not."""
    return _refused(value, _of_resource)


def trust_policy(value: Value) -> str | None:
    """Why IAM refuses the trust policy of a role; see `resource_policy`."""
    return _refused(value, _of_trust)


def identity_policy(value: Value) -> str | None:
    """Why IAM refuses a policy of users, groups and roles; see `resource_policy`."""
    return _refused(value, _of_identity)


def _refused(value: Value, more: Callable[[dict[str, Value]], Iterator[str]]) -> str | None:
    try:
        document = None if value is None else structure_of(value)
    except ValueError:
        return "it is no JSON object, which AWS refuses"
    if document is None or isinstance(document, Unknown):
        return None
    found = next(_complaints(document, more), None)
    return None if found is None else f"AWS refuses it: {found}"


def _complaints(document: dict[str, Value], more: Callable[[dict[str, Value]], Iterator[str]]) -> Iterator[str]:
    version = entry_of(document, "Version")
    if version is not None and not isinstance(version, Unknown) and version not in _VERSIONS:
        yield f"there is no Version {str(version)[:40]!r}"
    statements = entry_of(document, "Statement")
    if _lacks(statements):
        yield "it has no Statement"
    if isinstance(statements, Incomplete):
        statements = statements.seen
    for number, statement in enumerate(statements if isinstance(statements, list) else [statements], start=1):
        if statement is None or isinstance(statement, Unknown):
            continue
        if not isinstance(statement, dict):
            yield f"its statement {number} is no JSON object"
            continue
        yield from (f"its statement {number} has {what}" for what in (*_of_any(statement), *more(statement)))


def _of_any(statement: dict[str, Value]) -> Iterator[str]:
    """What is wrong with a statement of whatever policy."""
    effect = entry_of(statement, "Effect")
    if effect is None:
        yield "no Effect"
    elif not isinstance(effect, Unknown) and effect not in _EFFECTS:
        yield f"the Effect {str(effect)[:40]!r}, which is neither Allow nor Deny"
    for name in ("Action", "Resource", "Principal"):
        if not _lacks(entry_of(statement, name)) and not _lacks(entry_of(statement, f"Not{name}")):
            yield f"both {name} and Not{name}"
    yield from _without(statement, "Action")


def _of_resource(statement: dict[str, Value]) -> Iterator[str]:
    yield from _without(statement, "Principal")


def _of_trust(statement: dict[str, Value]) -> Iterator[str]:
    yield from _without(statement, "Principal")
    yield from _with(statement, "Resource")


def _of_identity(statement: dict[str, Value]) -> Iterator[str]:
    yield from _without(statement, "Resource")
    yield from _with(statement, "Principal")


def _without(statement: dict[str, Value], name: str) -> Iterator[str]:
    if _lacks(entry_of(statement, name)) and _lacks(entry_of(statement, f"Not{name}")):
        yield f"neither {name} nor Not{name}"


def _with(statement: dict[str, Value], name: str) -> Iterator[str]:
    for each in (name, f"Not{name}"):
        if not _lacks(entry_of(statement, each)):
            yield f"{each}, which this kind of policy cannot have"


def _lacks(value: Value) -> bool:
    """Whether an element says nothing: it is left out, null or empty."""
    if isinstance(value, Unknown | Incomplete):
        return False
    return value is None or value in ("", [], {})
