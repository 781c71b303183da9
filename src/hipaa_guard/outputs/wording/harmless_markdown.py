"""Markdown in which text from a scanned tree or account cannot become markup."""

from __future__ import annotations

import re

from hipaa_guard.assessment.model import ControlSummary
from hipaa_guard.outputs.wording.harmless_text import shortened, visible

_ACTING = re.compile(r"[\\`*_\[\]<>|~&$]|:(?=//)|@|#(?=[0-9])|www\.", re.IGNORECASE)
_CALLING = {"@": "@<!-- -->", "#": "#<!-- -->"}
"""GitHub notifies people and links issues that are named so. An empty comment parts the sign from the name."""


def prose(text: str, limit: int = 400) -> str:
    """Text on one line, with every sign of Markdown or HTML escaped."""
    return _ACTING.sub(_harmless, shortened(visible(text), limit))


def _harmless(match: re.Match[str]) -> str:
    sign = match.group()
    return _CALLING.get(sign) or f"{sign[:-1]}\\{sign[-1]}"


def code(text: str, limit: int = 200) -> str:
    """Text as a code span, in which nothing acts."""
    text = shortened(visible(text), limit)
    fence = "`" * (_longest_run(text) + 1)
    # Markdown drops the spaces; without them a span could not begin or end with the sign that fences it.
    return f"{fence} {text} {fence}" if "`" in text or not text.strip() else f"{fence}{text}{fence}"


def block(text: str, language: str) -> str:
    """Lines as a fenced block of code."""
    fence = "`" * max(3, _longest_run(text) + 1)
    lines = "\n".join(visible(line) for line in text.splitlines())
    return f"{fence}{language}\n{lines}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)


def fixes(control: ControlSummary) -> list[str]:
    """How to close the gap: paragraphs and blocks."""
    fix = control.fix
    parts = []
    if fix.terraform:
        parts += ["Fix in Terraform:", block(fix.terraform, "hcl")]
    if fix.cli:
        parts += ["Fix in AWS:", block(fix.cli, "sh")]
    if fix.note:
        parts.append(prose(fix.note, 1000))
    return [*parts, *filter(None, [fix.also()])]


def help_text(control: ControlSummary) -> str:
    """A control in full: title, citations, reason and fixes."""
    cited = ", ".join(f"45 CFR {prose(citation)}" for citation in control.hipaa)
    parts = [f"**{prose(control.title, 1000)}**", cited, prose(control.why, 2000), *fixes(control)]
    parts.append(f"More: {code(f'hipaa-guard explain {control.id}')}")
    return "\n\n".join(filter(None, parts))
