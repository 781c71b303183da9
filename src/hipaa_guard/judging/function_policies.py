"""Policies of a function: its own, and those of its aliases and published versions.

Lambda keeps a policy for the function, for each alias and for each version. Who may call an alias or a version may call
the code of the function, so that all of them are judged at the function.
"""

from collections.abc import Callable
from typing import Any

from hipaa_guard.authoring import Inventory, Statement, some
from hipaa_guard.facts.values import joined
from hipaa_guard.services import lambda_functions

_Resource = lambda_functions.Function | lambda_functions.Alias | lambda_functions.Version


def place_of(
    test: Callable[[Statement], object], function: lambda_functions.Function, inventory: Inventory
) -> str | None:
    """The place of a statement for which a test holds, as the end of a message; None where it holds for no statement.

    The place is empty for the function's own policy, and ``, at its alias live`` for that of an alias.

    Raises:
        Undecided: the test certainly holds for no statement, and for at least one this is not known.

    """
    places: list[str] = []

    def holds(resource: _Resource) -> bool:
        def noted(statement: Statement) -> bool:
            if test(statement):
                qualified = lambda_functions.in_words(resource, statement)
                places.append(f", at its {qualified}" if qualified else "")
                return True
            return False

        policy = resource.policy
        return policy is not None and some(noted, policy.statements)

    arn = function.origin.arn
    own: list[Any] = [function]
    aliases: list[Any] = inventory.of(lambda_functions.Alias, lambda_functions.function_of, arn)
    versions: list[Any] = inventory.of(lambda_functions.Version, lambda_functions.function_of, arn)
    # The last place is that of the statement that decided: earlier ones may be of statements that only may exist.
    return places[-1] if some(holds, joined(own, aliases, versions)) else None
