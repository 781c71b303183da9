"""Stand-ins: resources that another configuration declares, while this one declares parts of them.

``security_group_id = var.group`` adds a rule to a group that some other configuration declares. All parts that use the
same name (one text, one variable, one reference) make one *stand-in*. Only the facts that its parts set are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from hipaa_guard.facts.inventory import Part, StandIn
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import Gap, GapKind
from hipaa_guard.facts.origin import Origin, account_in
from hipaa_guard.facts.places import Place, in_one_place
from hipaa_guard.facts.readings import Adoption, Block
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import PartialText, Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.addresses import segments, without_keys
from hipaa_guard.terraform.binding import required_arguments
from hipaa_guard.terraform.binding.external_instances import ExternalInstance
from hipaa_guard.terraform.binding.external_values import ExternalValue
from hipaa_guard.terraform.binding.fact_view import JoinedInstances
from hipaa_guard.terraform.binding.identity import NameIndex, tokens
from hipaa_guard.terraform.binding.joins import Joins, Links
from hipaa_guard.terraform.binding.name_patterns import forms, tail
from hipaa_guard.terraform.binding.nested_resources import NestedInstance
from hipaa_guard.terraform.binding.reference_chains import type_at
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import AttributeText, DataSourceValue, HiddenText, OuterReference

_LONGEST = 120
"""Maximum number of characters of the name that a report shows."""

MakeResource = Callable[[type[Resource], ExternalInstance, JoinedInstances, Origin], Resource]
Nested = dict[type[Resource], list[NestedInstance]]
"""The resources of each kind that are nested in other resources."""
PointsAt = tuple[str, str]
"""A split type, and its argument that names the whole."""


class _Parts:
    """The joins of one stand-in (`JoinedInstances`): its own lead to its parts, all others are the configuration's."""

    def __init__(
        self,
        joins: Joins,
        whole: ExternalInstance,
        parts: Mapping[PointsAt, tuple[ResourceInstance, ...]],
        *,
        exist: bool,
    ) -> None:
        self._joins = joins
        self._whole = whole
        self._parts = parts
        self._exist = exist
        self.types_looked_for = joins.types_looked_for

    def of_type(self, type: str) -> list[ResourceInstance]:
        """All instances of a Terraform type."""
        return self._joins.of_type(type)

    def names(self, block: Block | None, type: str) -> NameIndex:
        """The identities of the declared instances of a kind."""
        return self._joins.names(block, type)

    def unseen(self, main: ResourceInstance) -> Unknown | None:
        """Why there may be more parts: the configuration that declares the whole may hold them."""
        return self._whole.unknown if main is self._whole else self._joins.unseen(main)

    def seen_from(self, main: ResourceInstance, value: Value) -> Value:
        """See `Joins`."""
        return self._joins.seen_from(main, value)

    def links(self, main: ResourceInstance, type: str, by: str, names: NameIndex, block: Block | None = None) -> Links:
        """The parts of a type that name the whole by an argument."""
        if main is not self._whole:
            return self._joins.links(main, type, by, names, block)
        return Links(self._parts.get((type, by), ()), None, lambda: iter(()))

    def adopters(self, instance: ResourceInstance, adoption: Adoption) -> Links:
        """See `Joins`. Another configuration may hold more of them."""
        return self._joins.adopters(instance, adoption)

    def why_uncertain(self, main: ResourceInstance, split: ResourceInstance) -> Unknown | None:
        """See `Joins`. None where the part itself is judged: then its existence is not in question."""
        return None if main is self._whole and self._exist else self._joins.why_uncertain(main, split)


@dataclass(slots=True)
class _PartsOfOne:
    """The parts that use one name for the whole."""

    named: str
    text: str | None
    parts: dict[PointsAt, dict[str, ResourceInstance]] = field(default_factory=dict)

    def instances(self) -> list[ResourceInstance]:
        """Each part once."""
        found = {instance.address: instance for each in self.parts.values() for instance in each.values()}
        return list(found.values())

    def joined(self, only: ResourceInstance | None = None) -> dict[PointsAt, tuple[ResourceInstance, ...]]:
        """The parts by type and argument; ``only`` keeps one part."""
        if only is None:
            return {key: tuple(instances.values()) for key, instances in self.parts.items()}
        return {key: (only,) for key, instances in self.parts.items() if instances.get(only.address) is only}


@dataclass(frozen=True, slots=True)
class _Making:
    """Values that all stand-ins of one configuration share."""

    joins: Joins
    root: str
    resource: MakeResource


