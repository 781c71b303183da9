"""Plain text for people: readable at 80 columns without colours, better with them.

Written without rich, which draws progress: its import takes longer than a small scan.
"""

from __future__ import annotations

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment
from hipaa_guard.outputs.formats.terminal import ending, gaps, looked_at, unknowns
from hipaa_guard.outputs.formats.terminal.beside import other_scanners
from hipaa_guard.outputs.wording import phrases, settings_in_effect
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.pen import Pen


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The gaps by control, worst first; accepted risks; unknown verdicts; the coverage; the worst again; the gate."""
    pen = Pen(page or Page())
    _header(pen, assessment)
    gaps.show(pen, assessment)
    gaps.show_accepted(pen, assessment)
    unknowns.show(pen, assessment)
    other_scanners(pen, assessment)
    looked_at.show(pen, assessment)
    ending.show(pen, assessment)
    return pen.text()


def _header(pen: Pen, assessment: Assessment) -> None:
    scan = assessment.scan
    pen.paragraph(f"hipaa-guard {assessment.version}: {phrases.subject(scan)}", "title")
    identity = f", read as {scan.caller}" if scan.caller else ""
    commit = f", commit {scan.commit[:12]}" if scan.commit else ""
    controls = counted(len(assessment.controls), "control", "controls")
    pen.paragraph(
        f"{phrases.moment(scan.finished)}{commit}{identity}. {phrases.extent(assessment)}; {controls}.", "dim"
    )
    pen.paragraph(settings_in_effect.change(assessment), "unsure")
    pen.gap()
