"""Lines of plain text for people, at a width and with colours where the page has them."""

from __future__ import annotations

from collections.abc import Sequence

from hipaa_guard.controls.control import Severity
from hipaa_guard.outputs.wording.harmless_text import in_log, visible, wrapped
from hipaa_guard.outputs.wording.page import Page

_STYLES = {
    "title": "1",
    "dim": "2",
    "good": "32",
    "bad": "1;31",
    "unsure": "33",
    Severity.CRITICAL: "1;31",
    Severity.HIGH: "31",
    Severity.MEDIUM: "33",
    Severity.LOW: "36",
}

MOST_SHOWN = 10


class Pen:
    """Collects lines. All text of a scan passes through `visible` here, and all lines through `in_log`."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._lines: list[str] = []

    def text(self) -> str:
        return in_log("\n".join(self._lines) + "\n")

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.page.colour and text else text

    def gap(self) -> None:
        self._lines.append("")

    def line(self, text: str, style: str = "", indent: int = 0) -> None:
        """One line that is never broken."""
        text = visible(text)
        self._lines.append(" " * indent + (self.paint(text, style) if style else text))

    def joined(self, *parts: tuple[str, str]) -> None:
        """One line of several styles."""
        self._lines.append(
            "".join(self.paint(visible(text), style) if style else visible(text) for text, style in parts)
        )

    def paragraph(self, text: str, style: str = "", indent: int = 0, hanging: int | None = None) -> None:
        """Text broken at the width of the page; names longer than a line stay whole."""
        left, later = " " * indent, " " * (indent if hanging is None else hanging)
        for line in wrapped(visible(text), self.page.width, first=left, later=later, whole=True):
            start = len(line) - len(line.lstrip())
            self._lines.append(line[:start] + self.paint(line[start:], style) if style else line)

    def some(self, items: Sequence[object], most: int = MOST_SHOWN) -> int:
        """How many of the items to show."""
        return len(items) if self.page.everything else min(len(items), most)
