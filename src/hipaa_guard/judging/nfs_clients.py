"""NFS clients, for whom EFS enforces few of the conditions that the policy of a file system names."""

from collections.abc import Callable

from hipaa_guard.authoring import PolicyDocument
from hipaa_guard.facts.values import Undecided
from hipaa_guard.services.efs import NFS_CLIENTS


def only_of_clients(policy: PolicyDocument, look: Callable[[PolicyDocument], str | None]) -> str | None:
    """The gap that a look finds in the policy as it is for NFS clients, and not in its text; None where it finds none.

    `look` gives the gap of a policy, as a predicate, or None.

    Raises:
        Undecided: whether there is such a gap is not known.

    """
    try:
        if look(policy) is not None:
            return None  # the text has the gap already
    except Undecided:
        pass  # it may have it for others than NFS clients
    gap = look(NFS_CLIENTS.left_of(policy))
    if gap is None:
        return None
    return f"{gap}: EFS does not enforce {', '.join(NFS_CLIENTS.others_in(policy))} for NFS clients"
