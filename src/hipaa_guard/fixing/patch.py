"""Changed files: as a unified diff for ``git apply`` and ``patch -p1``, and written to disk."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from hipaa_guard.storing import create, name_beside

_PLAIN = re.compile(r"[!#-\[\]-~ ]+")
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class WriteError(Exception):
    """The files were not written. The text says why."""


def unified(name: str, before: bytes, after: bytes) -> Iterator[str]:
    """The lines of a diff, each with its line end."""
    old, new = _lines(before), _lines(after)
    for line in difflib.unified_diff(old, new, quoted(f"a/{name}"), quoted(f"b/{name}")):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def quoted(name: str) -> str:
    """A file name as git writes it in a diff: in quotes and with codes if it has special characters.

    Two number signs may begin a command in the log of a CI system, so they also become codes.
    """
    if _PLAIN.fullmatch(name) and "##" not in name:
        return f"{name}\t" if " " in name else name
    return f'"{"".join(map(_code, name))}"'


def _code(character: str) -> str:
    if " " <= character <= "~" and character not in '#"\\':
        return character
    if character in _ESCAPES:
        return _ESCAPES[character]
    return "".join(f"\\{byte:03o}" for byte in os.fsencode(character))


def _lines(data: bytes) -> list[str]:
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])


def write(before: Mapping[Path, bytes], after: Mapping[Path, bytes]) -> None:
    """Replace the contents of files: each file entirely or not at all, and none if one cannot be written.

    Raises:
        WriteError: a file was changed since it was read, or cannot be written.

    """
    ready = {file: name_beside(file) for file in after}
    current = Path()
    try:
        for file, data in after.items():
            current = file
            if file.is_symlink() or file.read_bytes() != before[file]:
                raise WriteError(f"{file} was changed meanwhile: nothing was written, run again")
            create(ready[file], (data,), 0o600, sync=True)
            ready[file].chmod(file.stat().st_mode & 0o7777)
        for file, temporary in ready.items():
            current = file
            temporary.replace(file)
    except OSError as error:
        raise WriteError(f"cannot write {current}: {error.strerror or error}") from None
    finally:
        for temporary in ready.values():
            temporary.unlink(missing_ok=True)
