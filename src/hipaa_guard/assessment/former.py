"""The fingerprints that findings had while roots were named from what was scanned, and not from the repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hipaa_guard.controls.findings import Finding


class Former(NamedTuple):
    """Findings with the fingerprints of before, and those of before that may be meant for more than one of them."""

    findings: list[Finding]
    shared: Mapping[str, tuple[str, ...]]
    """The roots whose findings share a fingerprint, by that."""


def with_former(findings: Sequence[Finding], names: Sequence[Sequence[str]]) -> Former:
    """The findings with these former fingerprints among their previous ones, except those that two of them share.

    ``names`` are the former fingerprints of each finding.
    """
    holders: dict[str, Finding] = {}
    shared: dict[str, set[str]] = {}
    all_former = {name for each in names for name in each}
    if not all_former:
        return Former(list(findings), {})
    for finding, its_former in zip(findings, names, strict=True):
        for name in (finding.fingerprint, *finding.previous, *its_former):
            first = holders.setdefault(name, finding)
            if first.fingerprint != finding.fingerprint and name in all_former:
                shared.setdefault(name, {first.resource.root}).add(finding.resource.root)
    found = [_with(finding, its_former, shared) for finding, its_former in zip(findings, names, strict=True)]
    return Former(found, {name: tuple(sorted(roots)) for name, roots in shared.items()})


def _with(finding: Finding, former: Sequence[str], shared: Mapping[str, object]) -> Finding:
    more = [name for name in former if name not in shared and name != finding.fingerprint]
    return finding._replace(previous=tuple(dict.fromkeys((*finding.previous, *more)))) if more else finding
