"""The parts of results: controls, findings, gaps, a scan, exceptions, and hostile text for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any, ClassVar

from hipaa_guard.assessment.model import (
    Coverage,
    Exceptions,
    ExceptionState,
    ExceptionUse,
    Scan,
)
from hipaa_guard.controls.control import Control, Severity, Status, passed
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.findings import Finding, fingerprint
from hipaa_guard.controls.fix import Fix
from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.resource import Resource

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "=cmd|' /C calc'!A0",
    "safe\u202egnp.exe\u2066\u200b",
    "[bold red]markup[/] [link=file:///etc/passwd]x[/link]",
    "\U0001f9ec genome \u4e2d\u6587 \udc80",
    "{{ 7*7 }} {% raw %} ]]> --> </style> \x00\x85\u2028",
    "n" * 1000,
    "quote \" apostrophe ' & ampersand",
)


class Bucket(Resource):
    kind: ClassVar[str] = "s3.Bucket"


class Key(Resource):
    kind: ClassVar[str] = "kms.Key"


Bucket.kind, Key.kind = "s3.Bucket", "kms.Key"
_FIX = Fix(
    terraform="\n".join(['resource "aws_s3_bucket" "this" {', *(f"  line_{n} = true" for n in range(9)), "}"]),
    cli="aws s3api put-bucket-policy --bucket NAME",
    note="Takes effect at once.",
    not_by_machine="needs <b>a person</b>",
    consequences=("cuts_access",),
)


def control(
    id: str, severity: Severity, hipaa: tuple[str, ...], kind: type[Resource] = Bucket, fix: Fix = _FIX
) -> Control:
    return Control(
        id=id,
        title=f"Things are as {id.replace('_', ' ')} says, which takes a rather long sentence to say in full",
        severity=severity,
        hipaa=hipaa,
        why="ePHI can leak. <b>This is not markup.</b>",
        fix=fix,
        kind=kind,
        judge=lambda _: passed("is fine"),
        needs_inventory=False,
        safeguard="encryption_in_transit",
        module="tests",
        peers={"checkov": ("CKV_AWS_1",), "prowler": ("a", "b")},
    )


CONTROLS = [
    control("s3_bucket_public", Severity.CRITICAL, ("164.312(a)(1)",)),
    control("s3_bucket_tls_required", Severity.HIGH, ("164.312(e)(1)", "164.312(e)(2)(ii)")),
    control("s3_bucket_versioned", Severity.MEDIUM, ("164.312(c)(1)",), fix=Fix(sets="aws_s3_bucket.versioned = true")),
    control("s3_bucket_logged", Severity.LOW, ("164.312(b)",)),
    control("kms_key_rotates", Severity.MEDIUM, ("164.312(a)(2)(iv)",), Key),
    control("kms_key_unmet", Severity.LOW, ("164.308(a)(5)(ii)(D)",), Key),
]


def finding(control: Control, status: Status, origin: Origin, message: str = "is so", **more: Any) -> Finding:
    base = Finding(control.id, status, control.severity, message, fingerprint(control.id, origin), origin)
    return base._replace(**more)


def in_terraform(name: str, line: int = 1, file: str = "main.tf") -> Origin:
    return Origin(
        "s3.Bucket",
        "aws_s3_bucket",
        name,
        "terraform",
        address=f"module.store.aws_s3_bucket.{name}",
        root="infra",
        location=Location(file, line, line + 4, (Location("root.tf", 3, 6),)),
    )


def in_account(name: str) -> Origin:
    return Origin(
        "kms.Key",
        None,
        name,
        "aws",
        arn=f"arn:aws:kms:eu-west-1:123456789012:key/{name}",
        region="eu-west-1",
        account="123456789012",
    )


GAPS = (
    Gap(GapKind.FILE, "broken.tf", "line 3: a brace is missing", "fix the file", location=Location("broken.tf", 3, 3)),
    Gap(
        GapKind.CALL,
        "s3.get_bucket_policy",
        "access denied",
        "allow s3:GetBucketPolicy",
        region="us-east-1",
        action="s3:GetBucketPolicy",
    ),
    Gap(GapKind.EXPRESSION, HOSTILE[0], HOSTILE[2], HOSTILE[4], incomplete=False),
)
SCAN = Scan(
    source="terraform",
    target="infra/<prod>",
    started=datetime(2026, 11, 22, 6, 0, 0, 123456, tzinfo=UTC),
    finished=datetime(2026, 11, 22, 6, 0, 1, 500000, tzinfo=UTC),
    format="mixed",
    account="123456789012",
    caller="arn:aws:sts::123456789012:assumed-role/audit/me",
    partition="aws",
    regions=("eu-west-1", "us-east-1"),
    commit="0123456789abcdef0123456789abcdef01234567",
)
COVERAGE = Coverage(
    files=12,
    roots=("infra", HOSTILE[1]),
    resources={"s3.Bucket": 23, "kms.Key": 7},
    unjudged_types={"aws_route": 4, HOSTILE[0]: 1},
    regions=("eu-west-1",),
    calls={"kms.list_keys": 2},
    facts={"planned": 10, "known": 8, "absent": 1, "unknown": 1},
    gaps=GAPS,
)
COMMAND = "x%0A::error file=secret::stolen"
LINK = "[click](https://evil.example) ![](https://evil.example/i.png) https://evil.example www.evil.example"
NASTY = (
    *HOSTILE,
    COMMAND,
    "\n::error::second line\r\n::stop-commands::x",
    '=HYPERLINK("http://evil.example")',
    "  =1+1",
    "+1",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "a|b|c",
    "`code` `` ``` ````",
    LINK,
    "@octocat see #1 and owner/name#2",
    "</details><!-- --> -->",
    "<testcase/>]]>&amp;\x00\x08\ufffe",
    "a::b,c=d",
    "012345678901",
    "v" * 65_536,
    "",
)
"""What a hostile tree or account may name a thing, beside `HOSTILE`."""
EXCEPTION = ExceptionEntry(
    id="EX-12",
    justification=f"The bucket holds no ePHI. {COMMAND}",
    compensating_control="Reviewed each month",
    owner="storage team",
    approver="security officer",
    approved_on=date(2026, 10, 1),
    expires_on=date(2027, 3, 31),
    ticket="RISK-7",
)


def registered(findings: Iterable[Finding]) -> Exceptions:
    """The register that holds the exceptions of the findings."""
    entries = {each.exception.id: each.exception for each in findings if each.exception is not None}
    uses = (ExceptionUse(entry, ExceptionState.ACTIVE, 90, 1) for entry in entries.values())
    return Exceptions("exceptions.yaml", tuple(uses))
