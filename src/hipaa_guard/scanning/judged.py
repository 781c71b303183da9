"""Judging inventories one after the other: the findings, the gaps, and resources that no control judges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import chain
from typing import TYPE_CHECKING

from hipaa_guard.assessment.former_fingerprints import Identities, identities_of
from hipaa_guard.controls.control import Control
from hipaa_guard.controls.exception import SourceComments
from hipaa_guard.controls.findings import Finding, judge, with_previous
from hipaa_guard.controls.partial_resources import judge_parts, stand_ins
from hipaa_guard.facts.locations import Gap
from hipaa_guard.facts.origin import Origin
from hipaa_guard.lean import dataclass

if TYPE_CHECKING:
    from hipaa_guard.facts.inventory import Inventory


@dataclass(slots=True)
class Judged:
    """The results of judging one or more inventories."""

    findings: list[Finding] = field(default_factory=list)
    resources: Counter[str] = field(default_factory=Counter)
    gaps: list[Gap] = field(default_factory=list)
    """Gaps of resources that are declared elsewhere."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """Number of these resources that a control could not judge, by its id."""
    others: Counter[str] = field(default_factory=Counter)
    """Number of resources that none of the controls judges, by kind."""
    source_comments: dict[tuple[str, str], SourceComments] = field(default_factory=dict)
    comments: bool = True
    """Whether comments were read: a plan or state has none."""
    identities: list[Identities | None] = field(default_factory=list)
    """For each finding, the identities of its resource; None unless roots are named from the repository."""

    def add(
        self,
        controls: Sequence[Control],
        inventory: Inventory,
        without: frozenset[str] = frozenset(),
        previous: Mapping[str, Sequence[str]] = {},
        former_roots: Sequence[str] | None = None,
        *,
        unless_in: frozenset[str] = frozenset(),
    ) -> frozenset[str]:
        """Judge an inventory. Resources at the addresses `without` are not judged, but others may refer to them.

        ``previous`` are the addresses that resources had before they were moved, ``former_roots`` the earlier names of
        their root. A resource is judged all the same if one of its verdicts rests on a fact that stands in one of the
        files ``unless_in``. Returns the addresses that were not judged.
        """
        verdicts: Iterable[Finding] = judge(controls, inventory)
        if without and unless_in:
            verdicts = list(verdicts)
            without -= {each.resource.block for each in verdicts if _rests_on(each, unless_in)}
        parts = judge_parts(controls, inventory, without)
        judged_here = chain(verdicts, parts.findings)
        found = (finding for finding in judged_here if finding.resource.block not in without)
        ids = {control.id: control.previous_ids for control in controls if control.previous_ids}
        if ids or previous:
            found = (
                with_previous(each, ids.get(each.control_id, ()), _former(each.resource, previous)) for each in found
            )
        start = len(self.findings)
        self.findings.extend(found)
        self.identities.extend(_identities(self.findings[start:], previous, former_roots))
        self.gaps.extend(parts.gaps)
        self.elsewhere.update(parts.undecided)
        self.resources.update(parts.resources)
        judged = {kind.kind for control in controls for kind in control.kinds()}
        present = (resource for resource in inventory if resource.origin.block not in without)
        for resource in present:
            (self.resources if resource.kind in judged else self.others)[resource.kind] += 1
        elsewhere = (each.resource.kind for each in stand_ins(inventory, None, without))
        self.others.update(kind for kind in elsewhere if kind not in judged)
        return without

    def left_out(self, every: Sequence[Control]) -> dict[str, int]:
        """Number of resources that only unselected controls judge, by kind."""
        judged = {kind.kind for control in every for kind in control.kinds()}
        return {kind: number for kind, number in sorted(self.others.items()) if kind in judged}


def _rests_on(finding: Finding, files: frozenset[str]) -> bool:
    return any(each.location is not None and each.location.file in files for each in finding.evidence)


def _former(origin: Origin, previous: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """The addresses that a resource had before it, or the outer resource that it is nested in, was moved."""
    around = origin.block or ""
    rest = (origin.address or "")[len(around) :]
    return [former + rest for former in previous.get(around, ())]


def _identities(
    findings: Iterable[Finding], previous: Mapping[str, Sequence[str]], former_roots: Sequence[str] | None
) -> Iterator[Identities | None]:
    of: Origin | None = None
    found: Identities | None = None
    for finding in findings:
        origin = finding.resource
        if origin is not of:  # the findings of one resource follow each other
            of, found = origin, None
            if former_roots is not None and origin.root:
                found = identities_of(origin, _former(origin, previous), former_roots)
        yield found
