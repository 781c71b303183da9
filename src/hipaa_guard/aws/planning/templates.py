"""Templates over the fields of one listed item, in parameters, ARNs and JMESPaths."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import jmespath

Fields = Mapping[str, Any]
"""The fields that a template may use: the item's, its parents', ``partition``, ``region`` and ``account``."""

_FIELD = re.compile(r"\{([A-Za-z_][\w.]*)\}")
# A placeholder in a JMESPath is bare, or inside a raw string, a quoted identifier or a literal. A bare
# ``{Name: Name}`` is JMESPath's own syntax and does not match.
_IN_PATH = re.compile(
    r"""
    (?P<raw>'(?:[^'\\]|\\.)*') | (?P<quoted>"(?:[^"\\]|\\.)*") | (?P<literal>`[^`]*`) | (?P<bare>\{[A-Za-z_][\w.]*\})
    """,
    re.VERBOSE,
)


class MissingFieldError(Exception):
    """A template names a field that this item does not have."""


def fields_in(template: Any) -> Iterator[str]:
    """The names of the fields in a template, at any depth."""
    if isinstance(template, str):
        yield from _FIELD.findall(template)
    elif isinstance(template, Mapping):
        for part in template.values():
            yield from fields_in(part)
    elif isinstance(template, list | tuple):
        for part in template:
            yield from fields_in(part)


def field(name: str, fields: Fields) -> Any:
    """The value of a field; dots lead into nested structures.

    Raises:
        MissingFieldError: the item has no such field, or it is null or an empty text.

    """
    value: Any = fields
    for step in name.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if value is None or value == "":
        raise MissingFieldError(name)
    return value


def filled(template: Any, fields: Fields) -> Any:
    """The template with its fields filled in. A template that is only a field keeps the type of the field.

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
    """The template as text; None without a template, or where the item lacks a field of it."""
    if template is None:
        return None
    try:
        return str(filled(template, fields))
    except MissingFieldError:
        return None


def path(template: str, fields: Fields) -> str:
    """A JMESPath template with its fields filled in as quoted literals, so that no name can be taken for syntax.

    ``Aliases[?KeyId=={KeyId}]`` and ``Aliases[?KeyId=='{KeyId}']`` mean the same. Inside ``"..."`` the field becomes a
    name to look up.

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
    """A compiled JMESPath, cached as compiling costs more than most searches.

    Raises:
        jmespath.exceptions.JMESPathError: the expression is not valid.

    """
    return jmespath.compile(expression)


def _literal(value: Any) -> str:
    return "`" + json.dumps(value, default=str).replace("`", "\\`") + "`"
