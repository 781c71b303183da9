"""Accepted risks applied to findings: which entry of the register covers which finding, and faults of the register.

A covered finding keeps its verdict. An entry that is not sound gives a warning and covers nothing.
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
"""The most days for which a risk may be accepted."""

AHEAD = (30, 14, 7)
"""Days before the end at which a warning begins; each warning names its number of days."""

MOST_ROOTS = 3
"""The most roots that a message names."""

MOST_REFERENCES = 1000
"""The most comments reported that refer to an entry and cover nothing."""

REGISTER = ".hipaa-guard/exceptions.yaml"
"""The file of the register, below the working directory."""

Place = tuple[str, str]
"""Root and address of a resource in Terraform."""

_OPEN = (Status.FAIL, Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """An entry of the register as scans use it."""

    exception: ExceptionEntry
    scope: ExceptionScope
    allow_broad: bool = False
    line: int = 0


@dataclass(slots=True)
class _Use:
    """One entry and the findings in its scope."""

    entry: RegisterEntry
    control: str
    fault: str
    state: ExceptionState
    days_left: int
    met: int = 0
    covered: int = 0
    shared: Counter[str] = field(default_factory=Counter)
    roots: set[str] = field(default_factory=set)
    """The roots with an open finding in its scope; where nothing is in its scope, in its scope without the root."""


def cover(
    findings: Sequence[Finding],
    entries: Sequence[RegisterEntry],
    controls: Sequence[Control],
    *,
    today: date,
    source: str,
    judged_by: Iterable[str],
    comments_at: Mapping[Place, SourceComments] = {},
    comments: bool = True,
    file: str = "",
) -> tuple[list[Finding], Exceptions]:
    """The findings with the exceptions that cover them, and the state of the register.

    ``controls`` are all loaded controls, ``judged_by`` the ids of those that judged in this scan. ``source`` is
    terraform, aws or both. ``comments_at`` holds the comments and tags of blocks, ``comments`` says whether comments
    were read. An entry that is not in force covers nothing.
    """
    controls_by_id = {name: control for control in controls for name in (control.id, *control.previous_ids)}
    uses = [_use(entry, controls_by_id, today) for entry in entries]
    by_control: dict[str, list[_Use]] = defaultdict(list)
    for use in uses:
        by_control[use.control].append(use)
    found = [_covered(finding, by_control.get(finding.control_id, ()), comments_at) for finding in findings]
    _find_roots(uses, found, controls_by_id, comments_at)
    chosen = set(judged_by)
    states = tuple(_summed(use, source, in_scan=use.control in chosen, comments=comments) for use in uses)
    dangling = tuple(_dangling(uses, findings, comments_at, chosen))
    if len(dangling) > MOST_REFERENCES:
        dangling = (*dangling[:MOST_REFERENCES], f"and {len(dangling) - MOST_REFERENCES:,} references more")
    return found, Exceptions(file, states, dangling)


def fault_of(entry: RegisterEntry, controls_by_id: Mapping[str, Control], roots: Iterable[str] = ()) -> str:
    """Why an entry covers nothing on any day; empty where it is sound.

    ``roots`` are the roots that an entry without a root may mean.
    """
    control = controls_by_id.get(entry.exception.control)
    if control is None:
        return f"there is no control {entry.exception.control}"
    broad = entry.scope.too_broad()
    if broad and not entry.allow_broad:
        return f"{broad}: narrow it, or say `allow_broad: true`"
    if entry.scope.lacks_root:
        return (
            f"the address {entry.scope.address} may exist in several roots, and the entry names none: {_to_add(roots)}"
        )
    if not entry.exception.compensating_control:
        addressable = asks_for_measure(control)
        if addressable:
            return (
                f"{control.id} supports {', '.join(addressable)}, which is addressable: 164.306(d)(3) asks for an "
                "equivalent measure, so say `compensating_control`"
            )
    return ""


def asks_for_measure(control: Control) -> list[str]:
    """The addressable specifications that a control supports: an exception to it has to name an equivalent measure."""
    return [citation for citation in control.hipaa if _type(citation) == "addressable"]


def _find_roots(
    uses: Sequence[_Use],
    findings: Iterable[Finding],
    controls_by_id: Mapping[str, Control],
    comments_at: Mapping[Place, SourceComments],
) -> None:
    """Find the roots that entries without a root may mean, and those that entries which cover nothing should have."""
    unmet = [use for use in uses if use.entry.scope.root and not use.met]
    wanted = {use.control for use in unmet}
    of_control: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings if wanted else ():
        if finding.control_id in wanted:
            of_control[finding.control_id].append(finding)
    for use in unmet:
        anywhere = replace(use.entry, scope=replace(use.entry.scope, root=None))
        use.roots = roots_of(anywhere, of_control[use.control], controls_by_id, comments_at)
    for use in uses:
        if use.entry.scope.lacks_root:
            use.fault = fault_of(use.entry, controls_by_id, use.roots)


def roots_of(
    entry: RegisterEntry,
    findings: Iterable[Finding],
    controls_by_id: Mapping[str, Control],
    comments_at: Mapping[Place, SourceComments] = {},
) -> set[str]:
    """The roots with an open finding of the entry's control in its scope."""
    control = controls_by_id.get(entry.exception.control)
    id = control.id if control is not None else ""
    return {
        finding.resource.root
        for finding in findings
        if finding.control_id == id
        and finding.status in _OPEN
        and finding.resource.source == "terraform"
        and entry.scope.covers(entry.exception.id, finding.resource, _comments_on(finding.resource, comments_at))
    }


