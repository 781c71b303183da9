"""Texts inside of others: base64, gzip and both, as user data and its cloud-init parts have them; ``data:`` URLs."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Iterator
from itertools import islice
from urllib.parse import unquote

from hipaa_guard.lean import regex

_LARGEST = 1 << 20
"""Maximum bytes that are looked at after decompression."""
_MANY = 64
"""Maximum encoded texts that are looked at in one text."""
_DEEP = 3
"""Maximum depth of texts in each other: user data, a part of it, and a file in that."""

# Encoded texts on one line, and on lines of equal length as MIME and PEM wrap them, perhaps indented as in YAML.
_ENCODED = regex(
    r"(?:[A-Za-z0-9+/]{60,80}[ \t]*\r?\n[ \t]*){1,2000}[A-Za-z0-9+/]{1,80}={0,2}"
    r"|(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{24,}={0,2}"
)
# RFC 2397; Ignition's configuration has the contents of files so ("storage.files.contents.source").
_DATA_URL = regex(r"(?<![\w-])data:[\w/+.;=-]{0,200},(?P<data>[^\s\"'\\]+)")


def decoded(text: str) -> str:
    """The text in base64, compressed or not; the text itself where it is not in base64, and both where that is open."""
    found = _decoded("".join(text.split()))
    if found is None:
        return text
    return f"{text}\n{found}" if "\ufffd" in found else found  # words without a space also have the form of base64


def texts_inside(text: str, depth: int = 0) -> Iterator[str]:
    """The text, and the texts that are encoded inside of it."""
    yield text
    if depth == _DEEP:
        return
    for url in islice(_DATA_URL.finditer(text), _MANY):
        yield from texts_inside(unquote(url["data"]), depth + 1)
    for number, part in enumerate(_ENCODED.finditer(text)):
        if number == _MANY:
            return
        inner = _decoded("".join(part[0].split()))
        if inner is not None and "\ufffd" not in inner:
            yield from texts_inside(inner, depth + 1)


def _decoded(text: str) -> str | None:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    if data[:2] == b"\x1f\x8b":
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, _LARGEST)
        except zlib.error:
            return None
    if data[1:2] == b"\x00":  # as PowerShell encodes a command
        return data.decode("utf-16-le", "replace")
    return data.decode("utf-8", "replace")
