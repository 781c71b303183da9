"""The events that a trail records: the event selectors of Terraform, of CloudFormation and of AWS, read as one.

CloudTrail user guide, "Logging management events", "Logging data events" and "Filtering data events by using advanced
event selectors", read 2026-11-30: an event matches a field by any of Equals, StartsWith and EndsWith, and by none of
their opposites. A field without any of the first three admits all that the opposites leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.lists import Incomplete, all_hold, one_holds, some
from hipaa_guard.facts.policies.document import symbolic
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.values import Cause, PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.lean import regex
from hipaa_guard.services.cloudtrail import object_events
from hipaa_guard.services.cloudtrail.fields import (
    Field,
    admits_every,
    condition,
    either,
    is_empty,
    only_value,
    seen,
)

_EVERY_BUCKET = regex(r"arn:[^:]*:s3(:::)?")
_KINDS = one_of("All", "ReadOnly", "WriteOnly")
_UNSEEN = "\ue004"
_LITERAL = regex(r"[ -~]*\Z")
"""A text without symbols, which stand for references."""
# Fields of an advanced selector that do not narrow which resources are recorded.
_WIDE_FIELDS = frozenset({"eventCategory", "readOnly", "resources.type"})


class Selector(Record):
    """Events of one category that a trail records."""

    __slots__ = (
        "all_reads",
        "all_writes",
        "category",
        "left_out",
        "prefixes",
        "reads",
        "resource_type",
        "unlimited",
        "writes",
    )

    category: str
    """``Management``, ``Data`` and others."""
    reads: bool
    writes: bool
    all_reads: bool
    """Whether no read of an object's content is left out by the name of its event."""
    all_writes: bool
    """Whether no write of an object is left out by the name of its event."""
    resource_type: str | None
    """The resource type of data events (``AWS::S3::Object``)."""
    unlimited: bool
    """Whether the selector leaves out no resource, event or source."""
    prefixes: list[str]
    """The beginnings of the ARNs of the resources, if nothing but ARNs limits the data events; ``""`` for all ARNs."""
    left_out: list[str]
    """The beginnings of the ARNs that are left out of those."""

    def covers(self, names: Iterable[str], *, named: bool = True) -> bool:
        """Whether it leaves out no object of the bucket with these names (`symbolic` ARNs); of any, without names.

        `named` tells whether the text of its name is among them.

        Raises:
            Undecided: a part of the selector is not known, or what it leaves out may be this bucket.

        """
        whole = {f"{name}/" for name in names}
        if not whole:
            return self.unlimited

        def begins(prefix: str) -> bool:
            return any(name.startswith(prefix) for name in whole)

        def left_out(prefix: str) -> bool:
            if begins(prefix) or any(prefix.startswith(name) for name in whole):
                return True
            if not named and _LITERAL.match(prefix):
                raise Undecided(Unknown(f"whether {prefix} is this bucket is not known", Cause.NOT_IN_SCOPE))
            return False

        return one_holds(
            lambda: self.unlimited,
            lambda: all_hold(lambda: some(begins, self.prefixes), lambda: not some(left_out, self.left_out)),
        )


# A trail without selectors: CloudTrail user guide, "Logging management events".
_MANAGEMENT = {
    "category": "Management",
    "reads": True,
    "writes": True,
    "all_reads": True,
    "all_writes": True,
    "resource_type": None,
    "unlimited": True,
    "prefixes": [],
    "left_out": [],
}


def _made(items: Value, make: Callable[[dict[str, Value]], Iterator[Selector]]) -> list[Selector]:
    """The records of all selectors; `Incomplete` if a deciding part of one is not known."""
    if isinstance(items, Unknown):
        return Incomplete([], items)
    unknown = items.unknown if isinstance(items, Incomplete) else None
    found: list[Selector] = []
    for item in seen(items):
        try:
            found.extend(make(item))
        except Undecided as error:
            unknown = error.unknown if unknown is None else unknown
    return found if unknown is None else Incomplete(found, unknown)


def _one_of(value: Value, *texts: str) -> Value:
    return value if isinstance(value, Unknown) else str(value) in texts


