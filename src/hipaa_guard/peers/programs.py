"""The scanners that can run beside ours, and where their programs are."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from hipaa_guard.nearest import did_you_mean

Source = Literal["terraform", "aws"]


class PeerChoiceError(Exception):
    """A scanner cannot be run as it was asked for. The text says what to do."""


class PeerFailedError(Exception):
    """A scanner gave no result. ``reason`` is a predicate whose subject is the scanner, ``hint`` the next step."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class Peer(NamedTuple):
    """A scanner that can run beside ours."""

    name: str
    """The word of ``--peers``, and the name of its program."""
    tool: str
    source: Source
    oldest: tuple[int, int]
    """The first release with the options that we give it."""
    configured_by: tuple[str, ...] = ()
    """Patterns of the names, in lower case, of files by which a tree would configure it."""
    effect: str = ""
    """What such a file may do, in a sentence whose subject is the file."""


PEERS = {
    peer.name: peer
    for peer in (
        Peer(
            "checkov",
            "Checkov",
            "terraform",
            (3, 0),
            (".checkov.yaml", ".checkov.yml"),
            "It may name Python that Checkov runs, and checks that it leaves out",
        ),
        Peer(
            "trivy",
            "Trivy",
            "terraform",
            (0, 54),
            ("trivy.yaml", "trivy.yml", ".trivyignore*"),
            "It may name checks that Trivy loads, and findings that it leaves out",
        ),
        Peer("prowler", "Prowler", "aws", (4, 0)),
    )
}
"""The scanners by name. Their releases: the options of `commands` are in the documentation of each since then."""


class Program(NamedTuple):
    """A scanner with its program."""

    peer: Peer
    path: Path

    @property
    def needs(self) -> str:
        """The next step where the program does not work as we need it."""
        release = ".".join(map(str, self.peer.oldest))
        return f"hipaa-guard runs {self.peer.tool} {release} or newer: see what `{self.path} --version` says"


def programs(specs: Sequence[str], source: Source, trees: Sequence[Path], search: str) -> tuple[Program, ...]:
    """The programs of ``NAME`` or ``NAME=PROGRAM``, several of which may be separated by commas.

    ``trees`` are the directories whose authors are not trusted, ``search`` is the value of PATH.

    Raises:
        PeerChoiceError: there is no such scanner, it does not read the source, or its program is missing or in a tree.

    """
    found: dict[str, Program] = {}
    for spec in (part.strip() for each in specs for part in each.split(",") if part.strip()):
        name, equals, file = spec.partition("=")
        peer = _peer(name.strip(), source)
        if peer.name in found:
            raise PeerChoiceError(f"{peer.name} is named twice: name it once")
        if equals and not file:
            raise PeerChoiceError(
                f"{spec} names no program: write {peer.name}=PROGRAM, or {peer.name} for that on PATH"
            )
        path = _named(peer, file) if equals else _searched(peer, search)
        if inside(path, trees):
            raise PeerChoiceError(
                f"{path} lies in the tree that is scanned, whose author may have put it there: install {peer.tool} "
                f"elsewhere, and name its program with --peers {peer.name}=PROGRAM"
            )
        found[peer.name] = Program(peer, path)
    if not found:
        raise PeerChoiceError(f"it names no scanner: there are {', '.join(PEERS)}")
    return tuple(found.values())


def clean_path(search: str, trees: Sequence[Path]) -> str:
    """PATH without directories of a tree, and without relative ones, which mean the working directory."""
    kept = [each for each in search.split(os.pathsep) if Path(each).is_absolute() and not inside(Path(each), trees)]
    return os.pathsep.join(kept)


def inside(path: Path, trees: Sequence[Path]) -> bool:
    """Whether a path lies in one of the directories, as it is written or where its links lead."""
    tops = [top for tree in trees for top in (_written(tree), tree.resolve())]
    ways = (_written(path), path.resolve())
    return any(way.is_relative_to(top) for way in ways for top in tops)


def _written(path: Path) -> Path:
    """The path from the root directory, as it is written: no link is followed."""
    return Path(os.path.normpath(Path.cwd() / path))


def _peer(name: str, source: Source) -> Peer:
    peer = PEERS.get(name)
    if peer is None:
        hint = did_you_mean(name, PEERS, f"there are {', '.join(PEERS)}", most=1)
        raise PeerChoiceError(f"no scanner {name[:60]!r} can run beside: {hint}")
    if peer.source != source:
        others = ", ".join(each.name for each in PEERS.values() if each.source == source)
        what = "accounts" if peer.source == "aws" else "Terraform"
        raise PeerChoiceError(f"{peer.tool} reads {what}: give it to `scan {peer.source}`. Here {others} can run")
    return peer


def _named(peer: Peer, file: str) -> Path:
    path = _written(Path(file).expanduser())
    if not _can_run(path):
        raise PeerChoiceError(f"{file} is no program that can be run: name that of {peer.tool}")
    return path


def _searched(peer: Peer, search: str) -> Path:
    for directory in search.split(os.pathsep):
        path = Path(directory, peer.name)
        if path.is_absolute() and _can_run(path):
            return path
    raise PeerChoiceError(
        f"{peer.name} is not installed: no directory of PATH has it. Install {peer.tool} (in an environment of its "
        f"own, as pipx does), or name its program with --peers {peer.name}=PROGRAM"
    )


def _can_run(path: Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.X_OK)
    except (OSError, ValueError):
        return False
