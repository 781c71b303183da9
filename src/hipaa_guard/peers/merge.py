"""Merging results of other tools with ours: the same judgement of the same resource becomes one row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Control, Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.readings import Singleton
from hipaa_guard.peers.results import Document, Result
from hipaa_guard.terraform.addresses import without_keys

OURS = "hipaa-guard"

_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.MANUAL, Status.PASS, Status.NOT_APPLICABLE, Status.INHERITED)


class Opinion(NamedTuple):
    """The result of one check of one tool. ``suppressed`` says why it does not count."""

    tool: str
    check: str
    status: Status
    message: str
    suppressed: str = ""


@dataclass(slots=True)
class MergedRow:
    """One judgement of one resource, with the opinions of all tools.

    It has several controls only where a check of another tool is mapped to several of ours and it is not known which.
    """

    controls: tuple[Control, ...]
    resource: Result | None
    """The resource as another tool names it."""
    finding: Finding | None
    """Ours."""
    opinions: list[Opinion] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The name of the resource for people."""
        if self.finding is not None:
            return self.finding.resource.label
        return self.resource.label if self.resource is not None else ""

    @property
    def severity(self) -> Severity:
        """The worst severity of its controls."""
        return min((control.severity for control in self.controls), key=lambda severity: severity.rank)

    @property
    def hipaa(self) -> tuple[str, ...]:
        """The citations of its controls."""
        return tuple(dict.fromkeys(citation for control in self.controls for citation in control.hipaa))

    @property
    def accepted(self) -> bool:
        """Whether our register of exceptions covers it."""
        return self.finding is not None and self.finding.exception is not None

    def by_tool(self) -> dict[str, Status]:
        """The status by tool: the worst of its checks. Suppressed opinions do not count."""
        found: dict[str, Status] = {}
        for opinion in self.opinions:
            if not opinion.suppressed:
                found[opinion.tool] = _worst((opinion.status, found.get(opinion.tool, opinion.status)))
        return found

    @property
    def status(self) -> Status:
        """The worst status of any tool: a gap of one tool stays a gap until somebody has looked."""
        return _worst(self.by_tool().values()) if self.by_tool() else Status.UNKNOWN

    @property
    def disagree(self) -> bool:
        """Whether one tool sees a gap where another sees none."""
        said = set(self.by_tool().values())
        return Status.FAIL in said and bool(said & {Status.PASS, Status.NOT_APPLICABLE})


class Reason(StrEnum):
    """Why results of a check have no row."""

    NO_EQUIVALENT = "no control of ours is its equivalent"
    NO_RESOURCE = "it names no resource"


