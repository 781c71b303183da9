"""From the text or the structure of a policy to its statements."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from urllib.parse import unquote

from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.partial_maps import PartialMap, map_of
from hipaa_guard.facts.policies.conditions import NOT_KNOWN, Condition, normalised
from hipaa_guard.facts.policies.principals import Principal
from hipaa_guard.facts.policies.statements import Statement
from hipaa_guard.facts.policies.texts import Text, identity, symbolic
from hipaa_guard.facts.values import Existing, PartialJson, PartialText, Reference, Unknown, Value

T = TypeVar("T")


_IF_EXISTS = "ifexists"
LONG = 8192
"""Characters of a policy above which its parsed structure is not kept; nearly all policies are shorter."""


@lru_cache(maxsize=8)
def _loaded_long(text: str) -> Value:
    return json.loads(text)


def structure_of(value: Value) -> dict[str, Value] | Unknown | None:
    """The structure of a policy, or of its JSON text; None for an empty text.

    Raises:
        ValueError: the text is not JSON, or not a policy.

    """
    if isinstance(value, PartialJson):
        value = value.document
    elif isinstance(value, PartialText):
        value = _parse_partial(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, str):
        if not value.strip():
            return None
        text = value if value.lstrip().startswith("{") else unquote(value)
        value = _loaded_long(text) if len(text) > LONG else json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("a policy document is a JSON object")  # noqa: TRY004 - bad text, not a bad argument
    return value


def statements_of(document: dict[str, Value]) -> list[Statement]:
    """The statements of a policy, `Incomplete` where some could not be seen."""
    return _statements(_entry(document, "Statement"))


def _entry(mapping: dict[str, Value], name: str) -> Value:
    """An element by name. IAM requires the exact case, but answers of some services differ from it."""
    if name in mapping:
        return mapping[name]
    return next((value for key, value in mapping.items() if key.lower() == name.lower()), None)


def _as_list(value: Value) -> list[Value]:
    if value is None:
        return []
    if isinstance(value, Unknown):
        # An unknown value may be one string or a list, so the number of strings is unknown.
        return Incomplete([], value) if not isinstance(value, Existing | Reference | PartialText) else [value]
    return value if isinstance(value, list) else [value]


def _map(function: Callable[[Value], T], values: list[Value]) -> list[T]:
    return mapped(function, values)


def _statements(value: Value) -> list[Statement]:
    if isinstance(value, Unknown):
        return Incomplete([], value)
    entries = _as_list(value)
    seen = entries.seen if isinstance(entries, Incomplete) else entries
    unknown = entries.unknown if isinstance(entries, Incomplete) else None
    statements = []
    for entry in seen:
        effect = None if isinstance(entry, Unknown) else _entry(entry, "Effect")
        if isinstance(entry, Unknown):
            unknown = entry if unknown is None else unknown
        elif isinstance(effect, Unknown):
            unknown = effect if unknown is None else unknown
        else:
            statements.append(_statement(entry, str(effect)))
    return statements if unknown is None else Incomplete(statements, unknown)


def _statement(entry: dict[str, Value], effect: str) -> Statement:
    sid = _entry(entry, "Sid")
    return Statement(
        effect=effect.title(),
        sid=sid if isinstance(sid, str) else None,
        principals=_principals(_entry(entry, "Principal")),
        not_principals=_principals(_entry(entry, "NotPrincipal")),
        actions=_map(_lower, _as_list(_entry(entry, "Action"))),
        not_actions=_map(_lower, _as_list(_entry(entry, "NotAction"))),
        resources=_map(symbolic, _as_list(_entry(entry, "Resource"))),
        not_resources=_map(symbolic, _as_list(_entry(entry, "NotResource"))),
        conditions=_conditions(_entry(entry, "Condition")),
    )


def _lower(value: Value) -> Text:
    return value if isinstance(value, Unknown) else str(value).lower()


def _principals(value: Value) -> list[Principal]:
    if value is None:
        return []
    if isinstance(value, Unknown):
        return Incomplete([], value)
    if not isinstance(value, dict):
        return _map(lambda one: Principal("*" if one == "*" else "AWS", identity(one)), _as_list(value))
    return joined(*(_principals_of(type_, _as_list(values)) for type_, values in value.items()))


def _principals_of(type_: str, entries: list[Value]) -> list[Principal]:
    if isinstance(entries, Incomplete) and entries.candidates is None:  # the type of the unseen ones is known
        entries = [*entries.seen, entries.unknown]
    return _map(lambda entry: Principal(type_, identity(entry)), entries)


def _conditions(value: Value) -> list[Condition]:
    if value is None:
        return []
    unknown = value if isinstance(value, Unknown) else None
    found: list[Condition] = []
    for operator, entries in ({} if unknown is not None else value).items():
        if isinstance(entries, Unknown) and not isinstance(entries, PartialMap):
            unknown = entries if unknown is None else unknown
            continue
        qualifier, _, bare = operator.rpartition(":")
        if_exists = bare.lower().endswith(_IF_EXISTS)
        name = bare[: -len(_IF_EXISTS)] if if_exists else bare
        for written, values in entries.entries if isinstance(entries, PartialMap) else entries.items():
            key = _key_known_in_part(written) if isinstance(written, PartialText) else written.lower()
            if key is None:
                unknown = entries if unknown is None else unknown
                continue
            found.append(Condition(name, key, _as_list(_text(values)), if_exists, qualifier))
    whole = normalised(found)
    return whole if unknown is None else Incomplete(list(list.__iter__(whole)), unknown)


_CLAIMS = (":sub", ":aud")
"""Claims of tokens that no other condition key ends with, whatever stands before them."""
_TAGS = ("aws:resourcetag/", "aws:principaltag/", "aws:requesttag/", "s3:existingobjecttag/", "kms:encryptioncontext:")
"""Beginnings of condition keys that mean the same with any end, which the customer chooses."""


def _key_known_in_part(key: PartialText) -> str | None:
    """The condition key with `NOT_KNOWN` for what is not known; None where it may be a key of another sort."""
    first, last = key.prefix.lower(), key.parts[-1]
    if first.startswith(_TAGS):
        return f"{first}{NOT_KNOWN}"
    return next((f"{NOT_KNOWN}{claim}" for claim in _CLAIMS if isinstance(last, str) and last.lower() == claim), None)


def _text(value: Value) -> Value:
    if isinstance(value, bool):
        return str(value).lower()
    return _map(_text, value) if isinstance(value, list) else value


def _parse_partial(text: PartialText) -> Value:
    """The structure of a JSON text with unknown parts inside its strings (a heredoc policy with ``${...}``)."""
    unknowns = [part for part in text.parts if isinstance(part, Unknown)]
    numbers = iter(range(len(unknowns)))
    source = "".join(part if isinstance(part, str) else f"\ue002{next(numbers)}\ue003" for part in text.parts)
    try:
        return _restored(json.loads(source), unknowns)
    except ValueError:
        # The unknown part is structure, not the inside of a string: the whole document is unknown.
        return unknowns[0]


def _restored(value: Value, unknowns: list[Unknown]) -> Value:
    if isinstance(value, str):
        text = _restored_text(value, unknowns)
        return text.parts[0] if isinstance(text, PartialText) and len(text.parts) == 1 else text
    if isinstance(value, list):
        return [_restored(item, unknowns) for item in value]
    if isinstance(value, dict):
        return map_of([(_restored_text(str(key), unknowns), _restored(each, unknowns)) for key, each in value.items()])
    return value


def _restored_text(value: str, unknowns: list[Unknown]) -> str | PartialText:
    pieces = re.split("\ue002(\\d+)\ue003", value)
    if len(pieces) == 1:
        return value
    return PartialText(unknowns[int(piece)] if number % 2 else piece for number, piece in enumerate(pieces))
