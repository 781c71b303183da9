"""What a Terraform reading sees of one instance: its own values, and those of the split resources that belong to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import islice
from typing import Protocol

from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.readings import Adoption, Block, View
from hipaa_guard.facts.values import Incomplete, Undecided, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.binding import required_arguments
from hipaa_guard.terraform.binding.external_instances import ExternalInstance
from hipaa_guard.terraform.binding.identity import NameIndex
from hipaa_guard.terraform.binding.joins import Links
from hipaa_guard.terraform.binding.nested_resources import NestedInstance
from hipaa_guard.terraform.binding.paths import same
from hipaa_guard.terraform.binding.uncertain_joins import UncertainJoin
from hipaa_guard.terraform.blocks import ResourceInstance

_MOST_CANDIDATES = 200
"""So many instances that may belong to another are looked at one by one."""


@dataclass(slots=True)
class ReadArguments:
    """Which arguments a reading looked at, in order, so that its value can be traced to the lines that tell it."""

    places: list[tuple[ResourceInstance, str]] = field(default_factory=list)

    def add(self, instance: ResourceInstance, path: str) -> None:
        """Note that an argument told something."""
        self.places.append((instance, path))

    def location(self, main: ResourceInstance) -> Location | None:
        """The lines of the first argument that is written somewhere; of a split resource, at least its block."""
        for instance, path in self.places:
            steps = path.split(".") if path else []
            for length in range(len(steps), 0, -1):
                found = instance.locate(".".join(steps[:length]))
                if found is not None:
                    return found
            if instance is not main:
                return instance.location
        return None


@dataclass(frozen=True, slots=True)
class UncertainValue:
    """A value told by a split resource that may not exist; without it another reading decides."""

    value: Value
    unknown: Unknown


class JoinedInstances(Protocol):
    """The joins of a configuration (`joins.Joins`), or of something that is declared elsewhere."""

    asked_for: set[str]

    def of_type(self, type: str) -> list[ResourceInstance]:
        """All instances of a Terraform type."""

    def names(self, block: Block | None, type: str) -> NameIndex:
        """The identities of the instances of a kind."""

    def unseen(self, main: ResourceInstance) -> Unknown | None:
        """Why something that was not read may point at the instance, where that is so."""

    def links(self, main: ResourceInstance, type: str, by: str, names: NameIndex, block: Block | None = None) -> Links:
        """The instances of a type whose argument `by` points at `main`."""

    def adopters(self, instance: ResourceInstance, adoption: Adoption) -> Links:
        """The instances that take over what an instance brings along."""

    def doubt(self, main: ResourceInstance, split: ResourceInstance) -> Unknown | None:
        """Why an instance that points at another may not belong to it all the same."""


class InstanceView:
    """One instance, as readings see it (`facts.readings.View`)."""

    __slots__ = ("_block", "_instance", "_joins", "_names", "_touched")

    def __init__(
        self,
        instance: ResourceInstance,
        joins: JoinedInstances,
        block: Block | None = None,
        touched: ReadArguments | None = None,
        *,
        names: NameIndex | None = None,
    ) -> None:
        self._instance = instance
        self._joins = joins
        self._block = block
        self._touched = touched
        self._names = names

    @property
    def address(self) -> str:
        """Full address of the instance."""
        return self._instance.address

    @property
    def type(self) -> str:
        """Terraform type of the instance. Of one that is declared elsewhere it is not known."""
        if isinstance(self._instance, ExternalInstance):
            raise Undecided(self._instance.unknown)
        return self._instance.type

    @property
    def outer(self) -> InstanceView | None:
        """For what stands inside of a resource, that resource."""
        if not isinstance(self._instance, NestedInstance):
            return None
        return InstanceView(self._instance.outer, self._joins, self._block, self._touched, names=self._names)

    def get(self, path: str) -> Value:
        """The value at a dotted path of arguments and nested blocks; None where it is absent or null."""
        value = self.look(path)
        if isinstance(value, UncertainValue):
            return value.unknown
        return value

    def look(self, path: str) -> Value | UncertainValue:
        """As `get`, but what a split resource tells that may not exist is kept apart."""
        first, _, rest = path.partition(".")
        if self._is_split(first):
            return self._of_splits(first, rest)
        return self._told(self._instance, path)

    def adopters(self, adoption: Adoption) -> list[View]:
        """The instances that take over what this one brings along."""
        return self._as_views(self._joins.adopters(self._instance, adoption))

    def linked(self, type: str, by: str | None = None) -> list[View]:
        """The instances of another type whose argument `by` points at this one."""
        self._joins.asked_for.add(type)
        return self._as_views(self._links(type, by))

    def _as_views(self, links: Links) -> list[View]:
        views: list[View] = []
        unsure: list[View] = []
        doubt: Unknown | None = None
        for split in links.certain:
            if self._touched is not None:
                self._touched.add(split, "")
            unknown = self._joins.doubt(self._instance, split)
            (views if unknown is None else unsure).append(InstanceView(split, self._joins, None, self._touched))
            doubt = unknown if doubt is None else doubt
        if doubt is None:
            doubt = self._possible(links.possible)
        return views if doubt is None else Incomplete(views, doubt, self._candidates(links, unsure))

    def _candidates(self, links: Links, unsure: list[View]) -> list[View] | None:
        """All instances that may belong here besides those that do; None where they cannot be listed."""
        if self._unseen() is not None:
            return None
        possible = list(islice(links.doubts(), _MOST_CANDIDATES))
        if len(possible) == _MOST_CANDIDATES:
            return None
        return [*unsure, *(InstanceView(each.instance, self._joins, None, self._touched) for each in possible)]

    # --- split resources -----------------------------------------------------------------------------------------

    def _is_split(self, segment: str) -> bool:
        block = self._block
        if block is None or segment == self._instance.type:
            return False
        if segment in block.joins:
            return True
        if block.joined_by is None or not segment.startswith(("aws_", "awscc_")):
            return False
        return bool(self._joins.of_type(segment)) or self._instance.get(segment) is None

    def _of_splits(self, type: str, path: str) -> Value | UncertainValue:
        links = self._links(type, None)
        told = [(split, self._of_split(split, path)) for split in links.certain]
        values = [(split, value) for split, value in told if value is not None]
        if not values:
            return None if links.certain else self._possible(links.possible)
        (first, value), *others = values
        for split, other in others:
            if not _agree(value, other):
                reason = f"{first.address} and {split.address} both apply and do not say the same"
                return Unknown(reason, references=(first.address, split.address))
        return next((other for _, other in values if not isinstance(other, UncertainValue)), value)

    def _of_split(self, split: ResourceInstance, path: str) -> Value | UncertainValue:
        value = self._told(split, path) if path else True
        unknown = None if value is None else self._joins.doubt(self._instance, split)
        return value if unknown is None else UncertainValue(value, unknown)

    def _possible(self, doubt: UncertainJoin | None) -> Unknown | None:
        """Why a split resource that was not found may be there all the same."""
        if doubt is None:
            return self._unseen()
        if self._touched is not None:
            self._touched.add(doubt.instance, "")
        return doubt.unknown

    def _unseen(self) -> Unknown | None:
        instance = self._instance
        return self._joins.unseen(instance.outer if isinstance(instance, NestedInstance) else instance)

    def _argument(self, type: str, by: str | None) -> str:
        if by is not None:
            return by
        declared = () if self._block is None else self._block.pointing(type)
        if not declared:
            raise Undecided(Unknown(f"it is not declared by which argument {type} points at {self._instance.type}"))
        return declared[0]

    def _links(self, type: str, by: str | None) -> Links:
        if self._names is None:
            self._names = self._joins.names(self._block, self._instance.type)
        by = self._argument(type, by)
        links = self._joins.links(self._instance, type, by, self._names, self._block)
        if isinstance(self._instance, NestedInstance):
            around = self._joins.links(self._instance.outer, type, by, self._names, self._block)
            return links_into(self._instance, links, around, by)
        return links

    def _told(self, instance: ResourceInstance, path: str) -> Value:
        value = required_arguments.told(instance, path)
        if isinstance(value, str) and not value:
            return None  # to the provider, an empty text is an argument that is not set
        if value is not None and self._touched is not None:
            self._touched.add(instance, path)
        return value


def links_into(nested: NestedInstance, own: Links, around: Links, by: str) -> Links:
    """What points at a resource inside of another: by its name and region, or by a reference into its block."""
    named = own.certain
    told = [(split, nested.pointed_at(split, by)) for split in around.into]
    unsure = [split for split, meant in told if meant is None]
    if isinstance(nested.region, Unknown):  # all replicas have one name: then it does not tell which is meant
        named, unsure = (), [*named, *unsure]

    def doubts() -> Iterator[UncertainJoin]:
        for split in unsure:
            reason = f"{split.address} may be for another {nested.inside.path} of {nested.outer.address}"
            yield UncertainJoin(split, Unknown(reason, references=(split.address,)))
        yield from own.doubts()
        yield from around.doubts()

    return Links((*named, *(split for split, meant in told if meant)), next(doubts(), None), doubts)


def _agree(one: Value | UncertainValue, other: Value | UncertainValue) -> bool:
    left = one.value if isinstance(one, UncertainValue) else one
    right = other.value if isinstance(other, UncertainValue) else other
    return same(left, right)
