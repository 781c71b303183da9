"""Date and time functions. Those of the current time are in `hashing`, with all others that change at each run."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import groupby

from hipaa_guard.facts.values import Value

from .context import Function
from .errors import FunctionError, FunctionLimitReached
from .signatures import TEXT, call

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)", re.ASCII)
DURATION = re.compile(r"[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)", re.ASCII)
DURATION_PART = re.compile(r"(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
NANOSECONDS = {
    "ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9
}  # fmt: skip
LONGEST_DURATION = 1 << 63
LITERAL = re.compile(r"'((?:[^']|'')*)'")


def parsed(text: str) -> tuple[datetime, int]:
    """A timestamp of RFC 3339: the moment in whole seconds, and the nanoseconds after it."""
    found = TIMESTAMP.fullmatch(text)
    if not found:
        raise FunctionError(f"not a valid RFC3339 timestamp: {text[:60]!r}")
    if text.startswith("0000"):
        raise FunctionLimitReached("a date before the year 1")
    try:
        moment = datetime.fromisoformat(found[1] + found[3].replace("Z", "+00:00"))
    except ValueError as error:
        raise FunctionError(f"not a valid RFC3339 timestamp: {error}") from None
    return moment, int((found[2] or "").ljust(9, "0"))


def duration(text: str) -> int:
    """A duration such as ``-1h30m`` in nanoseconds."""
    if not DURATION.fullmatch(text) or len(text) > 200:
        raise FunctionError(f"invalid duration {text[:40]!r}")
    total = 0
    for whole, fraction, unit in DURATION_PART.findall(text):
        total += int(whole or "0") * NANOSECONDS[unit]
        total += int(fraction or "0") * NANOSECONDS[unit] // 10 ** len(fraction)
    if total >= LONGEST_DURATION:
        raise FunctionError(f"invalid duration {text[:40]!r}")
    return -total if text.startswith("-") else total


def rfc3339(moment: datetime) -> str:
    """A moment as a timestamp in whole seconds."""
    text = moment.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def timeadd(timestamp: str, amount: str) -> Value:
    """The timestamp later by a duration."""
    moment, rest = parsed(timestamp)
    try:
        return rfc3339(moment + timedelta(seconds=(rest + duration(amount)) // 10**9))
    except OverflowError:
        raise FunctionLimitReached("a date after the year 9999") from None


def timecmp(left: str, right: str) -> Value:
    """-1, 0 or 1: whether the first moment is before, at or after the second."""
    one, other = parsed(left), parsed(right)
    return (one > other) - (one < other)


def formatdate(template: str, timestamp: str) -> Value:
    """The timestamp in the format of a template: ``DD MMM YYYY``."""
    moment, _ = parsed(timestamp)
    pieces: list[str] = []
    position = 0
    while position < len(template):
        literal = LITERAL.match(template, position)
        if literal:
            pieces.append(literal[1].replace("''", "'") if literal[1] else "'")
            position = literal.end()
            continue
        if template[position] == "'":
            raise FunctionError("unterminated literal '")
        _, same = next(groupby(template[position:]))
        run = "".join(same)
        pieces.append(_written(run, moment) if run[0].isascii() and run[0].isalpha() else run)
        position += len(run)
    return "".join(pieces)


def _written(verb: str, moment: datetime) -> str:
    written = _numbers(moment).get(verb) or _words(moment).get(verb)
    if written is None:
        raise FunctionError(f"invalid date format verb {verb[:20]!r}")
    return written


def _numbers(moment: datetime) -> dict[str, str]:
    hour = moment.hour % 12 or 12
    numbers = {"D": moment.day, "M": moment.month, "h": moment.hour, "H": hour, "m": moment.minute, "s": moment.second}
    single = {letter: str(number) for letter, number in numbers.items()}
    double = {letter * 2: f"{number:02}" for letter, number in numbers.items()}
    return single | double | {"YY": f"{moment.year % 100:02}", "YYYY": f"{moment.year:04}"}


def _words(moment: datetime) -> dict[str, str]:
    month, day = MONTHS[moment.month - 1], DAYS[moment.weekday()]
    half = "AM" if moment.hour < 12 else "PM"
    offset = moment.isoformat()[-6:]
    utc = moment.utcoffset() == timedelta(0)
    return {
        "MMM": month[:3],
        "MMMM": month,
        "EEE": day[:3],
        "EEEE": day,
        "AA": half,
        "aa": half.lower(),
        "Z": "Z" if utc else offset,
        "ZZZ": "UTC" if utc else offset.replace(":", ""),
        "ZZZZ": offset.replace(":", ""),
        "ZZZZZ": offset,
    }


FUNCTIONS: dict[str, Function] = {
    "formatdate": call(formatdate, TEXT, TEXT),
    "timeadd": call(timeadd, TEXT, TEXT),
    "timecmp": call(timecmp, TEXT, TEXT),
}
