"""Functions that CloudFront runs at its edge locations (Lambda@Edge)."""

from hipaa_guard.authoring import Inventory, Statement, some
from hipaa_guard.facts.lists import all_hold
from hipaa_guard.facts.policies.principals import Principal
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.services import iam, lambda_functions

_SERVICE = "edgelambda.amazonaws.com"


def is_for_the_edge(function: lambda_functions.Function, inventory: Inventory) -> bool:
    """Whether CloudFront may run a function: its role trusts Lambda@Edge, as AWS asks for.

    CloudFront developer guide, "Restrictions on Lambda@Edge", read 2026-11-30. It takes no function that runs in a VPC.

    Raises:
        Undecided: a role trusts Lambda@Edge, or may do so, and may be that of the function.

    """
    if not some(_trusts_edge, inventory.all(iam.Role)):
        return False
    named: Value = function.role
    role = inventory.lookup(iam.Role, named)
    if role is None and isinstance(named, Unknown):
        raise Undecided(named)
    return role is not None and _trusts_edge(role)


def _trusts_edge(role: iam.Role) -> bool:
    def lets_in(statement: Statement) -> bool:
        return all_hold(lambda: statement.effect == "Allow", lambda: some(_is_edge, statement.principals))

    return some(lets_in, role.trust)


def _is_edge(principal: Principal) -> bool:
    return principal.type == "Service" and bool(principal.value == _SERVICE)
