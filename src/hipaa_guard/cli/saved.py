"""Saved JSON results that a verb is given."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hipaa_guard.assessment.model import Assessment
    from hipaa_guard.controls.findings import Finding

SCAN = "out/scan.json"
"""Where a saved result is looked for unless told otherwise."""

SHORTEST = 8
"""Digits of a fingerprint that are enough to name it."""


def saved(file: Path) -> Assessment:
    """The result in a file.

    Raises:
        click.ClickException: it cannot be read or is no result of ours.

    """
    from hipaa_guard.outputs.json_node import ReportError
    from hipaa_guard.outputs.json_reading import parse

    try:
        return parse(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise click.ClickException(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise click.ClickException(f"{file} is not a JSON result of hipaa-guard: it is not UTF-8 text") from None
    except ReportError as error:
        raise click.ClickException(f"{file}: {error}") from None


def is_fingerprint(text: str) -> bool:
    """Whether a text may be the beginning of a fingerprint."""
    return SHORTEST <= len(text) <= 64 and all(digit in "0123456789abcdef" for digit in text.lower())


def finding_named(assessment: Assessment, prefix: str, file: Path) -> Finding:
    """The finding whose fingerprint, of today or of before a move, begins so.

    Raises:
        click.ClickException: there is none, or more than one.

    """
    start = prefix.lower()
    found = {
        finding.fingerprint: finding
        for finding in assessment.findings
        if any(name.startswith(start) for name in (finding.fingerprint, *finding.previous))
    }
    if not found:
        raise click.ClickException(f"{file} has no finding whose fingerprint begins with {prefix}")
    if len(found) > 1:
        some = ", ".join(sorted(found)[:3])
        raise click.ClickException(f"{len(found)} findings in {file} begin with {prefix}: {some}; give more digits")
    return next(iter(found.values()))
