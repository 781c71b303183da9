"""How an instance is bought: at the usual price, at the Spot price, or as part of a capacity block."""

from __future__ import annotations

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.values import Unknown, Value

SPOT = "spot"
MARKETS = one_of(SPOT, "scheduled", "capacity-block", "interruptible-capacity-reservation", "on-demand")
"""EC2 API reference, Instance (instanceLifecycle) and InstanceMarketOptionsRequest (MarketType)."""


def declared(view: View) -> Value:
    """The market of a declared instance; None where its template decides."""
    if view.type == "aws_spot_instance_request":
        return SPOT
    return of_options(view, "instance_market_options")


def of_template(view: View) -> Value:
    """The market of the instances of a launch template; None for the usual one."""
    return of_options(view, "instance_market_options")


def of_awscc_template(view: View) -> Value:
    """As `of_template`, of the `awscc` provider."""
    return of_options(view, "launch_template_data.instance_market_options")


def of_options(view: View, path: str) -> Value:
    """The market in a block of options, which is Spot where the block does not name one (the provider's default)."""
    options = view.get(path)
    if isinstance(options, Unknown):
        return options
    market = view.get(f"{path}.market_type") if options else None
    return SPOT if options and market is None else market
