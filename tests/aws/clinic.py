"""A few kinds of resources, and a small account that has them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import boto3

from hipaa_guard.aws.calling.throttling import Limiter
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.readings import Ask, Listing, Singleton, ask, derived, listed
from hipaa_guard.facts.resource import Resource, fact

LIVE = "these kinds are only read from accounts"


class Bucket(Resource):
    aws = Listing(
        "s3.list_buckets", "Buckets[]", arn="arn:{partition}:s3:::{Name}", region="{BucketRegion}", scope="account"
    )

    versioning: str | None = fact(live_only=LIVE, aws=ask("s3.get_bucket_versioning", "Status", Bucket="{Name}"))
    policy: str | None = fact(
        live_only=LIVE, aws=ask("s3.get_bucket_policy", "Policy", Bucket="{Name}", absent="NoSuchBucketPolicy")
    )
    encryption: str | None = fact(
        live_only=LIVE,
        aws=ask(
            "s3.get_bucket_encryption",
            "ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm",
            Bucket="{Name}",
            absent="ServerSideEncryptionConfigurationNotFoundError",
        ),
    )


class CarelessBucket(Resource):
    """A bucket whose table forgot that a bucket may have no policy."""

    aws = Bucket.aws

    policy: str | None = fact(live_only=LIVE, aws=ask("s3.get_bucket_policy", "Policy", Bucket="{Name}"))


class Key(Resource):
    aws = Listing("kms.list_keys", "Keys[]", arn="{KeyArn}", name="KeyId")

    rotates: bool = fact(live_only=LIVE, aws=ask("kms.get_key_rotation_status", "KeyRotationEnabled", KeyId="{KeyId}"))
    alias: str | None = fact(
        live_only=LIVE, aws=ask("kms.list_aliases", "Aliases[?TargetKeyId=={KeyId}].AliasName | [0]")
    )
    made: str = fact(live_only=LIVE, aws=ask("kms.describe_key", "KeyMetadata.CreationDate", KeyId="{KeyId}"))


class Group(Resource):
    aws = Listing(
        "ec2.describe_security_groups",
        "SecurityGroups[]",
        arn="arn:{partition}:ec2:{region}:{account}:security-group/{GroupId}",
        name="GroupId",
        keys=("GroupName",),
    )

    title: str | None = fact(live_only=LIVE, aws=listed("GroupName"))


class User(Resource):
    aws = Listing("iam.list_users", "Users[]", arn="{Arn}", name="UserName", scope="account")

    has_password: bool = fact(
        live_only=LIVE,
        aws=derived(
            lambda rows: rows[0]["password_enabled"] == "true",
            Ask("iam.get_credential_report", "Rows[?user=={UserName}]", scope="account"),
        ),
    )


class InlinePolicy(Resource):
    aws = Listing(
        "iam.list_user_policies",
        "PolicyNames[]",
        of=User,
        wrap="PolicyName",
        arn="{Arn}/{PolicyName}",
        scope="account",
        UserName="{UserName}",
    )

    document: dict[str, Any] = fact(
        live_only=LIVE,
        aws=ask("iam.get_user_policy", "PolicyDocument", UserName="{UserName}", PolicyName="{PolicyName}"),
    )
    owner: str = fact(live_only=LIVE, aws=listed("Parent.UserName"))


class Region(Resource):
    aws = Singleton("region", arn="arn:{partition}:ec2:{region}:{account}:region")

    disks_encrypted: bool = fact(live_only=LIVE, aws=ask("ec2.get_ebs_encryption_by_default", "EbsEncryptionByDefault"))


class Owner(Resource):
    aws = Singleton("account")

    blocks_public_access: bool | None = fact(
        live_only=LIVE,
        aws=ask(
            "s3control.get_public_access_block",
            "PublicAccessBlockConfiguration.BlockPublicAcls",
            AccountId="{account}",
            absent="NoSuchPublicAccessBlockConfiguration",
        ),
    )


KINDS: tuple[type[Resource], ...] = (Bucket, Key, Group, User, InlinePolicy, Region, Owner)


def furnish(client: Callable[..., Any] = boto3.client) -> None:
    """Two buckets, a key, a user with an inline policy: one bucket and the key in Ireland."""
    s3 = client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="records")
    s3.put_bucket_versioning(Bucket="records", VersioningConfiguration={"Status": "Enabled"})
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::records/*"}
    s3.put_bucket_policy(Bucket="records", Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]}))
    client("s3", region_name="eu-west-1").create_bucket(
        Bucket="images", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    kms = client("kms", region_name="eu-west-1")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/images", TargetKeyId=key)
    iam = client("iam")
    iam.create_user(UserName="nurse")
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
    iam.put_user_policy(UserName="nurse", PolicyName="ward", PolicyDocument=json.dumps(allow))
    client("s3control").put_public_access_block(
        AccountId="123456789012", PublicAccessBlockConfiguration={"BlockPublicAcls": True}
    )


class Clock:
    """A clock that only waiting moves, and by exactly as much as was waited for."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def rule(self, account: AwsAccount) -> None:
        """Let the account wait by this clock, without chance."""
        account.caller.pause = self.pause
        account.caller.limiter = Limiter(clock=self, random=lambda: 0.5)


class _Http:
    def __init__(self, status: int) -> None:
        self.status_code = status


def refuse(
    account: AwsAccount,
    operation: str,
    code: str,
    message: str = "no",
    *,
    status: int = 403,
    region: str | None = None,
    when: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> None:
    """Let the account answer an operation with an error, in one region or all, where the request is so."""
    service, _, method = operation.partition(".")
    client = account.clients.client(service)
    name = client.meta.method_to_api_mapping[method]

    def answer(params: dict[str, Any], context: dict[str, Any], **_: Any) -> tuple[_Http, dict[str, Any]] | None:
        if (region is not None and context.get("aimed_at") != region) or not when(params):
            return None
        return _Http(status), {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
        }

    client.meta.events.register(f"before-call.{client.meta.service_model.service_id.hyphenize()}.{name}", answer)


def give(
    account: AwsAccount,
    operation: str,
    answer: dict[str, Any],
    *,
    when: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> None:
    """Let the account answer an operation with this, where the request is so."""
    service, _, method = operation.partition(".")
    client = account.clients.client(service)
    name = client.meta.method_to_api_mapping[method]
    client.meta.events.register(
        f"before-call.{client.meta.service_model.service_id.hyphenize()}.{name}",
        lambda params, **_: (_Http(200), {**answer}) if when(params) else None,
    )


def named(inventory: Any, kind: type[Resource], name: str) -> Any:
    """The resource of a kind with this name."""
    return next(each for each in inventory.seen(kind) if each.origin.name == name)
