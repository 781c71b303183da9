"""The changes between two results. A finding that the second scan did not look at is never "fixed"."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from hipaa_guard.assessment.baseline import names_of
from hipaa_guard.assessment.model import Assessment, Scan
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding, fingerprint
from hipaa_guard.facts.locations import SOME_ROOTS, Gap, GapKind
from hipaa_guard.facts.origin import Origin
from hipaa_guard.terraform.addresses import without_keys


class Change(StrEnum):
    """How a finding changed."""

    NEW = "new"
    REGRESSED = "regressed"
    """It passed before."""
    FIXED = "fixed"
    """It failed and passes now."""
    SETTLED = "settled"
    """Its verdict was unknown and it passes now."""
    GONE = "gone"
    """The resource is no longer there, and the second scan looked at everything."""
    NOT_EVALUATED = "no longer evaluated"
    UNCHANGED = "unchanged"


class Difference(NamedTuple):
    """One finding in two results. ``reason`` explains ``change`` where it needs explaining."""

    change: Change
    before: Finding | None
    after: Finding | None
    reason: str = ""

    @property
    def finding(self) -> Finding:
        """The finding as it is now, else as it was."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def stops(self) -> bool:
        """Whether it is a new failure that no exception covers and that is not advisory."""
        after = self.after
        if after is None or self.change not in (Change.NEW, Change.REGRESSED):
            return False
        return after.status is Status.FAIL and after.exception is None and not after.advisory


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two results beside each other. Only findings that are open in one of them are compared."""

    before: Assessment
    after: Assessment
    differences: tuple[Difference, ...]

    def counts(self) -> dict[Change, int]:
        """Number of differences by change, every change present."""
        counted = Counter(difference.change for difference in self.differences)
        return {change: counted[change] for change in Change}

    @property
    def accepted(self) -> tuple[Finding, ...]:
        """Open findings that an exception covers now and none covered before."""
        return tuple(d.after for d in self.differences if d.after and _exception(d.after) and not _exception(d.before))

    @property
    def ended(self) -> tuple[Finding, ...]:
        """Open findings whose exception is no longer in force."""
        both = ((d.before, d.after) for d in self.differences)
        return tuple(after for before, after in both if after and _is_open(after) and _exception_ended(before, after))


_OPEN = (Status.FAIL, Status.UNKNOWN)
_PLACE = {change: place for place, change in enumerate(Change)}


def compare(before: Assessment, after: Assessment) -> Comparison:
    """The differences between two results, worst first."""
    before = _as_named_in(before, after)
    not_matched: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in before.findings:
        not_matched[finding.fingerprint, finding.resource.root].append(finding)
    absence = _Absence(before, after)
    found = []
    for finding in after.findings:
        # The root must have the same name: a former fingerprint may by now be that of another root.
        names = ((name, finding.resource.root) for name in names_of(finding))
        name = next((name for name in names if not_matched.get(name)), None)
        earlier = not_matched[name].pop(0) if name is not None else None
        difference = _difference(earlier, finding)
        if difference is not None:
            found.append(difference)
    rest = (finding for findings in not_matched.values() for finding in findings if _is_open(finding))
    found += [absence.of(finding) for finding in rest]
    return Comparison(before, after, tuple(sorted(found, key=_place)))


def _as_named_in(before: Assessment, after: Assessment) -> Assessment:
    """The first result with its roots named from the repository, where only the second result names them so."""
    if before.scan.names_repository or not after.scan.names_repository or before.scan.source == "aws":
        return before
    findings = tuple(_renamed(finding, before.scan) for finding in before.findings)
    roots = tuple(_in_repository(root, before.scan) for root in before.coverage.roots)
    scan = replace(before.scan, roots_from=after.scan.roots_from, roots_base=before.scan.base)
    return replace(before, scan=scan, findings=findings, coverage=replace(before.coverage, roots=roots))


def _renamed(finding: Finding, scan: Scan) -> Finding:
    origin = finding.resource
    if origin.source != "terraform":
        return finding
    named = replace(origin, root=_in_repository(origin.root, scan))
    return finding._replace(resource=named, fingerprint=fingerprint(finding.control_id, named))


def _in_repository(root: str, scan: Scan) -> str:
    """A root named from the scanned path, now named from the repository.

    The root of a plan or state without its source was named after the file.
    """
    file = scan.format in ("plan", "state") and root == posixpath.basename(scan.target)
    return posixpath.normpath(posixpath.join(scan.base, "." if file else root))


def _place(difference: Difference) -> tuple[int, int, int, str, str, str, str]:
    finding = difference.finding
    return (
        _PLACE[difference.change],
        finding.status is not Status.FAIL,
        finding.severity.rank,
        finding.control_id,
        finding.resource.root,
        finding.resource.label,
        finding.fingerprint,
    )


def _is_open(finding: Finding) -> bool:
    return finding.status in _OPEN


def _exception(finding: Finding | None) -> str:
    return finding.exception.id if finding is not None and finding.exception is not None else ""


def _exception_ended(before: Finding | None, after: Finding) -> bool:
    return bool(_exception(before)) and not _exception(after)


def _difference(before: Finding | None, after: Finding) -> Difference | None:
    """How a finding of the second result changed; None where it is open in neither result."""
    was = before.status if before is not None else None
    match was, after.status:
        case (Status.PASS, Status.FAIL):
            return Difference(Change.REGRESSED, before, after)
        case (Status.FAIL, Status.FAIL) | (Status.UNKNOWN, Status.UNKNOWN):
            return Difference(Change.UNCHANGED, before, after)
        case (Status.UNKNOWN, Status.FAIL):
            return Difference(Change.NEW, before, after, "it was not known before")
        case (_, Status.FAIL):
            return Difference(Change.NEW, before, after)
        case (Status.FAIL | Status.PASS, Status.UNKNOWN):
            return Difference(Change.NOT_EVALUATED, before, after, after.message)
        case (_, Status.UNKNOWN):
            return Difference(Change.NEW, before, after)
        case (Status.FAIL, Status.PASS):
            return Difference(Change.FIXED, before, after)
        case (Status.UNKNOWN, Status.PASS):
            return Difference(Change.SETTLED, before, after)
        case (Status.FAIL | Status.UNKNOWN, _):
            reason = f"the control does not judge it any more: it {after.message}"
            return Difference(Change.NOT_EVALUATED, before, after, reason)
    return None


# --- what is no longer there --------------------------------------------------------------------------------------

_HIDING = frozenset({GapKind.FILE, GapKind.MODULE, GapKind.LIMIT, GapKind.DUPLICATE, GapKind.EXPANSION})
"""Kinds of rows of Terraform source that may hide a resource."""


_PARTS = {
    GapKind.UNCHANGED: "only what the plan changes was judged",
    GapKind.LEFT_OUT: "only a part of its files was asked for",
}
"""Kinds of rows that name a root of which a part was not judged -> why."""


class _Absence:
    """Why findings of the first result are not in the second."""

    def __init__(self, before: Assessment, after: Assessment) -> None:
        self._before = before
        self._after = after
        self._controls = {control.id for control in after.controls}
        self._roots = set(after.coverage.roots)
        self._regions = set(after.coverage.regions)
        seen_before = set(before.coverage.gaps)
        # A module that was missing before hid the same resources then; a file that cannot be read may hide any.
        self._hiding = [
            gap
            for gap in after.coverage.gaps
            if gap.kind in _HIDING and (gap.kind in (GapKind.FILE, GapKind.LIMIT) or gap not in seen_before)
        ]
        self._partial_roots = {
            gap.subject: _PARTS[gap.kind] for gap in reversed(after.coverage.gaps) if gap.kind in _PARTS
        }
        self._some_roots = any(gap.kind in SOME_ROOTS for gap in after.coverage.gaps)
        # A call that was refused before hid the same things then; a region that was not read hides all its resources.
        self._unread = {
            gap.region
            for gap in after.coverage.gaps
            if gap.incomplete and (gap.kind is GapKind.REGION or (gap.kind is GapKind.CALL and gap not in seen_before))
        }
        self._unlisted = {
            (finding.control_id, finding.resource.account) for finding in after.findings if _is_unlisted(finding)
        }
        self._uncounted = {
            (finding.control_id, finding.resource.root, without_keys(finding.resource.address))
            for finding in after.findings
            if finding.resource.address and "[?]" in finding.resource.address
        }

    def of(self, finding: Finding) -> Difference:
        """The difference: gone, or not looked at. A complete list settles a verdict on what was not listed."""
        reason = next(self._reasons(finding), "")
        if reason:
            return Difference(Change.NOT_EVALUATED, finding, None, reason)
        return Difference(Change.SETTLED if _is_unlisted(finding) else Change.GONE, finding, None)

    def _reasons(self, finding: Finding) -> Iterator[str]:
        origin = finding.resource
        if self._after.scan.source not in (origin.source, "both"):
            yield f"the second scan did not look at {'an account' if origin.source == 'aws' else 'Terraform'}"
        elif finding.control_id not in self._controls:
            yield f"{finding.control_id} is not among the controls of the second scan"
        elif origin.source == "aws":
            yield from self._of_account(finding.control_id, origin)
        else:
            yield from self._of_source(finding.control_id, origin)

    def _of_account(self, control_id: str, origin: Origin) -> Iterator[str]:
        account = self._after.scan.account
        if origin.account and account and origin.account != account:
            yield f"the second scan is of account {account}"
        if origin.region and self._regions and origin.region not in self._regions:
            yield f"the second scan did not read {origin.region}"
        if (control_id, origin.account) in self._unlisted:
            yield f"not every {origin.kind} could be listed"
        if None in self._unread or origin.region in self._unread or (not origin.region and self._unread):
            yield f"not everything was read{f' in {origin.region}' if origin.region else ''}"

    def _of_source(self, control_id: str, origin: Origin) -> Iterator[str]:
        if origin.root in self._partial_roots:
            yield self._partial_roots[origin.root]
        if origin.root not in self._roots and not self._same_place():
            yield f"the second scan did not look at {origin.root}"
        if (control_id, origin.root, without_keys(origin.address or "")) in self._uncounted:
            yield "the number of instances is no longer known"
        for gap in self._hiding:
            if _may_hide(gap, origin.root, self._roots, self._after.scan.roots_base):
                yield f"it may be in a part that was not read: {gap.subject}: {gap.reason}"

    def _same_place(self) -> bool:
        """Whether the second scan looked at everything that the first did."""
        before, after = self._before.scan, self._after.scan
        if self._some_roots:
            return False
        if before.names_repository and after.names_repository:
            return before.roots_base == after.roots_base and before.paths == after.paths
        return before.target == after.target


def _is_unlisted(finding: Finding) -> bool:
    """Whether the finding stands for resources of an account that could not be listed."""
    return finding.resource.source == "aws" and not (finding.resource.arn or finding.resource.name)


def _may_hide(gap: Gap, root: str, roots: Container[str], base: str) -> bool:
    """Whether a row may hide a resource of a root: a row of its directory, or of a module, which any root may call."""
    if gap.location is None:
        return True
    outermost = gap.location.calls[0] if gap.location.calls else gap.location
    directory = posixpath.normpath(posixpath.join(base, posixpath.dirname(outermost.file)))
    return directory == root or directory not in roots
