"""Policies that are attached to users, roles and groups which another configuration declares."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Status
from tests.terraform.stand_ins.given import OUTSIDE, scan, verdicts

ADMINISTRATOR = '"arn:aws:iam::aws:policy/AdministratorAccess"'
EVERYTHING = 'jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })'
KINDS = ("user", "role", "group")
NAMES = {"a literal": '"elsewhere"', "a variable": "var.thing", "a data source": "data.aws_iam_{kind}.x.{attribute}"}
LOOKED_UP = 'data "aws_iam_{kind}" "x" {{\n  {attribute} = "legacy"\n}}\n'


def attached(kind: str, name: str) -> dict[str, str]:
    """The types that give a policy to a holder, each as a text."""
    found = {
        f"aws_iam_{kind}_policy_attachment": f"{kind} = {name}\n policy_arn = {ADMINISTRATOR}",
        "aws_iam_policy_attachment": f'name = "a"\n {kind}s = [{name}]\n policy_arn = {ADMINISTRATOR}',
        f"aws_iam_{kind}_policy_attachments_exclusive": f"{kind}_name = {name}\n policy_arns = [{ADMINISTRATOR}]",
        f"aws_iam_{kind}_policy": f"{kind} = {name}\n policy = {EVERYTHING}",
        f"awscc_iam_{kind}_policy": f'policy_name = "p"\n {kind}_name = {name}\n policy_document = {EVERYTHING}',
    }
    return {type_: f'resource "{type_}" "part" {{\n {body}\n}}\n' for type_, body in found.items()}


def outside(kind: str, way: str) -> tuple[str, str]:
    """What stands beside the part, and the name of the holder."""
    attribute = {"user": "user_name", "group": "group_name"}.get(kind, "name")
    return OUTSIDE + LOOKED_UP.format(kind=kind, attribute=attribute), NAMES[way].format(kind=kind, attribute=attribute)


@pytest.mark.parametrize("way", NAMES)
@pytest.mark.parametrize("kind", KINDS)
def test_each_way_of_giving_all_rights_is_a_finding_at_the_part(tmp_path: Path, kind: str, way: str) -> None:
    beside, name = outside(kind, way)
    for number, (type_, text) in enumerate(attached(kind, name).items()):
        directory = tmp_path / str(number)
        directory.mkdir()
        result = scan(directory, beside + text, f"iam_{kind}_inline_policy_no_admin")
        assert verdicts(result) == {f"{type_}.part": Status.FAIL}, type_


@pytest.mark.parametrize("way", NAMES)
def test_a_user_elsewhere_has_policies_of_its_own(tmp_path: Path, way: str) -> None:
    beside, name = outside("user", way)
    parts = attached("user", name) | {
        "awscc_iam_managed_policy": (
            f'resource "awscc_iam_managed_policy" "part" {{\n users = [{name}]\n policy_document = {EVERYTHING}\n}}\n'
        )
    }
    for number, (type_, text) in enumerate(parts.items()):
        directory = tmp_path / str(number)
        directory.mkdir()
        result = scan(directory, beside + text, "iam_user_no_direct_policies")
        assert verdicts(result) == {f"{type_}.part": Status.FAIL}, type_


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_harmless_is_no_finding(tmp_path: Path, kind: str) -> None:
    text = attached(kind, "var.thing")[f"aws_iam_{kind}_policy_attachment"].replace(
        "AdministratorAccess", "SupportUser"
    )
    result = scan(tmp_path, OUTSIDE + text, f"iam_{kind}_no_administrator_access")
    assert verdicts(result) == {}


def test_a_role_with_a_name_of_aws_is_not_judged_as_the_customers(tmp_path: Path) -> None:
    name = '"AWSReservedSSO_Nurse_0123456789abcdef"'
    text = attached("role", name)["aws_iam_role_policy_attachment"]
    assert verdicts(scan(tmp_path, text, "iam_role_no_administrator_access")) == {}
