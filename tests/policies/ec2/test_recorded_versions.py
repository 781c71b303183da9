"""The versions of launch templates, and the volumes of images, that states and plans record."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import FAIL, PASS, UNKNOWN
from hipaa_guard.testing.judging import all_controls
from tests.policies.ec2.states import TEMPLATE_DISKS, TEMPLATE_IMDS


def test_the_versions_of_a_state_are_numbers() -> None:
    """A state has the numbers that attributes gave: version 3 is the newest one, and version 2 is not."""
    template = {"id": "lt-1", "name": "records", "latest_version": 3, "default_version": 3}
    template["metadata_options"] = [{"http_tokens": "required"}]
    for version, expected in (("3", PASS), ("2", UNKNOWN), ("$Latest", PASS), ("$Default", PASS)):
        group_of = {"name": "g", "launch_template": [{"id": "lt-1", "name": "records", "version": version}]}
        resources = [
            {"address": f"{type}.x", "mode": "managed", "type": type, "name": "x", "values": values}
            for type, values in (("aws_launch_template", template), ("aws_autoscaling_group", group_of))
        ]
        assert on_template(resources) == expected, version


def on_template(resources: list[dict[str, Any]]) -> Status:
    """The verdict on the template of a state."""
    (status,) = of_record({"format_version": "1.0", "values": {"root_module": {"resources": resources}}})
    return status


def of_record(record: dict[str, Any], control_id: str = TEMPLATE_IMDS) -> list[Status]:
    with TemporaryDirectory() as place:
        path = Path(place) / "record.json"
        path.write_text(json.dumps(record))
        (configuration,) = read(path)
    control = all_controls()[control_id]
    return [each.status for each in judge([control], build_inventory(configuration, kinds_of([control])))]


OF_TYPES: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "aws_launch_template": (
        "id",
        "latest_version",
        "default_version",
        {"metadata_options": [{"http_tokens": "required"}]},
    ),
    "awscc_ec2_launch_template": (
        "id",
        "latest_version_number",
        "default_version_number",
        {"launch_template_data": {"metadata_options": {"http_tokens": "required"}}},
    ),
}


@pytest.mark.parametrize("type", OF_TYPES)
@pytest.mark.parametrize(("newest", "default", "expected"), [(3, 3, PASS), (3, 1, UNKNOWN), ("3", "3", PASS)])
def test_a_state_tells_that_the_default_is_another_version(
    type: str, newest: Any, default: Any, expected: Status
) -> None:
    own, latest, number, settings = OF_TYPES[type]
    values = {own: "lt-1", latest: newest, number: default, **settings}
    template = {"address": f"{type}.x", "mode": "managed", "type": type, "name": "x", "values": values}
    assert on_template([template]) == expected


@pytest.mark.parametrize("type", OF_TYPES)
@pytest.mark.parametrize(
    ("exists", "unknown", "expected"),
    [
        (False, ("id", "latest", "default"), PASS),  # the version that is made first is the default one
        (True, ("latest",), UNKNOWN),  # a version that is added leaves the default as it was
        (True, (), PASS),
    ],
)
def test_a_plan_tells_which_version_is_the_default(
    type: str, *, exists: bool, unknown: tuple[str, ...], expected: Status
) -> None:
    own, latest, number, settings = OF_TYPES[type]
    names = {"id": own, "latest": latest, "default": number}
    after = {**settings, **{names[each]: value for each, value in KNOWN.items() if each not in unknown}}
    change = {
        "actions": ["update" if exists else "create"],
        "before": {**settings, **{names[each]: value for each, value in KNOWN.items()}} if exists else None,
        "after": after,
        "after_unknown": {names[each]: True for each in unknown},
    }
    changed = {"address": f"{type}.x", "mode": "managed", "type": type, "name": "x", "change": change}
    written: dict[str, Any] = {"address": f"{type}.x", "mode": "managed", "type": type, "name": "x", "expressions": {}}
    plan = {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": [{**changed, "values": after}]}},
        "resource_changes": [changed],
        "configuration": {"root_module": {"resources": [written]}},
    }
    assert of_record(plan) == [expected]


KNOWN = {"id": "lt-1", "latest": 3, "default": 3}


@pytest.mark.parametrize(
    ("device", "encrypted", "expected"),
    [("/dev/sda1", True, PASS), ("/dev/xvda", True, FAIL), ("/dev/sda1", False, FAIL)],
)
def test_a_state_tells_the_volumes_of_a_copy(device: str, *, encrypted: bool, expected: Status) -> None:
    volume = {"device_name": "/dev/sda1", "encrypted": encrypted, "snapshot_id": "snap-0a1b2c3d4e5f60718"}
    copy = {"id": "ami-0a1b2c3d4e5f60718", "encrypted": encrypted, "source_ami_id": "ami-0f0f0f0f0f0f0f0f0"}
    copy |= {"ebs_block_device": [volume], "root_device_name": "/dev/sda1"}
    mapping = {"device_name": device, "ebs": [{"encrypted": "", "snapshot_id": "", "volume_size": 50}]}
    template = {"id": "lt-1", "image_id": "ami-0a1b2c3d4e5f60718", "block_device_mappings": [mapping]}
    resources = [
        {"address": f"{type}.x", "mode": "managed", "type": type, "name": "x", "values": values}
        for type, values in (("aws_ami_copy", copy), ("aws_launch_template", template))
    ]
    state = {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}
    assert of_record(state, TEMPLATE_DISKS) == [expected]
