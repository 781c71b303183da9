"""Paths of a client, which may be hostile: only those inside the working directory are used."""

from __future__ import annotations

import os
from pathlib import Path, PurePath


class RefusedPathError(Exception):
    """A path is not used. The text says why, and what to give instead."""


def inside(directory: Path, name: str) -> str:
    """A path that a client gives, from the working directory and without links: an argument for a command there.

    Raises:
        RefusedPathError: it leads out of the directory, into git's own files, or to nothing.

    """
    shown = name[:200]
    if not name.isprintable():
        raise RefusedPathError(f"{shown!r} has characters that are no part of a path")
    if ".." in PurePath(name).parts:
        raise RefusedPathError(f"{shown!r} has `..` in it: name a path below the working directory")
    top = Path(os.path.realpath(directory))
    given = top / name
    try:
        real = Path(os.path.realpath(given))
        exists = real.exists()
    except (OSError, ValueError):
        raise RefusedPathError(f"{shown!r} is no path that can be read") from None
    if not real.is_relative_to(top):
        if given.is_relative_to(top):
            raise RefusedPathError(f"{shown!r} leads out of the working directory by a symbolic link")
        raise RefusedPathError(f"{shown!r} is outside of the working directory, {top}")
    if not exists:
        raise RefusedPathError(f"{shown!r} does not exist below the working directory, {top}")
    within = real.relative_to(top)
    if ".git" in within.parts:
        raise RefusedPathError(f"{shown!r} is among git's own files: name a directory of Terraform, a plan or a state")
    text = str(within)
    return f"./{text}" if text.startswith("-") else text
