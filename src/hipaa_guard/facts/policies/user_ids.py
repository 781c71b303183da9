"""Unique ids of users and roles, as the key aws:userid has them."""

from __future__ import annotations

from hipaa_guard.facts.values import Undecided, Unknown
from hipaa_guard.lean import regex

USER_ID = "aws:userid"
_UNIQUE_ID = regex(r"A[A-Z0-9]{3,}")
_KNOWN = regex(r"\d{12}")


def account_of_user_id(text: str) -> str:
    """The account in an aws:userid: the id of a root user, also before the name of a federated one, is its account.

    Empty where no id is written out, as where it is that of a declared role (IAM user guide, "IAM policy elements:
    Variables and tags", "Principal key values").

    Raises:
        Undecided: a user or a role is named, whose id does not tell its account.

    """
    id_ = text.partition(":")[0]
    if _UNIQUE_ID.fullmatch(id_):
        raise Undecided(Unknown(f"the id {id_} in aws:userid does not tell whose account it is of"))
    return id_ if _KNOWN.fullmatch(id_) else ""