@dataclass(slots=True)
class Unmapped:
    """A check whose results have no row, and how many there are by status."""

    tool: str
    check: str
    title: str
    reason: Reason
    counts: dict[Status, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Merged:
    """Merged results of several tools. ``results`` is the number of results read, by tool."""

    rows: tuple[MergedRow, ...]
    unmapped: tuple[Unmapped, ...]
    placed: tuple[tuple[Result, tuple[MergedRow, ...]], ...]
    """Each result with its rows; without a row, its check is among the unmapped."""
    results: Mapping[str, int]
    gaps: tuple[str, ...]


def merge(documents: Sequence[Document], controls: Sequence[Control], scan: Assessment | None = None) -> Merged:
    """Merge the results of others with our findings."""
    return merged(documents, controls, () if scan is None else scan.findings, "" if scan is None else scan.scan.base)


def merged(documents: Sequence[Document], controls: Sequence[Control], ours: Iterable[Finding], base: str) -> Merged:
    """As `merge`, for findings whose files are relative to the directory ``base``."""
    table = _Table(controls, ours, base)
    placed: list[tuple[Result, tuple[MergedRow, ...]]] = []
    counted: dict[str, int] = defaultdict(int)
    for document in documents:
        for result in document.results:
            counted[result.tool] += 1
            placed.append((result, tuple(table.add(result))))
    gaps = tuple(f"{document.file}: {gap}" for document in documents for gap in document.gaps)
    rows = tuple(sorted(table.rows, key=_place))
    unmapped = tuple(sorted(table.unmapped.values(), key=_order))
    return Merged(rows, unmapped, tuple(placed), dict(sorted(counted.items())), gaps)


def _worst(statuses: Iterable[Status]) -> Status:
    return min(statuses, key=_WORST_FIRST.index)


def _order(unmapped: Unmapped) -> tuple[int, str, str]:
    return list(Reason).index(unmapped.reason), unmapped.tool, unmapped.check


def _place(row: MergedRow) -> tuple[int, int, str, str]:
    return _WORST_FIRST.index(row.status), row.severity.rank, row.controls[0].id, row.label


class _Table:
    """Rows under construction."""

    def __init__(self, controls: Sequence[Control], ours: Iterable[Finding], base: str) -> None:
        by_id = {control.id: control for control in controls}
        self.rows: list[MergedRow] = []
        self.unmapped: dict[tuple[str, str, Reason], Unmapped] = {}
        self._ours: dict[str, list[MergedRow]] = defaultdict(list)
        self._theirs: dict[tuple[str, ...], list[MergedRow]] = defaultdict(list)
        self._equivalents: dict[tuple[str, str], list[Control]] = defaultdict(list)
        for control in controls:
            for peer, checks in control.peers.items():
                for check in checks:
                    self._equivalents[peer, check].append(control)
        self._by_id = by_id
        self._base = base
        self._named: dict[tuple[str, str], list[MergedRow]] = defaultdict(list)
        for finding in ours:
            if finding.control_id in by_id:
                row = MergedRow((by_id[finding.control_id],), None, finding)
                row.opinions.append(Opinion(OURS, finding.control_id, finding.status, finding.message))
                self.rows.append(row)
                self._ours[finding.control_id].append(row)
                origin = finding.resource
                self._named[finding.control_id, origin.address or _without_account(origin.arn or "")].append(row)

    def add(self, result: Result) -> list[MergedRow]:
        """Add a result to its rows or a new one, which are returned, or to the checks without a row."""
        controls = self._controls(result)
        if not controls:
            self._add_unmapped(result, Reason.NO_EQUIVALENT)
        elif not result.label:
            self._add_unmapped(result, Reason.NO_RESOURCE)
        else:
            opinion = Opinion(result.tool, result.check, result.status, result.message, result.suppressed)
            rows = self._rows(result, controls)
            for row in rows:
                if opinion not in row.opinions:  # Security Hub repeats a check for each standard
                    row.opinions.append(opinion)
            return rows
        return []

    def _controls(self, result: Result) -> list[Control]:
        """The controls that a check is mapped to; of several, those that judge such a resource."""
        own = self._by_id.get(result.check)
        if own is not None:  # our own check, which ran inside the tool
            return [own]
        found = self._equivalents.get((result.peer, result.check), [])
        fitting = [
            control
            for control in found
            if any(result.type in kind.terraform_types() for kind in control.kind.narrower())
        ]
        return fitting or found

    def _rows(self, result: Result, controls: list[Control]) -> list[MergedRow]:
        ours = [row for control in controls for row in self._same(result, control)]
        if ours:
            # A check mapped to several controls fails because of one of them: take those that fail, if any does.
            failing = [row for row in ours if row.finding is not None and row.finding.status is Status.FAIL]
            return failing if failing and result.status is Status.FAIL else ours
        same_controls = self._theirs[tuple(control.id for control in controls)]
        row = next(
            (row for row in same_controls if row.resource is not None and _same_resource(row.resource, result)), None
        )
        if row is None:
            row = MergedRow(tuple(controls), result, None)
            same_controls.append(row)
            self.rows.append(row)
        return [row]

    def _same(self, result: Result, control: Control) -> list[MergedRow]:
        """Our rows on the resource of a result: those of its very name where there are some, else of all rows."""
        name = result.address or _without_account(result.arn)
        named = self._named.get((control.id, name), []) if name else []
        for rows in (named, self._ours[control.id]):
            for found in _candidates(result, rows, self._base):
                if found:
                    return found
        return []

    def _add_unmapped(self, result: Result, reason: Reason) -> None:
        key = (result.tool, result.check, reason)
        entry = self.unmapped.setdefault(key, Unmapped(*key[:2], result.title, reason))
        entry.counts[result.status] = entry.counts.get(result.status, 0) + 1


# --- the same resource --------------------------------------------------------------------------------------------


def _candidates(result: Result, rows: list[MergedRow], base: str) -> Iterator[list[MergedRow]]:
    """Rows that may be on the resource of a result, the surest match first."""
    ours = [(row, row.finding) for row in rows if row.finding is not None]
    ours = [(row, finding) for row, finding in ours if finding.resource.source == result.source]
    return _of_account(result, ours) if result.source == "aws" else _of_source(result, ours, base)


def _of_account(result: Result, ours: list[tuple[MergedRow, Finding]]) -> Iterator[list[MergedRow]]:
    all_ = [(row, finding.resource) for row, finding in ours]
    live = [(row, o) for row, o in all_ if not (o.account and result.account) or o.account == result.account]
    yield [row for row, o in live if result.arn and _same_arn(o.arn or "", result.arn)]
    here = [(row, o) for row, o in live if not (o.region and result.region) or o.region == result.region]
    yield [row for row, o in here if not (o.arn and result.arn) and o.name and o.name == result.name]
    # Each tool makes up its own name for a resource that exists once in an account or region.
    yield [row for row, _ in here if isinstance(row.controls[0].kind.aws, Singleton)]


def _same_arn(one: str, other: str) -> bool:
    """Whether two ARNs are equal. Tools write the account into ARNs that have none at AWS, as that of a snapshot."""
    accounts = {arn.split(":", 5)[4] for arn in (one, other) if arn.count(":") >= 5}
    return one == other or ("" in accounts and _without_account(one) == _without_account(other))


def _without_account(arn: str) -> str:
    parts = arn.split(":", 5)
    return ":".join((*parts[:4], *parts[5:])) if len(parts) == 6 else arn


def _of_source(result: Result, ours: list[tuple[MergedRow, Finding]], base: str) -> Iterator[list[MergedRow]]:
    if result.address:
        named = [(row, f.resource.address or "") for row, f in ours if _in_file(f, result, base)]
        yield [row for row, address in named if address == result.address]
        yield [row for row, address in named if _same_block(address, result.address)]
    # A resource of exactly the type that the control judges matches by its address or not at all.
    others = [(row, f) for row, f in ours if not _is_of_kind(result, row.controls[0])]
    yield [row for row, f in others if any(_covers(place, result, f, base) for place in _places(f))]


def _is_of_kind(result: Result, control: Control) -> bool:
    return any(kind.terraform and result.type in kind.terraform.types for kind in control.kind.narrower())


def _in_file(finding: Finding, result: Result, base: str) -> bool:
    """Whether a result may be of the same file: an address may exist in several roots. A plan has no files."""
    names_source = result.file.endswith((".tf", ".tf.json", ".tofu"))
    return finding.location is None or not names_source or same_file(f"{base}/{finding.location.file}", result.file)


def _same_block(ours: str, theirs: str) -> bool:
    """Whether the addresses are of one block and one of them has no instance key."""
    unsure = "[?]" in ours or "[" not in theirs
    return unsure and without_keys(ours) == without_keys(theirs)


def _places(finding: Finding) -> Iterator[Location]:
    """The block of the resource, and the other blocks that the judgement read: they set a part of it."""
    if finding.location is not None:
        yield finding.location
    for evidence in finding.evidence:
        if evidence.location is not None:
            yield evidence.location


def _covers(place: Location, result: Result, finding: Finding, base: str) -> bool:
    """Whether a result is about a block that a judgement read, in the same instance of its module."""
    module = result.module or _module_of(result)
    here = f"{module}." in (finding.resource.address or "") if module else not place.calls
    lines = bool(result.line_start) and place.line_start <= result.line_end and result.line_start <= place.line_end
    return here and lines and same_file(f"{base}/{place.file}", result.file)


def _module_of(result: Result) -> str:
    return result.address.rpartition(f".{result.type}.")[0] if result.type else ""


def same_file(one: str, other: str) -> bool:
    """Whether two paths, relative to different directories, may be of one file."""
    ends = [[part for part in path.split("/") if part not in ("", ".", "..")] for path in (one, other)]
    shorter, longer = sorted(ends, key=len)
    return bool(shorter) and longer[-len(shorter) :] == shorter


def _same_resource(one: Result, other: Result) -> bool:
    """Whether results of two other tools are about one resource."""
    if one.source != other.source:
        return False
    if one.source == "aws":
        if one.arn and other.arn:
            return one.arn == other.arn
        return (one.label, one.account, one.region) == (other.label, other.account, other.region)
    return one.label == other.label and (one.file == other.file or same_file(one.file, other.file))
