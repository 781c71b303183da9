"""Checkov's comments in source that skip a check: ``checkov:skip=CKV_AWS_18:the target of access logs``.

Checkov reads them inside of a block, and for a module call as said of all that the call makes. Several checks of one
comment stand behind each other with commas. https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from hipaa_guard.facts.locations import Gap
from hipaa_guard.peers.results import PeerError
from hipaa_guard.peers.silencing.silenced import Block, Nothing, Silenced, Silencing, Target
from hipaa_guard.terraform.files import UnreadableFile, read_file
from hipaa_guard.terraform.hcl.parsing import parse
from hipaa_guard.terraform.hcl.syntax import HclBlock
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.module import configuration_files
from hipaa_guard.terraform.modules.roots import boundary_of, directories
from hipaa_guard.terraform.repository.top import top_of

TOOL = "Checkov"

_SKIP = re.compile(r"(?:checkov|bridgecrew):skip=[ \t]*([\w,]+)(?::([^\n]*))?")


def read(path: Path) -> Silencing:
    """The skips of a file of source, or of all files below a directory.

    Raises:
        PeerError: the path cannot be read.

    """
    found: list[Silenced] = []
    gaps: list[str] = []
    for directory, names in _files(path, gaps):
        for name in names:
            try:
                data = read_file(directory / name, boundary_of(directory))
            except UnreadableFile as error:
                gaps.append(f"{directory / name}: {error}")
                continue
            if b":skip=" not in data:
                continue
            if name.endswith(".json"):
                gaps.append(f"{directory / name}: comments of JSON are not read")
                continue
            found += _skips(directory / name, data)
    return Silencing(tuple(found), tuple(gaps))


def _files(path: Path, gaps: list[str]) -> Iterator[tuple[Path, list[str]]]:
    if not path.is_dir():
        yield path.parent, [path.name]
        return
    unread: list[Gap] = []
    try:
        places = directories(path, unread)
        for directory in places:
            yield directory, configuration_files(directory)
    except OSError as error:
        raise PeerError(f"cannot read {path}: {error.strerror}") from None
    gaps += [f"{gap.subject}: {gap.reason}" for gap in unread]


def _skips(path: Path, data: bytes) -> Iterator[Silenced]:
    try:
        inside = top_of(path).file_base
    except TerraformInputError as error:
        raise PeerError(str(error)) from None
    file = (Path(inside) / path.name).as_posix()
    body = parse(file, data)
    blocks = [(block.location(), block) for block in body.root.blocks]
    for start, _, text in body.source.comments():
        for mark in _SKIP.finditer(text):
            line = start + text.count("\n", 0, mark.start())
            block = next((each for place, each in blocks if place.line_start <= line <= place.line_end), None)
            reason = (mark[2] or "").strip().removesuffix("*/").rstrip()
            for check in filter(None, mark[1].split(",")):
                target, unclear = _target(file, block)
                yield Silenced(TOOL, "checkov", check, reason, f"{path.as_posix()}:{line}", target, unclear)


def _target(file: str, block: HclBlock | None) -> tuple[Target, str]:
    if block is None or block.type not in ("resource", "data", "module"):
        return Nothing(), "it stands outside of a resource and a module call, where Checkov does not read it"
    place = block.location()
    prefix = "data." if block.type == "data" else ""
    type = f"{prefix}{block.labels[0]}" if block.type != "module" and block.labels else ""
    return Block(file, place.line_start, place.line_end, type), ""
