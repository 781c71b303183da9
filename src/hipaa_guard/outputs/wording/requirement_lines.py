"""Lines of the Security Rule in words: their state, and the resources that were not judged for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import NotJudged, RequirementSummary, Why
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import shortened

PARTIAL = "partial"
"""The assessment of a line that a scanner always sees only in part."""

HEADS = {
    "automated": "automated: configuration decides",
    PARTIAL: "partial: a scan sees a part, a person adds the rest",
    "manual": "manual: a person decides",
    "aws-inherited": "inherited: AWS performs it for its own facilities",
}
"""Headings for the lines, by how much of a line a scanner can decide according to the law data."""

_NAME = 100


def state(requirement: RequirementSummary) -> str:
    """The state in words: "gap found (low)" with the worst severity of its gaps, "evidence in part"."""
    text = phrases.STATUS[requirement.status]
    return f"{text} ({requirement.worst})" if requirement.status is Status.FAIL and requirement.worst else text


def by_assessment(requirements: Iterable[RequirementSummary]) -> dict[str, list[RequirementSummary]]:
    """The lines that have findings, or resources that were not judged, by how much of a line a scanner can decide."""
    groups: dict[str, list[RequirementSummary]] = {}
    for requirement in requirements:
        if _is_reported(requirement):
            groups.setdefault(requirement.assessment, []).append(requirement)
    return {assessment: groups[assessment] for assessment in HEADS if assessment in groups}


def _is_reported(requirement: RequirementSummary) -> bool:
    return requirement.status not in (Status.MANUAL, Status.INHERITED, Status.NOT_APPLICABLE) or bool(
        requirement.counts.get(Status.PASS)
    )


def not_judged(requirement: RequirementSummary, most: int | None = None) -> str:
    """The resources not judged for a line, with at most ``most`` names of each sort; empty where all were judged."""
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
            yield f"{what if entry.number is None else f'{entry.number:,} {what}'} left out on request"
        elif entry.why is Why.NOT_COUNTED:
            yield f"{entry.what}, which were not looked for"


def _tally(entries: Iterable[NotJudged], most: int | None) -> str:
    numbers: dict[str, int | None] = {}
    for entry in entries:  # of several scans, one kind may be here with different controls
        name = shortened(entry.what, _NAME)
        counts = [number for number in (numbers.get(name), entry.number) if number is not None]
        numbers[name] = sum(counts) if counts else None
    ordered = sorted(numbers, key=lambda name: (-(numbers[name] or 0), name))
    shown = ordered if most is None else ordered[:most]
    texts = [name if numbers[name] is None else f"{name} {numbers[name]:,}" for name in shown]
    rest = len(ordered) - len(shown)
    return ", ".join(texts) + (f" and {rest:,} more" if rest else "")


def sentence(text: str) -> str:
    """The words as a sentence; empty where there are none."""
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def population(kinds: Sequence[str], met: Mapping[str, int]) -> str:
    """The kinds that the controls of a line judge, and how many resources of each the scan met."""
    if not kinds:
        return "None: no control judges this line."
    if not met:
        return f"None found. The controls judge {', '.join(kinds)}."
    return f"All {sum(met.values()):,} found: {phrases.tally(met)}."


def tested(met: int, unmet: int) -> str:
    """How many controls of a line met a resource, and how many did not."""
    parts = []
    if met:
        parts.append(f"{counted(met, 'control', 'controls')} judged every resource of the kind that was found.")
    if unmet:
        others = counted(unmet, "other control", "other controls") if met else counted(unmet, "control", "controls")
        parts.append(f"{others} met no resource of the kind.")
    return " ".join(parts)


def result(requirement: RequirementSummary) -> str:
    """The result of a line, in a sentence or two."""
    counts = Counter(requirement.counts)
    fails, unknown, passes = counts[Status.FAIL], counts[Status.UNKNOWN], counts[Status.PASS]
    total = fails + unknown + passes
    unreached = f" {counted(unknown, 'verdict', 'verdicts')} could not be reached." if unknown else ""
    match requirement.status:
        case Status.FAIL:
            verdicts = counted(total, "verdict", "verdicts")
            shows = "shows" if fails == 1 else "show"
            return f"{fails:,} of {verdicts} {shows} a gap; {passes:,} found the evidence.{unreached}"
        case Status.UNKNOWN:
            seen = f"{counted(passes, 'verdict', 'verdicts')} found the evidence." if passes else "Nothing was decided."
            return f"{seen}{unreached}" if unknown else "Nothing that belongs to this line was judged."
        case Status.PARTIAL:
            person = " A person has to add the rest." if requirement.assessment == PARTIAL else ""
            found = f"{counted(passes, 'verdict', 'verdicts')} found the evidence"
            return f"{found}, but not all that belongs to this line was judged.{person}"
        case Status.PASS:
            return f"All {counted(passes, 'verdict', 'verdicts')} found the evidence."
        case Status.INHERITED:
            return (
                "AWS does this for its own buildings and hardware; its audit reports in AWS Artifact show it. "
                "The duty stays with the entity for its own premises and devices."
            )
        case Status.NOT_APPLICABLE:
            return "No resource of the kinds that the controls judge was found in what was scanned."
        case _ if passes:
            found = f"The part that a scanner can see has its evidence ({counted(passes, 'verdict', 'verdicts')})."
            return f"{found} A person has to add the rest: records, procedures and decisions."
        case _ if requirement.assessment == "manual":
            return "A scanner cannot decide this line. A person has to supply the records that show it."
        case _:
            return "Not tested: no control judges this line. A person has to supply the evidence."
