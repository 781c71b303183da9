"""The calls that a scan makes, derived from the tables of facts, for the wanted facts only."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hipaa_guard.facts.readings import Ask, Derived, Listed, Listing, Scope, Singleton
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.facts.values import Value

Wanted = Mapping[type[Resource], Collection[str]]
"""Kind -> names of the facts that a control may read. Other kinds are only listed."""


@dataclass(slots=True)
class KindPlan:
    """The calls for one kind.

    ``kept`` is False for a kind that is listed only because another kind is listed per resource of it.
    """

    kind: type[Resource]
    listing: Listing | Singleton
    kept: bool
    facts: tuple[Fact, ...]
    asks: tuple[Ask, ...]
    children: list[KindPlan] = field(default_factory=list)
    _positions: dict[int, int] = field(default_factory=dict)

    @property
    def whole(self) -> list[KindPlan]:
        """This plan and those below it, at any depth: where it cannot be listed, neither can they."""
        return [self, *(each for child in self.children for each in child.whole)]

    def position(self, ask: Ask) -> int:
        """The index of an `Ask` in ``asks``, which holds each only once."""
        if id(ask) not in self._positions:
            self._positions[id(ask)] = self.asks.index(ask)
        return self._positions[id(ask)]


@dataclass(frozen=True, slots=True)
class Question:
    """A call that answers no fact of a resource: no verdict rests on it, and a refusal leaves no verdict unknown.

    ``params`` are templates, like those of an `Ask`. ``reads`` has the JMESPaths of the kept parts of the answer, each
    with the function that derives the kept value; None keeps the part as it is. ``note`` says when the call is made, if
    not always.
    """

    operation: str
    reads: Mapping[str, Callable[[Value], Value] | None]
    params: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope = "region"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The kinds of a scan. A kind that is listed per resource of another is below it."""

    roots: tuple[KindPlan, ...]
    questions: tuple[Question, ...] = ()

    @property
    def all(self) -> list[KindPlan]:
        """Every kind's plan, parents before children."""
        found: list[KindPlan] = []
        pending = list(self.roots)
        while pending:
            each = pending.pop(0)
            found.append(each)
            pending.extend(each.children)
        return found

    @property
    def operations(self) -> list[str]:
        """The operations that answer facts (``service.boto3_method``), sorted."""
        found = {ask.operation for each in self.all for ask in each.asks}
        found.update(each.listing.operation for each in self.all if isinstance(each.listing, Listing))
        return sorted(found)


def planned(kinds: Iterable[type[Resource]], wanted: Wanted | None = None, questions: Sequence[Question] = ()) -> Plan:
    """The plan of a scan; without `wanted`, for all facts of the kinds.

    Kinds that AWS cannot list (``terraform_only``) are left out.
    """
    plans: dict[type[Resource], KindPlan] = {}
    for kind in kinds:
        _add(plans, kind, wanted, kept=True)
    roots = []
    for each in plans.values():
        parent = getattr(each.listing, "of", None)
        if parent is None:
            roots.append(each)
        else:
            plans[parent].children.append(each)
    return Plan(tuple(roots), tuple(questions))


def _add(plans: dict[type[Resource], KindPlan], kind: type[Resource], wanted: Wanted | None, *, kept: bool) -> None:
    if kind in plans:
        plans[kind].kept |= kept
        if kept:
            plans[kind].facts, plans[kind].asks = _facts(kind, wanted)
        return
    if kind.aws is None:
        return
    parent = getattr(kind.aws, "of", None)
    if parent is not None:
        _add(plans, parent, wanted, kept=False)
    facts, asks = _facts(kind, wanted) if kept else ((), ())
    plans[kind] = KindPlan(kind, kind.aws, kept, facts, asks)


def _facts(kind: type[Resource], wanted: Wanted | None) -> tuple[tuple[Fact, ...], tuple[Ask, ...]]:
    names = kind.facts.keys() if wanted is None else wanted.get(kind, ())
    facts = tuple(fact for name, fact in kind.facts.items() if name in names and fact.aws is not None)
    asks: list[Ask] = []
    for fact in facts:
        for reading in parts_of(fact):
            if isinstance(reading, Ask) and reading not in asks:
                asks.append(reading)
    return facts, tuple(asks)


def parts_of(fact: Fact) -> tuple[Listed | Ask, ...]:
    """The plain readings that a fact is made of."""
    if fact.aws is None:
        return ()
    return fact.aws.readings if isinstance(fact.aws, Derived) else (fact.aws,)
