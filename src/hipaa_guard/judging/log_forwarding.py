"""Log events that CloudWatch Logs sends on, and the account that they go to."""

from typing import cast

from hipaa_guard.authoring import Inventory, PolicyDocument, Verdict, failed, passed
from hipaa_guard.facts.places import in_one_account
from hipaa_guard.facts.policies.texts import identity
from hipaa_guard.facts.resource import Fact
from hipaa_guard.facts.values import PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.judging.cross_account import if_own_account
from hipaa_guard.lean import regex
from hipaa_guard.services import cloudwatch_logs

_STAYS = "sends log events to a stream or function, which CloudWatch Logs takes of the same account alone"
_OWN = "sends log events to a destination of its own account"
_OF_OWN_ACCOUNT = regex(r"(?:.*\.)?aws(?:cc)?_(?:kinesis|kinesisfirehose|lambda)_\w+\..+")
"""Addresses of streams and functions."""
_DESTINATIONS = (cloudwatch_logs.Destination, cloudwatch_logs.DeliveryDestination)
_GAP = "\ue004"
"""Stands for a part of an ARN that is not known."""


def account_sent_to(subscription: cloudwatch_logs.Subscription, inventory: Inventory) -> Verdict:
    """The failure of a filter, policy or delivery that sends log events to another account; else a pass.

    Raises:
        Undecided: the account is not known.

    """
    named = subscription.peek(cast("Fact", type(subscription).destination))
    if isinstance(named, Reference):
        return _to_declared(named, subscription, inventory)
    segments = _segments(named)
    if len(segments) < 6 or _GAP in segments[2]:
        raise Undecided(named if isinstance(named, Unknown) else Unknown(f"its destination {named} is not an ARN"))
    if segments[2] != "logs":
        return passed(_STAYS)
    if _GAP in segments[4]:
        raise Undecided(named)
    sent_to = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{segments[4]}:root"}}
    policy = PolicyDocument.parse({"Statement": [sent_to]})
    assert isinstance(policy, PolicyDocument), "nothing in it is unknown"
    others = [account for each in policy for account in each.foreign_accounts(subscription.origin.own_account)]
    verdict = failed(f"sends log events to another account: {others[0]}") if others else passed(_OWN)
    return if_own_account(verdict, policy, subscription)


def _segments(arn: Value) -> list[str]:
    """The parts of an ARN, with symbols for identities that are looked up and `_GAP` for what is not known."""
    parts = arn.parts if isinstance(arn, PartialText) else (arn,)
    texts = [identity(part) for part in parts]
    return "".join(_GAP if isinstance(text, Unknown) else text for text in texts).split(":", 5)


def _to_declared(named: Reference, subscription: cloudwatch_logs.Subscription, inventory: Inventory) -> Verdict:
    if _OF_OWN_ACCOUNT.fullmatch(named.address):
        return passed(_STAYS)
    found = (inventory.lookup(kind, named) for kind in _DESTINATIONS)
    target = next((each for each in found if each is not None), None)
    if target is None:
        raise Undecided(named)
    one = in_one_account(target.origin.place, subscription.origin.place)
    if one is None:
        raise Undecided(Unknown(f"it is not known whether {target.label} is in the same account"))
    return passed(_OWN) if one else failed(f"sends log events to {target.label}, which is in another account")
