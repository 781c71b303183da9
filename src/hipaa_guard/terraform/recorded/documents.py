"""Reading JSON documents of Terraform from files that may be hostile, in any encoding that shells write."""

from __future__ import annotations

import codecs
import json
import os
import stat
from pathlib import Path
from typing import Any

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.secrets import concealed
from hipaa_guard.facts.values import Cause, Reference, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.files import is_stream
from hipaa_guard.terraform.input_error import TerraformInputError

NESTING = 100
"""Deepest nesting of a value; deeper parts are unknown. Terraform's own schemas stay below 30."""

_STARTS = 20
"""Maximum number of lines beginning with a brace that are tried as the start of the document."""

_BROKEN = ("}", "]", ",", ":", '"', "{")
"""Characters that follow a document only if it is damaged."""

_ENCODINGS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"{\0", "utf-16-le"),
    (b"\0{", "utf-16-be"),
)


def read_document(path: Path) -> dict[str, Any]:
    """The JSON object in a file, in UTF-8 or UTF-16, with or without lines that wrappers of Terraform print.

    Raises:
        TerraformInputError: the file cannot be read or holds no JSON object.

    """
    data = _read(path)
    if data.startswith(b"PK\x03\x04"):
        raise TerraformInputError(
            f"{path} is a binary plan: run `terraform show -json {path.name} > plan.json` and scan plan.json"
        )
    text = _decoded(path, data)
    del data
    return _parsed(path, text)


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects in a list of a document; an empty list where the value is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def table(value: Any) -> dict[str, Any]:
    """An object of a document; an empty one where the value is no object."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """A string of a document; empty where the value is no string."""
    return value if isinstance(value, str) else ""


def masked(value: Value, sensitive: Any = True, depth: int = 0) -> Value:
    """The value with all texts concealed that are marked sensitive, so that nothing can print them.

    ``sensitive`` has the shape of the value, with ``true`` at each secret part. Booleans, numbers and empty texts
    reveal nothing: they stay, so that they can be judged. References stay too, as they hold an address and no value.
    """
    if depth > NESTING:
        return too_deep()
    if isinstance(value, str):
        return concealed(value, written=False) if sensitive is True else value
    if isinstance(value, Unknown):
        return concealed(value, written=False) if sensitive is True and not isinstance(value, Reference) else value
    if isinstance(value, Incomplete):
        return Incomplete([masked(item, sensitive is True, depth + 1) for item in value.seen], value.unknown)
    if isinstance(value, list):
        return [masked(item, part_of(sensitive, index), depth + 1) for index, item in enumerate(value)]
    if isinstance(value, dict):
        return {key: masked(item, part_of(sensitive, key), depth + 1) for key, item in value.items()}
    return value


def too_deep() -> Unknown:
    """The unknown value that replaces a part below the deepest nesting."""
    return Unknown(f"it is nested more than {NESTING} levels deep", Cause.LIMIT)


def part_of(marks: Any, key: str | int) -> Any:
    """The marks of one part of a value. Marks have the shape of the value."""
    if marks is True:
        return True
    if isinstance(marks, dict):
        return marks.get(str(key), False)
    if isinstance(marks, list) and isinstance(key, int):
        return marks[key] if key < len(marks) else False
    return False


def any_marked(marks: Any, depth: int = 0) -> bool:
    """Whether any part of a value is marked."""
    if isinstance(marks, list | dict):
        parts = marks.values() if isinstance(marks, dict) else marks
        return depth > NESTING or any(any_marked(part, depth + 1) for part in parts)
    return marks is True


def _read(path: Path) -> bytes:
    if is_stream(path):
        return _read_stream(path)
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise TerraformInputError(f"{path} is no regular file: give a directory, a plan or a state as JSON")
            if status.st_size > limits.DOCUMENT_BYTES:
                most = limits.DOCUMENT_BYTES // 1024**2
                raise TerraformInputError(f"{path} is larger than {most} MiB: plan and scan its modules separately")
            return file.read(limits.DOCUMENT_BYTES + 1)
    except OSError as error:
        raise TerraformInputError(f"{path} cannot be read: {error.strerror or error}") from None


def _read_stream(path: Path) -> bytes:
    """All of an open stream. Its other end decides when it ends."""
    descriptor = 0 if str(path) == "-" else int(path.name) if path.name.isdigit() else 0
    try:
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            data = stream.read(limits.DOCUMENT_BYTES + 1)
    except OSError as error:
        raise TerraformInputError(f"{path} cannot be read: {error.strerror or error}") from None
    if len(data) > limits.DOCUMENT_BYTES:
        most = limits.DOCUMENT_BYTES // 1024**2
        raise TerraformInputError(f"{path} is larger than {most} MiB: plan and scan its modules separately")
    if not data.strip():
        raise TerraformInputError(
            f"{path} is empty: pipe the output of `terraform show -json` into it, and look for its error"
        )
    return data


def _decoded(path: Path, data: bytes) -> str:
    encoding = next((name for start, name in _ENCODINGS if data.startswith(start)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise TerraformInputError(
            f"{path} is no text: give a directory of .tf files, or the output of `terraform show -json`"
        ) from None


def _parsed(path: Path, text: str) -> dict[str, Any]:
    decoder = json.JSONDecoder()
    problem = "it holds no JSON object"
    for start in _starts(text):
        try:
            found, end = decoder.raw_decode(text, start)
        except RecursionError:
            problem = "it is nested too deep"
            break
        except ValueError as error:
            if problem.startswith("it holds"):
                problem = (
                    f"{error.msg} in line {error.lineno}"
                    if isinstance(error, json.JSONDecodeError)
                    else "a number is too long"
                )
            continue
        if text[end : end + 1] in _BROKEN:
            problem = f"{text[end]!r} stands behind its end in line {text.count(chr(10), 0, end) + 1}"
            continue
        if isinstance(found, dict):
            if "@level" in found and "@message" in found:
                raise TerraformInputError(
                    f"{path} is the log of `terraform plan -json`: run `terraform plan -out=tfplan`, then "
                    "`terraform show -json tfplan > plan.json`, and scan plan.json"
                )
            return found
    raise TerraformInputError(
        f"{path} is no plan or state ({problem}): give the output of `terraform show -json`, "
        "or a directory of .tf files"
    )


def _starts(text: str) -> list[int]:
    """Offsets at which the document may begin: at braces that begin a line."""
    starts: list[int] = []
    position = 0
    while len(starts) < _STARTS and position < len(text):
        if text[position] in " \t\r\n":
            position += 1
            continue
        if text[position] == "{":
            starts.append(position)
        line = text.find("\n", position)
        position = len(text) if line < 0 else line + 1
    return starts
