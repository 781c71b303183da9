"""Following the value of a joining argument through other split resources to the main one.

``bucket = aws_s3_bucket_public_access_block.a.id`` names the bucket that ``a`` belongs to. A value that cannot be
followed for certain becomes an end that is not certain: its join is uncertain and never silently lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Protocol

from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.readings import Adoption, Block
from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import Cause, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.addresses import segments, without_keys
from hipaa_guard.terraform.binding.identity import embedded, pattern
from hipaa_guard.terraform.binding.paths import every_value
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import AttributeText, DataSourceValue, HiddenText, OuterReference

_MOST_STEPS = 30
"""Maximum number of references that are followed one after the other."""

_PLACEHOLDER = regex(r"Unknown-(\d+)-")
"""Placeholder for an unknown part of a text."""

_MOST_INSTANCES = 100
"""Maximum number of instances that one reference is followed to."""


@dataclass(frozen=True, slots=True)
class End:
    """A value that another value leads to: a text, a reference to a main resource, or an unknown value.

    ``certain`` says that both are certainly the same. ``from_outside`` says that an unknown value comes from outside of
    the configuration: it names a declared resource only if the same value is the name of that resource.
    """

    value: Value
    certain: bool = True
    from_outside: bool = False


@dataclass(frozen=True, slots=True)
class Splits:
    """The split types of a kind, and the arguments that point at it."""

    types: tuple[str, ...]
    """The types of the main resources."""
    pointing: Mapping[str, tuple[str, ...]]
    """Split type -> its arguments that point at the kind."""
    joined_by: str | None
    known: frozenset[str] = frozenset()
    made_by: Mapping[str, str] = field(default_factory=dict)
    adopted_by: Adoption | None = None
    unqualified: Callable[[str], str] | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, block: Block | None, type: str, known: frozenset[str]) -> Splits:
        """The split types of a kind; without ``block``, of a type."""
        if block is None:
            return cls((type,), {}, None)
        pointing = {each: block.pointing(each) for each in block.joins}
        made = block.made_by, block.adopted_by
        return cls(block.types, pointing, block.joined_by, known, *made, block.unqualified, block.versions)

    def without_version(self, text: str) -> str:
        """The name in a text without the version of the resource."""
        return text if self.unqualified is None else self.unqualified(text)

    def without_version_of(self, value: PartialText) -> Value:
        """As `without_version`, for a partly known text."""
        parts = dict(enumerate(value.parts))
        if any(isinstance(part, str) and _PLACEHOLDER.search(part) for part in value.parts):
            return value
        text = "".join(part if isinstance(part, str) else _placeholder(place) for place, part in parts.items())
        without_version = self.without_version(text)
        if without_version == text:
            return value
        pieces = _PLACEHOLDER.split(without_version)  # every other piece is the position of an unknown part
        left = [parts[int(piece)] if odd % 2 else piece for odd, piece in enumerate(pieces) if odd % 2 or piece]
        return left[0] if len(left) == 1 else PartialText(left)

    def is_main(self, reference: Reference) -> bool:
        """Whether a reference is to a main resource, or to the attribute that names one which is brought along."""
        type_ = type_at(reference.address)
        made = self.made_by.get(type_)
        return type_ in self.types and (made is None or without_keys(reference.attribute) == made)

    def arguments(self, type: str, by: str) -> tuple[str, ...]:
        """The arguments of a type that may point at a main resource."""
        named = (*self.pointing.get(type, ()), self.joined_by, by)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def named_by_main(self, type: str) -> bool:
        """Whether resources of a type have the `id` of their main resource."""
        return type in self.pointing or type in self.known or any(type.startswith(f"{main}_") for main in self.types)


class Adopter(Protocol):
    """An instance that may take over the resource that another brings along."""

    @property
    def instance(self) -> ResourceInstance:
        """The instance."""


class Adopters(Protocol):
    """The certain and the possible adopters (`joins.Links`)."""

    @property
    def certain(self) -> Sequence[ResourceInstance]:
        """The certain ones."""

    @property
    def first_possible(self) -> object | None:
        """The first possible one; None where there is none."""

    @property
    def all_possible(self) -> Callable[[], Iterator[Adopter]]:
        """All possible ones."""


class ChainTargets(Protocol):
    """The configuration, as `ReferenceChain` looks things up in it."""

    def candidates(self, address: str) -> Sequence[ResourceInstance]:
        """The instance at an address; those of its block, where the address does not say which."""

    def target(self, reference: str) -> str | None:
        """The address at the start of a reference; None where nothing declares it."""

    def adopters(self, instance: ResourceInstance, adoption: Adoption) -> Adopters:
        """The instances that take over what an instance brings along."""

    def leads_inside(self, reference: Reference) -> bool:
        """Whether a reference is to a resource that is nested in another one."""

    def outside(self, name: str) -> Sequence[str] | None:
        """The addresses of instances that a value from outside may name; None for a name that is not from outside."""


Place = tuple[ResourceInstance, str]
"""An instance, and the argument of it that holds the value."""
Seen = frozenset[tuple[str, str]]


class ReferenceChain:
    """Follows values of one joining argument to the main resources of one kind."""

    def __init__(self, splits: Splits, by: str, declared: ChainTargets) -> None:
        self._splits = splits
        self._by = by
        self._declared = declared

    def ends(self, value: Value, instance: ResourceInstance) -> list[End]:
        """All ends of a value of an instance's joining argument. A value that leads nowhere is its own end."""
        return self._ends(value, (instance, self._by.partition(".")[0]), frozenset())

    def is_main(self, value: Value) -> bool:
        """Whether a value is a reference to a main resource."""
        return isinstance(value, Reference) and self._splits.is_main(value)

    def _ends(self, value: Value, place: Place, seen: Seen) -> list[End]:
        if isinstance(value, SecretText):
            value = value.reveal()
            value = HiddenText(value) if isinstance(value, str) else value
        if isinstance(value, AttributeText):
            main = self.is_main(value.reference) and self._declared.candidates(value.reference.address)
            return [End(value.reference if main else self._splits.without_version(str(value)))]
        if isinstance(value, HiddenText):
            return [End(HiddenText(self._splits.without_version(value)))]
        if isinstance(value, Alternatives):
            return self._one_of(value, place, seen)
        if isinstance(value, Reference):
            return self._of_reference(value, seen)
        if isinstance(value, PartialText):
            return self._of_text(value, place, seen)
        if isinstance(value, DataSourceValue):
            return [End(value), *_uncertain(self._of_data_source(value, place, seen))]
        if isinstance(value, Unknown):
            return self._of_unknown(value, place, seen)
        return [End(self._splits.without_version(value) if isinstance(value, str) else value)]

    def _of_data_source(self, value: DataSourceValue, place: Place, seen: Seen) -> Iterator[End]:
        """The main resources in the arguments of a data source, and those that the resources there bring along."""
        for each in value.looked_up_with:
            made = self._splits.made_by.get(type_at(each.address)) if isinstance(each, Reference) else None
            if made is not None and isinstance(each, Reference):
                if value.asked_by not in (None, "default"):
                    continue  # it looks for a resource of another name
                yield from self._adopted(Reference(each.address, made))
            else:
                yield from (end for end in self._ends(each, place, seen) if self.is_main(end.value))

    def _one_of(self, value: Alternatives, place: Place, seen: Seen) -> list[End]:
        found = [self._ends(each, place, seen) for each in value.values if each is not None]
        ends = [end for each in found for end in each]
        if all(len(each) == 1 and each[0].certain for each in found) and self._alike([end.value for end in ends]):
            return ends[:1]
        return _uncertain(ends)

    def _alike(self, values: list[Value]) -> bool:
        """Whether all values name the same resource."""
        first = values[0] if values else None
        if isinstance(first, str):
            return all(isinstance(value, str) and value == first for value in values)
        if isinstance(first, Reference):
            return self.is_main(first) and all(
                type(value) is type(first) and value.address == first.address for value in values
            )
        return all(value is first for value in values) and first is not None

    def _of_text(self, value: PartialText, place: Place, seen: Seen) -> list[End]:
        """A text with references in it: each is replaced by its end where that is certain."""
        without_version = self._splits.without_version_of(value)
        if without_version is not value:
            return self._ends(without_version, place, seen)
        if pattern(value).is_unknown:
            return self._of_unknown(value, place, seen)
        followed: dict[int, Value] = {}
        doubtful: list[End] = []
        for reference in embedded(value):
            ends = self._ends(reference, place, seen)
            if len(ends) == 1 and ends[0].certain and isinstance(ends[0].value, str | Unknown):
                followed[id(reference)] = ends[0].value
            else:
                doubtful += ends
        parts = [followed.get(id(part), part) for part in value.parts]
        if all(isinstance(part, str) for part in parts):
            return [End(self._splits.without_version("".join(part for part in parts if isinstance(part, str))))]
        return [End(PartialText(parts)), *_uncertain(doubtful)]

    def _of_unknown(self, value: Unknown, place: Place, seen: Seen) -> list[End]:
        """A value that is made from declared resources can only name these; a value from outside names none of them.

        A function may also return a known part of its arguments, so all instances that the expression mentions count.
        """
        instance, argument = place
        mentioned = (
            ()
            if isinstance(value, OuterReference)
            else [f"{each}.id" for each in instance.instances_mentioned(argument)]
        )
        names = dict.fromkeys((*value.references, *mentioned))
        ends: list[End] = []
        for name in names:
            outside = self._declared.outside(name)
            if outside is not None:
                ends += [End(Reference(address, "id")) for address in outside]
                continue
            address = self._declared.target(name)
            if address is None:
                return [End(value, certain=False)]
            ends += self._ends(Reference(address, name[len(address) + 1 :]), place, seen)
        mains = [end for end in ends if self.is_main(end.value) or isinstance(end.value, str) or not end.certain]
        return [End(value, from_outside=bool(names)), *_uncertain(mains)] if names else [End(value, certain=False)]

    # --- references ----------------------------------------------------------------------------------------------

    def _of_reference(self, reference: Reference, seen: Seen) -> list[End]:
        if self.is_main(reference):
            return self._adopted(reference)
        if self._declared.leads_inside(reference):
            return [End(reference)]
        mark = (reference.address, reference.attribute)
        if mark in seen or len(seen) >= _MOST_STEPS:
            return [End(_not_found(reference), certain=False)]
        targets = self._declared.candidates(reference.address)[:_MOST_INSTANCES]
        if not targets:
            return [End(reference), End(_not_found(reference), certain=False)]
        found = [end for target in targets for end in self._of_attribute(target, reference, seen | {mark})]
        return found if len(targets) == 1 else _uncertain(found)

    def _adopted(self, reference: Reference) -> list[End]:
        """A main resource; for one that another resource brings along, the resource that takes it over."""
        adopted_by = self._splits.adopted_by
        if adopted_by is None or type_at(reference.address) not in self._splits.made_by:
            return [End(reference)]
        ends: list[End] = []
        for maker in self._declared.candidates(reference.address)[:_MOST_INSTANCES]:
            links = self._declared.adopters(maker, adopted_by)
            ends += [End(Reference(each.address, "id")) for each in links.certain]
            ends += [End(Reference(adopter.instance.address, "id"), certain=False) for adopter in links.all_possible()]
            if not links.certain:
                ends.append(End(Reference(maker.address, reference.attribute), certain=links.first_possible is None))
        return ends if len(ends) == 1 else _uncertain(ends) or [End(reference)]

    def _of_attribute(self, target: ResourceInstance, reference: Reference, seen: Seen) -> list[End]:
        """The ends of an attribute of a resource that is no main one."""
        attribute = reference.attribute
        steps = [without_keys(step) for step in segments(attribute)] if attribute else []
        if steps:
            written = [value for value in every_value(target.get(steps[0]), steps[1:]) if value is not None]
            if written:
                ends = [end for value in written for end in self._ends(value, (target, steps[0]), seen)]
                return ends if len(written) == 1 and len(steps) == 1 else _uncertain(ends)
        of_version = self._splits.versions.get(target.type)
        if of_version is not None and target.get(of_version) is not None:
            return self._ends(target.get(of_version), (target, of_version), seen)
        pointing = {name: target.get(name) for name in self._splits.arguments(target.type, self._by)}
        for name, value in pointing.items():
            if value is not None and attribute == "id":
                ends = self._ends(value, (target, name), seen)
                if self._splits.named_by_main(target.type):
                    return ends
                break
        return [End(reference), *_uncertain(self._of_arguments(target, pointing, seen))]

    def _of_arguments(self, target: ResourceInstance, pointing: Mapping[str, Value], seen: Seen) -> Iterator[End]:
        """The ends of a resource's arguments: the provider can make a computed name only from these."""
        for name, value in pointing.items():
            if value is not None:
                yield from self._ends(value, (target, name), seen)
        for name in target.arguments():
            for value in every_value(target.get(name), ()):
                if isinstance(value, Reference | Alternatives | PartialText):
                    yield from (end for end in self._ends(value, (target, name), seen) if self.is_main(end.value))


def type_at(address: str) -> str:
    """The Terraform type in the address of an instance."""
    parts = segments(without_keys(address))
    return parts[-2] if len(parts) > 1 else ""


def _placeholder(place: int) -> str:
    return f"Unknown-{place}-"


def _uncertain(ends: Iterator[End] | list[End]) -> list[End]:
    return [replace(end, certain=False) for end in ends]


def _not_found(reference: Reference) -> Unknown:
    return Unknown(f"{reference.reason}, and what it names was not found", Cause.OTHER, references=reference.references)
