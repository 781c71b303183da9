"""Stacked bars of the auditor's report: how many lines of the rule, or findings of a topic, have each status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from hipaa_guard.assessment.model import ControlSummary, RequirementSummary
from hipaa_guard.assessment.rollup import no_findings
from hipaa_guard.controls.control import Status
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import anchor

SAFEGUARDS = {
    "administrative": "164.308 Administrative safeguards",
    "physical": "164.310 Physical safeguards",
    "technical": "164.312 Technical safeguards",
    "organizational": "164.314 Organizational requirements",
    "documentation": "164.316 Policies, procedures and documentation",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a stacked bar, in thousandths of its length."""

    status: str
    label: str
    number: int
    start: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a summary table with its bar."""

    name: str
    anchor: str
    counts: Mapping[str, int]
    total: int
    segments: tuple[Segment, ...]
    sentence: str


def rule_bars(requirements: Sequence[RequirementSummary]) -> tuple[Bar, ...]:
    by_safeguard: dict[str, dict[Status, int]] = {name: dict.fromkeys(Status, 0) for name in SAFEGUARDS}
    for requirement in requirements:
        by_safeguard.setdefault(requirement.safeguard, dict.fromkeys(Status, 0))[requirement.status] += 1
    return tuple(
        _bar(SAFEGUARDS.get(name, name), f"safeguard-{anchor(name)}", counts)
        for name, counts in by_safeguard.items()
        if any(counts.values())
    )


def topic_bars(controls: Iterable[ControlSummary]) -> tuple[Bar, ...]:
    by_topic: dict[str, dict[Status, int]] = {}
    for control in controls:
        counts = by_topic.setdefault(control.safeguard, no_findings())
        for status, number in control.counts.items():
            counts[status] += number
    return tuple(
        _bar(topic.replace("_", " ").capitalize(), "", counts)
        for topic, counts in sorted(by_topic.items())
        if any(counts.values())
    )


def _bar(name: str, target: str, counts: Mapping[Status, int]) -> Bar:
    total = sum(counts.values())
    segments, start, seen = [], 0, 0
    for status, label in phrases.STATUS.items():
        number = counts.get(status, 0)
        if number:
            seen += number
            end = round(1000 * seen / total)
            segments.append(Segment(status.value, label, number, start, max(1, end - start)))
            start = end
    sentence = ", ".join(f"{segment.number:,} {segment.label}" for segment in segments)
    return Bar(name, target, named(counts), total, tuple(segments), f"{name}: {sentence}")


def named(counts: Mapping[Status, int]) -> dict[str, int]:
    return {status.value: counts.get(status, 0) for status in phrases.STATUS}
