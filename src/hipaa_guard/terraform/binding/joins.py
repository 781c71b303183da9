"""Which split resources belong to which main one: ``aws_s3_bucket_versioning.v`` to ``aws_s3_bucket.b``.

A split resource points at its main one through an argument. A reference joins by address, a text by name. An unknown
value joins nothing but may hide a join: then the absence of a split resource is itself unknown. All look-ups go
through indexes that are built once per argument; no look-up for one resource goes through all instances.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from hipaa_guard.facts.places import in_one_place
from hipaa_guard.facts.readings import Adoption, Block
from hipaa_guard.facts.values import Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.addresses import segments, without_keys
from hipaa_guard.terraform.binding.external_values import ExternalValue, Owners, is_left_out
from hipaa_guard.terraform.binding.identity import NameIndex, naming_arguments
from hipaa_guard.terraform.binding.join_values import JoinValues
from hipaa_guard.terraform.binding.other_accounts import OtherAccounts
from hipaa_guard.terraform.binding.reference_chains import ReferenceChain, Splits, type_at
from hipaa_guard.terraform.binding.uncertain_joins import UncertainJoin, why_uncertain
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance

_OUTSIDE = frozenset({"var", "data", "ephemeral", "terraform", "path"})
"""First segments of names whose values come from outside of the configuration."""
_OPEN = frozenset({"local", "module", "each", "count", "self"})
"""First segments of names whose values may come from anywhere."""


@dataclass(frozen=True, slots=True)
class Links:
    """The instances that point at one other instance: the certain ones, in order, and the possible ones."""

    certain: tuple[ResourceInstance, ...]
    first_possible: UncertainJoin | None
    """The first possible one."""
    all_possible: Callable[[], Iterator[UncertainJoin]]
    """All possible ones."""
    pointing_inside: tuple[ResourceInstance, ...] = ()
    """The instances that point at a resource nested in it."""


_NONE = Links((), None, lambda: iter(()))


class Joins:
    """The joins of one configuration."""

    def __init__(
        self,
        configuration: Configuration,
        splits: Mapping[tuple[str, ...], frozenset[str]] = {},
        inside: Mapping[str, str] = {},
    ) -> None:
        self._configuration = configuration
        self._inside = inside
        self.types_looked_for = configuration.types_looked_for
        self._splits = splits
        self._by_type: dict[str, list[ResourceInstance]] = {}
        self._by_address: dict[str, ResourceInstance] = {}
        self._by_block: dict[str, list[ResourceInstance]] = {}
        self._names: dict[tuple[tuple[str, ...], tuple[str, ...]], NameIndex] = {}
        self._pointers: dict[tuple[str, str, tuple[str, ...]], JoinValues] = {}
        for instance in configuration.instances:
            self._by_type.setdefault(instance.type, []).append(instance)
            self._by_address[instance.address] = instance
            self._by_block.setdefault(without_keys(instance.address), []).append(instance)
        self._other_accounts = OtherAccounts(configuration, self._by_address, self._by_block)

    def of_type(self, type: str) -> list[ResourceInstance]:
        """All instances of a Terraform type."""
        return self._by_type.get(type, [])

    def names(self, block: Block | None, type: str) -> NameIndex:
        """The identities of the instances of a kind; without ``block``, of a type."""
        types = (type,) if block is None else block.types
        arguments = naming_arguments(block)
        if (types, arguments) not in self._names:
            instances = [instance for each in types for instance in self.of_type(each)]
            made_by = {} if block is None else block.made_by
            self._names[types, arguments] = NameIndex(
                types,
                instances,
                arguments,
                made_by,
                regional=block is None or not block.global_names,
                across_accounts=block is not None and block.across_accounts,
                unqualified=None if block is None else block.unqualified,
            )
        return self._names[types, arguments]

    def account_of(self, instance: ResourceInstance) -> str | None:
        """The account of an instance, as its provider or the user names it; None where that is not known."""
        return self._other_accounts.account_of(instance.place)

    def seen_from(self, main: ResourceInstance, value: Value) -> Value:
        """A value as seen from `main`: references to resources of other accounts have these accounts."""
        return self._other_accounts.seen_from(main, value) if self._configuration.several_providers else value

    def unseen(self, main: ResourceInstance) -> Unknown | None:
        """Why something that was not read may point at the instance; None where nothing may."""
        return self._configuration.given_to_unread.get(main.address)

    def why_uncertain(self, main: ResourceInstance, split: ResourceInstance) -> Unknown | None:
        """Why a split resource that points at `main` may still not belong to it; None where it certainly does."""
        return why_uncertain(main, split)

    def links(self, main: ResourceInstance, type: str, by: str, names: NameIndex, block: Block | None = None) -> Links:
        """The instances of a type whose argument `by` points at `main`. ``block`` declares the kind of `main`."""
        if type not in self._by_type:
            return _NONE
        pointers = self._pointers_of(type, by, names, block, main.type)
        identity = names.of(main)
        certain = pointers.certain(main, identity, names)

        def all_possible() -> Iterator[UncertainJoin]:
            return pointers.possible(main, identity, names, certain)

        return Links(tuple(certain), next(all_possible(), None), all_possible, pointers.pointing_inside(main))

    def leads_inside(self, reference: Reference) -> bool:
        """Whether a reference is to a resource that is nested in another one (``t.replica[0].arn``)."""
        if not self._inside or "." not in reference.attribute:
            return False
        path = self._inside.get(type_at(reference.address))
        return path is not None and reference.attribute.startswith((f"{path}[", f"{path}."))

    def external_values(self, block: Block, type: str, by: str) -> list[ExternalValue]:
        """The values of an argument of a split type that name no declared resource of the kind."""
        if type not in self._by_type:
            return []
        names = self.names(block, block.types[0])
        mains = [instance for each in block.types for instance in self.of_type(each)]
        pointers = self._pointers_of(type, by, names, block, block.types[0])
        return list(Owners(mains, names, self, pointers.reference_chain).external_values(pointers.values))

    def _pointers_of(self, type: str, by: str, names: NameIndex, block: Block | None, main: str) -> JoinValues:
        key = (type, by, names.types)
        pointers = self._pointers.get(key)
        if pointers is None:
            splits = Splits.of(block, main, self._splits.get(names.types, frozenset()))
            reference_chain = ReferenceChain(splits, by, self)
            pointers = self._pointers[key] = JoinValues(self, by, self._by_type[type], reference_chain)
        return pointers

    def declared(self, address: str) -> ResourceInstance | None:
        """The instance at exactly this address."""
        return self._by_address.get(address)

    def candidates(self, address: str) -> list[ResourceInstance]:
        """The instance at an address; those of its block, where the address does not say which."""
        exact = self._by_address.get(address)
        return self.instances_of(without_keys(address)) if exact is None else [exact]

    def instances_of(self, block: str) -> list[ResourceInstance]:
        """The instances of the block at an address without keys."""
        return self._by_block.get(block, [])

    def adopters(self, instance: ResourceInstance, adoption: Adoption) -> Links:
        """The instances that take over what an instance brings along."""
        named = self.links(instance, adoption.type, adoption.by, self.names(None, instance.type))
        if instance.type != adoption.otherwise:
            return named
        unnamed = [each for each in self.of_type(adoption.type) if is_left_out(each.get(adoption.by))]
        alike = [each for each in self.of_type(adoption.otherwise) if in_one_place(instance.place, each.place)]
        certain, possible = list(named.certain), list(named.all_possible())
        for each in unnamed:
            together = in_one_place(instance.place, each.place)
            if together and len(alike) == 1:
                certain.append(each)
            elif together is not False:
                reason = f"{each.address} may take over what another {instance.type} brings along"
                possible.append(UncertainJoin(each, Unknown(reason, references=(each.address,))))
        return Links(tuple(certain), next(iter(possible), None), lambda: iter(possible), named.pointing_inside)

    def target(self, reference: str) -> str | None:
        """The address at the start of a reference (``aws_s3_bucket.b[0].id``); None where nothing declares it."""
        parts = segments(reference)
        for length in range(len(parts) - 1, 1, -1):
            address = ".".join(parts[:length])
            if address in self._by_address or without_keys(address) in self._by_block:
                return address
        return None

    def outside(self, name: str) -> Sequence[str] | None:
        """The addresses of the instances that a value from outside may name; None for a name that is not from outside.

        A root variable, a data source and another state cannot hold the name of a resource of this configuration. A
        module that was not read returns at most the instances that its call passes to it. A reference to a resource
        that is not declared names none of the declared ones.
        """
        parts = segments(name)
        path = ""
        while len(parts) > 2 and parts[0] == "module":
            path = f"{path}.module.{without_keys(parts[1])}".removeprefix(".")
            given = self._configuration.given_to_unread_calls.get(path)
            if given is not None:
                return given
            path = path[: -len(without_keys(parts[1]))] + parts[1]
            parts = parts[2:]
        head = without_keys(parts[0])
        if head in _OUTSIDE or (head not in _OPEN and len(parts) > 1 and self.target(name) is None):
            return ()
        return None
