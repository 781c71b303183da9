"""The register of accepted risks as the auditor's report shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hipaa_guard.assessment.model import Assessment, ControlSummary, ExceptionUse
from hipaa_guard.outputs.wording.harmless_text import anchor


@dataclass(frozen=True, slots=True)
class ExceptionView:
    """An accepted risk. ``basis`` says whether the law admits an alternative."""

    use: ExceptionUse
    anchor: str
    basis: str


def exception_views(assessment: Assessment) -> tuple[ExceptionView, ...]:
    """All entries of the register, in its order."""
    controls = {control.id: control for control in assessment.controls}
    types = {requirement.citation: requirement.type for requirement in assessment.requirements}
    return tuple(
        ExceptionView(use, f"exception-{anchor(use.entry.id)}", _basis(controls.get(use.entry.control), types))
        for use in assessment.exceptions.entries
    )


def _basis(control: ControlSummary | None, types: Mapping[str, str]) -> str:
    cited = () if control is None else control.hipaa
    addressable = ", ".join(citation for citation in cited if types.get(citation) == "addressable")
    required = ", ".join(citation for citation in cited if types.get(citation) == "required")
    sentences = []
    if addressable:
        alternative = "for which 164.306(d)(3) admits an equivalent measure with a documented reason"
        sentences.append(f"{addressable}: addressable, {alternative}.")
    if required:
        sentences.append(f"{required}: required: the rule has no alternative.")
    return " ".join(sentences)
