"""No cross-account access: a resource policy lets in nobody outside its account."""

from collections.abc import Callable
from typing import TypeVar

from hipaa_guard.authoring import (
    CRITICAL,
    HIGH,
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
from hipaa_guard.facts.values import Undecided
from hipaa_guard.judging.delivering_services import delivers_only

_CITED = ("164.312(a)(1)", "164.308(a)(4)(ii)(C)", "164.308(b)(1)")
T = TypeVar("T")
_ORGANIZATION = ("aws:principalorgid", "aws:principalorgpaths", "aws:vpceorgid", "aws:vpceorgpaths")
_READ = (
    "dynamodb:GetItem",
    "elasticfilesystem:ClientMount",
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
)
"""Actions that hand out what a resource holds. A service that only sends can bring in false data, but takes nothing."""
_SHOWN = 5


@judgement(
    severity=MEDIUM,
    hipaa=_CITED,
    why="Each account that gets in is a party that can see ePHI: it needs a reason, and a contract if it is not yours.",
)
def no_cross_account(policy: PolicyDocument | None, resource: Resource, *_: object) -> Verdict:
    """Told the resource policy, None where there is none."""
    if policy is None:
        return passed("has no policy, so that no other account gets in")
    outsiders = outsiders_let_in(policy, resource.origin.own_account)
    if outsiders is not None:
        return failed(outsiders)
    return services_let_in(policy) or passed("has a policy that names no other account")


def outsiders_let_in(policy: PolicyDocument | None, own: str | None) -> str | None:
    """Whom outside the account `own` a resource policy lets in, as the message of a failure; None where nobody.

    Raises:
        Undecided: the policy names accounts and `own`, or one of them, is not known.

    """
    if policy is None:
        return None
    if policy.is_public():
        return "has a policy that allows everyone, without a condition that names who"
    reaching = list(policy.reaching())
    if some(lambda each: _left(policy, each, Statement.lets_in_a_place), reaching):
        return "has a policy that allows whoever calls from a network, of whatever account"
    foreign: set[str] = set()

    def names_others(statement: Statement) -> bool:
        accounts = _left(policy, statement, lambda each: each.foreign_accounts(own))
        foreign.update(accounts or ())
        return False  # all of them are to be told

    try:
        some(names_others, reaching)
    except Undecided:
        if not foreign:
            raise
    if foreign:
        shown = sorted(foreign)[:_SHOWN]
        more = f" and {len(foreign) - _SHOWN} more" if len(foreign) > _SHOWN else ""
        return f"has a policy that allows other accounts: {', '.join(shown)}{more}"
    if some(lambda each: _left(policy, each, _allows_an_organization), reaching):
        return "has a policy that allows every account of an organization"
    return None


def _left(policy: PolicyDocument, statement: Statement, look: Callable[[Statement], T]) -> T | None:
    """What a look at a statement finds, if it also finds something once the denials of the policy are counted."""
    if not look(statement):
        return None
    left = policy.left_of(statement)
    return None if left is None else look(left)


def services_let_in(policy: PolicyDocument) -> Verdict | None:
    """The failure of a policy that lets AWS services in for whatever customer; None where it does not.

    Such a service is a "confused deputy" (IAM user guide, "The confused deputy problem"): any customer can have it act
    on the resource.

    Raises:
        Undecided: a service or a condition is not known, and no known service is let in so.

    """
    found: dict[str, bool] = {}

    def lets_in(statement: Statement) -> bool:
        for service in statement.unbound_services():
            if not delivers_only(service, statement):
                found[service] = found.get(service, False) or some(statement.covers_action, _READ)
        return bool(found)

    if not some(lets_in, policy.reaching()):
        return None
    more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    message = (
        f"has a policy that lets in {', '.join(sorted(found)[:_SHOWN])}{more} for any customer of the service: no "
        "condition names the account or the resource that it acts for"
    )
    return failed(message, severity=HIGH if any(found.values()) else MEDIUM)


def _allows_an_organization(statement: Statement) -> bool:
    keys = [condition.key for condition in statement.conditions]
    if not statement.is_about_anyone() or "aws:principalaccount" in keys:
        return False
    return any(key in _ORGANIZATION for key in keys)


@judgement(
    severity=MEDIUM,
    hipaa=_CITED,
    why="Whoever may make a database, a disk or a machine of the copy reads all ePHI on it: each account needs a "
    "reason, and a contract if it is not yours.",
)
def not_shared(shared_with: list[str], *_: object) -> Verdict:
    """Told with whom a snapshot or an image is shared: ids of accounts, ARNs of organizations, ``all`` for everyone."""
    if some(lambda one: one == "all", shared_with):
        return failed("is shared with everyone", severity=CRITICAL)
    others = sorted(map(str, shared_with))
    if others:
        more = f" and {len(others) - _SHOWN} more" if len(others) > _SHOWN else ""
        return failed(f"is shared with other accounts: {', '.join(others[:_SHOWN])}{more}")
    return passed("is shared with no other account")
