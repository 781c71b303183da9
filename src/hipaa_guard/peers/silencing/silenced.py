"""One check that people told another scanner to leave out, and the resources that are meant."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from hipaa_guard.assessment.model import Scan
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Location
from hipaa_guard.peers.merge import same_file
from hipaa_guard.peers.results import Result
from hipaa_guard.terraform.addresses import without_keys


class Target(Protocol):
    """The resources that a silenced check is silenced for."""

    def names(self, finding: Finding, control: Control, scan: Scan) -> bool:
        """Whether the resource of a finding of `control` in `scan` is one of them."""
        ...


@dataclass(frozen=True, slots=True)
class Silenced:
    """A check of a tool that was silenced.

    ``peer`` is the tool's name in `hipaa_guard.controls.control.PEERS`, ``reason`` the text that people gave, ``place``
    the file and line or the entry that says so. ``unclear`` says why its resources cannot be found; it is empty where
    ``target`` finds them.
    """

    tool: str
    peer: str
    check: str
    reason: str
    place: str
    target: Target
    unclear: str = ""


@dataclass(frozen=True, slots=True)
class Silencing:
    """What one file or directory silences. ``gaps`` are sentences on parts that were not read."""

    silenced: tuple[Silenced, ...]
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """No resource."""

    def names(self, finding: Finding, control: Control, scan: Scan) -> bool:  # noqa: ARG002 - a target
        """Whether it is one of them: never."""
        return False


@dataclass(frozen=True, slots=True)
class Block:
    """The resources that a block of source makes or sets a part of.

    ``file`` is the path from the top of the repository, ``start`` and ``end`` are its lines. ``type`` is the type of
    the resource; it is empty for a module call, which means all that the call makes.
    """

    file: str
    start: int
    end: int
    type: str

    def names(self, finding: Finding, control: Control, scan: Scan) -> bool:
        """Whether the resource of the finding is made by the block, or the judgement has read the block as its part."""
        own = finding.location
        if own is None:
            return False
        if any(self._holds(place, scan) for place in (own, *own.calls)):
            return True
        kinds = control.kind.narrower()
        if not self.type or any(kind.terraform and self.type in kind.terraform.types for kind in kinds):
            return False
        parts = self.type.startswith("data.") or any(self.type in kind.terraform_types() for kind in kinds)
        return parts and any(self._holds(each.location, scan) for each in finding.evidence if each.location is not None)

    def _holds(self, place: Location, scan: Scan) -> bool:
        file = posixpath.normpath(posixpath.join(scan.base, place.file))
        return file == self.file and place.line_start <= self.end and self.start <= place.line_end


@dataclass(frozen=True, slots=True)
class Named:
    """The resource of another tool's result: an address in a file, or an ARN or name in an account."""

    result: Result

    def names(self, finding: Finding, control: Control, scan: Scan) -> bool:  # noqa: ARG002 - a target
        """Whether the resource of the finding is the one of the result, as far as both say which it is."""
        theirs, ours = self.result, finding.resource
        if ours.source != theirs.source:
            return False
        if theirs.source == "aws":
            accounts = {ours.own_account, theirs.account} - {None, ""}
            regions = {ours.region, theirs.region} - {None, ""}
            if theirs.arn and ours.arn:
                return theirs.arn == ours.arn and len(accounts) < 2
            return bool(ours.name) and ours.name == theirs.name and len(accounts) < 2 and len(regions) < 2
        address = ours.address or ""
        same = address == theirs.address or (
            ("[?]" in address or "[" not in theirs.address) and without_keys(address) == without_keys(theirs.address)
        )
        return bool(theirs.address) and same and self._in_file(finding, scan)

    def _in_file(self, finding: Finding, scan: Scan) -> bool:
        if finding.location is None or not self.result.file.endswith((".tf", ".tofu", ".json")):
            return True
        return same_file(f"{scan.base}/{finding.location.file}", self.result.file)


def suppressed(results: Iterator[Result], file: str) -> Iterator[Silenced]:
    """The results of a report that the tool does not count because people silenced them."""
    for result in results:
        if result.suppressed:
            place = f"{file}: {result.label}"
            unclear = "" if result.label else "the report names no resource"
            yield Silenced(result.tool, result.peer, result.check, result.suppressed, place, Named(result), unclear)
