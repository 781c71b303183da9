"""Templates over the fields of one listed item, in parameters, ARNs and JMESPaths."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jmespath

Fields = Mapping[str, Any]
"""What a template may name: the item's fields, its parents' fields, ``partition``, ``region`` and ``account``."""

_FIELD = re.compile(r"\{([A-Za-z_][\w.]*)\}")
# In a JMESPath a placeholder stands bare or inside a raw string, a quoted identifier or a literal. A bare
# ``{Name: Name}`` is JMESPath's own and has no match here.
_IN_PATH = re.compile(
    r"""
    (?P<raw>'(?:[^'\\]|\\.)*') | (?P<quoted>"(?:[^"\\]|\\.)*") | (?P<literal>`[^`]*`) | (?P<bare>\{[A-Za-z_][\w.]*\})
    """,
    re.VERBOSE,
)


class MissingFieldError(Exception):
    """A template names a field that this item does not have."""


def fields_in(template: Any) -> Iterator[str]:
    """The fields that a template names, wherever they stand in it."""
    if isinstance(template, str):
        yield from _FIELD.findall(template)
    elif isinstance(template, Mapping):
        for part in template.values():
            yield from fields_in(part)
    elif isinstance(template, list | tuple):
        for part in template:
            yield from fields_in(part)


def field(name: str, fields: Fields) -> Any:
    """The value of a field, dots leading into nested structures.

    Raises:
        MissingFieldError: the item has no such field, or it is null or empty text.

    """
    value: Any = fields
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if value is None or value == "":
        raise MissingFieldError(name)
    return value


def filled(template: Any, fields: Fields) -> Any:
    """The template with its fields filled in; one that is nothing but a field keeps that field's type.

    Raises:
        MissingFieldError: the item lacks a field that the template names.

    """
    if isinstance(template, str):
        whole = _FIELD.fullmatch(template)
        if whole:
            return field(whole[1], fields)
        return _FIELD.sub(lambda match: str(field(match[1], fields)), template)
    if isinstance(template, Mapping):
        return {name: filled(part, fields) for name, part in template.items()}
    if isinstance(template, list | tuple):
        return [filled(part, fields) for part in template]
    return template


def text(template: str | None, fields: Fields) -> str | None:
    """The template as text; None where there is none, or where the item lacks a field that it names."""
    if template is None:
        return None
    try:
        return str(filled(template, fields))
    except MissingFieldError:
        return None


def path(template: str, fields: Fields) -> str:
    """A JMESPath template with its fields filled in as quoted literals, so that no name can be read as syntax.

    ``Aliases[?KeyId=={KeyId}]`` and ``Aliases[?KeyId=='{KeyId}']`` mean the same; inside ``"..."`` the field becomes
    a name to look up.

    Raises:
        MissingFieldError: the item lacks a field that the template names.

    """

    def put(match: re.Match[str]) -> str:
        token = match[0]
        if not _FIELD.search(token) or match["literal"]:
            return token
        if match["bare"]:
            return _literal(field(token[1:-1], fields))
        inner = _FIELD.sub(lambda found: str(field(found[1], fields)), token[1:-1])
        return _literal(inner.replace("\\'", "'")) if match["raw"] else json.dumps(inner)

    return _IN_PATH.sub(put, template) if "{" in template else template


@lru_cache(maxsize=4096)
def compiled(expression: str) -> Any:
    """A compiled JMESPath; compiling costs more than most look-ups.

    Raises:
        jmespath.exceptions.JMESPathError: the expression is not valid.

    """
    return jmespath.compile(expression)


def _literal(value: Any) -> str:
    return "`" + json.dumps(value, default=str).replace("`", "\\`") + "`"
