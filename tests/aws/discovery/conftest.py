"""A wire that answers the questions of discovery, and a scan over it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from hipaa_guard.aws.planning.plan import planned
from hipaa_guard.cli.main import run
from tests.aws.discovery.told import HOME, KINDS, OPERATIONS, OTHER, Scanned
from tests.aws.shapes.samples import ACCOUNT
from tests.aws.wire import Wire, answering


@pytest.fixture(scope="module")
def _wire() -> Iterator[Wire]:
    operations = {*OPERATIONS, *planned(KINDS).operations}
    with answering(sorted({operation.partition(".")[0] for operation in operations} | {"sts"})) as wire:
        yield wire


@pytest.fixture
def wire(_wire: Wire, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """An account of two regions that has nothing."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", _wire.url)
    _wire.forget()
    regions = [{"RegionName": region, "OptInStatus": "opt-in-not-required"} for region in (HOME, OTHER)]
    _wire.give("ec2.describe_regions", {"Regions": regions})
    user = f"arn:aws:iam::{ACCOUNT}:user/auditor"
    _wire.give("sts.get_caller_identity", {"Account": ACCOUNT, "Arn": user, "UserId": "one"})
    report = {"Content": b"user,arn\n", "ReportFormat": "text/csv"}
    _wire.give("iam.generate_credential_report", {"State": "COMPLETE"})
    _wire.give("iam.get_credential_report", report)
    return _wire


@pytest.fixture
def scanned(wire: Wire, capsys: pytest.CaptureFixture[str]) -> Scanned:
    assert wire.url

    def scan(*arguments: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        where = [] if "--replay" in arguments else ["--regions", HOME]
        code = run(["scan", "aws", *where, "-o", "json", *arguments])
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        return code, document

    return scan
