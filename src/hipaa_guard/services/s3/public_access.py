"""S3 Block Public Access: the four switches that buckets, access points and accounts have."""

from __future__ import annotations

from hipaa_guard.facts.records import Record
from hipaa_guard.facts.values import Undecided, Value
from hipaa_guard.services.s3 import declared


class PublicAccessBlock(Record):
    """The four switches of S3 Block Public Access."""

    __slots__ = declared.SWITCHES

    block_public_acls: bool
    block_public_policy: bool
    ignore_public_acls: bool
    restrict_public_buckets: bool

    def off(self) -> list[str]:
        """The names of the switches that are off, even if other switches are unknown.

        Raises:
            Undecided: no switch is known to be off, and one is unknown.

        """
        off, unknown = [], None
        for name in self.__slots__:
            try:
                if not getattr(self, name):
                    off.append(name)
            except Undecided as error:
                unknown = error
        if unknown is not None and not off:
            raise unknown
        return off


def block_of(switches: dict[str, Value]) -> PublicAccessBlock:
    """The switches as a record, from their values by name."""
    return PublicAccessBlock(**{name: declared.truth(switches[name]) for name in PublicAccessBlock.__slots__})


def answered_block(configuration: dict[str, Value] | None) -> Value:
    """The switches by name, as S3 answers them; a left-out one is off."""
    if configuration is None:
        return None
    return {
        "block_public_acls": configuration.get("BlockPublicAcls", False),
        "block_public_policy": configuration.get("BlockPublicPolicy", False),
        "ignore_public_acls": configuration.get("IgnorePublicAcls", False),
        "restrict_public_buckets": configuration.get("RestrictPublicBuckets", False),
    }
