"""Results with everything in them that a scan can bring, hostile text included, and a very large one."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from examples import account
from hipaa_guard.assessment.build import assess
from hipaa_guard.assessment.model import (
    Assessment,
    Coverage,
    SettingsChange,
    UsedFile,
)
from hipaa_guard.controls.control import Severity, Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.facts.origin import Evidence
from hipaa_guard.facts.values import Cause
from hipaa_guard.scanning.aws import AwsTarget, scan_aws
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.outputs.results import (
    COMMAND,
    CONTROLS,
    COVERAGE,
    EXCEPTION,
    HOSTILE,
    LINK,
    NASTY,
    SCAN,
    control,
    finding,
    in_account,
    in_terraform,
    registered,
)


def _findings() -> Iterator[Finding]:
    public, tls, versioned, logged, rotates, _ = CONTROLS
    for number, text in enumerate(HOSTILE):
        origin = in_terraform(text, number + 1, file=f"{text[:60]}.tf")
        elsewhere = Location(f"modules/{text[:40]}/main.tf", 40, 40)
        facts = (Evidence("acl", "not set", ""), Evidence("policy", text, "modules/main.tf:40", elsewhere))
        yield finding(public, Status.FAIL, origin, f"allows everyone: {text}", evidence=facts)
        yield finding(logged, Status.UNKNOWN, origin, f"cannot be judged: {text}", cause=Cause.VARIABLE)
    for number in range(13):
        origin = in_terraform(f"plain_{number:02}", number)
        yield finding(
            tls, Status.FAIL, origin, "has no bucket policy, so S3 answers plain HTTP", uncertain="count is not known"
        )
        if number % 4 == 0:
            yield finding(versioned, Status.PASS, origin, "keeps versions")
    for number, status in enumerate((Status.PASS, Status.FAIL, Status.NOT_APPLICABLE, Status.MANUAL, Status.INHERITED)):
        yield finding(rotates, status, in_account(f"key-{number}"), "rotates every year")
    denied = {"cause": Cause.DENIED, "action": "kms:GetKeyRotationStatus"}
    yield finding(rotates, Status.UNKNOWN, in_account("denied"), "cannot be judged: access denied", **denied)
    yield finding(
        rotates, Status.UNKNOWN, in_account("broken"), "cannot be judged", error="Traceback (most recent call last)"
    )


@pytest.fixture(scope="session")
def hostile() -> tuple[str, ...]:
    return HOSTILE


@pytest.fixture(scope="session")
def golden() -> Assessment:
    return assess(SCAN, COVERAGE, CONTROLS, _findings(), version="0.1.0")


@pytest.fixture(scope="session")
def empty() -> Assessment:
    scan = dataclasses.replace(SCAN, format="hcl", account=None, caller=None, commit=None, regions=())
    return assess(scan, Coverage(), [], [], version="0.1.0")


@pytest.fixture(scope="session")
def huge() -> Assessment:
    """100,000 findings over 5,000 resources."""
    wide = [control(f"service_{n}_subject_condition", list(Severity)[n % 4], ("164.312(b)",)) for n in range(20)]
    statuses = (Status.PASS, Status.FAIL, Status.PASS, Status.UNKNOWN, Status.PASS)
    findings = (
        finding(
            each,
            statuses[(number + place) % 5],
            origin,
            f"has the setting number {number % 50} that this is about",
            evidence=(Evidence("setting", str(number), f"service{number % 40}.tf:{number}", origin.location),),
        )
        for number in range(5000)
        for origin in [in_terraform(f"name_{number}", number, f"service{number % 40}.tf")]
        for place, each in enumerate(wide)
    )
    coverage = Coverage(files=40, roots=("infra",), resources={"s3.Bucket": 5000})
    return assess(SCAN, coverage, wide, findings, version="0.1.0")


def _nasty() -> Iterator[Finding]:
    """Each text in each place, in source and in an account, in every status that reports show."""
    public, _, _, logged, rotates, _ = CONTROLS
    for number, text in enumerate(NASTY):
        source = in_terraform(text, number + 1, file=f"modules/{text[:200]}/main.tf")
        live = dataclasses.replace(in_account(text), region=("us-west-2" if number % 2 else None))
        facts = (Evidence(text or "fact", text, text, Location(f"{text[:60]}.tf", 2, 3)),)
        yield finding(public, Status.FAIL, source, f"is bad: {text}", evidence=facts, uncertain=text or None, new=True)
        yield finding(logged, Status.UNKNOWN, source, f"cannot be judged: {text}", cause=Cause.VARIABLE, new=False)
        yield finding(rotates, Status.FAIL, live, f"is bad: {text}", evidence=facts)
        covered = dataclasses.replace(EXCEPTION, id=f"EX-{number}", justification=text or "-", ticket=text)
        yield finding(logged, Status.FAIL, source, f"is accepted: {text}", exception=covered)
        yield finding(public, Status.UNKNOWN, live, f"is denied: {text}", exception=covered, action="s3:Get")


@pytest.fixture(scope="session")
def nasty() -> Assessment:
    """Hostile text wherever a scanned tree or account can put it."""
    gaps = tuple(
        Gap(GapKind.FILE, text, text, text, location=Location(f"{text[:50]}.tf", number, number))
        for number, text in enumerate(NASTY)
    )
    coverage = dataclasses.replace(COVERAGE, gaps=gaps)
    scan = dataclasses.replace(SCAN, source="both", target=COMMAND, base="infra")
    found = list(_nasty())
    return assess(scan, coverage, CONTROLS, found, version="0.1.0", exceptions=registered(found))


@pytest.fixture(scope="session")
def covered() -> Assessment:
    """A scan of Terraform with new and known gaps, one of them an accepted risk, and a module from a registry."""
    public, tls, versioned, logged, *_ = CONTROLS
    downloaded = Location(".terraform/modules/store/main.tf", 7, 9, (Location("main.tf", 3, 6),))
    phi = dataclasses.replace(in_terraform("phi", 10), address="aws_s3_bucket.phi")
    notes = dataclasses.replace(
        in_terraform("notes", 20), address="aws_s3_bucket.notes", location=Location("a.tf", 20, 22)
    )
    store = dataclasses.replace(in_terraform("store"), location=downloaded)
    found = [
        finding(logged, Status.FAIL, phi, "is not logged", new=True),
        finding(public, Status.FAIL, phi, "is public", new=False),
        finding(public, Status.FAIL, notes, "is public too", exception=EXCEPTION, new=False),
        finding(versioned, Status.FAIL, store, "keeps no versions", new=False),
        finding(tls, Status.UNKNOWN, phi, "cannot be judged: var.policy has no value", cause=Cause.VARIABLE),
        finding(tls, Status.PASS, notes, "refuses plain HTTP"),
        finding(tls, Status.NOT_APPLICABLE, store, "is no bucket"),
        finding(versioned, Status.MANUAL, phi, "needs a look"),
    ]
    scan = dataclasses.replace(SCAN, format="hcl", account=None, caller=None, regions=(), target="infra", base="infra")
    coverage = Coverage(files=2, roots=(".",), resources={"s3.Bucket": 3})
    return assess(scan, coverage, CONTROLS, found, version="0.1.0", exceptions=registered(found))


@pytest.fixture(scope="session")
def telehealth() -> Assessment:
    """A real scan of the shipped source."""
    return scan_terraform(TerraformTarget(Path(__file__).parents[2] / "examples" / "telehealth"), Options())


@pytest.fixture(scope="session")
def clinic() -> Assessment:
    """A real scan of a simulated account: keys, buckets and people."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("AWS_")]:
            patch.delenv(name)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "simulated")
        patch.setenv("AWS_CONFIG_FILE", os.devnull)
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
        with mock_aws():
            account.buckets(account.keys())
            account.people()
            return scan_aws(Options(only=_JUDGED), AwsTarget(regions=account.REGION))


_JUDGED = ("s3_bucket_tls_required", "s3_bucket_versioning_enabled", "kms_key_rotation_enabled", "iam_root_mfa_enabled")


@pytest.fixture(scope="session")
def changed(covered: Assessment) -> Assessment:
    """A scan with the settings of a commit from which the tree differs, by files of any name."""
    ref, commit = f"main {COMMAND}", "0123456789abcdef" * 2 + "01234567"
    return dataclasses.replace(
        covered,
        settings=UsedFile(f"{COMMAND}.yaml", "ab" * 32, "commit", ref, commit),
        register=UsedFile(LINK, "cd" * 32, "commit", ref, commit),
        settings_changes=(
            SettingsChange("settings", HOSTILE[0], 1, 20, 300),
            SettingsChange("exceptions", LINK, note="that of the tree leads outside of the working tree"),
            SettingsChange("marks", added=2),
        ),
    )
