"""Policies that AWS refuses: a document with one such statement is not in force, not even in part.

IAM user guide, "Grammar of the IAM JSON policy language" and the pages of its elements, read 2026-11-30. `Version` may
be left out. So may the resource of a resource policy: some services assume the resource that it is attached to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.policies.parsing import structure_of
from hipaa_guard.facts.values import PartialText, Unknown, Value

_VERSIONS = ("2012-10-17", "2008-10-17")
_EFFECTS = ("Allow", "Deny")
_PRINCIPALS = ("AWS", "CanonicalUser", "Federated", "Service", "*")

Elements = dict[str, Value]


def resource_policy(value: Value) -> str | None:
    """Why AWS refuses a policy that is attached to a resource; None where it accepts the policy, as far as is known."""
    return _refused(value, _of_resource)


def trust_policy(value: Value) -> str | None:
    """Why IAM refuses the trust policy of a role; see `resource_policy`."""
    return _refused(value, _of_trust)


def identity_policy(value: Value) -> str | None:
    """Why IAM refuses a policy of users, groups and roles; see `resource_policy`."""
    return _refused(value, _of_identity)


LONGEST = 131_072
"""Characters of the longest policy that a service accepts: OpenSearch accepts 100 KiB, all others far less."""


def _refused(value: Value, more: Callable[[Elements], Iterator[str]]) -> str | None:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"AWS refuses it: it is longer than {LONGEST:,} characters"
    try:
        document = None if value is None else structure_of(value)
    except ValueError:
        return "it is no JSON object, which AWS refuses"
    except RecursionError:
        return None  # the reading of the policy then reports this
    if document is None or isinstance(document, Unknown):
        return None
    found = next(_faults(_elements_of(document), more), None)
    return None if found is None else f"AWS refuses it: {found}"


def _elements_of(element: dict[str, Value]) -> Elements:
    """The values of an element by name in lower case, without those that are null or empty."""
    return {str(name).lower(): value for name, value in element.items() if not _is_absent(value)}


def _is_absent(value: Value) -> bool:
    if isinstance(value, Unknown | Incomplete):
        return False
    return value is None or value in ("", [], {})


def _faults(document: Elements, more: Callable[[Elements], Iterator[str]]) -> Iterator[str]:
    version = document.get("version")
    if version is not None and not isinstance(version, Unknown) and version not in _VERSIONS:
        yield f"there is no Version {str(version)[:40]!r}"
    statements = document.get("statement")
    if statements is None:
        yield "it has no Statement"
        return
    if isinstance(statements, Incomplete):
        statements = statements.seen
    for number, statement in enumerate(statements if isinstance(statements, list) else [statements], start=1):
        if isinstance(statement, dict):
            elements = _elements_of(statement)
            yield from (f"its statement {number} has {what}" for what in (*_faults_of_any(elements), *more(elements)))
        elif not isinstance(statement, Unknown):
            yield f"its statement {number} is no JSON object"


def _faults_of_any(statement: Elements) -> Iterator[str]:
    """The faults of a statement in any kind of policy."""
    effect = statement.get("effect")
    if effect is None:
        yield "no Effect"
    elif not isinstance(effect, Unknown) and effect not in _EFFECTS:
        yield f"the Effect {str(effect)[:40]!r}, which is neither Allow nor Deny"
    for name in ("Action", "Resource", "Principal"):
        if name.lower() in statement and f"not{name.lower()}" in statement:
            yield f"both {name} and Not{name}"
    yield from _without(statement, "Action")


def _of_resource(statement: Elements) -> Iterator[str]:
    yield from _without(statement, "Principal")
    yield from _faults_of_principals(statement)


def _of_trust(statement: Elements) -> Iterator[str]:
    yield from _without(statement, "Principal")
    yield from _faults_of_principals(statement)
    yield from _with(statement, "Resource")


def _faults_of_principals(statement: Elements) -> Iterator[str]:
    """Kinds of principals that there are not, and ARNs with wildcards: only ``*`` alone stands for everyone."""
    for name in ("principal", "notprincipal"):
        principals = statement.get(name)
        if not isinstance(principals, dict):
            principals = {"AWS": principals}
        yield from (f"a principal of the kind {kind[:40]!r}" for kind in principals if kind not in _PRINCIPALS)
        for value in _listed(principals.get("AWS")):
            texts = value.parts if isinstance(value, PartialText) else () if _is_star(value) else (value,)
            if any(isinstance(text, str) and ("*" in text or "?" in text) for text in texts):
                yield "a principal with a wildcard in its name"


def _is_star(value: Value) -> bool:
    return isinstance(value, str) and value == "*"


def _listed(value: Value) -> list[Value]:
    if isinstance(value, list):
        return list(list.__iter__(value))  # also those that were seen of an incomplete list
    return [value]


def _of_identity(statement: Elements) -> Iterator[str]:
    yield from _without(statement, "Resource")
    yield from _with(statement, "Principal")
    for name in ("action", "notaction"):
        for action in _listed(statement.get(name)):
            # "Actions/Conditions must be prefaced by a vendor", "... can contain only one colon" (IAM, CreatePolicy).
            if isinstance(action, str) and action.strip("*?") and action.count(":") != 1:
                yield f"the action {action[:40]!r}, which is neither * nor SERVICE:ACTION"


def _without(statement: Elements, name: str) -> Iterator[str]:
    if name.lower() not in statement and f"not{name.lower()}" not in statement:
        yield f"neither {name} nor Not{name}"


def _with(statement: Elements, name: str) -> Iterator[str]:
    for each in (name, f"Not{name}"):
        if each.lower() in statement:
            yield f"{each}, which this kind of policy cannot have"
