"""Reads an account: makes the planned calls, and accounts for everything that was not answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from hipaa_guard.aws.calling.calls import Answer, searched
from hipaa_guard.aws.collecting.discovery import Discovered, Discovery
from hipaa_guard.aws.collecting.fact_source import AnswerIndex, AwsSource, Item
from hipaa_guard.aws.collecting.missing import UnansweredCalls
from hipaa_guard.aws.collecting.prepared_plan import Prepared, prepared
from hipaa_guard.aws.collecting.requests import Note, Progress, Requests
from hipaa_guard.aws.collecting.resource_names import is_same, keys_of, name_of
from hipaa_guard.aws.planning import templates
from hipaa_guard.aws.planning.error_codes import Meaning
from hipaa_guard.aws.planning.plan import KindPlan, Plan, Question, Wanted
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.clock import now
from hipaa_guard.facts.inventory import Inventory
from hipaa_guard.facts.locations import Gap
from hipaa_guard.facts.readings import Listing, Singleton
from hipaa_guard.facts.resource import Origin, Resource
from hipaa_guard.facts.values import Cause, Unknown, first_unknown


@dataclass(frozen=True, slots=True)
class FactCount:
    """What became of the facts that the scan set out to read: ``planned == known + absent + unknown``."""

    planned: int
    known: int
    absent: int
    unknown: int


@dataclass(frozen=True)
class Collected:
    """What a scan learnt of an account, and what it did not."""

    inventory: Inventory
    gaps: tuple[Gap, ...]
    account: str
    caller_arn: str
    partition: str
    regions: tuple[str, ...]
    skipped: Mapping[str, str]
    """Regions that were not read -> why."""
    calls: Mapping[str, int]
    """Operation -> requests made for what was answered, each page and each further try one."""
    answers: Mapping[str, Answer]
    """What is kept of the answers, by `call_key`."""
    denied: tuple[str, ...]
    """The IAM actions whose lack left something unknown, sorted."""
    gone: int
    """Resources that were deleted between their listing and their details."""
    out_of_scope: int
    """Resources listed for the whole account that lie in regions not asked for."""
    faults: int
    """Calls that this program made wrongly."""
    started: datetime
    finished: datetime
    plan: Plan
    discovered: Discovered
    """What AWS says that exists, whatever was read of it."""

    @cached_property
    def facts(self) -> FactCount:
        """The account of all planned facts of all resources."""
        known = absent = unknown = 0
        facts = {each.kind: each.facts for each in self.plan.all if each.kept}
        for resource in self.inventory:
            for fact in facts.get(type(resource), ()):
                value = resource.peek(fact)
                if value is None:
                    absent += 1
                elif first_unknown(value) is not None:
                    unknown += 1
                else:
                    known += 1
        return FactCount(known + absent + unknown, known, absent, unknown)


def collect(
    account: AwsAccount,
    kinds: Iterable[type[Resource]],
    wanted: Wanted | None = None,
    *,
    questions: Sequence[Question] = (),
    progress: Progress | None = None,
    known: Mapping[str, Answer] | None = None,
    note: Note | None = None,
) -> Collected:
    """Read the resources of these kinds, and their wanted facts (all, without `wanted`), in all regions of the account.

    Nothing that a call may answer raises: what was not seen is unknown in the inventory and named in the gaps. What is
    `known`, by `call_key`, is not asked again; each answer is given to `note` before it is used. With the `questions`
    of `discovery` it is also found out what else exists.
    """
    return collect_prepared(account, prepared(kinds, wanted, questions), progress=progress, known=known, note=note)


def collect_prepared(
    account: AwsAccount,
    plan: Prepared,
    *,
    progress: Progress | None = None,
    known: Mapping[str, Answer] | None = None,
    note: Note | None = None,
) -> Collected:
    """As `collect`, what is planned already."""
    requests = Requests(account, plan.fields, progress=progress, known=known, note=note)
    return _Collection(account, plan.plan, requests).collected()


class _Collection:
    """One collection under way."""

    def __init__(self, account: AwsAccount, plan: Plan, requests: Requests) -> None:
        self._account = account
        self._plan = plan
        self._requests = requests
        self._discovery = Discovery(account, requests)
        self._items: dict[type[Resource], list[Item]] = {}
        self._missing = UnansweredCalls()
        self._elsewhere: dict[type[Resource], set[str]] = {}
        self._out_of_scope = 0
        self._suspects: list[Item] = []
        self._gone: set[int] = set()

    def collected(self) -> Collected:
        started = now()
        for each in self._plan.roots:
            self._begin(each)
        if self._plan.questions:
            self._discovery.begin()
        self._requests.run()
        self._confirm_vanished()
        lookup = AnswerIndex(self._account.caller.action)
        kept = [item for each in self._plan.all if each.kept for item in self._sorted(each)]
        resources = [each.plan.kind(self._origin(each), AwsSource(each, lookup)) for each in kept]
        self._note_details(kept)
        inventory = Inventory(
            resources,
            source="aws",
            kinds=[each.kind for each in self._plan.all if each.kept],
            account=self._account.id,
            unlisted=self._missing.unlisted(),
            why_unseen=self._not_looked_at,
        )
        account = self._account
        return Collected(
            inventory=inventory,
            gaps=(*account.gaps, *self._missing.gaps()),
            account=account.id,
            caller_arn=account.arn,
            partition=account.partition,
            regions=account.regions,
            skipped=account.skipped,
            calls=self._requests.counts(),
            answers=self._requests.answers,
            denied=self._missing.denied_actions(),
            gone=len(self._gone),
            out_of_scope=self._out_of_scope,
            faults=self._missing.faults,
            started=started,
            finished=now(),
            plan=self._plan,
            discovered=self._discovery.found(),
        )

    # --- listing ---

    def _begin(self, plan: KindPlan) -> None:
        listing = plan.listing
        if isinstance(listing, Singleton):
            for region in self._account.regions if listing.scope == "region" else (None,):
                self._add(plan, {}, region, None, None)
            return
        for region in self._listed_in(listing):
            self._list(plan, listing, region, None)

    def _listed_in(self, listing: Listing) -> tuple[str, ...]:
        if listing.scope == "region":
            return self._account.regions
        literal = listing.region if listing.region and not any(templates.fields_in(listing.region)) else None
        return (literal or self._account.home,)

    def _list(self, plan: KindPlan, listing: Listing, region: str, parent: Item | None) -> None:
        fields = parent.fields if parent else self._base(region)
        try:
            params = templates.filled(listing.params, fields)
        except templates.MissingFieldError as error:
            if parent is not None and parent.listed is not None:
                self._nameless(plan, parent.listed, str(error))
            return
        self._requests.ask(
            listing.operation, params, region, lambda answer: self._listed(plan, listing, parent, answer)
        )

    def _listed(self, plan: KindPlan, listing: Listing, parent: Item | None, answer: Answer) -> None:
        found = answer.at(listing.items, listing.absent)
        if isinstance(found, Unknown) or (answer.refusal is not None and not answer.absent(listing.absent)):
            self._not_listed(plan, parent, answer, found)
        if isinstance(found, Unknown) or found is None:
            return
        own_list = listing.items.partition("[?")[0].rstrip(" |").removesuffix("[]")
        owed = [path.rpartition("[].")[::2] for path in listing.always]
        for several, member in owed:
            if searched(f"{several}[] | [?{member}==`null`] | [0]", answer.value) is not None:
                self._nameless(plan, answer, member)
        for element in list.__iter__(found) if isinstance(found, list) else (found,):
            own = element if isinstance(element, dict) else {listing.wrap: element}
            if any(several == own_list and searched(member, own) is None for several, member in owed):
                continue
            lacking = _lacking(listing, own, {**self._base(answer.region), **(parent.fields if parent else {}), **own})
            if lacking is None:
                self._place(plan, listing, own, answer, parent)
            else:
                self._nameless(plan, answer, lacking)

    def _nameless(self, plan: KindPlan, answer: Answer, lacking: str) -> None:
        """A listed element that lacks what it is known by was not seen, nor what hangs on it."""
        where = f"{self._account.caller.action(answer.operation)} in {answer.region}"
        unknown = Unknown(f"{where} answered with a {plan.kind.kind} without its {lacking}", Cause.UNREACHABLE)
        for each in (plan, *plan.children):
            self._missing.misread(each.kind, answer, unknown)

    def _not_listed(self, plan: KindPlan, parent: Item | None, answer: Answer, found: Any) -> None:
        refusal = answer.refusal
        if refusal is None:  # the answer has not the form that the table expects
            self._missing.misread(plan.kind, answer, found)
        elif refusal.meaning is not Meaning.NOT_OFFERED:
            if parent is not None and refusal.meaning is Meaning.VANISHED:
                self._suspects.append(parent)
            self._missing.listing(plan.kind, refusal, parent)
            for child in plan.children:
                self._missing.listing(child.kind, refusal, parent)

    def _place(
        self, plan: KindPlan, listing: Listing, own: dict[str, Any], answer: Answer, parent: Item | None
    ) -> None:
        """Find out where a listed element is, and go on with it if that is in scope."""
        listed_in = answer.region
        region: str | None = listed_in
        if listing.scope == "account" and (parent is None or parent.region is None):
            region = templates.text(listing.region, {**self._base(listed_in), **own})
        elif listing.region is not None:
            region = templates.text(listing.region, {**self._base(listed_in), **own}) or listed_in
        in_scope = region is None or region in self._account.regions
        self._add(plan, own, region, answer, parent, in_scope=in_scope)

    def _add(
        self,
        plan: KindPlan,
        own: dict[str, Any],
        region: str | None,
        listed: Answer | None,
        parent: Item | None,
        *,
        in_scope: bool = True,
    ) -> None:
        base = self._base(region or self._account.home)
        fields = {**(parent.fields if parent else {}), **own, **base}
        listed_in = listed.region if listed else region or self._account.home
        item = Item(plan, own if parent is None else {"Parent": parent.own, **own}, fields, region, listed_in)
        item.listed = listed
        item.parent = parent
        item.arn = templates.text(plan.listing.arn, fields)
        item.name = name_of(item)
        if not in_scope:
            self._out_of_scope += 1
            self._elsewhere.setdefault(plan.kind, set()).update(keys_of(item))
            return
        self._items.setdefault(plan.kind, []).append(item)
        self._ask_all(item)

    # --- details ---

    def _ask_all(self, item: Item) -> None:
        where = item.region or self._account.home
        for position, ask in enumerate(item.plan.asks):
            try:
                params = templates.filled(ask.params, item.fields)
            except templates.MissingFieldError:
                continue
            region = self._account.home if ask.scope == "account" else where
            self._requests.ask(ask.operation, params, region, partial(self._told, item, position))
        for child in item.plan.children:
            assert isinstance(child.listing, Listing)
            self._list(child, child.listing, where, item)

    def _told(self, item: Item, position: int, answer: Answer) -> None:
        item.answers[position] = answer
        refusal, ask = answer.refusal, item.plan.asks[position]
        if refusal is not None and refusal.meaning is Meaning.VANISHED and not answer.absent(ask.absent):
            self._suspects.append(item)

    # --- what vanished ---

    def _confirm_vanished(self) -> None:
        """List again what answered "not found"; only what is really gone is left out.

        That an item is not found may also mean that what hangs on it is not, and that stays unknown.
        """
        suspects = [item for item in self._suspects if isinstance(item.plan.listing, Listing)]
        if not suspects:
            return
        for item in suspects:
            self._relist(item)
        self._requests.run()
        self._drop_children()

    def _relist(self, item: Item) -> None:
        listing = item.plan.listing
        assert isinstance(listing, Listing)

        def compare(answer: Answer) -> None:
            found = answer.at(listing.items, listing.absent)
            if answer.refusal is None and isinstance(found, list) and not any(is_same(item, each) for each in found):
                self._gone.add(id(item))

        fields = item.parent.fields if item.parent else self._base(item.listed_in)
        params = templates.filled(listing.params, fields)
        self._requests.ask(listing.operation, params, item.listed_in, compare, again="confirm")

    def _drop_children(self) -> None:
        for plan in self._plan.all:
            items = self._items.get(plan.kind, [])
            self._gone.update(id(item) for item in items if item.parent is not None and id(item.parent) in self._gone)
            for item in items:
                if id(item) in self._gone:
                    self._elsewhere.setdefault(plan.kind, set()).update(keys_of(item))
            self._items[plan.kind] = [item for item in items if id(item) not in self._gone]
        self._missing.forget(self._gone)

    # --- results ---

    def _note_details(self, kept: Iterable[Item]) -> None:
        """Name each refused detail of the resources that are there."""
        for item in kept:
            for position, answer in item.answers.items():
                if answer.refusal is not None and not answer.absent(item.plan.asks[position].absent):
                    self._missing.detail(item.plan.kind, answer.refusal)

    def _sorted(self, plan: KindPlan) -> list[Item]:
        order = {region: at for at, region in enumerate(self._account.regions)}
        return sorted(
            self._items.get(plan.kind, []),
            key=lambda item: (order.get(item.region or "", -1), item.name or "", item.arn or ""),
        )

    def _origin(self, item: Item) -> Origin:
        terraform = item.plan.kind.terraform
        return Origin(
            kind=item.plan.kind.kind,
            type=terraform.types[0] if terraform and terraform.types else None,
            name=item.name,
            source="aws",
            arn=item.arn,
            region=item.region,
            account=self._account.id,
            keys=keys_of(item),
        )

    def _base(self, region: str) -> dict[str, Any]:
        return {"partition": self._account.partition, "region": region, "account": self._account.id}

    def _not_looked_at(self, kind: type[Resource], value: str) -> Unknown | None:
        """Why something that was not found may exist all the same."""
        if value in self._elsewhere.get(kind, ()):
            return Unknown(f"{value} is outside what this scan read", Cause.NOT_IN_SCOPE)
        parts = value.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn":
            return None
        if parts[4] not in ("", "aws", self._account.id):
            return Unknown(f"{value} belongs to another account", Cause.NOT_IN_SCOPE)
        if parts[3] and parts[3] not in self._account.regions:
            return Unknown(f"{value} is in {parts[3]}, which this scan did not read", Cause.NOT_IN_SCOPE)
        return None


def _lacking(listing: Listing, own: Mapping[str, Any], fields: Mapping[str, Any]) -> str | None:
    """What a listed element lacks of that by which it is known; None where it lacks nothing."""
    try:
        templates.filled(listing.arn or "", fields)
    except templates.MissingFieldError as error:
        return str(error)
    named_by = listing.name or listing.wrap
    return named_by if listing.arn is None and not searched(named_by, own) else None
