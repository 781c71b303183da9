"""AWS services that deliver logs, whose documented policies name no source, and the actions with which they do."""

from hipaa_guard.authoring import Statement
from hipaa_guard.facts.policies.statements import DELIVERING

_DELIVERING_SERVICES = frozenset({
    # Elastic Load Balancing, "Enable access logs for your Application Load Balancer": the policy names no source.
    "logdelivery.elasticloadbalancing.amazonaws.com",
    # The older name, Outposts and the documents of the Classic Load Balancer.
    "logdelivery.elb.amazonaws.com",
})  # fmt: skip
"""As of 2026-11."""


def delivers_only(service: str, statement: Statement) -> bool:
    """Whether the statement lets a service that delivers logs for Elastic Load Balancing write them, and no more.

    Raises:
        Undecided: an action is not known.

    """
    return service in _DELIVERING_SERVICES and statement.covers_only(DELIVERING)
