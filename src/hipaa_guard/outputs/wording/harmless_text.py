"""Making text from a scanned tree or account harmless to show.

Two things act: characters that control a terminal or reader, and marks that make a CI system take a line of its log for
a command. `visible` writes such characters as codes. `in_log` also breaks the marks, for text that people read in a
log. `escaped_json` and `in_xml` break both with escapes that a reader of the format undoes, so the meaning stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from hipaa_guard.lean import regex

_UNSAFE_TEXT = (
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, ANSI escapes among them
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, and those that turn the direction of reading
    "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # invisible letters and hyphens
    "\U000e0000-\U000e007f"  # invisible tags
    "\ud800-\udfff"  # halves of characters: file names that are not UTF-8
    "\ufff9-\ufffb\ufffe\uffff"
    "]"
)
_UNSAFE = regex(_UNSAFE_TEXT)

_COLOUR = r"(?:\x1b\[[0-9;]*m)*"
"""Our own colours, which may stand between the characters of a mark."""

_MARK = regex(
    # ##[error], ##vso[task.setvariable ...], ##teamcity[...]: GitHub, Azure and TeamCity find them anywhere in a line.
    rf"\#(?={_COLOUR}\#{_COLOUR}[\w.-]*{_COLOUR}\[)"
    # section_start:TIME:NAME and section_end: of GitLab, travis_fold:start:NAME of Travis.
    rf"|(?<=section_start){_COLOUR}:|(?<=section_end){_COLOUR}:|(?<=travis_fold){_COLOUR}:"
    # @@continua[...] of Continua.
    rf"|@(?={_COLOUR}@{_COLOUR}continua{_COLOUR}\[)"
)
_MARK_SIGNS = ("##", "section_", "travis_fold", "@@", "\x1b")
"""Every text with a mark has one of these; most texts have none."""

_LINE_MARK = regex(
    # ::set-env name=X::VALUE of GitHub, which drops the white space before it.
    rf"^((?:[^\S\n]|\x1b\[[0-9;]*m)*):(?={_COLOUR}:)"
    # The groups of a log of Buildkite.
    rf"|^((?:[^\S\n]|\x1b\[[0-9;]*m)*)(?:-(?=--(?!-))|\+(?=\+\+(?!\+))|~(?=~~(?!~))|\^(?=\^\^(?!\^)))",
    re.MULTILINE,
)


def visible(text: str) -> str:
    """The text on one line, with every character that would act on a terminal or reader written as its code."""
    return _UNSAFE.sub(_code, text) if _UNSAFE.search(text) else text


def unmarked(text: str, spelled: Callable[[str], str] | None = None) -> str:
    """The text with the marks broken that act anywhere in a line: one character of each becomes its code.

    ``spelled`` writes a character as its code; by default as JSON does.
    """
    if not any(sign in text for sign in _MARK_SIGNS):
        return text
    return _broken(_MARK, text, spelled or _json_spelled)


def in_log(text: str) -> str:
    """Finished lines for the log of a CI system: no line begins with a mark or has one inside.

    The lines have no other characters that act, except for our own colours.
    """
    return _broken(_LINE_MARK, unmarked(text), _json_spelled)


def in_xml(text: str) -> str:
    """As `in_log`, for text that is already escaped for XML or HTML: a reader of the document sees no difference."""
    return _broken(_LINE_MARK, unmarked(text, _xml_spelled), _xml_spelled)


def wrapped(text: str, width: int, *, first: str = "", later: str = "", whole: bool = False) -> list[str]:
    """Lines of at most `width` columns. None begins with a colon: ``::/0`` stays at the end of a line.

    The first line begins with ``first``, the others with ``later``; ``whole`` does not break words longer than a line.
    """
    import textwrap

    lines = textwrap.wrap(
        text.replace(" ::", "\0::"),
        width,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=not whole,
        break_on_hyphens=not whole,
    )
    return [line.replace("\0", " ") for line in lines]


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, with the middle left out: both ends of a name say most."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[: limit - 3 - half]}...{text[len(text) - half :]}"


def escaped_json(text: str) -> str:
    """A JSON document whose strings have the characters of `visible` and the marks as escapes; line ends stay."""
    text = unmarked(text)
    if text.isascii() and "\x7f" not in text:  # checks a hundred megabytes in no time
        return text
    return _UNSAFE_IN_JSON.sub(_json_code, text)


# The encoder of the standard library has escaped everything below a space; the remaining line ends are ours.
_UNSAFE_IN_JSON = regex(_UNSAFE_TEXT.replace("\x00-\x1f", ""))


def _code(match: re.Match[str]) -> str:
    number = ord(match.group())
    if number < 0x7F:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _broken(marks: re.Pattern[str], text: str, spelled: Callable[[str], str]) -> str:
    """The text with the last character of each match written as its code."""
    return marks.sub(lambda match: match.group()[:-1] + spelled(match.group()[-1]), text)


def _json_spelled(character: str) -> str:
    return f"\\u{ord(character):04x}"


def _xml_spelled(character: str) -> str:
    return f"&#{ord(character)};"


def _json_code(match: re.Match[str]) -> str:
    return "".join(f"\\u{unit:04x}" for unit in _utf16(ord(match.group())))


def _utf16(number: int) -> tuple[int, ...]:
    if number < 0x10000:
        return (number,)
    number -= 0x10000
    return 0xD800 + (number >> 10), 0xDC00 + (number & 0x3FF)


def anchor(text: str) -> str:
    """The name of an anchor in a page, made of letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
