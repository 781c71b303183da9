"""A policy that names its resource by an ARN: the region and the account in it count as far as they are known."""

from __future__ import annotations

import json
from typing import NamedTuple

from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, cases

OTHER = "444455556666"


class Named(NamedTuple):
    """A resource whose policy denies plain HTTP to an ARN."""

    control: str
    action: str
    arn: str
    """With REGION and ACCOUNT."""
    terraform: str
    """With POLICY."""


NAMED = (
    Named(
        "sqs_queue_tls_required",
        "sqs:*",
        "arn:aws:sqs:REGION:ACCOUNT:phi",
        'resource "aws_sqs_queue" "phi" {\n  name = "phi"\n  sqs_managed_sse_enabled = false\n  policy = POLICY\n}\n',
    ),
    Named(
        "sns_topic_tls_required",
        "sns:Publish",
        "arn:aws:sns:REGION:ACCOUNT:phi",
        'resource "aws_sns_topic" "phi" {\n  name = "phi"\n  policy = POLICY\n}\n',
    ),
    Named(
        "efs_tls_required",
        "*",
        "arn:aws:elasticfilesystem:REGION:ACCOUNT:file-system/${aws_efs_file_system.phi.id}",
        'resource "aws_efs_file_system" "phi" {}\nresource "aws_efs_file_system_policy" "p" {\n'
        "  file_system_id = aws_efs_file_system.phi.id\n  policy = POLICY\n}\n",
    ),
)
LOOKED_UP = (
    'data "aws_caller_identity" "me" {}\ndata "aws_region" "here" {}\nvariable "open" {}\n'
    'resource "aws_vpc" "other" {\n  cidr_block = "10.0.0.0/16"\n}\n'
    'provider "aws" {\n  alias = "other"\n  profile = "other"\n}\n'
    'data "aws_caller_identity" "theirs" {\n  provider = aws.other\n}\n'
)
THEIRS = "${data.aws_caller_identity.theirs.account_id}"
REGION, OWN = 'region = "us-east-1"', f'allowed_account_ids = ["{ACCOUNT}"]'


def denied(named: Named, provider: str, region: str, account: str) -> str:
    """A policy that denies plain HTTP to the ARN with this region and account, and a provider with these arguments."""
    arn = named.arn.replace("REGION", region).replace("ACCOUNT", account)
    statement = {"Effect": "Deny", "Principal": "*", "Action": named.action, "Resource": arn}
    denial = statement | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    policy = json.dumps({"Statement": [statement | {"Effect": "Allow", "Resource": "*"}, denial]})
    return f'provider "aws" {{\n  {provider}\n}}\n{LOOKED_UP}' + named.terraform.replace(
        "POLICY", f"<<P\n{policy}\nP\n"
    )


PLACES = (
    ("its own region and account", PASS, f"{REGION}\n{OWN}", "us-east-1", ACCOUNT),
    ("every region and account", PASS, f"{REGION}\n{OWN}", "us-*", "*"),
    ("what is looked up", PASS, f"{REGION}\n{OWN}", "${data.aws_region.here.name}", "${data.aws_caller_identity.me.account_id}"),
    ("another account", FAIL, f"{REGION}\n{OWN}", "us-east-1", OTHER),
    ("another region", FAIL, f"{REGION}\n{OWN}", "eu-west-1", ACCOUNT),
    ("an account, where its own is not known", PASS, REGION, "us-east-1", OTHER),
    ("a region, where its own is not known", PASS, OWN, "eu-west-1", ACCOUNT),
    ("an account that is not known", UNKNOWN, f"{REGION}\n{OWN}", "us-east-1", "${var.open}"),
    ("an account that is not known, where its own is not either", UNKNOWN, REGION, "us-east-1", "${var.open}"),
    ("a region that is not known", UNKNOWN, f"{REGION}\n{OWN}", "${var.open}", ACCOUNT),
    ("a region that is not known, where its own is not either", UNKNOWN, OWN, "${var.open}", ACCOUNT),
    ("an account that begins as its own does not", FAIL, f"{REGION}\n{OWN}", "us-east-1", "4${var.open}"),
    ("the account of another resource", UNKNOWN, REGION, "us-east-1", "${aws_vpc.other.owner_id}"),
    ("the account of another provider's caller", UNKNOWN, f"{REGION}\n{OWN}", "us-east-1", THEIRS),
    ("any account, in a region that is not known", UNKNOWN, f"{REGION}\n{OWN}", "${var.open}", "*"),
    ("another account, in a region that is not known", FAIL, f"{REGION}\n{OWN}", "${var.open}", OTHER),
    ("another account, where its region is not known", FAIL, OWN, "eu-west-1", OTHER),
)  # fmt: skip

test_own_arns = cases(
    *(
        Case(named.control, f"denied to an ARN of {place}", verdict, denied(named, *told))
        for named in NAMED
        for place, verdict, *told in PLACES
    )
)
