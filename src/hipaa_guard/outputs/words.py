"""The words that every format for people uses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from hipaa_guard.assessment.gate import counted
from hipaa_guard.assessment.model import Assessment, Scan
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.values import Cause
from hipaa_guard.outputs.text import shortened

STATUS = {
    Status.FAIL: "gap found",
    Status.UNKNOWN: "not assessed",
    Status.PASS: "evidence found",
    Status.NOT_APPLICABLE: "not applicable",
    Status.MANUAL: "needs a person",
    Status.INHERITED: "inherited from AWS",
}
"""What a status means, worst first."""

_FORMATS = {
    "hcl": "Terraform source",
    "plan": "Terraform plan",
    "state": "Terraform state",
    "mixed": "Terraform",
    "live": "AWS account",
}


def subject(scan: Scan) -> str:
    """What was scanned, in words: "Terraform source in infra", "AWS account 123456789012"."""
    if scan.source == "both":
        return f"Terraform and AWS account: {scan.target}"
    what = _FORMATS[scan.format]
    return f"{what} {scan.target}" if scan.source == "aws" else f"{what} in {scan.target}"


def moment(time: datetime) -> str:
    """A time in UTC to the second."""
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.strftime("%Y-%m-%d %H:%M:%S UTC")


def extent(assessment: Assessment) -> str:
    """How much was looked at: "64 resources in 12 files", "590 resources in 2 regions"."""
    coverage = assessment.coverage
    resources = counted(sum(coverage.resources.values()), "resource", "resources")
    if assessment.scan.source == "aws":
        return f"{resources} in {counted(len(coverage.regions or assessment.scan.regions), 'region', 'regions')}"
    files = counted(coverage.files, "file", "files")
    if assessment.scan.source == "both":
        files += f" and {counted(len(coverage.regions), 'region', 'regions')}"
    return f"{resources} in {files}"


def tally(counts: Mapping[str, int], most: int | None = None) -> str:
    """Names with their numbers, the largest first: "s3.Bucket 12, kms.Key 3"."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ordered if most is None else ordered[:most]
    rest = len(ordered) - len(shown)
    return ", ".join(f"{name} {number:,}" for name, number in shown) + (f" and {rest:,} more" if rest else "")


def name(finding: Finding) -> str:
    """The resource as people look it up: the address in Terraform, the ARN in AWS."""
    resource = finding.resource
    return (resource.arn or resource.label) if resource.source == "aws" else resource.label


def where(finding: Finding, limit: int = 1000) -> str:
    """``file:line`` of the resource and of what decided, or region and account. Long names lose their middle."""
    resource = finding.resource
    if resource.source == "aws":
        return ", ".join(filter(None, (resource.region, resource.account)))
    place, decided = finding.location, finding.decided_at
    text = f"{shortened(place.file, limit)}:{place.line_start}" if place is not None else ""
    if decided is not None and (place is None or str(decided) != str(place)):
        text += f" (set at {shortened(decided.file, limit)}:{decided.line_start})"
    return text


def by_severity(findings: Iterable[Finding]) -> dict[Severity, dict[Status, int]]:
    """Number of findings by severity and status, every one of both present."""
    table = {severity: dict.fromkeys(Status, 0) for severity in Severity}
    for finding in findings:
        table[finding.severity][finding.status] += 1
    return table


def unknown_groups(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The unknown findings by what stood in the way ("access denied: s3:GetBucketPolicy"), the largest group first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status is Status.UNKNOWN:
            groups.setdefault(hindrance(finding), []).append(finding)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def hindrance(finding: Finding) -> str:
    """What stood in the way of a verdict."""
    if finding.error is not None:
        return "the control itself broke"
    cause = finding.cause or Cause.OTHER
    return f"{cause.value}: {finding.action}" if finding.action else cause.value
