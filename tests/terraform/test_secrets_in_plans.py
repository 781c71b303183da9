"""A plan or state holds secrets that source does not: what was made or handed in later is no secret in the code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform

VERSION = "aws_secretsmanager_secret_version.phi"


def plan(value: str) -> dict[str, object]:
    change = {"actions": ["create"], "after": {"secret_string": value}, "after_sensitive": {"secret_string": True}}
    resource = {
        "address": VERSION,
        "mode": "managed",
        "type": VERSION.split(".", maxsplit=1)[0],
        "name": "phi",
        "change": change,
    }
    return {"format_version": "1.2", "resource_changes": [resource], "planned_values": {"root_module": {}}}


def status(path: Path) -> Status:
    (finding,) = scan_terraform(TerraformTarget(path), Options(only=["secret_value_not_in_source"])).findings
    return finding.status


@pytest.mark.parametrize(("argument", "expected"), [('"hunter2-0"', Status.FAIL), ("var.password", Status.UNKNOWN)])
def test_only_source_tells_what_is_written_in_source(tmp_path: Path, argument: str, expected: Status) -> None:
    source = tmp_path / "source"
    source.mkdir()
    text = 'variable "password" {}\nresource "aws_secretsmanager_secret_version" "phi" {\n secret_string = %s\n}\n'
    (source / "main.tf").write_text(text % argument)
    (tmp_path / "plan.json").write_text(json.dumps(plan("hunter2-0")))
    assert status(source) is expected
    assert status(tmp_path / "plan.json") is Status.UNKNOWN
