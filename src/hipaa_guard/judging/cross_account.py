"""Whom outside the account a resource policy lets in."""

from hipaa_guard.authoring import PolicyDocument, Statement, Verdict, failed, passed, some

_ORGANIZATION = ("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths")


def judged_by_outsiders(policy: PolicyDocument | None, own: str | None) -> Verdict:
    """Whether a resource policy lets in nobody outside the account `own`.

    Raises:
        Undecided: the policy names accounts and `own`, or one of them, is not known.

    """
    if policy is None:
        return passed("has no policy, so that no other account gets in")
    outsiders = outsiders_let_in(policy, own)
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
