"""A name means a resource in the account and region of the resource that uses it, and no other one.

Each way in which a control looks up a resource by its name is crossed with each way in which both may be in one place
or in two. The lookups of live accounts are in `test_live_names`.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import PASS, UNKNOWN, all_controls, is_phi
from tests.policies.region_defaults.tables import PLACES, Places


class ByName(NamedTuple):
    """A resource that names another one by a text: each with its type and the lines in it."""

    control: str
    type: str
    lines: str
    named: str
    lines_of_named: str


BY_NAME = [
    ByName(
        "rds_instance_tls_required",
        "aws_db_instance",
        'identifier = "phi"\nengine = "postgres"\nengine_version = "14.9"\nparameter_group_name = "tls"',
        "aws_db_parameter_group",
        'name = "tls"\nfamily = "postgres14"\nparameter {\nname = "rds.force_ssl"\nvalue = "1"\n}',
    ),
    ByName(
        "rds_cluster_tls_required",
        "aws_rds_cluster",
        'cluster_identifier = "phi"\nengine = "aurora-postgresql"\nengine_version = "14.9"\n'
        'db_cluster_parameter_group_name = "tls"',
        "aws_rds_cluster_parameter_group",
        'name = "tls"\nfamily = "aurora-postgresql14"\nparameter {\nname = "rds.force_ssl"\nvalue = "1"\n}',
    ),
    ByName(
        "rds_instance_tls_required",
        "aws_db_instance",
        'identifier = "phi"\nengine = "oracle-ee"\noption_group_name = "tls"',
        "aws_db_option_group",
        'name = "tls"\nengine_name = "oracle-ee"\nmajor_engine_version = "19"\noption {\n'
        'option_name = "NATIVE_NETWORK_ENCRYPTION"\n'
        'option_settings {\nname = "SQLNET.ENCRYPTION_SERVER"\nvalue = "REQUIRED"\n}\n}',
    ),
    ByName(
        "ec2_instance_imdsv2_required",
        "aws_instance",
        'ami = "ami-1"\ninstance_type = "t3.micro"\nlaunch_template {\nname = "hardened"\nversion = "$Latest"\n}',
        "aws_launch_template",
        'name = "hardened"\nmetadata_options {\nhttp_tokens = "required"\nhttp_endpoint = "enabled"\n}',
    ),
    ByName(
        "rds_snapshot_encrypted",
        "aws_db_snapshot",
        'db_snapshot_identifier = "phi"\ndb_instance_identifier = "records"',
        "aws_db_instance",
        'identifier = "records"\nengine = "postgres"\nstorage_encrypted = true',
    ),
]


def status(which: ByName, places: Places, directory: Path, *, declared: bool = True) -> str:
    named = f'resource "{which.named}" "d" {{\n{places.of_default}\n{which.lines_of_named}\n}}\n' if declared else ""
    using = f'resource "{which.type}" "phi" {{\n{places.of_resource}\n{which.lines}\n}}\n'
    control = all_controls()[which.control]
    (directory / "main.tf").write_text(places.providers + named + using)
    (configuration,) = read(directory)
    inventory = build_inventory(configuration, kinds_of([control]))
    (found,) = (finding for finding in judge([control], inventory) if is_phi(finding, control.kind))
    assert found.error is None
    return found.status


@pytest.mark.parametrize(
    "places", [each for each in PLACES if "may not exist" not in each.name], ids=lambda each: each.name
)
@pytest.mark.parametrize("which", BY_NAME, ids=lambda which: f"{which.control} - {which.named}")
def test_a_name_means_a_resource_in_the_place_of_its_user(which: ByName, places: Places, tmp_path: Path) -> None:
    assert status(which, places, tmp_path, declared=False) == UNKNOWN
    assert status(which, places, tmp_path) == (PASS if places.together else UNKNOWN)
