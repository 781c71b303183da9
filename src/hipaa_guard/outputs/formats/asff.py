"""AWS Security Finding Format, for ``BatchImportFindings`` of Security Hub CSPM.

Only findings of an account: Security Hub accepts them from their own account and region. Passing findings cost money
there and are left out unless all findings are asked for.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

from hipaa_guard import services
from hipaa_guard.assessment.model import Assessment, ControlSummary, Scan
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.resource import all_kinds
from hipaa_guard.outputs.json.lists import array, encode
from hipaa_guard.outputs.wording import phrases, settings_in_effect
from hipaa_guard.outputs.wording.harmless_text import escaped_json, shortened, visible
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.wording.times import in_utc

_STATUS = {
    Status.FAIL: "FAILED",
    Status.UNKNOWN: "NOT_AVAILABLE",
    Status.PASS: "PASSED",
    Status.MANUAL: "WARNING",
}
_ACCEPTED = "WARNING"
_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards/HIPAA Controls (USA)"

_ID, _TITLE, _DESCRIPTION, _SHORT, _REGION = 512, 256, 1024, 512, 16
_FIELD_NAME, _FIELD, _DETAIL = 127, 2048, 1023
_MOST_REQUIREMENTS = 32
"""Limits of the AWS Security Hub API Reference, in characters."""

_PARTITIONS = {
    "aws": "aws",
    "aws-cn": "aws-cn",
    "aws-us-gov": "aws-us-gov",
    "aws-iso": "aws-us-iso",
    "aws-iso-b": "aws-us-iso-b",
}
_HOMES = {"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""The region that receives findings without a region (IAM), by partition."""


def render(assessment: Assessment, page: Page | None = None) -> str:
    """The findings of the account as a JSON list; with ``page.everything`` also those that pass."""
    return "".join(pieces(assessment, page))


def pieces(assessment: Assessment, page: Page | None = None) -> Iterator[str]:
    """The text of `render`, piece by piece."""
    statuses = tuple(_STATUS) if page is not None and page.everything else phrases.OPEN
    return map(escaped_json, _lines(assessment, statuses))


def _lines(assessment: Assessment, statuses: tuple[Status, ...]) -> Iterator[str]:
    controls = {control.id: control for control in assessment.controls}
    types = _resource_types()
    found = (
        _finding(assessment, finding, controls.get(finding.control_id), types)
        for finding in assessment.findings
        if finding.resource.source == "aws" and finding.status in statuses
    )
    yield from array(map(encode, found))
    yield "\n"


def _resource_types() -> dict[str, str]:
    """Kind -> its type in Security Hub. This loads the services, which an assessment read from a file has not done."""
    for service in pkgutil.iter_modules(services.__path__, f"{services.__name__}."):
        importlib.import_module(service.name)
    return {kind.kind: kind.security_hub_type for kind in all_kinds() if kind.security_hub_type}


def _finding(
    assessment: Assessment, finding: Finding, control: ControlSummary | None, types: Mapping[str, str]
) -> dict[str, Any]:
    scan = assessment.scan
    account = finding.resource.account or scan.account or "000000000000"
    finished = in_utc(scan.finished)
    name = phrases.name(finding)
    found: dict[str, Any] = {
        "SchemaVersion": "2018-10-08",
        "Id": f"hipaa-guard/{finding.fingerprint}",
        "ProductArn": _product(scan, _region(scan, finding), account),
        "GeneratorId": _text(f"hipaa-guard/{finding.control_id}", _ID),
        "AwsAccountId": account,
        "CreatedAt": finished,
        "UpdatedAt": finished,
        "LastObservedAt": finished,
        "Title": _text(control.title if control else finding.control_id, _TITLE),
        "Description": _text(f"{shortened(name, _TITLE)} {finding.message}", _DESCRIPTION),
        "FindingProviderFields": {
            "Severity": {"Label": _label(finding), "Original": finding.severity.value},
            "Types": [_TYPE],
        },
        "Compliance": _compliance(finding, control),
        "ProductFields": _product_fields(assessment, finding, control),
        "Resources": [_resource(scan, finding, types)],
        "RecordState": "ACTIVE",
    }
    if control is not None:
        found["Remediation"] = {"Recommendation": {"Text": _remedy(control)}}
    exception = phrases.exception(finding)
    if exception is not None:
        text = _text(phrases.accepted(exception), _SHORT)
        found["Note"] = {"Text": text, "UpdatedBy": "hipaa-guard", "UpdatedAt": finished}
    return found


