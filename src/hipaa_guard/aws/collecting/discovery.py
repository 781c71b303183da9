"""All resources that exist in an account, counted by type: from AWS Config, Resource Explorer and tags.

Config counts the resources that its recorder sees in a region. Resource Explorer lists those in its index. The tagging
API lists only resources that have or had tags. It is called where neither of the other two sees all resources. A
service that is off, or denied to the role, is no failure: the resources that exist are then unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from hipaa_guard.aws.calling.calls import Answer
from hipaa_guard.aws.collecting.requests import Requests, Then
from hipaa_guard.aws.planning import templates
from hipaa_guard.aws.planning.plan import Question
from hipaa_guard.aws.sessions.accounts import AwsAccount
from hipaa_guard.facts.locations import GLOBAL
from hipaa_guard.facts.values import Value

CONFIG, EXPLORER, TAGS = "AWS Config", "AWS Resource Explorer", "tags"

NOT_ASKED = "a scan for some controls only does not ask"


def type_of_arn(arn: str) -> str:
    """The service and type in an ARN, as Resource Explorer writes them: ``redshift:cluster``; empty for other texts."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn":
        return ""
    service, rest = parts[2], parts[5]
    first, *others = [part for part in rest.replace(":", "/").split("/") if part] or [""]
    if service in _ONE_TYPE and (not others or service == "s3"):
        return f"{service}:{_ONE_TYPE[service]}" if first not in _OTHER_TYPES else f"{service}:{first}"
    if service == "elasticloadbalancing" and others and others[0] in ("app", "net", "gwy"):
        return f"{service}:{first}/{others[0]}"
    return f"{service}:{first}"


# Services whose ARNs have no type for their most common resource.
_ONE_TYPE = {"s3": "bucket", "sns": "topic", "sqs": "queue"}
_OTHER_TYPES = frozenset({"accesspoint", "access-grants", "job", "storage-lens", "storage-lens-group"})


def _tally(resources: Value) -> Value:
    """Numbers of resources in a list of Resource Explorer, by type, owner and region. No name is kept."""
    return _counted(
        (each.get("OwningAccountId"), each.get("Region"), each.get("CfnResourceType") or each.get("ResourceType"))
        for each in resources
    )


def _tally_of_arns(mappings: Value) -> Value:
    """As `_tally`, for a list of the tagging API."""
    arns = [str(each.get("ResourceARN", "")) for each in mappings]
    return _counted((arn.split(":")[4], arn.split(":")[3], type_of_arn(arn)) for arn in arns if type_of_arn(arn))


def _counted(rows: Any) -> list[dict[str, Value]]:
    numbers = Counter((owner or "", region or "", type) for owner, region, type in rows if type)
    return [
        {"owner": owner, "region": region, "type": type, "count": count}
        for (owner, region, type), count in sorted(numbers.items())
    ]


COUNTS = Question("config.get_discovered_resource_counts", {"resourceCounts": None})
RECORDERS = Question(
    "config.describe_configuration_recorders",
    {"ConfigurationRecorders[].recordingGroup.allSupported": None},
    note="only where AWS Config records",
)
INDEXES = Question(
    "resource-explorer-2.list_indexes", {"Indexes[].[Region, Type]": None}, {"MaxResults": 100}, scope="account"
)
RESOURCES = Question(
    "resource-explorer-2.list_resources",
    {"Resources": _tally, "ViewArn": None},
    {"MaxResults": 1000},
    note="only where Resource Explorer has an index",
)
VIEW = Question(
    "resource-explorer-2.get_view",
    {"View.Filters.FilterString": None},
    {"ViewArn": "{ViewArn}"},
    note="only where Resource Explorer has an index",
)
TAGGED = Question(
    "resourcegroupstaggingapi.get_resources",
    {"ResourceTagMappingList": _tally_of_arns},
    {"ResourcesPerPage": 100},
    note="only where neither AWS Config nor Resource Explorer sees all",
)
QUESTIONS: Sequence[Question] = (COUNTS, RECORDERS, INDEXES, RESOURCES, VIEW, TAGGED)

