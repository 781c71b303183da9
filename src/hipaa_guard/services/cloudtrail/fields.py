"""The conditions of an advanced event selector, and what they admit.

CloudTrail API reference, AdvancedFieldSelector, read 2026-11-30.
"""

from __future__ import annotations

from collections.abc import Iterable

from hipaa_guard.facts.lists import Incomplete, all_hold, every, joined, one_holds, some
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.values import Undecided, Unknown, Value


def seen(items: Value) -> list[Value]:
    return items.seen if isinstance(items, Incomplete) else items or []


def either(value: Value, default: Value) -> Value:
    return default if value is None else value


def is_empty(items: Value) -> Value:
    if isinstance(items, Unknown):
        return items
    return items.unknown if isinstance(items, Incomplete) and not items.seen else not seen(items)


class Field(Record):
    """One condition of an advanced selector."""

    __slots__ = (
        "ends_with",
        "equals",
        "name",
        "not_beginning",
        "not_ending",
        "not_equals",
        "not_starts_with",
        "selects",
        "starts_with",
    )

    name: str
    equals: list[Value]
    starts_with: list[Value]
    ends_with: list[Value]
    selects: bool  # as `unlimited` of a selector, perhaps not known
    """Whether it names what is recorded, and not only what is left out."""
    not_beginning: list[Value]
    """The values of ``NotStartsWith`` and of ``NotEquals``, which leaves out less."""
    not_ending: list[Value]
    not_equals: list[Value]
    not_starts_with: list[Value]

    def admits(self, text: str) -> bool:
        """Whether an event with this text in the field is recorded.

        Raises:
            Undecided: a value that is not known may decide it.

        """

        def chosen() -> bool:
            return one_holds(
                lambda: not self.selects,
                lambda: some(lambda value: text == _plain(value), self.equals),
                lambda: some(lambda value: text.startswith(_plain(value)), self.starts_with),
                lambda: some(lambda value: text.endswith(_plain(value)), self.ends_with),
            )

        def left_out() -> bool:
            return one_holds(
                lambda: some(lambda value: text == _plain(value), self.not_equals),
                lambda: some(lambda value: text.startswith(_plain(value)), self.not_starts_with),
                lambda: some(lambda value: text.endswith(_plain(value)), self.not_ending),
            )

        return all_hold(chosen, lambda: not left_out())


def _plain(value: Value) -> str:
    if isinstance(value, Unknown):
        raise Undecided(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def admits_every(field: Field | None, texts: Iterable[str]) -> Value:
    """Whether a field admits all of these texts; None is a field without a condition."""
    try:
        return field is None or every(field.admits, texts)
    except Undecided as error:
        return error.unknown


def only_value(field: Field | None) -> Value:
    values = [] if field is None else field.equals
    return values[0] if len(values) == 1 else None


def condition(told: Iterable[Value]) -> Field:
    """A condition, told by its field and its operators in the order of `declared` and `answered`."""
    name, starts_with, equals, ends_with, not_equals, not_starts_with, not_ends_with = told
    return Field(
        name=name,
        equals=either(equals, []),
        starts_with=either(starts_with, []),
        ends_with=either(ends_with, []),
        selects=_any_given(starts_with, equals, ends_with),
        not_beginning=_together(not_starts_with, not_equals),
        not_ending=either(not_ends_with, []),
        not_equals=either(not_equals, []),
        not_starts_with=either(not_starts_with, []),
    )


def _any_given(*lists: Value) -> Value:
    """Whether one of the lists is not empty."""
    empty = [is_empty(each) for each in lists]
    if any(each is False for each in empty):
        return True
    return next((each for each in empty if isinstance(each, Unknown)), False)


def _together(*lists: Value) -> Value:
    """The elements of several lists; an `Unknown` where a whole list is not known."""
    unknown = next((each for each in lists if isinstance(each, Unknown)), None)
    return joined(*(each or [] for each in lists)) if unknown is None else unknown
