"""Buckets whose policy hands access on to their access points, and the policies of these, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Aws, Case, Told, cases, resource
from hipaa_guard.testing.judging import all_controls
from tests.policies.s3.states import ACCOUNT_BLOCK, ALL_ON, OPEN_VARIABLE, SWITCHES, account_block, block, policy

NOT_PUBLIC, FOREIGN = "s3_bucket_policy_not_public", "s3_bucket_no_cross_account_policy"
OTHER = "444455556666"
PROVIDER = f'provider "aws" {{\n  region = "us-east-1"\n  allowed_account_ids = ["{ACCOUNT}"]\n}}\n'
BUCKET_ARN = "arn:aws:s3:::phi-records"
POINT = f"arn:aws:s3:us-east-1:{ACCOUNT}:accesspoint/records"
EVERYONE = {"Principal": "*"}
OF_OWN = {"StringEquals": {"s3:DataAccessPointAccount": ACCOUNT}}


def handed_on(condition: dict[str, Any] | None = None, principal: Any = "*") -> Told:
    """A bucket with a policy that allows whoever comes through access points of its account."""
    allowed = {"Effect": "Allow", "Action": "*", "Resource": [BUCKET_ARN, f"{BUCKET_ARN}/*"], "Principal": principal}
    return Told(PROVIDER) + policy(**allowed, Condition=condition or OF_OWN)


def point(
    statement: dict[str, Any] | None,
    *,
    blocked: bool | None = False,
    vpc: bool = False,
    of: str = "phi-records",
    name: str = "records",
) -> Told:
    """An access point with a policy of one statement; None: without a policy, or as S3 blocks it by itself."""
    allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{POINT}/object/*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [allowed | (statement or {})]})
    bucket = "aws_s3_bucket.phi.id" if of == "phi-records" else json.dumps(of)
    lines = [f"bucket = {bucket}", f'name = "{name}"']
    if statement is not None:
        lines.append(f"policy = {json.dumps(text)}")
    if vpc:
        lines.append('vpc_configuration {\nvpc_id = "vpc-0a1b2c3d4e5f60718"\n}')
    if blocked is not None:
        on = "\n".join(f"{switch} = {str(blocked).lower()}" for switch in SWITCHES)
        lines.append(f"public_access_block_configuration {{\n{on}\n}}")

    def make(aws: Aws) -> None:
        more: dict[str, Any] = {"VpcConfiguration": {"VpcId": "vpc-0a1b2c3d4e5f60718"}} if vpc else {}
        switches = dict.fromkeys(SWITCHES.values(), blocked is not False)
        more["PublicAccessBlockConfiguration"] = switches
        aws.s3control.create_access_point(AccountId=ACCOUNT, Name=name, Bucket=of, **more)
        if statement is not None:
            aws.s3control.put_access_point_policy(AccountId=ACCOUNT, Name=name, Policy=text)

    return Told(resource("aws_s3_access_point", "\n".join(lines), name), make)


def apart(of_bucket: str) -> Told:
    """The policy of the access point as a resource of its own."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Principal": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    lines = f"access_point_arn = {of_bucket}\npolicy = {json.dumps(text)}"
    return Told(resource("aws_s3control_access_point_policy", lines, "p"))


PUBLIC = "hands access on to its access points"
PARTNER = {"Principal": {"AWS": f"arn:aws:iam::{OTHER}:role/partner"}}


def by_arn(name: str) -> dict[str, Any]:
    return {"StringLike": {"s3:DataAccessPointArn": f"arn:aws:s3:*:{ACCOUNT}:accesspoint/{name}"}}


ACCOUNTS_BLOCK = Told(f'resource "aws_s3_account_public_access_block" "a" {{\n{ACCOUNT_BLOCK}\n}}\n', account_block)
BLOCKED_BUCKET = Told(block(*ALL_ON).text.partition("\n")[2])

