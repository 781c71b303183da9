"""Launch specifications of Spot Fleet requests, which the controls of launch templates judge."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import Finding, judge
from hipaa_guard.services import ec2
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, all_controls, blank_each_fact
from tests.policies.ec2.states import SCRIPT, TEMPLATE_DISKS, TEMPLATE_IMDS, TEMPLATE_PUBLIC, TEMPLATE_SECRETS
from tests.terraform.plans import block, change, plan

PLAIN = "#!/bin/sh\nexec /opt/records/start\n"
PLACE = "aws_spot_fleet_request.phi.launch_specification"
IN_AWSCC = "awscc_ec2_spot_fleet.phi.spot_fleet_request_config_data.launch_specifications"
FLEET = {"iam_fleet_role": "arn:aws:iam::111122223333:role/fleet", "target_capacity": 1}
WITH_ROOT = {"root_block_device": [{"encrypted": True}]}
CLEAR = {"ebs_block_device": [{"device_name": "/dev/sdf", "encrypted": False}]}

# Control, arguments of a launch specification in `aws` and in `awscc`, verdict.
STATES: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    (TEMPLATE_SECRETS, {"user_data": SCRIPT}, {"user_data": SCRIPT}, FAIL),
    (TEMPLATE_SECRETS, {"user_data": PLAIN}, {"user_data": PLAIN}, PASS),
    (TEMPLATE_SECRETS, {}, {}, PASS),
    (
        TEMPLATE_PUBLIC,
        {"associate_public_ip_address": True},
        {"network_interfaces": [{"device_index": 0, "associate_public_ip_address": True}]},
        FAIL,
    ),
    (
        TEMPLATE_PUBLIC,
        {"associate_public_ip_address": False},
        {"network_interfaces": [{"device_index": 0, "associate_public_ip_address": False}]},
        PASS,
    ),
    (TEMPLATE_PUBLIC, {}, {}, PASS),
    (
        TEMPLATE_DISKS,
        CLEAR,
        {"block_device_mappings": [{"device_name": "/dev/sdf", "ebs": {"encrypted": False}}]},
        FAIL,
    ),
    (
        TEMPLATE_DISKS,
        WITH_ROOT,
        {"block_device_mappings": [{"device_name": "/dev/xvda", "ebs": {"encrypted": True}}]},
        PASS,
    ),
    (TEMPLATE_DISKS, {}, {}, NOT_APPLICABLE),
    (TEMPLATE_IMDS, {}, {}, FAIL),
]
each_state = pytest.mark.parametrize(("control", "aws", "awscc", "verdict"), STATES)


def lines_of(values: dict[str, Any]) -> str:
    return "\n".join(
        "\n".join(f"{key} {{\n{lines_of(each)}\n}}" for each in value)
        if isinstance(value, list)
        else f"{key} = {json.dumps(value)}"
        for key, value in values.items()
    )


def fleet(*specifications: dict[str, Any], more: str = "") -> str:
    blocks = "\n".join(f"launch_specification {{\n{lines_of(each)}\n}}" for each in specifications)
    return f'resource "aws_spot_fleet_request" "phi" {{\n{lines_of(FLEET)}\n{blocks}\n{more}\n}}\n'


def fleet_of_awscc(specifications: str) -> str:
    data = f"spot_fleet_request_config_data = {{\n{lines_of(FLEET)}\nlaunch_specifications = {specifications}\n}}"
    return f'resource "awscc_ec2_spot_fleet" "phi" {{\n{data}\n}}\n'


def judged(path: Path, control: str) -> dict[str, Finding]:
    """The findings of one control by address; no fact that is hidden changes one into another."""
    controls = [all_controls()[control]]
    (configuration,) = read(path)
    inventory = build_inventory(configuration, kinds_of(controls))
    found = {finding.resource.address or "": finding for finding in judge(controls, inventory)}
    for finding in found.values():
        if finding.resource.kind == "ec2.LaunchSpecification" and finding.uncertain is None:
            blank_each_fact(controls[0], inventory, finding)
    return found


def source(directory: Path, text: str) -> Path:
    (directory / "main.tf").write_text(f'variable "open" {{}}\n{text}')
    return directory


@each_state
def test_source(control: str, aws: dict[str, Any], awscc: dict[str, Any], verdict: str, tmp_path: Path) -> None:
    text = fleet(aws) + fleet_of_awscc(json.dumps([awscc]))
    found = judged(source(tmp_path, text), control)
    assert {address: finding.status for address, finding in found.items()} == {
        f"{PLACE}[0]": verdict,
        f"{IN_AWSCC}[0]": verdict,
    }


@each_state
def test_plan(control: str, aws: dict[str, Any], awscc: dict[str, Any], verdict: str, tmp_path: Path) -> None:
    address = "aws_spot_fleet_request.phi"
    values = {**FLEET, "launch_specification": [aws]}
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan([change(address, values)], [block(address, {})])))
    assert judged(path, control)[f"{PLACE}[0]"].status == verdict


def test_a_plan_that_records_only_a_hash_of_the_user_data(tmp_path: Path) -> None:
    address = "aws_spot_fleet_request.phi"
    path = tmp_path / "plan.json"
    values = {**FLEET, "launch_specification": [{"user_data": "0a" * 20}]}
    path.write_text(json.dumps(plan([change(address, values)], [block(address, {})])))
    assert judged(path, TEMPLATE_SECRETS)[f"{PLACE}[0]"].status == UNKNOWN


def test_each_specification_is_judged_by_itself(tmp_path: Path) -> None:
    found = judged(source(tmp_path, fleet({"user_data": PLAIN}, {"user_data": SCRIPT})), TEMPLATE_SECRETS)
    assert {address: finding.status for address, finding in found.items()} == {f"{PLACE}[0]": PASS, f"{PLACE}[1]": FAIL}
    location = found[f"{PLACE}[1]"].location
    assert location is not None
    assert (tmp_path / "main.tf").read_text().splitlines()[location.line_start - 1] == "launch_specification {"


@pytest.mark.parametrize(
    ("control", "argument"),
    [
        (TEMPLATE_SECRETS, "user_data"),
        (TEMPLATE_PUBLIC, "associate_public_ip_address"),
        (TEMPLATE_DISKS, "root_block_device {\nencrypted"),
    ],
)
def test_an_argument_that_is_not_known(control: str, argument: str, tmp_path: Path) -> None:
    closing = "}" if "{" in argument else ""
    more = f"launch_specification {{\n{argument} = var.open\n{closing}\n}}"
    assert judged(source(tmp_path, fleet(more=more)), control)[f"{PLACE}[0]"].status == UNKNOWN


def test_specifications_that_are_not_known(tmp_path: Path) -> None:
    more = (
        'dynamic "launch_specification" {\nfor_each = var.open\ncontent {\nuser_data = launch_specification.value\n}\n}'
    )
    text = fleet({"user_data": SCRIPT}, more=more) + fleet_of_awscc("var.open")
    found = judged(source(tmp_path, text), TEMPLATE_SECRETS)
    assert {address: finding.status for address, finding in found.items()} == {
        f"{PLACE}[0]": FAIL,
        f"{PLACE}[?]": UNKNOWN,
        f"{IN_AWSCC}[?]": UNKNOWN,
    }


def test_a_fleet_that_starts_from_a_template_has_none(tmp_path: Path) -> None:
    more = 'launch_template_config {\nlaunch_template_specification {\nid = "lt-1"\nversion = "1"\n}\n}'
    assert not judged(source(tmp_path, fleet(more=more)), TEMPLATE_SECRETS)


REQUIRED = 'resource "aws_ec2_instance_metadata_defaults" "d" {\nhttp_tokens = "required"\nPLACE\n}\n'


@pytest.mark.parametrize(
    ("own", "other", "verdict"),
    [("", "", PASS), ('region = "eu-west-1"', "", FAIL), ('region = "eu-west-1"', 'region = "eu-west-1"', PASS)],
)
def test_the_default_of_the_region_of_the_fleet(own: str, other: str, verdict: str, tmp_path: Path) -> None:
    provider = 'provider "aws" {\nregion = "us-east-1"\n}\n'
    text = provider + REQUIRED.replace("PLACE", other) + fleet({"ami": "ami-1"}, more=own)
    found = judged(source(tmp_path, text), TEMPLATE_IMDS)[f"{PLACE}[0]"]
    assert found.status == verdict
    assert found.resource.region == ("eu-west-1" if own else "us-east-1")


def test_the_controls_of_launch_templates_judge_them() -> None:
    judging = {control.id for control in all_controls().values() if ec2.LaunchTemplate in control.kind.narrower()}
    assert judging
    assert judging == {c.id for c in all_controls().values() if ec2.LaunchSpecification in c.kind.narrower()}
