"""Trust policies: what their denials leave, services that a condition names, statements that let in nobody, and the
subjects of GitHub that have numbers.
"""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.authoring import LOW
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, Told, cases
from tests.policies.iam.states import ECS, create, document
from tests.policies.iam.test_trust import (
    AUDIENCE,
    FOREIGN,
    GITHUB,
    HOST,
    OTHER,
    PROVIDER,
    PUBLIC,
    SESSION,
    github,
    subject,
    trusting,
    trusts,
)

ACCOUNT = "123456789012"
SUBJECT = "iam_oidc_subject_limited"
WEB = "sts:AssumeRoleWithWebIdentity"
DENY = {"Effect": "Deny", "Principal": "*", "Action": "*"}
WORKFLOWS = {"Effect": "Allow", "Principal": PROVIDER, "Action": WEB, "Condition": {"StringEquals": AUDIENCE}}
GITLAB = {
    "Effect": "Allow",
    "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/gitlab.com"},
    "Action": WEB,
    "Condition": {"StringEquals": {"gitlab.com:aud": "https://gitlab.com"}},
}
STEPS = ECS | {"Principal": {"Service": "states.amazonaws.com"}}
TAGS = {"Effect": "Allow", "Principal": "*", "Action": "sts:TagSession"}


WITHOUT_PROOF = (
    ("StringNotEquals", "sts:ExternalId", "7d41c9"),
    ("StringNotEqualsIfExists", "sts:ExternalId", "7d41c9"),
    ("BoolIfExists", "aws:MultiFactorAuthPresent", "false"),
)
SPARING_OTHERS = (
    ("StringNotLike", "sts:ExternalId", "7*"),
    ("Bool", "aws:MultiFactorAuthPresent", "false"),
    ("BoolIfExists", "aws:MultiFactorAuthPresent", "true"),
    ("BoolIfExists", "aws:SecureTransport", "false"),
)
"""Denials that spare who guesses an id, who has long-term keys, who has no second factor, or everybody who uses TLS."""


def holding(*statements: dict[str, Any], seconds: int = 3600) -> Told:
    """A role with these statements in its trust policy."""
    text = document(*statements)
    return Told(
        terraform=f"""
        resource "aws_iam_role" "phi" {{
          max_session_duration = {seconds}
          assume_role_policy   = {json.dumps(text)}
        }}
        provider "aws" {{
          allowed_account_ids = ["{ACCOUNT}"]
        }}""",
        aws=lambda aws: create(aws, "role", text, MaxSessionDuration=seconds),
    )


def unless(operator: str, key: str, value: str, **more: Any) -> dict[str, Any]:
    return DENY | {"Condition": {operator: {key: value}} | more}


def anyone(operator: str, key: str, value: str, **more: Any) -> dict[str, Any]:
    return ECS | {"Principal": "*", "Condition": {operator: {key: value}} | more}


test_tokens = cases(
    Case(
        GITHUB,
        "a denial to all but one owner",
        PASS,
        holding(WORKFLOWS, unless("StringNotLike", f"{HOST}:sub", "repo:clinic/*")),
    ),
    Case(
        GITHUB,
        "a denial to all but repositories of any owner",
        FAIL,
        holding(WORKFLOWS, unless("StringNotLike", f"{HOST}:sub", "repo:*/records:*")),
    ),
    Case(
        GITHUB,
        "a denial to all but one owner, of some requests",
        FAIL,
        holding(
            WORKFLOWS, unless("StringNotLike", f"{HOST}:sub", "repo:clinic/*", Bool={"aws:SecureTransport": "false"})
        ),
    ),
    Case(
        GITHUB,
        "a denial to another owner alone",
        FAIL,
        holding(WORKFLOWS, unless("StringLike", f"{HOST}:sub", "repo:rival/*")),
    ),
    Case(GITHUB, "a subject with numbers", PASS, github(subject("repo:clinic@12/records@34:ref:refs/heads/main"))),
    Case(GITHUB, "a subject with any numbers", PASS, github(subject("repo:clinic@*/records@*:*"))),
    Case(GITHUB, "a subject with one owner's number", PASS, github(subject("repo:clinic@12/*"))),
    Case(GITHUB, "a subject with numbers of any owner", FAIL, github(subject("repo:*@*/records@*:*"))),
    Case(GITHUB, "a subject with numbers of owners that begin alike", FAIL, github(subject("repo:clin*@12/records@*"))),
    Case(GITHUB, "tags alone", NOT_APPLICABLE, holding(ECS, WORKFLOWS | {"Action": "sts:TagSession"})),
    Case(GITHUB, "every provider of the account", FAIL, holding(ECS, WORKFLOWS | {"Principal": {"Federated": "*"}})),
    Case(
        GITHUB,
        "a denial that is not known",
        UNKNOWN,
        terraform=trusts(
            f'Action = "{WEB}", Principal = {{ Federated = "{PROVIDER["Federated"]}" }} }}, '
            '{ Effect = "Deny", Action = "*", Principal = "*", Condition = var.x'
        ),
    ),
    Case(
        SUBJECT,
        "a denial to all but one project",
        PASS,
        holding(GITLAB, unless("StringNotLike", "gitlab.com:sub", "project_path:clinic/records:*")),
    ),
    Case(
        SUBJECT,
        "a denial to all but any project",
        FAIL,
        holding(GITLAB, unless("StringNotLike", "gitlab.com:sub", "project_path:*")),
    ),
)