# Config counts these records for each resource that it evaluates. They are not resources.
_RECORDS = frozenset(
    {
        "AWS::Config::ConformancePackCompliance",
        "AWS::Config::ResourceCompliance",
        "AWS::SSM::AssociationCompliance",
        "AWS::SSM::ManagedInstanceInventory",
        "AWS::SSM::PatchCompliance",
    }
)
# Global types: Config records them in each region whose recorder includes them.
_EVERYWHERE = ("AWS::IAM::", "AWS::RDS::GlobalCluster")


@dataclass(frozen=True, slots=True)
class Discovered:
    """Numbers of existing resources by type, as far as AWS answers."""

    counts: Mapping[str, Mapping[str, int]]
    """Region or `GLOBAL` -> type -> number. Types have CloudFormation's name, else the form of `type_of_arn`."""
    by: Mapping[str, tuple[str, ...]]
    """Region -> the sources that answered: `CONFIG`, `EXPLORER`, `TAGS`."""
    unknown: Mapping[str, str]
    """Region -> why not all of its resources are known."""


@dataclass(slots=True)
class _Region:
    """The counts and sources of one region so far."""

    waits_for: set[str] = field(default_factory=lambda: {CONFIG, EXPLORER})
    by: list[str] = field(default_factory=list)
    sees_all: bool = False
    reasons: list[str] = field(default_factory=list)


