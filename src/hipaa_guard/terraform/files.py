"""Reading files of a hostile tree: regular files only, inside the boundary, of bounded size."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from hipaa_guard.terraform import limits


class UnreadableFile(Exception):  # noqa: N818 - expected of a hostile tree
    """A file that is not read. The text says why, without its name."""


_INSTEAD: ContextVar[Mapping[Path, bytes]] = ContextVar("_INSTEAD", default={})  # noqa: B039 - a mapping is read only


@contextmanager
def read_instead(texts: Mapping[Path, bytes]) -> Iterator[None]:
    """While it lasts, files have other contents than on disk: to see what a change would do before it is made."""
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
    if path in instead:
        return checked(instead[path])
    if boundary is not None and path.is_symlink() and not is_within(path, boundary):
        raise UnreadableFile("a symbolic link that leads out of the scanned tree")
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise UnreadableFile(f"cannot be opened: {error.strerror}") from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise UnreadableFile("no regular file")
    with os.fdopen(descriptor, "rb") as file:
        if status.st_size > limits.FILE_BYTES:
            raise UnreadableFile(f"larger than {limits.FILE_BYTES // 1024 // 1024} MiB")
        try:
            data = file.read(limits.FILE_BYTES + 1)
        except OSError as error:
            raise UnreadableFile(f"cannot be read: {error.strerror}") from None
    return checked(data)


def is_within(path: Path, boundary: Path) -> bool:
    """Whether a path, with all links followed, lies inside a directory."""
    try:
        return path.resolve(strict=True).is_relative_to(boundary)
    except (OSError, RuntimeError):
        return False


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
