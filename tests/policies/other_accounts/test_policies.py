"""Whom a statement lets in: the same for every kind with a resource policy, in source and in an account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.authoring import HIGH, MEDIUM
from hipaa_guard.testing import ACCOUNT, FAIL, PASS, UNKNOWN, Case, all_controls, cases
from tests.policies.other_accounts.places import DESTINATION, PLACES, Place, with_statements

OTHER = "444455556666"
OWN_TOPIC, THEIR_TOPIC = (f"arn:aws:sns:us-east-1:{account}:results" for account in (ACCOUNT, OTHER))
CANONICAL = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
ANYONE = {"Principal": "*"}
SERVICE = {"Principal": {"Service": "cloudfront.amazonaws.com"}}
FROM_OUTSIDE = "for any customer of the service"


def when(operator: str, key: str, *values: str) -> dict[str, Any]:
    return {"Condition": {operator: {key: list(values)}}}


GOOD: dict[str, tuple[dict[str, Any], ...]] = {
    "a provider of identities of the account": (
        {"Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/sso.clinic.example"}},
    ),
    "a role of the account": ({"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:role/records"}},),
    "everyone of the account": (ANYONE | when("StringEquals", "aws:PrincipalAccount", ACCOUNT),),
    "everyone of the account of the resource": (
        ANYONE | when("StringEquals", "aws:ResourceAccount", "${aws:PrincipalAccount}"),
    ),
    "everyone of the account, by a key that must be there": (
        ANYONE
        | {
            "Condition": {
                "StringEqualsIfExists": {"aws:PrincipalAccount": ACCOUNT},
                "Null": {"aws:PrincipalAccount": "false"},
            }
        },
    ),
    "endpoints of the account": (ANYONE | when("StringEquals", "aws:VpceAccount", ACCOUNT),),
    "a service for the account": (SERVICE | when("StringEquals", "aws:SourceAccount", ACCOUNT),),
    "a service for a resource of the account": (SERVICE | when("ArnLike", "aws:SourceArn", OWN_TOPIC),),
    "a service for the organization": (SERVICE | when("StringEquals", "aws:SourceOrgID", "o-a1b2c3d4e5"),),
    "a service for a part of the organization": (
        SERVICE | when("ForAnyValue:StringLike", "aws:SourceOrgPaths", "o-a1b2c3d4e5/r-ab12/*"),
    ),
    "everyone, whom a denial turns away but for the account": (
        ANYONE,
        ANYONE | {"Effect": "Deny", "Action": "*"} | when("StringNotEquals", "aws:PrincipalAccount", ACCOUNT),
    ),
}
GOOD |= {
    "another account, which everybody's denial turns away": (
        {"Principal": {"AWS": OTHER}},
        ANYONE | {"Effect": "Deny", "Action": "*"},
    ),
    "another account, which is denied by its name": (
        {"Principal": {"AWS": OTHER}},
        {"Effect": "Deny", "Principal": {"AWS": OTHER}, "Action": "*"},
    ),
    "another account, turned away as all but one's own": (
        {"Principal": {"AWS": OTHER}},
        ANYONE | {"Effect": "Deny", "Action": "*"} | when("StringNotEquals", "aws:PrincipalAccount", ACCOUNT),
    ),
    "another account and one's own, of which the condition names one's own": (
        {"Principal": {"AWS": [OTHER, ACCOUNT]}} | when("StringEquals", "aws:PrincipalAccount", ACCOUNT),
    ),
}
BAD: dict[str, tuple[tuple[dict[str, Any], ...], str]] = {
    "another account": (({"Principal": {"AWS": OTHER}},), OTHER),
    "a provider of identities of another account": (
        ({"Principal": {"Federated": f"arn:aws:iam::{OTHER}:saml-provider/clinic"}},),
        OTHER,
    ),
    "everyone": ((ANYONE,), "allows everyone"),
    "everyone of another account": ((ANYONE | when("StringEquals", "aws:PrincipalAccount", OTHER),), OTHER),
    "endpoints of another account": ((ANYONE | when("StringEquals", "aws:VpceAccount", OTHER),), OTHER),
    "an organization": ((ANYONE | when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),), "an organization"),
    "endpoints of an organization": ((ANYONE | when("StringEquals", "aws:VpceOrgID", "o-a1b2c3d4e5"),), "organization"),
    "a network": ((ANYONE | when("IpAddress", "aws:SourceIp", "203.0.113.0/24"),), "from a network"),
    "two networks that are too wide together": (
        (ANYONE | when("IpAddress", "aws:SourceIp", "11.0.0.0/8", "12.0.0.0/8"),),
        "allows everyone",
    ),
    "a pattern for any role": ((ANYONE | when("ArnLike", "aws:PrincipalArn", "*"),), "allows everyone"),
    "everyone, by a variable of the caller": (
        (ANYONE | when("StringEquals", "aws:PrincipalAccount", "${aws:PrincipalAccount}"),),
        "allows everyone",
    ),
    "everyone, by a set that may be empty": (
        (ANYONE | when("ForAllValues:StringEquals", "aws:PrincipalAccount", ACCOUNT),),
        "allows everyone",
    ),
    "a session of another account": (({"Principal": {"AWS": f"arn:aws:sts::{OTHER}:assumed-role/a/b"}},), OTHER),
    "a service for another account": ((SERVICE | when("StringEquals", "aws:SourceAccount", OTHER),), OTHER),
    "a service for a resource of another account": ((SERVICE | when("ArnLike", "aws:SourceArn", THEIR_TOPIC),), OTHER),
    "everyone, whom a denial turns away but for an organization": (
        (
            ANYONE,
            ANYONE | {"Effect": "Deny", "Action": "*"} | when("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
        ),
        "an organization",
    ),
    "another account, and a denial for a third": (
        ({"Principal": {"AWS": OTHER}}, {"Effect": "Deny", "Principal": {"AWS": "777788889999"}, "Action": "*"}),
        OTHER,
    ),
    "another account, and a denial with a condition": (
        (
            {"Principal": {"AWS": OTHER}},
            {"Effect": "Deny", "Principal": {"AWS": OTHER}, "Action": "*"}
            | when("Bool", "aws:SecureTransport", "false"),
        ),
        OTHER,
    ),
    "everyone, and a denial of another action": (
        (ANYONE, ANYONE | {"Effect": "Deny", "Action": "none:Such"}),
        "allows everyone",
    ),
}
OPEN_SERVICE: dict[str, dict[str, Any]] = {
    "a service": SERVICE,
    "a service, from a network": SERVICE | when("IpAddress", "aws:SourceIp", "203.0.113.0/24"),
    "a service, from an endpoint": SERVICE | when("StringEquals", "aws:SourceVpce", "vpce-0123456789abcdef0"),
    "a service, with a condition that holds without its key": SERVICE
    | when("StringEqualsIfExists", "aws:SourceAccount", ACCOUNT),
    "a service for whichever account it names": SERVICE
    | when("StringEquals", "aws:SourceAccount", "${aws:SourceAccount}"),
    "a service for resources of any account": SERVICE | when("ArnLike", "aws:SourceArn", "arn:aws:cloudfront::*:*"),
}
READING: tuple[str, ...] = ("s3:GetObject", "sqs:ReceiveMessage", "dynamodb:GetItem", "secretsmanager:GetSecretValue")

OPEN = "${var.open}"
"""A value that is not known, in a condition of a policy in Terraform."""
ORGANIZATION: dict[str, dict[str, Any]] = {
    "an organization": ANYONE | when("StringEquals", "aws:PrincipalOrgID", OPEN),
    "endpoints of an organization": ANYONE | when("StringEquals", "aws:VpceOrgID", OPEN),
}
"""Whichever organization it is, all accounts of it get in."""
DOUBTFUL: dict[str, dict[str, Any]] = {
    "an organization by a pattern": ANYONE | when("StringLike", "aws:PrincipalOrgID", OPEN),
    "an account": ANYONE | when("StringEquals", "aws:PrincipalAccount", OPEN),
    "a service for an account": SERVICE | when("StringEquals", "aws:SourceAccount", OPEN),
    "a service for a resource": SERVICE | when("ArnLike", "aws:SourceArn", f"arn:aws:sns:us-east-1:{OPEN}:t"),
}


def not_known(control: str, place: Place, statement: dict[str, Any]) -> str:
    """The kind of a control in Terraform, whose policy has a statement with a variable that has no value."""
    text = with_statements(control, statement, place=place).terraform or ""
    return 'variable "open" {}\n' + text.replace("$" + OPEN, OPEN)


LOG_POLICY = "log_group_no_cross_account"


def table() -> Iterator[Case]:
    for control, place in (*PLACES.items(), (LOG_POLICY, DESTINATION)):
        for sentence, statements in GOOD.items():
            yield Case(control, sentence, PASS, with_statements(control, *statements, place=place))
        for sentence, (statements, says) in BAD.items():
            yield Case(control, sentence, FAIL, with_statements(control, *statements, place=place), says=says)
        severity = HIGH if place.action in READING else MEDIUM
        for sentence, statement in OPEN_SERVICE.items():
            told = with_statements(control, statement, place=place)
            yield Case(control, sentence, FAIL, told, says=FROM_OUTSIDE, severity=severity)
        for sentence, statement in ORGANIZATION.items():
            text, says = not_known(control, place, statement), "allows every account of an org"
            yield Case(control, f"{sentence} that is not known", FAIL, text, says=says)
        for sentence, statement in DOUBTFUL.items():
            yield Case(control, f"{sentence} that is not known", UNKNOWN, not_known(control, place, statement))
        served = SERVICE | when("StringEquals", "aws:SourceOrgID", OPEN)
        yield Case(control, "a service for an organization that is not known", PASS, not_known(control, place, served))


ELB = {"Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}, "Action": "s3:PutObject"}
ELB_ACCOUNT = {"Principal": {"AWS": "arn:aws:iam::127311923021:root"}}
FUNCTION, LAYER = "lambda_function_no_cross_account", "lambda_layer_no_cross_account"
BUCKET, KEY = "s3_bucket_no_cross_account_policy", "kms_key_policy_no_cross_account"
LOGS = {"Principal": {"Service": "logs.us-east-1.amazonaws.com"}}
GROUP = "arn:aws:logs:us-east-1:{}:log-group:*"

test_policies = cases(
    *table(),
    Case(BUCKET, "load balancers deliver logs", PASS, with_statements(BUCKET, ELB)),
    Case(BUCKET, "load balancers of old regions deliver logs", PASS, with_statements(BUCKET, ELB_ACCOUNT | {"Action": "s3:PutObject"})),
    Case(BUCKET, "the account of load balancers may read", FAIL, with_statements(BUCKET, ELB_ACCOUNT), says="an account of AWS"),
    Case(BUCKET, "the service of load balancers may read", FAIL, with_statements(BUCKET, ELB | {"Action": "s3:*"}), severity=HIGH),
    Case(KEY, "logs of the account, by the encryption context", PASS,
         with_statements(KEY, LOGS | when("ArnLike", "kms:EncryptionContext:aws:logs:arn", GROUP.format(ACCOUNT)))),
    Case(KEY, "logs of another account, by the encryption context", FAIL,
         with_statements(KEY, LOGS | when("ArnLike", "kms:EncryptionContext:aws:logs:arn", GROUP.format(OTHER))), says=OTHER),
    Case(KEY, "logs of any account", FAIL,
         with_statements(KEY, LOGS | when("ArnLike", "kms:EncryptionContext:aws:logs:arn", GROUP.format("*"))), says=FROM_OUTSIDE),
    Case(KEY, "everyone with an encryption context", FAIL,
         with_statements(KEY, ANYONE | when("StringEquals", "kms:EncryptionContext:a", "b")), says="allows everyone"),
)  # fmt: skip


def test_every_kind_with_a_resource_policy_is_here() -> None:
    named = {id: control for id, control in all_controls().items() if "no_cross_account" in id}
    # The permissions of functions and layers are resources of their own, and have no statements.
    assert {id for id, control in named.items() if "policy" in control.kind.facts} - set(PLACES) == {FUNCTION, LAYER}
