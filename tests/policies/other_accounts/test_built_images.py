"""Images that EC2 Image Builder distributes, in the `aws` and the `awscc` provider; an account lists each image."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.authoring import CRITICAL
from hipaa_guard.controls.control import Status
from hipaa_guard.testing import resource
from tests.terraform.stand_ins.given import scan

IMAGE, OTHER, OWN = "ami_no_cross_account", "444455556666", "111122223333"
KIND = "imagebuilder_distribution_configuration"
OURS = f'provider "aws" {{\n region = "us-east-1"\n allowed_account_ids = ["{OWN}"]\n}}\n'


def aws(*blocks: str, around: str = "") -> str:
    """A configuration with a distribution for each of the blocks."""
    each = "".join(f'distribution {{\nregion = "us-east-1"\n{block}\n}}\n' for block in blocks)
    return around + resource(f"aws_{KIND}", f'name = "phi"\n{each}')


def images(lines: str) -> str:
    return f"ami_distribution_configuration {{\n{lines}\n}}"


def permission(line: str) -> str:
    return images(f"launch_permission {{\n{line}\n}}")


def awscc(lines: str) -> str:
    one = f'{{\nregion = "us-east-1"\nami_distribution_configuration = {{\n{lines}\n}}\n}}'
    return resource(f"awscc_{KIND}", f'name = "phi"\ndistributions = [{one}]')


HALT = 'variable "unset" {}\n'
ORGANIZATION = '["arn:aws:organizations::444455556666:organization/o-a1b2c3d4e5"]'

STATES: list[tuple[str, Status, str, str]] = [
    ("everyone may start what is built", Status.FAIL, aws(permission('user_groups = ["all"]')), "everyone"),
    ("an account may", Status.FAIL, aws(permission(f'user_ids = ["{OTHER}"]')), OTHER),
    ("an organization may", Status.FAIL, aws(permission(f"organization_arns = {ORGANIZATION}")), "o-a1b2c3d4e5"),
    (
        "a unit may",
        Status.FAIL,
        aws(permission('organizational_unit_arns = ["arn:aws:organizations::1:ou/o-a/ou-b"]')),
        "ou-b",
    ),
    ("an account gets a copy", Status.FAIL, aws(images(f'target_account_ids = ["{OTHER}"]')), OTHER),
    ("the account itself", Status.PASS, aws(permission(f'user_ids = ["{OWN}"]'), around=OURS), "no other account"),
    ("nobody else", Status.PASS, aws(images('name = "phi-1"')), "no other account"),
    ("a variable without a value", Status.UNKNOWN, aws(permission("user_ids = var.unset"), around=HALT), "var.unset"),
    (
        "an account, and others that are not known",
        Status.FAIL,
        aws(images(f'target_account_ids = ["{OTHER}"]\nlaunch_permission {{\nuser_ids = var.unset\n}}'), around=HALT),
        OTHER,
    ),
    (
        "an account, by awscc",
        Status.FAIL,
        awscc(f'launch_permission_configuration = {{ user_ids = ["{OTHER}"] }}'),
        OTHER,
    ),
    ("an account gets a copy, by awscc", Status.FAIL, awscc(f'target_account_ids = ["{OTHER}"]'), OTHER),
    ("nobody else, by awscc", Status.PASS, awscc('name = "phi"'), "no other account"),
]


@pytest.mark.parametrize(("status", "text", "says"), [each[1:] for each in STATES], ids=[each[0] for each in STATES])
def test_with_whom_built_images_are_shared(tmp_path: Path, status: Status, text: str, says: str) -> None:
    (finding,) = scan(tmp_path, text, IMAGE).findings
    assert (finding.status, says in finding.message) == (status, True)


def test_each_distribution_counts_and_everyone_is_critical(tmp_path: Path) -> None:
    text = aws(permission('user_groups = ["all"]'), images('name = "phi-1"'))
    text = text.replace('region = "us-east-1"', 'region = "eu-west-1"', 1)
    found = {finding.resource.region: finding for finding in scan(tmp_path, text, IMAGE).findings}
    assert {region: each.status for region, each in found.items()} == {
        "eu-west-1": Status.FAIL,
        "us-east-1": Status.PASS,
    }
    assert found["eu-west-1"].severity is CRITICAL


def test_a_distribution_of_containers_is_none_of_images(tmp_path: Path) -> None:
    repository = (
        'container_distribution_configuration {\ntarget_repository {\nrepository_name = "r"\nservice = "ECR"\n}\n}'
    )
    assert scan(tmp_path, aws(repository), IMAGE).findings == ()
