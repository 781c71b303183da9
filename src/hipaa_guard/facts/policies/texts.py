"""Texts of policies: symbols in the place of references, and patterns. Unknown parts are kept.

Only ``*`` (any text) and ``?`` (one character) are wildcards in patterns; brackets are literal (IAM user guide, "IAM
JSON policy element reference").
"""

from __future__ import annotations

import re
from functools import lru_cache

from hipaa_guard.facts.policies.binding_conditions import SYMBOL_START
from hipaa_guard.facts.values import (
    ANY_ACCOUNT,
    Existing,
    PartialText,
    Reference,
    Undecided,
    Unknown,
    Value,
    other_account,
)
from hipaa_guard.lean import regex

SYMBOL_END = "\ue001"
_SYMBOL = SYMBOL_START + "{}" + SYMBOL_END
"""Delimiters of the symbol for a reference inside of a text: private-use characters, which no policy contains."""

_ACCOUNT_MARK = regex(r"(\d{12})?\?")
"""Start of a symbol for something of another account: its id where that is known, and a mark. No address begins so."""

Text = str | Unknown


def symbol(address: str | None, attribute: str) -> str:
    """The symbol that `symbolic` writes for a reference to an attribute of a resource."""
    return _SYMBOL.format(f"{address}.{attribute}")


def symbolic(value: Value) -> Text:
    """A text with symbols in the place of references, so that equal references are equal texts.

    ``"${aws_s3_bucket.b.arn}/*"`` becomes a plain ``str``; a text with any other unknown part stays an `Unknown`.
    """
    if isinstance(value, Reference):
        return symbol(value.address, value.attribute)
    if isinstance(value, PartialText):
        return _joined(value, [symbolic(part) for part in value.parts])
    return value if isinstance(value, Unknown) else str(value)


def identity(value: Value) -> Text:
    """The text of a principal: as `symbolic`, with symbols also for existing identities that are looked up.

    A symbol for something of another account begins with that account; see `account_of_symbol`.
    """
    if isinstance(value, Existing | Reference):
        account = other_account(value)
        mark = "" if account is None else account if account == ANY_ACCOUNT else f"{account}?"
        return symbol(f"{mark}{value.address}", value.attribute)
    if isinstance(value, PartialText):
        return _joined(value, [identity(part) for part in value.parts])
    return symbolic(value)


def account_of_symbol(name: str) -> tuple[str | None, str]:
    """The account that a symbol begins with, and what follows: None for one's own, `ANY_ACCOUNT` for any account."""
    found = _ACCOUNT_MARK.match(name)
    return (None, name) if found is None else (found[1] or ANY_ACCOUNT, name[found.end() :])


def _joined(value: PartialText, parts: list[Text]) -> Text:
    return value if any(isinstance(part, Unknown) for part in parts) else "".join(map(str, parts))


_ANYTHING = "\ue004"
"""Placeholder for an unknown part of a pattern, which may be any text."""

HERE = "\ue005"
"""Placeholder in the ARN of a resource for its own partition, region, account or name, where that is not known.

A policy that is attached to the resource can only mean these: ``f"arn:{HERE}:sqs:{HERE}:{HERE}:records"``.
"""

_KNOWN = "\ue007"
"""Follows `HERE` before the text that is known to stand there, which is also what a policy looks up of its account."""

_OWN = "\ue008"
"""Placeholder for a part of a pattern that is looked up of the account that the resource is in."""

_PLACE = (1, 3, 4)
"""The parts of an ARN that are its partition, its region and its account."""


def own_arn(service: str, region: str | None, account: str | None, name: str) -> str:
    """The ARN by which a policy of a resource may name it, with `HERE` for what is not known of its place."""
    here, there = (HERE if known is None else f"{HERE}{_KNOWN}{known}" for known in (region, account))
    return f"arn:{HERE}:{service}:{here}:{there}:{name}"


def with_wildcards(text: str) -> str:
    """The ARN of a resource as a pattern, with a wildcard for each `HERE`."""
    return re.sub(f"{HERE}(?:{_KNOWN}[^:]*)?", "*", text)


