"""What the tables and tests of this folder share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import all_controls

KINDS = kinds_of(list(all_controls().values()))

BLOCKS = [(kind, type) for kind in KINDS if kind.terraform is not None for type in kind.terraform.inside]
"""The kinds that are nested blocks, with the types of the resources around them."""

_NO_COPIES = ("images.DistributedImage",)
"""Kinds in blocks with a region that copy nothing which is declared around them."""
WITH_BLOCKS = [
    (kind, type)
    for kind, type in BLOCKS
    if kind.terraform is not None and kind.terraform.inside[type].region is not None and kind.kind not in _NO_COPIES
]
"""Those whose blocks may be in another region: copies."""

Values = Mapping[str, Any]

KEY = "alias/records"

KEY_ARN = "arn:aws:kms:eu-west-1:111122223333:alias/records"

DECLARED = 'variable "open" {}\n'


def judged(path: Path, control: str) -> dict[str, Finding]:
    """The findings of one control by address."""
    (configuration,) = read(path)
    inventory = build_inventory(configuration, KINDS)
    return {one.resource.address or "": one for one in judge([all_controls()[control]], inventory)}


def source(directory: Path, text: str) -> Path:
    (directory / "main.tf").write_text(DECLARED + text)
    return directory


def document(directory: Path, told: Mapping[str, Any]) -> Path:
    path = directory / "document.json"
    path.write_text(json.dumps(told))
    return path


def statuses(found: Mapping[str, Finding]) -> dict[str, str]:
    return {address: finding.status for address, finding in found.items()}


# --- tables ------------------------------------------------------------------------------------------------------

TABLE = 'resource "aws_dynamodb_table" "phi" {\n name = "records"\n %s\n}\n'

EU = 'aws_dynamodb_table.phi.replica["eu-west-1"]'


def eu(lines: str = "") -> str:
    return f'replica {{\n region_name = "eu-west-1"\n {lines}\n}}\n'


PITR, PROTECTED = "dynamodb_table_pitr_enabled", "dynamodb_deletion_protection"
