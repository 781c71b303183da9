"""Reading an account: makes the planned calls, and accounts for everything that was not answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from hipaa_guard.aws.calling.calls import Answer, jmespath_result
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
from hipaa_guard.facts.lists import first_unknown
from hipaa_guard.facts.locations import Gap
from hipaa_guard.facts.origin import Origin
from hipaa_guard.facts.readings import Listing, Singleton
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Cause, Unknown


@dataclass(frozen=True, slots=True)
class FactCount:
    """Counts of the facts that the scan planned to read: ``planned == known + absent + unknown``."""

    planned: int
    known: int
    absent: int
    unknown: int


@dataclass(frozen=True)
class Collected:
    """The resources and answers that a scan read from an account, and the gaps."""

    inventory: Inventory
    gaps: tuple[Gap, ...]
    account: str
    caller_arn: str
    partition: str
    regions: tuple[str, ...]
    skipped: Mapping[str, str]
    """Regions that were not read -> the reason."""
    calls: Mapping[str, int]
    """Operation -> requests made for the answers; each page and each retry counts."""
    answers: Mapping[str, Answer]
    """The kept fields of the answers, by `call_key`."""
    denied: tuple[str, ...]
    """The missing IAM actions that left facts or resources unknown, sorted."""
    gone: int
    """Resources that were deleted between their listing and their details."""
    out_of_scope: int
    """Resources listed for the whole account that lie in regions outside of the scan."""
    faults: int
    """Calls that failed by a fault of this program."""
    started: datetime
    finished: datetime
    plan: Plan
    discovered: Discovered
    """The resources that exist according to AWS, whether they were read or not."""

    @cached_property
    def facts(self) -> FactCount:
        """The counts over all planned facts of all resources."""
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

    No answer of a call raises: resources and facts that were not seen are unknown in the inventory and listed in the
    gaps. Calls whose answers are `known`, by `call_key`, are not made again. `note` gets each answer before it is used.
    With the `questions` of `discovery` the scan also finds out what else exists.
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
    """As `collect`, for an existing plan."""
    requests = Requests(account, plan.fields, progress=progress, known=known, note=note)
    return _Collection(account, plan.plan, requests).collected()


class _Collection:
    """One collection in progress."""

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
            if jmespath_result(f"{several}[] | [?{member}==`null`] | [0]", answer.value) is not None:
                self._nameless(plan, answer, member)
        elements = list(list.__iter__(found)) if isinstance(found, list) else [found]
        if listing.repeated:
            elements = list({json.dumps(each, sort_keys=True, default=str): each for each in elements}.values())
        for element in elements:
            own = element if isinstance(element, dict) else {listing.wrap: element}
            if any(several == own_list and jmespath_result(member, own) is None for several, member in owed):
                continue
            lacking = _lacking(listing, own, {**self._base(answer.region), **(parent.fields if parent else {}), **own})
            if lacking is None:
                self._place(plan, listing, own, answer, parent)
            else:
                self._nameless(plan, answer, lacking)

    def _nameless(self, plan: KindPlan, answer: Answer, lacking: str) -> None:
        """Note an element without its name or key: neither it nor the resources listed per element of it were seen."""
        where = f"{self._account.caller.action(answer.operation)} in {answer.region}"
        unknown = Unknown(f"{where} answered with a {plan.kind.kind} without its {lacking}", Cause.UNREACHABLE)
        for each in plan.whole:
            self._missing.misread(each.kind, answer, unknown)

    def _not_listed(self, plan: KindPlan, parent: Item | None, answer: Answer, found: Any) -> None:
        refusal = answer.refusal
        if refusal is None:  # the answer has not the form that the table expects
            for each in plan.whole:
                self._missing.misread(each.kind, answer, found)
        elif refusal.meaning is not Meaning.NOT_OFFERED:
            if parent is not None and refusal.meaning is Meaning.VANISHED:
                self._suspects.append(parent)
            for each in plan.whole:
                self._missing.listing(each.kind, refusal, parent)

    def _place(
        self, plan: KindPlan, listing: Listing, own: dict[str, Any], answer: Answer, parent: Item | None
    ) -> None:
        """Find the region of a listed element, and read its details if the region is in scope."""
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
            self._requests.ask(ask.operation, params, region, partial(self._take_detail, item, position))
        for child in item.plan.children:
            assert isinstance(child.listing, Listing)
            self._list(child, child.listing, where, item)

    def _take_detail(self, item: Item, position: int, answer: Answer) -> None:
        item.answers[position] = answer
        refusal, ask = answer.refusal, item.plan.asks[position]
        if refusal is not None and refusal.meaning is Meaning.VANISHED and not answer.absent(ask.absent):
            self._suspects.append(item)

    # --- vanished resources ---

    def _confirm_vanished(self) -> None:
        """List resources again whose details answered "not found", and drop those that are really gone.

        "Not found" may also mean a part of the resource. The fact then stays unknown.
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
        """Note each refused detail of the resources that exist."""
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
        """Why a resource that was not found may still exist."""
        if value in self._elsewhere.get(kind, ()):
            return Unknown(f"{value} is outside of this scan", Cause.NOT_IN_SCOPE)
        parts = value.split(":", 5)
        if len(parts) < 6 or parts[0] != "arn":
            return None
        if parts[4] not in ("", "aws", self._account.id):
            return Unknown(f"{value} belongs to another account", Cause.NOT_IN_SCOPE)
        if parts[3] and parts[3] not in self._account.regions:
            return Unknown(f"{value} is in {parts[3]}, which this scan did not read", Cause.NOT_IN_SCOPE)
        return None


def _lacking(listing: Listing, own: Mapping[str, Any], fields: Mapping[str, Any]) -> str | None:
    """The part of its name or ARN that a listed element lacks; None where it lacks nothing."""
    try:
        templates.filled(listing.arn or "", fields)
    except templates.MissingFieldError as error:
        return str(error)
    named_by = listing.name or listing.wrap
    return named_by if listing.arn is None and not jmespath_result(named_by, own) else None
