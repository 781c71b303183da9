"""The controls on who may take on IAM roles, told to Terraform and to AWS."""

from __future__ import annotations

import json
from typing import Any

from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, Told, cases
from tests.policies.iam.states import ECS, MFA, create, document

PUBLIC, FOREIGN, GITHUB = (
    "iam_role_trust_not_public",
    "iam_role_foreign_trust_conditioned",
    "iam_github_oidc_subject_limited",
)
SESSION = "iam_role_session_limited"
OTHER = "arn:aws:iam::444455556666:role/claims"


def trusting(principal: Any, condition: Any = None, **more: Any) -> Told:
    statement = ECS | {"Principal": principal} | ({"Condition": condition} if condition else {}) | more
    text = document(statement)
    return Told(
        terraform=f'resource "aws_iam_role" "phi" {{\n assume_role_policy = {json.dumps(text)}\n}}',
        aws=lambda aws: create(aws, "role", text),
    )


def trusts(statement: str, more: str = "") -> str:
    return (
        more
        + f"""
    variable "x" {{}}
    data "aws_caller_identity" "me" {{}}
    resource "aws_iam_role" "phi" {{
      assume_role_policy = jsonencode({{
        Version   = "2012-10-17"
        Statement = [{{ Effect = "Allow", {statement} }}]
      }})
    }}"""
    )


UNREAD_TRUST = 'variable "trust" { type = string }\nresource "aws_iam_role" "phi" {\n assume_role_policy = var.trust\n}'
EXTERNAL = {"StringEquals": {"sts:ExternalId": "7d41c9"}}
HOST = "token.actions.githubusercontent.com"
PROVIDER = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{HOST}"}
AUDIENCE = {f"{HOST}:aud": "sts.amazonaws.com"}


def github(condition: Any, principal: Any = None) -> Told:
    return trusting(principal or PROVIDER, condition, Action="sts:AssumeRoleWithWebIdentity")


def subject(value: str | list[str], operator: str = "StringLike") -> dict[str, Any]:
    return (
        {"StringEquals": AUDIENCE, operator: {f"{HOST}:sub": value}}
        if operator != "StringEquals"
        else {operator: {**AUDIENCE, f"{HOST}:sub": value}}
    )


GITHUB_PROVIDER = (
    f'resource "aws_iam_openid_connect_provider" "g" {{\n url = "https://{HOST}"\n client_id_list = []\n}}\n'
)
FEDERATED = (
    'Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = aws_iam_openid_connect_provider.g.arn }'
)
BY_VARIABLE = 'Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = var.x }'


def session(seconds: int, principal: Any, path: str = "/", name: str = "phi-clinic") -> Told:
    text = document(ECS | {"Principal": principal})
    return Told(
        terraform=f"""
        resource "aws_iam_role" "phi" {{
          name                 = "{name}"
          path                 = "{path}"
          max_session_duration = {seconds}
          assume_role_policy   = {json.dumps(text)}
        }}""",
        aws=lambda aws: create(aws, "role", text, RoleName=name, MaxSessionDuration=seconds, Path=path),
    )


OF_IDENTITY_CENTER = ("/aws-reserved/sso.amazonaws.com/", "AWSReservedSSO_phi-clinic_0123456789abcdef")
PEOPLE = {"AWS": "arn:aws:iam::123456789012:root"}

