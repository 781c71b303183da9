"""All values of one joining argument, indexed by what they point at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field
from heapq import merge
from itertools import chain
from operator import itemgetter
from typing import Protocol

from hipaa_guard.facts.values import PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.addresses import last_key, without_keys
from hipaa_guard.terraform.binding.data_source_targets import DataSourceTarget, may_be_sought, sought_by
from hipaa_guard.terraform.binding.identity import (
    Identity,
    NameIndex,
    Source,
    embedded,
    pattern,
    sources,
    tokens,
    written_alike,
)
from hipaa_guard.terraform.binding.name_patterns import Pattern, Patterns, Texts, forms
from hipaa_guard.terraform.binding.paths import every_value
from hipaa_guard.terraform.binding.reference_chains import End, ReferenceChain
from hipaa_guard.terraform.binding.uncertain_joins import UncertainJoin, doubt_of
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import DataSourceValue, HiddenText, Pinned

_COMPARED = 256
"""How many different half-known names are compared with one another before all are taken as possible."""


@dataclass(frozen=True, slots=True)
class JoinValue:
    """A value of the argument of an instance, all that it leads to, and its tokens (`written_alike`)."""

    instance: ResourceInstance
    value: Value
    ends: list[End]
    alike: list[str]


class DeclaredInstances(Protocol):
    """The declared instances, as `JoinValues` look them up."""

    def declared(self, address: str) -> ResourceInstance | None:
        """The instance at exactly this address."""

    def candidates(self, address: str) -> Sequence[ResourceInstance]:
        """The instance at an address; those of its block, where the address does not say which."""

    def instances_of(self, block: str) -> list[ResourceInstance]:
        """The instances of the block at an address without keys."""

    def leads_inside(self, reference: Reference) -> bool:
        """Whether a reference is to what stands inside of a resource and is one itself."""


@dataclass(slots=True)
class _UncertainReferences:
    """Doubtful references: by whole address, and by block where the instance is not known."""

    addresses: dict[str, list[UncertainJoin]] = field(default_factory=dict)
    blocks: dict[str, list[UncertainJoin]] = field(default_factory=dict)
    pinned: dict[str, list[UncertainJoin]] = field(default_factory=dict)
    """References to one instance of a block of which only ``[?]`` is known."""
    texts: dict[str, list[UncertainJoin]] = field(default_factory=dict)
    """Names that are one of several possible."""


class _UnmatchedNames:
    """Literals that name nothing declared, each with the first instance that names it so."""

    def __init__(self, strays: Sequence[tuple[str, ResourceInstance]], names: NameIndex) -> None:
        self.number = len(strays)
        self.texts = Texts(text for text, _ in strays)
        self._strays = strays
        self._names = names
        self._meaning: dict[str | None, list[tuple[str, ResourceInstance]]] = {}

    def meaning(self, main: ResourceInstance) -> list[tuple[str, ResourceInstance]]:
        """Those that may mean something in the region of a main resource."""
        region = main.region if isinstance(main.region, str) else None
        if region not in self._meaning:
            found = [each for each in self._strays if self._names.may_mean(main, each[1], each[0])]
            self._meaning[region] = found
        return self._meaning[region]


class JoinValues:
    """All values of one argument of one type (`values`), indexed by what they point at."""

    def __init__(
        self, joins: DeclaredInstances, by: str, instances: Iterable[ResourceInstance], trail: ReferenceChain
    ) -> None:
        self._joins = joins
        self.trail = trail
        self._by = by
        self._order: dict[str, int] = {}
        self._references: dict[str, list[ResourceInstance]] = {}
        self._into: dict[str, list[ResourceInstance]] = {}
        self._texts: dict[str, list[tuple[ResourceInstance, str]]] = {}
        self._texts_in: dict[tuple[str, str], list[tuple[ResourceInstance, str]]] = {}
        self._literals: dict[str, ResourceInstance] = {}
        self._loose = _UncertainReferences()
        self._anyone: list[UncertainJoin] = []
        self._apart: dict[Source, list[tuple[int, UncertainJoin]]] = {}
        self._lookups: dict[DataSourceTarget, list[UncertainJoin]] = {}
        self.values: list[JoinValue] = []
        self._patterns: dict[Pattern, UncertainJoin] = {}
        self._homes: dict[tuple[int, str], list[tuple[ResourceInstance, str]]] = {}
        self._several: dict[tuple[int, str, str, str | None], list[ResourceInstance]] = {}
        self._strays: dict[int, _UnmatchedNames] = {}
        self._kept: list[Unknown] = []
        steps = by.split(".")
        for position, instance in enumerate(instances):
            self._order[instance.address] = position
            for value in every_value(instance.get(steps[0]), steps[1:]):
                self._add(instance, value)
        self._half_known = Patterns(self._patterns)

    # --- building ------------------------------------------------------------------------------------------------

    def _add(self, instance: ResourceInstance, value: Value) -> None:
        ends = self.trail.ends(value, instance)
        alike = self._written_alike(instance, value)
        self.values.append(JoinValue(instance, value, ends, alike))
        for token in alike:
            self._add_text(token, instance, token)
        for end in ends:
            if not end.sure:
                self._add_possible(instance, end.value, value, apart=end.apart)
            elif isinstance(end.value, str):
                self._literals.setdefault(end.value, instance)
                for form in forms(end.value):
                    self._add_text(form, instance, end.value)
            elif isinstance(end.value, Unknown):
                if end.apart:
                    doubt = self._doubt(instance, end.value)
                    for source in sources(end.value):
                        self._apart.setdefault(source, []).append((len(self.values), doubt))
                else:
                    self._add_unknown(instance, end.value)
                if end.value is not value:
                    self._add_tokens(instance, end.value)
        self._add_tokens(instance, value)

    def _written_alike(self, instance: ResourceInstance, value: Value) -> list[str]:
        """The token of a value that is the whole argument."""
        whole = isinstance(value, Unknown) and instance.get(self._by) is value
        return written_alike(instance, self._by, value) if whole else []

    def _add_text(self, text: str, instance: ResourceInstance, written: str) -> None:
        self._texts.setdefault(text, []).append((instance, written))
        self._texts_in.setdefault((text, instance.module), []).append((instance, written))

    def _add_tokens(self, instance: ResourceInstance, value: Value) -> None:
        """The same unknown value names the same resource, wherever else it leads."""
        if isinstance(value, Unknown):
            self._kept.append(value)
            for token in tokens(value):
                self._add_text(token, instance, token)

    def _add_unknown(self, instance: ResourceInstance, value: Unknown) -> None:
        if isinstance(value, Reference):
            self._add_reference(instance, value)
        elif isinstance(value, PartialText):
            for reference in embedded(value):
                self._add_reference(instance, reference)
            found = pattern(value)
            if not found.late:
                self._patterns.setdefault(found, self._doubt(instance, value))
        elif isinstance(value, DataSourceValue):
            self._add_lookup(value, self._doubt(instance, value))
        else:
            self._anyone.append(self._doubt(instance, value))

    def _add_reference(self, instance: ResourceInstance, reference: Reference) -> None:
        if self._joins.leads_inside(reference):
            self._into.setdefault(reference.address, []).append(instance)
            return
        if not self.trail.is_main(reference):
            return
        address = reference.address
        block = without_keys(address)
        if isinstance(reference, Pinned):
            self._loose.pinned.setdefault(block, []).append(self._doubt(instance, reference))
            return
        if self._joins.declared(address) is not None:
            self._references.setdefault(address, []).append(instance)
            return
        candidates = self._joins.instances_of(block)
        known = last_key(address) not in ("", "[?]") and "[?]" not in address
        if len(candidates) == 1 and not known and self._stands_for(candidates[0], instance):
            self._references.setdefault(candidates[0].address, []).append(instance)
        elif candidates:
            index = self._loose.pinned if known else self._loose.blocks
            index.setdefault(block, []).append(self._doubt(instance, reference))

    @staticmethod
    def _stands_for(only: ResourceInstance, split: ResourceInstance) -> bool:
        """Whether a reference that leaves the instance open means the only one there is."""
        return "[?]" not in only.address or doubt_of(only, split) is None

    def _add_possible(self, instance: ResourceInstance, end: Value, value: Value, *, apart: bool = False) -> None:
        """What the value perhaps leads to."""
        doubt = self._doubt(instance, value if isinstance(value, Unknown) else end)
        if isinstance(end, str):
            for form in forms(end):
                self._loose.texts.setdefault(form, []).append(doubt)
        elif isinstance(end, Reference) and not self.trail.is_main(end):
            pass  # something that is declared, but of another kind
        elif isinstance(end, Reference):
            exact = self._joins.declared(end.address) is not None
            index = self._loose.addresses if exact else self._loose.blocks
            index.setdefault(end.address if exact else without_keys(end.address), []).append(doubt)
        elif isinstance(end, PartialText):
            for reference in embedded(end):
                self._add_possible(instance, reference, value)
            found = pattern(end)
            if not found.late:
                self._patterns.setdefault(found, doubt)
        elif isinstance(end, DataSourceValue):
            self._add_lookup(end, doubt)
        elif isinstance(end, Unknown) and not apart:
            self._anyone.append(doubt)
        if isinstance(end, Unknown):
            self._kept.append(end)
            for token in tokens(end):
                self._loose.texts.setdefault(token, []).append(doubt)

    def _add_lookup(self, value: DataSourceValue, doubt: UncertainJoin) -> None:
        sought = sought_by(value)
        if sought is not None:
            self._lookups.setdefault(sought, []).append(doubt)

    def _doubt(self, instance: ResourceInstance, value: Unknown) -> UncertainJoin:
        reason = f"{instance.address} may apply: its {self._by} is not known ({value.reason})"
        if isinstance(value, Pinned):
            reason = f"{instance.address} may be for another instance than {value.address}"
        return UncertainJoin(instance, Unknown(reason, value.cause, references=(instance.address, *value.references)))

    # --- looking up ----------------------------------------------------------------------------------------------

    def certain(self, main: ResourceInstance, identity: Identity, names: NameIndex) -> list[ResourceInstance]:
        """The instances that certainly point at `main`, in the order of the configuration."""
        found = {split.address: split for split in self._references.get(main.address, ())}
        for text in identity.texts:
            for split, written in self._naming(text, main, names):
                if names.may_mean(main, split, written):
                    found[split.address] = split
        return sorted(found.values(), key=lambda split: self._order[split.address])

    def into(self, main: ResourceInstance) -> tuple[ResourceInstance, ...]:
        """The instances that point at what stands inside of `main`."""
        return tuple(self._into.get(main.address, ()))

    def _naming(self, text: str, main: ResourceInstance, names: NameIndex) -> list[tuple[ResourceInstance, str]]:
        """Where the text names `main` and nothing else; of several so called, the one in its region or its module."""
        owners = names.owners(text)
        if len(owners) > 1:
            alone = len(names.owners(text, main.module)) == 1
            told = self._texts_in.get((text, main.module), []) if alone else []
            regions = names.regions(text)
            if names.regional and sum(regions[each] for each in regions if each and each == main.region) == 1:
                placed = (each for each in self._texts.get(text, []) if isinstance(each[0].region, str))
                told = told if None in regions else [*told, *placed]
            return told
        return self._texts.get(text, [])

    def possible(
        self, main: ResourceInstance, identity: Identity, names: NameIndex, certain: list[ResourceInstance]
    ) -> Iterator[UncertainJoin]:
        """The instances that may point at `main`, certain ones aside, each once."""
        settled = {split.address for split in certain}
        for doubts in (
            self._loosely(main, identity),
            self._by_pattern(identity),
            self._ambiguous(main, identity, names),
            self._by_stray(main, identity, names),
        ):
            for doubt in doubts:
                if doubt.instance.address not in settled:
                    settled.add(doubt.instance.address)
                    yield doubt

    def _loosely(self, main: ResourceInstance, identity: Identity) -> Iterator[UncertainJoin]:
        block = without_keys(main.address)
        yield from self._loose.addresses.get(main.address, ())
        yield from self._loose.blocks.get(block, ())
        if "[?]" in main.address:
            yield from self._loose.pinned.get(block, ())
        if self._loose.texts:
            for text in sorted(identity.texts):
                yield from self._loose.texts.get(text, ())
        yield from self._anyone
        shared = [self._apart[source] for source in identity.shared() if source in self._apart]
        yield from (doubt for _, doubt in merge(*shared, key=itemgetter(0)))
        sought = may_be_sought(main, identity)
        if sought is not None:
            yield from self._lookups.get(sought, ())

    def _by_pattern(self, identity: Identity) -> Iterator[UncertainJoin]:
        """Names that are known in part, where those parts agree."""
        if len(self._patterns) > _COMPARED:
            yield from self._patterns.values()
            return
        patterns = [found for found in identity.patterns if not found.open]
        if any(map(self._half_known.fit, identity.known)) or any(map(self._half_known.agree, patterns)):
            for found, doubt in self._patterns.items():
                if any(map(found.fits, identity.known)) or any(map(found.agrees, patterns)):
                    yield doubt

    def _ambiguous(self, main: ResourceInstance, identity: Identity, names: NameIndex) -> Iterator[UncertainJoin]:
        """A text that names several resources may mean any of them."""
        for text in identity.texts:
            owners = len(names.owners(text))
            if owners < 2:
                continue
            for split in self._of_several(text, main, names):
                reason = f"{split.address} may apply: its {self._by} names {owners} resources"
                yield UncertainJoin(split, Unknown(reason, references=(split.address,)))

    def _of_several(self, text: str, main: ResourceInstance, names: NameIndex) -> list[ResourceInstance]:
        """The instances for which a text that names several resources may mean one of a module and region."""
        region = main.region if isinstance(main.region, str) else None
        key = (id(names), text, main.module, region)
        if key not in self._several:
            here = self._texts_in.get((text, main.module), []) if len(names.owners(text, main.module)) > 1 else []
            told = chain(here, self._homeless(text, names))
            self._several[key] = [split for split, written in told if names.may_mean(main, split, written)]
        return self._several[key]

    def _homeless(self, text: str, names: NameIndex) -> list[tuple[ResourceInstance, str]]:
        """The instances in whose own module nothing has the name that they point at, and how they write it."""
        key = (id(names), text)
        if key not in self._homes:
            told = self._texts.get(text, ())
            self._homes[key] = [each for each in told if not names.owners(text, each[0].module)]
        return self._homes[key]

    def _by_stray(self, main: ResourceInstance, identity: Identity, names: NameIndex) -> Iterator[UncertainJoin]:
        """A literal that names nothing we know may be a name that is known in part."""
        unknown = identity.unknown
        patterns = [found for found in identity.patterns if not (found.late or found.open)]
        if unknown is None or not patterns:
            return
        strays = self._strays_of(names)
        every = strays.number > _COMPARED
        if not every and not any(map(strays.texts.fit, patterns)):
            return
        for text, split in strays.meaning(main):
            if every or any(found.fits(text) for found in patterns):
                named = "a sensitive name" if isinstance(text, HiddenText) else repr(text)
                reason = f"{split.address} may apply: it names {named}, and the name here is not known"
                references = (split.address, *unknown.references)
                yield UncertainJoin(
                    split, Unknown(f"{reason} ({unknown.reason})", unknown.cause, references=references)
                )

    def _strays_of(self, names: NameIndex) -> _UnmatchedNames:
        found = self._strays.get(id(names))
        if found is None:
            found = _UnmatchedNames([each for each in self._literals.items() if not names.owned(each[0])], names)
            self._strays[id(names)] = found
        return found