def _to_add(roots: Iterable[str]) -> str:
    """The `root:` line that an entry should get."""
    lines = _lines_for(roots)
    if not lines:
        return 'add `root:` with the directory that a scan names, or `root: "**"` for every root'
    return f'add {lines}, or `root: "**"` for every root'


def _lines_for(roots: Iterable[str]) -> str:
    import yaml  # reading a register has loaded it

    # A root with an asterisk in its name would be read as a pattern.
    plain = sorted(root for root in roots if "*" not in root)
    lines = [yaml.safe_dump({"root": root}, allow_unicode=True, width=2000).strip() for root in plain[:MOST_ROOTS]]
    more = f" (and {len(plain) - MOST_ROOTS:,} more)" if len(plain) > MOST_ROOTS else ""
    return " or ".join(f"`{line}`" for line in lines) + more


def remarks_of(entry: RegisterEntry, controls_by_id: Mapping[str, Control]) -> Iterator[str]:
    """Remarks for the reviewer of a sound entry."""
    control = controls_by_id.get(entry.exception.control)
    required = [citation for citation in control.hipaa if _type(citation) == "required"] if control else []
    if required:
        are = "is" if len(required) == 1 else "are"
        yield (
            f"{entry.exception.control} supports {', '.join(required)}, which {are} required: the rule has no "
            "alternative, so this accepts a risk and documents no equivalent"
        )


def state_on(entry: ExceptionEntry, day: date) -> ExceptionState:
    """The state of an entry by its dates alone. The last day on which it covers anything is the day it expires."""
    if day > entry.expires_on:
        return ExceptionState.EXPIRED
    if day < entry.approved_on:
        return ExceptionState.PENDING
    return ExceptionState.EXPIRING if (entry.expires_on - day).days <= AHEAD[0] else ExceptionState.ACTIVE


def time_left(entry: ExceptionEntry, day: date) -> str:
    """A warning about the dates of an entry; empty while its end is far away."""
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


def _use(entry: RegisterEntry, controls_by_id: Mapping[str, Control], today: date) -> _Use:
    fault = fault_of(entry, controls_by_id)
    control = controls_by_id.get(entry.exception.control)
    state = state_on(entry.exception, today)
    if fault and state is not ExceptionState.EXPIRED:
        state = ExceptionState.VOID
    left = (entry.exception.expires_on - today).days
    return _Use(entry, control.id if control else entry.exception.control, fault, state, left)


_IN_FORCE = (ExceptionState.ACTIVE, ExceptionState.EXPIRING)


