"""Whose a part is that names its whole in another way: by a version, by an alias, by leaving the name out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.control import Status
from hipaa_guard.scanning.options import Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from tests.terraform.plans import block, change, plan
from tests.terraform.stand_ins.given import TWO_REGIONS, function, permission, rule, scan, verdicts

# --- the default group of the default network ---

DEFAULT_VPC = 'resource "aws_default_vpc" "d" {}\n'
CLOSED = "vpc_default_sg_closed"
ANY_DEFAULT = 'resource "aws_default_security_group" "g" {}\n'


def test_a_default_group_without_a_network_is_that_of_the_default_one(tmp_path: Path) -> None:
    assert verdicts(scan(tmp_path, DEFAULT_VPC + ANY_DEFAULT, CLOSED)) == {
        "aws_default_security_group.g": Status.PASS,
    }


def test_it_is_the_default_group_of_no_other_network(tmp_path: Path) -> None:
    found = verdicts(scan(tmp_path, 'resource "aws_vpc" "v" {}\n' + ANY_DEFAULT, CLOSED))
    assert found == {"aws_vpc.v": Status.FAIL, "aws_default_security_group.g": Status.PASS}


def test_a_rule_for_the_group_of_the_default_network_is_one_of_whoever_adopts_it(tmp_path: Path) -> None:
    text = DEFAULT_VPC + ANY_DEFAULT + rule("r", "aws_default_vpc.d.default_security_group_id")
    found = verdicts(scan(tmp_path, text, "sg_no_public_ingress_ssh"))
    assert found == {"aws_default_security_group.g": Status.FAIL}


def test_it_is_adopted_in_its_own_region(tmp_path: Path) -> None:
    west = 'resource "aws_default_vpc" "w" {\n provider = aws.west\n}\n'
    found = verdicts(scan(tmp_path, TWO_REGIONS + DEFAULT_VPC + west + ANY_DEFAULT, CLOSED))
    assert found == {"aws_default_vpc.w": Status.UNKNOWN, "aws_default_security_group.g": Status.PASS}


def test_in_an_unknown_region_it_may_be_adopted(tmp_path: Path) -> None:
    text = 'variable "there" {}\nresource "aws_default_vpc" "d" {\n region = var.there\n}\n'
    found = verdicts(scan(tmp_path, TWO_REGIONS + text + ANY_DEFAULT, CLOSED))
    assert found == {"aws_default_vpc.d": Status.UNKNOWN, "aws_default_security_group.g": Status.PASS}


@pytest.mark.parametrize("more", ["", 'vpc_id = ""', "vpc_id = null"])
def test_a_network_that_is_left_out_is_the_default_one(tmp_path: Path, more: str) -> None:
    text = DEFAULT_VPC + f'resource "aws_default_security_group" "g" {{\n {more}\n}}\n'
    text += rule("r", "aws_default_vpc.d.default_security_group_id")
    found = verdicts(scan(tmp_path, text, "sg_no_public_ingress_ssh"))
    assert found == {"aws_default_security_group.g": Status.FAIL}


@pytest.mark.parametrize(
    ("providers", "of_group", "adopted"),
    [
        (TWO_REGIONS, 'region = "us-east-1"', True),
        (TWO_REGIONS, 'region = "us-west-2"', False),
        (TWO_REGIONS, "provider = aws.west", False),
        (TWO_REGIONS.replace("us-west-2", "us-east-1"), "provider = aws.west", True),  # the same credentials
        ('provider "aws" {\n alias = "west"\n}\n', "provider = aws.west", True),
        ('provider "aws" {\n alias = "west"\n profile = "west"\n}\n', "provider = aws.west", None),
        ('variable "r" {}\nprovider "aws" {\n region = var.r\n}\n', "", True),
    ],
)
def test_a_default_group_is_of_its_own_account_and_region(
    tmp_path: Path, providers: str, of_group: str, adopted: bool | None
) -> None:
    text = providers + DEFAULT_VPC + f'resource "aws_default_security_group" "g" {{\n {of_group}\n}}\n'
    result = scan(tmp_path, text, CLOSED)
    expected = {"aws_default_security_group.g": Status.PASS}
    assert verdicts(result) == expected | ({} if adopted else {"aws_default_vpc.d": Status.UNKNOWN})
    told = "".join(finding.message for finding in result.findings)
    assert ("aws_default_security_group.g may take over" in told) is (adopted is None)


def test_every_account_and_region_has_a_default_group_of_its_own(tmp_path: Path) -> None:
    text = 'variable "here" {}\nvariable "there" {}\n' + TWO_REGIONS.replace('"us-east-1"', "var.here")
    for name, provider in (("d", ""), ("w", "provider = aws.west")):
        text += f'resource "aws_default_vpc" "{name}" {{\n {provider}\n}}\n'
        text += f'resource "aws_default_security_group" "{name}" {{\n {provider}\n}}\n'
    found = verdicts(scan(tmp_path, text.replace('"us-west-2"', "var.there"), CLOSED))
    assert found == {"aws_default_security_group.d": Status.PASS, "aws_default_security_group.w": Status.PASS}


@pytest.mark.parametrize("network", ["aws_default_vpc", "aws_vpc"])
def test_a_plan_and_a_state_tell_which_network_a_default_group_is_of(tmp_path: Path, network: str) -> None:
    made = {"id": True, "default_security_group_id": True}
    changes = [
        change(f"{network}.v", {}, made),
        change("aws_default_security_group.g", {"ingress": [], "egress": []}, {"id": True, "vpc_id": True}),
    ]
    planned = plan(changes, [block(f"{network}.v", {}), block("aws_default_security_group.g", {})])
    adopted = {"aws_default_security_group.g": Status.PASS}
    apart = adopted | {"aws_vpc.v": Status.FAIL}
    assert recorded(tmp_path, planned, CLOSED) == (adopted if network == "aws_default_vpc" else apart)
    values: dict[str, dict[str, Any]] = {
        f"{network}.v": {"id": "vpc-1", "default_security_group_id": "sg-1"},
        "aws_default_security_group.g": {"id": "sg-1", "vpc_id": "vpc-1", "ingress": [], "egress": []},
    }
    assert recorded(tmp_path, state(values), CLOSED) == adopted


def recorded(directory: Path, document: dict[str, Any], control: str) -> dict[str, Status]:
    """The verdicts on a plan or state."""
    path = directory / "recorded.json"
    path.write_text(json.dumps(document))
    return verdicts(scan_terraform(TerraformTarget(path), Options(only=[control])))


def state(values: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A state of some resources, by their addresses."""
    resources = []
    for address, told in values.items():
        type_, _, name = address.partition(".")
        resources.append({"address": address, "mode": "managed", "type": type_, "name": name, "values": told})
    return {"format_version": "1.0", "values": {"root_module": {"resources": resources}}}


