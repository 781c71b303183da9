"""Accepted risks laid over findings: which entry of the register covers which, and what is wrong with the register.

A finding that is covered keeps its verdict. What the register cannot answer for is a warning and covers nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date

from hipaa_guard import law
from hipaa_guard.assessment.exception_scopes import ExceptionScope
from hipaa_guard.assessment.model import Exceptions, ExceptionState, ExceptionUse
from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.exception import ExceptionEntry, ExceptionReference, SourceComments
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.origin import Origin
from hipaa_guard.lean import dataclass

LONGEST = 365
"""Days for which a risk may be accepted."""

AHEAD = (30, 14, 7)
"""So many days before the end a warning is said, each time in other words."""

MOST_ROOTS = 3
"""So many roots are named that an entry may be meant for."""

MOST_REFERENCES = 1000
"""So many comments that reach nothing are told."""

REGISTER = ".hipaa-guard/exceptions.yaml"
"""Where the register stands, below the working directory."""

Place = tuple[str, str]
"""Root and address of a resource in Terraform."""

_OPEN = (Status.FAIL, Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """An entry of the register as scans use it."""

    shown: ExceptionEntry
    scope: ExceptionScope
    allow_broad: bool = False
    line: int = 0


@dataclass(slots=True)
class _Use:
    """What one entry met."""

    entry: RegisterEntry
    control: str
    fault: str
    state: ExceptionState
    left: int
    met: int = 0
    covered: int = 0
    shared: Counter[str] = field(default_factory=Counter)
    roots: set[str] = field(default_factory=set)
    """Those with an open finding in its scope; where it meets nothing, in its scope but for the root."""


def cover(
    findings: Sequence[Finding],
    entries: Sequence[RegisterEntry],
    controls: Sequence[Control],
    *,
    today: date,
    source: str,
    judged_by: Iterable[str],
    source_comments: Mapping[Place, SourceComments] = {},
    comments: bool = True,
    file: str = "",
) -> tuple[list[Finding], Exceptions]:
    """The findings with the exceptions that cover them, and the state of the register.

    ``controls`` are all that are known, ``judged_by`` the ids of those that this scan judged by; ``source`` is
    terraform, aws or both, and ``comments`` says whether comments were read. An entry that is not in force covers
    nothing.
    """
    known = {name: control for control in controls for name in (control.id, *control.previous_ids)}
    uses = [_use(entry, known, today) for entry in entries]
    by_control: dict[str, list[_Use]] = defaultdict(list)
    for use in uses:
        by_control[use.control].append(use)
    found = [_covered(finding, by_control.get(finding.control_id, ()), source_comments) for finding in findings]
    _find_roots(uses, found, known, source_comments)
    chosen = set(judged_by)
    states = tuple(_summed(use, source, in_scan=use.control in chosen, comments=comments) for use in uses)
    dangling = tuple(_dangling(uses, findings, source_comments, chosen))
    if len(dangling) > MOST_REFERENCES:
        dangling = (*dangling[:MOST_REFERENCES], f"and {len(dangling) - MOST_REFERENCES:,} references more")
    return found, Exceptions(file, states, dangling)


def fault_of(entry: RegisterEntry, known: Mapping[str, Control], roots: Iterable[str] = ()) -> str:
    """Why an entry covers nothing, whatever the day; empty where it is sound.

    ``roots`` are those that an entry without a root may be meant for.
    """
    control = known.get(entry.shown.control)
    if control is None:
        return f"there is no control {entry.shown.control}"
    broad = entry.scope.too_broad()
    if broad and not entry.allow_broad:
        return f"{broad}: narrow it, or say `allow_broad: true`"
    if entry.scope.lacks_root:
        return f"the address {entry.scope.address} may stand in several roots, and it names none: {_to_add(roots)}"
    if not entry.shown.compensating_control:
        addressable = [citation for citation in control.hipaa if _type(citation) == "addressable"]
        if addressable:
            return (
                f"{control.id} supports {', '.join(addressable)}, which is addressable: 164.306(d)(3) asks for an "
                "equivalent measure, so say `compensating_control`"
            )
    return ""


def _find_roots(
    uses: Sequence[_Use],
    findings: Iterable[Finding],
    known: Mapping[str, Control],
    source_comments: Mapping[Place, SourceComments],
) -> None:
    """Tell entries without a root which they may be meant for, and those whose root meets nothing where they would."""
    unmet = [use for use in uses if use.entry.scope.root and not use.met]
    wanted = {use.control for use in unmet}
    of_control: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings if wanted else ():
        if finding.control_id in wanted:
            of_control[finding.control_id].append(finding)
    for use in unmet:
        anywhere = replace(use.entry, scope=replace(use.entry.scope, root=None))
        use.roots = roots_of(anywhere, of_control[use.control], known, source_comments)
    for use in uses:
        if use.entry.scope.lacks_root:
            use.fault = fault_of(use.entry, known, use.roots)


def roots_of(
    entry: RegisterEntry,
    findings: Iterable[Finding],
    known: Mapping[str, Control],
    source_comments: Mapping[Place, SourceComments] = {},
) -> set[str]:
    """The roots with an open finding of the entry's control in its scope."""
    control = known.get(entry.shown.control)
    id = control.id if control is not None else ""
    return {
        finding.resource.root
        for finding in findings
        if finding.control_id == id
        and finding.status in _OPEN
        and finding.resource.source == "terraform"
        and entry.scope.covers(entry.shown.id, finding.resource, _comments_of(finding.resource, source_comments))
    }


