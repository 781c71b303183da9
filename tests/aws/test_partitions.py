"""GovCloud and China: regions, ARNs and endpoints of the account's own partition, and what is global asked once."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from hipaa_guard.aws.calling.clients import Clients
from hipaa_guard.aws.collecting.collect import collect
from hipaa_guard.aws.sessions.accounts import AwsSetupError, open_account
from hipaa_guard.facts.readings import Singleton, ask
from hipaa_guard.facts.resource import Resource, fact
from tests.aws.clinic import LIVE, Bucket, Group, Key, User, named
from tests.aws.test_clients import sent

PARTITIONS = {
    "aws-us-gov": ("us-gov-west-1", "us-gov-east-1"),
    "aws-cn": ("cn-north-1", "cn-northwest-1"),
}


class Summary(Resource):
    """What a table says of every region, though AWS tells it of the account."""

    aws = Singleton("region")

    users: int = fact(live_only=LIVE, aws=ask("iam.get_account_summary", "SummaryMap.Users"))


@pytest.mark.parametrize(
    ("operation", "params", "home", "region", "host", "signed"),
    [
        ("iam.list_users", {}, "us-gov-east-1", "us-gov-east-1", "iam.us-gov.amazonaws.com", "us-gov-west-1"),
        ("iam.list_users", {}, "cn-northwest-1", "cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        (
            "route53.list_hosted_zones",
            {},
            "us-gov-east-1",
            "us-gov-east-1",
            "route53.us-gov.amazonaws.com",
            "us-gov-west-1",
        ),
        (
            "route53.list_hosted_zones",
            {},
            "cn-north-1",
            "cn-north-1",
            "route53.amazonaws.com.cn",
            "cn-northwest-1",
        ),
        (
            "organizations.list_accounts",
            {},
            "us-gov-east-1",
            "us-gov-east-1",
            "organizations.us-gov-west-1.amazonaws.com",
            "us-gov-west-1",
        ),
        (
            "organizations.list_accounts",
            {},
            "cn-north-1",
            "cn-north-1",
            "organizations.cn-northwest-1.amazonaws.com.cn",
            "cn-northwest-1",
        ),
        (
            "sts.get_caller_identity",
            {},
            "cn-north-1",
            "cn-northwest-1",
            "sts.cn-northwest-1.amazonaws.com.cn",
            "cn-northwest-1",
        ),
        (
            "s3.get_bucket_acl",
            {"Bucket": "records"},
            "cn-north-1",
            "cn-northwest-1",
            "records.s3.cn-northwest-1.amazonaws.com.cn",
            "cn-northwest-1",
        ),
        (
            "s3.get_bucket_acl",
            {"Bucket": "records"},
            "us-gov-west-1",
            "us-gov-east-1",
            "records.s3.us-gov-east-1.amazonaws.com",
            "us-gov-east-1",
        ),
        (
            "s3control.get_public_access_block",
            {"AccountId": "123456789012"},
            "cn-north-1",
            "cn-north-1",
            "123456789012.s3-control.cn-north-1.amazonaws.com.cn",
            "cn-north-1",
        ),
    ],
)
def test_requests_stay_in_their_partition(
    *, operation: str, params: dict[str, Any], home: str, region: str, host: str, signed: str
) -> None:
    request = sent(Clients(boto3.Session(), home), operation, region, **params)
    assert (request.host, request.region) == (host, signed)


@pytest.mark.parametrize(
    ("home", "service", "region", "asked_in"),
    [
        ("eu-west-1", "iam", "eu-central-1", "eu-west-1"),
        ("eu-west-1", "globalaccelerator", "eu-west-1", "us-west-2"),
        ("us-gov-east-1", "networkmanager", "us-gov-east-1", "us-gov-west-1"),
        ("us-gov-east-1", "ecr-public", "us-gov-east-1", "us-gov-east-1"),
        ("cn-north-1", "route53domains", "cn-northwest-1", "cn-northwest-1"),
        ("eu-west-1", "kms", "eu-central-1", "eu-central-1"),
    ],
)
def test_a_service_is_never_asked_in_another_partition(home: str, service: str, region: str, asked_in: str) -> None:
    assert Clients(boto3.Session(), home).asked_in(service, region) == asked_in


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.usefixtures("_cloud")
def test_an_account_is_read_in_all_regions_of_its_partition(monkeypatch: pytest.MonkeyPatch, partition: str) -> None:
    home, other = PARTITIONS[partition]
    monkeypatch.setenv("AWS_DEFAULT_REGION", home)
    boto3.client("iam").create_user(UserName="nurse")
    for name, region in (("records", home), ("images", other)):
        boto3.client("s3", region_name=region).create_bucket(
            Bucket=name, CreateBucketConfiguration={"LocationConstraint": region}
        )
    boto3.client("kms", region_name=other).create_key()
    account = open_account()
    assert (account.partition, account.home) == (partition, home)
    assert account.regions == tuple(sorted((home, other)))
    assert account.arn.startswith(f"arn:{partition}:sts::")
    collected = collect(account, [Bucket, Group, Key, User, Summary])
    inventory = collected.inventory
    assert collected.gaps == ()
    assert collected.partition == partition
    assert named(inventory, Bucket, "records").origin.arn == f"arn:{partition}:s3:::records"
    images = named(inventory, Bucket, "images")
    assert images.origin.region == other
    assert images.evidence(Bucket.facts["versioning"]).source == f"s3:GetBucketVersioning in {other}"
    (key,) = inventory.seen(Key)
    assert str(key.origin.arn).startswith(f"arn:{partition}:kms:{other}:")
    assert {str(group.origin.arn).rpartition("/")[0] for group in inventory.seen(Group)} == {
        f"arn:{partition}:ec2:{region}:123456789012:security-group" for region in (home, other)
    }
    assert [summary.users for summary in inventory.seen(Summary)] == [1, 1]
    once = {name: count for name, count in collected.calls.items() if name.startswith("iam.")}
    assert once.pop("iam.generate_credential_report") <= 3
    assert once == {"iam.get_account_summary": 1, "iam.get_credential_report": 1, "iam.list_users": 1}
    assert collected.calls["s3.list_buckets"] == 1


@pytest.mark.usefixtures("_cloud")
def test_a_region_of_another_partition_is_left_out_and_that_is_said() -> None:
    account = open_account(regions="us-east-1,us-gov-west-1")
    assert account.regions == ("us-east-1",)
    assert account.skipped["us-gov-west-1"] == "in partition aws-us-gov, which needs other credentials"
    with pytest.raises(AwsSetupError):
        open_account(regions="cn-north-5x")
