"""All values of one joining argument, indexed by their targets."""

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
from hipaa_guard.terraform.binding.data_source_targets import DataSourceTarget, as_target, target_of
from hipaa_guard.terraform.binding.identity import (
    Identity,
    NameIndex,
    Source,
    embedded,
    expression_tokens,
    pattern,
    sources,
    tokens,
)
from hipaa_guard.terraform.binding.name_patterns import Pattern, Patterns, Texts, forms
from hipaa_guard.terraform.binding.paths import every_value
from hipaa_guard.terraform.binding.reference_chains import End, ReferenceChain
from hipaa_guard.terraform.binding.uncertain_joins import UncertainJoin, why_uncertain
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import DataSourceValue, HiddenText, Pinned

_COMPARED = 256
"""Maximum number of partly known names that are compared with each other; of more, each counts as possible."""


@dataclass(frozen=True, slots=True)
class JoinValue:
    """A value of the argument of an instance, all its ends, and its tokens (`expression_tokens`)."""

    instance: ResourceInstance
    value: Value
    ends: list[End]
    same_expression: list[str]


class DeclaredInstances(Protocol):
    """The declared instances, as `JoinValues` look them up."""

    def declared(self, address: str) -> ResourceInstance | None:
        """The instance at exactly this address."""

    def candidates(self, address: str) -> Sequence[ResourceInstance]:
        """The instance at an address; those of its block, where the address does not say which."""

    def instances_of(self, block: str) -> list[ResourceInstance]:
        """The instances of the block at an address without keys."""

    def leads_inside(self, reference: Reference) -> bool:
        """Whether a reference is to a resource that is nested in another one."""


@dataclass(slots=True)
class _UncertainReferences:
    """Values that may point at a resource: by whole address, and by block where the instance is not known."""

    addresses: dict[str, list[UncertainJoin]] = field(default_factory=dict)
    blocks: dict[str, list[UncertainJoin]] = field(default_factory=dict)
    pinned: dict[str, list[UncertainJoin]] = field(default_factory=dict)
    """References to one instance of a block that is known only as ``[?]``."""
    texts: dict[str, list[UncertainJoin]] = field(default_factory=dict)
    """Names that a value may be."""


class _UnmatchedNames:
    """Literals that name no declared resource, each with the first instance that uses it."""

    def __init__(self, unmatched: Sequence[tuple[str, ResourceInstance]], names: NameIndex) -> None:
        self.number = len(unmatched)
        self.texts = Texts(text for text, _ in unmatched)
        self._unmatched = unmatched
        self._names = names
        self._by_region: dict[str | None, list[tuple[str, ResourceInstance]]] = {}

    def in_region_of(self, main: ResourceInstance) -> list[tuple[str, ResourceInstance]]:
        """The literals that may name something in the region of a main resource."""
        region = main.region if isinstance(main.region, str) else None
        if region not in self._by_region:
            found = [each for each in self._unmatched if self._names.may_mean(main, each[1], each[0])]
            self._by_region[region] = found
        return self._by_region[region]


