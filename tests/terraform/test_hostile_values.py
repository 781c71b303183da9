"""Values of a shape that no provider gives, and configurations that need themselves: unknown, never an error of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.controls.loading import load
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Unknown
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.terraform.source import read_directory
from tests.fuzz.grammar import schema

ODD: list[Any] = [5, "x", True, [], {}, [5], [[]], [{}], {"a": 1}, [None], -1.5]


def judged(path: Path) -> list[Finding]:
    """What all controls say of a document or directory."""
    kinds = sorted({control.kind for control in load()}, key=lambda kind: kind.kind)
    return [finding for one in read(path) for finding in judge(load(), build_inventory(one, kinds))]


@pytest.mark.parametrize("odd", ODD, ids=repr)
def test_no_control_breaks_on_an_argument_of_the_wrong_shape(tmp_path: Path, odd: Any) -> None:
    resources = [
        {
            "mode": "managed",
            "type": type,
            "name": "odd",
            "instances": [{"attributes": {path.partition(".")[0]: odd for path in attributes}}],
        }
        for type, attributes in schema().items()
    ]
    path = tmp_path / "terraform.tfstate"
    path.write_text(json.dumps({"version": 4, "serial": 1, "resources": resources}))
    broken = {finding.control_id: finding.error for finding in judged(path) if finding.error is not None}
    assert not broken


def test_a_list_of_texts_that_is_none_is_unknown(tmp_path: Path) -> None:
    path = tmp_path / "terraform.tfstate"
    instance = {"attributes": {"shared_accounts": 5}}
    resource = {"mode": "managed", "type": "aws_rds_cluster_snapshot_copy", "name": "odd", "instances": [instance]}
    path.write_text(json.dumps({"version": 4, "serial": 1, "resources": [resource]}))
    (found,) = [finding for finding in judged(path) if finding.control_id == "rds_cluster_snapshot_not_public"]
    assert found.status is Status.UNKNOWN


def test_a_region_that_is_marked_as_secret_is_not_shown(tmp_path: Path) -> None:
    values = {"region": "hidden-1", "arn": "arn:aws:s3:hidden-1::b"}
    resource = {"address": "aws_s3_bucket.b", "type": "aws_s3_bucket", "name": "b", "values": values}
    for marks, region in (({}, "hidden-1"), ({"region": True, "arn": True}, None)):
        path = tmp_path / "state.json"
        root = {"resources": [{**resource, "sensitive_values": marks}]}
        path.write_text(json.dumps({"format_version": "1.0", "values": {"root_module": root}}))
        assert read(path)[0].instances[0].region == region


def test_a_region_that_leads_back_to_its_resource_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "on" {}\n'
        'resource "aws_a" "one" {\n  for_each = toset(["x"])\n  region = aws_a.one["x"].region\n}\n'
        'resource "aws_a" "perhaps" {\n  count = var.on\n  region = aws_a.perhaps[0].region\n}\n'
    )
    (found,) = read_directory(tmp_path)
    assert [one.address for one in found.instances] == ['aws_a.one["x"]', "aws_a.perhaps[?]"]
    assert all(isinstance(one.region, Unknown) for one in found.instances)
    assert any("refers to itself" in gap.reason for gap in found.gaps)


def test_a_missing_module_with_an_incomplete_count_is_a_gap(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'variable "x" {}\nmodule "m" {\n  source = "registry/x/aws"\n  count = concat(var.x, [1])\n}\n'
    )
    (found,) = read_directory(tmp_path)
    assert [gap.subject for gap in found.gaps if gap.kind is GapKind.MODULE] == ["module.m"]


def test_a_rule_without_a_protocol_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "aws_security_group" "phi" {\n  ingress {\n    cidr_blocks = ["0.0.0.0/0"]\n  }\n}\n'
    )
    found = [finding for finding in judged(tmp_path) if finding.control_id.startswith("sg_")]
    assert {finding.status for finding in found} == {Status.UNKNOWN}
    assert not [finding.error for finding in found if finding.error is not None]
