"""The settings and the register of exceptions that held for a scan, and how the tree differs from them, in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.assessment.model import Assessment, SettingsChange, UsedFile
from hipaa_guard.outputs.wording.harmless_text import shortened

CHANGED = "settings changed"
"""The name of the line on changed settings, in formats that name each line."""

_NAME = 200
_WHAT = {
    "settings": "settings",
    "exceptions": "exceptions",
    "baseline": "baseline",
    "marks": "comments that refer to exceptions",
}
_SOURCES = {"found": ", found in the working directory", "named": ", named by the user"}


def rows(assessment: Assessment) -> list[tuple[str, str]]:
    """The settings and the exceptions in effect, each with file, origin and digest; "none" where there are none."""
    return [("settings", file_in_words(assessment.settings)), ("exceptions", file_in_words(assessment.register))]


def rows_in_use(assessment: Assessment) -> list[tuple[str, str]]:
    """The rows of `rows` whose file exists, or was looked for in a commit."""
    files = (assessment.settings, assessment.register)
    return [row for row, used in zip(rows(assessment), files, strict=True) if used.file or used.commit]


def file_in_words(used: UsedFile) -> str:
    """A file in words: ``.hipaa-guard.yaml of main (1a2b3c4d5e6f), SHA-256 ...``."""
    commit = f" of {_commit(used)}" if used.commit else ""
    if not used.file:
        return f"none{commit}"
    return f"{shortened(used.file, _NAME)}{commit or _SOURCES.get(used.source, '')}, SHA-256 {used.digest}"


def as_dict(used: UsedFile) -> dict[str, Any]:
    """A file as JSON has it, with null for missing values."""
    return {
        "file": used.file or None,
        "digest": used.digest or None,
        "source": used.source,
        "ref": used.ref or None,
        "commit": used.commit or None,
    }


def change(assessment: Assessment) -> str:
    """Two sentences on how the tree differs from the commit whose settings are in effect; empty if it does not."""
    if not assessment.settings_changes:
        return ""
    baseline = assessment.baseline.used if assessment.baseline is not None else UsedFile()
    decides = next((used for used in (assessment.settings, assessment.register, baseline) if used.commit), None)
    commit = "the commit of --settings-ref" if decides is None else _commit(decides)
    parts = "; ".join(map(_part, assessment.settings_changes))
    return f"The tree differs from {commit} in {parts}. The settings of {commit} are in effect."


def _part(change: SettingsChange) -> str:
    numbers = ", ".join(_numbers(change)) or change.note
    where = f" of {shortened(change.file, _NAME)}" if change.file else ""
    return f"{_WHAT[change.what]}{where} ({numbers})"


def _numbers(change: SettingsChange) -> Iterator[str]:
    for number, done in ((change.added, "added"), (change.removed, "removed"), (change.changed, "changed")):
        if number:
            yield f"{number:,} {done}"


def _commit(used: UsedFile) -> str:
    short = used.commit[:12]
    return short if used.ref in ("", used.commit) else f"{shortened(used.ref, _NAME)} ({short})"


def place(assessment: Assessment) -> str:
    """The first file that differs, for formats whose entries need a file."""
    return next((each.file for each in assessment.settings_changes if each.file), ".")
