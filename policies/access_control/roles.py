"""Trust in IAM roles: they let in those whom they name, and other accounts only with proof."""

from collections.abc import Callable, Iterator
from functools import partial

from hipaa_guard.authoring import (
    LOW,
    MEDIUM,
    Fix,
    PolicyDocument,
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
from hipaa_guard.controls.reasons import TAKES_ACCESS
from hipaa_guard.judging.cross_account import if_own_account
from hipaa_guard.judging.iam_roles import CHANGE_TRUST, TASK, if_ours, role_trusting
from hipaa_guard.judging.public_policies import policy_not_public
from hipaa_guard.services import iam, iam_service_roles, iam_trust


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
    refines="iam_role_trust_not_public",
)
def iam_role_foreign_trust_conditioned(role: iam.Role) -> Verdict:
    own = role.own_account()
    trust = role.trust

    def opened(statement: Statement) -> list[str]:
        """The other account that a statement lets in without proof."""
        account = partial(iam_trust.foreign_account, statement, own)
        is_open = all_hold(
            lambda: iam_trust.lets_in(statement),
            lambda: not iam_trust.asks_for_proof(statement),
            lambda: account() is not None,
        )
        return list(filter(None, [account()])) if is_open else []

    def served(statement: Statement) -> list[str]:
        account = iam_trust.served_account(statement, own) if iam_trust.lets_in(statement) else None
        return list(filter(None, [account]))

    def serving_anyone(statement: Statement) -> list[str]:
        return iam_service_roles.acts_for_anyone(statement) if iam_trust.lets_in(statement) else []

    def left(find: Callable[[Statement], list[str]]) -> list[str]:
        """Finds in the statements of the policy that which its denials leave."""

        def in_parts(statement: Statement) -> list[str]:
            return gathered(find, iam_trust.parts_left(trust, statement))

        def of(statement: Statement) -> list[str]:
            found = all_hold(lambda: bool(find(statement)), lambda: bool(in_parts(statement)))
            return in_parts(statement) if found else []

        return gathered(of, trust.allowances())

    def asks(statement: Statement) -> bool:
        left = iam_trust.parts_left(trust, statement)
        return some(lambda part: iam_trust.lets_in(part) and iam_trust.asks_for_proof(part), left)

    def gaps() -> Iterator[Callable[[], list[Verdict]]]:
        """What is certain counts, and that of an account first, which is the graver."""
        yield lambda: [failed(f"trusts {each} without an external id, organisation or MFA") for each in left(opened)]
        yield lambda: [failed(f"lets a service use it for {each}") for each in left(served)]
        yield lambda: [failed(_for_anyone(each), LOW) for each in [left(serving_anyone)] if each]

    found = gathered(lambda gap: gap(), gaps())
    if found:
        return if_ours(role, found[0])
    if collected(lambda each: ["asks"] if asks(each) else [], trust.allowances())[0]:
        return passed("asks every other account that it trusts for more than its name")
    return if_own_account(passed("trusts no other account"), trust, role)


def _for_anyone(services: list[str]) -> str:
    named = ", ".join(sorted(set(services)))
    return (
        f"lets in {named} for any customer of the service: no condition names the account or the resource that it acts "
        "for (aws:SourceAccount, aws:SourceArn, aws:SourceOrgID)"
    )
