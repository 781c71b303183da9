"""The top: the directory that root modules are named from, whatever the working directory and the scanned path."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.facts.locations import SETTINGS, RootsFrom
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.files import is_stream
from hipaa_guard.terraform.input_error import TerraformInputError

_MOST_FORMER = 10
"""Maximum number of directories above a root that count as places from which it may have been scanned before."""


class Top(NamedTuple):
    """The directory that root modules are named from."""

    roots_from: RootsFrom
    inside: str
    """The scanned directory relative to the top; ``.`` where it is the top, or where there is none."""
    file_base: str
    """The scanned directory relative to the work tree of git, else to the top, else to the working directory; ``.``
    where none of them contains it."""

    @property
    def found(self) -> bool:
        """Whether there is a top: without one, roots are named from the scanned path."""
        return self.roots_from != "scanned path"

    def named(self, root: str) -> str:
        """The name from the top of a root given by its path from the scanned directory (``.`` for that directory)."""
        return posixpath.normpath(posixpath.join(self.inside, root))


def place_of(path: Path) -> Path:
    """The directory that a path is or lies in; the working directory for a stream."""
    if is_stream(path):
        return Path.cwd()
    return path if path.is_dir() else path.parent


def base_of(paths: Sequence[Path]) -> Path:
    """The directory that files are named from in a scan of some paths: the nearest that contains them all, resolved.

    Raises:
        OSError: a path cannot be read.

    """
    return Path(os.path.commonpath([place_of(path).resolve() for path in paths]))


def top_of_all(paths: Sequence[Path], *, given: Path | None = None) -> Top:
    """The top for one scan of several paths. Each must have it by itself, so that its roots keep their names.

    Raises:
        TerraformInputError: as `top_of`, or the paths have different tops.

    """
    try:
        base = base_of(paths)
        common = top_of(base, given=given)
        for path in paths:
            own = top_of(path, given=given)
            inside = place_of(path).resolve().relative_to(base).as_posix()
            if own.roots_from != common.roots_from or (own.found and own.inside != common.named(inside)):
                raise TerraformInputError(
                    f"{paths[0]} and {path} do not lie in the same repository: scan each by itself, or give "
                    "--repository-root with a directory that holds both"
                )
    except OSError as error:
        raise TerraformInputError(f"{error.filename} cannot be read: {error.strerror or error}") from None
    return common


def top_of(path: Path, *, source: Path | None = None, given: Path | None = None) -> Top:
    """The top for a scan of `path`: the directory that is ``given``, else the work tree of git, else the nearest
    directory upwards with a file of settings. The place of a plan or state is its ``source``, else its own file.

    Raises:
        TerraformInputError: ``given`` is no directory or does not contain the path, or the path cannot be read.

    """
    place = source or path
    try:
        directory = place_of(place).resolve()
        tree = work_tree_of(directory)
        top, roots_from = _top(place, directory, tree, given)
        outermost = tree or top or Path.cwd()
    except OSError as error:
        raise TerraformInputError(f"{place} cannot be read: {error.strerror or error}") from None
    file_base = directory.relative_to(outermost).as_posix() if directory.is_relative_to(outermost) else "."
    return Top(roots_from, directory.relative_to(top).as_posix() if top is not None else ".", file_base)


def work_tree_of(directory: Path) -> Path | None:
    """The work tree of git that contains a directory. A submodule and a linked work tree count by themselves."""
    return _upwards(directory, ".git")


def name_roots(configurations: Iterable[Configuration], top: Top, file: str) -> None:
    """Name the roots from the top: the root of a plan or state by the directory of its source, else of its ``file``,
    which is a path from the scanned directory.

    Without a top, a root keeps its path from the scanned directory, and a plan or state the name of its file.
    """
    if not top.found:
        return
    for configuration in configurations:
        alone = configuration.source != "hcl" and configuration.root == file
        configuration.root = top.named(posixpath.dirname(file) or "." if alone else configuration.root)
        configuration.former_roots = (posixpath.basename(file),) if alone else former_roots(configuration.root)


def former_roots(root: str) -> tuple[str, ...]:
    """The names that a root had when roots were named from the scanned directory, for each directory above it."""
    parts = [] if root == "." else root.split("/")
    names = ["/".join(parts[start:]) or "." for start in range(1, len(parts) + 1)]
    return tuple(names[-_MOST_FORMER:])


def _top(
    place: Path, directory: Path, tree: Path | None, given: Path | None
) -> tuple[Path, RootsFrom] | tuple[None, RootsFrom]:
    if given is not None:
        if not given.is_dir():
            raise TerraformInputError(f"--repository-root {given} is no directory")
        if not directory.is_relative_to(given.resolve()):
            raise TerraformInputError(
                f"{place} does not lie in --repository-root {given}: give a directory that holds all that is scanned"
                + (", or the source of a plan or state with --source" if place.is_file() else "")
            )
        return given.resolve(), "option"
    if tree is not None:
        return tree, "git"
    marked = _upwards(directory, SETTINGS)
    return (marked, "settings") if marked is not None else (None, "scanned path")


def _upwards(directory: Path, name: str) -> Path | None:
    return next((each for each in (directory, *directory.parents) if (each / name).exists()), None)
