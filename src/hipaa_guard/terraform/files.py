"""Reading files of a hostile tree: regular files only, inside the boundary, of bounded size."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from hipaa_guard.lean import regex
from hipaa_guard.terraform import limits

_IGNORED = regex("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")
"""Characters that HFS+ ignores in a name."""
_OF_GIT = regex(r"(?:\.git|git~\d)[. ]*(?::.*)?", re.DOTALL)
"""Spellings of ``.git``: NTFS drops dots and spaces at the end, and has short names and streams."""


LFS_POINTER = b"version https://git-lfs.github.com/spec/"
"""Start of a pointer file: Git LFS keeps the content elsewhere."""


STREAM = "stdin"
"""The name of a plan or state that comes through a stream and not from a file."""

_STREAMS = regex(r"-|/dev/stdin|/dev/fd/\d+|/proc/self/fd/\d+")


def is_stream(path: Path) -> bool:
    """Whether a path that the user gives names an open stream: ``-``, ``/dev/stdin``, or what a shell substitutes."""
    return _STREAMS.fullmatch(str(path)) is not None


class UnreadableFile(Exception):  # noqa: N818 - expected of a hostile tree
    """A file that is not read. The text gives the reason without the file's name."""


_INSTEAD: ContextVar[Mapping[Path, bytes]] = ContextVar("_INSTEAD", default={})  # noqa: B039 - a mapping is read only


@contextmanager
def read_instead(texts: Mapping[Path, bytes]) -> Iterator[None]:
    """Within the context, read these contents instead of those on disk, to try a change before it is written."""
    token = _INSTEAD.set(texts)
    try:
        yield
    finally:
        _INSTEAD.reset(token)


def read_file(path: Path, boundary: Path | None = None) -> bytes:
    """The content of a UTF-8 text file.

    Raises:
        UnreadableFile: it is no regular file, too large, outside `boundary`, or no UTF-8 text.

    """
    instead = _INSTEAD.get()
    if instead and path in instead:
        return checked(instead[path])
    if boundary is not None and path.is_symlink() and not is_within(path, boundary):
        raise UnreadableFile("a symbolic link that leads out of the scanned tree or into git's own files")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise UnreadableFile(f"cannot be opened: {error.strerror}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise UnreadableFile("no regular file")
    try:
        if status.st_size > limits.FILE_BYTES:
            raise UnreadableFile(f"larger than {limits.FILE_BYTES // 1024 // 1024} MiB")
        return checked(_all_of(descriptor, limits.FILE_BYTES + 1))
    except OSError as error:
        raise UnreadableFile(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(descriptor)


def _all_of(descriptor: int, most: int) -> bytes:
    """The content of an open file up to a number of bytes, without the buffers of a file object."""
    data = os.read(descriptor, most)
    while len(data) < most and (more := os.read(descriptor, most - len(data))):
        data += more
    return data


def is_within(path: Path, boundary: Path) -> bool:
    """Whether a path, with all links followed, lies inside a directory and is none of git's own files.

    In a pipeline, git's files may hold the token that it fetches with.
    """
    try:
        real = path.resolve(strict=True)
        return real.is_relative_to(boundary) and not is_of_git(real, boundary)
    except (OSError, RuntimeError):
        return False


def is_of_git(real: Path, boundary: Path) -> bool:
    """Whether a path inside of a boundary lies in a directory of git: one named ``.git``, or a repository."""
    inside = real.relative_to(boundary)
    if names_git(inside):
        return True
    return any(_holds_repository(boundary / parent) for parent in (inside, *inside.parents) if parent.parts)


def names_git(path: Path) -> bool:
    """Whether a part of a path is ``.git``, in any spelling that a file system accepts."""
    return any(_OF_GIT.fullmatch(_IGNORED.sub("", part).casefold()) for part in path.parts)


def _holds_repository(directory: Path) -> bool:
    """Whether a directory looks to git like a repository or like that of a linked work tree."""
    has_objects = (directory / "objects").is_dir() and (directory / "refs").is_dir()
    return (directory / "HEAD").is_file() and (has_objects or (directory / "commondir").is_file())


def checked(data: bytes) -> bytes:
    """The content of a file, if it is UTF-8 text.

    Raises:
        UnreadableFile: it is not.

    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("UTF-16 text; Terraform reads UTF-8 only")
    if b"\0" in data:
        raise UnreadableFile("no text file")
    if not data.isascii():
        try:
            data.decode()
        except UnicodeDecodeError as error:
            raise UnreadableFile(f"no UTF-8 text (byte {error.start})") from None
    return data
