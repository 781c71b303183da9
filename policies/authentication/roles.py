"""Roles: they are taken on by whoever was meant, and for no longer than their work."""

from hipaa_guard.authoring import (
    HIGH,
    LOW,
    MEDIUM,
    Fix,
    Inventory,
    Statement,
    Verdict,
    all_hold,
    collected,
    control,
    failed,
    gathered,
    not_applicable,
    passed,
    some,
)
from hipaa_guard.judging.fix_parts import OWN_ACCOUNT
from hipaa_guard.judging.iam_roles import CHANGE_TRUST, if_ours, role_trusting
from hipaa_guard.judging.token_owners import takes_named_tokens
from hipaa_guard.services import iam, iam_issuers, iam_trust
from hipaa_guard.services.iam_issuers import Issuer

SESSION_SECONDS = 4 * 3600
"""Half a shift. The rule names no number: IAM allows one hour to twelve, and twelve outlast a working day."""


@control(
    title="IAM roles that trust GitHub name the owner or repository",
    severity=HIGH,
    hipaa=("164.312(d)", "164.312(a)(1)"),
    why="GitHub signs tokens for everyone's workflows: without a condition on the subject anyone's can reach ePHI.",
    fix=Fix(
        terraform=role_trusting(
            'Federated = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"',
            "StringEquals",
            {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                "token.actions.githubusercontent.com:sub": "repo:clinic/records:ref:refs/heads/main",
            },
            action="sts:AssumeRoleWithWebIdentity",
        ),
        cli=CHANGE_TRUST,
        note=(
            "Repositories that are made, renamed or moved since 2026-07-15, or that opt in, have numbers in their subject: "
            "repo:clinic@123456/records@456789:ref:refs/heads/main. Name the subject as your repository has it."
        ),
        not_by_machine="needs the repository and branch that may sign in, which you name",
        consequences=("cuts_access",),
    ),
    peers={"checkov": "CKV_AWS_393"},
)
def iam_github_oidc_subject_limited(role: iam.Role, inventory: Inventory) -> Verdict:
    urls = iam.urls_of_issuers(inventory.seen(iam.OidcProvider))

    def trusts_github(statement: Statement) -> bool:
        return all_hold(lambda: iam_trust.lets_in(statement), lambda: iam_trust.trusts_github(statement, urls))

    if not some(trusts_github, role.trust.allowances()):
        return not_applicable("does not trust the workflows of GitHub at large")

    found: list[Statement] = []

    def is_open(statement: Statement) -> bool:
        if not all_hold(lambda: trusts_github(statement), lambda: not takes_named_tokens(statement, role.trust)):
            return False
        found.append(statement)
        return True

    if some(is_open, role.trust.allowances()):
        return if_ours(role, failed(_without_owner(found[0])))
    return passed("trusts named repositories of GitHub only")


def _without_owner(statement: Statement) -> str:
    """How a statement that trusts GitHub misses to name the owner, in words."""
    if iam_trust.asks_all_subjects(statement):
        return "names repositories of GitHub with ForAllValues, which also holds where a token has no subject"
    if iam_trust.names_called_workflow(statement):
        return "names the reusable workflow that is called (job_workflow_ref) and not the repository that calls it"
    return "trusts GitHub without naming the owner of the repositories"


@control(
    title="IAM roles that trust a shared OIDC issuer name whose tokens they take",
    severity=HIGH,
    hipaa=("164.312(d)", "164.312(a)(1)"),
    why=(
        "An issuer such as GitLab, HCP Terraform, Cognito or Google signs tokens for all its customers, and the issuer of "
        "a cluster for all its workloads: without a condition on the subject or audience any of them can reach ePHI."
    ),
    fix=Fix(
        terraform=role_trusting(
            'Federated = "arn:aws:iam::111122223333:oidc-provider/gitlab.com"',
            "StringEquals",
            {
                "gitlab.com:aud": "https://gitlab.com",
                "gitlab.com:sub": "project_path:clinic/records:ref_type:branch:ref:main",
            },
            action="sts:AssumeRoleWithWebIdentity",
        ),
        cli=CHANGE_TRUST,
        not_by_machine="needs the subject or audience that may sign in, which you name",
        consequences=("cuts_access",),
    ),
)
def iam_oidc_subject_limited(role: iam.Role, inventory: Inventory) -> Verdict:
    urls = iam.urls_of_issuers(inventory.seen(iam.OidcProvider))

    def known(statement: Statement) -> list[str]:
        issuers = iam_trust.issuers(statement, urls) if iam_trust.takes_tokens(statement) else []
        return collected(lambda url: [each.name for each in [iam_issuers.issuer_of(url)] if each], issuers)[0]

    def lets_in_anyone(statement: Statement) -> list[Verdict]:
        def opened(url: str) -> list[Verdict]:
            issuer = iam_issuers.issuer_of(url)
            return [] if issuer is None or takes_named_tokens(statement, role.trust, issuer) else [_open_to(issuer)]

        def gaps() -> list[Verdict]:
            return gathered(opened, iam_trust.issuers(statement, urls))

        return gaps() if all_hold(lambda: iam_trust.takes_tokens(statement), lambda: bool(gaps())) else []

    found = gathered(lets_in_anyone, role.trust.allowances())
    if found:
        return if_ours(role, found[0])
    trusted, _ = collected(known, role.trust.allowances())
    if not trusted:
        return not_applicable("trusts no OIDC issuer that is known to serve several customers or workloads")
    return passed(f"names whose tokens of {trusted[0]} it takes")


def _open_to(issuer: Issuer) -> Verdict:
    """The verdict on trust that names no tokens of an issuer."""
    claims = " or ".join(issuer.claims)
    if issuer.is_shared:
        return failed(f"trusts {issuer.name}, which serves many customers, without naming whose tokens ({claims})")
    return failed(f"lets in {issuer.lets_in}: no condition names which ({claims})", MEDIUM)


@control(
    title="Sessions of IAM roles end within 4 hours",
    severity=LOW,
    hipaa=("164.312(a)(2)(iii)",),
    why="IAM has no idle time-out: how long a session may last is what ends one that was left open before ePHI.",
    fix=Fix(
        terraform=role_trusting(
            'AWS = "arn:aws:iam::${data.aws_caller_identity.current.account_id}:root"',
            "Bool",
            {"aws:MultiFactorAuthPresent": "true"},
            first="  max_session_duration = 14400",
        )
        + OWN_ACCOUNT,
        cli="aws iam update-role --role-name ROLE --max-session-duration 14400",
        note="The rule names no time: write down why yours fits, and set shorter sessions where people sit.",
        not_by_machine="needs a time that the work fits in, which is yours to choose",
        consequences=("cuts_access",),
    ),
    advisory="It shortens how long a stolen session is worth something; it lets nobody in.",
)
def iam_role_session_limited(role: iam.Role) -> Verdict:
    if role.max_session_seconds <= SESSION_SECONDS:
        return passed(f"ends sessions after {role.max_session_seconds} seconds")
    if iam_trust.only_services(role.trust):
        return not_applicable("lets in AWS services only: nobody sits before its sessions")
    return if_ours(role, failed(f"lets sessions last {role.max_session_seconds} seconds"))
