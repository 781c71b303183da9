"""Trivy's JSON of misconfigurations."""

from __future__ import annotations

from typing import Any

from hipaa_guard.controls.control import Status
from hipaa_guard.peers.checkov import type_of
from hipaa_guard.peers.results import Document, Result, each, number, text

TOOL = "Trivy"

_STATUS = {"PASS": Status.PASS, "FAIL": Status.FAIL, "EXCEPTION": Status.UNKNOWN}
_TERRAFORM = ("terraform", "terraformplan", "terraformplan-json", "terraformplan-snapshot")
_OTHERS = ("Vulnerabilities", "Secrets", "Licenses")


def matches(document: Any) -> bool:
    """Whether Trivy wrote it."""
    return isinstance(document, dict) and "SchemaVersion" in document and "ArtifactName" in document


def read(document: Any) -> Document:
    """The misconfigurations of Terraform; everything else is only counted."""
    results: list[Result] = []
    gaps: list[str] = []
    for target in each(document, "Results"):
        found = list(each(target, "Misconfigurations"))
        if text(target, "Type") in _TERRAFORM:
            results += [_result(text(target, "Target"), entry) for entry in found]
        elif found:
            gaps.append(f"{len(found):,} results of {text(target, 'Type')}: only those of Terraform are read")
        others = {kind.lower(): sum(1 for _ in each(target, kind)) for kind in _OTHERS}
        where = text(target, "Target")
        gaps += [
            f"{count:,} {kind} in {where}: only misconfigurations are read" for kind, count in others.items() if count
        ]
    return Document(TOOL, tuple(results), tuple(gaps), version=text(document, "Trivy", "Version"))


def _result(target: str, entry: dict[str, Any]) -> Result:
    id = text(entry, "AVDID") or text(entry, "ID")
    address, module = _resource(entry)
    return Result(
        tool=TOOL,
        peer="trivy",
        check=f"AVD-{id}" if id.startswith("AWS-") else id,  # newer releases leave the prefix out
        title=text(entry, "Title"),
        status=_STATUS.get(text(entry, "Status"), Status.UNKNOWN),
        message=text(entry, "Message"),
        severity=text(entry, "Severity").lower(),
        suppressed="ignored" if text(entry, "Status") == "EXCEPTION" else "",
        address=address,
        module=module,
        type=type_of(address),
        file=target if number(entry, "CauseMetadata", "StartLine") else "",
        line_start=number(entry, "CauseMetadata", "StartLine"),
        line_end=number(entry, "CauseMetadata", "EndLine"),
    )


def _resource(entry: dict[str, Any]) -> tuple[str, str]:
    """The address of the resource and its module. For a resource in a module, the cause names only the module."""
    cause = text(entry, "CauseMetadata", "Resource")
    if not cause.startswith("module.") or type_of(cause):
        return cause if type_of(cause) else "", ""
    inner = (text(occurrence, "Resource") for occurrence in each(entry, "CauseMetadata", "Occurrences"))
    own = next((name for name in inner if type_of(name).startswith("aws")), "")
    return f"{cause}.{own}" if own else "", cause
