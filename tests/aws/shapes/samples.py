"""Sample values of botocore's shapes: the least that a shape asks for, and something of everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Shape = Any
"""A shape of botocore's model."""
DAY = datetime(2026, 1, 1, tzinfo=UTC)


def least(shape: Shape) -> dict[str, Any]:
    """The smallest answer of an output shape: its lists and maps are empty, and what it must have is there."""
    if shape is None:
        return {}
    lists: dict[str, Any] = {
        name: [] if each.type_name == "list" else {} for name, each in shape.members.items() if _holds_many(each)
    }
    return {
        **lists,
        **{name: sample(shape.members[name], name) for name in shape.required_members if name not in lists},
    }


def _holds_many(shape: Shape) -> bool:
    return shape.type_name in ("list", "map") and not shape.serialization.get("location")


def sample(shape: Shape, name: str = "", *, region: str = "us-east-1", without: frozenset[str] = frozenset()) -> Any:
    """A value of a shape with all of its members, but those named `without`, and one element in each list."""
    return _Samples(region, without).of(shape, name, ())


ACCOUNT = "111122223333"


@dataclass(frozen=True, slots=True)
class _Samples:
    region: str
    without: frozenset[str]

    def of(self, shape: Shape, name: str, above: tuple[str, ...]) -> Any:
        inside = (*above, shape.name)
        match shape.type_name:
            case "structure":
                if shape.is_document_type or above.count(shape.name) > 0:
                    return {}
                members = {each: member for each, member in shape.members.items() if each not in self.without}
                if shape.is_tagged_union:
                    members = dict(list(members.items())[:1])
                return {each: self.of(member, each, inside) for each, member in members.items()}
            case "list":
                recursive = shape.member.name in above
                return [] if recursive else [self.of(shape.member, name, inside)]
            case "map":
                return {self.of(shape.key, "key", inside): self.of(shape.value, name, inside)}
            case "string":
                return self._text(shape, name)
            case other:
                return _SCALARS[other]

    def _text(self, shape: Shape, name: str) -> str:
        if shape.enum:
            return str(shape.enum[0])
        low = name.lower()
        if ("policy" in low and "arn" not in low and "name" not in low) or "document" in low:
            return '{"Version":"2012-10-17","Statement":[]}'
        if low.endswith("arn"):
            return f"arn:aws:service:{self.region}:{ACCOUNT}:thing/one"
        if low.endswith("region"):
            return self.region
        if low.endswith(("ownerid", "accountid", "account")):
            return ACCOUNT
        return "one".ljust(int(shape.metadata.get("min", 0)), "1")


_SCALARS: Mapping[str, Any] = {
    "blob": b"one",
    "boolean": True,
    "bigdecimal": 1,
    "double": 1.5,
    "float": 1.5,
    "integer": 1,
    "long": 1,
    "timestamp": DAY,
}
