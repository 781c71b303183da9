"""Resources that are all resources in other words, conditions that name nothing, and what the same policy denies."""

from __future__ import annotations

from typing import Any

from hipaa_guard.authoring import HIGH, LOW
from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource
from tests.policies.iam.states import MFA, READ, allow, granted

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
    "arn:aws:kms:*:*:k*",
    "arn:aws:kms:*:*:*/*",
)
SOME_KEYS = ("arn:aws:kms:*:*:key/1234*", "arn:aws:kms:*:*:alias/*", "arn:aws:s3:::*")


NOT_IN_MOTO = ("**", "arn:*", "arn:aws:s3:*", "arn:aws:s3:*:*:*")
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

# --- what is denied ------------------------------------------------------------------------------------------------

KEY = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
Denial = tuple[str, Status, dict[str, Any]]


def deny(action: str | list[str], on: str | list[str] = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": on, **more}


def deny_but(**more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", **more}


BOTH = ["kms:Decrypt", "kms:ReEncrypt*"]
NOT_RADIOLOGY = {"StringNotEquals": {"aws:ResourceTag/team": "radiology"}}

OF_DECRYPTION: list[Denial] = [
    ("decryption", PASS, deny(BOTH)),
    ("all of KMS", PASS, deny("kms:*", "arn:aws:kms:*:*:*")),
    ("decryption with all keys of the account", PASS, deny(BOTH, "arn:aws:kms:*:111122223333:key/*")),
    ("all but reading a bucket", PASS, deny_but(NotAction="s3:GetObject", Resource="*")),
    ("decryption with all keys but one", PASS, deny_but(Action=BOTH, NotResource=KEY)),
    ("decryption with keys of other teams", PASS, deny(BOTH, Condition=NOT_RADIOLOGY)),
    ("one of two ways to decrypt", FAIL, deny("kms:Decrypt")),
    ("decryption with one key", FAIL, deny(BOTH, KEY)),
    ("decryption in one region", FAIL, deny(BOTH, "arn:aws:kms:us-east-1:*:key/*")),
    ("decryption with no key at all", FAIL, deny_but(Action=BOTH, NotResource="arn:aws:kms:*:*:key/*")),
    ("decryption without MFA", FAIL, deny(BOTH, Condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})),
    ("decryption of any team", FAIL, deny(BOTH, Condition={"StringNotLike": {"aws:ResourceTag/team": "*"}})),
    ("encryption", FAIL, deny("kms:Encrypt")),
]
OF_ALL: list[Denial] = [
    ("everything", PASS, deny("*")),
    ("all of IAM", PASS, deny("iam:*")),
    ("all but S3", PASS, deny_but(NotAction="s3:*", Resource="*")),
    ("all of IAM on roles alone", FAIL, deny("iam:*", "arn:aws:iam::*:role/*")),
    ("some of IAM", FAIL, deny(["iam:CreateUser", "iam:Put*"])),
    ("all of IAM without MFA", FAIL, deny("iam:*", Condition=MFA)),
    ("all of S3", FAIL, deny("s3:*")),
]
OF_S3: list[Denial] = [
    ("all of S3", PASS, deny("s3:*")),
    (
        "all of S3 but on one bucket",
        PASS,
        deny_but(Action="s3:*", NotResource=["arn:aws:s3:::phi", "arn:aws:s3:::phi/*"]),
    ),
    ("everything", PASS, deny("*")),
    ("all of S3 on one bucket", FAIL, deny("s3:*", "arn:aws:s3:::phi/*")),
    ("all of S3 on objects alone", FAIL, deny("s3:*", "arn:aws:s3:::*/*")),
    ("deletion of buckets", FAIL, deny("s3:DeleteBucket")),
    ("all of S3 to others", FAIL, deny("s3:*", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "it"}})),
]


def beside(control: str, allowed: dict[str, Any], denials: list[Denial]) -> list[Case]:
    return [
        Case(control, f"{allowed['Action']} beside a denial of {sentence}", status, granted("managed", allowed, denial))
        for sentence, status, denial in denials
    ]


def perhaps(control: str, action: str, lines: str) -> Case:
    statement = f'{{ Effect = "Allow", Action = "{action}", Resource = "*" }}'
    return Case(
        control,
        f"{action} beside a denial that is not known: {lines}",
        UNKNOWN,
        terraform='variable "x" {}\n'
        + resource("aws_iam_policy", f"policy = jsonencode({{ Statement = [{statement}, {{ {lines} }}] }})"),
    )


UNKNOWN_DENIALS = (
    'Effect = "Deny", Action = var.x, Resource = "*"',
    'Effect = "Deny", Action = "*", Resource = var.x',
    'Effect = var.x, Action = "*", Resource = "*"',
    'Effect = "Deny", Action = "*", Resource = "*", Condition = var.x',
)

test_denials = cases(
    *beside(KEYS, allow("*"), OF_DECRYPTION),
    *beside(KEYS, allow("kms:*"), OF_DECRYPTION),
    *beside(ADMIN, allow("*"), OF_ALL),
    *beside(WHOLE, allow("s3:*"), OF_S3),
    *(perhaps(KEYS, "kms:Decrypt", lines) for lines in UNKNOWN_DENIALS),
    *(perhaps(ADMIN, "*", lines) for lines in UNKNOWN_DENIALS),
    *(perhaps(WHOLE, "s3:*", lines) for lines in UNKNOWN_DENIALS),
    Case(
        "iam_role_inline_policy_no_blocked_kms_actions",
        "denied in the same inline policy",
        PASS,
        granted("role", READ, allow("*"), deny(BOTH)),
    ),
    Case(
        KEYS,
        "a denial that is not known, of something else",
        FAIL,
        terraform='variable "x" {}\n'
        + resource(
            "aws_iam_policy",
            'policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }, '
            '{ Effect = "Deny", Action = "s3:*", Resource = var.x }] })',
        ),
    ),
)
