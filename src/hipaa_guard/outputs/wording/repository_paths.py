"""Places of findings for tools that look the file up in a repository."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from hipaa_guard.assessment.model import Scan
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, Location
from hipaa_guard.outputs.wording import phrases

_DOWNLOADED = ".terraform"


def in_repository(scan: Scan, place: Location | None) -> Location | None:
    """The place in the repository where a person can make the change, its file relative to the root of the repository.

    Code in a module that `terraform init` downloaded is changed where the module is called. None where no part of it
    is in the repository.
    """
    if place is None:
        return None
    for each in (place, *reversed(place.calls)):
        found = _seen(scan, each)
        if found is not None and _DOWNLOADED not in found.file.split("/"):
            return found
    return None


def decisive(scan: Scan, finding: Finding) -> Location | None:
    """The place of a finding for whoever changes it, as `in_repository`; its span is the part of it that decides.

    That is the argument that decided the verdict, if the block of the resource holds it, else the block's first line.
    """
    block, argument = in_repository(scan, finding.location), in_repository(scan, finding.decided_at)
    if block is None or argument is None or argument.span is None or argument.file != block.file:
        return block
    is_inside = block.line_start <= argument.line_start and argument.line_end <= block.line_end
    return block._replace(span=argument.span) if is_inside else block


def related(scan: Scan, finding: Finding) -> list[tuple[str, Location]]:
    """Other places of a finding, each with its role ("Set at"); downloaded modules are included."""
    main = in_repository(scan, finding.location)
    places: list[tuple[str, Location | None]] = [("Declared at", finding.location), ("Set at", finding.decided_at)]
    if finding.location is not None:
        places += [("Called at", call) for call in finding.location.calls]
    places += [("See also", evidence.location) for evidence in reversed(finding.evidence)]
    found: dict[str, tuple[str, Location]] = {}
    for role, place in places:
        seen = _seen(scan, place) if place is not None else None
        if seen is not None and (main is None or str(seen) != str(main)):
            found.setdefault(str(seen), (role, seen))
    return list(found.values())


def context(scan: Scan, finding: Finding, *, several_roots: bool) -> str:
    """As `phrases.context`, with files and root relative to the root of the repository."""
    origin = finding.resource
    if scan.base != "." and origin.source == "terraform":
        place = origin.location and _based(scan, origin.location)
        root = origin.root if scan.names_repository else posixpath.normpath(posixpath.join(scan.base, origin.root))
        finding = finding._replace(resource=replace(origin, location=place, root=root))
    return phrases.context(finding, several_roots=several_roots)


def subject(scan: Scan) -> str:
    """As `phrases.subject`, for readers elsewhere: a path is relative to the root of the repository."""
    if not posixpath.isabs(scan.target):
        return phrases.subject(scan)
    return phrases.subject(replace(scan, target=" and ".join(filter(None, (scan.base, scan.account)))))


def same_subject(scan: Scan) -> str:
    """As `subject`, but independent of the directory where the scan was started."""
    if not scan.names_repository:
        return subject(scan)
    file = posixpath.basename(scan.target) if scan.format in ("plan", "state") else ""
    places = [posixpath.join(scan.roots_base, each) for each in scan.paths or (file,)]
    place = " and ".join(map(posixpath.normpath, places))
    return phrases.subject(replace(scan, target=" and ".join(filter(None, (place, scan.account)))))


def gap_subject(scan: Scan, gap: Gap) -> str:
    """The subject of a gap; a file or directory is relative to the root of the repository."""
    place = gap.location and _seen(scan, gap.location)
    if place is not None and gap.location is not None:
        if gap.subject == gap.location.file:
            return place.file
        if gap.subject == (posixpath.dirname(gap.location.file) or "."):
            return posixpath.dirname(place.file) or "."
    return gap.subject


def root_place(scan: Scan, root: str) -> Location | None:
    """The directory of a root, relative to the root of the repository."""
    inside = posixpath.relpath(f"/{root}", f"/{scan.roots_base}") if scan.names_repository else root
    return _seen(scan, Location(inside, 1, 1))


def _based(scan: Scan, place: Location) -> Location:
    file = posixpath.normpath(posixpath.join(scan.base, place.file))
    return place._replace(file=file, calls=tuple(_based(scan, call) for call in place.calls))


def _seen(scan: Scan, place: Location) -> Location | None:
    """The place with its file relative to the root of the repository; None where it is outside."""
    file = posixpath.normpath(posixpath.join(scan.base, place.file))
    if file.startswith("/") or file.split("/")[0] == "..":
        return None
    start = max(1, place.line_start)
    return Location(file, start, max(start, place.line_end), span=place.span)