def _label(finding: Finding) -> str:
    """The severity; a finding that passes is informational."""
    return finding.severity.value.upper() if finding.status in phrases.OPEN else "INFORMATIONAL"


def _region(scan: Scan, finding: Finding) -> str:
    """The region that receives the finding. One without a region goes to the partition's home region, if scanned."""
    home = _HOMES.get(scan.partition or "aws", "")
    if finding.resource.region:
        return finding.resource.region
    return home if home in scan.regions or not scan.regions else scan.regions[0]


def _product(scan: Scan, region: str, account: str) -> str:
    return f"arn:{scan.partition or 'aws'}:securityhub:{region}:{account}:product/{account}/default"


def _compliance(finding: Finding, control: ControlSummary | None) -> dict[str, Any]:
    status, code = _STATUS[finding.status], finding.status.value.upper()
    description = finding.message
    exception = phrases.exception(finding)
    if exception is not None:
        status, code, description = _ACCEPTED, "ACCEPTED_RISK", phrases.accepted(exception)
    elif finding.status is Status.UNKNOWN:
        description = f"{phrases.unknown_cause(finding)}: {finding.message}"
    found: dict[str, Any] = {
        "Status": status,
        "StatusReasons": [{"ReasonCode": code, "Description": _text(description, _DESCRIPTION)}],
    }
    if control is not None and control.hipaa:
        found["RelatedRequirements"] = [f"45 CFR {citation}" for citation in control.hipaa][:_MOST_REQUIREMENTS]
    return found


def _product_fields(assessment: Assessment, finding: Finding, control: ControlSummary | None) -> dict[str, str]:
    fields = {
        "hipaa-guard/control": finding.control_id,
        "hipaa-guard/version": assessment.version,
        "hipaa-guard/kind": finding.resource.kind,
        "hipaa-guard/safeguard": control.safeguard if control else "",
        "hipaa-guard/missing-action": finding.action or "",
        "hipaa-guard/exception": finding.exception.id if finding.exception else "",
        "hipaa-guard/exception-expires": finding.exception.expires_on.isoformat() if finding.exception else "",
        "hipaa-guard/settings": settings_in_effect.file_in_words(assessment.settings),
        "hipaa-guard/register": settings_in_effect.file_in_words(assessment.register),
        "hipaa-guard/settings-changed": settings_in_effect.change(assessment),
        "hipaa-guard/new": {True: "true", False: "false", None: ""}[finding.new],
    }
    return _map(fields, _FIELD)


def _resource(scan: Scan, finding: Finding, types: Mapping[str, str]) -> dict[str, Any]:
    resource = finding.resource
    found: dict[str, Any] = {
        "Type": types.get(resource.kind, "Other"),
        "Id": _text(phrases.name(finding), _ID),
        "Region": shortened(_region(scan, finding), _REGION),
    }
    partition = _PARTITIONS.get(scan.partition or "aws")
    if partition:
        found["Partition"] = partition
    details = _map({evidence.fact: evidence.value for evidence in finding.evidence}, _DETAIL)
    if details:
        found["Details"] = {"Other": details}
    return found


def _map(fields: Mapping[str, str], limit: int) -> dict[str, str]:
    """The fields with a text; Security Hub refuses an empty one."""
    return {_text(name, _FIELD_NAME): _text(value, limit) for name, value in fields.items() if value.strip()}


def _remedy(control: ControlSummary) -> str:
    """How to close the gap, with room for what that does besides."""
    fix, also = control.fix, control.fix.also()
    text = _text(fix.cli or fix.note or f"hipaa-guard explain {control.id}", _SHORT - len(also) - 1 if also else _SHORT)
    return f"{text} {also}" if also else text


def _text(text: str, limit: int) -> str:
    return shortened(visible(text).strip(), limit) or "-"
