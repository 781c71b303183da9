"""What belongs to a line of the rule and was not judged for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hipaa_guard import law
from hipaa_guard.assessment.model import Coverage, NotJudged, Why
from hipaa_guard.assessment.relevant_types import SAFEGUARDS, belonging
from hipaa_guard.controls.control import Control
from hipaa_guard.facts.locations import NOT_ASKED_FOR, GapKind

_NARROWED = {GapKind.ROOTS: "other root modules", GapKind.UNCHANGED: "resources that the plan does not change"}

Unjudged = Mapping[str, tuple[NotJudged, ...]]
"""By citation; lines of which all was judged are left out."""


def not_judged(coverage: Coverage, every: Sequence[Control], chosen: Sequence[Control], *, live: bool) -> Unjudged:
    """What was not judged for each line to which resources belong, by the controls of a scan.

    ``every`` are all controls that are loaded, ``chosen`` those that judged. ``live`` says that an account was scanned,
    of which only that is known which a chosen control asked for.
    """
    scope = _RequirementScope(coverage, every, chosen, live=live)
    found = {
        citation: tuple(scope.of(citation, requirement.judged_by))
        for citation, requirement in law.citations().items()
        if requirement.judged_by
    }
    return {citation: entries for citation, entries in found.items() if entries}


def narrowed(coverage: Coverage, every: Sequence[Control], chosen: Sequence[Control], *, live: bool) -> bool:
    """Whether a scan was asked for less than there is, by its controls or by what changed, and left something out."""
    return any(gap.kind in _NARROWED for gap in coverage.gaps) or any(_left_out(coverage, every, chosen, live=live))


def together(parts: Iterable[Mapping[str, Sequence[NotJudged]]]) -> Unjudged:
    """What was not judged in any of several scans."""
    found: dict[str, dict[NotJudged, list[int | None]]] = {}
    for citation, entries in (item for part in parts for item in part.items()):
        for entry in entries:
            found.setdefault(citation, {}).setdefault(entry._replace(number=None), []).append(entry.number)
    return {
        citation: tuple(entry._replace(number=_sum(numbers)) for entry, numbers in entries.items())
        for citation, entries in found.items()
    }


def _sum(numbers: Iterable[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _left_out(
    coverage: Coverage, every: Sequence[Control], chosen: Sequence[Control], *, live: bool
) -> Iterator[tuple[Control, list[str]]]:
    """The controls that were not asked for, with the kinds that they would have met, or may have.

    An account is asked for no other kinds than those of the chosen controls.
    """
    taken, asked = {control.id for control in chosen}, {control.kind_name for control in chosen}
    parts_met = {control.kind_name for control in chosen if coverage.elsewhere.get(control.id)}
    met = {*coverage.resources, *coverage.unjudged_kinds, *parts_met}
    for control in every:
        kinds = [kind.kind for kind in control.kinds() if kind.kind in met]
        if not kinds and live and control.kind_name not in asked:
            kinds = [control.kind_name]
        if kinds and control.id not in taken:
            yield control, kinds


class _RequirementScope:
    """What a scan met, and by which controls."""

    def __init__(self, coverage: Coverage, every: Sequence[Control], chosen: Sequence[Control], *, live: bool) -> None:
        self._types = coverage.unjudged_types
        self._met = {**coverage.unjudged_kinds, **coverage.resources}
        self._every = every
        self._undecided = [(control, coverage.elsewhere.get(control.id, 0)) for control in chosen]
        self._left_out = list(_left_out(coverage, every, chosen, live=live))
        judging = [(kind, control) for control in every for kind in control.kinds()]
        self._types_of = {kind.kind: kind.terraform.types[0] for kind, _ in judging if kind.terraform}
        self._folders: dict[str, set[str]] = {}
        for kind, control in judging:
            self._folders.setdefault(kind.kind, set()).add(control.safeguard)
        self._of_the_scan = tuple(_of_the_scan(coverage))

    def of(self, citation: str, places: tuple[str, ...]) -> Iterator[NotJudged]:
        """What was not judged for a line that asks for these folders of policies."""
        for type, number in self._types.items():
            if belonging(type).is_in(places):
                yield NotJudged(Why.NO_CONTROL, type, number)
        for kind, number in sorted(self._met.items()):
            for folder in sorted(self._missing(kind, citation, places)):
                yield NotJudged(Why.NOT_FOR_THIS, kind, number, folder)
        yield from self._not_asked_for(citation)
        yield from self._elsewhere(citation)
        yield from self._of_the_scan

    def _missing(self, kind: str, citation: str, places: tuple[str, ...]) -> frozenset[str]:
        """The folders that a kind belongs to and of which no control judges it, nor an own one for the line."""
        type = self._types_of.get(kind)
        missing = frozenset() if type is None else belonging(type).is_in(places) - self._folders[kind]
        if missing and any(
            citation in control.hipaa
            and control.safeguard not in SAFEGUARDS
            and kind in {each.kind for each in control.kinds()}
            for control in self._every
        ):
            return frozenset()
        return missing

    def _elsewhere(self, citation: str) -> Iterator[NotJudged]:
        """Resources of which only parts are declared, for each kind those that some control of the line leaves open."""
        by_kind: dict[str, int] = {}
        for control, number in self._undecided:
            if number and citation in control.hipaa:
                by_kind[control.kind_name] = max(number, by_kind.get(control.kind_name, 0))
        for kind, number in by_kind.items():
            yield NotJudged(Why.ELSEWHERE, kind, number)

    def _not_asked_for(self, citation: str) -> Iterator[NotJudged]:
        by_kind: dict[str, list[str]] = {}
        for control, kinds in self._left_out:
            for kind in kinds if citation in control.hipaa else ():
                by_kind.setdefault(kind, []).append(control.id)
        for kind, ids in by_kind.items():
            yield NotJudged(Why.LEFT_OUT, kind, self._met.get(kind), controls=tuple(ids))


def _of_the_scan(coverage: Coverage) -> Iterator[NotJudged]:
    """What was not judged for any line."""
    unread = sum(gap.incomplete for gap in coverage.gaps)
    if unread:
        yield NotJudged(Why.NOT_READ, "what could not be read", unread)
    for kind in dict.fromkeys(gap.kind for gap in coverage.gaps if gap.kind in _NARROWED):
        yield NotJudged(Why.NOT_LOOKED_AT, _NARROWED[kind])
    regions = sum(why == NOT_ASKED_FOR for why in coverage.skipped.values())
    if regions:
        yield NotJudged(Why.NOT_LOOKED_AT, "regions", regions)
    if not coverage.unjudged_counted:
        yield NotJudged(Why.NOT_COUNTED, "resources of services that no control covers")
