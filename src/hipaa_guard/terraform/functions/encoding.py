"""Encoding functions."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import NoReturn
from urllib.parse import quote_plus

from hipaa_guard.facts.values import Cause, Encoded, PartialJson, PartialText, Unknown, Value
from hipaa_guard.lean import regex

from .context import Function
from .conversion import parse_number
from .errors import FunctionError, FunctionLimitReached
from .json_text import json_text
from .signatures import ANY, TEXT, call
from .unknowns import MAX_LIST, derived, parts_of

SURROGATE = regex("[\ud800-\udfff]")
CSV_FIELD = regex(r'(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|\Z)')
ENCODINGS = regex(
    r"utf-?8|latin1|utf-16|utf-16[bl]e|us-ascii|iso-8859-(?:[1-9]|1[03456])|windows-(?:125[0-8]|874)|koi8-[ru]|shift_jis|euc-(?:jp|kr)"
    r"|gbk|gb18030|big5|ibm(?:037|437|850|852|855|858|86[0235])|macintosh",
    re.IGNORECASE,
)
BIG_ENDIAN_MARK = b"\xfe\xff"


def base64decode(text: str) -> Value:
    """The text encoded in Base64."""
    return _utf8(_decoded(text))


def base64encode(text: Value) -> Value:
    """The text in Base64; one that is known in part keeps its known parts."""
    if isinstance(text, Unknown):
        return _encoded(text, text.reason, text.cause)
    return base64.b64encode(text.encode()).decode()


def base64gzip(text: Value) -> Value:
    """An unknown text, which keeps its content: the compressed bytes depend on Terraform's own compressor."""
    return _encoded(text, "base64gzip() is not evaluated", Cause.EXPRESSION)


def _encoded(text: Value, reason: str, cause: Cause) -> Value:
    whole = isinstance(text, Unknown) and not isinstance(text, PartialText | PartialJson | Encoded)
    return derived([text]) if whole else Encoded(text, reason, cause)


def csvdecode(text: str) -> Value:
    """One map for each line below the header."""
    rows = _rows(text)
    if not rows:
        raise FunctionError("missing header line")
    header, *lines = rows
    if len(set(header)) < len(header):
        raise FunctionError("duplicate column name")
    if any(len(line) != len(header) for line in lines):
        raise FunctionError("CSV parse error: wrong number of fields")
    if len(rows) * len(header) > MAX_LIST:
        raise FunctionLimitReached(f"a table of more than {MAX_LIST:,} fields")
    return [dict(zip(header, line, strict=True)) for line in lines]


def _rows(text: str) -> list[list[str]]:
    rows: list[list[str]] = []
    row: list[str] = []
    position = 0
    while position < len(text):
        found = CSV_FIELD.match(text, position)
        if not found:
            raise FunctionError("CSV parse error: a quote inside a field, or one that does not end")
        quoted, bare, end = found.groups()
        position = found.end()
        row.append(bare if quoted is None else quoted.replace('""', '"').replace("\r\n", "\n"))
        if end == "," and position < len(text):
            continue
        if end == ",":
            row.append("")
        if len(row) > 1 or row[0] or quoted is not None:
            rows.append(row)
        row = []
    return rows


def jsondecode(text: str) -> Value:
    """The value that a JSON document holds."""
    try:
        value = json.loads(text, parse_int=parse_number, parse_float=parse_number, parse_constant=_no_constant)
    except ValueError as error:
        raise FunctionError(f"invalid JSON: {error}") from None
    return _without_surrogates(value) if "\\ud" in text.lower() else value


def _no_constant(name: str) -> NoReturn:
    raise FunctionError(f"invalid JSON: {name}")


def _without_surrogates(value: Value) -> Value:
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(part) for part in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(part) for key, part in value.items()}
    return value


def jsonencode(value: Value) -> Value:
    """The value as JSON; with unknown parts, a `PartialJson` with its structure."""
    unknown = next(parts_of(value), None)
    return json_text(value) if unknown is None else PartialJson(value, unknown)


def yamldecode(text: str) -> Value:
    """The value that a YAML document holds."""
    from .yaml_text import yaml_value

    return yaml_value(text)


def yamlencode(value: Value) -> Value:
    """The value as YAML; with unknown parts, a `PartialJson` with its structure."""
    from .yaml_text import yaml_text

    unknown = next(parts_of(value), None)
    return yaml_text(value) if unknown is None else PartialJson(value, unknown)


def textdecodebase64(text: str, encoding: str) -> Value:
    """The text in a character encoding, encoded in Base64."""
    try:
        return _decoded(text).decode(_known(encoding))
    except UnicodeDecodeError:
        raise FunctionError(f"the given string contains sequences that are invalid for {encoding}") from None


def textencodebase64(text: str, encoding: str) -> Value:
    """The text, encoded in a character encoding and in Base64."""
    name = _known(encoding)
    try:
        data = BIG_ENDIAN_MARK + text.encode("utf-16-be") if name == "utf-16" else text.encode(name)
    except UnicodeEncodeError:
        raise FunctionError(f"the given string contains characters that cannot be represented in {encoding}") from None
    return base64.b64encode(data).decode()


def _known(encoding: str) -> str:
    if not ENCODINGS.fullmatch(encoding):
        raise FunctionError(f"{encoding[:40]!r} is not a supported encoding name")
    return encoding.lower()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError):
        raise FunctionError("failed to decode base64 data") from None


def _utf8(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise FunctionError("the result of decoding the provided string is not valid UTF-8") from None


def urlencode(text: str) -> Value:
    """The text as part of a query string."""
    return quote_plus(text)


FUNCTIONS: dict[str, Function] = {
    "base64decode": call(base64decode, TEXT),
    "base64encode": call(base64encode, TEXT.may_be_unknown),
    "base64gzip": call(base64gzip, TEXT.may_be_unknown),
    "csvdecode": call(csvdecode, TEXT),
    "jsondecode": call(jsondecode, TEXT),
    "jsonencode": call(jsonencode, ANY.may_be_unknown.or_null),
    "textdecodebase64": call(textdecodebase64, TEXT, TEXT),
    "textencodebase64": call(textencodebase64, TEXT, TEXT),
    "urlencode": call(urlencode, TEXT),
    "yamldecode": call(yamldecode, TEXT),
    "yamlencode": call(yamlencode, ANY.may_be_unknown.or_null),
}