ACL_RULE = """resource "aws_network_acl_rule" "r" {{
  network_acl_id = {}
  rule_number    = 1
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 22
  to_port        = 22
  cidr_block     = "0.0.0.0/0"
}}
"""


@pytest.mark.parametrize(
    ("adopts", "names"),
    [
        ("aws_vpc.v.default_network_acl_id", "aws_vpc.v.default_network_acl_id"),
        ("aws_default_vpc.d.default_network_acl_id", "aws_default_vpc.d.default_network_acl_id"),
        ("aws_vpc.v.default_network_acl_id", "aws_default_network_acl.n.id"),
        ('"acl-0123"', '"acl-0123"'),
    ],
)
def test_a_rule_for_the_default_acl_of_a_network_is_one_of_whoever_adopts_it(
    tmp_path: Path, adopts: str, names: str
) -> None:
    text = DEFAULT_VPC + 'resource "aws_vpc" "v" {}\n'
    text += f'resource "aws_default_network_acl" "n" {{\n default_network_acl_id = {adopts}\n}}\n'
    found = verdicts(scan(tmp_path, text + ACL_RULE.format(names), "nacl_no_public_ingress_ssh"))
    assert found == {"aws_default_network_acl.n": Status.FAIL}


# --- a version or alias of a function ---

