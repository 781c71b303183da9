"""The view that a Terraform reading has of one instance: its own values and those of its split resources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from itertools import islice
from typing import Protocol

from hipaa_guard.facts.alternatives import NO_CHOICES, Choices
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.readings import Adoption, Block, View
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.binding import required_arguments
from hipaa_guard.terraform.binding.choices import chosen
from hipaa_guard.terraform.binding.external_instances import ExternalInstance
from hipaa_guard.terraform.binding.identity import NameIndex
from hipaa_guard.terraform.binding.joins import Links
from hipaa_guard.terraform.binding.nested_resources import NestedInstance
from hipaa_guard.terraform.binding.paths import same
from hipaa_guard.terraform.binding.uncertain_joins import UncertainJoin
from hipaa_guard.terraform.blocks import ResourceInstance

_MOST_CANDIDATES = 200
"""Maximum number of instances that may belong to another and are listed as candidates."""


@dataclass(slots=True)
class ReadArguments:
    """The arguments that a reading used, in order: they lead from a fact to its lines in the source."""

    places: list[tuple[ResourceInstance, str]] = field(default_factory=list)

    def add(self, instance: ResourceInstance, path: str) -> None:
        """Note that an argument had a value."""
        self.places.append((instance, path))

    def location(self, main: ResourceInstance) -> Location | None:
        """The lines of the first argument that is written; for one of a split resource, at least those of its block."""
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
    """A value of a split resource that may not exist. If it does not exist, another reading decides."""

    value: Value
    unknown: Unknown


@dataclass(frozen=True, slots=True)
class UnseenPart:
    """A split resource that a module which was not read may hold.

    It and an argument of the main resource would overwrite each other at each apply: where that is written, it decides.
    """

    unknown: Unknown


class JoinedInstances(Protocol):
    """The joins of a configuration (`joins.Joins`), or of a stand-in."""

    types_looked_for: set[str]

    def of_type(self, type: str) -> list[ResourceInstance]:
        """All instances of a Terraform type."""

    def names(self, block: Block | None, type: str) -> NameIndex:
        """The identities of the instances of a kind."""

    def unseen(self, main: ResourceInstance) -> Unknown | None:
        """Why something that was not read may point at the instance; None where nothing may."""

    def seen_from(self, main: ResourceInstance, value: Value) -> Value:
        """A value as seen from `main`: references to resources of other accounts have these accounts."""

    def links(self, main: ResourceInstance, type: str, by: str, names: NameIndex, block: Block | None = None) -> Links:
        """The instances of a type whose argument `by` points at `main`."""

    def adopters(self, instance: ResourceInstance, adoption: Adoption) -> Links:
        """The instances that take over what an instance brings along."""

    def why_uncertain(self, main: ResourceInstance, split: ResourceInstance) -> Unknown | None:
        """Why a split resource that points at `main` may still not belong to it; None where it certainly does."""


class InstanceView:
    """One instance, as readings see it (`facts.readings.View`)."""

    __slots__ = ("_block", "_choices", "_instance", "_joins", "_main", "_names", "_read_arguments")

    def __init__(
        self,
        instance: ResourceInstance,
        joins: JoinedInstances,
        block: Block | None = None,
        read_arguments: ReadArguments | None = None,
        *,
        names: NameIndex | None = None,
        main: ResourceInstance | None = None,
        choices: Choices = NO_CHOICES,
    ) -> None:
        self._instance = instance
        self._main = instance if main is None else main
        self._joins = joins
        self._block = block
        self._read_arguments = read_arguments
        self._names = names
        self._choices = choices

    @property
    def address(self) -> str:
        """Full address of the instance."""
        return self._instance.address

    @property
    def type(self) -> str:
        """Terraform type of the instance. Raises `Undecided` for a stand-in, whose type is not known."""
        if isinstance(self._instance, ExternalInstance):
            raise Undecided(self._instance.unknown)
        return self._instance.type

    @property
    def outer(self) -> InstanceView | None:
        """The resource that this one is nested in; None for any other."""
        if not isinstance(self._instance, NestedInstance):
            return None
        return self._of(self._instance.outer, self._block, self._names)

    def _of(
        self, instance: ResourceInstance, block: Block | None = None, names: NameIndex | None = None
    ) -> InstanceView:
        """Another instance, read in the same way."""
        return InstanceView(
            instance,
            self._joins,
            block,
            self._read_arguments,
            names=names,
            main=self._main,
            choices=self._choices,
        )

    def get(self, path: str) -> Value:
        """The value at a dotted path of arguments and nested blocks; None where it is absent or null."""
        value = self.look(path)
        return value.unknown if isinstance(value, UncertainValue | UnseenPart) else value

    def look(self, path: str) -> Value | UncertainValue | UnseenPart:
        """As `get`, but a split resource that may not exist gives an `UncertainValue`, or an `UnseenPart`."""
        first, _, rest = path.partition(".")
        if self._is_split(first):
            return self._of_splits(first, rest)
        return self._value_at(self._instance, path)

    def adopters(self, adoption: Adoption) -> list[View]:
        """The instances that take over what this one brings along."""
        return self._as_views(self._joins.adopters(self._instance, adoption))

    def linked(self, type: str, by: str | None = None) -> list[View]:
        """The instances of another type whose argument `by` points at this one."""
        self._joins.types_looked_for.add(type)
        return self._as_views(self._links(type, by))

    def _as_views(self, links: Links) -> list[View]:
        views: list[View] = []
        unsure: list[View] = []
        why: Unknown | None = None
        for split in links.certain:
            if self._read_arguments is not None:
                self._read_arguments.add(split, "")
            unknown = self._joins.why_uncertain(self._instance, split)
            (views if unknown is None else unsure).append(self._of(split))
            why = unknown if why is None else why
        if why is None:
            why = self._why_maybe_present(links.first_possible)
        return views if why is None else Incomplete(views, why, self._candidates(links, unsure))

    def _candidates(self, links: Links, unsure: list[View]) -> list[View] | None:
        """All instances that may belong here besides the certain ones; None where they cannot be listed."""
        if self._unseen() is not None:
            return None
        possible = list(islice(links.all_possible(), _MOST_CANDIDATES))
        if len(possible) == _MOST_CANDIDATES:
            return None
        return [*unsure, *(self._of(each.instance) for each in possible)]

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

    def _of_splits(self, type: str, path: str) -> Value | UncertainValue | UnseenPart:
        links = self._links(type, None)
        answers = [(split, self._of_split(split, path)) for split in links.certain]
        values = [(split, value) for split, value in answers if value is not None]
        if not values and not links.certain and links.first_possible is None:
            unseen = self._unseen()
            return None if unseen is None else UnseenPart(unseen)
        if not values:
            return None if links.certain else self._why_maybe_present(links.first_possible)
        (first, value), *others = values
        for split, other in others:
            if not _agree(value, other):
                reason = f"{first.address} and {split.address} both apply and do not say the same"
                return Unknown(reason, references=(first.address, split.address))
        return next((other for _, other in values if not isinstance(other, UncertainValue)), value)

    def _of_split(self, split: ResourceInstance, path: str) -> Value | UncertainValue:
        value = self._value_at(split, path) if path else True
        unknown = None if value is None else self._joins.why_uncertain(self._instance, split)
        return value if unknown is None else UncertainValue(value, unknown)

    def _why_maybe_present(self, join: UncertainJoin | None) -> Unknown | None:
        """Why a split resource that was not found may still exist; None where it does not."""
        if join is None:
            return self._unseen()
        if self._read_arguments is not None:
            self._read_arguments.add(join.instance, "")
        return join.unknown

    def _unseen(self) -> Unknown | None:
        instance = self._instance
        return self._joins.unseen(instance.outer if isinstance(instance, NestedInstance) else instance)

    def _argument(self, type: str, by: str | None) -> str:
        if by is not None:
            return by
        declared = () if self._block is None else self._block.pointing(type)
        if not declared:
            pointed_at = self._instance.type
            raise Undecided(Unknown(f"no service module says which argument of {type} points at {pointed_at}"))
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

    def _value_at(self, instance: ResourceInstance, path: str) -> Value:
        value = required_arguments.value_at(instance, path)
        if isinstance(value, str) and not value:
            return None  # to the provider, an empty text is an argument that is not set
        if value is not None and self._read_arguments is not None:
            self._read_arguments.add(instance, path)
        return self._joins.seen_from(self._main, chosen(value, self._choices) if self._choices else value)


def links_into(nested: NestedInstance, own: Links, around: Links, by: str) -> Links:
    """The instances that point at a nested resource: by its name and region, or by a reference to its block."""
    named = own.certain
    answers = [(split, nested.pointed_at(split, by)) for split in around.pointing_inside]
    unsure = [split for split, meant in answers if meant is None]
    if isinstance(nested.region, Unknown):  # all replicas have one name: it does not say which one is meant
        named, unsure = (), [*named, *unsure]

    def all_possible() -> Iterator[UncertainJoin]:
        for split in unsure:
            reason = f"{split.address} may be for another {nested.inside.path} of {nested.outer.address}"
            yield UncertainJoin(split, Unknown(reason, references=(split.address,)))
        yield from own.all_possible()
        yield from around.all_possible()

    return Links((*named, *(split for split, meant in answers if meant)), next(all_possible(), None), all_possible)


def _agree(one: Value | UncertainValue, other: Value | UncertainValue) -> bool:
    left = one.value if isinstance(one, UncertainValue) else one
    right = other.value if isinstance(other, UncertainValue) else other
    return same(left, right)
