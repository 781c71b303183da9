"""CSV for spreadsheets: a row for each finding, whether it passes or not.

A spreadsheet calculates cells that begin like a formula, and drops the zeros before an account id. An apostrophe at the
beginning makes such cells text; ``--csv-raw`` leaves it out. CSV has no escapes: characters that act, and marks that
make a CI system take a line of its log for a command, are written as codes.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from hipaa_guard.assessment.model import Assessment, ControlSummary
from hipaa_guard.controls.findings import Finding
from hipaa_guard.outputs.wording import phrases, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import shortened, unmarked, visible
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.repository_paths import in_repository

_BYTE_ORDER_MARK = "\ufeff"
"""It makes Excel read the text as UTF-8."""

_CELL = 32_000
"""Excel accepts 32,767 characters in a cell."""

_FORMULA = tuple("=+-@\t\r\n\0")
_HEADS = (
    *("status", "severity", "control", "title", "45 CFR", "resource", "message", "kind", "type", "account", "region"),
    *("file", "line", "root", "cause", "missing action", "may not exist", "new", "exception", "exception expires"),
    *("fingerprint", "settings", "register", "the fix also", "follows from", "advisory"),
)
_AT_ONCE = 1000


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The findings as CSV (RFC 4180)."""
    return "".join(pieces(assessment, page))


def pieces(assessment: Assessment, page: Page | None = None) -> Iterator[str]:
    """The text of `render`, some rows at a time."""
    guard = _plain if page is not None and page.raw else _guarded
    return _rows(assessment, guard)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Any table as CSV, with the same guards."""
    text = io.StringIO()
    text.write(_BYTE_ORDER_MARK)
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return text.getvalue()


def _rows(assessment: Assessment, guard: Callable[[str], str]) -> Iterator[str]:
    controls = {control.id: control for control in assessment.controls}
    text = io.StringIO()
    text.write(_BYTE_ORDER_MARK)
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(_HEADS)
    used = settings_in_effect.file_in_words(assessment.settings), settings_in_effect.file_in_words(assessment.register)
    if changed := settings_in_effect.change(assessment):
        cells = {"status": settings_in_effect.CHANGED, "message": changed, "settings": used[0], "register": used[1]}
        rows.writerow([guard(cells.get(head, "")) for head in _HEADS])
    for number, finding in enumerate(assessment.findings, 1):
        values = _cells(assessment, finding, controls.get(finding.control_id))
        rows.writerow([guard(cell or "") for cell in (*values, *used, _also(finding, controls), *_beside(finding))])
        if number % _AT_ONCE == 0:
            yield text.getvalue()
            text.seek(0)
            text.truncate()
    yield text.getvalue()


def _cells(assessment: Assessment, finding: Finding, control: ControlSummary | None) -> tuple[str | None, ...]:
    resource, exception = finding.resource, finding.exception
    place = in_repository(assessment.scan, finding.location)
    return (
        finding.status.value,
        finding.severity.value,
        finding.control_id,
        control.title if control else "",
        ", ".join(control.hipaa) if control else "",
        phrases.name(finding),
        finding.message,
        resource.kind,
        resource.type,
        resource.account,
        resource.region,
        place.file if place else "",
        str(place.line_start) if place else "",
        resource.root,
        finding.cause.value if finding.cause else "",
        finding.action,
        finding.uncertain,
        {True: "new", False: "known", None: ""}[finding.new],
        exception.id if exception else "",
        exception.expires_on.isoformat() if exception else "",
        finding.fingerprint,
    )


def _beside(finding: Finding) -> tuple[str, str]:
    return finding.follows_from or "", "advisory" if finding.advisory else ""


def _also(finding: Finding, controls: Mapping[str, ControlSummary]) -> str:
    """The sentence on the consequences of the fix of a gap; empty where nothing is to be fixed."""
    control = controls.get(finding.control_id) if finding.status in phrases.OPEN else None
    return control.fix.also() if control else ""


@lru_cache(maxsize=4096)  # most cells are the same in many rows
def _plain(text: str) -> str:
    return shortened(unmarked(visible(text)), _CELL)


@lru_cache(maxsize=4096)
def _guarded(text: str) -> str:
    long_number = text.isdigit() and (len(text) > 11 or text.startswith("0"))
    # Some programs drop the spaces before a cell, and then see the formula.
    return f"'{_plain(text)}" if long_number or text.lstrip().startswith(_FORMULA) else _plain(text)
