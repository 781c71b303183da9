"""Resources that belong to a line of the rule and were not judged for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hipaa_guard import law
from hipaa_guard.assessment.model import Coverage, NotJudged, Why
from hipaa_guard.assessment.relevant_types import SAFEGUARDS, belonging
from hipaa_guard.controls.control import Control
from hipaa_guard.facts.locations import NOT_ASKED_FOR, GapKind

_NARROWED = {
    GapKind.ROOTS: "other root modules",
    GapKind.UNCHANGED: "resources that no change concerns",
    GapKind.LEFT_OUT: "other files and directories",
}

Unjudged = Mapping[str, tuple[NotJudged, ...]]
"""By citation; a line for which everything was judged is missing."""


def not_judged(coverage: Coverage, every: Sequence[Control], chosen: Sequence[Control], *, live: bool) -> Unjudged:
    """For each line with relevant resources, those that the controls of a scan did not judge for it.

    ``every`` are all controls that are loaded, ``chosen`` those that judged. ``live`` says that an account was scanned:
    of an account only those resources are known that a chosen control asked for.
    """
    scope = _RequirementScope(coverage, every, chosen, live=live)
    found = {
        citation: tuple(scope.of(citation, requirement.judged_by))
        for citation, requirement in law.citations().items()
        if requirement.judged_by
    }
    return {citation: entries for citation, entries in found.items() if entries}


def narrowed(coverage: Coverage, every: Sequence[Control], chosen: Sequence[Control], *, live: bool) -> bool:
    """Whether a scan was asked for a part only, by its controls or for changes, and left something out."""
    return any(gap.kind in _NARROWED for gap in coverage.gaps) or any(
        _left_out_controls(coverage, every, chosen, live=live)
    )


def together(parts: Iterable[Mapping[str, Sequence[NotJudged]]]) -> Unjudged:
    """The resources that were not judged, summed over several scans."""
    found: dict[str, dict[NotJudged, list[int | None]]] = {}
    for citation, entries in (item for part in parts for item in part.items()):
        for entry in entries:
            found.setdefault(citation, {}).setdefault(entry._replace(number=None), []).append(entry.number)
    return {
        citation: tuple(entry._replace(number=_sum(numbers)) for entry, numbers in entries.items())
        for citation, entries in found.items()
    }


def _sum(numbers: Iterable[int | None]) -> int | None:
    counts = [number for number in numbers if number is not None]
    return sum(counts) if counts else None


def _left_out_controls(
    coverage: Coverage, every: Sequence[Control], chosen: Sequence[Control], *, live: bool
) -> Iterator[tuple[Control, list[str]]]:
    """The controls that were left out, with the kinds that they would have met or may have met.

    A scan asks an account only for the kinds of the chosen controls.
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
    """The resources that a scan met and the controls that it had, asked line by line."""

    def __init__(self, coverage: Coverage, every: Sequence[Control], chosen: Sequence[Control], *, live: bool) -> None:
        self._types = coverage.unjudged_types
        self._met = {**coverage.unjudged_kinds, **coverage.resources}
        self._every = every
        self._undecided = [(control, coverage.elsewhere.get(control.id, 0)) for control in chosen]
        self._left_out_controls = list(_left_out_controls(coverage, every, chosen, live=live))
        judging = [(kind, control) for control in every for kind in control.kinds()]
        self._types_of = _types_of(every)
        self._folders: dict[str, set[str]] = {}
        for kind, control in judging:
            self._folders.setdefault(kind.kind, set()).add(control.safeguard)
        self._of_the_scan = tuple(_of_the_scan(coverage))

    def of(self, citation: str, places: tuple[str, ...]) -> Iterator[NotJudged]:
        """The entries for a line that asks for these folders of policies."""
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
        """The folders that a kind belongs to and whose controls do not judge it; none where a control of the user's own
        judges it for the line.
        """
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
        """By kind, the resources declared only in part that a control of the line could not decide."""
        by_kind: dict[str, int] = {}
        for control, number in self._undecided:
            if number and citation in control.hipaa:
                by_kind[control.kind_name] = max(number, by_kind.get(control.kind_name, 0))
        for kind, number in by_kind.items():
            yield NotJudged(Why.ELSEWHERE, kind, number)

    def _not_asked_for(self, citation: str) -> Iterator[NotJudged]:
        by_kind: dict[str, list[str]] = {}
        for control, kinds in self._left_out_controls:
            for kind in kinds if citation in control.hipaa else ():
                by_kind.setdefault(kind, []).append(control.id)
        for kind, ids in by_kind.items():
            yield NotJudged(Why.LEFT_OUT, kind, self._met.get(kind), controls=tuple(ids))


def _types_of(every: Sequence[Control]) -> dict[str, str]:
    """The type by which a kind belongs to folders.

    A derived kind whose type is that of another kind is a part of the same resources, and belongs where its base does.
    """
    families = [kinds for control in every if (kinds := control.kinds())]  # its own kind first
    bases = {base.terraform.types[0] for base, *_ in families if base.terraform}
    found: dict[str, str] = {}
    for base, *derived in families:
        for kind in (base, *derived):
            if kind.terraform and base.terraform:
                own = kind.terraform.types[0]
                found[kind.kind] = base.terraform.types[0] if own in bases else own
    return found


def _of_the_scan(coverage: Coverage) -> Iterator[NotJudged]:
    """The entries that hold for every line."""
    unread = sum(gap.incomplete for gap in coverage.gaps if gap.kind is not GapKind.PEER)
    if unread:
        yield NotJudged(Why.NOT_READ, "what could not be read", unread)
    for kind in dict.fromkeys(gap.kind for gap in coverage.gaps if gap.kind in _NARROWED):
        yield NotJudged(Why.NOT_LOOKED_AT, _NARROWED[kind])
    regions = sum(why == NOT_ASKED_FOR for why in coverage.skipped.values())
    if regions:
        yield NotJudged(Why.NOT_LOOKED_AT, "regions", regions)
    if not coverage.unjudged_counted:
        yield NotJudged(Why.NOT_COUNTED, "resources of services that no control covers")
