"""Names of listed resources."""

from __future__ import annotations

from typing import Any

from hipaa_guard.aws.calling.calls import jmespath_result
from hipaa_guard.aws.collecting.fact_source import Item
from hipaa_guard.aws.planning import templates
from hipaa_guard.facts.readings import Listing, Singleton


def name_of(item: Item) -> str | None:
    """The name of the resource: from its listing, else its ``Name``, else the end of its ARN."""
    listing = item.plan.listing
    if isinstance(listing, Singleton):
        return item.region or str(item.fields["account"])
    found = jmespath_result(listing.name, item.own) if listing.name else item.own.get(listing.wrap)
    if isinstance(found, str) and found:
        return found
    return item.arn.rpartition(":")[2].rpartition("/")[2] if item.arn else None


def keys_of(item: Item) -> frozenset[str]:
    """All texts that other resources may use to name this one."""
    found: set[str] = {text for text in (item.name, item.arn) if text}
    if item.arn:
        found.update((item.arn.rpartition(":")[2], item.arn.rpartition("/")[2]))
    if isinstance(item.plan.listing, Listing):
        for expression in item.plan.listing.keys:
            value = jmespath_result(expression, item.own)
            found.update(str(each) for each in (value if isinstance(value, list) else [value]) if each)
    return frozenset(found)


def is_same(item: Item, element: Any) -> bool:
    """Whether a newly listed element is the item: the fields of its ARN, name and keys are equal."""
    listing = item.plan.listing
    assert isinstance(listing, Listing)
    own = element if isinstance(element, dict) else {listing.wrap: element}
    fields = {**item.fields, **own}
    again = Item(item.plan, own, fields, item.region, item.listed_in, parent=item.parent)
    again.arn = templates.text(listing.arn, fields)
    return (again.arn, name_of(again)) == (item.arn, item.name)
