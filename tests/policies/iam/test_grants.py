"""The controls on what IAM policies grant, told to Terraform and to AWS."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

from hipaa_guard.authoring import HIGH
from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, Told, cases, resource
from tests.policies.iam.states import ECS, MFA, READ, allow, create, document, granted, main_block

KINDS = ("managed", "user", "role", "group")


def unread(kind: str) -> Told:
    """The same with a policy that is a variable without a value."""
    variable = 'variable "policy" { type = string }\n'
    if kind == "managed":
        return Told(variable + resource("aws_iam_policy", "policy = var.policy"))
    inline = f"{kind} = aws_iam_{kind}.phi.name\n policy = var.policy"
    return Told(variable + main_block(kind) + resource(f"aws_iam_{kind}_policy", inline, "p"))


KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TAGGED = {"StringEquals": {"aws:ResourceTag/team": "radiology"}}
ALL_BUT = {"Effect": "Allow", "Resource": "*"}
Grant = tuple[str, Status, dict[str, Any]]

ADMIN_GRANTS: list[Grant] = [
    ("everything on everything", FAIL, allow("*")),
    ("everything, written as *:*, on every ARN", FAIL, allow(["s3:GetObject", "*:*"], ["arn:aws:*"])),
    ("everything on everything, with MFA", FAIL, allow("*", Condition=MFA)),
    ("everything but some actions of S3", FAIL, ALL_BUT | {"NotAction": ["s3:DeleteBucket"]}),
    ("everything but IAM", PASS, ALL_BUT | {"NotAction": ["iam:*", "organizations:*"]}),
    ("everything on all resources but one", FAIL, {"Effect": "Allow", "Action": "*", "NotResource": KEY}),
    ("everything, but denied", PASS, {"Effect": "Deny", "Action": "*", "Resource": "*"}),
    ("everything on one bucket", PASS, allow("*", "arn:aws:s3:::records/*")),
    ("everything on all buckets", PASS, allow("*", "arn:aws:s3:::*")),
    ("one action", PASS, READ),
]
SERVICE_GRANTS: list[Grant] = [
    ("all of S3 on all resources", FAIL, allow(["logs:PutLogEvents", "s3:*"])),
    ("all of S3 on all buckets", FAIL, allow("s3:*", "arn:aws:s3:::*")),
    (
        "all of DynamoDB on all tables of the account",
        FAIL,
        allow("dynamodb:*", "arn:aws:dynamodb:*:123456789012:table/*"),
    ),
    ("everything on everything", FAIL, allow("*")),
    ("everything on all buckets", FAIL, allow("*", "arn:aws:s3:::*")),
    ("everything on one bucket", PASS, allow("*", "arn:aws:s3:::records/*")),
    ("everything but IAM", FAIL, ALL_BUT | {"NotAction": ["iam:*"]}),
    ("all of S3 on one bucket", PASS, allow("s3:*", ["arn:aws:s3:::records", "arn:aws:s3:::records/*"])),
    ("all of DynamoDB on tables of one prefix", PASS, allow("dynamodb:*", "arn:aws:dynamodb:*:*:table/clinic-*")),
    ("all of S3 on what carries a tag", PASS, allow("s3:*", Condition=TAGGED)),
    ("all reads of S3", PASS, allow("s3:Get*")),
    ("all of S3, denied", PASS, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}),
]
KMS_GRANTS: list[Grant] = [
    ("decryption with every key", FAIL, allow("kms:Decrypt")),
    ("decryption with every key, by a pattern", FAIL, allow("kms:De*", "arn:aws:kms:*:*:key/*")),
    ("decryption with every key of a region", FAIL, allow("kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/*")),
    ("re-encryption from every key", FAIL, allow("kms:ReEncrypt*")),
    ("all but what creates keys", FAIL, ALL_BUT | {"NotAction": "kms:CreateKey"}),
    ("decryption with one key", PASS, allow("kms:Decrypt", KEY)),
    (
        "decryption with every key that an alias names",
        PASS,
        allow("kms:Decrypt", Condition={"ForAnyValue:StringLike": {"kms:ResourceAliases": "alias/clinic-*"}}),
    ),
    ("decryption with every key, with MFA", FAIL, allow("kms:Decrypt", Condition=MFA)),
    ("encryption with every key", PASS, allow(["kms:Encrypt", "kms:DescribeKey"])),
]


GRAVER = {("no_service_wildcard", "everything on everything"): HIGH}
"""All of IAM is in it: its holder can grant itself the rest."""


def grants(condition: str, table: list[Grant]) -> list[Case]:
    """A table of statements: all of them in managed policies, some of each verdict in inline ones."""
    found = []
    for kind in KINDS:
        control = f"iam_{kind}_{'policy' if kind == 'managed' else 'inline_policy'}_{condition}"
        if kind == "managed":
            control = f"iam_managed_policy_{condition}"
        shown = table if kind == "managed" else [table[0], table[-1]]
        found += [
            Case(control, sentence, status, granted(kind, READ, it), severity=GRAVER.get((condition, sentence)))
            for sentence, status, it in shown
        ]
        found.append(Case(control, "set by a variable with no value", UNKNOWN, unread(kind), says="var.policy"))
    return found


RESOURCE = 'variable "bucket" {}\nvariable "action" {}\n'


def managed(statement: str) -> str:
    return (
        RESOURCE
        + f"""
    resource "aws_iam_policy" "phi" {{
      policy = jsonencode({{ Version = "2012-10-17", Statement = [{{ Effect = "Allow", {statement} }}] }})
    }}"""
    )


test_grants = cases(
    *grants("no_admin", ADMIN_GRANTS),
    *grants("no_service_wildcard", SERVICE_GRANTS),
    *grants("no_blocked_kms_actions", KMS_GRANTS),
    Case(
        "iam_managed_policy_no_admin",
        "everything but some actions, in words",
        FAIL,
        granted("managed", ALL_BUT | {"NotAction": ["s3:DeleteBucket"]}),
        says="allows every action but those it names on every resource",
    ),
    Case(
        "iam_managed_policy_no_service_wildcard",
        "a service, under a condition",
        FAIL,
        granted("managed", allow("s3:*", Condition=MFA)),
        says="allows s3:* on all resources, under conditions",
    ),
    Case(
        "iam_managed_policy_no_service_wildcard",
        "services, one of them under a condition",
        FAIL,
        granted("managed", allow("s3:*", Condition=MFA), allow("sqs:*")),
        says="allows s3:*, sqs:* on all resources, some under conditions",
    ),
    Case(
        "iam_managed_policy_no_service_wildcard",
        "several services",
        FAIL,
        granted("managed", allow(["s3:*", "logs:PutLogEvents", "sqs:*"]), allow(["s3:*", "dynamodb:*"])),
        says="allows s3:*, sqs:*, dynamodb:* on all resources",
    ),
    Case(
        "iam_managed_policy_no_service_wildcard",
        "everything on all keys and on one bucket",
        FAIL,
        granted("managed", allow("*", ["arn:aws:kms:*:*:key/*", "arn:aws:s3:::phi/*"])),
        says="allows kms:* on all resources",
    ),
    Case(
        "iam_role_inline_policy_no_service_wildcard",
        "more services than a message names",
        FAIL,
        granted("role", allow([f"{name}:*" for name in ("s3", "sqs", "sns", "rds", "kms", "ec2", "ecs")])),
        says="allows s3:*, sqs:*, sns:*, rds:*, kms:* and 2 more on all resources",
    ),
    Case(
        "iam_managed_policy_no_service_wildcard",
        "a whole service, beside an action that is not known",
        FAIL,
        terraform=managed('Action = [var.action, "s3:*"], Resource = "*"'),
        says="allows s3:* on all resources",
    ),
    Case(
        "iam_managed_policy_no_admin",
        "the resource is not known, but is within S3",
        PASS,
        terraform=managed('Action = "*", Resource = "arn:aws:s3:::${var.bucket}/*"'),
    ),
    Case(
        "iam_managed_policy_no_admin",
        "the action is not known, on everything",
        UNKNOWN,
        terraform=managed('Action = var.action, Resource = "*"'),
    ),
    Case(
        "iam_managed_policy_no_admin",
        "a certain statement is not hidden by one that is not known",
        FAIL,
        terraform=managed('Action = [var.action, "*"], Resource = "*"'),
    ),
    Case(
        "iam_managed_policy_no_service_wildcard",
        "all of S3 on a bucket whose name is not known",
        UNKNOWN,
        terraform=managed('Action = "s3:*", Resource = "arn:aws:s3:::${var.bucket}"'),
    ),
    Case(
        "iam_managed_policy_no_blocked_kms_actions",
        "decryption with every key of the caller's account and region",
        FAIL,
        terraform="""
        data "aws_caller_identity" "me" {}
        data "aws_region" "here" {}
        """
        + managed(
            'Action = "kms:Decrypt", '
            'Resource = "arn:aws:kms:${data.aws_region.here.name}:${data.aws_caller_identity.me.account_id}:key/*"'
        ),
    ),
    Case(
        "iam_managed_policy_no_blocked_kms_actions",
        "decryption with a declared key",
        PASS,
        terraform='resource "aws_kms_key" "k" {}\n' + managed('Action = "kms:Decrypt", Resource = aws_kms_key.k.arn'),
    ),
    *(
        Case(
            f"iam_{kind}_inline_policy_no_admin",
            "no inline policy",
            PASS,
            terraform=main_block(kind),
            aws=partial(create, kind=kind),
        )
        for kind in KINDS[1:]
    ),
    Case(
        "iam_role_inline_policy_no_admin",
        "in a block of the role itself",
        FAIL,
        terraform=f"""
        resource "aws_iam_role" "phi" {{
          assume_role_policy = {json.dumps(document(ECS))}
          inline_policy {{
            name   = "clinic"
            policy = {json.dumps(document(allow("*")))}
          }}
        }}""",
    ),
    Case(
        "iam_role_inline_policy_no_admin",
        "an empty block, which says that there are none",
        PASS,
        terraform=f"""
        resource "aws_iam_role" "phi" {{
          assume_role_policy = {json.dumps(document(ECS))}
          inline_policy {{}}
        }}""",
    ),
)
