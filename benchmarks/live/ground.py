"""What the resources of one region need before they can be made."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from benchmarks.live.places import ACCOUNT, Ground


@cache
def client(service: str, region: str) -> Any:
    """A boto3 client, made once: making one costs more than the call that it is made for."""
    import boto3

    return boto3.client(service, region_name=region)  # type: ignore[call-overload]


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(action: str, resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trusted_by(service: str) -> str:
    """The trust policy of a role for an AWS service."""
    allow = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": f"{service}.amazonaws.com"}}
    return policy(allow)


ROLE = f"arn:aws:iam::{ACCOUNT}:role/records-app"
EVERYONE = {"AWS": "*"}


def prepare(region: str) -> Ground:
    """A key, a network and a bucket for logs."""
    if region == "us-east-1":
        _account()
    key = client("kms", region).create_key(Description="records", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]
    client("kms", region).enable_key_rotation(KeyId=key["KeyId"], RotationPeriodInDays=365)
    client("kms", region).create_alias(AliasName="alias/records", TargetKeyId=key["KeyId"])
    ec2 = client("ec2", region)
    ec2.enable_ebs_encryption_by_default()
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"{region}{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="inside", Description="inside", VpcId=vpc)["GroupId"]
    image = ec2.register_image(Name="records", RootDeviceName="/dev/xvda")["ImageId"]
    return Ground(region, key["Arn"], vpc, tuple(subnets), group, image, _log_bucket(region))


def _account() -> None:
    """What exists once: the role that everything names, the password policy, account-wide blocks."""
    iam = client("iam", "us-east-1")
    iam.create_role(RoleName="records-app", AssumeRolePolicyDocument=trusted_by("ec2"))
    iam.create_instance_profile(InstanceProfileName="records-app")
    iam.add_role_to_instance_profile(InstanceProfileName="records-app", RoleName="records-app")
    iam.create_group(GroupName="staff")
    iam.update_account_password_policy(MinimumPasswordLength=14, PasswordReusePrevention=24)
    closed = ("BlockPublicAcls", "IgnorePublicAcls")  # the others are left to the buckets
    client("s3control", "us-east-1").put_public_access_block(
        AccountId=ACCOUNT, PublicAccessBlockConfiguration=dict.fromkeys(closed, True)
    )


def _log_bucket(region: str) -> str:
    name = f"logs-{region}"
    s3 = client("s3", region)
    s3.create_bucket(Bucket=name, **located(region))
    allow = statement("s3:PutObject", f"arn:aws:s3:::{name}/*", Principal={"Service": "logging.s3.amazonaws.com"})
    s3.put_bucket_policy(Bucket=name, Policy=policy(allow))
    return name


def located(region: str) -> dict[str, Any]:
    """What a bucket's making needs to be told outside the first region."""
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