def _basic(
    kinds: Value, management: Value, excluded: Value, resources: Iterable[tuple[Value, Value]]
) -> Iterator[Selector]:
    """An event selector: management events unless it excludes them, and data events of the resources it names."""
    kinds = _KINDS.admit(kinds)
    reads, writes = _one_of(kinds, "All", "ReadOnly"), _one_of(kinds, "All", "WriteOnly")
    category = management if isinstance(management, Unknown) else "Management" if truth(management) else "None"
    whole = is_empty(excluded)
    kinds_of_events = {"reads": reads, "writes": writes, "all_reads": True, "all_writes": True}
    yield Selector(category=category, **kinds_of_events, resource_type=None, unlimited=whole, prefixes=[], left_out=[])
    for type_, values in resources:
        yield Selector(
            category="Data",
            **kinds_of_events,
            resource_type=type_,
            unlimited=_some_is_every_bucket(values),
            prefixes=_kept(_is_of_bucket, _texts(values)),
            left_out=[],
        )


def _texts(values: Value) -> list[str]:
    """The texts with symbols in the place of references; `Incomplete` where one is not known."""
    if isinstance(values, Unknown):
        return Incomplete([], values)
    texts = [symbolic(value) for value in seen(values)]
    known = [text for text in texts if isinstance(text, str)]
    unknown = values.unknown if isinstance(values, Incomplete) else None
    unknown = next((text for text in texts if isinstance(text, Unknown)), unknown)
    return known if unknown is None else Incomplete(known, unknown)


def _is_of_bucket(prefix: str) -> bool:
    """Whether an event selector takes the text for a bucket: its ARN, a slash, and perhaps more."""
    return "/" in prefix


def _kept(test: Callable[[str], bool], texts: list[str]) -> list[str]:
    kept = [text for text in seen(texts) if test(text)]
    return Incomplete(kept, texts.unknown) if isinstance(texts, Incomplete) else kept


def truth(value: Value) -> bool:
    return str(value).lower() == "true"


def _some_is_every_bucket(values: Value) -> Value:
    """Whether one of the prefixes for data events matches every S3 bucket."""
    if isinstance(values, Unknown):
        return values
    answers = [_is_every_bucket(value) for value in seen(values)]
    if any(answer is True for answer in answers):
        return True
    if isinstance(values, Incomplete):
        return values.unknown
    return next((answer for answer in answers if isinstance(answer, Unknown)), False)


def _is_every_bucket(value: Value) -> Value:
    if isinstance(value, Reference):  # the ARN of one bucket
        return False
    if isinstance(value, PartialText):
        last = value.parts[-1]
        text = "".join(part if isinstance(part, str) else _UNSEEN for part in value.parts)
        is_complete = isinstance(last, str | Reference)
        return bool(_EVERY_BUCKET.fullmatch(text)) if is_complete else last
    return value if isinstance(value, Unknown) else bool(_EVERY_BUCKET.fullmatch(str(value)))


def _advanced(fields: list[Field]) -> Iterator[Selector]:
    """An advanced selector: every field must match. Without ``readOnly`` it records reads and writes."""
    by_name = {field.name: field for field in fields}
    read_only = by_name.get("readOnly")
    category, resource_type = only_value(by_name.get("eventCategory")), only_value(by_name.get("resources.type"))
    known = not isinstance(category, Unknown) and not isinstance(resource_type, Unknown)
    of_objects = known and (category, resource_type) == ("Data", "AWS::S3::Object")
    event_name = by_name.get("eventName") if of_objects else None
    narrowing = [field for field in fields if field.name not in _WIDE_FIELDS and field is not event_name]
    limits = [_admits_all(field) if field.name == "resources.ARN" else False for field in narrowing]
    unknown = next((limit for limit in limits if isinstance(limit, Unknown)), True)
    unlimited = False if any(limit is False for limit in limits) else unknown
    prefixes, left_out = _beginnings(narrowing)
    yield Selector(
        category=category,
        reads=admits_every(read_only, ["true"]),
        writes=admits_every(read_only, ["false"]),
        all_reads=admits_every(event_name, object_events.READS),
        all_writes=admits_every(event_name, object_events.WRITES),
        resource_type=resource_type,
        unlimited=unlimited,
        prefixes=prefixes,
        left_out=left_out,
    )


