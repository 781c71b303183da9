"""Policies of a function: its own, and those of its aliases and published versions.

Lambda keeps a policy for the function, for each alias and for each version. Who may call an alias or a version may call
the code of the function, so that all of them are judged at the function.
"""

from collections.abc import Callable
from typing import Any

from hipaa_guard.authoring import Inventory, Statement, some
from hipaa_guard.facts.lists import joined
from hipaa_guard.services import lambda_functions

REMOVES_A_PERMISSION = """
    aws lambda remove-permission --function-name FUNCTION --statement-id STATEMENT
    aws lambda remove-permission --function-name FUNCTION --qualifier ALIAS_OR_VERSION --statement-id STATEMENT
"""
"""The commands that take a permission away, for fixes: at the function, and at one of its aliases or versions."""
NAMES_THE_PLACE = "The second command is for a permission of an alias or version, which has a policy of its own."

_Resource = lambda_functions.Function | lambda_functions.Alias | lambda_functions.Version


def place_of(
    test: Callable[[Statement], object], function: lambda_functions.Function, inventory: Inventory
) -> str | None:
    """The place of a statement for which a test holds, as the end of a message; None where it holds for no statement.

    The place is empty for the function's own policy, and ``, at its alias live`` for that of an alias. For a statement
    about the URL of either it ends with ``, through its function URL``.

    Raises:
        Undecided: the test certainly holds for no statement, and for at least one this is not known.

    """
    places: list[str] = []

    def holds(resource: _Resource) -> bool:
        def noted(statement: Statement) -> bool:
            if test(statement):
                qualified = lambda_functions.in_words(resource, statement)
                through = ", through its function URL" if lambda_functions.is_about_url(statement) else ""
                places.append((f", at its {qualified}" if qualified else "") + through)
                return True
            return False

        policy = resource.policy
        return policy is not None and some(noted, policy.statements)

    aliases: list[Any] = inventory.of(lambda_functions.Alias, lambda_functions.function_of, function.origin.arn)
    # The last place is that of the statement that decided: earlier ones may be of statements that only may exist.
    others: list[Any] = with_versions(function, inventory)
    return places[-1] if some(holds, joined(others, aliases)) else None


def with_versions(
    function: lambda_functions.Function, inventory: Inventory
) -> list[lambda_functions.Function | lambda_functions.Version]:
    """A function and its published versions; `Incomplete` where these could not be listed."""
    own: list[Any] = [function]
    versions: list[Any] = inventory.of(lambda_functions.Version, lambda_functions.function_of, function.origin.arn)
    return joined(own, versions)