@lru_cache(maxsize=4096)
def _expression(pattern: str) -> re.Pattern[str]:
    expression = re.escape(re.sub(r"\*+", "*", pattern)).replace(r"\*", ".*").replace(r"\?", ".")
    return re.compile(expression.replace(re.escape(_ANYTHING), ".*"), re.DOTALL)


def matches(pattern: str, text: str) -> bool:
    """Whether an IAM pattern covers a text. Wildcards in the text are literal characters."""
    return pattern in ("*", text) or _expression(pattern).fullmatch(text) is not None


def covers(pattern: Text, text: str, *, wildcards: bool = True) -> bool:
    """Whether a pattern covers a text. The known parts of a partly unknown pattern may already exclude it."""
    if HERE in text:
        return _covers_here(pattern, text)
    if isinstance(pattern, str):
        return matches(pattern, text) if wildcards else pattern == text
    if isinstance(pattern, Existing) and ("*" in text or "?" in text):
        return False  # it names one thing
    parts = pattern.parts if isinstance(pattern, PartialText) else ()
    if parts and not _expression("".join(_literal(part) for part in parts)).fullmatch(text):
        return False
    raise Undecided(pattern)


def _covers_here(pattern: Text, text: str) -> bool:
    """Whether a pattern covers the ARN of a resource whose region and account are not known."""
    if isinstance(pattern, Unknown) and not isinstance(pattern, PartialText):
        raise Undecided(pattern)
    written = pattern if isinstance(pattern, str) else "".join(_looked_up(part) for part in pattern.parts)
    if written == "*":
        return True
    segments, names = written.split(":", 5), text.split(":", 5)
    if len(segments) != len(names):
        if isinstance(pattern, Unknown):
            raise Undecided(pattern)
        return False
    pairs = list(zip(segments, names, strict=True))
    answers = [
        _is_of_place(one, name)
        if HERE in name and number in _PLACE
        else _is_of_here(one.replace(_OWN, _ANYTHING), name)
        for number, (one, name) in enumerate(pairs)
    ]
    if False in answers:
        return False
    if isinstance(pattern, Unknown) and any(_ANYTHING in one or _OWN in one for one, name in pairs if HERE not in name):
        raise Undecided(pattern)
    if None in answers:
        raise Undecided(pattern if isinstance(pattern, Unknown) else _ELSEWHERE)
    return True


_ELSEWHERE = Unknown("a policy names its account or region by another resource, which may be elsewhere")


def _is_of_place(pattern: str, place: str) -> bool | None:
    """Whether a part of a pattern covers the partition, region or account of a resource; None where that is not known.

    What is written counts for the place of a resource of which nothing is known, as does what is looked up of its own
    account. A variable and an attribute of another resource may be any text.
    """
    known = place.removeprefix(HERE).removeprefix(_KNOWN)
    if _ANYTHING in pattern or SYMBOL_START in pattern:
        written = _SYMBOLS.sub(_ANYTHING, pattern).replace(_OWN, _ANYTHING)
        return None if not known or _expression(written).fullmatch(known) else False
    return not known or _OWN in pattern or _expression(pattern).fullmatch(known) is not None


_SYMBOLS = regex(f"{SYMBOL_START}[^{SYMBOL_END}]*{SYMBOL_END}")


def _is_of_here(pattern: str, name: str) -> bool:
    """Whether a part of a pattern covers a part of an ARN, in which `HERE` stands for any text without a slash."""
    before, here, after = name.partition(HERE)
    pattern = pattern.replace(_OWN, _ANYTHING)
    if _expression(pattern).fullmatch(f"{before}0{after}" if here else name):
        return True
    own = pattern.removeprefix(before).removesuffix(after)
    return bool(here) and pattern == f"{before}{own}{after}" and "/" not in own


def _looked_up(part: str | Unknown) -> str:
    """As `_literal`, with a placeholder of its own for what is looked up of the account that the resource is in."""
    return _OWN if isinstance(part, Existing) and other_account(part) is None else _literal(part)


def _literal(part: str | Unknown) -> str:
    """The text of a part: a placeholder for an unknown one, its symbol for a reference."""
    if isinstance(part, str):
        return part
    return symbol(part.address, part.attribute) if isinstance(part, Reference) else _ANYTHING