test_public = cases(
    Case(NOT_PUBLIC, "an access point lets in everyone", FAIL, handed_on() + point(EVERYONE), says=PUBLIC),
    Case(NOT_PUBLIC, "an access point, by its ARN", FAIL, handed_on(by_arn("rec*")) + point(EVERYONE), says=PUBLIC),
    Case(NOT_PUBLIC, "another access point, by its ARN", PASS, handed_on(by_arn("labs")) + point(EVERYONE)),
    Case(NOT_PUBLIC, "of all access points of the account, one", FAIL, handed_on(by_arn("*")) + point(EVERYONE)),
    Case(NOT_PUBLIC, "access points without a policy", PASS, handed_on() + point(None)),
    Case(NOT_PUBLIC, "no access point", PASS, handed_on()),
    Case(
        NOT_PUBLIC,
        "an access point that names whom it lets in",
        PASS,
        handed_on() + point({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/records"}}),
    ),
    Case(NOT_PUBLIC, "S3 blocks the access point by itself", PASS, handed_on() + point(EVERYONE, blocked=None)),
    Case(NOT_PUBLIC, "the access point is blocked", PASS, handed_on() + point(EVERYONE, blocked=True)),
    Case(NOT_PUBLIC, "the bucket is blocked", PASS, (handed_on() + BLOCKED_BUCKET + point(EVERYONE)).in_terraform()),
    Case(NOT_PUBLIC, "the account is blocked", PASS, handed_on() + ACCOUNTS_BLOCK + point(EVERYONE)),
    Case(NOT_PUBLIC, "the access point is open to one VPC", PASS, handed_on() + point(EVERYONE, vpc=True)),
    Case(
        NOT_PUBLIC, "an access point of another bucket", PASS, handed_on() + point(EVERYONE, of="labs").in_terraform()
    ),
    Case(
        NOT_PUBLIC,
        "the bucket hands on to access points of VPCs only",
        PASS,
        handed_on({"StringEquals": {"s3:AccessPointNetworkOrigin": "VPC", "s3:DataAccessPointAccount": ACCOUNT}})
        + point(EVERYONE),
    ),
    Case(
        NOT_PUBLIC,
        "the bucket hands on to access points of the internet",
        FAIL,
        handed_on({"StringEquals": {"s3:AccessPointNetworkOrigin": "Internet", "s3:DataAccessPointAccount": ACCOUNT}})
        + point(EVERYONE),
    ),
    Case(
        NOT_PUBLIC,
        "the bucket hands on to one organization only",
        PASS,
        handed_on(OF_OWN | {"StringLike": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}) + point(EVERYONE),
    ),
    Case(
        NOT_PUBLIC,
        "the bucket hands on to its own account only",
        PASS,
        handed_on(principal={"AWS": ACCOUNT}) + point(EVERYONE),
    ),
    Case(NOT_PUBLIC, "the bucket hands nothing on", PASS, Told(PROVIDER) + policy() + point(EVERYONE)),
    Case(
        NOT_PUBLIC,
        "the policy of an access point is a resource of its own",
        FAIL,
        (handed_on() + point(None) + apart("aws_s3_access_point.records.arn")).in_terraform(),
        says="aws_s3_access_point.records has a policy",
    ),
    *(
        Case(
            NOT_PUBLIC,
            f"an access point, by {sentence}",
            verdict,
            terraform=(handed_on(by_arn("NAME")) + point(EVERYONE) + point(None, name="labs"))
            .in_terraform('data "aws_caller_identity" "own" {}\n')
            .text.replace(f"arn:aws:s3:*:{ACCOUNT}:accesspoint/NAME", arn),
        )
        for sentence, arn, verdict in (
            ("a reference to its ARN", "${aws_s3_access_point.records.arn}", FAIL),
            ("a reference to that of another", "${aws_s3_access_point.labs.arn}", PASS),
            ("a pattern of the account", "arn:aws:s3:*:${data.aws_caller_identity.own.account_id}:accesspoint/*", FAIL),
            ("another name", "arn:aws:s3:*:${data.aws_caller_identity.own.account_id}:accesspoint/labs", PASS),
        )
    ),
    Case(
        NOT_PUBLIC,
        "the policy of an access point is not known",
        UNKNOWN,
        terraform=(handed_on() + point(None)).text.replace('name = "records"', 'name = "records"\npolicy = var.open')
        + OPEN_VARIABLE,
    ),
    Case(
        NOT_PUBLIC,
        "the policies of access points may not be read",
        UNKNOWN,
        (handed_on() + point(EVERYONE)).in_aws(),
        denied="s3control:GetAccessPointPolicy",
        says="s3:GetAccessPointPolicy",
    ),
    Case(
        NOT_PUBLIC,
        "the access points may not be listed, but the bucket hands nothing on",
        PASS,
        policy().in_aws(),
        denied="s3control:ListAccessPoints",
    ),
    Case(
        NOT_PUBLIC,
        "the access points may not be listed",
        UNKNOWN,
        (handed_on() + point(EVERYONE)).in_aws(),
        denied="s3control:ListAccessPoints",
        says="s3:ListAccessPoints",
    ),
)

test_foreign = cases(
    Case(FOREIGN, "an access point lets in another account", FAIL, handed_on() + point(PARTNER), says=OTHER),
    Case(FOREIGN, "one of a VPC does", FAIL, handed_on() + point(PARTNER, vpc=True), says=OTHER),
    Case(FOREIGN, "a blocked one does", FAIL, handed_on() + point(PARTNER, blocked=True), says=OTHER),
    Case(FOREIGN, "an access point lets in everyone", FAIL, handed_on() + point(EVERYONE), says=PUBLIC),
    Case(FOREIGN, "a blocked one lets in everyone", PASS, handed_on() + point(EVERYONE, blocked=True)),
    Case(
        FOREIGN,
        "an access point lets in the account itself",
        PASS,
        handed_on() + point({"Principal": {"AWS": ACCOUNT}}),
    ),
    Case(FOREIGN, "the bucket hands nothing on", PASS, Told(PROVIDER) + policy() + point(PARTNER)),
    Case(
        FOREIGN,
        "the bucket hands on to access points of another account",
        FAIL,
        handed_on({"StringEquals": {"s3:DataAccessPointAccount": OTHER}}),
        says=OTHER,
    ),
)


@pytest.mark.parametrize("control", [NOT_PUBLIC, FOREIGN])
def test_the_fix_tells_of_access_points(control: str) -> None:
    fix = all_controls()[control].fix
    assert fix.note is not None
    assert "aws_s3control_access_point_policy" in fix.note
    assert "aws s3control put-access-point-policy" in fix.note
