"""No cross-account access: a resource policy lets in nobody outside its account."""

from hipaa_guard.authoring import (
    MEDIUM,
    PolicyDocument,
    Resource,
    Statement,
    Verdict,
    failed,
    judgement,
    passed,
    some,
)

_ORGANIZATION = ("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths")


@judgement(
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)", "164.308(b)(1)"),
    why="Each account that gets in is a party that can see ePHI: it needs a reason, and a contract if it is not yours.",
)
def no_cross_account(policy: PolicyDocument | None, resource: Resource, *_: object) -> Verdict:
    """Told the resource policy, None where there is none."""
    if policy is None:
        return passed("has no policy, so that no other account gets in")
    outsiders = outsiders_let_in(policy, resource.origin.account)
    if outsiders is not None:
        return failed(outsiders)
    services = sorted({service for statement in policy for service in statement.unbound_services()})
    if services:
        return passed(
            f"has a policy that names no other account, though it lets {', '.join(services[:5])} in without naming the "
            "source that the service acts for"
        )
    return passed("has a policy that names no other account")


def outsiders_let_in(policy: PolicyDocument | None, own: str | None) -> str | None:
    """Whom outside the account `own` a resource policy lets in, as the message of a failure; None where nobody.

    Raises:
        Undecided: the policy names accounts and `own`, or one of them, is not known.

    """
    if policy is None:
        return None
    if policy.is_public():
        return "has a policy that allows everyone, without a condition that names who"
    if some(Statement.lets_in_a_place, policy):
        return "has a policy that allows whoever calls from a network, of whatever account"
    foreign = sorted({account for statement in policy for account in statement.foreign_accounts(own)})
    if foreign:
        return f"has a policy that allows other accounts: {', '.join(foreign)}"
    if any(_allows_an_organization(statement) for statement in policy):
        return "has a policy that allows every account of an organization"
    return None


def _allows_an_organization(statement: Statement) -> bool:
    keys = [condition.key for condition in statement.conditions]
    if statement.effect != "Allow" or not statement.is_about_anyone() or "aws:principalaccount" in keys:
        return False
    return any(key in _ORGANIZATION for key in keys)
