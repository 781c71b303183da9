"""Where the value of a joining argument leads: through other split resources, to the main one.

``bucket = aws_s3_bucket_public_access_block.a.id`` names the bucket that ``a`` belongs to. What cannot be followed for
certain is given as an end that is not sure, so that the join is in doubt and never silently lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hipaa_guard.facts.readings import Block
from hipaa_guard.facts.values import Cause, PartialText, Reference, Unknown, Value
from hipaa_guard.terraform.access import Alternatives, Lookup
from hipaa_guard.terraform.addresses import segments, without_keys
from hipaa_guard.terraform.blocks import Instance
from hipaa_guard.terraform.identity import embedded
from hipaa_guard.terraform.paths import every_value

_STEPS = 30
"""How many references are followed one after the other."""

_WIDTH = 100
"""How many instances one reference is followed to."""


@dataclass(frozen=True, slots=True)
class End:
    """A value that another one leads to: a text, a reference to a main resource, or something not known.

    ``sure`` says that both are certainly the same.
    """

    value: Value
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Splits:
    """Which types are split resources of a kind, and by which arguments these point at it."""

    types: tuple[str, ...]
    """The types of the main resources."""
    joins: Mapping[str, str]
    joined_by: str | None
    known: frozenset[str] = frozenset()

    @classmethod
    def of(cls, block: Block | None, type: str, known: frozenset[str]) -> Splits:
        """The split resources of a kind; of a type, where no kind is given."""
        if block is None:
            return cls((type,), {}, None)
        return cls(block.types, block.joins, block.joined_by, known)

    def arguments(self, type: str, by: str) -> tuple[str, ...]:
        """The arguments by which a resource of a type may point at a main one."""
        named = (self.joins.get(type), self.joined_by, by)
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def named_by_main(self, type: str) -> bool:
        """Whether the `id` of a type is that of the main resource it belongs to."""
        return type in self.joins or type in self.known or any(type.startswith(f"{main}_") for main in self.types)


class Trail:
    """Follows values of one joining argument to the main resources of one kind."""

    def __init__(
        self,
        splits: Splits,
        by: str,
        candidates: Callable[[str], Sequence[Instance]],
        target: Callable[[str], str | None],
        leads_inside: Callable[[Reference], bool],
    ) -> None:
        self._splits = splits
        self._by = by
        self._candidates = candidates
        self._target = target
        self._leads_inside = leads_inside

    def ends(self, value: Value) -> list[End]:
        """All that the value may lead to. One that leads nowhere else is its own end."""
        return self._ends(value, frozenset())

    def _ends(self, value: Value, seen: frozenset[tuple[str, str]]) -> list[End]:
        if isinstance(value, Alternatives):
            return self._one_of(value, seen)
        if isinstance(value, Reference):
            return self._of_reference(value, seen)
        if isinstance(value, PartialText):
            return self._of_text(value, seen)
        if isinstance(value, Lookup):
            asked = [end for each in value.through for end in self._ends(each, seen) if self._is_main(end.value)]
            return [End(value), *_unsure(asked)]
        if isinstance(value, Unknown):
            return self._of_unknown(value, seen)
        return [End(value)]

    def _one_of(self, value: Alternatives, seen: frozenset[tuple[str, str]]) -> list[End]:
        found = [self._ends(each, seen) for each in value.values if each is not None]
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
            return self._is_main(first) and all(
                type(value) is type(first) and value.address == first.address for value in values
            )
        return all(value is first for value in values) and first is not None

    def _is_main(self, value: Value) -> bool:
        return isinstance(value, Reference) and type_at(value.address) in self._splits.types

    def _of_text(self, value: PartialText, seen: frozenset[tuple[str, str]]) -> list[End]:
        """A text around references: with what these lead to in their place, where that is certain."""
        followed: dict[int, Value] = {}
        doubtful: list[End] = []
        for reference in embedded(value):
            ends = self._ends(reference, seen)
            if len(ends) == 1 and ends[0].sure and isinstance(ends[0].value, str | Unknown):
                followed[id(reference)] = ends[0].value
            else:
                doubtful += ends
        parts = [followed.get(id(part), part) for part in value.parts]
        if all(isinstance(part, str) for part in parts):
            return [End("".join(part for part in parts if isinstance(part, str)))]
        return [End(PartialText(parts)), *_unsure(doubtful)]

    def _of_unknown(self, value: Unknown, seen: frozenset[tuple[str, str]]) -> list[End]:
        """What is made from nothing but declared resources can only name these; from another state, none of these."""
        if value.references and all(".terraform_remote_state." in f".{name}" for name in value.references):
            return []
        ends = []
        for name in value.references:
            address = self._target(name)
            if address is None:
                return [End(value, sure=False)]
            ends += self._ends(Reference(address, name[len(address) + 1 :]), seen)
        return _unsure(ends) if ends else [End(value, sure=False)]

    # --- references ----------------------------------------------------------------------------------------------

    def _of_reference(self, reference: Reference, seen: frozenset[tuple[str, str]]) -> list[End]:
        if self._is_main(reference) or self._leads_inside(reference):
            return [End(reference)]
        mark = (reference.address, reference.attribute)
        if mark in seen or len(seen) >= _STEPS:
            return [End(_lost(reference), sure=False)]
        targets = self._candidates(reference.address)[:_WIDTH]
        if not targets:
            return [End(reference), End(_lost(reference), sure=False)]
        found = [end for target in targets for end in self._through(target, reference, seen | {mark})]
        return found if len(targets) == 1 else _unsure(found)

    def _through(self, target: Instance, reference: Reference, seen: frozenset[tuple[str, str]]) -> list[End]:
        """What an attribute of a resource that is no main one leads to."""
        attribute = reference.attribute
        steps = [without_keys(step) for step in segments(attribute)] if attribute else []
        if steps:
            written = [value for value in every_value(target.get(steps[0]), steps[1:]) if value is not None]
            if written:
                ends = [end for value in written for end in self._ends(value, seen)]
                return ends if len(written) == 1 and len(steps) == 1 else _unsure(ends)
        pointing = [target.get(name) for name in self._splits.arguments(target.type, self._by)]
        for value in pointing:
            if value is not None and attribute == "id":
                ends = self._ends(value, seen)
                if self._splits.named_by_main(target.type):
                    return ends
                break
        return [End(reference), *_unsure(self._of_arguments(target, pointing, seen))]

    def _of_arguments(self, target: Instance, pointing: list[Value], seen: frozenset[tuple[str, str]]) -> Iterator[End]:
        """What a resource points at: a name that the provider computes for it can only be made from these."""
        for value in pointing:
            if value is not None:
                yield from self._ends(value, seen)
        for name in target.arguments():
            for value in every_value(target.get(name), ()):
                if isinstance(value, Reference | Alternatives | PartialText):
                    yield from (end for end in self._ends(value, seen) if self._is_main(end.value))


def type_at(address: str) -> str:
    """The Terraform type in the address of an instance."""
    parts = segments(without_keys(address))
    return parts[-2] if len(parts) > 1 else ""


def _unsure(ends: Iterator[End] | list[End]) -> list[End]:
    return [replace(end, sure=False) for end in ends]


def _lost(reference: Reference) -> Unknown:
    return Unknown(f"{reference.reason}, and what it names was not found", Cause.OTHER, references=reference.references)
