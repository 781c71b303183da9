"""A default of a region holds for what is certainly made in its account and region, and for nothing else.

Each default is crossed with each way in which a resource may be in its place or in another one.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.readings import Singleton
from hipaa_guard.facts.resource import Resource
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import PASS, UNKNOWN, all_controls, is_phi, terraform_inventory
from tests.policies.region_defaults.tables import DEFAULTS, EAST, PLACES, WEST, ZONE, Borrowed, Places, provider


def default(which: Borrowed, setting: str, lines: str) -> str:
    assert which.kind.terraform is not None
    return f'resource "{which.kind.terraform.types[0]}" "d" {{\n{lines}\n{setting}\n}}\n'


def status(which: Borrowed, places: Places, setting: str | None, directory: Path) -> str:
    declared = "" if setting is None else default(which, setting, places.of_default)
    around = which.around and which.around + provider('region = "eu-central-1"', "bare")
    resource = f'resource "{which.type}" "phi" {{\n{places.of_resource}\n{which.lines}\n}}\n'
    control = all_controls()[which.control]
    (directory / "main.tf").write_text(places.providers + around + declared + resource)
    (configuration,) = read(directory)
    inventory = build_inventory(configuration, kinds_of([control]))
    (found,) = (finding for finding in judge([control], inventory) if is_phi(finding, control.kind))
    assert found.error is None
    return found.status


@pytest.mark.parametrize("places", PLACES, ids=lambda places: places.name)
@pytest.mark.parametrize("which", DEFAULTS, ids=lambda which: f"{which.kind.kind} - {which.control}")
def test_a_default_is_borrowed_only_in_its_own_place(which: Borrowed, places: Places, tmp_path: Path) -> None:
    alone = status(which, places, None, tmp_path)
    assert alone != PASS
    borrowing = status(which, places, which.on, tmp_path)
    assert borrowing == {True: PASS, False: alone, None: UNKNOWN}[places.together]
    if which.off is not None:  # one that changes nothing leaves no doubt, wherever it is
        assert status(which, places, which.off, tmp_path) == alone


def test_every_default_of_a_region_is_in_the_table() -> None:
    all_controls()
    pending, regional = [Resource], set()
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        if (
            isinstance(kind.aws, Singleton)
            and kind.aws.scope == "region"
            and kind.__module__.startswith("hipaa_guard.")
        ):
            regional.add(kind)
    assert regional <= {each.kind for each in DEFAULTS}


MODULE_FILES = {
    "inherits": (provider(EAST), "", True),
    "is given another": (provider(EAST) + provider(WEST, "other"), "providers = { aws = aws.other }", False),
    "is given the same": (provider(EAST) + provider(WEST, "other"), "providers = { aws = aws }", True),
}


@pytest.mark.parametrize("way", MODULE_FILES)
def test_a_module_makes_its_resources_where_its_provider_does(way: str, tmp_path: Path) -> None:
    providers, given, together = MODULE_FILES[way]
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(f'resource "aws_ebs_volume" "phi" {{\n{ZONE}\n}}\n')
    control = all_controls()["ebs_volume_encrypted"]
    call = f'module "m" {{\nsource = "./m"\n{given}\n}}\n'
    text = f'{providers}{call}resource "aws_ebs_encryption_by_default" "d" {{}}\n'
    inventory = terraform_inventory(text, [control], tmp_path)
    (found,) = judge([control], inventory)
    assert (found.status == PASS) is together