test_trust = cases(
    Case(PUBLIC, "a service", PASS, trusting(ECS["Principal"])),
    Case(PUBLIC, "everyone", FAIL, trusting("*")),
    Case(PUBLIC, "everyone, written as AWS principals", FAIL, trusting({"AWS": ["*", OTHER]})),
    Case(PUBLIC, "everyone who knows an external id, which is no secret", FAIL, trusting("*", EXTERNAL)),
    Case(
        PUBLIC,
        "everyone of one organisation",
        PASS,
        trusting("*", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    ),
    Case(PUBLIC, "one account", PASS, trusting({"AWS": OTHER})),
    Case(PUBLIC, "a policy that is not known", UNKNOWN, terraform=UNREAD_TRUST, says="var.trust"),
    Case(
        PUBLIC,
        "a principal that is not known",
        UNKNOWN,
        terraform=trusts('Action = "sts:AssumeRole", Principal = { AWS = var.x }'),
    ),
    Case(
        PUBLIC,
        "a provider of identities that is not known",
        PASS,
        terraform=trusts(BY_VARIABLE),
    ),
    Case(
        GITHUB,
        "an issuer of which only the host is known",
        NOT_APPLICABLE,
        terraform='variable "org" {}\nresource "aws_iam_openid_connect_provider" "ci" {\n'
        ' url = "https://oidc.circleci.com/org/${var.org}"\n client_id_list = [var.org]\n}\n'
        + trusts(
            'Action = "sts:AssumeRoleWithWebIdentity", '
            "Principal = { Federated = aws_iam_openid_connect_provider.ci.arn }"
        ),
    ),
    Case(FOREIGN, "a service", PASS, trusting(ECS["Principal"]), says="trusts no other account"),
    Case(FOREIGN, "another account", FAIL, trusting({"AWS": OTHER}).in_aws(), says="444455556666"),
    Case(FOREIGN, "another account, by its number", FAIL, trusting({"AWS": "444455556666"}).in_aws()),
    Case(FOREIGN, "an account that may be one's own", UNKNOWN, trusting({"AWS": OTHER}).in_terraform()),
    Case(FOREIGN, "everyone", FAIL, trusting("*")),
    *(
        Case(
            FOREIGN,
            f"the {provider} of {whose}",
            status,
            trusting({"Federated": f"arn:aws:iam::{account}:{provider}"}).in_aws(),
        )
        for provider in ("saml-provider/clinic", "oidc-provider/sso.clinic.example")
        for whose, account, status in (
            ("another account", "444455556666", FAIL),
            ("its own account", "123456789012", PASS),
        )
    ),
    Case(FOREIGN, "one's own account", PASS, trusting(PEOPLE).in_aws()),
    Case(FOREIGN, "another account with an external id", PASS, trusting({"AWS": OTHER}, EXTERNAL)),
    Case(
        FOREIGN,
        "another account of any organisation",
        FAIL,
        trusting({"AWS": OTHER}, {"StringLike": {"aws:PrincipalOrgID": "o-*"}}).in_aws(),
    ),
    Case(
        FOREIGN,
        "another account in a unit of any organisation",
        FAIL,
        trusting({"AWS": OTHER}, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "*/ou-*/*"}}).in_aws(),
    ),
    Case(
        FOREIGN,
        "another account in a unit of one's organisation",
        PASS,
        trusting({"AWS": OTHER}, {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/*"}}),
    ),
    Case(
        FOREIGN,
        "another account with an external id that begins with anything",
        FAIL,
        trusting({"AWS": OTHER}, {"StringLike": {"sts:ExternalId": "?*a*"}}).in_aws(),
    ),
    Case(
        FOREIGN,
        "an organisation that is looked up",
        PASS,
        terraform='data "aws_organizations_organization" "ours" {}\n'
        + trusts(
            'Action = "sts:AssumeRole", Principal = { AWS = "*" }, Condition = { "ForAnyValue:StringLike" = { '
            '"aws:PrincipalOrgPaths" = "${data.aws_organizations_organization.ours.id}/*" } }'
        ),
    ),
    Case(FOREIGN, "another account with MFA", PASS, trusting({"AWS": OTHER}, MFA), says="asks every other account"),
    Case(
        FOREIGN,
        "another account of one's organisation",
        PASS,
        trusting({"AWS": OTHER}, {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}),
    ),
    Case(
        FOREIGN,
        "another account with any external id",
        FAIL,
        trusting({"AWS": OTHER}, {"StringLike": {"sts:ExternalId": "*"}}).in_aws(),
    ),
    Case(
        FOREIGN,
        "MFA only where it is told",
        FAIL,
        trusting({"AWS": OTHER}, {"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}}).in_aws(),
    ),
    Case(
        FOREIGN, "another account that may tag sessions only", PASS, trusting({"AWS": OTHER}, Action="sts:TagSession")
    ),
    Case(
        FOREIGN,
        "the account that Terraform runs in",
        PASS,
        terraform=trusts(
            'Action = "sts:AssumeRole", '
            'Principal = { AWS = "arn:aws:iam::${data.aws_caller_identity.me.account_id}:root" }'
        ),
    ),
    Case(
        FOREIGN,
        "a role of the same configuration",
        PASS,
        terraform=trusts(
            'Action = "sts:AssumeRole", Principal = { AWS = aws_iam_role.app.arn }',
            f'resource "aws_iam_role" "app" {{ assume_role_policy = {json.dumps(document(ECS))} }}',
        ),
    ),
    Case(
        FOREIGN,
        "an external id that a variable holds",
        PASS,
        terraform=trusts(
            f'Action = "sts:AssumeRole", Principal = {{ AWS = "{OTHER}" }}, '
            'Condition = { StringEquals = { "sts:ExternalId" = var.x } }'
        ),
    ),
    Case(
        FOREIGN,
        "an account that a variable holds",
        UNKNOWN,
        terraform=trusts('Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::${var.x}:root" }'),
    ),
    Case(GITHUB, "a service", NOT_APPLICABLE, trusting(ECS["Principal"])),
    Case(
        GITHUB,
        "another issuer",
        NOT_APPLICABLE,
        github(None, {"Federated": "arn:aws:iam::123456789012:oidc-provider/gitlab.com"}),
    ),
    Case(GITHUB, "the audience only", FAIL, github({"StringEquals": AUDIENCE})),
    Case(
        GITHUB,
        "the issuer of one enterprise",
        NOT_APPLICABLE,
        github(None, {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{HOST}/clinic"}),
    ),
    Case(GITHUB, "no condition at all", FAIL, github(None)),
    Case(GITHUB, "one branch", PASS, github(subject("repo:clinic/records:ref:refs/heads/main", "StringEquals"))),
    Case(GITHUB, "all repositories of one owner", PASS, github(subject("repo:clinic/*"))),
    Case(GITHUB, "owners that begin alike", FAIL, github(subject("repo:clinic*"))),
    Case(GITHUB, "repositories of any owner", FAIL, github(subject("repo:*/records:*"))),
    Case(GITHUB, "one of two subjects is open", FAIL, github(subject(["repo:clinic/*", "repo:*"]))),
    Case(GITHUB, "a subject only where it is told", FAIL, github(subject("repo:clinic/*", "StringLikeIfExists"))),
    Case(GITHUB, "no subject for all values", FAIL, github(subject("repo:clinic/*", "ForAllValues:StringLike"))),
    Case(GITHUB, "every subject but one", FAIL, github(subject("repo:clinic/*", "StringNotLike"))),
    Case(GITHUB, "a provider of the same configuration", FAIL, terraform=trusts(FEDERATED, GITHUB_PROVIDER)),
    Case(
        GITHUB,
        "another provider of the same configuration",
        NOT_APPLICABLE,
        terraform=trusts(FEDERATED, GITHUB_PROVIDER.replace(HOST, "gitlab.com")),
    ),
    Case(GITHUB, "a provider that is not known", UNKNOWN, terraform=trusts(BY_VARIABLE)),
    Case(
        GITHUB,
        "a provider that is not known, and the audience of GitHub",
        FAIL,
        terraform=trusts(BY_VARIABLE + f', Condition = {{ StringEquals = {{ "{HOST}:aud" = "sts.amazonaws.com" }} }}'),
    ),
    Case(
        GITHUB,
        "the repository is not known, but its owner is",
        PASS,
        terraform=trusts(
            FEDERATED + f', Condition = {{ StringLike = {{ "{HOST}:sub" = "repo:clinic/${{var.x}}:*" }} }}',
            GITHUB_PROVIDER,
        ),
    ),
    Case(
        GITHUB,
        "the owner is not known",
        UNKNOWN,
        terraform=trusts(
            FEDERATED + f', Condition = {{ StringLike = {{ "{HOST}:sub" = "repo:${{var.x}}/records:*" }} }}',
            GITHUB_PROVIDER,
        ),
    ),
    Case(SESSION, "the default of one hour", PASS, trusting(PEOPLE)),
    Case(SESSION, "four hours", PASS, session(14400, PEOPLE)),
    Case(SESSION, "twelve hours", FAIL, session(43200, PEOPLE), says="43200"),
    Case(SESSION, "twelve hours for a service", NOT_APPLICABLE, session(43200, ECS["Principal"])),
    Case(SESSION, "a role of Identity Center", NOT_APPLICABLE, session(43200, PEOPLE, *OF_IDENTITY_CENTER)),
    Case(SESSION, "roles may only be read one by one", PASS, trusting(PEOPLE).in_aws(), denied="iam:ListRoles"),
)
