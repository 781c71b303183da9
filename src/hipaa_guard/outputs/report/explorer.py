"""All findings in a form that a page can filter at once: columns of indexes into lists of texts, compressed.

100,000 findings as table rows take a browser most of a minute to open; as columns they take less than a second.
"""

from __future__ import annotations

import base64
import gzip
import json

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Severity
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.outputs.wording import phrases
from hipaa_guard.outputs.wording.harmless_text import shortened, visible

_TEXT_LENGTH = 400


def packed(assessment: Assessment) -> str:
    """Base64 of gzip of JSON. Base64 has no character that could end the element around it."""
    statuses, severities = list(phrases.VERDICTS), list(Severity)
    names, places, messages, controls = _Texts(), _Texts(), _Texts(), _Texts()
    rows: list[list[int]] = [[], [], [], [], [], []]
    roots = phrases.several_roots(assessment)
    for finding in assessment.findings:
        cells = (
            statuses.index(finding.status),
            severities.index(finding.severity),
            controls.place(finding.control_id),
            names.place(phrases.name(finding)),
            places.place(
                ", ".join(filter(None, (phrases.where(finding), phrases.context(finding, several_roots=roots))))
            ),
            messages.place(
                finding.message if finding.exception is None else _accepted(finding.message, finding.exception)
            ),
        )
        for column, cell in zip(rows, cells, strict=True):
            column.append(cell)
    document = {
        "texts": [
            [phrases.STATUS[status] for status in statuses],
            [severity.value for severity in severities],
            controls.texts,
            names.texts,
            places.texts,
            messages.texts,
        ],
        "rows": rows,
    }
    text = json.dumps(document, ensure_ascii=True, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), 9, mtime=0)).decode()


def _accepted(message: str, entry: ExceptionEntry) -> str:
    return f"{shortened(message, _TEXT_LENGTH - 30)} [exception {entry.id}]"


class _Texts:
    """A list of different texts, and the index of each."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._places: dict[str, int] = {}

    def place(self, text: str) -> int:
        place = self._places.get(text)
        if place is None:
            place = self._places[text] = len(self.texts)
            self.texts.append(visible(shortened(text, _TEXT_LENGTH)))
        return place
