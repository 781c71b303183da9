"""Roles that trust issuers of OpenID Connect tokens: GitHub, and every issuer of the table."""

from __future__ import annotations

import re
from typing import Any

import pytest

from hipaa_guard.authoring import HIGH, MEDIUM
from hipaa_guard.controls.control import Status
from hipaa_guard.services.iam_issuers import ISSUERS, Issuer, issuer_of
from hipaa_guard.testing import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Case, Told, cases, resource
from tests.policies.iam.issuer_claims import EXAMPLES, Claims
from tests.policies.iam.states import ECS
from tests.policies.iam.test_trust import GITHUB, HOST, github, subject, trusting, trusts

SUBJECT = "iam_oidc_subject_limited"
WEB = "sts:AssumeRoleWithWebIdentity"

# --- GitHub --------------------------------------------------------------------------------------------------------


def claim(name: str, value: str | list[str], operator: str = "StringLike") -> Told:
    return github({"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}} | {operator: {f"{HOST}:{name}": value}})


WORKFLOW = "clinic/ci/.github/workflows/deploy.yml@refs/heads/main"

test_github_claims = cases(
    Case(
        GITHUB, "a called workflow alone", FAIL, claim("job_workflow_ref", WORKFLOW, "ArnLike"), says="that is called"
    ),
    Case(GITHUB, "a subject of a called workflow", FAIL, github(subject(f"job_workflow_ref:{WORKFLOW}"))),
    Case(GITHUB, "a branch of any repository", FAIL, github(subject("ref:refs/heads/main"))),
    Case(GITHUB, "a person, who may start others' workflows", FAIL, claim("actor", "dr-okafor")),
    Case(GITHUB, "a workflow of any repository", FAIL, claim("workflow", "deploy")),
    Case(GITHUB, "a repository", PASS, claim("repository", "clinic/records")),
    Case(GITHUB, "repositories of one owner", PASS, claim("repository", "clinic/*")),
    Case(GITHUB, "repositories of one owner that begin alike", PASS, claim("repository", "clinic/rec*")),
    Case(GITHUB, "repositories of any owner", FAIL, claim("repository", "*/records")),
    Case(GITHUB, "repositories of owners that begin alike", FAIL, claim("repository", "clinic*/records")),
    Case(GITHUB, "repositories of owners with a letter between", FAIL, claim("repository", "cli?ic/records")),
    Case(GITHUB, "repositories whose names begin alike", FAIL, claim("repository", "clinic*")),
    Case(GITHUB, "one of two repositories is open", FAIL, claim("repository", ["clinic/records", "*"])),
    Case(GITHUB, "a repository by its number", PASS, claim("repository_id", "123456", "StringEquals")),
    Case(GITHUB, "repositories whose numbers begin alike", FAIL, claim("repository_id", "12*")),
    Case(GITHUB, "owners whose numbers begin alike", FAIL, claim("repository_owner_id", "12?")),
    Case(GITHUB, "one enterprise", PASS, claim("enterprise_id", "77")),
    Case(GITHUB, "a repository by a wildcard that is none", PASS, claim("repository", "clinic*", "StringEquals")),
    Case(
        GITHUB,
        "a called workflow, of one repository",
        PASS,
        github({"StringEquals": {f"{HOST}:job_workflow_ref": WORKFLOW, f"{HOST}:repository": "clinic/records"}}),
    ),
    Case(
        GITHUB,
        "another issuer of GitHub",
        NOT_APPLICABLE,
        trusting(
            {"Federated": "arn:aws:iam::123456789012:oidc-provider/vstoken.actions.githubusercontent.com"}, Action=WEB
        ),
    ),
    Case(
        GITHUB,
        "a provider that is looked up, without a condition",
        UNKNOWN,
        terraform=trusts(
            f'Action = "{WEB}", Principal = {{ Federated = data.aws_iam_openid_connect_provider.d.arn }}',
            f'data "aws_iam_openid_connect_provider" "d" {{\n url = "https://{HOST}"\n}}\n',
        ),
    ),
    Case(
        GITHUB,
        "a provider that is looked up, whose keys are GitLab's",
        NOT_APPLICABLE,
        terraform=trusts(
            f'Action = "{WEB}", Principal = {{ Federated = data.aws_iam_openid_connect_provider.d.arn }}, '
            'Condition = { StringEquals = { "gitlab.com:sub" = "project_path:clinic/records" } }',
            'data "aws_iam_openid_connect_provider" "d" {\n url = "https://gitlab.com"\n}\n',
        ),
    ),
    Case(
        GITHUB,
        "the issuer of a cluster of the configuration",
        NOT_APPLICABLE,
        terraform=trusts(
            f'Action = "{WEB}", Principal = {{ Federated = aws_iam_openid_connect_provider.eks.arn }}, Condition = '
            '{ StringEquals = { "${aws_iam_openid_connect_provider.eks.url}:sub" = "system:serviceaccount:a:b" } }',
            resource(
                "aws_iam_openid_connect_provider",
                "url = aws_eks_cluster.c.identity[0].oidc[0].issuer\n client_id_list = []",
                "eks",
            )
            + resource("aws_eks_cluster", 'name = "c"', "c"),
        ),
    ),
)

# --- the table of issuers ------------------------------------------------------------------------------------------

BUILT_IN = ("cognito-identity", "accounts.google.com", "www.amazon.com", "graph.facebook.com")
BINDING = ("StringLike", "ForAnyValue:StringLike")
NOT_BINDING = ("StringLikeIfExists", "ForAllValues:StringLike", "StringNotLike")


def provider(url: str) -> str:
    return url if url.startswith(BUILT_IN) else f"arn:aws:iam::123456789012:oidc-provider/{url}"


def trusting_issuer(url: str, condition: dict[str, Any] | None = None) -> Told:
    return trusting({"Federated": provider(url)}, condition, Action=WEB)


def of_issuer(url: str, claims: Claims) -> list[Case]:
    issuer = issuer_of(url)
    assert issuer is not None
    severity = HIGH if issuer.is_shared else MEDIUM
    audience = {"StringEquals": {f"{url}:aud": "sts.amazonaws.com"}} if "aud" not in claims else None
    found = [Case(SUBJECT, f"{url}, without a claim", FAIL, trusting_issuer(url, audience), severity=severity)]
    for name, (good, bad) in claims.items():

        def case(operator: str, value: str | list[str], status: Status, key: str = f"{url}:{name}") -> Case:
            gap = severity if status is FAIL else None
            told = trusting_issuer(url, {operator: {key: value}})
            return Case(SUBJECT, f"{url}, {operator} {key} {value}", status, told, severity=gap)

        found += [case(operator, value, PASS) for operator in BINDING for value in good]
        found += [case(operator, good[0], FAIL) for operator in NOT_BINDING]
        found += [case("StringLike", value, FAIL) for value in bad]
        found += [case("StringEquals", good[0], PASS), case("StringLike", [good[0], bad[0]], FAIL)]
    return found


test_audiences = cases(
    Case(
        SUBJECT,
        "an audience that every deployment of Vercel can ask for",
        FAIL,
        trusting_issuer("oidc.vercel.com", {"StringEquals": {"oidc.vercel.com:aud": "sts.amazonaws.com"}}),
        severity=HIGH,
    ),
)
test_issuers = cases(*(case for url, claims in EXAMPLES.items() for case in of_issuer(url, claims)))


@pytest.mark.parametrize("issuer", ISSUERS, ids=lambda issuer: issuer.name)
def test_every_issuer_has_an_example_of_each_claim(issuer: Issuer) -> None:
    claims = {claim for url, claims in EXAMPLES.items() if re.fullmatch(issuer.url, url.lower()) for claim in claims}
    assert claims | {"sts:rolesessionname"} >= set(issuer.claims)
    assert claims


# --- who is trusted ------------------------------------------------------------------------------------------------

SHARED = 'resource "aws_iam_openid_connect_provider" "g" {\n url = "https://gitlab.com"\n client_id_list = []\n}\n'
BY_REFERENCE = f'Action = "{WEB}", Principal = {{ Federated = aws_iam_openid_connect_provider.g.arn }}'
OF_GROUP = ', Condition = { StringLike = { "gitlab.com:sub" = "project_path:clinic/*" } }'
OF_ORGANISATION = (
    'variable "org" {}\nresource "aws_iam_openid_connect_provider" "g" {\n'
    ' url = "https://oidc.circleci.com/org/${var.org}"\n client_id_list = [var.org]\n}\n'
)

test_who_is_trusted = cases(
    Case(SUBJECT, "a service", NOT_APPLICABLE, trusting(ECS["Principal"])),
    Case(SUBJECT, "GitHub, which has its own control", NOT_APPLICABLE, github(None)),
    Case(SUBJECT, "an issuer of one's own", NOT_APPLICABLE, trusting_issuer("sso.clinic.example")),
    Case(
        SUBJECT,
        "a SAML provider",
        NOT_APPLICABLE,
        trusting({"Federated": "arn:aws:iam::123456789012:saml-provider/clinic"}, Action="sts:AssumeRoleWithSAML"),
    ),
    Case(
        SUBJECT,
        "Azure Sentinel, by the name of the session",
        PASS,
        trusting_issuer(
            "sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
            {"StringEquals": {"sts:RoleSessionName": "MicrosoftSentinel_7"}},
        ),
    ),
    *(
        Case(
            control,
            "GitHub and GitLab at once, with a claim that only one of them makes",
            PASS,
            trusting(
                {"Federated": [provider("gitlab.com"), provider(HOST)]},
                {"StringLike": {f"{HOST}:sub": "repo:clinic/*"}},
                Action=WEB,
            ),
        )
        for control in (SUBJECT, GITHUB)
    ),
    Case(
        SUBJECT,
        "a claim of another issuer",
        FAIL,
        trusting_issuer("gitlab.com", {"StringEquals": {"sso.clinic.example:sub": "project_path:clinic/records"}}),
    ),
    Case(
        SUBJECT,
        "an audience that the pipeline chooses",
        FAIL,
        trusting_issuer("gitlab.com", {"StringEquals": {"gitlab.com:aud": "x"}}),
    ),
    Case(SUBJECT, "a declared provider", FAIL, terraform=trusts(BY_REFERENCE, SHARED), severity=HIGH),
    Case(SUBJECT, "a declared provider, and a group", PASS, terraform=trusts(BY_REFERENCE + OF_GROUP, SHARED)),
    Case(
        SUBJECT,
        "an organisation that a variable names",
        FAIL,
        terraform=trusts(BY_REFERENCE, OF_ORGANISATION),
        severity=MEDIUM,
    ),
    Case(
        SUBJECT,
        "a provider that is not known",
        UNKNOWN,
        terraform=trusts(f'Action = "{WEB}", Principal = {{ Federated = var.x }}'),
    ),
    Case(
        SUBJECT,
        "a provider that is not known, and the group",
        PASS,
        terraform=trusts(f'Action = "{WEB}", Principal = {{ Federated = var.x }}' + OF_GROUP),
    ),
    Case(
        SUBJECT,
        "a pattern that is not known",
        UNKNOWN,
        terraform=trusts(
            BY_REFERENCE + ', Condition = { StringLike = { "gitlab.com:sub" = "project_path:${var.x}/*" } }', SHARED
        ),
    ),
    Case(
        SUBJECT,
        "sessions may only be tagged",
        NOT_APPLICABLE,
        trusting({"Federated": provider("gitlab.com")}, Action="sts:TagSession"),
    ),
)
