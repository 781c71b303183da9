"""How long a log group keeps its events: as it says itself, or as a retention policy of the account says for it."""

from collections.abc import Callable

from hipaa_guard.authoring import Inventory, Verdict, failed, passed, some
from hipaa_guard.controls.control import Status
from hipaa_guard.facts.lists import Incomplete, all_hold
from hipaa_guard.facts.values import Undecided, Unknown
from hipaa_guard.services.cloudwatch_logs import LogGroup
from hipaa_guard.services.log_retention import RetentionPolicy, has_prefix_of

_OF_ACCOUNT = ", by a retention policy of the account"


def kept_for(group: LogGroup, days: int, inventory: Inventory) -> Verdict:
    """The verdict on a log group that is to keep events for so many days.

    A retention policy of the account goes before the setting of the log group, also where it is shorter, and of several
    policies the longest holds (CloudWatch Logs API reference, PutAccountPolicy, read 2026-11-30).

    Raises:
        Undecided: it depends on a setting, or on a policy, that is not known.

    """
    policies = _declared(group, inventory)
    undecided: list[Undecided] = []

    def long(policy: RetentionPolicy) -> bool:
        return not policy.retention_days or policy.retention_days >= days

    def one(test: Callable[[RetentionPolicy], bool]) -> bool | None:
        try:
            return some(lambda each: all_hold(lambda: _holds_for(each, group), lambda: test(each)), policies)
        except Undecided as error:
            undecided.append(error)
            return None

    longer = one(long)
    if longer:
        return passed(f"keeps events for at least {days} days{_OF_ACCOUNT}")
    shorter = one(lambda policy: not long(policy))
    if longer is False and shorter:
        return failed(f"deletes events before {days} days{_OF_ACCOUNT}, which goes before its own setting")
    own = _by_itself(group, days)
    # A policy that is not known may agree with the log group.
    certain = (longer is False or own.status is Status.PASS) and (shorter is False or own.status is Status.FAIL)
    if undecided and not certain:
        raise undecided[0]
    return own


def _by_itself(group: LogGroup, days: int) -> Verdict:
    retention = group.retention_days
    if not retention:
        return passed("keeps events until somebody deletes them")
    if retention >= days:
        return passed(f"keeps events for {retention} days")
    return failed(f"deletes events after {retention} day{'' if retention == 1 else 's'}, before {days}")


def _declared(group: LogGroup, inventory: Inventory) -> list[RetentionPolicy]:
    """The policies declared for the account and region of a log group, not those of unread modules."""
    found = inventory.where(RetentionPolicy, group)
    return found.seen if isinstance(found, Incomplete) and found.candidates is None else found


def _holds_for(policy: RetentionPolicy, group: LogGroup) -> bool:
    selection = policy.selection
    if selection is not None:
        name = group.origin.known_name
        if name is None:
            raise Undecided(Unknown("the name of the log group is not known, by which a retention policy selects it"))
        if not has_prefix_of(selection, name):
            return False
    if not policy.is_retroactive:
        raise Undecided(Unknown(f"{policy.label} holds for log groups that are made after it, which is not known"))
    return True