class Discovery:
    """Counts the resources that exist in the regions of a scan, with calls made through `requests`."""

    def __init__(self, account: AwsAccount, requests: Requests) -> None:
        self._account = account
        self._requests = requests
        self._regions = {region: _Region() for region in account.regions}
        self._counts: dict[str, Counter[str]] = {}
        self._begun = False

    def begin(self) -> None:
        """Start the first calls; the answers lead to further calls."""
        self._begun = True
        self._ask(INDEXES, self._account.home, self._indexed)
        for region in self._account.regions:
            self._ask(COUNTS, region, partial(self._recorded, region))

    def found(self) -> Discovered:
        """The result, once all calls are made."""
        if not self._begun:
            return Discovered({}, {}, dict.fromkeys(self._account.regions, NOT_ASKED))
        counts = {place: dict(sorted(numbers.items())) for place, numbers in sorted(self._counts.items())}
        answered = {region: tuple(sorted(state.by)) for region, state in self._regions.items() if state.by}
        unknown = {
            region: "; ".join(sorted(state.reasons)) for region, state in self._regions.items() if not state.sees_all
        }
        return Discovered(counts, answered, unknown)

    def _ask(self, question: Question, region: str, then: Then, **fields: str) -> None:
        self._requests.ask(question.operation, templates.filled(question.params, fields), region, then)

    # --- AWS Config ---

    def _recorded(self, region: str, answer: Answer) -> None:
        counts = [] if answer.value is None else answer.value.get("resourceCounts") or []
        for each in counts:
            self._count(region, str(each.get("resourceType", "")), int(each.get("count") or 0))
        if answer.refusal is not None:
            self._finish_source(region, CONFIG, bool(counts), answer.refusal.reason)
        elif not counts:  # a recorder that is off answers the same
            self._finish_source(region, CONFIG, False, "AWS Config records nothing there")
        else:
            self._ask(RECORDERS, region, partial(self._recorders, region))

    def _recorders(self, region: str, answer: Answer) -> None:
        if answer.refusal is not None:
            self._finish_source(region, CONFIG, True, answer.refusal.reason)
            return
        recorders = (answer.value or {}).get("ConfigurationRecorders") or []
        all_types = any((each.get("recordingGroup") or {}).get("allSupported") for each in recorders)
        self._finish_source(region, CONFIG, True, "" if all_types else "AWS Config records only some types there")

    # --- Resource Explorer ---

    def _indexed(self, answer: Answer) -> None:
        """Search the index of all regions, if the scan reads its region, else the index of each region.

        A region without an index is not searched: the first search there may create an index and a view.
        """
        if answer.refusal is not None:
            for region in self._regions:
                self._finish_source(region, EXPLORER, False, answer.refusal.reason)
            return
        indexes = {each.get("Region"): each.get("Type") for each in (answer.value or {}).get("Indexes") or []}
        for region in self._regions:
            if region not in indexes:
                self._finish_source(region, EXPLORER, False, "Resource Explorer has no index there")
        indexed = [region for region in self._regions if region in indexes]
        wide = [region for region in indexed if indexes[region] == "AGGREGATOR"][:1]
        for region in wide or indexed:
            covered = indexed if wide else [region]
            self._ask(RESOURCES, region, partial(self._explored, region, covered))

    def _explored(self, asked: str, covered: Sequence[str], answer: Answer) -> None:
        rows = [] if answer.value is None else answer.value.get("Resources") or []
        self._count_rows(rows, (*covered, GLOBAL))
        if answer.refusal is not None:
            reason = answer.refusal.reason
            if answer.refusal.code == "UnauthorizedException":
                reason = f"Resource Explorer has no default view in {asked}, or the role may not use it"
            self._explored_by(covered, answer.value is not None, reason)
            return
        view = (answer.value or {}).get("ViewArn")
        if not view:
            self._explored_by(covered, True, "Resource Explorer does not say which view it searched")
            return
        self._ask(VIEW, asked, partial(self._viewed, covered), ViewArn=str(view))

    def _viewed(self, covered: Sequence[str], answer: Answer) -> None:
        view = (answer.value or {}).get("View")
        reason = ""
        if answer.refusal is not None or view is None:
            reason = answer.refusal.reason if answer.refusal else "Resource Explorer does not show the view it searched"
        elif (view.get("Filters") or {}).get("FilterString"):
            reason = "the view of Resource Explorer has a filter"
        self._explored_by(covered, True, reason)

    def _explored_by(self, covered: Sequence[str], answered: bool, reason: str) -> None:
        for region in covered:
            self._finish_source(region, EXPLORER, answered, reason)

    # --- tags ---

    def _tagged(self, region: str, answer: Answer) -> None:
        state = self._regions[region]
        rows = [] if answer.value is None else answer.value.get("ResourceTagMappingList") or []
        for row in rows:  # ARNs of buckets name no region; all others without a region belong to the account
            place = row["region"] or (region if row["type"].startswith("s3:") else GLOBAL)
            self._count_rows([{**row, "region": place}], (region, GLOBAL))
        if answer.refusal is not None:
            state.reasons.append(answer.refusal.reason)
        if answer.value is not None:
            state.by.append(TAGS)

    # --- common to all sources ---

    def _finish_source(self, region: str, source: str, answered: bool, reason: str) -> None:
        """Note the outcome of a source. Get tags once the other sources are done and none of them sees everything."""
        state = self._regions[region]
        if answered:
            state.by.append(source)
        if reason:
            state.reasons.append(reason)
        else:
            state.sees_all = True
        state.waits_for.discard(source)
        if not state.waits_for and not state.sees_all:
            self._ask(TAGGED, region, partial(self._tagged, region))

    def _count_rows(self, rows: Sequence[Mapping[str, Any]], places: Sequence[str]) -> None:
        for row in rows:
            if row["owner"] in ("", self._account.id) and row["region"] in places:
                self._count(row["region"], row["type"], row["count"])

    def _count(self, region: str, type: str, number: int) -> None:
        """Keep the larger number, where two sources count the same type."""
        if number and type and type not in _RECORDS:
            place = GLOBAL if type.startswith(_EVERYWHERE) else region
            numbers = self._counts.setdefault(place, Counter())
            numbers[type] = max(numbers[type], number)