def _covered(finding: Finding, uses: Sequence[_Use], comments_at: Mapping[Place, SourceComments]) -> Finding:
    if not uses:
        return finding
    origin = finding.resource
    fitting = [
        use for use in uses if use.entry.scope.covers(use.entry.exception.id, origin, _comments_on(origin, comments_at))
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
        other.shared[first.entry.exception.id] += 1
    return finding._replace(exception=first.entry.exception)


def _comments_on(origin: Origin, comments_at: Mapping[Place, SourceComments]) -> SourceComments:
    found = comments_at.get((origin.root, origin.block or ""), _NO_COMMENTS)
    # A comment holds for everything that its block declares; the tags are of the resource, not of those inside it.
    return found if origin.inside is None else SourceComments(found.references)


_NO_COMMENTS = SourceComments()


def _summed(use: _Use, source: str, *, in_scan: bool, comments: bool) -> ExceptionUse:
    warnings = tuple(_warnings(use, source, in_scan=in_scan, comments=comments))
    return ExceptionUse(use.entry.exception, use.state, use.days_left, use.covered, warnings)


def _warnings(use: _Use, source: str, *, in_scan: bool, comments: bool) -> Iterator[str]:
    entry = use.entry
    if use.state is ExceptionState.EXPIRED:
        end, findings = entry.exception.expires_on, _number(use.covered)
        yield f"expired on {end}: it covers nothing any more, of {findings} in its scope"
        return
    if use.fault:
        yield f"covers nothing: {use.fault}"
        return
    days = time_left(entry.exception, date.fromordinal(entry.exception.expires_on.toordinal() - use.days_left))
    if days:
        yield days
    for id, number in use.shared.items():
        yield f"overlaps with {id}, which covers {_number(number)} of its scope"
    if use.covered or use.shared or not in_scan or not entry.scope.may_meet(source):
        return
    if entry.scope.inline and not comments:
        yield "covers only where a comment refers to it, and none were read: give the source of the plan or state"
    elif use.met:
        yield "is not needed any more: the resources in its scope pass"
    else:
        elsewhere = f"; it would be used with {lines}" if (lines := _lines_for(use.roots)) else ""
        yield f"is not used: no resource that {use.control} judged is {entry.scope}{elsewhere}"


def _number(findings: int) -> str:
    return f"{findings:,} finding{'' if findings == 1 else 's'}"


# --- references in source -----------------------------------------------------------------------------------------


def _dangling(
    uses: Sequence[_Use], findings: Sequence[Finding], comments_at: Mapping[Place, SourceComments], chosen: set[str]
) -> Iterator[str]:
    """Sentences on comments that refer to an entry and cover nothing by it."""
    places: dict[ExceptionReference, list[Place]] = defaultdict(list)
    for place, each in comments_at.items():
        for reference in each.references:
            places[reference].append(place)
    if not places:
        return
    by_id = {use.entry.exception.id: use for use in uses}
    judged: dict[Place, list[Finding]] = defaultdict(list)
    for finding in findings:
        judged[finding.resource.root, finding.resource.block or ""].append(finding)
    for reference, its_places in places.items():
        if not reference.id:
            sentence = f"{reference.text!r} is not a reference: write `hipaa-guard: exception EX-12`"
        elif reference.id not in by_id:
            sentence = f"it refers to {reference.id}, which is not in the register: a comment alone covers nothing"
        else:
            sentence = _without_reach(by_id[reference.id], its_places, judged, comments_at, chosen)
        if sentence:
            yield f"{reference.place}: {sentence}"


def _without_reach(
    use: _Use,
    places: Sequence[Place],
    judged: Mapping[Place, Sequence[Finding]],
    comments_at: Mapping[Place, SourceComments],
    chosen: set[str],
) -> str:
    if use.control not in chosen:
        return ""
    id, scope = use.entry.exception.id, use.entry.scope
    met = [(place, f) for place in places for f in judged.get(place, ()) if f.control_id == use.control]
    if not met:
        return f"it refers to {id}, but {use.control} judges nothing there"
    if not any(scope.covers(id, finding.resource, comments_at[place]) for place, finding in met):
        return f"it refers to {id}, whose scope does not hold this resource: {scope}"
    return ""
