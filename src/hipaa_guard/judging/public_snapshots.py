"""Snapshots are not public: no stranger makes a database or a disk of one."""

from hipaa_guard.authoring import CRITICAL, Inventory, Verdict, failed, judgement, passed, some
from hipaa_guard.facts.lists import Incomplete, certain
from hipaa_guard.facts.policies.binding_conditions import OF_MEMBERS, SYMBOL_START
from hipaa_guard.facts.policies.document import symbolic
from hipaa_guard.facts.values import Existing, Undecided, Unknown
from hipaa_guard.services import ebs


@judgement(
    severity=CRITICAL,
    hipaa=("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    why="Anyone with an AWS account can restore a public snapshot, and with it all ePHI that it holds.",
)
def snapshot_not_public(named_only: bool, *_: object) -> Verdict:
    """Told whether it is shared with named accounts at most."""
    if named_only:
        return passed("is not shared with everyone")
    return failed("is public: every AWS account may restore it")


def means_everyone(account: str | Unknown) -> bool:
    """Whether an account that a snapshot is shared with stands for everyone. Raises `Undecided`.

    An id that Terraform looks up, or that a declared account of an organization has, is the id of one account.
    """
    named = symbolic(account)
    if isinstance(account, Existing) or (isinstance(named, str) and OF_MEMBERS.search(named.strip(SYMBOL_START))):
        return False
    return account == "all"


def sharing_is_blocked(snapshot: ebs.Snapshot, inventory: Inventory) -> bool:
    """Whether the region of a snapshot blocks all public sharing.

    EC2 then treats a snapshot that is shared with everyone as private, and leaves its permission in place (EC2 API
    reference, EnableSnapshotBlockPublicAccess, read 2026-11-30).

    Raises:
        Undecided: that is not known.

    """
    regions = inventory.where(ebs.SnapshotPublicAccess, snapshot)
    return some(lambda region: region.state == "block-all-sharing", regions)


def effectively_shared_with(snapshot: ebs.Snapshot, inventory: Inventory) -> list[str]:
    """The accounts that a snapshot is shared with; ``all`` only where its region does not block that.

    It is `Incomplete` where that is not known.
    """
    shared = snapshot.shared_with
    if not certain(lambda one: one == "all", shared):
        return shared
    others = [one for one in shared if one != "all"]
    try:
        return others if sharing_is_blocked(snapshot, inventory) else shared
    except Undecided as error:
        return Incomplete(others, error.unknown)
