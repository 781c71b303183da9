"""The fingerprints that findings had while roots were named from the scanned path, and not from the repository."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from hipaa_guard.assessment.baseline import OPEN, with_and_without_count
from hipaa_guard.controls.findings import Finding, identity, named_so
from hipaa_guard.facts.origin import Origin


class Identities(NamedTuple):
    """The parts of a resource's fingerprints besides the control: today's, and those with former names of its root.

    Both include the addresses that the resource had before.
    """

    root: str
    today: tuple[str, ...]
    former: tuple[str, ...]


def identities_of(origin: Origin, previous: Iterable[str], former_roots: Sequence[str]) -> Identities:
    """The identities of a resource with its ``previous`` addresses and the former names of its root."""
    address = origin.address or ""
    addresses = dict.fromkeys((address, *previous))
    perhaps = [address, *previous, *with_and_without_count(address)]
    return Identities(
        origin.root,
        tuple(identity(origin, origin.root, each) for each in perhaps),
        tuple(identity(origin, root, each) for root in former_roots for each in addresses),
    )


class FormerFingerprints:
    """Findings with their former fingerprints, also those with earlier ids of their controls.

    ``identities`` has an entry for each finding: the identities of its resource, the same object for all findings of
    the resource; None where roots are not named from the repository.
    """

    def __init__(
        self,
        findings: Sequence[Finding],
        identities: Sequence[Identities | None],
        ids: Mapping[str, Sequence[str]],
    ) -> None:
        self._pairs = list(zip(findings, identities, strict=True))
        self._ids = ids
        self._meant = _shared(each for each in identities if each is not None)

    def findings(self) -> list[Finding]:
        """The findings; the previous fingerprints of open ones include the former ones that no other finding shares."""
        return [
            finding if its is None or finding.status not in OPEN else self._named(finding, its)
            for finding, its in self._pairs
        ]

    def _named(self, finding: Finding, its: Identities) -> Finding:
        names = self._names(finding, [each for each in its.former if each not in self._meant])
        return finding._replace(previous=tuple(dict.fromkeys((*finding.previous, *names)))) if names else finding

    def _names(self, finding: Finding, identities: Iterable[str]) -> tuple[str, ...]:
        return named_so(finding, self._ids.get(finding.control_id, ()), identities)

    def shared(self) -> dict[str, tuple[str, ...]]:
        """The former fingerprints that findings of several roots share, with these roots."""
        return {
            name: self._meant[each]
            for finding, its in self._pairs
            for each in (its.former if its is not None else ())
            if each in self._meant
            for name in self._names(finding, [each])
        }


def _shared(identities: Iterable[Identities]) -> dict[str, tuple[str, ...]]:
    """The former identities that two resources share, with their roots."""
    all_ = list({id(each): each for each in identities}.values())
    former = {name for each in all_ for name in each.former}
    holders: dict[str, Identities] = {}
    roots: dict[str, set[str]] = {}
    for each in all_:
        for name in (*each.today, *each.former):
            if name in former:
                first = holders.setdefault(name, each)
                if first.today[0] != each.today[0]:
                    roots.setdefault(name, {first.root}).add(each.root)
    return {name: tuple(sorted(its)) for name, its in roots.items()}