def stand_ins(
    kinds: Sequence[type[Resource]],
    joins: Joins,
    root: str,
    make: MakeResource,
    gaps: list[Gap],
    *,
    nested: Nested,
) -> Iterator[StandIn]:
    """The stand-ins of a configuration, for the kinds that split resources set parts of.

    A part whose whole cannot be determined becomes a gap. ``nested`` are the resources of the kinds that are nested in
    other resources; they have parts of their own.
    """
    for kind in kinds:
        wider = (other for other in kinds if issubclass(kind, other) and other is not kind)
        if not kind.splits() or any(kind.splits().keys() <= other.splits().keys() for other in wider):
            continue
        family = [each for each in kinds if issubclass(each, kind)]
        for (key, _), group in _groups(kind, family, joins, gaps, nested).items():
            yield _stand_in(kind, key, group, _Making(joins, root, make))


def _groups(
    kind: type[Resource], family: Sequence[type[Resource]], joins: Joins, gaps: list[Gap], nested: Nested
) -> dict[tuple[str, str | None], _PartsOfOne]:
    """The parts, grouped by the name of the whole and, where this is no ARN, by the region of the part."""
    block = kind.terraform
    assert block is not None  # a kind with split types has one
    found: dict[tuple[str, str | None], _PartsOfOne] = {}
    for type_, arguments in kind.splits().items():
        gaps += [_gap_without_whole(each, kind) for each in joins.of_type(type_) if _lacks_whole(each, arguments)]
        for by in arguments:
            taken = _of_nested(family, joins, type_, by, nested)
            for external in (
                each for each in _external_values(family, joins, type_, by) if each.instance.address not in taken
            ):
                other = _owner_of_another_kind(external.written, kind, joins)
                if other is not None or type_ in block.shared:
                    gaps.append(_gap_of_foreign_part(external, other))
                    continue
                key = (_key(external), None if block.global_names else _region_of(external))
                group = found.setdefault(key, _PartsOfOne(_in_words(external, by), _text(external.value)))
                group.parts.setdefault((type_, by), {})[external.instance.address] = external.instance
    return found


def _external_values(family: Sequence[type[Resource]], joins: Joins, type: str, by: str) -> Iterator[ExternalValue]:
    """The values that name no declared resource of any kind of a family."""
    first, *others = [joins.external_values(kind.terraform, type, by) for kind in family if kind.terraform is not None]
    positions = [{each.position for each in other} for other in others]
    yield from (each for each in first if all(each.position in known for known in positions))


def _of_nested(family: Sequence[type[Resource]], joins: Joins, type: str, by: str, nested: Nested) -> frozenset[str]:
    """The addresses of the parts that belong to a nested resource, by the name that its block gives it."""
    return frozenset(
        part.address
        for kind in family
        if kind.terraform is not None
        for main in nested.get(kind, ())
        for part in joins.links(main, type, by, joins.names(kind.terraform, main.type), kind.terraform).certain
    )


def _stand_in(kind: type[Resource], key: str, group: _PartsOfOne, made: _Making) -> StandIn:
    instances = group.instances()
    noun = f"{kind.noun} {group.named}"
    regions = {instance.region for instance in instances if isinstance(instance.region, str)}
    assert kind.terraform is not None
    whole = ExternalInstance(
        address=key if key.startswith("data.") else group.named,
        type=kind.terraform.types[0],
        name=noun,
        text=group.text,
        location=instances[0].location,
        region=next(iter(regions)) if len(regions) == 1 else None,
        place=_place_of(instances),
    )
    origin = _origin(kind, whole, made)
    joins = made.joins

    def part(instance: ResourceInstance) -> Part:
        own = replace(
            origin,
            type=instance.type,
            name=instance.name,
            address=instance.address,
            arn=None,
            location=instance.location,
            uncertain=instance.uncertain,
            keys=frozenset(),
            part_of=noun,
        )
        only = _Parts(joins, whole, group.joined(instance), exist=True)
        return Part(own, lambda: made.resource(kind, whole, only, origin))

    everything = made.resource(kind, whole, _Parts(joins, whole, group.joined(), exist=False), origin)
    return StandIn(everything, noun, tuple(map(part, instances)))


