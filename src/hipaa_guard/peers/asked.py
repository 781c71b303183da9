"""What is asked of the scanners that run beside ours: the same subject as that of our scan."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.lean import dataclass
from hipaa_guard.peers.programs import Peer, PeerFailedError, Program


class Subject(NamedTuple):
    """What is scanned: Terraform at a path, or the account that these options open."""

    path: Path | None = None
    source: Path | None = None
    """The source of a plan."""
    var_files: tuple[Path, ...] = ()
    profile: str | None = None
    role_arn: str | None = None
    external_id: str | None = None
    regions: tuple[str, ...] = ()
    """Empty for all that the account has enabled."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The scanners that are to run, and how."""

    programs: tuple[Program, ...]
    subject: Subject
    trees: tuple[Path, ...] = ()
    """The directories whose authors are not trusted."""
    trust: bool = False
    """Whether the tree may configure the scanners."""
    timeout: float = 600
    """Seconds for each."""
    of_working_directory: bool = True
    """Whether the scanned tree may be that of the working directory: not for a commit, which lies elsewhere."""

    def at(self, path: Path, var_files: Sequence[Path]) -> Asked:
        """The same for the tree at a commit."""
        subject = self.subject._replace(path=path, var_files=tuple(var_files))
        return replace(self, subject=subject, trees=(path,), of_working_directory=False)

    def configuration(self, peer: Peer) -> Path | None:
        """The first file by which the tree would configure a scanner; None where there is none.

        Scanners look for it where they are started and at the top of what they scan, and nowhere deeper. Its name is
        compared without regard to case, since a file system may do so. A link counts whatever it leads to.

        Raises:
            PeerFailedError: a directory cannot be listed.

        """
        return next((file for each in self._places() for file in _configuring(peer, each)), None)

    def shown(self, file: Path) -> str:
        """A file as reports name it, alike on every machine: from the top of the work tree, else of what is scanned."""
        tops = [each.resolve() for each in self.trees if file.is_relative_to(each.resolve())]
        return str(file.relative_to(min(tops, key=lambda top: len(top.parts)))) if tops else str(file)

    def _places(self) -> Iterator[Path]:
        path, source = self.subject.path, self.subject.source
        if path is None:
            return
        found = [each for each in (path, source) if each is not None and each.is_dir()]
        here = Path.cwd()
        # A plan may lie anywhere: the tree that it was made from is then most likely that of the working directory.
        if self.of_working_directory and (
            not path.is_dir() or any(here.resolve().is_relative_to(t) for t in self.trees)
        ):
            found.append(here)
        yield from dict.fromkeys(each.resolve() for each in found)


def _configuring(peer: Peer, directory: Path) -> Iterator[Path]:
    if not peer.configured_by:
        return
    try:
        files = sorted(directory.iterdir())
    except OSError as error:
        raise PeerFailedError(
            f"was not run: {directory} cannot be listed ({error.strerror}), so it is not known what would configure it",
            "Make the directory readable.",
        ) from None
    for file in files:
        if any(fnmatch.fnmatchcase(file.name.casefold(), pattern) for pattern in peer.configured_by):
            yield file
