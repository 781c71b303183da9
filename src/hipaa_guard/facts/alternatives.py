"""Values that are one of a few: the two arms of a conditional whose test is not known, the values of a small map.

Both kinds are ordinary values that are not known. Where one leaves a control undecided, the resource is judged once
for each possible value (`controls/cases.py`): a verdict that is the same for all of them stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Unknown, Value

Choice = int | tuple[str, int]
"""The chooser among the values of a part: the part itself, or a named test with the number of its results."""

Choices = Mapping[Choice, int]
"""Choice -> the position of the value that is taken."""

NO_CHOICES: Choices = {}


class Alternatives(Unknown):
    """One of several values. ``choice`` names the test that chooses, where several values may share it: those with
    equal choices take the value at the same position.
    """

    __slots__ = ("choice", "values")

    def __init__(self, values: tuple[Value, ...], unknown: Unknown, choice: str | None = None) -> None:
        super().__init__(
            unknown.reason, unknown.cause, references=unknown.references, action=unknown.action, is_set=unknown.is_set
        )
        self.values = values
        self.choice = choice


class EitherList(Incomplete[Value]):
    """One of two lists. It has the elements that both have; those of only one are its candidates."""

    __slots__ = ("choice", "values")

    def __init__(
        self,
        values: tuple[list[Value], list[Value]],
        unknown: Unknown,
        alike: Callable[[Value, Value], bool],
        choice: str | None = None,
    ) -> None:
        one, other = (each.seen if isinstance(each, Incomplete) else each for each in values)
        both = [each for each in one if any(alike(each, twin) for twin in other)]
        rest = [each for each in (*one, *other) if not any(each is twin or alike(each, twin) for twin in both)]
        candidates: list[Value] | None = rest
        for each in values:
            if isinstance(each, Incomplete):
                more = each.candidates
                candidates = None if candidates is None or more is None else [*candidates, *more]
        super().__init__(both, unknown, candidates)
        self.values = values
        self.choice = choice