def _to_add(roots: Iterable[str]) -> str:
    """The line that an entry lacks."""
    lines = _lines_for(roots)
    if not lines:
        return 'add `root:` with the directory that a scan names, or `root: "**"` for every root'
    return f'add {lines}, or `root: "**"` for every root'


def _lines_for(roots: Iterable[str]) -> str:
    import yaml  # only where there is a register, which has loaded it

    # A root with an asterisk in its name would be read as a pattern.
    plain = sorted(root for root in roots if "*" not in root)
    lines = [yaml.safe_dump({"root": root}, allow_unicode=True, width=2000).strip() for root in plain[:MOST_ROOTS]]
    more = f" (and {len(plain) - MOST_ROOTS:,} more)" if len(plain) > MOST_ROOTS else ""
    return " or ".join(f"`{line}`" for line in lines) + more


def remarks_of(entry: RegisterEntry, known: Mapping[str, Control]) -> Iterator[str]:
    """What a reviewer should know of a sound entry."""
    control = known.get(entry.shown.control)
    required = [citation for citation in control.hipaa if _type(citation) == "required"] if control else []
    if required:
        yield (
            f"{entry.shown.control} supports {', '.join(required)}, which is required: the rule knows no alternative, "
            "so this accepts a risk and documents no equivalent"
        )


def state_on(entry: ExceptionEntry, day: date) -> ExceptionState:
    """The state of an entry by its days alone. It holds on the day on which it expires, and no longer."""
    if day > entry.expires_on:
        return ExceptionState.EXPIRED
    if day < entry.approved_on:
        return ExceptionState.PENDING
    return ExceptionState.EXPIRING if (entry.expires_on - day).days <= AHEAD[0] else ExceptionState.ACTIVE


def time_left(entry: ExceptionEntry, day: date) -> str:
    """What has to be said of the end of an entry; empty while that is far away."""
    left = (entry.expires_on - day).days
    match state_on(entry, day):
        case ExceptionState.EXPIRED:
            return f"expired on {entry.expires_on}: it covers nothing any more"
        case ExceptionState.PENDING:
            return f"is approved from {entry.approved_on} on: it covers nothing yet"
        case ExceptionState.EXPIRING:
            within = next(days for days in reversed(AHEAD) if left <= days)
            when = "today" if left == 0 else f"in {left} day{'' if left == 1 else 's'}"
            return (
                f"expires {when}, on {entry.expires_on} (within {within} days): close the gap or have it approved anew"
            )
    return ""


def _type(citation: str) -> str:
    requirement = law.citations().get(citation)
    return requirement.type if requirement is not None else ""


def _use(entry: RegisterEntry, known: Mapping[str, Control], today: date) -> _Use:
    fault = fault_of(entry, known)
    control = known.get(entry.shown.control)
    state = state_on(entry.shown, today)
    if fault and state is not ExceptionState.EXPIRED:
        state = ExceptionState.VOID
    left = (entry.shown.expires_on - today).days
    return _Use(entry, control.id if control else entry.shown.control, fault, state, left)


_IN_FORCE = (ExceptionState.ACTIVE, ExceptionState.EXPIRING)


