"""Making text from a scanned tree or account harmless to show."""

from __future__ import annotations

import re

_UNSAFE = re.compile(
    "["
    "\x00-\x1f\x7f-\x9f"  # control characters, ANSI escapes among them
    "\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"  # invisible, and those that turn the direction of reading
    "\U000e0000-\U000e007f"  # invisible tags
    "\ud800-\udfff"  # halves of characters: file names that are not UTF-8
    "\ufff9-\ufffb\ufffe\uffff"
    "]"
)


def visible(text: str) -> str:
    """The text on one line, with every character that would act on a terminal or reader written as its code."""
    return _UNSAFE.sub(_code, text) if _UNSAFE.search(text) else text


def shortened(text: str, limit: int) -> str:
    """At most `limit` characters, without the middle: both ends of a name tell most."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[: limit - 3 - half]}...{text[len(text) - half :]}"


def escaped_json(text: str) -> str:
    """A JSON document with the characters of `visible` inside its strings as JSON escapes; line ends stay."""
    if text.isascii() and "\x7f" not in text:  # a hundred megabytes are looked through in no time
        return text
    return _UNSAFE_IN_JSON.sub(_json_code, text)


# The encoder of the standard library has escaped everything below a space; line ends left are ours.
_UNSAFE_IN_JSON = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", ""))


def _code(match: re.Match[str]) -> str:
    number = ord(match.group())
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _json_code(match: re.Match[str]) -> str:
    return "".join(f"\\u{unit:04x}" for unit in _utf16(ord(match.group())))


def _utf16(number: int) -> tuple[int, ...]:
    if number < 0x10000:
        return (number,)
    number -= 0x10000
    return 0xD800 + (number >> 10), 0xDC00 + (number & 0x3FF)


def anchor(text: str) -> str:
    """A name for a place in a page, made of letters, digits and hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
