"""Tags of resources."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete, mapped
from hipaa_guard.facts.readings import TerraformReading, View
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.values import Unknown, Value


class Tag(Record):
    """A tag of a resource."""

    __slots__ = ("key", "value")

    key: str
    value: str


def declared_tags(view: View) -> Value:
    """The tags, with those that the provider sets on all resources."""
    tags = view.get("tags_all")
    if isinstance(tags, Unknown):
        return Incomplete([], tags)
    return [Tag(key=key, value=value) for key, value in (tags or {}).items()]


def awscc_tags(argument: str = "tags") -> TerraformReading:
    """A reading for an argument of the `awscc` provider with keys and values."""

    def read(view: View) -> Value:
        tags = view.get(argument)
        return Incomplete([], tags) if isinstance(tags, Unknown) else mapped(_tag, [] if tags is None else tags)

    return read


def _tag(tag: Value) -> Tag:
    return Tag(key=tag, value=tag) if isinstance(tag, Unknown) else Tag(key=tag.get("key"), value=tag.get("value"))


def answered_tags(tags: list[dict[str, Value]] | None) -> list[Tag]:
    """The tags of an answer, each with ``Key`` and ``Value``."""
    return [Tag(key=tag["Key"], value=tag["Value"]) for tag in tags or []]
