"""What stops a commit or a pipeline, a line each; nothing where nothing does. For hooks, editors and hurried people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hipaa_guard.assessment.gate import INCOMPLETE
from hipaa_guard.assessment.model import Assessment, Scan
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import shortened, visible
from hipaa_guard.outputs.wording.repository_paths import decisive, gap_subject, in_repository

_NAME = 200
_MESSAGE = 1000
_MOST_UNREAD = 20
_COUNTED = re.compile(r"[\d,]+ (?:new )?findings? fails?\b")
"""The sentence of the gate on failing findings, which have lines of their own."""


def lines(assessment: Assessment, *, new_only: bool) -> Iterator[str]:
    """The findings and the other reasons for which the gate fails, without line ends; none where it passes.

    ``new_only`` is that of the gate (see `assessment.gate.decide`).
    """
    gate = assessment.gate
    if gate.passed:
        return
    stopping = [each for each in assessment.findings if _stops(each, gate.fail_on, new_only=new_only)]
    for finding in stopping:
        yield _line(assessment.scan, finding)
    for reason in gate.reasons:
        if not (stopping and _COUNTED.match(reason)):
            yield shortened(visible(reason), _MESSAGE)
    if gate.exit_code == INCOMPLETE:
        yield from _unread(assessment)


def _stops(finding: Finding, fail_on: Severity | None, *, new_only: bool) -> bool:
    """Whether a finding makes the gate fail."""
    is_open = finding.status is Status.FAIL and finding.exception is None and not finding.advisory
    is_grave = fail_on is not None and finding.severity.rank <= fail_on.rank
    return is_open and is_grave and not (new_only and finding.new is False)


def _line(scan: Scan, finding: Finding) -> str:
    """As compilers write it: ``main.tf:2:3: high: aws_kms_key.phi does not rotate [kms_key_rotation_enabled]``."""
    place = decisive(scan, finding)
    if place is None:
        where = ", ".join(filter(None, (finding.resource.region, finding.resource.account)))
    elif place.span is None:
        where = str(place)
    else:
        where = f"{place.file}:{place.span.line_start}:{place.span.column_start}"
    name = shortened(phrases.name(finding), _NAME)
    maybe = f" (it may not exist: {finding.uncertain})" if finding.uncertain else ""
    text = shortened(f"{name} {finding.message}{maybe}", _MESSAGE)
    head = f"{shortened(where, _NAME)}: " if where else ""
    return visible(f"{head}{finding.severity}: {text} [{finding.control_id}]")


def _unread(assessment: Assessment) -> Iterator[str]:
    """What exists and was not read, a line for each place and reason."""
    groups = [group for group in phrases.gap_groups(assessment.coverage.gaps) if group[0].incomplete]
    for group in groups[:_MOST_UNREAD]:
        gap = group[0]
        hint = f". {gap.hint}" if gap.hint else ""
        where = _where(assessment.scan, gap)
        yield visible(f"{where}{gap.kind}: {shortened(gap.subject, _NAME)}: {shortened(gap.reason + hint, _MESSAGE)}")
    if len(groups) > _MOST_UNREAD:
        yield f"and {len(groups) - _MOST_UNREAD:,} more: -o terminal lists them"


def _where(scan: Scan, gap: Gap) -> str:
    place = in_repository(scan, gap.location)
    return "" if place is None or gap_subject(scan, gap) == str(place) else f"{place}: "
