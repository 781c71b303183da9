"""Where the value of a joining argument leads: through other split resources, to the main one.

``bucket = aws_s3_bucket_public_access_block.a.id`` names the bucket that ``a`` belongs to. What cannot be followed for
certain is given as an end that is not sure, so that the join is in doubt and never silently lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Protocol

from hipaa_guard.facts.readings import Adoption, Block
from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import Cause, PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.addresses import segments, without_keys
from hipaa_guard.terraform.binding.identity import embedded, pattern
from hipaa_guard.terraform.binding.paths import every_value
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import Alternatives, AttributeText, DataSourceValue, HiddenText, OuterReference

_STEPS = 30
"""How many references are followed one after the other."""

_STANDS_IN = regex(r"Unknown-(\d+)-")
"""What stands in a text for a part that is not known."""

_WIDTH = 100
"""How many instances one reference is followed to."""


@dataclass(frozen=True, slots=True)
class End:
    """A value that another one leads to: a text, a reference to a main resource, or something not known.

    ``sure`` says that both are certainly the same. ``apart`` says that a value which is not known comes from outside:
    it names no resource of the configuration, unless that is called by the same value.
    """

    value: Value
    sure: bool = True
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Splits:
    """Which types are split resources of a kind, and by which arguments these point at it."""

    types: tuple[str, ...]
    """The types of the main resources."""
    pointing: Mapping[str, tuple[str, ...]]
    """By which arguments the split types point at it."""
    joined_by: str | None
    known: frozenset[str] = frozenset()
    made_by: Mapping[str, str] = field(default_factory=dict)
    adopted_by: Adoption | None = None
    unqualified: Callable[[str], str] | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, block: Block | None, type: str, known: frozenset[str]) -> Splits:
        """The split resources of a kind; of a type, where no kind is given."""
        if block is None:
            return cls((type,), {}, None)
        pointing = {each: block.pointing(each) for each in block.joins}
        made = block.made_by, block.adopted_by
        return cls(block.types, pointing, block.joined_by, known, *made, block.unqualified, block.versions)

    def plain(self, text: str) -> str:
        """A text that names a main resource, without a version of it."""
        return text if self.unqualified is None else self.unqualified(text)

    def plain_of(self, value: PartialText) -> Value:
        """The same of a text that is known in part."""
        parts = dict(enumerate(value.parts))
        if any(isinstance(part, str) and _STANDS_IN.search(part) for part in value.parts):
            return value
        text = "".join(part if isinstance(part, str) else _stand_in(place) for place, part in parts.items())
        plain = self.plain(text)
        if plain == text:
            return value
        pieces = _STANDS_IN.split(plain)  # what stands in for an unknown part is every other piece
        left = [parts[int(piece)] if odd % 2 else piece for odd, piece in enumerate(pieces) if odd % 2 or piece]
        return left[0] if len(left) == 1 else PartialText(left)

    def is_main(self, reference: Reference) -> bool:
        """Whether a reference is that of a main resource; to what brings one along, by the attribute that names it."""
        type_ = type_at(reference.address)
        made = self.made_by.get(type_)
        return type_ in self.types and (made is None or without_keys(reference.attribute) == made)

    def arguments(self, type: str, by: str) -> tuple[str, ...]:
        """The arguments by which a resource of a type may point at a main one."""
        named = (*self.pointing.get(type, ()), self.joined_by, by)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def named_by_main(self, type: str) -> bool:
        """Whether the `id` of a type is that of the main resource it belongs to."""
        return type in self.pointing or type in self.known or any(type.startswith(f"{main}_") for main in self.types)


class Adopter(Protocol):
    """An instance that may take over what another brings along."""

    @property
    def instance(self) -> ResourceInstance:
        """The instance."""


class Adopters(Protocol):
    """Those that certainly do, and those that may (`joins.Links`)."""

    @property
    def certain(self) -> Sequence[ResourceInstance]:
        """Those that certainly do."""

    @property
    def possible(self) -> object | None:
        """The first that may; None where none does."""

    @property
    def doubts(self) -> Callable[[], Iterator[Adopter]]:
        """All that may."""


class ChainTargets(Protocol):
    """What a trail asks of the configuration that it leads through."""

    def candidates(self, address: str) -> Sequence[ResourceInstance]:
        """The instance at an address; those of its block, where the address does not say which."""

    def target(self, reference: str) -> str | None:
        """The address within the text of a reference; None where it is not declared."""

    def adopters(self, instance: ResourceInstance, adoption: Adoption) -> Adopters:
        """The instances that take over what an instance brings along."""

    def leads_inside(self, reference: Reference) -> bool:
        """Whether a reference is to what stands inside of a resource and is one itself."""

    def outside(self, name: str) -> Sequence[str] | None:
        """The addresses of the instances that a value from outside may be of; None for a name that is not outside."""


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
        """All that a value of an instance's joining argument may lead to. One that leads nowhere is its own end."""
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
            return [End(value.reference if main else self._splits.plain(str(value)))]
        if isinstance(value, HiddenText):
            return [End(HiddenText(self._splits.plain(value)))]
        if isinstance(value, Alternatives):
            return self._one_of(value, place, seen)
        if isinstance(value, Reference):
            return self._of_reference(value, seen)
        if isinstance(value, PartialText):
            return self._of_text(value, place, seen)
        if isinstance(value, DataSourceValue):
            return [End(value), *_unsure(self._asked_by(value, place, seen))]
        if isinstance(value, Unknown):
            return self._of_unknown(value, place, seen)
        return [End(self._splits.plain(value) if isinstance(value, str) else value)]

    def _asked_by(self, value: DataSourceValue, place: Place, seen: Seen) -> Iterator[End]:
        """The main resources that a data source was asked by, or that belong to what it was asked by."""
        for each in value.through:
            made = self._splits.made_by.get(type_at(each.address)) if isinstance(each, Reference) else None
            if made is not None and isinstance(each, Reference):
                if value.asked_by not in (None, "default"):
                    continue  # it asks for a group of another name
                yield from self._adopted(Reference(each.address, made))
            else:
                yield from (end for end in self._ends(each, place, seen) if self.is_main(end.value))

    def _one_of(self, value: Alternatives, place: Place, seen: Seen) -> list[End]:
        found = [self._ends(each, place, seen) for each in value.values if each is not None]
        ends = [end for each in found for end in each]
        if all(len(each) == 1 and each[0].sure for each in found) and self._alike([end.value for end in ends]):
            return ends[:1]
        return _unsure(ends)

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
        """A text around references: with what these lead to in their place, where that is certain."""
        plain = self._splits.plain_of(value)
        if plain is not value:
            return self._ends(plain, place, seen)
        if pattern(value).open:
            return self._of_unknown(value, place, seen)
        followed: dict[int, Value] = {}
        doubtful: list[End] = []
        for reference in embedded(value):
            ends = self._ends(reference, place, seen)
            if len(ends) == 1 and ends[0].sure and isinstance(ends[0].value, str | Unknown):
                followed[id(reference)] = ends[0].value
            else:
                doubtful += ends
        parts = [followed.get(id(part), part) for part in value.parts]
        if all(isinstance(part, str) for part in parts):
            return [End(self._splits.plain("".join(part for part in parts if isinstance(part, str))))]
        return [End(PartialText(parts)), *_unsure(doubtful)]

    def _of_unknown(self, value: Unknown, place: Place, seen: Seen) -> list[End]:
        """Made from nothing but declared resources, a value can only name these; from outside, none of them.

        A function may also give what is known of its arguments: all instances that the expression mentions count.
        """
        instance, argument = place
        mentioned = () if isinstance(value, OuterReference) else [f"{each}.id" for each in instance.mentioned(argument)]
        names = dict.fromkeys((*value.references, *mentioned))
        ends: list[End] = []
        for name in names:
            outside = self._declared.outside(name)
            if outside is not None:
                ends += [End(Reference(address, "id")) for address in outside]
                continue
            address = self._declared.target(name)
            if address is None:
                return [End(value, sure=False)]
            ends += self._ends(Reference(address, name[len(address) + 1 :]), place, seen)
        mains = [end for end in ends if self.is_main(end.value) or isinstance(end.value, str) or not end.sure]
        return [End(value, apart=bool(names)), *_unsure(mains)] if names else [End(value, sure=False)]

    # --- references ----------------------------------------------------------------------------------------------

    def _of_reference(self, reference: Reference, seen: Seen) -> list[End]:
        if self.is_main(reference):
            return self._adopted(reference)
        if self._declared.leads_inside(reference):
            return [End(reference)]
        mark = (reference.address, reference.attribute)
        if mark in seen or len(seen) >= _STEPS:
            return [End(_lost(reference), sure=False)]
        targets = self._declared.candidates(reference.address)[:_WIDTH]
        if not targets:
            return [End(reference), End(_lost(reference), sure=False)]
        found = [end for target in targets for end in self._through(target, reference, seen | {mark})]
        return found if len(targets) == 1 else _unsure(found)

    def _adopted(self, reference: Reference) -> list[End]:
        """A main resource; of one that was brought along by another, the one that has taken it over."""
        adopted_by = self._splits.adopted_by
        if adopted_by is None or type_at(reference.address) not in self._splits.made_by:
            return [End(reference)]
        ends: list[End] = []
        for maker in self._declared.candidates(reference.address)[:_WIDTH]:
            links = self._declared.adopters(maker, adopted_by)
            ends += [End(Reference(each.address, "id")) for each in links.certain]
            ends += [End(Reference(doubt.instance.address, "id"), sure=False) for doubt in links.doubts()]
            if not links.certain:
                ends.append(End(Reference(maker.address, reference.attribute), sure=links.possible is None))
        return ends if len(ends) == 1 else _unsure(ends) or [End(reference)]

    def _through(self, target: ResourceInstance, reference: Reference, seen: Seen) -> list[End]:
        """What an attribute of a resource that is no main one leads to."""
        attribute = reference.attribute
        steps = [without_keys(step) for step in segments(attribute)] if attribute else []
        if steps:
            written = [value for value in every_value(target.get(steps[0]), steps[1:]) if value is not None]
            if written:
                ends = [end for value in written for end in self._ends(value, (target, steps[0]), seen)]
                return ends if len(written) == 1 and len(steps) == 1 else _unsure(ends)
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
        return [End(reference), *_unsure(self._of_arguments(target, pointing, seen))]

    def _of_arguments(self, target: ResourceInstance, pointing: Mapping[str, Value], seen: Seen) -> Iterator[End]:
        """What a resource points at: a name that the provider computes for it can only be made from these."""
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


def _stand_in(place: int) -> str:
    return f"Unknown-{place}-"


def _unsure(ends: Iterator[End] | list[End]) -> list[End]:
    return [replace(end, sure=False) for end in ends]


def _lost(reference: Reference) -> Unknown:
    return Unknown(f"{reference.reason}, and what it names was not found", Cause.OTHER, references=reference.references)
