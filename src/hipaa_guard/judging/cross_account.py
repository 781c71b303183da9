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
from hipaa_guard.judging.delivering_services import delivers_only

_ORGANIZATION = ("aws:principalorgid", "aws:principalorgpaths", "aws:vpceorgid", "aws:vpceorgpaths")
_SHOWN = 5


@judgement(
    severity=MEDIUM,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Each account that gets in is a party that can see ePHI: it needs a reason, and a contract if it is not yours.",
)
def no_cross_account(policy: PolicyDocument | None, resource: Resource, *_: object, places: str = "outsiders") -> Verdict:
    """Told the resource policy, None where there is none.

    ``places="own"`` says that only one's own networks reach the resource at all, so that whoever calls from one of them
    is no outsider.
    """
    if policy is None:
        return passed("has no policy, so that no other account gets in")
    outsiders = outsiders_let_in(policy, resource.origin.own_account, places=places)
    if outsiders is not None:
        return failed(outsiders)
    services = services_let_in(policy)
    if services is not None:
        return failed(services, severity=MEDIUM)
    return passed("has a policy that names no other account")


def outsiders_let_in(policy: PolicyDocument | None, own: str | None, *, places: str = "outsiders") -> str | None:
    """Whom outside the account `own` a resource policy lets in, as the message of a failure; None where nobody.

    Raises:
        Undecided: the policy names accounts and `own`, or one of them, is not known.

    """
    if policy is None:
        return None
    if policy.is_public():
        return "has a policy that allows everyone, without a condition that names who"
    reaching = list(policy.reaching())
    if places == "outsiders" and some(Statement.lets_in_a_place, reaching):
        return "has a policy that allows whoever calls from a network, of whatever account"
    foreign = sorted({account for statement in reaching for account in statement.foreign_accounts(own)})
    if foreign:
        more = f" and {len(foreign) - _SHOWN} more" if len(foreign) > _SHOWN else ""
        return f"has a policy that allows other accounts: {', '.join(foreign[:_SHOWN])}{more}"
    if any(_allows_an_organization(statement) for statement in reaching):
        return "has a policy that allows every account of an organization"
    return None


def services_let_in(policy: PolicyDocument | None) -> str | None:
    """The AWS services that a policy lets in for whatever customer, as the message of a failure; None where none.

    Such a service is a "confused deputy" (IAM user guide, "The confused deputy problem"): any customer can have it act
    on the resource.

    Raises:
        Undecided: a service or a condition is not known, and no known service is let in so.

    """
    if policy is None:
        return None
    found: set[str] = set()

    def lets_in(statement: Statement) -> bool:
        services = statement.unbound_services()
        open_ = [each for each in services if not delivers_only(each, statement)]
        found.update(open_)
        return bool(open_)

    if not some(lets_in, policy.reaching()):
        return None
    services = sorted(found)
    more = f" and {len(services) - _SHOWN} more" if len(services) > _SHOWN else ""
    return (
        f"has a policy that lets in {', '.join(services[:_SHOWN])}{more} for any customer of the service: no condition "
        "names the account or the resource that it acts for"
    )


def _allows_an_organization(statement: Statement) -> bool:
    keys = [condition.key for condition in statement.conditions]
    if not statement.is_about_anyone() or "aws:principalaccount" in keys:
        return False
    return any(key in _ORGANIZATION for key in keys)
