"""Checkov's JSON: one report, or a list with one for each framework."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.controls.control import Status
from hipaa_guard.peers.results import Document, Result, each, number, part, text
from hipaa_guard.terraform.addresses import segments

TOOL = "Checkov"

_STATUS = {"PASSED": Status.PASS, "FAILED": Status.FAIL, "SKIPPED": Status.UNKNOWN}
_TERRAFORM = ("terraform", "terraform_plan")


def matches(document: Any) -> bool:
    """Whether Checkov wrote it. For a directory with nothing to scan it writes only numbers."""
    first = document[0] if isinstance(document, list) and document else document
    return isinstance(first, dict) and ("check_type" in first or "checkov_version" in first)


def read(document: Any) -> Document:
    """The results of Terraform; those of other frameworks are only counted."""
    results: list[Result] = []
    gaps: list[str] = []
    version = ""
    for report in each(document) if isinstance(document, list) else (document,):
        framework = text(report, "check_type")
        version = version or text(report, "summary", "checkov_version") or text(report, "checkov_version")
        found = [_result(record) for record in _records(report)]
        if framework in _TERRAFORM or not framework:
            results += found
        elif found:
            gaps.append(f"{len(found):,} results of {framework}: only those of Terraform are read")
        errors = part(report, "results", "parsing_errors")
        named = [error for error in errors if isinstance(error, str)] if isinstance(errors, list) else []
        gaps += [f"{TOOL} could not parse {file}" for file in named]
        if not named and (failed := number(report, "summary", "parsing_errors") or number(report, "parsing_errors")):
            gaps.append(f"{TOOL} could not parse {failed:,} files")
    return Document(TOOL, tuple(results), tuple(gaps), version=version)


def _records(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("passed_checks", "failed_checks", "skipped_checks"):
        yield from each(report, "results", name)


def _result(record: dict[str, Any]) -> Result:
    address = text(record, "resource")
    status = _STATUS.get(text(record, "check_result", "result"), Status.UNKNOWN)
    details = part(record, "details")
    messages = [line for line in details if isinstance(line, str)] if isinstance(details, list) else []
    skipped = text(record, "check_result", "suppress_comment") or "skipped"
    return Result(
        tool=TOOL,
        peer="checkov",
        check=text(record, "check_id"),
        title=text(record, "check_name"),
        status=status,
        message="; ".join(messages),
        severity=text(record, "severity").lower(),
        suppressed=skipped if text(record, "check_result", "result") == "SKIPPED" else "",
        address=address,
        type=type_of(address),
        file=text(record, "file_path").lstrip("/"),
        line_start=number(record, "file_line_range", 0),
        line_end=number(record, "file_line_range", 1),
    )


def type_of(address: str) -> str:
    """The type of the resource at an address; empty where the address is not a resource."""
    names = segments(address)
    while len(names) > 2 and names[0] == "module":
        names = names[2:]
    return names[0] if len(names) == 2 and names[0] != "module" else ""
