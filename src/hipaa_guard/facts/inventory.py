"""The resources of one account or one Terraform configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple, TypeVar

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.policies.document import symbolic
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.same_place import names_one_resource, together
from hipaa_guard.facts.values import Cause, Existing, Reference, Undecided, Unknown, Value
from hipaa_guard.lean import dataclass

K = TypeVar("K", bound=Resource)


@dataclass(frozen=True, slots=True)
class Part:
    """A declared resource that sets a part of a resource which another configuration declares."""

    origin: Origin
    alone: Callable[[], Resource]
    """The whole, with the facts that this part alone sets."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A resource that another configuration declares. Only the facts that its parts set here are known."""

    resource: Resource
    named: str
    """The noun of its kind and the name that its parts use: ``security group var.group``."""
    parts: tuple[Part, ...]


class Told(NamedTuple):
    """The texts that the resources of a kind tell, with symbols for references."""

    texts: set[str]
    unknown: Unknown | None
    """The first result that is not known."""
    possible: list[tuple[str, Unknown]]
    """The texts of resources that may not exist, each with the reason why."""


class Inventory:
    """The resources of one account or one Terraform configuration, by kind.

    ``complete`` is True for a live account: a resource that is not listed there does not exist. It is False for a
    Terraform configuration: another one may declare the resource. ``why_unseen`` gives the reason why a name that
    matches nothing in a complete inventory may still exist (another account, a region that was not read). ``kinds`` are
    those that were looked for (None: all); any other kind is unknown.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        *,
        source: Literal["terraform", "aws"],
        kinds: Iterable[type[Resource]] | None = None,
        account: str | None = None,
        unlisted: dict[str, Unknown] | None = None,
        why_unseen: Callable[[type[Resource], str], Unknown | None] | None = None,
        stand_ins: Iterable[StandIn] = (),
    ) -> None:
        self.source = source
        self.account = account
        self.complete = source == "aws"
        self.unlisted = unlisted or {}
        self._looked_for = None if kinds is None else {kind.kind for kind in kinds}
        self.why_unseen = why_unseen
        self._asking: Origin | None = None
        self._stand_ins: dict[str, list[StandIn]] = {}
        for stand_in in stand_ins:
            self._stand_ins.setdefault(stand_in.resource.kind, []).append(stand_in)
        self._texts: dict[object, tuple[Told, list[tuple[Origin, str]]]] = {}
        self._groups: dict[object, dict[str, list[Resource]]] = {}
        self._by_kind: dict[str, list[Resource]] = {}
        self._by_address: dict[str, list[Resource]] = {}
        self._by_key: dict[str, dict[str, list[Resource]]] = {}
        for resource in resources:
            self._by_kind.setdefault(resource.kind, []).append(resource)
            if resource.origin.address:
                self._by_address.setdefault(resource.origin.address, []).append(resource)

    def __iter__(self) -> Iterator[Resource]:
        for resources in self._by_kind.values():
            yield from resources

    def seen(self, kind: type[K]) -> list[K]:
        """The resources of a kind that were seen, whether or not these are all."""
        return self._by_kind.get(kind.kind, [])  # type: ignore[return-value]

    def stand_ins(self, kind: type[Resource] | None = None) -> list[StandIn]:
        """The stand-ins of one kind or of all kinds."""
        if kind is None:
            return [each for stand_ins in self._stand_ins.values() for each in stand_ins]
        return self._stand_ins.get(kind.kind, [])

    def unknown(self, kind: type[Resource]) -> Unknown | None:
        """Why there may be more resources of a kind than were seen; None where there are no more."""
        if (kind.aws if self.source == "aws" else kind.terraform) is None:
            return None  # this source has no such thing
        if self._looked_for is not None and kind.kind not in self._looked_for:
            return Unknown(f"{kind.kind} was not looked for in this scan", Cause.NOT_COLLECTED)
        return self.unlisted.get(kind.kind)

    def all(self, kind: type[K]) -> list[K]:
        """All resources of a kind; an `Incomplete` list where a listing was denied or lost a page.

        Resources that may not exist are its candidates. The one that is judged counts: its verdict is for the case that
        it exists.
        """
        return self._of_those_that_exist(kind, self.seen(kind))

    def where(self, kind: type[K], resource: Resource) -> list[K]:
        """The resources of a kind in the account and region of a resource, such as the defaults of its region.

        A kind with one resource in each account holds for all regions. An `Incomplete` list where others may be in it
        too: its candidates are those of which that is not known.
        """
        certain: list[K] = []
        possible: list[K] = []
        for each in self.seen(kind):
            here = together(kind, each.origin, resource.origin)
            if here and each.origin.uncertain is None:
                certain.append(each)
            elif here is not False:
                possible.append(each)
        unknown = self.unknown(kind)
        if unknown is not None:
            return Incomplete(certain, unknown)
        if not possible:
            return certain
        return Incomplete(certain, _why_doubtful(possible[0]), possible)

    def as_seen_from(self, resource: Resource) -> Inventory:
        """The same inventory, in which a name means a resource in the account and region of the given one.

        A control is given the inventory as seen from the resource that it judges.
        """
        seen = Inventory.__new__(Inventory)
        seen.__dict__.update(self.__dict__, _asking=resource.origin)
        return seen

    def with_case(self, resource: Resource, case: Resource) -> Inventory:
        """The same inventory with one case of a resource, whose facts differ, in its place."""
        seen = Inventory.__new__(Inventory)
        by_kind = {**self._by_kind, resource.kind: _replaced(self.seen(type(resource)), resource, case)}
        address = resource.origin.address or ""
        by_address = {**self._by_address, address: _replaced(self._by_address.get(address, []), resource, case)}
        seen.__dict__.update(self.__dict__, _by_kind=by_kind, _by_address=by_address, _by_key={}, _texts={}, _groups={})
        return seen

    def find(self, kind: type[K], value: Value) -> K | None:
        """The resource of a kind that a value (a reference, ARN, id or name) points at; None where it does not exist.

        A name means the resource in the account and region of the resource that is judged.

        Raises:
            Undecided: the value is not known, or names something outside the scanned configuration.

        """
        if value is None:
            return None
        if isinstance(value, Reference):
            for target in self._by_address.get(value.address, ()):  # one block may be resources of several kinds
                if isinstance(target, kind):
                    return target
            raise Undecided(value)
        if isinstance(value, Unknown):
            raise Undecided(value)
        matches = self._meant(kind, str(value))
        if len(matches) == 1:
            doubt = self._doubt(matches[0])
            if doubt is not None:
                raise Undecided(doubt)
            return matches[0]
        if len(matches) > 1:
            raise Undecided(Unknown(f"{value} names {len(matches)} resources"))
        unknown = self.unknown(kind)
        if unknown is not None:
            raise Undecided(unknown)
        if not self.complete:
            raise Undecided(Unknown(f"{value} is not declared in this configuration", Cause.NOT_IN_SCOPE))
        outside = self.why_unseen(kind, str(value)) if self.why_unseen else None
        if outside is not None:
            raise Undecided(outside)
        return None

    def _doubt(self, named: Resource) -> Unknown | None:
        """Why a resource that a name means may not exist; None where it certainly does, if the one that asks does."""
        doubt, asking = named.origin.uncertain, self._asking
        if doubt is None or asking is None or named.origin is asking:
            return None
        together = asking.uncertain is not None and asking.uncertain.reason == doubt.reason
        return None if together else doubt

    def lookup(self, kind: type[K], value: Value) -> K | None:
        """The resource of a kind that a value certainly points at; None where it may point at anything else."""
        try:
            return self.find(kind, value)
        except Undecided:
            return None

    def told_by(self, kind: type[K], tell: Callable[[K], Value]) -> Told:
        """The results of `tell` for all resources of a kind.

        Each result is a text or a list of texts. They are computed once, so that a control may check for every
        resource whether another one names it. The one that is judged counts, whether or not it is certain to exist.
        """
        if tell not in self._texts:
            self._texts[tell] = self._told(kind, tell)
        (texts, unknown, _), possible = self._texts[tell]
        if not possible:
            return Told(texts, unknown, [])
        own = {text for origin, text in possible if origin is self._asking}
        others = [(text, origin.uncertain) for origin, text in possible if origin is not self._asking]
        return Told(texts | own, unknown, [(text, why) for text, why in others if why is not None])

    def _told(self, kind: type[K], tell: Callable[[K], Value]) -> tuple[Told, list[tuple[Origin, str]]]:
        """The texts that certain resources tell, and those of resources that may not exist."""
        texts: set[str] = set()
        possible: list[tuple[Origin, str]] = []
        unknown = self.unknown(kind)
        for resource in self.seen(kind):
            try:
                told = tell(resource)
            except Undecided as error:
                told = error.unknown
            if isinstance(told, Incomplete):
                unknown = told.unknown if unknown is None else unknown
            for value in map(symbolic, list.__iter__(told) if isinstance(told, list) else (told,)):
                if isinstance(value, Unknown):
                    unknown = value if unknown is None else unknown
                elif resource.origin.uncertain is None:
                    texts.add(value)
                else:
                    possible.append((resource.origin, value))
        texts.update(self._texts_of_stand_ins(kind, tell))
        return Told(texts, unknown, []), possible

    def of(self, kind: type[K], owner: Callable[[K], str], named: str | None) -> list[K]:
        """The resources of a kind for which `owner` gives the text `named`; `Incomplete` as in `all`.

        They are grouped once, so that a control may ask for every resource which others belong to it.
        """
        if (kind.kind, owner) not in self._groups:
            groups: dict[str, list[Resource]] = {}
            for resource in self.seen(kind):
                groups.setdefault(owner(resource), []).append(resource)
            self._groups[kind.kind, owner] = groups
        found: list[K] = self._groups[kind.kind, owner].get(named or "", [])  # type: ignore[assignment]
        return self._of_those_that_exist(kind, found)

    def _of_those_that_exist(self, kind: type[K], found: list[K]) -> list[K]:
        """Some resources of a kind; `Incomplete` where there may be more, and where some of them may not exist."""
        doubtful = [each for each in found if each.origin.uncertain is not None and each.origin is not self._asking]
        certain = [each for each in found if each.origin.uncertain is None or each.origin is self._asking]
        unknown = self.unknown(kind)
        if unknown is not None:
            return Incomplete(certain, unknown)
        return Incomplete(certain, _why_doubtful(doubtful[0]), doubtful) if doubtful else found

    def _texts_of_stand_ins(self, kind: type[K], tell: Callable[[K], Value]) -> Iterator[str]:
        """The known results for stand-ins. Unknown ones do not count, as most of their facts are unknown."""
        for stand_in in self.stand_ins(kind):
            try:
                value = symbolic(tell(stand_in.resource))  # type: ignore[arg-type]
            except Undecided:
                continue
            if isinstance(value, str):
                yield value

    def _meant(self, kind: type[K], text: str) -> list[K]:
        """The resources that a text may mean, where the resource that is judged uses it."""
        matches: list[K] = self._keys(kind).get(text, [])  # type: ignore[assignment]
        if self._asking is None or not matches or names_one_resource(kind, text):
            return matches
        answers = [(each, together(kind, each.origin, self._asking)) for each in matches]
        here = [each for each, answer in answers if answer]
        doubtful = [each for each, answer in answers if answer is None]
        if not here and doubtful and None not in (doubtful[0].origin.place, self._asking.place):
            raise Undecided(_why_doubtful(doubtful[0]))
        return here or doubtful

    @staticmethod
    def name_of(value: Value) -> str | None:
        """The name of a resource in a value: the text, or the name that it is looked up by; None if not known."""
        if isinstance(value, Existing):
            return value.asked_by
        return value if isinstance(value, str) else None

    @staticmethod
    def is_text(value: Value) -> bool:
        """Whether a value is a known text, not a reference to something that exists only after apply."""
        return isinstance(value, str)

    def _keys(self, kind: type[Resource]) -> dict[str, list[Resource]]:
        if kind.kind not in self._by_key:
            index: dict[str, list[Resource]] = {}
            for resource in self.seen(kind):
                for key in resource.origin.keys:
                    index.setdefault(key, []).append(resource)
            self._by_key[kind.kind] = index
        return self._by_key[kind.kind]


def _replaced(resources: Iterable[Resource], one: Resource, other: Resource) -> list[Resource]:
    return [other if each is one else each for each in resources]


def _why_doubtful(resource: Resource) -> Unknown:
    """Why a resource may not hold for another one."""
    if resource.origin.uncertain is not None:
        return resource.origin.uncertain
    label = resource.label
    return Unknown(f"it is not known whether {label} is for the same account and region", references=(label,))
