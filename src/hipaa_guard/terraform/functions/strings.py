"""String functions."""

from __future__ import annotations

from collections.abc import Callable

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import PartialText, Unknown, Value

from .context import CallContext, Function
from .conversion import to_map, whole_number
from .errors import FunctionError, FunctionLimitReached
from .formats import formatted, formatted_list
from .graphemes import graphemes
from .numbers import Number
from .signatures import ANY, NUMBER, TEXT, TEXTS, Parameter, call, call_with_context
from .unknowns import MAX_LIST, MAX_TEXT, derived, parts_of, text_of

WHITESPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def chomp(text: str) -> Value:
    """The text without line ends at its end."""
    return text.rstrip("\r\n")


def indent(spaces: Number, text: str) -> Value:
    """The text with spaces before every line but the first."""
    count = whole_number(spaces)
    if count < 0:
        raise FunctionError("the number of spaces must not be negative")
    if len(text) + count * text.count("\n") > MAX_TEXT:
        raise FunctionLimitReached(f"a text of more than {MAX_TEXT:,} characters")
    return text.replace("\n", "\n" + " " * count)


def _letterwise(change: Callable[[str], str]) -> Callable[[Value], Value]:
    """A function that changes each letter by itself, and so also the known parts of a partly known text."""

    def changed(text: Value) -> Value:
        if isinstance(text, PartialText):
            return text_of(changed(part) for part in text.parts)
        if isinstance(text, Unknown):
            return derived([text], is_set=True)
        if text.isascii():
            return change(text)
        return "".join(_single(character, change(character)) for character in text)

    return changed


def title(text: str) -> Value:
    """The text with the first letter of each word in title case."""
    titled, before = [], " "
    for character in text:
        titled.append(character if _inside_word(before) else _single(character, character.title()))
        before = character
    return "".join(titled)


def _single(character: str, changed: str) -> str:
    return changed if len(changed) == 1 else character


def _inside_word(before: str) -> bool:
    if before.isascii():
        return before.isalnum() or before == "_"
    return before.isalpha() or before.isdecimal() or not before.isspace()


def regex(pattern: str, text: str) -> Value:
    """The first match of a regular expression: its text, or the texts of its groups."""
    from . import regular_expressions

    return regular_expressions.regex(pattern, text)


def regexall(pattern: str, text: str) -> Value:
    """All matches of a regular expression."""
    from . import regular_expressions

    return regular_expressions.regexall(pattern, text)


def replace(text: str, searched: str, replacement: str) -> Value:
    """The text with each occurrence replaced; slashes around the second argument make it a regular expression."""
    if len(searched) > 1 and searched.startswith("/") and searched.endswith("/"):
        from .regular_expressions import replaced

        return replaced(text, searched[1:-1], replacement)
    if len(text) + (len(text) + 1) * len(replacement) > MAX_TEXT * 4:
        raise FunctionLimitReached(f"a text of more than {MAX_TEXT:,} characters")
    return text.replace(searched, replacement)


def split(separator: str, text: str) -> Value:
    """The parts of a text between separators."""
    if (text.count(separator) if separator else len(text)) > MAX_LIST:
        raise FunctionLimitReached(f"a list of more than {MAX_LIST:,} elements")
    return text.split(separator) if separator else list(text)


def strrev(text: str) -> Value:
    """The characters from last to first."""
    return "".join(reversed(graphemes(text)))


def substr(text: str, offset: Number, length: Number) -> Value:
    """``length`` characters from an offset. A negative offset counts from the end; a negative length means the rest."""
    characters = graphemes(text)
    start, count = whole_number(offset), whole_number(length)
    if start < 0:
        start = max(start + len(characters), 0)
    return "".join(characters[start : start + count] if count >= 0 else characters[start:])


def trimspace(text: str) -> Value:
    """The text without white space at its ends."""
    return text.strip(WHITESPACE)


def trim(text: str, characters: str) -> Value:
    """The text without any of the characters at its ends."""
    return text.strip(characters) if characters else text


def join(separator: str, *lists: Value) -> Value:
    """All elements of all lists with a separator between them; partly known where elements are unknown."""
    if any(isinstance(items, Unknown | Incomplete) for items in lists):
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
    """As `format_`, for each element of lists."""
    return formatted_list(template, list(values))


def templatestring(context: CallContext, template: str, variables: dict[str, Value]) -> Value:
    """The text of a template that is a value, filled in by the evaluator."""
    return context.template(template, variables)


VARIABLES = Parameter(to_map).parts_may_be_unknown

FUNCTIONS: dict[str, Function] = {
    "chomp": call(chomp, TEXT),
    "endswith": call(str.endswith, TEXT, TEXT),
    "format": call(format_, TEXT, rest=ANY.may_be_unknown.or_null),
    "formatlist": call(formatlist, TEXT, rest=ANY.may_be_unknown.or_null),
    "indent": call(indent, NUMBER, TEXT),
    "join": call(join, TEXT, rest=TEXTS.may_be_unknown, least=2),
    "lower": call(_letterwise(str.lower), TEXT.may_be_unknown),
    "regex": call(regex, TEXT, TEXT),
    "regexall": call(regexall, TEXT, TEXT),
    "replace": call(replace, TEXT, TEXT, TEXT),
    "split": call(split, TEXT, TEXT),
    "startswith": call(str.startswith, TEXT, TEXT),
    "strcontains": call(str.__contains__, TEXT, TEXT),
    "strrev": call(strrev, TEXT),
    "substr": call(substr, TEXT, NUMBER, NUMBER),
    "templatestring": call_with_context(templatestring, TEXT, VARIABLES),
    "title": call(title, TEXT),
    "trim": call(trim, TEXT, TEXT),
    "trimprefix": call(str.removeprefix, TEXT, TEXT),
    "trimspace": call(trimspace, TEXT),
    "trimsuffix": call(str.removesuffix, TEXT, TEXT),
    "upper": call(_letterwise(str.upper), TEXT.may_be_unknown),
}
