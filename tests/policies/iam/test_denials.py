"""What the same policy denies."""

from __future__ import annotations

from typing import Any

from hipaa_guard.controls.control import Status
from hipaa_guard.testing import FAIL, PASS, UNKNOWN, Case, cases, resource
from tests.policies.iam.states import MFA, READ, allow, granted
from tests.policies.iam.test_wide_grants import ADMIN, KEYS, WHOLE

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
    ("decryption, but not re-encryption, which reads nothing", PASS, deny("kms:Decrypt")),
    ("re-encryption alone", FAIL, deny("kms:ReEncrypt*")),
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
OF_ALL_SERVICES: list[Denial] = [
    ("everything", PASS, deny("*")),
    ("all but S3", FAIL, deny_but(NotAction="s3:*", Resource="*")),
    ("all but S3 and some of SQS", FAIL, deny_but(NotAction=["sqs:SendMessage", "s3:*"], Resource="*")),
    ("all but reading objects", PASS, deny_but(NotAction="s3:GetObject", Resource="*")),
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
    *beside(WHOLE, allow("*"), OF_ALL_SERVICES),
    *(perhaps(KEYS, "kms:Decrypt", lines) for lines in UNKNOWN_DENIALS),
    *(perhaps(ADMIN, "*", lines) for lines in UNKNOWN_DENIALS),
    *(perhaps(WHOLE, "s3:*", lines) for lines in UNKNOWN_DENIALS),
    Case(
        "iam_role_inline_policy_no_blocked_kms_actions",
        "denied in the same inline policy",
        PASS,
        granted("role", READ, allow("*"), deny(BOTH)),
    ),
    *(
        Case(
            control,
            f"{action} on one thing, beside a denial that is not known",
            PASS,
            terraform='variable "x" {}\n'
            + resource(
                "aws_iam_policy",
                f'policy = jsonencode({{ Statement = [{{ Effect = "Allow", Action = "{action}", Resource = "{on}" }}, '
                '{ Effect = "Deny", Action = var.x, Resource = "*" }] })',
            ),
        )
        for control, action, on in (
            (KEYS, "kms:Decrypt", KEY),
            (WHOLE, "s3:*", "arn:aws:s3:::phi/*"),
            (WHOLE, "s3:GetObject", "*"),
            (ADMIN, "*", "arn:aws:s3:::*"),
        )
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
