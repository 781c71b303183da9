"""Requests of one sort that a policy denies to everyone: what its denials cover together, and what they spare.

Which conditions hold where a key is absent: IAM user guide, "IAM JSON policy elements: Condition operators" and
"Multivalued context keys". AWS documents ``Bool`` and ``Null`` for ``aws:SecureTransport``, and that each request has
this key; ``s3:TlsVersion`` is the version of TLS, which a request over plain HTTP does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache

from hipaa_guard.facts.lists import every, some
from hipaa_guard.facts.policies.conditions import Condition
from hipaa_guard.facts.policies.statements import Statement
from hipaa_guard.facts.policies.texts import Text, matches, with_wildcards
from hipaa_guard.facts.values import Cause, PartialText, Undecided, Unknown
from hipaa_guard.lean import dataclass

_UNSEEN = "*"
"""An unknown part of a pattern may be any text, as a wildcard is."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Requests by what is known of all of them; of any other condition key nothing is.

    ``present`` are keys that each request has (in lower case), with their value; ``absent`` are keys that none has.
    """

    present: Mapping[str, str]
    absent: frozenset[str] = frozenset()

    def meet(self, condition: Condition) -> bool:
        """Whether each of the requests meets a condition.

        Raises:
            Undecided: a value that decides it is not known.

        """
        operator, qualifier = condition.operator.lower(), condition.qualifier.lower()
        if condition.key in self.absent:
            if operator == "null":
                return _names(condition, "true")
            return qualifier == "forallvalues" or (
                qualifier != "foranyvalue" and (condition.if_exists or "not" in operator)
            )
        if condition.key not in self.present:
            return False
        if operator == "null":
            return _names(condition, "false")
        return operator == "bool" and _names(condition, self.present[condition.key])


_ROUNDS = 3
"""A denial may narrow a piece down to what an earlier one covers, so they are applied again."""
_MOST_PIECES = 200
PLAIN_HTTP = Requests({"aws:securetransport": "false"}, frozenset({"s3:tlsversion"}))
"""Requests that are not made over TLS."""


def _names(condition: Condition, value: str) -> bool:
    return some(lambda each: str(each).lower() == value, condition.values)


@dataclass(frozen=True, slots=True)
class _Piece:
    """An action on a resource that is not denied yet; both may be patterns. ``names`` all name the one resource."""

    action: str
    names: tuple[str, ...]


def denied_to_everyone(
    denials: Iterable[Statement], requests: Requests, action: str, resources: Iterable[Iterable[str]]
) -> bool:
    """Whether `denials` together deny everyone all `requests` for `action` on all `resources`.

    Each of `resources` is the set of all names of one resource. A denial that spares a caller denies nothing here.

    Raises:
        Undecided: something is left over, and a denial that is not known may deny it.

    """
    left = {_Piece(action.lower(), tuple(names)) for names in resources}
    undecided: list[Undecided] = []
    known = list(_of_everyone(denials, requests, undecided))
    for _ in range(_ROUNDS):
        before = left
        for statement in known:
            left = {piece for each in left for piece in _spared(statement, each, undecided)}
            if len(left) > _MOST_PIECES:
                raise Undecided(Unknown("its denials name more exceptions than a scan compares", Cause.LIMIT))
        if left == before or not left:
            break
    if left and undecided:
        raise undecided[0]
    return not left


def _of_everyone(denials: Iterable[Statement], requests: Requests, undecided: list[Undecided]) -> Iterable[Statement]:
    """The denials for all callers and all the requests. The list gets the reason that leaves another in doubt."""

    def holds(statement: Statement) -> bool:
        tests: tuple[Callable[[], bool], ...] = (
            statement.is_about_anyone,
            lambda: every(requests.meet, statement.conditions),
        )
        return every(lambda test: test(), tests)

    statements = iter(denials)
    while True:
        try:
            statement = next(statements)
            if holds(statement):
                yield statement
        except StopIteration:
            return
        except Undecided as error:
            undecided.append(error)


def _spared(statement: Statement, piece: _Piece, undecided: list[Undecided]) -> set[_Piece]:
    """The parts of a piece that a denial does not cover; all of it where that is not known."""
    try:
        if statement.not_actions:
            actions = {_Piece(only, piece.names) for (only,) in _excepted(statement.not_actions, (piece.action,))}
        else:
            actions = set() if statement.covers_action(piece.action) else {piece}
        if statement.not_resources:
            return actions | {_Piece(piece.action, names) for names in _excepted(statement.not_resources, piece.names)}
        return actions if statement.covers_resource(*piece.names) else {piece}
    except Undecided as error:
        undecided.append(error)
        return {piece}


def _excepted(patterns: list[Text], names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The parts of the thing with these names that ``NotAction`` or ``NotResource`` excepts.

    Raises:
        Undecided: a pattern is not known, and may except a part.

    """
    found: list[tuple[str, ...]] = []
    for pattern in patterns:
        if any(_overlap(pattern, name) for name in names):
            whole = any(matches(str(pattern), name) for name in names)
            found.append(names if whole else (str(pattern),))
    return found


def _overlap(pattern: Text, name: str) -> bool:
    """Whether some text fits both patterns.

    Raises:
        Undecided: the pattern is not known, and may fit such a text.

    """
    name = with_wildcards(name)
    if isinstance(pattern, str):
        return patterns_overlap(pattern, name)
    if isinstance(pattern, PartialText):
        parts = (part if isinstance(part, str) else _UNSEEN for part in pattern.parts)
        if not patterns_overlap("".join(parts), name):
            return False
    raise Undecided(pattern)


@lru_cache(maxsize=1024)
def patterns_overlap(one: str, other: str) -> bool:
    """Whether some text fits both of two IAM patterns, in which ``*`` is any text and ``?`` any character."""
    reached = _past_stars(other, {0})
    for character in one:
        step: set[int] = set()
        if character == "*":
            step.update(range(min(reached, default=len(other) + 1), len(other) + 1))
        for place in reached:
            if place < len(other) and other[place] == "*":
                step.add(place)
            elif place < len(other) and (character in ("?", other[place]) or other[place] == "?"):
                step.add(place + 1)
        reached = _past_stars(other, step)
    return len(other) in reached


def _past_stars(pattern: str, places: set[int]) -> set[int]:
    """The places, and those that lie behind stars at them."""
    for place in sorted(places):
        while place < len(pattern) and pattern[place] == "*":
            place += 1  # noqa: PLW2901 - it walks on
            places.add(place)
    return places
