"""String functions."""

from __future__ import annotations

from hipaa_guard.facts.values import Unknown, Value

from .context import Function
from .conversion import to_text
from .errors import FunctionError
from .formats import formatted, formatted_list
from .signatures import ANY, TEXT, TEXTS, call
from .unknowns import derived, elements, parts_of, text_of, unseen


def join(separator: str, *lists: Value) -> Value:
    """All elements of all lists with a separator between them; partly known where elements are unknown."""
    if any(isinstance(items, Unknown) or unseen(items) for items in lists):
        return derived(parts_of(list(lists)))
    pieces: list[str | Unknown] = []
    for item in (item for items in lists for item in items):
        if item is None:
            raise FunctionError("cannot concatenate null values")
        pieces.extend((separator, item))
    return text_of(pieces[1:])


def format_(template: str, *values: Value) -> Value:
    """A text made from a template with verbs."""
    return formatted(template, list(values))


def formatlist(template: str, *values: Value) -> Value:
    """The same for each element of lists."""
    return formatted_list(template, list(values))


FUNCTIONS: dict[str, Function] = {
    "format": call(format_, TEXT, rest=ANY.open.or_null),
    "formatlist": call(formatlist, TEXT, rest=ANY.open.or_null),
    "join": call(join, TEXT, rest=TEXTS.open, least=2),
}
