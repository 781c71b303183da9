"""Findings of Security Hub in ASFF, as ``aws securityhub get-findings`` prints them."""

from __future__ import annotations

import re
from typing import Any

from hipaa_guard.controls.control import Status
from hipaa_guard.peers.results import Document, Result, each, part, text

TOOL = "Security Hub"

_STATUS = {"PASSED": Status.PASS, "FAILED": Status.FAIL, "WARNING": Status.UNKNOWN, "NOT_AVAILABLE": Status.UNKNOWN}

_IDENTIFIER = re.compile(r"(?=.*\d)[a-z0-9]{5,8}")
"""The suffix that Security Hub appends to the name of an AWS Config rule. Words of such names have no digits."""


def matches(document: Any) -> bool:
    """Whether it holds findings in ASFF."""
    first = part(_findings(document), 0)
    return isinstance(first, dict) and "ProductArn" in first and "GeneratorId" in first


def read(document: Any) -> Document:
    """The active findings; archived ones, which are about the past, are only counted."""
    findings = list(each(_findings(document)))
    active = [finding for finding in findings if text(finding, "RecordState") != "ARCHIVED"]
    gaps = [f"{len(findings) - len(active):,} archived findings"] if len(active) < len(findings) else []
    return Document(TOOL, tuple(result for finding in active for result in _results(finding)), tuple(gaps))


def _findings(document: Any) -> Any:
    return part(document, "Findings") if isinstance(document, dict) else document


def _results(finding: dict[str, Any]) -> list[Result]:
    return [_result(finding, resource) for resource in list(each(finding, "Resources")) or [{}]]


def _result(finding: dict[str, Any], resource: dict[str, Any]) -> Result:
    tool, peer, check = _check(finding)
    uid = text(resource, "Id")
    return Result(
        tool=tool,
        peer=peer,
        check=check,
        title=text(finding, "Title"),
        status=_STATUS.get(text(finding, "Compliance", "Status"), Status.UNKNOWN),
        message=text(finding, "Compliance", "StatusReasons", 0, "Description"),
        severity=text(finding, "Severity", "Label").lower(),
        suppressed="suppressed" if text(finding, "Workflow", "Status") == "SUPPRESSED" else "",
        source="aws",
        type=text(resource, "Type"),
        arn=uid if uid.startswith("arn:") else "",
        name=uid,
        account=text(finding, "AwsAccountId"),
        region=text(resource, "Region") or text(finding, "Region"),
    )


def _check(finding: dict[str, Any]) -> tuple[str, str, str]:
    """The tool of the check, its name in `PEERS`, and its id. Other tools also send findings to Security Hub."""
    generator = text(finding, "GeneratorId")
    for prefix, tool, peer in (
        ("prowler-", "Prowler", "prowler"),
        ("hipaa-guard/", "hipaa-guard in Security Hub", "hipaa-guard"),
    ):
        if generator.startswith(prefix):
            return tool, peer, generator.removeprefix(prefix)
    fields = part(finding, "ProductFields")
    if text(fields, "RelatedAWSResources:0/type") == "AWS::Config::ConfigRule":
        return TOOL, "aws_config", rule_of(text(fields, "RelatedAWSResources:0/name"))
    own = text(finding, "Compliance", "SecurityControlId") or text(fields, "ControlId")
    return TOOL, "aws_config", own or generator


def rule_of(name: str) -> str:
    """The AWS Config rule behind the name of a rule that Security Hub made."""
    rule, dash, last = name.removeprefix("securityhub-").rpartition("-")
    is_identifier = bool(dash) and _IDENTIFIER.fullmatch(last) is not None
    return rule if name.startswith("securityhub-") and is_identifier else name.removeprefix("securityhub-")
