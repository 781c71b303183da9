"""The defaults of S3: how a bucket is of which nothing is written. All facts of buckets take them from this table."""

from __future__ import annotations

from typing import NamedTuple

from hipaa_guard.facts.values import Value


class Default(NamedTuple):
    """A setting that S3 makes by itself."""

    value: Value
    """The setting, as the fact has it."""
    since: str
    """The date, or the month, from which S3 makes it."""
    of_every_bucket: bool
    """Whether older buckets have it too. If not, source that says nothing may be of a bucket without it."""
    source: str
    """The page of AWS that says so."""


DEFAULTS = {
    "encryption_algorithm": Default(
        "AES256",
        "2023-01-05",
        True,
        'S3 user guide, "Amazon S3 now automatically encrypts all new objects"',
    ),
    "public_access_block": Default(
        "all four settings on",
        "April 2023",
        False,
        'AWS News Blog, "Heads-Up: Amazon S3 Security Changes Are Coming in April of 2023"',
    ),
    "object_ownership": Default(
        "BucketOwnerEnforced",
        "April 2023",
        False,
        'AWS News Blog, "Heads-Up: Amazon S3 Security Changes Are Coming in April of 2023"',
    ),
    "acl_is_public": Default(False, "2006-03-14", True, 'S3 user guide, "Access control list (ACL) overview"'),
}
"""Fact of a bucket -> its default."""


def assumed(fact: str) -> Value:
    """The value of a fact where source writes nothing: the default if every bucket has it, else None."""
    default = DEFAULTS[fact]
    return default.value if default.of_every_bucket else None


def only_of_new_buckets(fact: str) -> str:
    """In words, the default that protects only buckets that are new enough."""
    default = DEFAULTS[fact]
    return f"the default that S3 sets on buckets made since {default.since}"
