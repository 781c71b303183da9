"""Issuers of OpenID Connect tokens that many customers, or many workloads of one, share.

Source: IAM user guide, "Identity-provider controls for shared OIDC providers" (claims that IAM has asked for in new and
changed trust policies since 2025; it does not look at older ones) and "Available keys for AWS OIDC federation" (claims
of single issuers, such as Google's and CircleCI's, since January 2026); AWS samples, "Data perimeter policy examples",
"Limit access to trusted OIDC Identity provider" (the issuers with their URLs and pages). As of 2026-11-30.

Subjects, looked up on 2026-11-30 in stored copies of public pages and files. Pages of the issuers that show them:
GitLab, "OpenID Connect (OIDC) Authentication Using ID Tokens"; GitHub, "OpenID Connect reference"; Vercel, "Connect to
your own API"; DVC Studio, "OpenID Connect (OIDC)". Public trust policies and code that show them, and no page of the
issuer: Buildkite, HCP Terraform, Codefresh, Scalr, Upbound, Bitbucket, CircleCI, HCP. Not found: Shisho Cloud, Azure
DevOps; not looked up: Google. Their patterns only ask that the first parts, which name an owner, have no wildcard.
"""

from __future__ import annotations

import re
from dataclasses import field

from hipaa_guard.facts.lists import every
from hipaa_guard.facts.partial_patterns import holds
from hipaa_guard.facts.policies.conditions import NOT_KNOWN
from hipaa_guard.facts.policies.document import Condition
from hipaa_guard.facts.values import PartialText, Undecided, Unknown, Value
from hipaa_guard.lean import dataclass

_WHOLE = r"[^*?]+"
_TWO_PARTS = r"[^:*?]+:[^:*?/]+([:/].*)?"
"""``organization:clinic:...``: the kind of a subject and the name of its owner."""
_OPERATORS = ("stringequals", "stringequalsignorecase", "stringlike")


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer, or the issuers that a service makes for each customer."""

    name: str
    url: str
    """Regular expression for the URL without ``https://``."""
    claims: dict[str, str] = field(default_factory=dict)
    """Each claim that names whose token it is -> regular expression for the patterns that leave no doubt whose."""
    also_exactly: frozenset[str] = frozenset()
    """Claims that a workload can ask for as it likes: only values of the pattern name whose token it is, also those
    without a wildcard."""
    lets_in: str = ""
    """Whom a role lets in that names no claim, where the URL already names the customer; else it is every customer."""

    @property
    def is_shared(self) -> bool:
        """Whether all customers have the same issuer."""
        return not self.lets_in


_POOL = {"aud": _WHOLE, "sub": _WHOLE}

