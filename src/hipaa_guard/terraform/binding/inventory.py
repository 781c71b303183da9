"""Terraform instances bound to kinds of resources: the inventory of one configuration."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hipaa_guard.facts.alternatives import NO_CHOICES, Choice, Choices
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.origin import Origin, Trace
from hipaa_guard.facts.readings import Block, TerraformReading, names_split
from hipaa_guard.facts.resource import READING_ERRORS, Fact, Resource
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.binding import required_arguments
from hipaa_guard.terraform.binding.choices import open_choices
from hipaa_guard.terraform.binding.external_instances import ExternalInstance
from hipaa_guard.terraform.binding.fact_view import (
    InstanceView,
    JoinedInstances,
    ReadArguments,
    UncertainValue,
    UnseenPart,
)
from hipaa_guard.terraform.binding.identity import NameIndex
from hipaa_guard.terraform.binding.joins import Joins
from hipaa_guard.terraform.binding.nested_resources import NestedInstance, nested_in
from hipaa_guard.terraform.binding.paths import same
from hipaa_guard.terraform.binding.stand_ins import Nested, stand_ins
from hipaa_guard.terraform.blocks import Configuration, ResourceInstance


def build_inventory(configuration: Configuration, kinds: Sequence[type[Resource]]) -> Inventory:
    """All resources of the given kinds that a configuration declares, and the stand-ins of those that it does not."""
    joins = Joins(configuration, _splits(kinds), _inside(kinds))
    nested: Nested = {}
    found = [resource for kind in kinds for resource in _of_kind(kind, configuration, joins, nested)]
    root, gaps = configuration.root, configuration.gaps
    declared_elsewhere = stand_ins(kinds, joins, root, _of_parts, gaps, nested=nested)
    return Inventory(found, source="terraform", kinds=kinds, stand_ins=declared_elsewhere)


class TerraformSource:
    """Reads the facts of one Terraform instance (`facts.resource.FactSource`)."""

    __slots__ = ("_block", "_choices", "_instance", "_joins", "_names", "_read_arguments")

    def __init__(
        self,
        instance: ResourceInstance,
        joins: JoinedInstances,
        block: Block,
        names: NameIndex,
        choices: Choices = NO_CHOICES,
    ) -> None:
        self._read_arguments: dict[str, ReadArguments] = {}
        self._instance = instance
        self._joins = joins
        self._block = block
        self._names = names
        self._choices = choices

    def read(self, fact: Fact) -> Value:
        """The raw value of the fact; `fact.unset` where no reading has a value, an `Unknown` where it is not known."""
        read_arguments = self._read_arguments[fact.name] = ReadArguments()
        return self._decide(fact.readings(self._instance.type), self._value_when_absent(fact), read_arguments)

    def trace(self, fact: Fact) -> Trace:
        """The lines of the argument that decides the fact; empty where none is written."""
        if fact.name not in self._read_arguments:
            self.read(fact)
        location = self._read_arguments[fact.name].location(self._instance)
        return Trace() if location is None else Trace(str(location), location)

    def open_choices(self, fact: Fact) -> dict[Choice, int]:
        """See `facts.resource.ChoosingSource`."""
        read_arguments = self._read_arguments.get(fact.name, ReadArguments())
        return {
            choice: number
            for instance, path in read_arguments.places
            if path
            for choice, number in open_choices(required_arguments.value_at(instance, path))
        }

    def chosen(self, choices: Choices) -> TerraformSource:
        """See `facts.resource.ChoosingSource`."""
        return TerraformSource(self._instance, self._joins, self._block, self._names, choices)

    def _value_when_absent(self, fact: Fact) -> Value:
        """The value where no reading has one: `fact.unset`; an `Unknown` for a type that the fact is not read from."""
        type_ = self._instance.type
        if isinstance(self._instance, ExternalInstance):
            return self._instance.unknown
        if fact.is_read_from(type_):
            return fact.unset
        return Unknown(f"it is not read from {type_}", Cause.NOT_COLLECTED)

    def _decide(self, readings: Sequence[TerraformReading], unset: Value, read_arguments: ReadArguments) -> Value:
        """The first reading with a value. A resource that may not exist decides nothing, unless the rest agrees."""
        for position, reading in enumerate(readings):
            tried = ReadArguments()
            value = self._value_of(reading, tried)
            if value is None:
                continue
            read_arguments.places.extend(tried.places)
            if isinstance(value, UnseenPart):
                rest = self._decide(readings[position + 1 :], None, read_arguments)
                return value.unknown if rest is None else rest
            if isinstance(value, UncertainValue):
                rest = self._decide(readings[position + 1 :], unset, ReadArguments())
                return rest if same(rest, value.value) else value.unknown
            return value
        return unset

    def _value_of(
        self, reading: TerraformReading, read_arguments: ReadArguments
    ) -> Value | UncertainValue | UnseenPart:
        view = InstanceView(
            self._instance, self._joins, self._block, read_arguments, names=self._names, choices=self._choices
        )
        try:
            return view.look(reading) if isinstance(reading, str) else reading(view)
        except Undecided as error:
            return error.unknown
        except READING_ERRORS as error:
            return Unknown(f"its value could not be read ({type(error).__name__}: {str(error)[:120]})")


def _splits(kinds: Sequence[type[Resource]]) -> dict[tuple[str, ...], frozenset[str]]:
    """The split types in the readings of facts, by the types of the main resources."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for kind in kinds:
        block = kind.terraform
        if block is not None:
            readings = [reading for fact in kind.facts.values() for reading in fact.all_readings()]
            named = {str(reading).partition(".")[0] for reading in readings if names_split(reading)}
            found[block.types] = found.get(block.types, frozenset()) | named
    return found