def _origin(kind: type[Resource], whole: ExternalInstance, made: _Making) -> Origin:
    """The identity of the whole. Its parts are made in its account, unless its ARN has another one."""
    text = whole.text
    return Origin(
        kind=kind.kind,
        type=whole.type,
        name=None if text is None else tail(text),
        source="terraform",
        address=whole.address,
        arn=text if text is not None and text.startswith("arn:") else None,
        region=whole.region,
        account=account_in(text) or made.joins.account_of(whole),
        root=made.root,
        location=whole.location,
        keys=frozenset(forms(text) if text is not None else ()),
        place=whole.place,
    )


def _place_of(parts: Sequence[ResourceInstance]) -> Place | None:
    """The account and region of the parts, which are those of the whole; None where they may have several."""
    first, *others = (part.place for part in parts)
    return first if all(in_one_place(first, other) for other in others) else None


# --- the name of the whole -------------------------------------------------------------------------------------------


def _key(external: ExternalValue) -> str:
    """A text that is the same for all parts of one whole."""
    value = external.value
    if isinstance(value, SecretText):
        return f"\0{value.reveal()}" if isinstance(value.reveal(), str) else _own_key(external)
    if isinstance(value, str):
        # A bucket's ARN has neither region nor account: it says no more than the name.
        return tail(value) if value.startswith("arn:") and value.split(":", 5)[3:5] == ["", ""] else str(value)
    if isinstance(value, DataSourceValue):
        return value.address
    known = tokens(value) if isinstance(value, Unknown) else []
    return known[0] if known else _own_key(external)


def _region_of(external: ExternalValue) -> str | None:
    """The region in which a name is looked up: that of the part. None where it is not known, and for an ARN."""
    value, region = external.value, external.instance.region
    is_arn = isinstance(value, str) and value.startswith("arn:")
    return region if isinstance(region, str) and not is_arn else None


def _own_key(external: ExternalValue) -> str:
    return f"\0{external.instance.address}\0{external.position}"


def _text(value: Value) -> str | None:
    return str(value) if isinstance(value, str) and not isinstance(value, HiddenText) else None


def _in_words(external: ExternalValue, by: str) -> str:
    """The name of the whole as people find it in the source."""
    value = external.value
    if isinstance(value, SecretText | HiddenText):
        return "that a sensitive value names"
    if isinstance(value, str):
        text = str(value)
    elif isinstance(value, PartialText):
        text = "".join(part if isinstance(part, str) else f"${{{_path(part) or '...'}}}" for part in value.parts)
    else:
        text = (_path(value) if isinstance(value, Unknown) else "") or f"that {external.instance.address} names by {by}"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."


def _path(value: Unknown) -> str:
    if isinstance(value, OuterReference):
        return value.path
    if isinstance(value, Reference | DataSourceValue):
        return f"{value.address}.{value.attribute}"
    return ""


def _owner_of_another_kind(value: Value, kind: type[Resource], joins: Joins) -> str | None:
    """The address of the declared resource of another kind that a value names, if it names the resource itself."""
    reference = value.reference if isinstance(value, AttributeText) else value
    if not isinstance(reference, Reference) or kind.terraform is None:
        return None
    itself = ("id", "arn", *kind.terraform.naming_arguments())
    attribute = without_keys(segments(reference.attribute)[0]) if reference.attribute else "id"
    is_part = type_at(reference.address) in {*kind.splits(), *kind.terraform.versions}
    return reference.address if attribute in itself and not is_part and joins.candidates(reference.address) else None


def _lacks_whole(part: ResourceInstance, arguments: Sequence[str]) -> bool:
    """Whether a part names no whole: the required argument is missing, or all of several arguments are."""
    needed = (required_arguments.arguments_of(part.type).get(by) for by in arguments)
    asked = len(arguments) > 1 or any(each is not None and each.required for each in needed)
    return asked and not any(_is_given(part, by) for by in arguments)


def _is_given(part: ResourceInstance, by: str) -> bool:
    value = part.get(by)
    return isinstance(value, Unknown | Incomplete) or bool(value)


def _gap_without_whole(part: ResourceInstance, kind: type[Resource]) -> Gap:
    reason = f"it does not say which {kind.noun} it belongs to, which the provider refuses"
    return Gap(GapKind.ELSEWHERE, part.address, reason, incomplete=False, location=part.location)


def _gap_of_foreign_part(external: ExternalValue, other: str | None) -> Gap:
    if other is not None:
        reason = f"it belongs to {other}, whose type no control judges"
    else:
        reason = "it belongs to something that is not declared here, which may be of several kinds"
    return Gap(
        GapKind.ELSEWHERE, external.instance.address, reason, incomplete=False, location=external.instance.location
    )
