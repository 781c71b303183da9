"""The least-privilege policy as people deploy it: beside SecurityAudit, split where IAM asks for it, as a template."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import boto3
import pytest
import yaml

from hipaa_guard.aws.collecting.discovery import QUESTIONS
from hipaa_guard.aws.planning.actions import actions_for
from hipaa_guard.aws.planning.iam_policies import MANAGED, MANAGED_POLICY_LIMIT, missing_from, policies_of, size
from hipaa_guard.cli.iam import iam_policy
from hipaa_guard.cli.main import run
from hipaa_guard.controls.facts_read import wanted_facts
from hipaa_guard.facts.policies.texts import matches
from hipaa_guard.testing import all_controls
from tests.aws.granted import actions, policies

MOST_ATTACHED = 9
"""A role has room for ten managed policies (quotas of IAM), of which SecurityAudit may be one."""


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert run(["iam-policy", *arguments]) == 0
    return capsys.readouterr().out


def shipped() -> list[str]:
    """What the shipped file says of SecurityAudit."""
    text = files("hipaa_guard.aws.planning").joinpath("security_audit.txt").read_text()
    return [line for line in text.splitlines() if not line.startswith("#")]


def audited(action: str) -> bool:
    """Whether SecurityAudit allows an action, or nobody needs to."""
    return action == "sts:GetCallerIdentity" or any(matches(each.lower(), action.lower()) for each in shipped())


def needed() -> set[str]:
    """The actions of a scan for all controls, by the tables of facts and the questions what exists besides."""
    wanted = wanted_facts(all_controls().values())
    return set(actions_for(wanted, wanted, QUESTIONS))


def test_beside_security_audit_little_is_missing(capsys: pytest.CaptureFixture[str]) -> None:
    lacks = policies(printed(capsys, "--missing-from", "SecurityAudit"))
    assert actions(*lacks) == {action for action in needed() if not audited(action)}
    assert 0 < len(actions(*lacks)) < len(needed()) / 4
    assert "rds:Download*" in lacks[0]["Statement"][-1]["Action"]  # SecurityAudit allows to read database logs


def test_with_security_audit_the_whole_is_actions(capsys: pytest.CaptureFixture[str]) -> None:
    whole = actions(*policies(printed(capsys)))
    lacks = actions(*policies(printed(capsys, "--missing-from", "SecurityAudit")))
    assert whole == needed()
    assert whole - lacks
    assert all(audited(action) for action in whole - lacks)


def test_where_nothing_is_missing_the_deny_stays(capsys: pytest.CaptureFixture[str]) -> None:
    policy = json.loads(printed(capsys, "--missing-from", "SecurityAudit", "-c", "s3_bucket_versioning_enabled"))
    assert [each["Sid"] for each in policy["Statement"]] == ["NeverReadStoredData"]


def test_the_shipped_file_is_what_aws_says() -> None:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    audit = json.loads(aws_managed_policies_data)["SecurityAudit"]
    header = files("hipaa_guard.aws.planning").joinpath("security_audit.txt").read_text()
    assert f"version {audit['DefaultVersionId']}, edited {audit['UpdateDate'][:10]}" in header
    everywhere = [each for each in audit["Document"]["Statement"] if each["Resource"] == "*"]
    assert sorted(shipped()) == sorted(action for each in everywhere for action in each["Action"])


def test_an_action_allowed_on_some_resources_only_is_missing() -> None:
    assert missing_from("SecurityAudit", ["apigateway:GET", "ec2:DescribeVpcs"]) == ["apigateway:GET"]


def test_the_option_names_what_is_shipped() -> None:
    (option,) = [each for each in iam_policy.params if each.name == "managed"]
    assert tuple(getattr(option.type, "choices", ())) == MANAGED


def test_a_large_policy_is_split_within_the_limit() -> None:
    whole = [action for action in shipped() if "*" not in action]
    parts = policies_of(whole)
    assert len(parts) > 2
    assert all(size(part) <= MANAGED_POLICY_LIMIT for part in parts)
    assert set().union(*(actions(part) for part in parts)) == set(whole)
    assert [any(each["Effect"] == "Deny" for each in part["Statement"]) for part in parts].count(True) == 1


def test_iam_takes_each_policy_of_all_controls(capsys: pytest.CaptureFixture[str]) -> None:
    parts = policies(printed(capsys))
    assert max(size(part) for part in parts) <= MANAGED_POLICY_LIMIT
    assert len(parts) <= MOST_ATTACHED


OWN = """
from hipaa_guard.authoring import LOW, Fix, Resource, Verdict, control, passed
from hipaa_guard.facts.readings import Singleton, ask
from hipaa_guard.facts.resource import fact

