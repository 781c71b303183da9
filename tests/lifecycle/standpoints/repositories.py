"""What the tests of standpoints share: repositories with one or more roots, scans of them and fingerprints."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.controls.findings import fingerprint
from hipaa_guard.facts.locations import SETTINGS
from hipaa_guard.facts.origin import Origin
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.lifecycle.baseline.repositories import PHI
from tests.lifecycle.register_text import VERSIONING, tree

ONLY = (VERSIONING,)
BROKEN = 'resource "aws_s3_bucket" "x" {'


def scan(path: Path | str, **more: Any) -> Assessment:
    options = {name: more.pop(name) for name in ("baseline", "exceptions", "fail_on_new") if name in more}
    return scan_terraform(TerraformTarget(Path(path), **more), Options(only=ONLY, **options))


def fingerprints(*parts: Assessment) -> dict[str, str]:
    """The fingerprints by root and address."""
    return {f"{f.resource.root}: {f.resource.label}": f.fingerprint for each in parts for f in each.findings}


def old(root: str, address: str = "aws_s3_bucket.phi") -> str:
    """A fingerprint as it was made when roots were named from what was scanned."""
    return fingerprint(VERSIONING, Origin("s3.Bucket", None, None, "terraform", address=address, root=root))


def with_git(top: Path) -> Path:
    (top / ".git").mkdir()
    return top


def with_settings(top: Path) -> Path:
    (top / SETTINGS).write_text("")
    return top


TOPS: dict[str, Callable[[Path], Path]] = {"git": with_git, "settings": with_settings}


def copied(two: Path, root: str) -> Path:
    """The repository with this root alone."""
    alone = two.parent / f"alone-{root.replace('.', 'top')}"
    if not alone.exists():
        with_git(tree(alone, **{("main" if root == "." else f"{root}__main"): PHI}))
    return alone


def legacy(entries: Mapping[str, str], roots_from: str | None = None) -> str:
    """A baseline as it was written before roots were named from the repository: addresses by roots."""
    rows = [
        {
            "fingerprint": old(root, address),
            "control_id": VERSIONING,
            "status": "fail",
            "root": root,
            "resource": address,
            "exception": None,
        }
        for root, address in entries.items()
    ]
    head = {} if roots_from is None else {"roots_from": roots_from}
    return json.dumps({"baseline_version": "1.0", "controls": [VERSIONING], **head, "findings": rows})
