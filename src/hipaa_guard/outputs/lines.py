"""Lines of the Security Rule in words: their state, and what was not judged for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import NotJudged, RequirementSummary, Why
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs import words
from hipaa_guard.outputs.text import shortened

PARTIAL = "partial"
"""The mark of a line of which a scanner sees only a part, whatever it finds."""

HEADS = {
    "automated": "what configuration can decide",
    PARTIAL: "partial: a scan sees a part, a person adds the rest",
    "manual": "what a person has to decide",
    "aws-inherited": "what AWS performs for its own facilities",
}
"""What a scanner can decide of a line, by the assessment of the law data."""

_NAME = 100


def state(requirement: RequirementSummary) -> str:
    """The state in words: "gap found (low)" with the worst severity of its gaps, "evidence in part"."""
    text = words.STATUS[requirement.status]
    return f"{text} ({requirement.worst})" if requirement.status is Status.FAIL and requirement.worst else text


def told(requirements: Iterable[RequirementSummary]) -> dict[str, list[RequirementSummary]]:
    """The lines of which findings, or their lack, say something, by what a scanner can decide of them."""
    groups: dict[str, list[RequirementSummary]] = {}
    for requirement in requirements:
        if _says_something(requirement):
            groups.setdefault(requirement.assessment, []).append(requirement)
    return {assessment: groups[assessment] for assessment in HEADS if assessment in groups}


def _says_something(requirement: RequirementSummary) -> bool:
    return requirement.status not in (Status.MANUAL, Status.INHERITED, Status.NOT_APPLICABLE) or bool(
        requirement.counts.get(Status.PASS)
    )


def not_judged(requirement: RequirementSummary, most: int | None = None) -> str:
    """What belongs to a line and was not judged for it, with at most so many names of each sort; empty if all was."""
    return "; ".join(_parts(requirement.not_judged, most))


def _parts(entries: Sequence[NotJudged], most: int | None) -> Iterator[str]:
    without = [entry for entry in entries if entry.why is Why.NO_CONTROL]
    if without:
        yield f"no control for {_tally(without, most)}"
    for folder in dict.fromkeys(entry.safeguard for entry in entries if entry.why is Why.NOT_FOR_THIS):
        here = [entry for entry in entries if entry.why is Why.NOT_FOR_THIS and entry.safeguard == folder]
        yield f"no control of {folder.replace('_', ' ')} for {_tally(here, most)}"
    left_out = [entry for entry in entries if entry.why is Why.LEFT_OUT]
    if left_out:
        number = len({id for entry in left_out for id in entry.controls})
        yield f"{counted(number, 'control', 'controls')} left out, for {_tally(left_out, most)}"
    elsewhere = [entry for entry in entries if entry.why is Why.ELSEWHERE]
    if elsewhere:
        yield f"only parts are declared here of {_tally(elsewhere, most)}"
    for entry in entries:
        if entry.why is Why.NOT_READ:
            yield f"{counted(entry.number or 0, 'thing', 'things')} that could not be read"
        elif entry.why is Why.NOT_LOOKED_AT:
            what = shortened(entry.what, _NAME)
            yield f"{what if entry.number is None else f'{entry.number:,} {what}'} that the scan was told to leave out"
        elif entry.why is Why.NOT_COUNTED:
            yield f"{entry.what}, which were not looked for"


def _tally(entries: Iterable[NotJudged], most: int | None) -> str:
    numbers: Mapping[str, int | None] = {shortened(entry.what, _NAME): entry.number for entry in entries}
    ordered = sorted(numbers, key=lambda name: (-(numbers[name] or 0), name))
    shown = ordered if most is None else ordered[:most]
    texts = [name if numbers[name] is None else f"{name} {numbers[name]:,}" for name in shown]
    rest = len(ordered) - len(shown)
    return ", ".join(texts) + (f" and {rest:,} more" if rest else "")
