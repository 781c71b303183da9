"""Resources that are all resources in other words, and conditions that name nothing."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import HIGH, LOW
from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource
from tests.policies.iam.states import allow, granted

ADMIN = "iam_managed_policy_no_admin"
WHOLE = "iam_managed_policy_no_service_wildcard"
KEYS = "iam_managed_policy_no_blocked_kms_actions"

# --- resources -----------------------------------------------------------------------------------------------------

EVERY_BUCKET = (
    "*",
    "**",
    "arn:*",
    "arn:aws:*",
    "arn:aws:s3*",
    "arn:aws:s3:*",
    "arn:aws:s3::*",
    "arn:aws:s3:::*",
    "arn:aws-cn:s3:::*",
    "arn:*:s3:::?*",
    "arn:aws:s3:::???*",
    "arn:aws:s3:::*/*",
    "arn:aws:s3:::*?/*",
    "arn:aws:s?:::*",
    "arn:aws:s3:*:*:*",
    "arn:*:*:*:*:*",
)
SOME_BUCKETS = (
    "arn:aws:s3:::phi*",
    "arn:aws:s3:::*-logs",
    "arn:aws:s3:::phi-records/*",
    "arn:aws:s3:::*/public/*",
    "arn:aws:s3:::????????",
    "arn:aws:sqs:*:*:*",
)
EVERY_KEY = (
    "arn:aws:kms:*:*:key/*",
    "arn:aws:kms:us-east-1:111122223333:key/?*",
    "arn:aws:kms:*:*:*",
    "arn:aws:kms:us-east-1:*",
    "arn:aws:kms:*:*:k*",
    "arn:aws:kms:*:*:*/*",
)
SOME_KEYS = ("arn:aws:kms:*:*:key/1234*", "arn:aws:kms:*:*:alias/*", "arn:aws:s3:::*")


NOT_IN_MOTO = (
    "**",
    "arn:*",
    "arn:aws:s3:*",
    "arn:aws:s3::*",
    "arn:aws:kms:us-east-1:*",
    "arn:aws:iam::*",
    "arn:aws:s3:*:*:*",
)
"""Patterns that the simulated IAM refuses."""


def on(control: str, action: str, patterns: tuple[str, ...], status: Status) -> list[Case]:
    found = []
    for pattern in patterns:
        told = granted("managed", allow(action, pattern))
        told = told.in_terraform() if pattern in NOT_IN_MOTO else told
        found.append(Case(control, f"{action} on {pattern}", status, told))
    return found


test_resources = cases(
    *on(WHOLE, "s3:*", EVERY_BUCKET, FAIL),
    *on(WHOLE, "s3:?*", EVERY_BUCKET[:1], FAIL),
    *on(WHOLE, "s3:*", SOME_BUCKETS, PASS),
    *on(WHOLE, "logs:*", ("arn:aws:logs:*:*:log-group:*:*",), FAIL),
    *on(WHOLE, "sns:*", ("arn:aws:sns:*:*:alerts:*",), PASS),
    *on(KEYS, "kms:Decrypt", EVERY_KEY, FAIL),
    *on(KEYS, "kms:Decrypt", SOME_KEYS, PASS),
    *on(ADMIN, "*:*", ("arn:*", "arn:*:*:*:*:*", "arn:aws:*:*:*:?*"), FAIL),
    *on(ADMIN, "*:?*", ("*",), FAIL),
    *on(ADMIN, "*", ("arn:aws:s3:::*", "arn:aws:*:*:*:role/*"), PASS),
    Case(
        WHOLE,
        "all of IAM, by which the rest follows",
        FAIL,
        granted("managed", allow("iam:*")),
        says="allows iam:* on all resources",
        severity=HIGH,
    ),
    Case(
        WHOLE,
        "all of IAM on all of IAM",
        FAIL,
        granted("managed", allow("iam:*", "arn:aws:iam::*")).in_terraform(),
        severity=HIGH,
    ),
    Case(WHOLE, "all of IAM, in other words", FAIL, granted("managed", allow("IAM:?*")), severity=HIGH),
)

# --- conditions ----------------------------------------------------------------------------------------------------


def under(operator: str, key: str, value: str | list[str]) -> dict[str, Any]:
    return allow("kms:Decrypt", Condition={operator: {key: value}})


S3_ALONE = "kms:ViaService"
NAMES_NOTHING: dict[str, dict[str, Any]] = {
    "any value of a tag": under("StringLike", "aws:ResourceTag/team", "*"),
    "any value of a tag of KMS": under("StringLike", "kms:ResourceTag/team", "?*"),
    "one team, or any": under("StringLike", "aws:ResourceTag/team", ["radiology", "*"]),
    "any alias": under("ForAnyValue:StringLike", "kms:ResourceAliases", "alias/*"),
    "any context": under("StringLike", "kms:EncryptionContext:patient", "*"),
    "any service": under("StringLike", S3_ALONE, "*"),
    "any service of AWS": under("StringLike", S3_ALONE, "*.amazonaws.com"),
    "a tag where there is one": under("StringEqualsIfExists", "aws:ResourceTag/team", "radiology"),
    "all tags": under("ForAllValues:StringEquals", "aws:ResourceTag/team", "radiology"),
    "every team but one": under("StringNotEquals", "aws:ResourceTag/team", "radiology"),
    "any caller": under("ArnLike", "aws:PrincipalArn", "*"),
}
NAMES_SOME: dict[str, dict[str, Any]] = {
    "one team": under("StringEquals", "aws:ResourceTag/team", "radiology"),
    "teams that begin alike": under("StringLike", "kms:ResourceTag/team", "radio*"),
    "aliases that begin alike": under("ForAnyValue:StringLike", "kms:ResourceAliases", "alias/clinic-*"),
    "a tag whose value is a star": under("StringEquals", "aws:ResourceTag/team", "*"),
    "one context": under("StringLike", "kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::phi-*"),
}
BEHIND: dict[str, dict[str, Any]] = {
    "S3 alone": under("StringEquals", S3_ALONE, "s3.us-east-1.amazonaws.com"),
    "S3 alone, in all regions": under("StringLike", S3_ALONE, "s3.*.amazonaws.com"),
    "a service that calls": under("ForAnyValue:StringEquals", "aws:CalledVia", "s3.amazonaws.com"),
}

test_conditions = cases(
    *(Case(KEYS, sentence, FAIL, granted("managed", it), says="every key") for sentence, it in NAMES_NOTHING.items()),
    *(Case(KEYS, sentence, PASS, granted("managed", it)) for sentence, it in NAMES_SOME.items()),
    *(
        Case(KEYS, sentence, FAIL, granted("managed", it), says="it names no key", severity=LOW)
        for sentence, it in BEHIND.items()
    ),
    Case(
        KEYS,
        "one service, and every key besides",
        FAIL,
        granted("managed", BEHIND["S3 alone"], allow("kms:Decrypt")),
        says="with every key",
    ),
    Case(
        KEYS,
        "one service, for the keys of one team",
        PASS,
        granted(
            "managed",
            allow(
                "kms:Decrypt",
                Condition={
                    "StringEquals": {S3_ALONE: "s3.us-east-1.amazonaws.com", "aws:ResourceTag/team": "radiology"}
                },
            ),
        ),
    ),
    Case(
        WHOLE,
        "any value of a tag",
        FAIL,
        granted("managed", allow("s3:*", Condition=NAMES_NOTHING["any value of a tag"]["Condition"])),
    ),
    *(
        Case(
            control,
            f"{action} where a variable holds the pattern of a tag",
            PASS,
            terraform='variable "x" {}\n'
            + resource(
                "aws_iam_policy",
                f'policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "{action}", Resource = "*", '
                'Condition = { StringLike = { "aws:ResourceTag/team" = var.x } } }] })',
            ),
        )
        for control, action in ((WHOLE, "s3:GetObject"), (KEYS, "kms:Encrypt"))
    ),
    *(
        Case(
            WHOLE,
            f"{way} whose key a variable holds",
            PASS,
            terraform='variable "x" {}\n'
            + resource(
                "aws_iam_policy",
                f'policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "s3:*", Resource = "*", '
                f'Condition = {{ StringEquals = {{ "{key}" = "radiology" }} }} }}] }})',
            ),
        )
        for way, key in (("a tag", "aws:ResourceTag/${var.x}"), ("an object's tag", "s3:ExistingObjectTag/${var.x}"))
    ),
    Case(
        WHOLE,
        "a condition whose key a variable holds",
        UNKNOWN,
        terraform='variable "x" {}\n'
        + resource(
            "aws_iam_policy",
            'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*", '
            'Condition = { StringEquals = { "aws:${var.x}" = "radiology" } } }] })',
        ),
    ),
    Case(
        KEYS,
        "a service that a variable holds, which may be any",
        FAIL,
        terraform='variable "x" {}\n'
        + resource(
            "aws_iam_policy",
            'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = "*", '
            'Condition = { StringLike = { "kms:ViaService" = var.x } } }] })',
        ),
        says="a service that is not known",
        severity=LOW,
    ),
    Case(
        KEYS,
        "a pattern that a variable holds",
        UNKNOWN,
        terraform='variable "x" {}\n'
        + resource(
            "aws_iam_policy",
            'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "kms:Decrypt", Resource = "*", '
            'Condition = { StringLike = { "aws:ResourceTag/team" = var.x } } }] })',
        ),
    ),
)
