"""Paths that the user did not name: they are defaults, or come from a settings file that was found in the tree.

The author of the tree chose them and their content. So such a path must stay in the work tree, without a link out of it
or into git's own files, and only a regular file of bounded size is read. A path that the user named may be anywhere,
but in a work tree the author of that tree may have made it a link.
"""

from __future__ import annotations

import os
import stat
from enum import Enum
from pathlib import Path

from hipaa_guard.lean import dataclass
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.files import LFS_POINTER, is_of_git, names_git
from hipaa_guard.terraform.repository.top import work_tree_of


class PathKind(Enum):
    """The kind of file that is expected at a path."""

    FILE = "file"
    DIRECTORY = "directory"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class PathUse:
    """The use of a path. ``largest`` is the most bytes of a file that is read."""

    expected: PathKind
    largest: int = 0
    writes: bool = False

    below: bool = False
    """Whether the path must lie below the working directory, as written ones must."""

    @property
    def boundary(self) -> Path:
        """The directory that the path must stay in: the work tree, or the working directory."""
        here = Path.cwd().resolve()
        return here if self.below or self.writes else work_tree_of(here) or here


REGISTER = PathUse(PathKind.FILE, 5 * 1024 * 1024)
BASELINE = PathUse(PathKind.FILE, 100 * 1024 * 1024)
VALUES = PathUse(PathKind.FILE, limits.FILE_BYTES)
SETTINGS = PathUse(PathKind.FILE, 1024 * 1024)
SCANNED = PathUse(PathKind.EITHER, limits.DOCUMENT_BYTES)
RESULT = PathUse(PathKind.FILE, limits.DOCUMENT_BYTES)
SOURCE = PathUse(PathKind.DIRECTORY)
TOP = PathUse(PathKind.DIRECTORY, below=True)
OUTPUT = PathUse(PathKind.FILE, writes=True)
STORE = PathUse(PathKind.DIRECTORY, writes=True)


class FoundPathError(Exception):
    """A path that is not followed. The text is a predicate whose subject is the path."""


def refused(path: Path, use: PathUse) -> str:
    """Why a path that the user did not name is not followed, as a predicate; empty if it is, even if it is missing."""
    try:
        return _refused(path, use)
    except (OSError, ValueError, RuntimeError) as error:
        return f"is no path that can be followed: {getattr(error, 'strerror', None) or error}"


def _refused(path: Path, use: PathUse) -> str:
    boundary = use.boundary
    real = Path(os.path.realpath(path))
    written = Path(os.path.normpath(Path.cwd() / path))
    if not real.is_relative_to(boundary):
        where = "working directory" if use.writes or use.below else "working tree"
        verb = "leads" if path.is_symlink() or written.is_relative_to(boundary) else "is"
        return f"{verb} outside of the {where}"
    inside = written.relative_to(boundary) if written.is_relative_to(boundary) else path
    if is_of_git(real, boundary) or names_git(inside):
        return "is a part of git's own files"
    return _wrong_kind(real, use)


def why_link_refused(path: Path) -> str:
    """Why a path that the user named is not followed: a link in a work tree leads out of it, or to git's own files.

    The text is a predicate; empty where the path may be followed.
    """
    written = Path(os.path.normpath(Path.cwd() / path))
    real = Path(os.path.realpath(path))
    for top in written.parents:
        real_top = Path(os.path.realpath(top))
        if real == real_top / written.relative_to(top) or not os.path.lexists(top / ".git"):
            continue
        if not real.is_relative_to(real_top):
            return "leads outside of the working tree"
        if is_of_git(real, real_top) and not names_git(written.relative_to(top)):
            return "leads into git's own files"
    return ""


def content(path: Path, use: PathUse) -> bytes:
    """The content of a file that the user did not name.

    Raises:
        FoundPathError: the path is not followed, or the file cannot be read.

    """
    reason = refused(path, use)
    if reason:
        raise FoundPathError(reason)
    return _read(path, use.largest, named=False)


def content_of_named(path: Path, largest: int | None) -> bytes:
    """The content of a file that the user named: it may be anywhere, and may be a pipe.

    Raises:
        FoundPathError: the file cannot be read, or has more than ``largest`` bytes.

    """
    return _read(path, largest, named=True)


def size_in_words(size: int) -> str:
    """A limit of bytes as messages show it."""
    return f"{size // 1024**2:,} MiB"


def _read(path: Path, largest: int | None, *, named: bool) -> bytes:
    try:
        flags = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | (0 if named else getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(os.open(path, flags), "rb") as file:
            if not named and not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise FoundPathError("is no regular file")
            data = file.read() if largest is None else file.read(largest + 1)
    except OSError as error:
        raise FoundPathError(f"cannot be read: {error.strerror or error}") from None
    except ValueError as error:  # a name that no file can have
        raise FoundPathError(f"cannot be read: {error}") from None
    if largest is not None and len(data) > largest:
        raise FoundPathError(f"is larger than {size_in_words(largest)}")
    if data.startswith(LFS_POINTER):
        raise FoundPathError("is kept in Git LFS, and only the pointer to it is here: run `git lfs pull`")
    return data


def _wrong_kind(real: Path, use: PathUse) -> str:
    try:
        status = real.stat()
    except FileNotFoundError:
        return ""
    if stat.S_ISDIR(status.st_mode):
        return "is a directory" if use.expected is PathKind.FILE else ""
    if use.expected is PathKind.DIRECTORY:
        return "is no directory"
    if not stat.S_ISREG(status.st_mode):
        return "is no regular file"
    if use.largest and status.st_size > use.largest:
        return f"is larger than {size_in_words(use.largest)}"
    return ""