def _covered(finding: Finding, uses: Sequence[_Use], source_comments: Mapping[Place, SourceComments]) -> Finding:
    if not uses:
        return finding
    origin = finding.resource
    fitting = [
        use for use in uses if use.entry.scope.covers(use.entry.shown.id, origin, _comments_of(origin, source_comments))
    ]
    for use in fitting:
        use.met += 1
    if finding.status not in _OPEN:
        return finding
    for use in fitting:
        use.roots.add(origin.root)
    holding = [use for use in fitting if use.state in _IN_FORCE]
    for use in fitting:
        if not holding or use is holding[0] or use not in holding:
            use.covered += 1
    if not holding:
        return finding
    first, *others = holding
    for other in others:
        other.shared[first.entry.shown.id] += 1
    return finding._replace(exception=first.entry.shown)


def _comments_of(origin: Origin, source_comments: Mapping[Place, SourceComments]) -> SourceComments:
    found = source_comments.get((origin.root, origin.block or ""), _NO_COMMENTS)
    # A comment speaks for all that its block declares; the tags are those of the resource, not of what stands in it.
    return found if origin.inside is None else SourceComments(found.references)


_NO_COMMENTS = SourceComments()


def _summed(use: _Use, source: str, *, in_scan: bool, comments: bool) -> ExceptionUse:
    warnings = tuple(_warnings(use, source, in_scan=in_scan, comments=comments))
    return ExceptionUse(use.entry.shown, use.state, use.left, use.covered, warnings)


def _warnings(use: _Use, source: str, *, in_scan: bool, comments: bool) -> Iterator[str]:
    entry = use.entry
    if use.state is ExceptionState.EXPIRED:
        yield f"expired on {entry.shown.expires_on}: it covers nothing any more, of {_number(use.covered)} in its scope"
        return
    if use.fault:
        yield f"covers nothing: {use.fault}"
        return
    days = time_left(entry.shown, date.fromordinal(entry.shown.expires_on.toordinal() - use.left))
    if days:
        yield days
    for id, number in use.shared.items():
        yield f"overlaps with {id}, which covers {_number(number)} of its scope"
    if use.covered or use.shared or not in_scan or not entry.scope.may_meet(source):
        return
    if entry.scope.inline and not comments:
        yield "holds where a comment refers to it, and no comments were read: give the source of the plan or state"
    elif use.met:
        yield "is not needed any more: what it covers passes"
    else:
        elsewhere = f"; elsewhere it would be used: write {lines}" if (lines := _lines_for(use.roots)) else ""
        yield f"is not used: nothing that {use.control} judged is {entry.scope}{elsewhere}"


def _number(findings: int) -> str:
    return f"{findings:,} finding{'' if findings == 1 else 's'}"


# --- references in source -----------------------------------------------------------------------------------------


def _dangling(
    uses: Sequence[_Use], findings: Sequence[Finding], source_comments: Mapping[Place, SourceComments], chosen: set[str]
) -> Iterator[str]:
    """Sentences for comments that refer to an entry and reach nothing by it."""
    places: dict[ExceptionReference, list[Place]] = defaultdict(list)
    for place, each in source_comments.items():
        for reference in each.references:
            places[reference].append(place)
    if not places:
        return
    by_id = {use.entry.shown.id: use for use in uses}
    judged: dict[Place, list[Finding]] = defaultdict(list)
    for finding in findings:
        judged[finding.resource.root, finding.resource.block or ""].append(finding)
    for reference, its_places in places.items():
        if not reference.id:
            told = f"{reference.text!r} is no reference: write `hipaa-guard: exception EX-12`"
        elif reference.id not in by_id:
            told = f"it refers to {reference.id}, which is not in the register: a comment alone covers nothing"
        else:
            told = _without_reach(by_id[reference.id], its_places, judged, source_comments, chosen)
        if told:
            yield f"{reference.place}: {told}"


def _without_reach(
    use: _Use,
    places: Sequence[Place],
    judged: Mapping[Place, Sequence[Finding]],
    source_comments: Mapping[Place, SourceComments],
    chosen: set[str],
) -> str:
    if use.control not in chosen:
        return ""
    id, scope = use.entry.shown.id, use.entry.scope
    met = [(place, f) for place in places for f in judged.get(place, ()) if f.control_id == use.control]
    if not met:
        return f"it refers to {id}, but {use.control} judges nothing there"
    if not any(scope.covers(id, finding.resource, source_comments[place]) for place, finding in met):
        return f"it refers to {id}, whose scope is elsewhere: {scope}"
    return ""
