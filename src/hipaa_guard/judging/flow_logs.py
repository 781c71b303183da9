"""Flow logs: the traffic that they record, of a whole network or subnet by subnet."""

from hipaa_guard.authoring import Inventory, every, some
from hipaa_guard.facts.lists import all_hold
from hipaa_guard.facts.values import Undecided
from hipaa_guard.services import vpc

KINDS = ("ACCEPT", "REJECT")
"""The kinds of traffic; a flow log of ``ALL`` records both."""


def records(logs: list[vpc.FlowLog], kind: str, *, named: bool = False) -> bool:
    """Whether a flow log that can be delivered records a kind of traffic, with the addresses of both ends.

    ``named`` asks besides that its records can be told from those of the other kind. Raises `Undecided`.
    """

    def is_record(log: vpc.FlowLog) -> bool:
        return all_hold(
            lambda: log.of_whole,
            lambda: log.failure is None,
            lambda: log.traffic in ("ALL", kind),
            log.tells_addresses,
            lambda: not named or log.traffic == kind or log.tells_action(),
        )

    return some(is_record, logs)


def leaves_out_addresses(logs: list[vpc.FlowLog]) -> bool:
    """Whether a flow log that can be delivered has records that do not tell who reached whom. Raises `Undecided`."""
    return some(
        lambda log: all_hold(lambda: log.of_whole, lambda: log.failure is None, lambda: not log.tells_addresses()),
        logs,
    )


def recorded_by_subnets(network: vpc.Vpc, inventory: Inventory) -> bool:
    """Whether flow logs of all subnets of a network certainly record both kinds of traffic. Source may not have all.

    For a network without a flow log of its own, which is a gap in any case.
    """
    try:
        own = [each for each in inventory.all(vpc.Subnet) if inventory.find(vpc.Vpc, each.vpc) is network]
        return bool(own) and every(lambda kind: every(lambda each: records(each.flow_logs, kind), own), KINDS)
    except Undecided:
        return False
