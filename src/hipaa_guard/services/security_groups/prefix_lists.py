"""Prefix lists: address ranges that rules of security groups name together."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete, joined, mapped
from hipaa_guard.facts.readings import Block, Listing, View, ask
from hipaa_guard.facts.resource import Resource, fact
from hipaa_guard.facts.values import Existing, Unknown, Value


def as_list(value: Value) -> list[Value]:
    """A list argument; an `Incomplete` list if it is not known, or only in part."""
    if value is None:
        return []
    if isinstance(value, Incomplete):
        return value
    if isinstance(value, Unknown):
        return Incomplete([], value)
    return value if isinstance(value, list) else [value]


def is_kept_by_aws(pointer: object) -> bool:
    """Whether a data source looks up one of the lists that AWS keeps, which hold networks of AWS's own services.

    EC2 API reference, CreateManagedPrefixList, read 2026-11-30: no other name starts with ``com.amazonaws``.
    DescribePrefixLists, which `aws_prefix_list` asks, knows the lists of AWS's services alone.
    """
    if not isinstance(pointer, Existing):
        return False
    of_a_service = f".{pointer.address}".rpartition(".data.")[2].startswith("aws_prefix_list.")
    return of_a_service or (pointer.asked_by or "").startswith("com.amazonaws.")


def _declared_ranges(view: View) -> Value:
    """The ranges of a prefix list, from its own blocks and from separate entries."""
    blocks = joined(as_list(view.get("entry")), as_list(view.get("entries")))  # of `aws`, of `awscc`
    splits = view.linked("aws_ec2_managed_prefix_list_entry")
    return mapped(lambda each: each.get("cidr"), joined(blocks, splits))


class PrefixList(Resource):
    """A customer managed prefix list. Those that AWS manages have AWS's own networks."""

    noun = "prefix list"
    terraform = Block(
        "aws_ec2_managed_prefix_list",
        "awscc_ec2_prefix_list",
        joins={"aws_ec2_managed_prefix_list_entry": "prefix_list_id"},
        name="name",
        awscc_name="prefix_list_name",
    )
    aws = Listing(
        "ec2.describe_managed_prefix_lists",
        "PrefixLists[?OwnerId!='AWS']",
        always=["PrefixLists[].OwnerId"],
        arn="{PrefixListArn}",
        name="PrefixListName",
        keys=("PrefixListId",),
    )
    aws_types = ("AWS::EC2::PrefixList", "ec2:prefix-list")

    ranges: list[Value] = fact(
        terraform=_declared_ranges,
        awscc=_declared_ranges,
        unset=(),
        aws=ask("ec2.get_managed_prefix_list_entries", "Entries[].Cidr", PrefixListId="{PrefixListId}", always=True),
    )