NAMED_WITH_MORE = [
    '"f:live"',
    '"f:7"',
    '"111122223333:function:f"',
    '"111122223333:function:f:live"',
    '"function:f"',
    '"arn:aws:lambda:us-east-1:111122223333:function:f"',
    '"arn:aws:lambda:us-east-1:111122223333:function:f:live"',
    "aws_lambda_function.east.qualified_arn",
    '"${aws_lambda_function.east.arn}:live"',
    '"${aws_lambda_function.east.function_name}:live"',
    "aws_lambda_alias.live.function_name",
    "aws_lambda_alias.live.arn",
    "aws_lambda_alias.live.invoke_arn",
    "aws_lambda_function.east.invoke_arn",
    "aws_lambda_function.east.qualified_invoke_arn",
    '"${aws_lambda_function.east.arn}:${aws_lambda_alias.live.name}"',
    '"f:${var.version}"',
    '"${aws_lambda_function.east.function_name}:${var.version}"',
    '"arn:aws:lambda:us-east-1:111122223333:function:f:${var.version}"',
    '"${data.aws_caller_identity.me.account_id}:function:f:${var.version}"',
    '"${sensitive("f")}:live"',
]
UNKNOWN_PARTS = 'variable "version" {}\ndata "aws_caller_identity" "me" {}\n'
ALIAS = 'resource "aws_lambda_alias" "live" {\n name = "live"\n function_name = "f"\n function_version = "7"\n}\n'


@pytest.mark.parametrize("named", NAMED_WITH_MORE)
def test_who_may_call_a_version_of_a_function_may_call_the_function(tmp_path: Path, named: str) -> None:
    text = TWO_REGIONS + UNKNOWN_PARTS + ALIAS + function("east") + permission().replace('"f"', named)
    assert verdicts(scan(tmp_path, text, "lambda_function_not_public")) == {"aws_lambda_function.east": Status.FAIL}


@pytest.mark.parametrize("named", ['"f:live"', '"111122223333:function:f:live"', '"f"'])
def test_versions_of_a_function_that_is_declared_elsewhere_are_one_function(tmp_path: Path, named: str) -> None:
    bound = permission().replace('"p"', '"q"').replace('principal = "*"', 'principal = "s3.amazonaws.com"')
    text = TWO_REGIONS + permission().replace('"f"', named) + bound
    found = scan(tmp_path, text, "lambda_function_not_public")
    assert verdicts(found) == {"aws_lambda_permission.p": Status.FAIL}


def test_a_function_that_is_called_like_an_alias_of_another_is_another(tmp_path: Path) -> None:
    text = TWO_REGIONS + function("east").replace('"f"', '"live"')
    text += permission().replace('"f"', '"arn:aws:lambda:us-east-1:111122223333:function:f:live"')
    found = verdicts(scan(tmp_path, text, "lambda_function_not_public"))
    assert found == {"aws_lambda_function.east": Status.PASS, "aws_lambda_permission.p": Status.FAIL}


def test_a_permission_on_a_qualifier_is_one_of_the_function(tmp_path: Path) -> None:
    text = TWO_REGIONS + function("east") + permission().replace('"f"', '"f"\n qualifier = "live"')
    assert verdicts(scan(tmp_path, text, "lambda_function_not_public")) == {"aws_lambda_function.east": Status.FAIL}


@pytest.mark.parametrize("of", ["var.name", "aws_lambda_function.east.function_name", "aws_lambda_function.east.arn"])
@pytest.mark.parametrize("named", ["aws_lambda_alias.live.arn", '"${var.name}:live"', '"${var.name}:${var.version}"'])
def test_a_function_whose_name_is_not_known_has_aliases_too(tmp_path: Path, of: str, named: str) -> None:
    text = TWO_REGIONS + UNKNOWN_PARTS + 'variable "name" {}\n' + ALIAS.replace('"f"', of)
    text += function("east").replace('"f"', "var.name") + permission().replace('"f"', named)
    assert verdicts(scan(tmp_path, text, "lambda_function_not_public")) == {"aws_lambda_function.east": Status.FAIL}


def test_an_alias_of_a_function_that_is_declared_elsewhere_is_that_function(tmp_path: Path) -> None:
    text = TWO_REGIONS + ALIAS + permission().replace('"f"', "aws_lambda_alias.live.arn")
    (finding,) = scan(tmp_path, text, "lambda_function_not_public").findings
    assert (finding.resource.address, finding.status) == ("aws_lambda_permission.p", Status.FAIL)
    assert finding.resource.part_of == "Lambda function f"


