"""No cross-account access: a resource policy lets in nobody outside its account."""

from collections.abc import Callable, Collection, Iterator
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
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.lists import gathered
from hipaa_guard.facts.policies.texts import identity
from hipaa_guard.facts.values import Existing, Undecided, Unknown
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
_BY_POLICY = "a policy that allows"
_LETS_IN = "has a policy that "


@judgement(
    severity=MEDIUM,
    hipaa=_CITED,
    why="Each account that gets in is a party that can see ePHI: it needs a reason, and a contract if it is not yours.",
)
def no_cross_account(policy: PolicyDocument | None, resource: Resource, *_: object) -> Verdict:
    """Told the resource policy, None where there is none."""
    return if_own_account(on_access_by(policy, resource.origin.own_account), policy, resource)


def if_own_account(verdict: Verdict, policy: PolicyDocument | None, resource: Resource) -> Verdict:
    """The verdict; a pass only if the account that the policy looks up as its own is that of the resource.

    Terraform looks it up by one provider, and may make the resource by another. A provider that names its account
    has it in the policy as a number. So an account that is still to be looked up is that of another provider, if the
    provider of the resource names one.

    Raises:
        Undecided: that is not known.

    """
    place = resource.origin.place
    if verdict.status is Status.PASS and policy is not None and place is not None and place.account is not None:
        found = next((text for text in _texts(policy) if _LOOKED_UP in f".{text}"), None)
        if found is not None:
            raise Undecided(Unknown(f"it is not known whether the account that it looks up is {place.account}"))
    return verdict


_LOOKED_UP = ".aws_caller_identity."


def _texts(policy: PolicyDocument) -> Iterator[str]:
    """The texts of principals and conditions by which a policy allows something, with symbols for what is looked up."""
    for statement in policy.allowances():
        named = [principal.value for principal in statement.principals]
        named += [identity(value) for condition in statement.conditions for value in condition.values]
        yield from (text for text in named if isinstance(text, str))


def on_access_by(policy: PolicyDocument | None, own: str | None, owner: Callable[[], str] | None = None) -> Verdict:
    """The verdict of `no_cross_account` for the account `own`, with the canonical user id that `owner` tells of it."""
    if policy is None:
        return passed("has no policy, so that no other account gets in")
    outsiders = outsiders_let_in(policy, own, owner=owner)
    if outsiders is None:
        return services_let_in(policy) or passed("has a policy that names no other account")
    services = _known_services(policy)
    if services is None or services.severity is not HIGH:
        return failed(outsiders)
    return failed(f"{outsiders}, and {services.message.removeprefix(_LETS_IN)}", HIGH)


def _known_services(policy: PolicyDocument) -> Verdict | None:
    """The failure of a policy that certainly lets services in for whatever customer."""
    try:
        return services_let_in(policy)
    except Undecided:
        return None


def first_told(*looks: Callable[[], str | None]) -> str | None:
    """The first message that one of several looks tells; None where none tells any.

    Raises:
        Undecided: none certainly tells one, and one may.

    """
    found: list[str | None] = []

    def tells(look: Callable[[], str | None]) -> bool:
        found.append(look())
        return found[-1] is not None

    return found[-1] if some(tells, looks) else None


def outsiders_let_in(
    policy: PolicyDocument | None, own: str | None, *, by: str = _BY_POLICY, owner: Callable[[], str] | None = None
) -> str | None:
    """Whom outside the account `own` a resource policy lets in, as the message of a failure; None where nobody.

    `by` names in messages what lets them in. `owner` tells the canonical user id of the account, for policies of S3.

    Raises:
        Undecided: the policy names accounts and `own`, or one of them, is not known.

    """
    if policy is None:
        return None
    if policy.is_public():
        return f"has {by} everyone, without a condition that names who"
    reaching = list(policy.reaching())
    if some(lambda each: _left(policy, each, Statement.lets_in_a_place), reaching):
        return f"has {by} whoever calls from a network, of whatever account"

    def accounts_of(statement: Statement) -> list[str]:
        if not statement.foreign_accounts(own, owner):
            return []
        return gathered(lambda left: left.foreign_accounts(own, owner), policy.left_of(statement))

    foreign = gathered(accounts_of, reaching)
    if foreign:
        return f"has {by} other accounts: {_listed(foreign)}"
    if some(lambda each: _left(policy, each, _allows_an_organization), reaching):
        return f"has {by} every account of an organization"
    return None


def _listed(names: Collection[str]) -> str:
    """The first names in their order, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(sorted(names)[:_SHOWN])}{more}"


def _left(policy: PolicyDocument, statement: Statement, look: Callable[[Statement], bool]) -> bool:
    """Whether a look at a statement finds something, also once the denials of the policy are counted."""
    return look(statement) and some(look, policy.left_of(statement))


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

    if not some(lambda each: bool(each.services()) and some(lets_in, policy.left_of(each)), policy.reaching()):
        return None
    message = (
        f"{_LETS_IN}lets in {_listed(found)} for any customer of the service: no condition names the account "
        "or the resource that it acts for"
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
def not_shared(shared_with: list[str], resource: Resource, *_: object) -> Verdict:
    """Told with whom a snapshot or an image is shared: ids of accounts, ARNs of organizations, ``all`` for everyone.

    Its own account, where that is known, is no other one.
    """
    own = resource.origin.own_account

    def is_other(one: str | Unknown) -> bool:
        return not (isinstance(one, Existing) and one.own) and one != own

    others = gathered(lambda one: [str(one)] if is_other(one) else [], shared_with)
    if "all" in others:
        return failed("is shared with everyone", severity=CRITICAL)
    if others:
        return failed(f"is shared with other accounts: {_listed(others)}")
    return passed("is shared with no other account")