class JoinValues:
    """All values of one argument of one type (`values`), indexed by their targets."""

    def __init__(
        self, joins: DeclaredInstances, by: str, instances: Iterable[ResourceInstance], reference_chain: ReferenceChain
    ) -> None:
        self._joins = joins
        self.reference_chain = reference_chain
        self._by = by
        self._order: dict[str, int] = {}
        self._references: dict[str, list[ResourceInstance]] = {}
        self._pointing_inside: dict[str, list[ResourceInstance]] = {}
        self._texts: dict[str, list[tuple[ResourceInstance, str]]] = {}
        self._texts_in: dict[tuple[str, str], list[tuple[ResourceInstance, str]]] = {}
        self._literals: dict[str, ResourceInstance] = {}
        self._uncertain_references = _UncertainReferences()
        self._may_name_any: list[UncertainJoin] = []
        self._from_outside: dict[Source, list[tuple[int, UncertainJoin]]] = {}
        self._lookups: dict[DataSourceTarget, list[UncertainJoin]] = {}
        self.values: list[JoinValue] = []
        self._patterns: dict[Pattern, UncertainJoin] = {}
        self._unowned_here: dict[tuple[int, str], list[tuple[ResourceInstance, str]]] = {}
        self._several: dict[tuple[int, str, str, str | None], list[ResourceInstance]] = {}
        self._unmatched: dict[int, _UnmatchedNames] = {}
        self._kept: list[Unknown] = []
        steps = by.split(".")
        for position, instance in enumerate(instances):
            self._order[instance.address] = position
            for value in every_value(instance.get(steps[0]), steps[1:]):
                self._add(instance, value)
        self._pattern_index = Patterns(self._patterns)

    # --- building ------------------------------------------------------------------------------------------------

    def _add(self, instance: ResourceInstance, value: Value) -> None:
        ends = self.reference_chain.ends(value, instance)
        same_expression = self._expression_tokens(instance, value)
        self.values.append(JoinValue(instance, value, ends, same_expression))
        for token in same_expression:
            self._add_text(token, instance, token)
        for end in ends:
            if not end.certain:
                self._add_possible(instance, end.value, value, from_outside=end.from_outside)
            elif isinstance(end.value, str):
                self._literals.setdefault(end.value, instance)
                for form in forms(end.value):
                    self._add_text(form, instance, end.value)
            elif isinstance(end.value, Unknown):
                if end.from_outside:
                    join = self._uncertain_join(instance, end.value)
                    for source in sources(end.value):
                        self._from_outside.setdefault(source, []).append((len(self.values), join))
                else:
                    self._add_unknown(instance, end.value)
                if end.value is not value:
                    self._add_tokens(instance, end.value)
        self._add_tokens(instance, value)

    def _expression_tokens(self, instance: ResourceInstance, value: Value) -> list[str]:
        """The token of a value that is the whole argument."""
        whole = isinstance(value, Unknown) and instance.get(self._by) is value
        return expression_tokens(instance, self._by, value) if whole else []

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
            if not found.after_apply:
                self._patterns.setdefault(found, self._uncertain_join(instance, value))
        elif isinstance(value, DataSourceValue):
            self._add_lookup(value, self._uncertain_join(instance, value))
        else:
            self._may_name_any.append(self._uncertain_join(instance, value))

    def _add_reference(self, instance: ResourceInstance, reference: Reference) -> None:
        if self._joins.leads_inside(reference):
            self._pointing_inside.setdefault(reference.address, []).append(instance)
            return
        if not self.reference_chain.is_main(reference):
            return
        address = reference.address
        block = without_keys(address)
        if isinstance(reference, Pinned):
            self._uncertain_references.pinned.setdefault(block, []).append(self._uncertain_join(instance, reference))
            return
        if self._joins.declared(address) is not None:
            self._references.setdefault(address, []).append(instance)
            return
        candidates = self._joins.instances_of(block)
        known = last_key(address) not in ("", "[?]") and "[?]" not in address
        if len(candidates) == 1 and not known and self._stands_for(candidates[0], instance):
            self._references.setdefault(candidates[0].address, []).append(instance)
        elif candidates:
            index = self._uncertain_references.pinned if known else self._uncertain_references.blocks
            index.setdefault(block, []).append(self._uncertain_join(instance, reference))

    @staticmethod
    def _stands_for(only: ResourceInstance, split: ResourceInstance) -> bool:
        """Whether a reference that leaves the instance open means the only one there is."""
        return "[?]" not in only.address or why_uncertain(only, split) is None

    def _add_possible(
        self, instance: ResourceInstance, end: Value, value: Value, *, from_outside: bool = False
    ) -> None:
        """Index an end that the value may lead to."""
        join = self._uncertain_join(instance, value if isinstance(value, Unknown) else end)
        if isinstance(end, str):
            for form in forms(end):
                self._uncertain_references.texts.setdefault(form, []).append(join)
        elif isinstance(end, Reference) and not self.reference_chain.is_main(end):
            pass  # a declared resource of another kind
        elif isinstance(end, Reference):
            exact = self._joins.declared(end.address) is not None
            index = self._uncertain_references.addresses if exact else self._uncertain_references.blocks
            index.setdefault(end.address if exact else without_keys(end.address), []).append(join)
        elif isinstance(end, PartialText):
            for reference in embedded(end):
                self._add_possible(instance, reference, value)
            found = pattern(end)
            if not found.after_apply:
                self._patterns.setdefault(found, join)
        elif isinstance(end, DataSourceValue):
            self._add_lookup(end, join)
        elif isinstance(end, Unknown) and not from_outside:
            self._may_name_any.append(join)
        if isinstance(end, Unknown):
            self._kept.append(end)
            for token in tokens(end):
                self._uncertain_references.texts.setdefault(token, []).append(join)

    def _add_lookup(self, value: DataSourceValue, join: UncertainJoin) -> None:
        target = target_of(value)
        if target is not None:
            self._lookups.setdefault(target, []).append(join)

    def _uncertain_join(self, instance: ResourceInstance, value: Unknown) -> UncertainJoin:
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

    def pointing_inside(self, main: ResourceInstance) -> tuple[ResourceInstance, ...]:
        """The instances that point at a resource nested in `main`."""
        return tuple(self._pointing_inside.get(main.address, ()))

    def _naming(self, text: str, main: ResourceInstance, names: NameIndex) -> list[tuple[ResourceInstance, str]]:
        """The uses of a name that mean `main` alone: of several owners, it is the one in the region or module."""
        owners = names.owners(text)
        if len(owners) > 1:
            alone = len(names.owners(text, main.module)) == 1
            pointing = self._texts_in.get((text, main.module), []) if alone else []
            regions = names.regions(text)
            if names.regional and sum(regions[each] for each in regions if each and each == main.region) == 1:
                placed = (each for each in self._texts.get(text, []) if isinstance(each[0].region, str))
                pointing = pointing if None in regions else [*pointing, *placed]
            return pointing
        return self._texts.get(text, [])

    def possible(
        self, main: ResourceInstance, identity: Identity, names: NameIndex, certain: list[ResourceInstance]
    ) -> Iterator[UncertainJoin]:
        """The instances that may point at `main`, certain ones aside, each once."""
        settled = {split.address for split in certain}
        for joins in (
            self._by_uncertain_reference(main, identity),
            self._by_pattern(identity),
            self._ambiguous(main, identity, names),
            self._by_unmatched_name(main, identity, names),
        ):
            for join in joins:
                if join.instance.address not in settled:
                    settled.add(join.instance.address)
                    yield join

    def _by_uncertain_reference(self, main: ResourceInstance, identity: Identity) -> Iterator[UncertainJoin]:
        block = without_keys(main.address)
        yield from self._uncertain_references.addresses.get(main.address, ())
        yield from self._uncertain_references.blocks.get(block, ())
        if "[?]" in main.address:
            yield from self._uncertain_references.pinned.get(block, ())
        if self._uncertain_references.texts:
            for text in sorted(identity.texts):
                yield from self._uncertain_references.texts.get(text, ())
        yield from self._may_name_any
        shared = [self._from_outside[source] for source in identity.shared() if source in self._from_outside]
        yield from (join for _, join in merge(*shared, key=itemgetter(0)))
        target = as_target(main, identity)
        if target is not None:
            yield from self._lookups.get(target, ())

    def _by_pattern(self, identity: Identity) -> Iterator[UncertainJoin]:
        """Partly known names whose known parts fit `main`."""
        if len(self._patterns) > _COMPARED:
            yield from self._patterns.values()
            return
        patterns = [found for found in identity.patterns if not found.is_unknown]
        if any(map(self._pattern_index.fit, identity.known)) or any(map(self._pattern_index.agree, patterns)):
            for found, join in self._patterns.items():
                if any(map(found.fits, identity.known)) or any(map(found.agrees, patterns)):
                    yield join

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
        """The instances whose text names several resources and may mean one in the module and region of `main`."""
        region = main.region if isinstance(main.region, str) else None
        key = (id(names), text, main.module, region)
        if key not in self._several:
            here = self._texts_in.get((text, main.module), []) if len(names.owners(text, main.module)) > 1 else []
            pointing = chain(here, self._without_local_owner(text, names))
            self._several[key] = [split for split, written in pointing if names.may_mean(main, split, written)]
        return self._several[key]

    def _without_local_owner(self, text: str, names: NameIndex) -> list[tuple[ResourceInstance, str]]:
        """The instances in whose module no resource has the name that they use, each with the name as written."""
        key = (id(names), text)
        if key not in self._unowned_here:
            pointing = self._texts.get(text, ())
            self._unowned_here[key] = [each for each in pointing if not names.owners(text, each[0].module)]
        return self._unowned_here[key]

    def _by_unmatched_name(
        self, main: ResourceInstance, identity: Identity, names: NameIndex
    ) -> Iterator[UncertainJoin]:
        """Literals that name no declared resource, but may be the partly known name of `main`."""
        unknown = identity.unknown
        patterns = [found for found in identity.patterns if not (found.after_apply or found.is_unknown)]
        if unknown is None or not patterns:
            return
        unmatched = self._unmatched_of(names)
        every = unmatched.number > _COMPARED
        if not every and not any(map(unmatched.texts.fit, patterns)):
            return
        for text, split in unmatched.in_region_of(main):
            if every or any(found.fits(text) for found in patterns):
                named = "a sensitive name" if isinstance(text, HiddenText) else repr(text)
                reason = f"{split.address} may apply: it names {named}, and the name here is not known"
                references = (split.address, *unknown.references)
                yield UncertainJoin(
                    split, Unknown(f"{reason} ({unknown.reason})", unknown.cause, references=references)
                )

    def _unmatched_of(self, names: NameIndex) -> _UnmatchedNames:
        found = self._unmatched.get(id(names))
        if found is None:
            found = _UnmatchedNames([each for each in self._literals.items() if not names.owned(each[0])], names)
            self._unmatched[id(names)] = found
        return found