@pytest.mark.parametrize("named", ['split(":", aws_lambda_alias.live.arn)[6]', '"Unknown-9-${var.version}:x"'])
def test_a_name_made_of_an_alias_is_not_taken_for_another(tmp_path: Path, named: str) -> None:
    text = TWO_REGIONS + UNKNOWN_PARTS + ALIAS + function("east") + permission().replace('"f"', named)
    found = verdicts(scan(tmp_path, text, "lambda_function_not_public"))
    assert found["aws_lambda_function.east"] is (Status.UNKNOWN if "alias" in named else Status.PASS)


def test_a_plan_and_a_state_name_the_function_of_an_alias(tmp_path: Path) -> None:
    given = {"principal": "*", "action": "lambda:InvokeFunction"}
    function_, alias, part_ = "aws_lambda_function.f", "aws_lambda_alias.live", "aws_lambda_permission.p"
    arn = "arn:aws:lambda:us-east-1:111122223333:function:f"
    changes = [
        change(function_, {"function_name": "f"}, {"arn": True, "id": True}),
        change(alias, {"function_name": "f", "name": "live"}, {"arn": True, "id": True}),
        change(part_, given, {"function_name": True, "id": True}),
    ]
    written = {"function_name": {"references": [f"{alias}.arn", alias]}}
    blocks = [
        block(function_, {"function_name": {"constant_value": "f"}}),
        block(alias, {"function_name": {"constant_value": "f"}, "name": {"constant_value": "live"}}),
        block(part_, written),
    ]
    expected = {function_: Status.FAIL}
    assert recorded(tmp_path, plan(changes, blocks), "lambda_function_not_public") == expected
    values = {
        function_: {"function_name": "f", "arn": arn, "id": "f"},
        part_: given | {"function_name": f"{arn}:live"},
    }
    assert recorded(tmp_path, state(values), "lambda_function_not_public") == expected


# --- what AWS adds to the ARN of a secret ---

SECRET_ARN = "arn:aws:secretsmanager:{}:111122223333:secret:app/records"
OPEN_SECRET = "secret_policy_not_public"
EVERYTHING = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
EVERYTHING_TO_EVERYONE = json.dumps({"Version": "2012-10-17", "Statement": [EVERYTHING]})


@pytest.mark.parametrize("added", ["", "-AbCdEf"])
@pytest.mark.parametrize(
    ("arn", "its"), [(SECRET_ARN.format("us-east-1"), True), (SECRET_ARN.format("us-west-2"), False)]
)
def test_an_arn_of_a_secret_with_and_without_what_aws_adds(tmp_path: Path, arn: str, added: str, *, its: bool) -> None:
    text = TWO_REGIONS + 'resource "aws_secretsmanager_secret" "s" {\n name = "app/records"\n}\n'
    text += f'resource "aws_secretsmanager_secret_policy" "p" {{\n secret_arn = "{arn}{added}"\n'
    text += f"policy = {json.dumps(EVERYTHING_TO_EVERYONE)}\n}}\n"
    found = verdicts(scan(tmp_path, text, OPEN_SECRET))
    elsewhere = {"aws_secretsmanager_secret.s": Status.PASS, "aws_secretsmanager_secret_policy.p": Status.FAIL}
    assert found == ({"aws_secretsmanager_secret.s": Status.FAIL} if its else elsewhere)


def test_secrets_of_one_name_in_two_regions_are_told_apart_by_their_arns(tmp_path: Path) -> None:
    east, west = SECRET_ARN.format("us-east-1") + "-AbCdEf", SECRET_ARN.format("us-west-2") + "-GhIjKl"
    values = {
        "aws_secretsmanager_secret.east": {"name": "app/records", "id": east, "arn": east},
        "aws_secretsmanager_secret.west": {"name": "app/records", "id": west, "arn": west},
        "aws_secretsmanager_secret_policy.p": {"id": west, "secret_arn": west, "policy": EVERYTHING_TO_EVERYONE},
    }
    assert recorded(tmp_path, state(values), OPEN_SECRET) == {
        "aws_secretsmanager_secret.east": Status.PASS,
        "aws_secretsmanager_secret.west": Status.FAIL,
    }
