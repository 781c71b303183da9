"""Which types of resources belong to which folders of policies, as data of ``policies/law``.

A database belongs to *encryption at rest* whether or not a control of ours judges it. The roll-up asks here which lines
of the rule concern a resource that a scan met and did not judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from hipaa_guard.law import LawError, text_of

SAFEGUARDS = (
    "access_control",
    "audit_logging",
    "authentication",
    "backup_recovery",
    "encryption_at_rest",
    "encryption_in_transit",
    "integrity",
    "monitoring",
    "network_exposure",
    "patching",
)
"""The folders of `policies`."""

NEWER = "not known"
"""``Belonging.holds`` of a type that is newer than the data."""


class Belonging(NamedTuple):
    """The content of resources of a type ("database"), and the folders of policies whose controls should judge them."""

    holds: str
    safeguards: frozenset[str]

    def is_in(self, places: tuple[str, ...]) -> frozenset[str]:
        """The folders among ``places`` (``folder``, ``folder/content``) that the type belongs to."""
        named = (place.partition("/") for place in places)
        return self.safeguards & {
            folder for folder, _, holds in named if not holds or holds == self.holds or self.holds in _ANY
        }


_NOWHERE = Belonging("", frozenset())
_EVERYWHERE = Belonging(NEWER, frozenset(SAFEGUARDS))
_ANY = frozenset({NEWER, "anything"})
_PREFIXES = ("aws_", "awscc_", "AWS::")


@cache
def belonging(type: str) -> Belonging:
    """The folders that a type of Terraform (``aws_``, ``awscc_``) or CloudFormation (``AWS::``) belongs to.

    A type of another provider belongs to no folder, a type of AWS that is newer than the data to every folder.

    Raises:
        LawError: the data are missing or damaged.

    """
    if not type.startswith(_PREFIXES):
        return _NOWHERE
    # Most names are in the data as they are; taking each apart would cost each scan of source some milliseconds.
    row = rows().get(type)
    if row is None and type in others():
        return _NOWHERE
    row = row or _by_plain_name().get(_plain(type))
    if row is not None:
        return _read(row)
    return _NOWHERE if _plain(type) in _plain_others() else _EVERYWHERE


@cache
def rows() -> Mapping[str, str]:
    """The types that belong to a folder, each with the rest of its row.

    Raises:
        LawError: the data are missing or damaged.

    """
    named = (line.partition(",") for line in _lines("resource_types.csv"))
    return MappingProxyType({type: row for type, _, row in named})


@cache
def others() -> frozenset[str]:
    """The types that belong to no folder.

    Raises:
        LawError: the data are missing or damaged.

    """
    return frozenset(_lines("other_types.csv"))


def _lines(name: str) -> list[str]:
    """The rows of a file without its header. The last line of the header names the columns."""
    return text_of(name).rpartition("\n#")[2].splitlines()[2:]


def _read(row: str) -> Belonging:
    holds, _, safeguards = row.partition(",")
    found = Belonging(holds, frozenset(safeguards.split()))
    if not (holds and found.safeguards and found.safeguards.issubset(SAFEGUARDS)):
        raise LawError(f"resource_types.csv has a row that cannot be used, {row!r}: install hipaa-guard-cloud again")
    return found


@cache
def _by_plain_name() -> Mapping[str, str]:
    return MappingProxyType({_plain(type): row for type, row in rows().items()})


@cache
def _plain_others() -> frozenset[str]:
    return frozenset(map(_plain, others()))


def _plain(type: str) -> str:
    """The name without the parts that the sources write differently: ``dynamodbtable``."""
    prefix = next(prefix for prefix in _PREFIXES if type.startswith(prefix))
    return type[len(prefix) :].replace("_", "").replace(":", "").lower()
