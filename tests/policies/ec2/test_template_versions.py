"""The version of a launch template that is used, told to Terraform and to AWS."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.controls.findings import judge
from hipaa_guard.services import ec2
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Aws, Case, cases
from hipaa_guard.testing.accounts import aws_account, aws_collected, aws_inventory
from hipaa_guard.testing.judging import all_controls
from tests.policies.ec2.states import (
    HALT,
    IMDS,
    TEMPLATE_DISKS,
    TEMPLATE_IMDS,
    TEMPLATE_PUBLIC,
    TEMPLATE_SECRETS,
    defaults,
    from_template,
    metadata,
)
from tests.terraform.stand_ins.given import scan

REQUIRED, OPTIONAL = metadata('http_tokens = "required"'), metadata('http_tokens = "optional"')
TEMPLATE = "id = aws_launch_template.phi.id\n"


def used(by: str, lines: str = REQUIRED, around: str = "") -> str:
    """A template, and something that starts instances from it."""
    return f'{around}\nresource "aws_launch_template" "phi" {{\n{lines}\n}}\n{by}'


def group(version: str, template: str = TEMPLATE) -> str:
    line = f"version = {version}\n" if version else ""
    return f"""
    resource "aws_autoscaling_group" "g" {{
      min_size = 1
      max_size = 1
      launch_template {{
        {template}
        {line}
      }}
    }}"""


def mixed(version: str, override: str = '"$Latest"') -> str:
    return f"""
    resource "aws_autoscaling_group" "g" {{
      min_size = 1
      max_size = 1
      mixed_instances_policy {{
        launch_template {{
          launch_template_specification {{
            launch_template_id = aws_launch_template.phi.id
            version            = {version}
          }}
          override {{
            instance_type = "t3.micro"
          }}
          override {{
            instance_type = "t4g.micro"
            launch_template_specification {{
              launch_template_id = aws_launch_template.phi.id
              version            = {override}
            }}
          }}
        }}
      }}
    }}"""


FLEET = """
    resource "aws_ec2_fleet" "f" {
      launch_template_config {
        launch_template_specification {
          launch_template_id = aws_launch_template.phi.id
          version            = "2"
        }
      }
      target_capacity_specification {
        default_target_capacity_type = "spot"
        total_target_capacity        = 1
      }
    }"""
NODES = """
    resource "aws_eks_node_group" "n" {
      cluster_name  = "records"
      node_role_arn = "arn:aws:iam::111122223333:role/nodes"
      subnet_ids    = ["subnet-0a1b2c3d4e5f60718"]
      scaling_config {
        desired_size = 1
        max_size     = 1
        min_size     = 1
      }
      launch_template {
        id      = aws_launch_template.phi.id
        version = 2
      }
    }"""

test_source = cases(
    *(
        Case(TEMPLATE_IMDS, f"a group starts {version or 'no version'}", PASS, terraform=used(group(version)))
        for version in ("", '"$Latest"', '"$Default"', "aws_launch_template.phi.latest_version")
    ),
    Case(TEMPLATE_IMDS, "a group starts version 2", UNKNOWN, terraform=used(group('"2"')), says="version 2"),
    Case(
        TEMPLATE_IMDS,
        "a group starts version 2 of a template with a gap",
        FAIL,
        terraform=used(group('"2"'), OPTIONAL),
    ),
    Case(
        TEMPLATE_IMDS,
        "a group starts version 2 of another template",
        PASS,
        terraform=used(group('"2"', 'name = "shared"')),
    ),
    Case(
        TEMPLATE_IMDS,
        "a group starts a version that is not known",
        UNKNOWN,
        terraform=used(group("var.unset"), around=HALT),
    ),
    Case(
        TEMPLATE_IMDS,
        "the default version is pinned",
        UNKNOWN,
        terraform=used(group('"$Default"'), f"{REQUIRED}\ndefault_version = 2"),
    ),
    Case(
        TEMPLATE_IMDS,
        "the default version is the newest",
        PASS,
        terraform=used(group('"$Default"'), f"{REQUIRED}\nupdate_default_version = true"),
    ),
    *(
        Case(control, f"the default version is {words}, and nothing declared starts it", expected, terraform=told)
        for control, good in (
            (TEMPLATE_IMDS, REQUIRED),
            (TEMPLATE_DISKS, 'block_device_mappings {\n device_name = "/dev/xvda"\n ebs {\n encrypted = true\n }\n}'),
        )
        for words, expected, told in (
            ("pinned", UNKNOWN, used("", f"{good}\ndefault_version = 1")),
            ("pinned by a variable", UNKNOWN, used("", f"{good}\ndefault_version = var.unset", HALT)),
            ("the newest", PASS, used("", f"{good}\nupdate_default_version = true")),
            ("never chosen", PASS, used("", good)),
            ("perhaps the newest", UNKNOWN, used("", f"{good}\nupdate_default_version = var.unset", HALT)),
        )
    ),
    Case(
        TEMPLATE_IMDS,
        "the default version is pinned, and a template with a gap",
        FAIL,
        terraform=used("", f"{OPTIONAL}\ndefault_version = 1"),
    ),
    Case(
        TEMPLATE_IMDS,
        "the default version is pinned, and a group starts the newest",
        PASS,
        terraform=used(group('"$Latest"'), f"{REQUIRED}\ndefault_version = 1"),
    ),
    Case(
        TEMPLATE_IMDS,
        "the default version is pinned, and a group starts another template",
        UNKNOWN,
        terraform=used(group('"$Latest"', 'name = "shared"'), f"{REQUIRED}\ndefault_version = 1"),
        says="who names no version",
    ),
    Case(TEMPLATE_IMDS, "a mixed policy starts the newest version", PASS, terraform=used(mixed('"$Latest"'))),
    Case(TEMPLATE_IMDS, "a mixed policy starts version 2", UNKNOWN, terraform=used(mixed('"2"'))),
    Case(TEMPLATE_IMDS, "an override starts version 2", UNKNOWN, terraform=used(mixed('"$Latest"', '"2"'))),
    Case(TEMPLATE_IMDS, "a fleet starts version 2", UNKNOWN, terraform=used(FLEET), says="aws_ec2_fleet.f"),
    Case(TEMPLATE_IMDS, "a node group starts version 2", UNKNOWN, terraform=used(NODES), says="aws_eks_node_group.n"),
    Case(TEMPLATE_PUBLIC, "a group starts version 2", UNKNOWN, terraform=used(group('"2"'))),
    Case(TEMPLATE_SECRETS, "a group starts version 2", UNKNOWN, terraform=used(group('"2"'))),
    Case(TEMPLATE_DISKS, "a group starts version 2", UNKNOWN, terraform=used(group('"2"'))),
    Case(
        IMDS,
        "an instance starts the default version, which is pinned",
        UNKNOWN,
        terraform=from_template(f"{REQUIRED}\ndefault_version = 2", version='"$Default"'),
        says="version 2",
    ),
    Case(IMDS, "an instance starts the default version", PASS, terraform=from_template(REQUIRED, version='"$Default"')),
)


WANTED, WANTING = ({"MetadataOptions": {"HttpTokens": each}} for each in ("required", "optional"))


def judged(*uses: dict[str, Any], versions: tuple[dict[str, Any], ...], denied: str | None = None) -> dict[str, Status]:
    """The verdicts on a template and on its versions that Auto Scaling groups start, by the ends of their ARNs."""
    control = all_controls()[TEMPLATE_IMDS]
    with aws_account():
        aws = Aws()
        first, *others = versions
        made = aws.ec2.create_launch_template(LaunchTemplateName="records", LaunchTemplateData=first)
        template = made["LaunchTemplate"]["LaunchTemplateId"]
        for other in others:
            aws.ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=other)
        for number, use in enumerate(uses):
            aws.autoscaling.create_auto_scaling_group(
                AutoScalingGroupName=f"g{number}",
                MinSize=0,
                MaxSize=0,
                AvailabilityZones=["us-east-1a"],
                **json.loads(json.dumps(use).replace("TEMPLATE", template)),
            )
        inventory = aws_inventory([control], denied=denied, answers=defaults(None).answers)
        found = list(judge([control], inventory))
    return {str(each.resource.arn).rpartition(template)[2]: each.status for each in found}


def plain(version: str) -> dict[str, Any]:
    return {"LaunchTemplate": {"LaunchTemplateId": "TEMPLATE", "Version": version}}


def overridden(version: str, override: str) -> dict[str, Any]:
    specification, other = ({"LaunchTemplateId": "TEMPLATE", "Version": each} for each in (version, override))
    overrides = [{"InstanceType": "t3.micro", "LaunchTemplateSpecification": other}]
    return {
        "MixedInstancesPolicy": {
            "LaunchTemplate": {"LaunchTemplateSpecification": specification, "Overrides": overrides}
        }
    }


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ((), {}),
        ((plain("$Default"),), {}),
        ((plain("$Latest"),), {":$Latest": FAIL}),
        ((plain("2"),), {":2": FAIL}),
        ((plain("1"), plain("1")), {":1": PASS}),
        ((overridden("1", "2"),), {":1": PASS, ":2": FAIL}),
        ((overridden("$Default", "$Latest"), plain("2")), {":$Latest": FAIL, ":2": FAIL}),
    ],
)
def test_the_versions_that_groups_start(uses: tuple[dict[str, Any], ...], expected: dict[str, Status]) -> None:
    assert judged(*uses, versions=(WANTED, WANTING)) == {"": PASS, **expected}


def test_each_control_of_templates_judges_the_version_that_is_started() -> None:
    for control in all_controls().values():
        if control.kind is ec2.LaunchTemplate:
            assert ec2.LaunchTemplateVersion in control.kind.narrower()
    assert judged(plain("1"), versions=(WANTING, WANTED)) == {"": FAIL, ":1": FAIL}


def test_groups_that_may_not_be_listed_leave_a_gap() -> None:
    control = all_controls()[TEMPLATE_IMDS]
    with aws_account():
        collected = aws_collected([control], denied="autoscaling:DescribeAutoScalingGroups")
    assert "autoscaling:DescribeAutoScalingGroups" in collected.denied
    said = judged(plain("2"), versions=(WANTED, WANTING), denied="autoscaling:DescribeAutoScalingGroups")
    assert said == {"": PASS, "None": UNKNOWN}


def test_a_group_that_may_not_exist_stands_for_nobody(tmp_path: Path) -> None:
    unsure = group('"$Latest"').replace("min_size", "count = var.unset ? 1 : 0\nmin_size")
    text = used(unsure, f"{REQUIRED}\ndefault_version = 1", 'variable "unset" {}')
    (finding,) = scan(tmp_path, text, TEMPLATE_IMDS).findings
    assert finding.status is Status.UNKNOWN