ISSUERS = (
    Issuer("Amazon Cognito", r"cognito-identity[^/:]*\.amazonaws\.com(\.cn)?", _POOL),
    # An audience that Google signs for a service account is its owner's choice (`oaud`); `aud` is who asked for it.
    Issuer("Google", r"accounts\.google\.com", {"aud": _WHOLE, "sub": _WHOLE, "google/organization_number": _WHOLE}),
    Issuer("Login with Amazon", r"www\.amazon\.com", {"app_id": _WHOLE, "user_id": _WHOLE}),
    Issuer("Facebook", r"graph\.facebook\.com", {"app_id": _WHOLE, "id": _WHOLE}),
    Issuer(
        "Azure Sentinel",
        r"sts\.windows\.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d",
        {"sts:rolesessionname": _WHOLE, "sub": _WHOLE},
    ),
    Issuer("Buildkite", r"agent\.buildkite\.com", {"sub": _TWO_PARTS}),
    Issuer("Codefresh", r"oidc\.codefresh\.io", {"sub": _TWO_PARTS}),
    Issuer("DVC Studio", r"studio\.(datachain|iterative)\.ai/api", {"sub": _TWO_PARTS}),
    Issuer("GitHub audit log streaming", r"oidc-configuration\.audit-log\.githubusercontent\.com", {"sub": _WHOLE}),
    Issuer("GitHub", r"vstoken\.actions\.githubusercontent\.com", {"sub": r"repo:[^/:*?]+/.*"}),
    Issuer("GitLab", r"gitlab\.com", {"sub": r"project_path:[^/:*?]+/.+"}),
    Issuer(
        "IBM Turbonomic",
        r"(rh-oidc\.s3\.[a-z0-9-]+\.amazonaws\.com|oidc\.op1\.openshiftapps\.com)/[a-z0-9]+",
        {"sub": r"system:serviceaccount:[^:*?]+:.+"},
    ),
    Issuer("Pulumi Cloud", r"api\.pulumi\.com(/oidc(/v\d+)?)?", {"aud": _WHOLE, "sub": r"pulumi:[^*?]*org:[^:*?]+:.+"}),
    Issuer("sandboxes.cloud", r"sandboxes\.cloud", {"aud": _WHOLE}),
    Issuer("Scalr", r"scalr\.io", {"sub": _TWO_PARTS}),
    Issuer("Shisho Cloud", r"tokens\.cloud\.shisho\.dev", {"sub": _TWO_PARTS}),
    Issuer("HCP Terraform", r"app(\.eu)?\.terraform\.io", {"sub": r"organization:[^:*?]+:.+"}),
    Issuer("Upbound", r"proidc\.upbound\.io", {"sub": _TWO_PARTS}),
    # A deployment may exchange its token for one with another audience (package @vercel/oidc, 3.8). The issuer of a
    # team signs for its projects only (Vercel, "Connect to your own API").
    Issuer(
        "Vercel",
        r"oidc\.vercel\.com",
        {"aud": r"https://vercel\.com/[^*?/]+", "sub": _TWO_PARTS},
        also_exactly=frozenset({"aud"}),
    ),
    Issuer(
        "Vercel, of a team",
        r"oidc\.vercel\.com/[^/:]+",
        {"sub": r"owner:[^:*?]+:project:[^:*?]+(:.*)?"},
        lets_in="every project of a Vercel team",
    ),
    # A job asks for the audience that it likes (CircleCI, "OIDC tokens with custom claims"), and so does a step of
    # Bitbucket (Atlassian, "Bitbucket Pipelines OIDC now supports multiple audiences"). The usual audiences name no
    # more than the URL does.
    Issuer(
        "CircleCI",
        r"oidc\.circleci\.com/org/[^/:]+",
        {"sub": r"org/[^/*?]+/project/[^/*?]+(/.*)?", "oidc.circleci.com/project-id": _WHOLE},
        lets_in="every job of a CircleCI organisation",
    ),
    Issuer(
        "Bitbucket",
        r"api\.bitbucket\.org/2\.0/workspaces/[^/:]+/pipelines-config/identity/oidc",
        {"sub": r"\{[^{}:*?]+\}.*|[^:*?]+(:.*)?"},
        lets_in="every pipeline of a Bitbucket workspace",
    ),
    Issuer(
        "HCP",
        r"idp\.hashicorp\.com/oidc/organization/[^/:]+",
        {"aud": _WHOLE, "sub": _TWO_PARTS},
        lets_in="every workload of an HCP organisation",
    ),
    # The audience of all service connections is api://AzureADTokenExchange.
    Issuer(
        "Azure DevOps",
        r"vstoken\.dev\.azure\.com/[^/:]+",
        {"sub": r"sc://[^/*?]+/[^/*?]+/.+"},
        lets_in="every service connection of an Azure DevOps organisation",
    ),
    # The audience of all service accounts is sts.amazonaws.com.
    Issuer(
        "EKS",
        r"oidc\.eks\.[^/:]+\.amazonaws\.com(\.cn)?/id/[^/:]+",
        {"sub": r"system:serviceaccount:[^:*?]+:.+"},
        lets_in="every service account of an EKS cluster",
    ),
)


def issuer_of(value: Value) -> Issuer | None:
    """The issuer in the table by its URL, its host or the ARN of its provider in IAM; None for any other.

    Raises:
        Undecided: the host is not known.

    """
    if isinstance(value, PartialText):
        if "/" not in value.prefix.removeprefix("https://"):
            raise Undecided(value)
        value = "".join(part if isinstance(part, str) else "?" for part in value.parts)
    if isinstance(value, Unknown):
        raise Undecided(value)
    url = re.sub(r"^(https://|arn:[^/]*:oidc-provider/)", "", str(value).lower()).rstrip("/")
    return next((each for each in ISSUERS if re.fullmatch(each.url, url)), None)


def names_whose(condition: Condition, of: Issuer | None = None) -> bool:
    """Whether a condition names whose tokens an issuer's must be, by a claim that only the issuer sets.

    Raises:
        Undecided: a value that decides it is not known.

    """
    operator = condition.operator.lower()
    if condition.if_exists or condition.qualifier.lower() == "forallvalues" or operator not in _OPERATORS:
        return False
    found = _pattern_for(condition.key, of)
    if found is None:
        return False
    wanted, exactly = found
    if operator != "stringlike" and not exactly:
        return True  # without wildcards, a value names one subject
    return every(lambda value: holds(lambda text: re.fullmatch(wanted, text) is not None, value), condition.values)


def _pattern_for(key: str, of: Issuer | None) -> tuple[str, bool] | None:
    """The pattern for the claim that a condition key names, and whether values without a wildcard must have it too.

    A key of an issuer that is not known is one of the issuer that is asked about, or no token of that has it.
    """
    host, _, last = key.partition(":")
    if host == NOT_KNOWN:
        return None if of is None or last not in of.claims else (of.claims[last], last in of.also_exactly)
    for issuer in ISSUERS:
        for claim, pattern in issuer.claims.items():
            if key == claim or (key.endswith(f":{claim}") and re.fullmatch(issuer.url, key[: -len(claim) - 1])):
                return pattern, claim in issuer.also_exactly
    return None
