"""A control names only checks of other scanners whose types of resources our controls read."""

from __future__ import annotations

from collections import defaultdict

import pytest

from hipaa_guard.controls.control import Control
from hipaa_guard.controls.facts_read import kinds_of
from tests.peer_types import checkov, surveyed, table, types_of_checks, written
from tests.policies.registry import CONTROLS
from tests.schema import schema

TYPES = types_of_checks()


def read_by(control: Control) -> frozenset[str]:
    """The types of Terraform that a control reads, those of its neighbours and of split resources too."""
    kinds = kinds_of([control])
    own = {type for kind in kinds for type in kind.terraform_types()}
    # What has no type of Terraform that it judges (an account) judges the live likes of those that it reads.
    live = {type for type in schema() if any(type.startswith(f"aws_{kind.kind.partition('.')[0]}") for kind in kinds)}
    return frozenset(own if control.kind.terraform is not None else own | live)


NAMING: dict[tuple[str, str], list[Control]] = defaultdict(list)
"""By check, the controls that name it: a check of several types may be the equivalent of several controls."""
for _control in CONTROLS:
    for _peer, _ids in _control.peers.items():
        for _id in _ids:
            NAMING[_peer, _id].append(_control)


@pytest.mark.parametrize("check", sorted(NAMING), ids=" ".join)
def test_the_controls_that_name_a_check_read_all_of_its_types(check: tuple[str, str]) -> None:
    read = {control.id: read_by(control) for control in NAMING[check]}
    unread = TYPES[check] - frozenset().union(*read.values())
    assert not unread, f"{' and '.join(read)} name {check[1]} of {check[0]}, which also reads {sorted(unread)}"


@pytest.mark.parametrize("check", sorted(NAMING), ids=" ".join)
def test_each_control_that_names_a_check_reads_one_of_its_types(check: tuple[str, str]) -> None:
    strangers = [control.id for control in NAMING[check] if TYPES[check] and not TYPES[check] & read_by(control)]
    assert not strangers, f"{strangers} name {check[1]} of {check[0]} and read none of {sorted(TYPES[check])}"


LISTED = """
|  168 | CKV_AWS_8                | resource | AWS::AutoScaling::LaunchConfiguration | a sentence | CloudFormation | https://x |
|  169 | CKV_AWS_8                | resource | aws_instance                          | a sentence | Terraform      | https://x |
|  170 | CKV_AWS_8                | resource | aws_launch_configuration              | a sentence | Terraform      | https://x |
|  817 | CKV_AWS_358              | data     | aws_iam_policy_document               | a sentence | Terraform      | https://x |
"""


def test_a_list_of_checkov_tells_types() -> None:
    found = checkov(LISTED)
    assert found == {
        ("checkov", "CKV_AWS_8"): {"aws_instance", "aws_launch_configuration"},
        ("checkov", "CKV_AWS_358"): {"data.aws_iam_policy_document"},
    }
    assert table(found).splitlines() == [
        "peer,id,types",
        "checkov,CKV_AWS_358,data.aws_iam_policy_document",
        "checkov,CKV_AWS_8,aws_instance;aws_launch_configuration",
    ]


def test_a_row_of_a_check_goes_before_the_survey() -> None:
    check = ("prowler", "iam_group_administrator_access_policy")
    assert "aws_ssoadmin_managed_policy_attachment" in surveyed()[check]
    assert TYPES[check] == written()[check] == {"aws_iam_group_policy_attachment", "aws_iam_policy_attachment"}
