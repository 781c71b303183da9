"""The commit that settings, exceptions and baseline are taken from, where they are not those of the tree."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hipaa_guard.terraform.repository.git import Commit


def commit_of(given_outside_file: Callable[[str], tuple[Any, int]]) -> Commit | None:
    """The commit that settings are taken from; None where they are those of the tree."""
    (ref, rank), (from_tree, tree_rank), (base, _), (path, _) = map(
        given_outside_file, ("settings_ref", "settings_from_tree", "baseline_ref", "path")
    )
    if ref is not None and from_tree and rank == tree_rank:
        raise click.UsageError("--settings-ref and --settings-from-tree exclude each other: give one of them")
    if from_tree and tree_rank < rank:
        return None
    if ref is not None:
        return named_commit("--settings-ref", ref)
    return named_commit("--baseline-ref", base) if base is not None and _is_of_our_tree(path) else None


def named_commit(option: str, ref: str) -> Commit:
    """The commit that the user names in the repository of the working directory.

    Raises:
        click.ClickException: git has no such commit; the text says how to get it.

    """
    from hipaa_guard.terraform.repository.git import GitError, commit_named

    try:
        return commit_named(Path.cwd(), ref)
    except GitError as error:
        raise click.ClickException(f"{option} {ref}: {error}") from None


def _is_of_our_tree(path: Path | None) -> bool:
    """Whether a commit of the scanned path may decide the settings here: not where these are in another repository.

    Raises:
        click.UsageError: the scanned path is in our tree and of another repository, whose author chose its place.

    """
    from hipaa_guard.terraform.repository.top import work_tree_of

    here = Path.cwd().resolve()
    try:
        ours = work_tree_of(here)
        if ours is None or path is None or ours == work_tree_of(path.resolve()):
            return ours is not None
    except (OSError, ValueError, RuntimeError) as error:
        raise click.ClickException(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if Path(os.path.normpath(here / path)).is_relative_to(ours):
        raise click.UsageError(
            f"{path} is in another repository than the settings, so --baseline-ref names no commit of the settings: "
            "give --settings-ref REF, or --settings-from-tree"
        )
    return False
