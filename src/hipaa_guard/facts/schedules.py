"""Schedules of AWS: the longest time that passes between two runs of a ``rate()`` or ``cron()`` expression.

Grammar: EventBridge user guide, "Cron expressions reference" and "Rate expressions", which Secrets Manager user guide,
"Schedule expressions", narrows down; both read 2026-11-30.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

from hipaa_guard.lean import regex

_RATE = regex(r"rate\(\s*([1-9]\d*)\s+(minute|hour|day)s?\s*\)")
_CRON = regex(r"cron\(\s*(.*?)\s*\)")
_IN_A_DAY = {"minute": 24 * 60, "hour": 24, "day": 1}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIRST, _DAYS = date(2024, 1, 1), 366 + 365 * 3 + 366
"""From one leap year to the next: every run of a schedule without years falls into this time."""

Test = Callable[[date], bool]


def longest_wait(expression: str) -> int | None:
    """The most days between two runs of a schedule, rounded up; None for one that ends or is not understood."""
    rate = _RATE.fullmatch(expression.strip())
    if rate is not None:
        return -(-int(rate[1]) // _IN_A_DAY[rate[2]])
    cron = _CRON.fullmatch(expression.strip())
    fields = cron[1].upper().split() if cron is not None else []
    if len(fields) != 6:
        return None
    try:
        return _between_runs(fields)
    except ValueError:
        return None


def _between_runs(fields: list[str]) -> int | None:
    minutes, hours, day, month, weekday, year = fields
    _numbers(minutes, 0, 59)
    _numbers(hours, 0, 23)
    if year != "*":
        return None
    if (day == "?") == (weekday == "?"):
        raise ValueError("one of day of month and day of week is ?")
    months = _numbers(month, 1, 12, _MONTHS)
    on_day = _weekday_test(weekday) if day == "?" else _day_test(day)
    days = (_FIRST + timedelta(number) for number in range(_DAYS))
    runs = [each for each in days if each.month in months and on_day(each)]
    waits = [(later - earlier).days for earlier, later in pairwise(runs)]
    return max(waits, default=None)


def _day_test(field: str) -> Test:
    if field == "L":
        return lambda each: each.day == _last(each)
    if field == "LW":
        return lambda each: each.day == _nearest_weekday(each, _last(each))
    if field.endswith("W"):
        wanted = int(field[:-1])
        return lambda each: wanted <= _last(each) and each.day == _nearest_weekday(each, wanted)
    days = _numbers(field, 1, 31)
    return lambda each: each.day in days


def _weekday_test(field: str) -> Test:
    if field == "L":
        return lambda each: _weekday(each) == len(_WEEKDAYS)
    if field.endswith("L"):
        last = _number(field[:-1], 1, 7, _WEEKDAYS)
        return lambda each: _weekday(each) == last and each.day + 7 > _last(each)
    name, of_month, which = field.partition("#")
    if of_month:
        wanted, week = _number(name, 1, 7, _WEEKDAYS), _number(which, 1, 5)
        return lambda each: _weekday(each) == wanted and (each.day - 1) // 7 + 1 == week
    days = _numbers(field, 1, 7, _WEEKDAYS)
    return lambda each: _weekday(each) in days


def _numbers(field: str, least: int, most: int, names: tuple[str, ...] = ()) -> set[int]:
    """The numbers of a field: ``*``, ``1,2``, ``MON-FRI``, ``1/3``.

    Raises:
        ValueError: the field has another form.

    """
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        if span == "*":
            first, last = least, most
        else:
            start, dash, end = span.partition("-")
            first = _number(start, least, most, names)
            last = _number(end, least, most, names) if dash else most if step else first
        if first > last or ("/" in part and int(step) < 1):
            raise ValueError(field)
        found.update(range(first, last + 1, int(step or 1)))
    return found


def _number(text: str, least: int, most: int, names: tuple[str, ...] = ()) -> int:
    number = names.index(text) + least if text in names else int(text)
    if not least <= number <= most:
        raise ValueError(text)
    return number


def _weekday(day: date) -> int:
    """Sunday is 1, as in EventBridge."""
    return day.isoweekday() % 7 + 1


def _last(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _nearest_weekday(day: date, wanted: int) -> int:
    """The day of Monday to Friday that is nearest to a day of the month, in the same month."""
    target = day.replace(day=wanted)
    move = {6: 2 if wanted == 1 else -1, 7: -2 if wanted == _last(day) else 1}.get(target.isoweekday(), 0)
    return wanted + move