OPERATIONS = {operations!r}


class Everything(Resource):
    aws = Singleton("region")
    one: str = fact(live_only="own", aws=ask("ec2.describe_vpcs", "Vpcs"))
    for number, operation in enumerate(OPERATIONS):
        locals()[f"fact_{{number}}"] = fact(live_only="own", aws=ask(operation, "x"))


@control(title="All", severity=LOW, hipaa=("164.312(a)(1)",), why="So.", fix=Fix(note="None."))
def own_everything(everything: Everything) -> Verdict:
    everything.one
    {reads}
    return passed("all")
"""


def test_a_split_policy_is_a_list_and_that_is_said(tmp_path: Path) -> None:
    operations = [f"ec2.{method}" for method in boto3.client("ec2").meta.method_to_api_mapping][:300]
    reads = "; ".join(f"everything.fact_{number}" for number in range(len(operations)))
    (tmp_path / "own.py").write_text(OWN.format(operations=operations, reads=reads))
    command = [sys.executable, "-m", "hipaa_guard", "iam-policy", "--policies", str(tmp_path), "-c", "own_everything"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    parts = json.loads(result.stdout)
    assert len(parts) > 1
    assert all(size(part) <= MANAGED_POLICY_LIMIT for part in parts)
    assert f"a list of {len(parts)}: attach them all" in result.stderr


@pytest.mark.parametrize("managed", [(), ("--missing-from", "SecurityAudit")])
def test_the_template_is_valid_cloudformation(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, managed: tuple[str, ...]
) -> None:
    file = tmp_path / "role.yaml"
    file.write_text(printed(capsys, "--format", "cloudformation", *managed))
    lint = [str(Path(sys.executable).with_name("cfn-lint")), "--regions", "us-east-1", "--template", str(file)]
    result = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_the_template_has_a_role_that_the_trusted_may_assume(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ("--format", "cloudformation", "--missing-from", "SecurityAudit")
    template = yaml.safe_load(printed(capsys, *arguments))
    assert set(template["Parameters"]) == {"TrustedPrincipalArn", "ExternalId", "RoleName"}
    assert "Transform" not in template  # StackSets with service-managed permissions refuse macros
    role = template["Resources"]["ScanRole"]["Properties"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": {"Ref": "TrustedPrincipalArn"}}
    assert trust["Condition"]["Fn::If"][0] == "HasExternalId"
    lacks = policies(printed(capsys, "--missing-from", "SecurityAudit"))
    names = [f"ScanPolicy{number}" for number in range(1, len(lacks) + 1)]
    assert role["ManagedPolicyArns"] == [
        {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/SecurityAudit"},
        *({"Ref": name} for name in names),
    ]
    assert [template["Resources"][name]["Properties"]["PolicyDocument"] for name in names] == lacks


@pytest.mark.usefixtures("_cloud")
def test_the_template_makes_the_role(capsys: pytest.CaptureFixture[str]) -> None:
    body = printed(capsys, "--format", "cloudformation")
    cloudformation: Any = boto3.client("cloudformation")
    trusted = "arn:aws:iam::123456789012:root"
    cloudformation.create_stack(
        StackName="scan",
        TemplateBody=body,
        Parameters=[
            {"ParameterKey": "TrustedPrincipalArn", "ParameterValue": trusted},
            {"ParameterKey": "ExternalId", "ParameterValue": "clinic"},
        ],
        Capabilities=["CAPABILITY_NAMED_IAM"],
    )
    role: Any = boto3.client("iam").get_role(RoleName="hipaa-guard-scan")["Role"]
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"AWS": trusted}
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": "clinic"}}
    resources = cloudformation.describe_stack_resources(StackName="scan")["StackResources"]
    parts = len(policies(printed(capsys)))
    made = {each["LogicalResourceId"] for each in resources}
    assert made == {"ScanRole", *(f"ScanPolicy{number}" for number in range(1, parts + 1))}
