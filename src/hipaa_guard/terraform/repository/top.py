"""Where the names of root modules begin, so that they are the same wherever one stands and whatever is scanned."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.facts.locations import SETTINGS, RootsFrom
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.input_error import TerraformInputError

_MOST_FORMER = 10
"""So many directories above a root are thought of as places from which it was scanned once."""


class Top(NamedTuple):
    """The directory that root modules are named from."""

    roots_from: RootsFrom
    inside: str
    """The directory of what is scanned as names of roots begin; ``.`` where it is the top itself, or there is none."""
    file_base: str
    """The directory of what is scanned, seen from the work tree of git, else from the top, else from the working
    directory; ``.`` where none of them holds it."""

    @property
    def found(self) -> bool:
        """Whether there is a top: without one, roots are named from what is scanned."""
        return self.roots_from != "scanned path"

    def named(self, root: str) -> str:
        """A root by its path from what is scanned (``.`` for that itself)."""
        return posixpath.normpath(posixpath.join(self.inside, root))


def top_of(path: Path, *, source: Path | None = None, given: Path | None = None) -> Top:
    """The top for a scan of `path`: the directory that is ``given``, else the work tree of git, else the nearest
    directory upwards with a file of settings. A plan or state lies where its ``source`` does, else where its file does.

    Raises:
        TerraformInputError: what is given is no directory, or does not hold what is scanned; the path cannot be read.

    """
    place = source or path
    try:
        directory = (place if place.is_dir() else place.parent).resolve()
        tree = work_tree_of(directory)
        top, roots_from = _top(place, directory, tree, given)
        outermost = tree or top or Path.cwd()
    except OSError as error:
        raise TerraformInputError(f"{place} cannot be read: {error.strerror or error}") from None
    file_base = directory.relative_to(outermost).as_posix() if directory.is_relative_to(outermost) else "."
    return Top(roots_from, directory.relative_to(top).as_posix() if top is not None else ".", file_base)


def work_tree_of(directory: Path) -> Path | None:
    """The work tree of git that holds a directory. That of a submodule is its own, and so is a linked one."""
    return _upwards(directory, ".git")


def name_roots(configurations: Iterable[Configuration], top: Top, file: str) -> None:
    """Name the roots from the top: that of a plan or state from the directory of its source, else of its ``file``.

    Without a top a root keeps its name as seen from what is scanned, a plan or state that of its file.
    """
    if not top.found:
        return
    for configuration in configurations:
        alone = configuration.source != "hcl" and configuration.root == file
        configuration.root = top.named("." if alone else configuration.root)
        configuration.former_roots = (file,) if alone else former_roots(configuration.root)


def former_roots(root: str) -> tuple[str, ...]:
    """The names that a root had from the directories above it, when it was named from what was scanned."""
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
