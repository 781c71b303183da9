"""Filesystem functions. They read only below the scanned directory."""

from __future__ import annotations

import base64
import os
import posixpath
import re
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.terraform.files import is_of_git

from .context import CallContext, Function
from .conversion import sorted_set, to_map
from .errors import FunctionError, FunctionLimitReached
from .signatures import TEXT, Parameter, call, call_with_context
from .unknowns import MAX_LIST, Unread, relisted

MAX_FILE = 5 << 20
VARIABLE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
BROKEN = re.compile(r"\{[^{}]*/[^{}]*\}|\[[^\]]*$|\[\^?\]|\[[^\]]*-\]")
NESTED = re.compile(r"\{[^}]*\{")
GLOB = re.compile(
    r"(?P<any>(?:^|(?<=/))\*\*(?:/|$))|(?P<many>\*+)|(?P<one>\?)|(?P<set>\[[^\]/]+\])|(?P<escaped>\\.)|(?P<brace>[{},])|(?P<other>.)",
    re.DOTALL,
)


def located(context: CallContext, path: str) -> Path | Unknown:
    """The path with links resolved; unknown outside of the scanned directory and for git's own files."""
    if path.startswith("~"):
        return outside(path)
    if "\0" in path:
        raise FunctionError("invalid path")
    try:
        found = (context.module_dir / path).resolve()
        root = context.root.resolve()
    except (OSError, RuntimeError):  # a loop of links
        raise FunctionError(f"no file exists at {path[:200]!r}") from None
    if not found.is_relative_to(root):
        return outside(path)
    try:
        found.exists()  # raises for a name that is too long, or below a directory that may not be read
    except OSError as error:
        raise FunctionError(f"failed to read {path[:200]!r}: {error.strerror}") from None
    if is_of_git(found, root):
        return Unread(f"{path[:200]!r} is a part of git's own files", Cause.NOT_IN_SCOPE)
    return found


def outside(path: str) -> Unread:
    """The result of a call on a file outside of the scanned directory."""
    return Unread(f"{path[:200]!r} is outside of the scanned directory", Cause.NOT_IN_SCOPE)


def content(context: CallContext, path: str) -> bytes | Unknown:
    """The bytes of a regular file."""
    found = located(context, path)
    if isinstance(found, Unknown):
        return found
    try:
        status = found.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FunctionError(f"{path[:200]!r} is a directory")
        if not stat.S_ISREG(status.st_mode):  # a pipe would block
            return Unread(f"{path[:200]!r} is no regular file", Cause.NOT_IN_SCOPE)
        if status.st_size > MAX_FILE:
            raise FunctionLimitReached(f"a file of more than {MAX_FILE:,} bytes")
        return found.read_bytes()
    except OSError as error:
        raise FunctionError(f"failed to read {path[:200]!r}: {error.strerror}") from None


def file(context: CallContext, path: str) -> Value:
    """The text of a file."""
    data = content(context, path)
    if isinstance(data, Unknown):
        return data
    try:
        return unicodedata.normalize("NFC", data.decode())
    except UnicodeDecodeError:
        raise FunctionError(f"contents of {path[:200]!r} are not valid UTF-8") from None


def filebase64(context: CallContext, path: str) -> Value:
    """The bytes of a file in Base64."""
    data = content(context, path)
    return data if isinstance(data, Unknown) else base64.b64encode(data).decode()


def fileexists(context: CallContext, path: str) -> Value:
    """Whether there is a regular file."""
    found = located(context, path)
    if isinstance(found, Unknown):
        return found
    if found.is_file():
        return True
    if found.exists():
        raise FunctionError(f"{path[:200]!r} is not a regular file")
    return False


def fileset(context: CallContext, path: str, pattern: str) -> Value:
    """The regular files below a directory whose relative paths fit a pattern."""
    directory = located(context, path)
    if isinstance(directory, Unknown):
        return directory
    if ".." in pattern.split("/") or pattern.startswith("/"):
        return outside(pattern)
    from .regular_expressions import MatchBudget, compiled

    program, budget = compiled(translated(pattern)), MatchBudget()
    names: list[Value] = []
    missing: list[Unknown] = []
    for name, entry in _entries(directory, ""):
        target = Path(entry.path) if not entry.is_symlink() else _target(context, entry.path)
        if isinstance(target, Unknown):
            missing.append(target)
        elif target is not None and target.is_file() and program.search(name, budget):
            names.append(name)
    return relisted(sorted_set(names), *missing)


