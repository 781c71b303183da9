"""Whether two resources are in one account and region, and which names need to know it."""

from __future__ import annotations

from hipaa_guard.facts.origin import Origin, account_in
from hipaa_guard.facts.places import in_one_account, in_one_place
from hipaa_guard.facts.readings import Listing, Singleton
from hipaa_guard.facts.resource import Resource
from hipaa_guard.lean import regex

# An ARN with an account (or of a bucket), and an id that AWS makes: each names one resource in the world.
_OF_ONE_RESOURCE = regex(r"arn:[^:]*:(s3:::|[^:]*:[^:]*:(\d{12}|aws):).+|.*-([0-9a-f]{8}|[0-9a-f]{17})")


def names_one_resource(kind: type[Resource], text: str) -> bool:
    """Whether a text names the same resource of a kind wherever it is used, as an ARN does."""
    block = kind.terraform
    return (block is not None and block.across_accounts) or _OF_ONE_RESOURCE.fullmatch(text) is not None


def is_of_all_regions(kind: type[Resource]) -> bool:
    """Whether a kind has its names, or its only resource, once in an account: the roles of IAM."""
    block, aws = kind.terraform, kind.aws
    return (block is not None and block.global_names) or (
        isinstance(aws, Listing | Singleton) and aws.scope == "account"
    )


def together(kind: type[Resource], one: Origin, other: Origin) -> bool | None:
    """Whether a resource of a kind and any other one are in one account and region; None where that is not known.

    The region does not matter for a kind of which there is one set in an account.
    """
    everywhere = is_of_all_regions(kind)
    if one.source == "aws":
        return one.account == other.account and (everywhere or one.region == other.region)
    accounts = (account_in(one.arn), account_in(other.arn))
    if None not in accounts and accounts[0] != accounts[1]:
        return False
    if everywhere:
        return in_one_account(one.place, other.place)
    if None not in accounts and one.region is not None and other.region is not None:
        return one.region == other.region
    return in_one_place(one.place, other.place)
