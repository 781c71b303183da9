"""What stops a pipeline by each preset, and why, in words."""

from __future__ import annotations

from hipaa_guard.controls.control import Severity


def reason(severity: Severity, advisory: str) -> str:
    """Why the gaps of a control stop a pipeline by the preset ``recommended``, or do not, in sentences."""
    if not advisory:
        because = "nothing else stands for it" if severity is Severity.LOW else f"its severity is {severity.value}"
        return f"recommended and strict: its gaps stop a pipeline, since {because}."
    if severity is Severity.LOW:
        return f"strict: its gaps stop a pipeline. recommended: they are advisory. {advisory}"
    return f"recommended and strict: its gaps stop a pipeline; those of severity low by strict alone. {advisory}"