def _admits_all(field: Field) -> Value:
    """Whether a condition on ARNs leaves out no bucket and no object."""
    opposites = (is_empty(field.peek("not_beginning")), is_empty(field.peek("not_ending")))
    selects, selected = field.peek("selects"), _some_is_every_bucket(field.peek("starts_with"))
    if isinstance(selects, Unknown) and selected is False:
        selected = selects
    answers: tuple[Value, ...] = (*opposites, True if selects is False else selected)
    if any(answer is False for answer in answers):
        return False
    return next((answer for answer in answers if isinstance(answer, Unknown)), True)


def _beginnings(narrowing: list[Field]) -> tuple[list[str], list[str]]:
    """What the ARNs begin with that a selector records, and what those begin with that it leaves out of these."""
    if len(narrowing) != 1 or narrowing[0].name != "resources.ARN":
        return [], []
    field = narrowing[0]
    ends = is_empty(field.peek("not_ending"))  # an object of any bucket may end like that
    if ends is False:
        return [], []
    if isinstance(ends, Unknown):
        return Incomplete([], ends), []
    selects, prefixes = field.peek("selects"), _texts(field.peek("starts_with"))
    if selects is False:
        prefixes = [""]
    elif isinstance(selects, Unknown):
        prefixes = Incomplete(seen(prefixes), selects)
    return prefixes, _texts(field.peek("not_beginning"))


def declared(view: View) -> list[Selector]:
    """The selectors of a Terraform trail, which are all basic or all advanced."""
    basic, advanced = (
        either(view.get(name), view.get(f"{name}s")) for name in ("event_selector", "advanced_event_selector")
    )
    if isinstance(basic, Unknown | Incomplete) or basic:
        return _made(basic, _declared_basic)
    if isinstance(advanced, Unknown | Incomplete) or advanced:
        return _made(advanced, _declared_advanced)
    return [Selector(**_MANAGEMENT)]


def _declared_basic(item: dict[str, Value]) -> Iterator[Selector]:
    # Without the arguments, it records reads and writes, and management events.
    return _basic(
        either(item.get("read_write_type"), "All"),
        either(item.get("include_management_events"), True),
        either(item.get("exclude_management_event_sources"), []),
        [(one.get("type"), one.get("values")) for one in _written(item, "data_resource")],
    )


def _declared_advanced(item: dict[str, Value]) -> Iterator[Selector]:
    names = ("field", "starts_with", "equals", "ends_with", "not_equals", "not_starts_with", "not_ends_with")
    return _advanced([condition(field.get(name) for name in names) for field in _written(item, "field_selector")])


def _written(item: dict[str, Value], block: str) -> Value:
    """The blocks of a type; in the `awscc` provider, a list with the name in the plural."""
    return either(item.get(block), item.get(f"{block}s")) or []


def answered(basic: list[dict[str, Value]] | None, advanced: list[dict[str, Value]] | None) -> list[Selector]:
    """The selectors that AWS answers, of either kind."""
    if basic:
        return _made(basic, _answered_basic)
    if advanced:
        return _made(advanced, _answered_advanced)
    if basic is None and advanced is None:
        raise Undecided(Unknown("CloudTrail answered without event selectors of either kind"))
    return [Selector(**_MANAGEMENT)]


def _answered_basic(item: dict[str, Value]) -> Iterator[Selector]:
    return _basic(
        item.get("ReadWriteType", "All"),
        item.get("IncludeManagementEvents", True),
        item.get("ExcludeManagementEventSources", []),
        [(one.get("Type"), one.get("Values")) for one in item.get("DataResources", [])],
    )


def _answered_advanced(item: dict[str, Value]) -> Iterator[Selector]:
    names = ("Field", "StartsWith", "Equals", "EndsWith", "NotEquals", "NotStartsWith", "NotEndsWith")
    return _advanced([condition(field.get(name) for name in names) for field in item.get("FieldSelectors", [])])
