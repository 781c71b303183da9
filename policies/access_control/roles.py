"""Trust in IAM roles: they let in those whom they name, and other accounts only with proof."""

from collections.abc import Callable

from hipaa_guard.authoring import (
    LOW,
    MEDIUM,
    Fix,
    PolicyDocument,
    Statement,
    Verdict,
    all_hold,
    control,
    failed,
    not_applicable,
    one_holds,
    passed,
    some,
)
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.cross_account import if_own_account
from hipaa_guard.judging.iam_roles import CHANGE_TRUST, TASK, if_ours, role_trusting
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.services import iam, iam_grants, iam_service_roles, iam_trust


@policy_not_public(
    title="IAM roles do not let everyone in",
    hipaa=("164.312(a)(1)", "164.312(d)"),
    why="A role that trusts every AWS account gives its rights to ePHI to anyone who learns its name.",
    policy="trust policy",
    fix=Fix(
        terraform=role_trusting(TASK),
        cli=CHANGE_TRUST,
        not_by_machine=TAKES_ACCESS,
    ),
    peers={"checkov": "CKV_AWS_60"},
)
def iam_role_trust_not_public(role: iam.Role) -> PolicyDocument | Verdict:
    trust = iam_trust.assuming(role.trust)
    kept = role.kept_by_aws() if trust.is_public() else None
    return trust if kept is None else not_applicable(kept)


@control(
    title="IAM roles ask other accounts for an external id, an organisation or MFA, and services for whom they act",
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.312(d)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)"),
    why=(
        "Whoever serves several customers, a service of AWS too, can be led to use another's role (the confused deputy), "
        "and a stolen key of the other account is enough to reach ePHI here."
    ),
    fix=Fix(
        terraform=role_trusting(
            'AWS = "arn:aws:iam::444455556666:role/claims-import"', "StringEquals", {"sts:ExternalId": "7d41c9"}
        ),
        cli=CHANGE_TRUST,
        note=(
            "A service sends no external id: ask for its source, such as "
            'Condition = { StringEquals = { "aws:SourceAccount" = "111122223333" } } with the number of your account.'
        ),
        not_by_machine="needs an external id that the other account must send",
        consequences=("cuts_access",),
    ),
)
def iam_role_foreign_trust_conditioned(role: iam.Role) -> Verdict:
    own = role.own_account()
    found: list[str] = []
    asked: list[Statement] = []
    served: list[str] = []
    services: list[str] = []

    def is_open(statement: Statement) -> bool:
        def asks() -> bool:
            proof = iam_trust.asks_for_proof(statement)
            asked.extend([statement] if proof else [])
            return proof

        def is_foreign() -> bool:
            account = iam_trust.foreign_account(statement, own)
            found.extend([] if account is None else [account])
            return account is not None

        return all_hold(lambda: iam_trust.lets_in(statement), lambda: not asks(), is_foreign)

    def is_left_open(statement: Statement) -> bool:
        return all_hold(lambda: is_open(statement), lambda: some(is_open, role.trust.left_of(statement)))

    def serves_another(statement: Statement) -> bool:
        account = iam_trust.served_account(statement, own) if iam_trust.lets_in(statement) else None
        served.extend([] if account is None else [account])
        return account is not None

    def serves_anyone(statement: Statement) -> bool:
        left = role.trust.left_of(statement) if iam_trust.lets_in(statement) else []
        services.extend(iam_grants.gathered(iam_service_roles.acts_for_anyone, left))
        return bool(services)

    def trusts(test: Callable[[Statement], bool]) -> bool:
        return some(test, role.trust.allowances())

    # What is certain counts: that of an account first, which is the graver.
    if one_holds(lambda: trusts(is_left_open), lambda: trusts(serves_another), lambda: trusts(serves_anyone)):
        if found:
            return if_ours(role, failed(f"lets in {found[0]} without an external id, organisation or MFA"))
        if served:
            return if_ours(role, failed(f"lets a service use it for {served[0]}"))
        return if_ours(role, failed(_for_anyone(services), LOW))
    if not asked:
        return if_own_account(passed("trusts no other account"), role.trust, role)
    return passed("asks every other account that it trusts for more than its name")


def _for_anyone(services: list[str]) -> str:
    named = ", ".join(sorted(set(services)))
    return (
        f"lets in {named} for any customer of the service: no condition names the account or the resource that it acts "
        "for (aws:SourceAccount, aws:SourceArn, aws:SourceOrgID)"
    )
