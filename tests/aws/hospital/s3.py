"""The account's own block of public access, and an access point of a bucket."""

from __future__ import annotations

import json
from typing import Any

from examples.account import client

_AUDITORS = {
    "Name": "auditors",
    "NetworkOrigin": "Internet",
    "Bucket": "riverside-trail",
    "AccessPointArn": "arn:aws:s3:us-east-1:123456789012:accesspoint/auditors",
}


def _access_points(region: str, _: str) -> dict[str, Any]:
    return {"AccessPointList": [_AUDITORS] if region == "us-east-1" else []}  # moto lists them in every region


ANSWERS = {"s3control.list_access_points": _access_points}


def furnish() -> None:
    client("s3control").put_public_access_block(
        AccountId="123456789012",
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    reader = {"AWS": "arn:aws:iam::123456789012:root"}
    statement = {"Effect": "Allow", "Principal": reader, "Action": "s3:GetObject", "Resource": "*"}
    client("s3control").create_access_point(
        AccountId="123456789012",
        Name="auditors",
        Bucket="riverside-trail",
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    client("s3control").put_access_point_policy(
        AccountId="123456789012",
        Name="auditors",
        Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
