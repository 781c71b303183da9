"""Every combination of what the gate is told, over exit codes."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from hipaa_guard.assessment.gate import decide
from hipaa_guard.assessment.model import Coverage, Gate
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.exception import ExceptionEntry
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.values import Cause

ACCEPTED = ExceptionEntry("EX-1", "why", "instead", "a", "b", date(2026, 1, 1), date(2026, 12, 31))


def finding(status: Status, severity: Severity = Severity.HIGH, **more: Any) -> Finding:
    origin = Origin("s3.Bucket", "aws_s3_bucket", "phi", "terraform", address="aws_s3_bucket.phi")
    return Finding("c", status, severity, "is so", "0" * 64, origin)._replace(**more)


PASSES = finding(Status.PASS)
FINDINGS: dict[str, list[Finding]] = {
    "nothing": [],
    "a pass": [PASSES],
    "a new high gap": [PASSES, finding(Status.FAIL, new=True)],
    "a known high gap": [PASSES, finding(Status.FAIL, new=False)],
    "a new low gap": [PASSES, finding(Status.FAIL, Severity.LOW, new=True)],
    "an accepted gap": [PASSES, finding(Status.FAIL, new=True, exception=ACCEPTED)],
    "an unknown verdict": [PASSES, finding(Status.UNKNOWN, cause=Cause.VARIABLE, new=True)],
    "an accepted unknown verdict": [PASSES, finding(Status.UNKNOWN, cause=Cause.VARIABLE, exception=ACCEPTED)],
    "a denied verdict": [PASSES, finding(Status.UNKNOWN, cause=Cause.DENIED)],
    "a broken control": [PASSES, finding(Status.UNKNOWN, error="Traceback")],
    "a broken control under an exception": [finding(Status.UNKNOWN, error="Traceback", exception=ACCEPTED)],
    "a gap beside a broken control": [finding(Status.FAIL, new=True), finding(Status.UNKNOWN, error="Traceback")],
}
COVERAGE = {
    "all": Coverage(),
    "a part": Coverage(gaps=(Gap(GapKind.FILE, "a.tf", "broken"),)),
    "two resources besides": Coverage(unjudged_types={"aws_redshift_cluster": 1}, unjudged_kinds={"s3.Bucket": 1}),
}


@dataclass(frozen=True)
class Options:
    fail_on: Severity | None
    new_only: bool
    max_unknown: int | None
    warn_only: bool
    expired: tuple[str, ...]
    max_unjudged: int | None = None
    allow_empty: bool = False
    narrowed: bool = False


EVERY_CHOICE = [
    Options(*each)
    for each in itertools.product(
        (None, Severity.LOW, Severity.HIGH, Severity.CRITICAL),
        (False, True),
        (None, 0, 1),
        (False, True),
        ((), ("EX-9",)),
        (None, 1, 2),
        (False, True),
        (False, True),
    )
]


def expected(name: str, coverage: str, chosen: Options) -> int:
    """The exit code, from the design's sentences: 4 before 1 before 3; a warning stops for nothing but our own errors."""
    if "broken" in name:
        return 4
    if chosen.warn_only:
        return 0
    gap = {"a new high gap": Severity.HIGH, "a known high gap": Severity.HIGH, "a new low gap": Severity.LOW}.get(name)
    known = name == "a known high gap"
    bad = gap is not None and chosen.fail_on is not None and gap.rank <= chosen.fail_on.rank
    if chosen.expired or (bad and not (known and chosen.new_only)):
        return 1
    unknown = name in ("an unknown verdict", "a denied verdict")
    too_many = chosen.max_unknown == 0 and unknown
    unjudged = coverage == "two resources besides" and chosen.max_unjudged == 1
    empty = name == "nothing" and not (chosen.allow_empty or chosen.narrowed)
    return 3 if coverage == "a part" or name == "a denied verdict" or too_many or unjudged or empty else 0


def decided(name: str, coverage: str, chosen: Options) -> Gate:
    return decide(
        FINDINGS[name],
        COVERAGE[coverage],
        fail_on=chosen.fail_on,
        new_only=chosen.new_only,
        max_unknown=chosen.max_unknown,
        warn_only=chosen.warn_only,
        expired=chosen.expired,
        max_unjudged=chosen.max_unjudged,
        allow_empty=chosen.allow_empty,
        narrowed=chosen.narrowed,
    )


@pytest.mark.parametrize("coverage", COVERAGE)
@pytest.mark.parametrize("name", FINDINGS)
def test_every_combination(name: str, coverage: str) -> None:
    for chosen in EVERY_CHOICE:
        gate = decided(name, coverage, chosen)
        assert gate.exit_code == expected(name, coverage, chosen), chosen
        assert gate.passed is (gate.exit_code == 0)
        assert gate.reasons[0].endswith(".")


EVERYTHING = Options(Severity.LOW, new_only=False, max_unknown=None, warn_only=False, expired=())


@pytest.mark.parametrize(
    "name, chosen, first",
    [
        ("a new high gap", EVERYTHING, "1 finding fails: 1 high."),
        ("a known high gap", Options(Severity.LOW, True, None, False, ()), "1 failing finding in the baseline."),
        ("a new high gap", Options(Severity.LOW, True, None, False, ()), "1 new finding fails: 1 high."),
        (
            "a new low gap",
            Options(Severity.HIGH, False, None, False, ()),
            "1 failing finding below the severity that stops.",
        ),
        ("an accepted gap", EVERYTHING, "1 failing finding covered by exceptions."),
        ("a pass", Options(Severity.LOW, False, None, False, ("EX-9",)), "1 exception has expired (EX-9)."),
        (
            "a pass",
            Options(Severity.LOW, False, None, True, ("EX-9",)),
            "Warnings only: 1 exception has expired (EX-9).",
        ),
        (
            "an unknown verdict",
            Options(Severity.LOW, False, 0, False, ()),
            "1 verdict is unknown and at most 0 may be.",
        ),
    ],
)
def test_the_first_reason_is_the_deciding_one(name: str, chosen: Options, first: str) -> None:
    assert decided(name, "all", chosen).reasons[0] == first


def test_a_gap_that_no_baseline_was_asked_of_is_not_let_through() -> None:
    gate = decide([finding(Status.FAIL)], Coverage(), new_only=True)
    assert gate.exit_code == 1


def test_besides_what_stops_all_else_is_counted() -> None:
    findings = [
        *([finding(Status.FAIL, new=True)] * 2),
        *([finding(Status.FAIL, new=False)] * 3),
        finding(Status.FAIL, exception=ACCEPTED, new=False),
    ]
    gate = decide(findings, Coverage(), new_only=True)
    assert gate.reasons == ("2 new findings fail: 2 high (besides 3 in the baseline and 1 covered by exceptions).",)
