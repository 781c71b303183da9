"""Resources that are nested in another one: the replicas of a table, each in a block of it.

Their address is that of the outer resource, the name of the block and the region in brackets:
``aws_dynamodb_table.records.replica["eu-west-1"]``. The brackets hold the position of the block where the region is not
known, where an earlier block has it too, and where blocks of the type have none. ``[?]`` stands for blocks of unknown
number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.readings import Inside
from hipaa_guard.facts.values import Cause, Reference, Unknown, Value
from hipaa_guard.terraform.addresses import key_text
from hipaa_guard.terraform.binding.paths import every_value, walk
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import WrittenBlock


class NestedInstance:
    """One nested resource as an instance (`blocks.ResourceInstance`)."""

    __slots__ = (
        "_content",
        "_naming",
        "_places",
        "address",
        "inside",
        "location",
        "module",
        "name",
        "outer",
        "position",
        "type",
        "uncertain",
    )

    def __init__(
        self,
        outer: ResourceInstance,
        inside: Inside,
        content: Value,
        key: str,
        position: int | None,
        *,
        naming: str | None = None,
        uncertain: Unknown | None = None,
    ) -> None:
        self.outer = outer
        self.inside = inside
        self.position = position
        self.address = f"{outer.address}.{inside.path}{key}"
        self.type, self.name, self.module = outer.type, outer.name, outer.module
        self.uncertain = outer.uncertain if uncertain is None else uncertain
        self._content = content
        self._naming = naming
        self._places = _written(outer, inside, content)
        own = None if self._places is None else self._places.place("")
        self.location: Location = own or outer.locate(inside.path) or outer.location

    def __repr__(self) -> str:
        return f"<{self.address}>"

    @property
    def region(self) -> Value:
        """The region in its block, or that of the outer resource."""
        return self.outer.region if self.inside.region is None else self.get(self.inside.region)

    @property
    def place(self) -> Place | None:
        """The account of the outer resource, in the region in its block if blocks have one."""
        if self.outer.place is None or self.inside.region is None:
            return self.outer.place
        return self.outer.place.in_region(self.region)

    def get(self, attribute: str) -> Value:
        """The value of an argument of its block. Its name is that of the outer resource."""
        value = walk(self._content, [attribute])
        return self.outer.get(attribute) if value is None and attribute == self._naming else value

    def arguments(self) -> Iterable[str]:
        """The names of the arguments in its block."""
        return list(self._content) if isinstance(self._content, dict) else []

    def expression(self, argument: str) -> str | None:
        """See `ResourceInstance`: as for the outer resource, whose name it has."""
        return self.outer.expression(argument)

    def instances_mentioned(self, argument: str) -> Iterable[str]:
        """See `ResourceInstance`: as for the outer resource."""
        return self.outer.instances_mentioned(argument)

    def locate(self, path: str) -> Location | None:
        """The lines of an argument of its block; None where it is not written."""
        if self._places is None:
            return self.location if self.get(path.partition(".")[0]) is not None else None
        return self._places.place(path.partition(".")[0])

    @property
    def declaration(self) -> ResourceInstance | None:
        """None: `locate` finds its lines through the outer resource."""
        return None

    def is_known_after_apply(self, argument: str) -> bool:  # noqa: ARG002 - the protocol of `ResourceInstance`
        """False: a plan lists its block as an element, whose values are known or `Unknown`."""
        return False

    def comments(self) -> Iterable[tuple[int, str]]:
        """No comments: they belong to the outer resource."""
        return ()

    def source_comments(self) -> Iterable[tuple[Location, str]]:
        """No source comments: they belong to the outer resource."""
        return ()

    def is_meant(self, value: Value) -> bool | None:
        """Whether a value is a reference to this resource; None where it may be to another block of the outer one."""
        if not isinstance(value, Reference) or value.address != self.outer.address:
            return False
        rest = value.attribute.removeprefix(self.inside.path)
        if rest == value.attribute or not rest.startswith(("[", ".")):
            return False
        index = rest[1 : rest.find("]")] if rest.startswith("[") else ""
        if index.isdigit() and self.position is not None:
            return int(index) == self.position
        return True if self.position == 0 and len(_elements(self.outer, self.inside)[0]) == 1 else None

    def pointed_at(self, split: ResourceInstance, by: str) -> bool | None:
        """Whether an argument of another instance points at this resource, see `is_meant`."""
        first, *steps = by.split(".")
        answers = [self.is_meant(value) for value in every_value(split.get(first), steps)]
        return True if True in answers else None if None in answers else False


def nested_in(outer: ResourceInstance, inside: Inside, naming: str | None) -> Iterator[NestedInstance]:
    """The resources nested in `outer`, in their order. ``naming`` is the argument with the name of `outer`."""
    known, rest = _elements(outer, inside)
    taken: set[str] = set()
    for position, content in enumerate(known):
        region = _region_in(content, inside)
        key = key_text(region) if isinstance(region, str) and region and region not in taken else key_text(position)
        if isinstance(region, str):
            taken.add(region)
        yield NestedInstance(outer, inside, content, key, position, naming=naming)
    if rest is not None:
        candidates, why = rest
        content = candidates[0] if len(candidates) == 1 else why
        yield NestedInstance(outer, inside, content, "[?]", None, naming=naming, uncertain=why)


def _region_in(content: Value, inside: Inside) -> Value:
    """The region that a block sets itself; None where it sets none."""
    return None if inside.region is None else walk(content, [inside.region])


def _elements(outer: ResourceInstance, inside: Inside) -> tuple[list[Value], tuple[list[Value], Unknown] | None]:
    """The nested blocks that certainly exist; and those that may, with the reason why that is not known."""
    first, *steps = inside.path.split(".")
    value = walk(outer.get(first), steps)
    if value is None and not inside.computed and outer.is_known_after_apply(first):
        value = Unknown(f"{inside.path} is known only after apply", Cause.AFTER_APPLY)
    if isinstance(value, Incomplete):
        return list(value.seen), (list(value.candidates or ()), value.unknown)
    if isinstance(value, Unknown):
        return [], ([], value)
    if isinstance(value, list):
        return [each for each in list.__iter__(value) if each is not None], None
    return ([] if value is None else [value]), None


def _written(outer: ResourceInstance, inside: Inside, content: Value) -> WrittenBlock | None:
    """The block as source writes it: the content itself, or for an element of a plan, the block for its region."""
    if isinstance(content, WrittenBlock):
        return content
    source = outer.declaration
    if source is None or isinstance(content, Unknown):
        return None
    known, rest = _elements(source, inside)
    blocks = [each for each in (*known, *(rest[0] if rest else ())) if isinstance(each, WrittenBlock)]
    region = _region_in(content, inside)
    named = [each for each in blocks if _region_in(each, inside) == region] if isinstance(region, str) else []
    return named[0] if named else blocks[0] if len(blocks) == 1 else None
