"""What git tells of a repository that gets its first files: its top, its default branch, where it is hosted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Repository(NamedTuple):
    """The repository of the working directory; without git, the working directory itself."""

    top: Path
    has_git: bool
    branch: str
    """The branch that pull requests go to: the default branch of the remote, else the current one."""
    remotes: str
    """The URLs of the remotes, one a line."""

    def hosted_by(self, host: str) -> bool:
        """Whether the name of a host stands in the URL of a remote."""
        return re.search(rf"\b{host}\b", self.remotes) is not None

    def ignores(self, names: Sequence[str]) -> bool:
        """Whether a `.gitignore` leaves out one of these files."""
        return bool(_told(self.top, "ls-files", "--others", "--ignored", "--exclude-standard", "--", *names))


def repository_here() -> Repository:
    """The repository of the working directory."""
    from hipaa_guard.terraform.repository.top import work_tree_of

    here = Path.cwd().resolve()
    top = work_tree_of(here)
    if top is None:
        return Repository(here, has_git=False, branch="main", remotes="")
    heads = (_told(top, "symbolic-ref", "--quiet", ref) for ref in ("refs/remotes/origin/HEAD", "HEAD"))
    branch = next((re.sub("^refs/(heads|remotes/origin)/", "", head) for head in heads if head), "main")
    return Repository(
        top, has_git=True, branch=branch, remotes=_told(top, "config", "--get-regexp", r"^remote\..*\.url$")
    )


def _told(top: Path, *words: str) -> str:
    """The answer of git; empty where it has none, or is not installed."""
    from hipaa_guard.terraform.repository.git import GitError, text

    try:
        return text(top, *words, failing="").strip()
    except GitError:
        return ""
