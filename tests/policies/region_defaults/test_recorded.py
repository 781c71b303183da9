"""The places that plans and states record, for the defaults of a region."""

from __future__ import annotations

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.recorded.plan import read_plan
from hipaa_guard.terraform.recorded.state import read_raw_state, read_state
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, all_controls
from tests.terraform.plans import Applied, block, const, plan, raw_state, shown_state

VOLUME, COPY, DEFAULT = "aws_ebs_volume.phi", "aws_ebs_snapshot_copy.phi", "aws_ebs_encryption_by_default.d"
SNAPSHOT_REST = "ebs_snapshot_encrypted"
UNENCRYPTED = {"availability_zone": "us-east-1a", "size": 1, "encrypted": False}


def planned(providers: dict[str, dict[str, object]], of_volume: str) -> dict[str, object]:
    """A plan that makes a default with the provider ``aws``, and a volume with another."""
    blocks = [
        block(VOLUME, {"encrypted": const(False)}, provider_config_key=of_volume),
        block(DEFAULT, {"enabled": const(True)}),
    ]
    made = plan([Applied(VOLUME, UNENCRYPTED).change(), Applied(DEFAULT, {"enabled": True}).change()], blocks)
    configured = {
        key: {"name": "aws", "expressions": {name: const(value) for name, value in arguments.items()}}
        for key, arguments in providers.items()
    }
    return made | {"configuration": {**made["configuration"], "provider_config": configured}}


ROLE = [{"role_arn": const("arn:aws:iam::111122223333:role/deploy")}]


@pytest.mark.parametrize(
    ("providers", "of_volume", "expected"),
    [
        ({"aws": {"region": "us-east-1"}}, "aws", PASS),
        ({"aws": {}}, "aws", PASS),
        ({"aws": {"region": "us-east-1"}, "aws.o": {"region": "us-east-1"}}, "aws.o", PASS),
        ({"aws": {"region": "us-east-1"}, "aws.o": {"region": "us-west-2"}}, "aws.o", FAIL),
        ({"aws": {"region": "us-east-1"}, "aws.o": {"region": "us-east-1", "profile": "b"}}, "aws.o", UNKNOWN),
        ({"aws": {"region": "us-east-1"}, "aws.o": {}}, "aws.o", UNKNOWN),
        ({"aws": {"region": "us-east-1"}}, "module.m:aws", UNKNOWN),
    ],
)
def test_a_plan_says_where_its_resources_are_made(
    providers: dict[str, dict[str, object]], of_volume: str, expected: str
) -> None:
    assert judged(read_plan(planned(providers, of_volume), "plan.json")) == expected


def test_a_role_in_a_plan_is_another_account_perhaps() -> None:
    document = planned({"aws": {"region": "us-east-1"}, "aws.o": {"region": "us-east-1"}}, "aws.o")
    document["configuration"]["provider_config"]["aws.o"]["expressions"]["assume_role"] = ROLE  # type: ignore[index]
    assert judged(read_plan(document, "plan.json")) == UNKNOWN


def judged(configuration: Configuration, id: str = "ebs_volume_encrypted") -> str:
    control = all_controls()[id]
    (found,) = judge([control], build_inventory(configuration, kinds_of([control])))
    return found.status


def test_a_volume_that_exists_is_as_it_is_recorded() -> None:
    applied = [Applied(VOLUME, UNENCRYPTED, {"id": "vol-0a1b2c3d4e5f60718"}), Applied(DEFAULT, {"enabled": True})]
    assert judged(read_state(shown_state(applied), "state.json")) == FAIL
    assert judged(read_raw_state(raw_state(applied), "terraform.tfstate")) == FAIL


def test_a_copy_of_a_snapshot_that_exists_is_as_it_is_recorded() -> None:
    """The default came after the copy, and encrypts new ones only."""
    source = {"source_snapshot_id": "snap-0f1e2d3c4b5a60718", "source_region": "us-east-1", "encrypted": False}
    applied = [Applied(COPY, source, {"id": "snap-0a1b2c3d4e5f60718"}), Applied(DEFAULT, {"enabled": True})]
    assert judged(read_state(shown_state(applied), "state.json"), SNAPSHOT_REST) == FAIL
    assert judged(read_raw_state(raw_state(applied), "terraform.tfstate"), SNAPSHOT_REST) == FAIL


@pytest.mark.parametrize(("alias", "expected"), [("", PASS), (".west", UNKNOWN), (None, UNKNOWN)])
def test_a_state_file_names_the_provider(alias: str | None, expected: str) -> None:
    """A launch template is no volume yet. What `terraform show` writes names no provider."""
    template = Applied(
        "aws_launch_template.phi",
        {"block_device_mappings": [{"device_name": "/dev/xvda", "ebs": [{"encrypted": "", "volume_size": 8}]}]},
        {
            "id": "lt-0a1b2c3d4e5f60718",
            "arn": "arn:aws:ec2:us-east-1:111122223333:launch-template/lt-0a1b2c3d4e5f60718",
        },
    )
    applied = [template, Applied(DEFAULT, {"enabled": True})]
    control = all_controls()["launch_template_block_devices_encrypted"]
    if alias is None:
        configuration = read_state(shown_state(applied), "state.json")
    else:
        document = raw_state(applied)
        document["resources"][0]["provider"] += alias
        configuration = read_raw_state(document, "terraform.tfstate")
    (found,) = judge([control], build_inventory(configuration, kinds_of([control])))
    assert found.status == expected
