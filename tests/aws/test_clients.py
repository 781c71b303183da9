"""Where requests go, and for which region they are signed: one client for all regions."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from hipaa_guard.aws.calling.clients import Clients, Tally
from hipaa_guard.aws.planning.actions import session_policy


class Sent(Exception):  # noqa: N818 - it carries a request, and is no error
    def __init__(self, request: Any) -> None:
        self.host = urlsplit(request.url).netloc
        self.path = urlsplit(request.url).path
        signed = request.headers["Authorization"]
        signed = signed.decode() if isinstance(signed, bytes) else signed
        found = re.search(r"Credential=\w+/\d+/([\w-]+)/([\w-]+)/", signed)
        assert found is not None
        self.region, self.service = found[1], found[2]
        super().__init__()


def stop(request: Any, **_: Any) -> None:
    raise Sent(request)


def sent(clients: Clients, operation: str, region: str, **params: Any) -> Sent:
    service, _, method = operation.partition(".")
    client = clients.client(service)
    client.meta.events.register_last("before-send", stop)
    with clients.within(region, Tally()), pytest.raises(Sent) as caught:
        getattr(client, method)(**params)
    return caught.value


@pytest.fixture
def clients() -> Clients:
    return Clients(boto3.Session(), "us-east-1")


@pytest.mark.parametrize(
    ("operation", "params", "region", "host", "signed"),
    [
        ("ec2.describe_volumes", {}, "us-east-1", "ec2.us-east-1.amazonaws.com", "us-east-1"),
        ("ec2.describe_volumes", {}, "me-central-1", "ec2.me-central-1.amazonaws.com", "me-central-1"),
        ("ec2.describe_volumes", {}, "us-gov-west-1", "ec2.us-gov-west-1.amazonaws.com", "us-gov-west-1"),
        ("kms.list_keys", {}, "cn-north-1", "kms.cn-north-1.amazonaws.com.cn", "cn-north-1"),
        ("logs.describe_log_groups", {}, "eu-west-1", "logs.eu-west-1.amazonaws.com", "eu-west-1"),
        ("sts.get_caller_identity", {}, "ap-east-1", "sts.ap-east-1.amazonaws.com", "ap-east-1"),
        ("iam.list_users", {}, "eu-west-1", "iam.amazonaws.com", "us-east-1"),
        ("route53.list_hosted_zones", {}, "eu-west-1", "route53.amazonaws.com", "us-east-1"),
        ("cloudfront.list_distributions", {}, "eu-west-1", "cloudfront.amazonaws.com", "us-east-1"),
        ("organizations.list_accounts", {}, "eu-west-1", "organizations.us-east-1.amazonaws.com", "us-east-1"),
        (
            "globalaccelerator.list_accelerators",
            {},
            "eu-west-1",
            "globalaccelerator.us-west-2.amazonaws.com",
            "us-west-2",
        ),
        ("s3.list_buckets", {}, "us-east-1", "s3.us-east-1.amazonaws.com", "us-east-1"),
        ("s3.get_bucket_acl", {"Bucket": "records"}, "eu-west-1", "records.s3.eu-west-1.amazonaws.com", "eu-west-1"),
        ("s3.get_bucket_acl", {"Bucket": "records"}, "me-south-1", "records.s3.me-south-1.amazonaws.com", "me-south-1"),
        (
            "s3control.get_public_access_block",
            {"AccountId": "123456789012"},
            "eu-west-1",
            "123456789012.s3-control.eu-west-1.amazonaws.com",
            "eu-west-1",
        ),
        ("dynamodb.list_tables", {}, "eu-west-1", "dynamodb.eu-west-1.amazonaws.com", "eu-west-1"),
    ],
)
def test_requests_go_to_their_region(
    clients: Clients, *, operation: str, params: dict[str, Any], region: str, host: str, signed: str
) -> None:
    request = sent(clients, operation, region, **params)
    assert (request.host, request.region) == (host, signed)


def test_one_client_serves_regions_in_turn(clients: Clients) -> None:
    hosts = [sent(clients, "kms.list_keys", region).host for region in ("us-east-1", "eu-west-1", "us-east-1")]
    assert hosts == ["kms.us-east-1.amazonaws.com", "kms.eu-west-1.amazonaws.com", "kms.us-east-1.amazonaws.com"]
    assert clients.client("kms") is clients.client("kms")


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_global_services_of_other_partitions(service: str) -> None:
    clients = Clients(boto3.Session(), "us-gov-west-1")
    operation = {"iam": "iam.list_users", "sts": "sts.get_caller_identity"}[service]
    request = sent(clients, operation, "us-gov-west-1")
    assert request.host == {"iam": "iam.us-gov.amazonaws.com", "sts": "sts.us-gov-west-1.amazonaws.com"}[service]
    assert request.region == "us-gov-west-1"


@pytest.mark.parametrize("address", ["127.0.0.1:4566", "localhost:4566"])
def test_a_local_endpoint_keeps_its_name_and_the_region_of_each_request(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{address}")
    clients = Clients(boto3.Session(), "us-east-1")
    request = sent(clients, "s3control.get_public_access_block", "eu-west-1", AccountId="123456789012")
    assert (request.host, request.region) == (address, "eu-west-1")
    assert sent(clients, "ec2.describe_volumes", "eu-west-1").region == "eu-west-1"
    bucket = sent(clients, "s3.get_bucket_acl", "eu-west-1", Bucket="records")
    assert (bucket.host, bucket.path, bucket.region) == (address, "/records", "eu-west-1")


def test_a_private_endpoint_keeps_the_account_before_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://control.vpce-1.s3.eu-west-1.vpce.amazonaws.com")
    clients = Clients(boto3.Session(), "us-east-1")
    request = sent(clients, "s3control.get_public_access_block", "eu-west-1", AccountId="123456789012")
    assert request.host == "123456789012.control.vpce-1.s3.eu-west-1.vpce.amazonaws.com"


def test_fips_endpoints_are_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_USE_FIPS_ENDPOINT", "true")
    clients = Clients(boto3.Session(), "us-east-1")
    assert sent(clients, "kms.list_keys", "us-west-2").host == "kms-fips.us-west-2.amazonaws.com"


def test_the_policy_of_an_assumed_session_is_well_below_the_limit() -> None:
    assert len(json.dumps(session_policy(), separators=(",", ":"))) < 700  # of 2,048, and it is packed besides
