"""What denials leave of a statement, and the services that a condition lets in, for every kind with a resource policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.authoring import HIGH, MEDIUM
from hipaa_guard.facts.policies.statements import EVERY_SERVICE
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, cases
from tests.policies.other_accounts.places import PLACES, PROVIDER, with_statements
from tests.policies.other_accounts.test_policies import ANYONE, FROM_OUTSIDE, OTHER, READING, SERVICE, when
from tests.policies.other_accounts.test_public import PUBLIC

PERIMETER = ANYONE | {"Effect": "Deny", "Action": "*"}
"""A denial to everybody; the conditions beside it say to whom not."""
BUT_SERVICES = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
OF_SERVICES = {"Bool": {"aws:PrincipalIsAWSService": "true"}}


def but(operator: str, key: str, value: str, **more: Any) -> dict[str, Any]:
    return PERIMETER | {"Condition": {operator: {key: value}} | more}


GOOD: dict[str, tuple[dict[str, Any], ...]] = {
    "everyone, whom denials turn away but for the account, and services but for the organization": (
        ANYONE,
        but("StringNotEqualsIfExists", "aws:PrincipalAccount", ACCOUNT, **BUT_SERVICES),
        but("StringNotEqualsIfExists", "aws:SourceOrgID", "o-a1b2c3d4e5", **OF_SERVICES),
    ),
    "a service, which is denied unless it acts for the account": (
        SERVICE,
        but("StringNotEquals", "aws:SourceAccount", ACCOUNT, **OF_SERVICES),
    ),
    "everyone, with a denial to all but the account": (
        ANYONE,
        {"Effect": "Deny", "NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "*"},
    ),
    "another account, with a denial to all but the account": (
        {"Principal": {"AWS": OTHER}},
        {"Effect": "Deny", "NotPrincipal": {"AWS": [ACCOUNT, f"arn:aws:iam::{ACCOUNT}:role/a"]}, "Action": "*"},
    ),
    "another account, which is denied by its ARN": (
        {"Principal": {"AWS": OTHER}},
        {"Effect": "Deny", "Principal": {"AWS": f"arn:aws:iam::{OTHER}:root"}, "Action": "*"},
    ),
    "another account, turned away as all but one's own and services": (
        {"Principal": {"AWS": OTHER}},
        but("StringNotEqualsIfExists", "aws:PrincipalAccount", ACCOUNT, **BUT_SERVICES),
    ),
}
BAD: dict[str, tuple[tuple[dict[str, Any], ...], str]] = {
    "everyone, with a perimeter that anonymous callers pass": (
        (
            ANYONE,
            but("StringNotEquals", "aws:PrincipalAccount", ACCOUNT, Bool={"aws:PrincipalIsAWSService": "false"}),
        ),
        "allows everyone",
    ),
    "everyone, with a perimeter that whoever comes through a service passes": (
        (
            ANYONE,
            but("StringNotEquals", "aws:PrincipalAccount", ACCOUNT, BoolIfExists={"aws:ViaAWSService": "false"}),
        ),
        "allows everyone",
    ),
    "everyone, with a perimeter for those alone who sign": (
        (ANYONE, but("StringNotEquals", "aws:PrincipalAccount", ACCOUNT, Null={"aws:PrincipalAccount": "false"})),
        "allows everyone",
    ),
    "everyone, with a denial to all but another account": (
        (ANYONE, {"Effect": "Deny", "NotPrincipal": {"AWS": OTHER}, "Action": "*"}),
        f"other accounts: {OTHER}",
    ),
    "everyone, with a denial to nobody": (
        (ANYONE, {"Effect": "Deny", "NotPrincipal": "*", "Action": "*"}),
        "allows everyone",
    ),
    "everyone, with a denial to all but the account, without TLS": (
        (
            ANYONE,
            {"Effect": "Deny", "NotPrincipal": {"AWS": ACCOUNT}, "Action": "*"}
            | when("Bool", "aws:SecureTransport", "false"),
        ),
        "allows everyone",
    ),
    "everyone but services by a condition that holds without its key": (
        (ANYONE | when("BoolIfExists", "aws:PrincipalIsAWSService", "true"),),
        "allows everyone",
    ),
    "everyone but services": ((ANYONE | when("Bool", "aws:PrincipalIsAWSService", "false"),), "allows everyone"),
}
BY_WHAT_THEY_ARE: dict[str, tuple[dict[str, Any], ...]] = {
    "everyone who is a service": (ANYONE | when("Bool", "aws:PrincipalIsAWSService", "true"),),
    "everyone who is one service": (ANYONE | when("StringEquals", "aws:PrincipalServiceName", "glue.amazonaws.com"),),
    "everyone who is one service by a pattern": (ANYONE | when("StringLike", "aws:PrincipalServiceName", "*"),),
    "everyone who is one service, in one of its names": (
        ANYONE | when("ForAnyValue:StringEquals", "aws:PrincipalServiceNamesList", "glue.amazonaws.com"),
    ),
    "everyone who has a name of a service": (ANYONE | when("Null", "aws:PrincipalServiceName", "false"),),
    "everyone, with a perimeter of the account": (
        ANYONE,
        but("StringNotEqualsIfExists", "aws:PrincipalAccount", ACCOUNT, **BUT_SERVICES),
    ),
    "everyone, with a perimeter that one service passes": (
        ANYONE,
        but("StringNotEqualsIfExists", "aws:PrincipalAccount", ACCOUNT)
        | {
            "Condition": {
                "StringNotEquals": {
                    "aws:PrincipalAccount": ACCOUNT,
                    "aws:PrincipalServiceName": "glue.amazonaws.com",
                }
            }
        },
    ),
    "everyone, with a denial to all but a service": (
        ANYONE,
        {"Effect": "Deny", "NotPrincipal": {"Service": "glue.amazonaws.com"}, "Action": "*"},
    ),
}
PERIMETER_OF_ORGANIZATION = but("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5", **BUT_SERVICES)
CONFUSED_DEPUTY = but(
    "StringNotEqualsIfExists", "aws:SourceAccount", ACCOUNT, Null={"aws:SourceAccount": "false"}, **OF_SERVICES
)


def table() -> Iterator[Case]:
    for control, place in PLACES.items():
        severity = HIGH if place.action in READING else MEDIUM
        for sentence, statements in GOOD.items():
            yield Case(control, sentence, PASS, with_statements(control, *statements))
        for sentence, (statements, says) in BAD.items():
            yield Case(control, sentence, FAIL, with_statements(control, *statements), says=says)
        for sentence, statements in BY_WHAT_THEY_ARE.items():
            told = with_statements(control, *statements)
            yield Case(control, sentence, FAIL, told, says=FROM_OUTSIDE, severity=severity)
        told = with_statements(control, ANYONE, PERIMETER_OF_ORGANIZATION)
        says = f"an organization, and lets in {EVERY_SERVICE}" if severity is HIGH else "an organization"
        yield Case(control, "everyone, with a perimeter of an organization", FAIL, told, says=says, severity=severity)
        told = with_statements(control, SERVICE, CONFUSED_DEPUTY)
        yield Case(control, "a service, with a denial where it says for whom it acts", UNKNOWN, told)
    for control, beside in PUBLIC.items():
        for sentence, statements in BY_WHAT_THEY_ARE.items():
            yield Case(control, sentence, PASS, with_statements(beside, *statements))


EVERYONES_KEY = "kms_key_policy_no_full_access_for_everyone"
KEY = "kms_key_policy_no_cross_account"
FULL = ANYONE | {"Action": "kms:*"}
BUCKET = "s3_bucket_no_cross_account_policy"


def of_unknown(condition: str, *more: str) -> str:
    """A bucket with a policy for everyone under a condition, as source writes it."""
    statements = ", ".join(
        (
            'Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "arn:aws:s3:::phi-records/*"'
            + (f", Condition = {condition}" if condition else ""),
            *more,
        )
    ).replace(", Effect", " }, { Effect")
    text = PLACES[BUCKET].terraform.replace("POLICY", f"jsonencode({{ Statement = [{{ {statements} }}] }})")
    return f'{PROVIDER}variable "x" {{}}\n{text}'


test_denials = cases(
    *table(),
    Case(EVERYONES_KEY, "everyone", FAIL, with_statements(KEY, FULL)),
    Case(
        EVERYONES_KEY,
        "everyone who is a service",
        PASS,
        with_statements(KEY, FULL | when("Bool", "aws:PrincipalIsAWSService", "true")),
    ),
    Case(
        EVERYONES_KEY,
        "everyone, with a denial to all but a role",
        PASS,
        with_statements(
            KEY,
            FULL,
            {"Effect": "Deny", "NotPrincipal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/a"}, "Action": "kms:*"},
        ),
    ),
    Case(
        BUCKET,
        "everyone who is a service that is not known",
        UNKNOWN,
        terraform=of_unknown('{ StringEquals = { "aws:PrincipalServiceName" = var.x } }'),
    ),
    Case(
        BUCKET,
        "everyone who may be a service",
        UNKNOWN,
        terraform=of_unknown('{ Bool = { "aws:PrincipalIsAWSService" = var.x } }'),
    ),
    Case(
        BUCKET,
        "everyone, with a denial to all but whom a variable names",
        UNKNOWN,
        terraform=of_unknown("", 'Effect = "Deny", NotPrincipal = { AWS = var.x }, Action = "*", Resource = "*"'),
    ),
    Case(
        BUCKET,
        "everyone, with a denial of something else to all but whom a variable names",
        FAIL,
        terraform=of_unknown(
            "", 'Effect = "Deny", NotPrincipal = { AWS = var.x }, Action = "s3:PutObject", Resource = "*"'
        ),
        says="allows everyone",
    ),
)
