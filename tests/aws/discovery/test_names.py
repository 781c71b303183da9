"""Each type has one name: in ARNs, in CloudFormation and in the tables of kinds."""

from __future__ import annotations

import gzip
import re

import pytest

from hipaa_guard.aws.collecting.discovery import type_of_arn
from hipaa_guard.facts.readings import Listing, is_awscc
from hipaa_guard.facts.resource import Resource
from hipaa_guard.services import dynamodb
from tests.aws.discovery.told import KINDS
from tests.schema import REFERENCE


@pytest.mark.parametrize(
    ("arn", "type"),
    [
        ("arn:aws:redshift:us-east-1:111122223333:cluster:one", "redshift:cluster"),
        ("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/a/1", "elasticloadbalancing:loadbalancer/app"),
        ("arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/classic", "elasticloadbalancing:loadbalancer"),
        ("arn:aws:s3:::bucket", "s3:bucket"),
        ("arn:aws:s3:us-east-1:1:accesspoint/one", "s3:accesspoint"),
        ("arn:aws:sns:us-east-1:1:topic", "sns:topic"),
        ("arn:aws:sqs:us-east-1:1:queue", "sqs:queue"),
        ("arn:aws:apigateway:us-east-1::/restapis/abc", "apigateway:restapis"),
        ("arn:aws:logs:us-east-1:1:log-group:/aws/lambda/f:*", "logs:log-group"),
        ("arn:aws:iam::1:role/path/name", "iam:role"),
        ("no-arn", ""),
        ("arn:aws:x", ""),
    ],
)
def test_an_arn_names_its_type(arn: str, type: str) -> None:
    assert type_of_arn(arn) == type


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_each_kind_that_is_listed_says_what_aws_calls_it(kind: type[Resource]) -> None:
    if kind.terraform is None:
        assert kind.aws_types == ()  # another look at what has a kind of its own
    elif isinstance(kind.aws, Listing):
        assert kind.aws_types
    arn = getattr(kind.aws, "arn", None)
    if kind.aws_types and arn and arn.startswith("arn:") and isinstance(kind.aws, Listing):
        whole: type[Resource] | None = kind.aws.of  # a part without an ARN of its own is named below that of the whole
        assert type_of_arn(arn) in (*kind.aws_types, *(() if whole is None else whole.aws_types))


TELLS_OF_ANOTHER = {"awscc_sns_topic", "awscc_logs_log_group"}
"""Types that are of one kind, and whose arguments also tell of a resource of another one: its subscription, its policy."""


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_names_of_cloudformation_are_those_of_the_awscc_types(kind: type[Resource]) -> None:
    ours = {_awscc(type) for type in kind.aws_types if "::" in type}
    block = kind.terraform
    declared = set() if block is None else {type for type in block.types if is_awscc(type)} - set(block.made_by)
    if kind.aws_types:
        assert declared - TELLS_OF_ANOTHER <= ours


def _awscc(type: str) -> str:
    """How the awscc provider writes a name of CloudFormation."""
    _, service, name = type.split("::")
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name))
    return f"awscc_{service.lower()}_{words.lower()}"


def test_names_of_cloudformation_exist() -> None:
    registry = gzip.decompress((REFERENCE / "cloudformation_types.txt.gz").read_bytes()).decode().split()
    names = {type for kind in KINDS for type in kind.aws_types if "::" in type}
    assert names <= set(registry), "aws_types: neither in CloudFormation's registry nor a type of AWS Config"


def test_kinds_of_one_type_are_compared_together() -> None:
    assert dynamodb.Table.aws_types == ("AWS::DynamoDB::Table", "dynamodb:table")
    shared = [kind.kind for kind in KINDS if "AWS::RDS::DBInstance" in kind.aws_types]
    assert shared == ["rds.ClusterInstance", "rds.Instance"]
