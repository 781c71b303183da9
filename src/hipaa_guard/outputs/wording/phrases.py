"""The words that every format for people uses."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from hipaa_guard.assessment.gate import NOTHING, counted
from hipaa_guard.assessment.model import Assessment, Coverage, Scan
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import SETTINGS, Gap, GapKind, Location
from hipaa_guard.facts.origin import Evidence
from hipaa_guard.facts.values import Cause
from hipaa_guard.outputs.wording.harmless_text import shortened

STATUS = {
    Status.FAIL: "gap found",
    Status.UNKNOWN: "not assessed",
    Status.PARTIAL: "evidence in part",
    Status.PASS: "evidence found",
    Status.NOT_APPLICABLE: "not applicable",
    Status.MANUAL: "needs a person",
    Status.INHERITED: "inherited from AWS",
}
"""Each status in words, worst first."""

VERDICTS: tuple[Status, ...] = tuple(status for status in STATUS if status is not Status.PARTIAL)
"""The statuses that a finding can have, worst first."""

OPEN = (Status.FAIL, Status.UNKNOWN)
"""The statuses of findings that somebody has to look at, unless an exception covers them."""

_FORMATS = {
    "hcl": "Terraform source",
    "plan": "Terraform plan",
    "state": "Terraform state",
    "mixed": "Terraform",
    "live": "AWS account",
}


def subject(scan: Scan) -> str:
    """The subject of the scan: "Terraform source in infra", "AWS account 123456789012"."""
    if scan.source == "both":
        return f"Terraform and AWS account: {scan.target}"
    what = _FORMATS[scan.format]
    return f"{what} {scan.target}" if scan.source == "aws" else f"{what} in {scan.target}"


def source(evidence: Evidence) -> str:
    """The source of a fact: lines of source, or AWS calls and the time of the last answer."""
    if not evidence.calls:
        return evidence.source
    return f"{evidence.source}, {moment(max(call.time for call in evidence.calls))}"


def skipped(coverage: Coverage) -> list[str]:
    """The regions that were not read, by the reason: "not enabled in this account: me-south-1"."""
    reasons = sorted(set(coverage.skipped.values()))
    return [f"{why}: {', '.join(name for name, its in coverage.skipped.items() if its == why)}" for why in reasons]


def statement_to_add(coverage: Coverage) -> str:
    """A policy statement with the actions that AWS denied to the role of the scan; empty where it denied none."""
    if not coverage.denied:
        return ""
    return json.dumps(statement(coverage.denied), indent=2)


def statement(actions: Sequence[str]) -> dict[str, object]:
    """A statement of an IAM policy that allows the actions."""
    return {"Sid": "HipaaGuardLacks", "Effect": "Allow", "Action": list(actions), "Resource": "*"}


def moment(time: datetime) -> str:
    """A time in UTC to the second."""
    time = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    return time.strftime("%Y-%m-%d %H:%M:%S UTC")


def nothing_judged(assessment: Assessment) -> str:
    """The sentence for a scan that judged nothing; empty for any other scan."""
    reasons = (reason.removeprefix("Warnings only: ") for reason in assessment.gate.reasons)
    return next((reason for reason in reasons if reason.startswith(NOTHING)), "")


def extent(assessment: Assessment) -> str:
    """The extent of the scan: "64 resources in 12 files", "590 resources in 2 regions"."""
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


def unjudged(counts: Mapping[str, int], most: int | None = None) -> str:
    """Types that no control covers, as `tally`: types of AWS by name, those of all other providers as one number."""
    ours = {type: number for type, number in counts.items() if is_of_aws(type)}
    others = sum(counts.values()) - sum(ours.values())
    return ", ".join(filter(None, (tally(ours, most), f"other providers {others:,}" if others else "")))


def is_of_aws(type: str) -> bool:
    """Whether a type is one of AWS: of its two Terraform providers, or of CloudFormation."""
    return type.startswith(("aws_", "awscc_", "AWS::"))


def name(finding: Finding) -> str:
    """The resource as people look it up: the address in Terraform, the ARN in AWS.

    A finding on resources that could not be listed has only a kind.
    """
    resource = finding.resource
    if not (resource.address or resource.arn or resource.name):
        return f"{resource.kind} (not listed)"
    return (resource.arn or resource.label) if resource.source == "aws" else resource.label


def where(finding: Finding, limit: int = 1000, alike: Sequence[Finding] = ()) -> str:
    """``file:line`` of the resource and of the deciding value, or region and account. Long names lose their middle.

    ``alike`` are more findings on instances of the same block; their deciding values may be in other places.
    """
    resource = finding.resource
    if resource.source == "aws":
        return ", ".join(filter(None, (resource.region, resource.account)))
    place, decided = finding.location, finding.decided_at
    text = _line(place, limit) if place is not None else ""
    if decided is not None and (place is None or str(decided) != str(place)):
        elsewhere = len({str(each.decided_at) for each in alike if each.decided_at is not None} - {str(decided)})
        more = f" and {counted(elsewhere, 'other place', 'other places')}" if elsewhere else ""
        there = f":{decided.line_start}" if place is not None and decided.file == place.file else _line(decided, limit)
        text += f" (set at {there}{more})"
    return text


def context(finding: Finding, *, several_roots: bool, limit: int = 1000) -> str:
    """The outermost module call and the root module, which tell apart instances with one address or one block.

    The root is left out where the path already shows it, and where there is only one root.
    """
    resource, place = finding.resource, finding.location
    call = place.calls[0] if place is not None and place.calls else None
    outermost = call or place
    parts = [called_at(place, limit)]
    if several_roots and resource.source == "terraform" and resource.address:
        root = posixpath.normpath(resource.root or ".")
        directory = posixpath.normpath(posixpath.dirname(outermost.file) or ".") if outermost is not None else None
        if directory is None or (directory != root and not root.endswith(f"/{directory}")):
            parts.append(f"root: {shortened(root, limit)}")
    return ", ".join(filter(None, parts))


def called_at(place: Location | None, limit: int = 1000) -> str:
    """The outermost module call that leads to a place: "called at examples/complete/main.tf:23"."""
    return f"called at {_line(place.calls[0], limit)}" if place is not None and place.calls else ""


def _line(place: Location, limit: int) -> str:
    return f"{shortened(place.file, limit)}:{place.line_start}"


def exception(finding: Finding) -> ExceptionEntry | None:
    """The accepted risk that covers an open finding."""
    return finding.exception if finding.status in OPEN else None


def accepted(entry: ExceptionEntry) -> str:
    """An exception in one sentence: its number and its end come first, so that they remain where text is cut."""
    approved = f"approved by {entry.approver} on {entry.approved_on.isoformat()}, owner {entry.owner}"
    parts = [
        f"Accepted risk {entry.id} until {entry.expires_on.isoformat()}, {approved}: {entry.justification}",
        f"Instead: {entry.compensating_control}" if entry.compensating_control else "",
        f"Ticket: {entry.ticket}" if entry.ticket else "",
    ]
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def identity(finding: Finding) -> tuple[str, ...]:
    """A key that is equal for the findings of all controls on one resource."""
    resource = finding.resource
    return resource.source, resource.root, name(finding), resource.account or "", resource.region or ""


def roots_named(scan: Scan) -> str:
    """The directory that roots, and so the identities of findings, are named from; empty without Terraform."""
    match scan.roots_from:
        case "scanned path":
            return (
                "the scanned path: exceptions, baselines and fingerprints hold for scans of this path only; "
                "scan a work tree of git, or give --repository-root DIR"
            )
        case "git":
            return "the work tree of git"
        case "settings":
            return f"the directory of {SETTINGS}"
        case "option":
            return "--repository-root"
    return ""


def several_roots(assessment: Assessment) -> bool:
    """Whether resources can be told apart only with their root."""
    return len(set(assessment.coverage.roots)) > 1


def by_block(findings: Iterable[Finding]) -> list[list[Finding]]:
    """Findings of one control; those that say the same of instances of one block of source are in one group."""
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        place = finding.location
        key: object = number
        if place is not None and finding.resource.source == "terraform":
            said = shape(finding.message), shape(finding.uncertain or "")
            key = (
                finding.control_id,
                finding.status,
                place.file,
                place.line_start,
                *said,
                finding.exception,
                finding.new,
            )
        groups.setdefault(key, []).append(finding)
    return list(groups.values())


_OF_ONE_CAUSE = frozenset({GapKind.MODULE, GapKind.EXPANSION, GapKind.ELSEWHERE})
"""Kinds of rows where one cause gives rows in many places: a missing module, a value that is not given."""


def gap_groups(gaps: Iterable[Gap]) -> list[list[Gap]]:
    """The gaps of the coverage, grouped by place and reason; parts that exist and were not read come first.

    A missing module makes one group for all places that call it.
    """
    groups: dict[object, list[Gap]] = {}
    for gap in sorted(gaps, key=lambda gap: not gap.incomplete):
        region = gap.region or ""
        place = str(gap.location) if gap.location is not None else _without(gap.subject, region)
        place = "" if gap.kind in _OF_ONE_CAUSE else place
        key = (gap.incomplete, gap.kind, place, shape(_without(gap.reason, region)), gap.hint, gap.action)
        groups.setdefault(key, []).append(gap)
    return list(groups.values())


def _without(text: str, part: str) -> str:
    return text.replace(part, "") if part else text


_INSTANCE = re.compile(
    r"""
    (?: \bmodule\.[\w-]{1,200} (?:\[[^\[\]]{0,200}\])? \. )+   # the path of modules that leads to an address
    | \[ (?: [0-9]{1,20} | "[^"]{0,200}" ) \]                    # the key of an instance
    """,
    re.VERBOSE,
)


def shape(text: str) -> str:
    """A sentence without the parts that differ between instances of one block."""
    return _INSTANCE.sub("", shortened(text, 2000))


def by_severity(findings: Iterable[Finding]) -> dict[Severity, dict[Status, int]]:
    """Number of findings by severity and status, with every severity and every status."""
    table = {severity: dict.fromkeys(VERDICTS, 0) for severity in Severity}
    for finding in findings:
        table[finding.severity][finding.status] += 1
    return table


def unknown_groups(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The unknown findings by the cause ("access denied: s3:GetBucketPolicy"), the largest group first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.status is Status.UNKNOWN:
            groups.setdefault(unknown_cause(finding), []).append(finding)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))


def covered(findings: Iterable[Finding]) -> list[tuple[ExceptionEntry, list[Finding]]]:
    """The findings that an exception covers, by exception, in the order of their ids."""
    groups: dict[str, tuple[ExceptionEntry, list[Finding]]] = {}
    for finding in findings:
        if finding.exception is not None:
            groups.setdefault(finding.exception.id, (finding.exception, []))[1].append(finding)
    return [group for _, group in sorted(groups.items(), key=lambda item: (len(item[0]), item[0]))]


def accepted_and_new(findings: Sequence[Finding]) -> str:
    """How many gaps and unknown verdicts are covered, and how many are new, in a sentence; empty where not known."""
    accepted = _gaps_and_unknown([finding for finding in findings if finding.exception is not None])
    parts = [f"{accepted} covered by exceptions"] if accepted else []
    if any(finding.new is not None for finding in findings):
        new = _gaps_and_unknown([finding for finding in findings if finding.new and finding.exception is None])
        old = _gaps_and_unknown([finding for finding in findings if finding.new is False and finding.exception is None])
        parts += [f"{new or 'none'} new", f"{old or 'none'} in the baseline"]
    return f"Of these, {'; '.join(parts)}." if parts else ""


def _gaps_and_unknown(findings: Sequence[Finding]) -> str:
    fails = sum(finding.status is Status.FAIL for finding in findings)
    unknown = sum(finding.status is Status.UNKNOWN for finding in findings)
    return " and ".join(
        [
            *([counted(fails, "gap", "gaps")] if fails else []),
            *([counted(unknown, "unknown verdict", "unknown verdicts")] if unknown else []),
        ]
    )


def unknown_cause(finding: Finding) -> str:
    """The cause of an unknown verdict, with the missing action."""
    if finding.error is not None:
        return "the control itself broke"
    cause = finding.cause or Cause.OTHER
    return f"{cause.value}: {finding.action}" if finding.action else cause.value