test_everyone = cases(
    Case(PUBLIC, "everyone adds tags, and a service has the role", PASS, holding(ECS, TAGS)),
    Case(PUBLIC, "everyone adds tags and has the role", FAIL, holding(ECS, TAGS | {"Action": "sts:*"})),
    Case(
        PUBLIC,
        "everyone does what is not known",
        UNKNOWN,
        terraform=trusts('Action = var.x, Principal = "*"'),
    ),
    Case(
        PUBLIC,
        "everyone, with a denial to all but the account",
        PASS,
        holding(ECS | {"Principal": "*"}, unless("StringNotEquals", "aws:PrincipalAccount", ACCOUNT)),
    ),
    Case(PUBLIC, "everyone who is a service", PASS, holding(anyone("Bool", "aws:PrincipalIsAWSService", "true"))),
    Case(
        PUBLIC,
        "everyone who is a service, or does not sign",
        FAIL,
        holding(anyone("BoolIfExists", "aws:PrincipalIsAWSService", "true")),
    ),
)

STATES = anyone("StringEquals", "aws:PrincipalServiceName", "states.amazonaws.com")
FOR_ACCOUNT = anyone(
    "StringEquals", "aws:PrincipalServiceName", "states.amazonaws.com", StringLike={"aws:SourceAccount": ACCOUNT}
)

test_services = cases(
    Case(FOREIGN, "everyone who is Step Functions", FAIL, holding(STATES), says="states.amazonaws.com", severity=LOW),
    Case(FOREIGN, "everyone who is Step Functions for the account", PASS, holding(FOR_ACCOUNT)),
    Case(
        FOREIGN,
        "everyone who is a service",
        FAIL,
        holding(anyone("Bool", "aws:PrincipalIsAWSService", "true")),
        says="every service of AWS",
        severity=LOW,
    ),
    Case(
        FOREIGN,
        "everyone who is ECS, which takes on roles for their owner alone",
        PASS,
        holding(anyone("StringEquals", "aws:PrincipalServiceName", "ecs-tasks.amazonaws.com")),
    ),
    Case(FOREIGN, "another account", FAIL, trusting({"AWS": OTHER}).in_aws()),
    Case(FOREIGN, "everyone of the account", PASS, holding(anyone("StringEquals", "aws:PrincipalAccount", ACCOUNT))),
    Case(
        FOREIGN,
        "everyone of another account",
        FAIL,
        holding(anyone("StringEquals", "aws:PrincipalAccount", "444455556666")),
        says="trusts account 444455556666 without",
    ),
    Case(
        FOREIGN,
        "everyone from a network",
        FAIL,
        holding(anyone("IpAddress", "aws:SourceIp", "203.0.113.0/24")),
        says="trusts every account without",
    ),
    Case(
        FOREIGN,
        "another account, with a denial to all but an organisation",
        PASS,
        holding(ECS | {"Principal": {"AWS": OTHER}}, unless("StringNotEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5")),
    ),
    Case(
        FOREIGN,
        "another account, with a denial to all but it",
        FAIL,
        holding(ECS | {"Principal": {"AWS": OTHER}}, unless("StringNotEquals", "aws:PrincipalAccount", "444455556666")),
    ),
    Case(
        FOREIGN,
        "another account, with a denial to all but the role's own",
        PASS,
        holding(ECS | {"Principal": {"AWS": OTHER}}, unless("StringNotEquals", "aws:PrincipalAccount", ACCOUNT)),
    ),
    *(
        Case(
            FOREIGN,
            f"another account, with a denial to all without {operator} {key}",
            PASS,
            holding(ECS | {"Principal": {"AWS": OTHER}}, unless(operator, key, value)),
            says="asks every other account",
        )
        for operator, key, value in WITHOUT_PROOF
    ),
    *(
        Case(
            FOREIGN,
            f"another account, with a denial {operator} {key} {value}",
            FAIL,
            holding(ECS | {"Principal": {"AWS": OTHER}}, unless(operator, key, value)),
        )
        for operator, key, value in SPARING_OTHERS
    ),
    Case(
        FOREIGN,
        "another account that a denial asks for proof, beside a service for anyone",
        FAIL,
        holding(
            ECS | {"Principal": {"AWS": OTHER}},
            unless("StringNotEquals", "sts:ExternalId", "7d41c9") | {"Principal": {"AWS": OTHER}},
            STEPS,
        ),
        says="states.amazonaws.com",
        severity=LOW,
    ),
    Case(
        FOREIGN,
        "a service for two accounts",
        FAIL,
        holding(STEPS | {"Condition": {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "444455556666"]}}}),
        says="lets a service use it for account 444455556666",
    ),
    Case(
        FOREIGN,
        "a service for two accounts, with a denial to all but the role's own",
        PASS,
        holding(
            STEPS | {"Condition": {"StringEquals": {"aws:SourceAccount": [ACCOUNT, "444455556666"]}}},
            unless("StringNotEquals", "aws:SourceAccount", ACCOUNT) | {"Principal": STEPS["Principal"]},
        ),
    ),
    Case(
        FOREIGN,
        "a service for nobody: the account and the resource are of two",
        PASS,
        holding(
            STEPS
            | {
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": ACCOUNT},
                    "ArnLike": {"aws:SourceArn": "arn:aws:states:us-east-1:444455556666:*"},
                }
            }
        ),
    ),
    Case(
        FOREIGN,
        "another account, with a denial to all",
        PASS,
        holding(ECS | {"Principal": {"AWS": OTHER}}, DENY),
        says="trusts no other account",
    ),
    Case(SESSION, "twelve hours for everyone who is a service", NOT_APPLICABLE, holding(STATES, seconds=43200)),
    Case(
        SESSION,
        "twelve hours for everyone who is no service",
        FAIL,
        holding(anyone("Bool", "aws:PrincipalIsAWSService", "false"), seconds=43200),
    ),
)
