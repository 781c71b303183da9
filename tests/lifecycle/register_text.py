"""A register of exceptions as people write it, and trees of Terraform for it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform

TODAY = date(2026, 11, 22)

VERSIONING = "s3_bucket_versioning_enabled"
"""Supports a required specification and a standard: no equivalent measure is asked for."""
ROTATION = "kms_key_rotation_enabled"

ENTRY: dict[str, Any] = {
    "id": "EX-1",
    "control": VERSIONING,
    "scope": {"address": "aws_s3_bucket.phi"},
    "justification": "The objects are written once, and the archive account keeps copies.",
    "owner": "storage@example.org",
    "approver": "security@example.org",
    "approved_on": date(2026, 11, 1),
    "expires_on": date(2027, 6, 1),
}


def entry(**changes: Any) -> dict[str, Any]:
    """An entry that is sound, changed; None takes a field out. An address is meant in every root."""
    found = {name: value for name, value in {**ENTRY, **changes}.items() if value is not None}
    scope = found["scope"]
    if isinstance(scope, dict) and "address" in scope and not scope.get("inline"):
        found["scope"] = {"root": "**", **scope}
    return found


def register(*entries: Mapping[str, Any]) -> str:
    return yaml.safe_dump({"version": 1, "exceptions": [dict(each) for each in entries]}, sort_keys=False)


def tree(directory: Path, **files: str) -> Path:
    """A directory of Terraform; in the names of files ``__`` stands for a slash."""
    for name, text in files.items():
        path = directory / f"{name.replace('__', '/')}.tf"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def scan(
    directory: Path, *entries: Mapping[str, Any], only: tuple[str, ...] = (VERSIONING,), **options: Any
) -> Assessment:
    """The result of a scan with such a register, which stands outside of the tree."""
    file = directory.parent / f"{directory.name}.exceptions.yaml"
    file.write_text(register(*entries))
    return scan_terraform(
        TerraformTarget(directory), Options(only=only, exceptions=file, **{"today": TODAY, **options})
    )


def covered(assessment: Assessment) -> dict[str, str]:
    """The ids of exceptions by the address of what they cover."""
    return {label(f): f.exception.id for f in assessment.findings if f.exception is not None}


def label(finding: Finding) -> str:
    return finding.resource.label


def failing(assessment: Assessment) -> set[str]:
    return {label(f) for f in assessment.findings if f.status is Status.FAIL}