def _target(context: CallContext, link: str) -> Path | Unknown | None:
    """The file that a link leads to; unknown behind links to directories, which are not followed."""
    try:
        target = located(context, link)
    except FunctionError:
        return None
    if isinstance(target, Path) and target.is_dir():
        return Unknown("links to directories are not followed", Cause.EXPRESSION)
    return target


def _entries(directory: Path, prefix: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """All entries below a directory, without following links to directories."""
    waiting, count = [(directory, prefix)], 0
    while waiting:
        where, above = waiting.pop()
        try:
            entries = sorted(os.scandir(where), key=lambda entry: entry.name)
        except OSError:
            continue
        count += len(entries)
        if count > MAX_LIST:
            raise FunctionLimitReached(f"a directory of more than {MAX_LIST:,} files")
        for entry in entries:
            name = f"{above}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), f"{name}/"))
            else:
                yield name, entry


def translated(pattern: str) -> str:
    """A file pattern as a regular expression: ``**/`` means any number of directories, ``{a,b}`` a choice."""
    if unreadable := BROKEN.search(pattern):
        raise FunctionError(f"syntax error in pattern: {unreadable[0][:40]!r}")
    if NESTED.search(pattern):
        raise FunctionLimitReached("a choice within a choice in a pattern of files")
    if pattern.count("{") != pattern.count("}"):
        return "[^\\x00-\\x{10FFFF}]"  # fits nothing
    pieces, depth = [], 0
    for found in GLOB.finditer(pattern):
        text = found[0]
        if found["any"]:
            pieces.append("(?:.*/)?" if text.endswith("/") else ".*")
        elif found["many"]:
            pieces.append("[^/]*")
        elif found["one"]:
            pieces.append("[^/]")
        elif found["set"]:
            inner = text[1:-1].replace("[", "\\[")
            pieces.append(f"[^{inner[1:]}]" if inner[0] == "^" else f"[{inner}]")
        elif found["brace"] and (text == "{" or depth):
            depth += {"{": 1, "}": -1, ",": 0}[text]
            pieces.append({"{": "(?:", "}": ")", ",": "|"}[text])
        else:
            pieces.append(re.escape(text[-1]) if text[-1].isascii() else text[-1])
    return f"(?s)\\A(?:{''.join(pieces)})\\z"


def templatefile(context: CallContext, path: str, variables: dict[str, Value]) -> Value:
    """The text of a template file, filled in by the evaluator."""
    for name in variables:
        if not VARIABLE.fullmatch(name):
            raise FunctionError(f"invalid template variable name {name[:40]!r}")
    text = file(context, path)
    return text if isinstance(text, Unknown) else context.template(text, variables)


def cleaned(path: str) -> str:
    """A path without ``.``, ``..`` and doubled slashes."""
    clean = posixpath.normpath(path) if path else "."
    return clean[1:] if clean.startswith("//") else clean


def abspath(context: CallContext, path: str) -> Value:
    """The absolute form of a path."""
    return cleaned(posixpath.join(context.module_dir.absolute().as_posix(), path))


def basename(path: str) -> Value:
    """The last part of a path."""
    return posixpath.basename(path.rstrip("/")) or ("/" if path else ".")


def dirname(path: str) -> Value:
    """All but the last part of a path."""
    return cleaned(path[: path.rfind("/") + 1])


def pathexpand(path: str) -> Value:
    """The path itself; unknown where it begins with the home directory of the user who runs Terraform."""
    if path.startswith("~"):
        return Unknown("the home directory of the user who runs Terraform", Cause.EXPRESSION)
    return path


VARIABLES = Parameter(to_map).parts_may_be_unknown

FUNCTIONS: dict[str, Function] = {
    "abspath": call_with_context(abspath, TEXT),
    "basename": call(basename, TEXT),
    "dirname": call(dirname, TEXT),
    "file": call_with_context(file, TEXT),
    "filebase64": call_with_context(filebase64, TEXT),
    "fileexists": call_with_context(fileexists, TEXT),
    "fileset": call_with_context(fileset, TEXT, TEXT),
    "pathexpand": call(pathexpand, TEXT),
    "templatefile": call_with_context(templatefile, TEXT, VARIABLES),
}