def _inside(kinds: Sequence[type[Resource]]) -> dict[str, str]:
    """Terraform type -> the path of the resources nested in it."""
    blocks = [kind.terraform for kind in kinds if kind.terraform is not None]
    return {type: inside.path for block in blocks for type, inside in block.inside.items()}


def _of_kind(kind: type[Resource], configuration: Configuration, joins: Joins, nested: Nested) -> Iterator[Resource]:
    block = kind.terraform
    if block is None:
        return
    names = joins.names(block, block.types[0] if block.types else "")
    for terraform_type in block.types:
        for instance in _of_type(joins.of_type(terraform_type), block):
            applies = _applies(block, InstanceView(instance, joins, block, names=names))
            if applies is not False:
                if isinstance(instance, NestedInstance):
                    nested.setdefault(kind, []).append(instance)
                uncertain = applies if isinstance(applies, Unknown) else instance.uncertain
                known, account = names.of(instance).known, joins.account_of(instance)
                origin = _origin(kind, instance, configuration, uncertain, known, account=account)
                yield kind(origin, TerraformSource(instance, joins, block, names))


def _of_parts(kind: type[Resource], whole: ExternalInstance, parts: JoinedInstances, origin: Origin) -> Resource:
    """A stand-in as a resource: its facts come from its parts."""
    block = kind.terraform
    assert block is not None
    return kind(origin, TerraformSource(whole, parts, block, parts.names(block, block.types[0])))


def _of_type(instances: Sequence[ResourceInstance], block: Block) -> Iterator[ResourceInstance]:
    """The instances of the kind: those of the type, or the resources nested in them."""
    for instance in instances:
        inside = block.inside.get(instance.type)
        if inside is None:
            yield instance
        else:
            yield from nested_in(instance, inside, block.naming(instance.type))


def _applies(block: Block, view: InstanceView) -> bool | Unknown:
    """Whether the instance is of the kind; an `Unknown` where that depends on an unknown value."""
    if block.when is None:
        return True
    try:
        answer = block.when(view)
        return answer if isinstance(answer, Unknown) else bool(answer)
    except Undecided as error:
        return error.unknown
    except READING_ERRORS as error:
        return Unknown(f"its kind could not be read ({type(error).__name__})")


def _origin(
    kind: type[Resource],
    instance: ResourceInstance,
    configuration: Configuration,
    uncertain: Unknown | None,
    keys: frozenset[str],
    *,
    account: str | None,
) -> Origin:
    block = kind.terraform
    argument = None if block is None else block.naming(instance.type)
    name = None if argument is None else instance.get(argument)
    arn = instance.get("arn")
    return Origin(
        kind=kind.kind,
        type=instance.type,
        name=name if isinstance(name, str) and 0 < len(name) <= limits.NAME_LENGTH else instance.name,
        source="terraform",
        address=instance.address,
        arn=arn if isinstance(arn, str) and 0 < len(arn) <= limits.NAME_LENGTH else None,
        region=instance.region if isinstance(instance.region, str) else None,
        account=account,
        root=configuration.root,
        location=instance.location,
        uncertain=uncertain,
        keys=keys,
        inside=instance.outer.address if isinstance(instance, NestedInstance) else None,
        place=instance.place,
    )
