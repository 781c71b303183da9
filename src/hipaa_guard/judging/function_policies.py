"""Policies of a function: its own, and those of its aliases and published versions.

Lambda keeps a policy for the function, for each alias and for each version. Who may call an alias or a version may call
the code of the function, so that all of them are judged at the function.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from hipaa_guard.authoring import Inventory, Statement, some
from hipaa_guard.facts.lists import all_hold, joined
from hipaa_guard.services import lambda_functions

REMOVES_A_PERMISSION = """
    aws lambda remove-permission --function-name FUNCTION --statement-id STATEMENT
    aws lambda remove-permission --function-name FUNCTION --qualifier ALIAS_OR_VERSION --statement-id STATEMENT
"""
"""The commands that take a permission away, for fixes: at the function, and at one of its aliases or versions."""
NAMES_THE_PLACE = "The second command is for a permission of an alias or version, which has a policy of its own."

_REPLICATOR = "replicator.lambda.amazonaws.com"
_READS = frozenset({"lambda:getfunction", "lambda:getfunction*", "lambda:getfunctionconfiguration"})

_Resource = lambda_functions.Function | lambda_functions.Alias | lambda_functions.Version


def services_for_anyone(statement: Statement) -> list[str]:
    """The AWS services that a statement lets call a function for any customer.

    The service that copies functions of Lambda@Edge reads them and calls none. Lambda itself writes its permission,
    without a source (CloudFront developer guide, "Set up IAM permissions and roles for Lambda@Edge", on
    ``lambda:EnableReplication*``; read 2026-11-30).

    Raises:
        Undecided: a service, a condition or an action is not known.

    """
    services = statement.unbound_services()
    if services == [_REPLICATOR] and statement.covers_only(_READS):
        return []
    return services


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


class CalledVersion(NamedTuple):
    """A published version of a function, and the name of an alias that calls it."""

    version: lambda_functions.Version
    alias: str


def called_version(
    function: lambda_functions.Function,
    inventory: Inventory,
    test: Callable[[lambda_functions.Version], bool],
) -> CalledVersion | None:
    """A published version for which a test holds, and that an alias calls; None where there is none.

    Versions that no alias names are left out: each deployment leaves one behind, which nobody calls.

    Raises:
        Undecided: there certainly is none, and there may be one.

    """
    found: list[CalledVersion] = []
    arn, of = function.origin.arn, lambda_functions.function_of
    aliases = inventory.of(lambda_functions.Alias, of, arn)

    def is_called(version: lambda_functions.Version) -> bool:
        def calls(alias: lambda_functions.Alias) -> bool:
            called = some(lambda name: name == version.origin.name, alias.versions)
            if called:
                found.append(CalledVersion(version, str(alias.origin.name)))
            return called

        return all_hold(lambda: test(version), lambda: some(calls, aliases))

    return found[-1] if some(is_called, inventory.of(lambda_functions.Version, of, arn)) else None
