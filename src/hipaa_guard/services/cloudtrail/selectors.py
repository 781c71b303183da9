"""The events that a trail records: the event selectors of Terraform, of CloudFormation and of AWS, read as one.

CloudTrail user guide, "Logging management events" and "Logging data events", read 2026-11-30.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from hipaa_guard.facts.allowed_values import one_of
from hipaa_guard.facts.policy_document import symbolic
from hipaa_guard.facts.readings import View
from hipaa_guard.facts.records import Record
from hipaa_guard.facts.values import Incomplete, PartialText, Reference, Undecided, Unknown, Value, one_holds, some

_EVERY_BUCKET = re.compile(r"arn:[^:]*:s3(:::)?")
_KINDS = one_of("All", "ReadOnly", "WriteOnly")
_UNSEEN = "\ue004"
# Fields of an advanced selector that do not narrow which resources are recorded.
_WIDE_FIELDS = frozenset({"eventCategory", "readOnly", "resources.type"})


class Selector(Record):
    """Events of one category that a trail records."""

    __slots__ = ("category", "prefixes", "reads", "resource_type", "unlimited", "writes")

    category: str
    """``Management``, ``Data`` and others."""
    reads: bool
    writes: bool
    resource_type: str | None
    """The resource type of data events (``AWS::S3::Object``)."""
    unlimited: bool
    """Whether the selector leaves out no resource, event or source."""
    prefixes: list[str]
    """What the ARNs of the resources begin with, where nothing else limits the data events."""

    def covers(self, names: Iterable[str]) -> bool:
        """Whether it leaves out no object of the bucket with these names (`symbolic` ARNs); of any, without names."""
        whole = {f"{name}/" for name in names}
        if not whole:
            return self.unlimited
        return one_holds(lambda: self.unlimited, lambda: some(whole.__contains__, self.prefixes))


# A trail without selectors: CloudTrail user guide, "Logging management events".
_MANAGEMENT = {
    "category": "Management",
    "reads": True,
    "writes": True,
    "resource_type": None,
    "unlimited": True,
    "prefixes": [],
}


def _made(items: Value, make: Callable[[dict[str, Value]], Iterator[Selector]]) -> list[Selector]:
    """The records of all selectors; `Incomplete` if a deciding part of one is not known."""
    if isinstance(items, Unknown):
        return Incomplete([], items)
    unknown = items.unknown if isinstance(items, Incomplete) else None
    found: list[Selector] = []
    for item in _seen(items):
        try:
            found.extend(make(item))
        except Undecided as error:
            unknown = error.unknown if unknown is None else unknown
    return found if unknown is None else Incomplete(found, unknown)


def _seen(items: Value) -> list[Value]:
    return items.seen if isinstance(items, Incomplete) else items or []


def _either(value: Value, default: Value) -> Value:
    return default if value is None else value


def _one_of(value: Value, *texts: str) -> Value:
    return value if isinstance(value, Unknown) else str(value) in texts


def _basic(
    kinds: Value, management: Value, excluded: Value, resources: Iterable[tuple[Value, Value]]
) -> Iterator[Selector]:
    """An event selector: management events unless it excludes them, and data events of the resources it names."""
    kinds = _KINDS.admit(kinds)
    reads, writes = _one_of(kinds, "All", "ReadOnly"), _one_of(kinds, "All", "WriteOnly")
    category = management if isinstance(management, Unknown) else "Management" if truth(management) else "None"
    whole = _is_empty(excluded)
    yield Selector(category=category, reads=reads, writes=writes, resource_type=None, unlimited=whole, prefixes=[])
    for type_, values in resources:
        yield Selector(
            category="Data",
            reads=reads,
            writes=writes,
            resource_type=type_,
            unlimited=_some_is_every_bucket(values),
            prefixes=_texts(values),
        )


def _is_empty(items: Value) -> Value:
    if isinstance(items, Unknown):
        return items
    return items.unknown if isinstance(items, Incomplete) and not items.seen else not _seen(items)


def _texts(values: Value) -> list[str]:
    """The texts with symbols in the place of references; `Incomplete` where one is not known."""
    if isinstance(values, Unknown):
        return Incomplete([], values)
    texts = [symbolic(value) for value in _seen(values)]
    known = [text for text in texts if isinstance(text, str)]
    unknown = values.unknown if isinstance(values, Incomplete) else None
    unknown = next((text for text in texts if isinstance(text, Unknown)), unknown)
    return known if unknown is None else Incomplete(known, unknown)


def truth(value: Value) -> bool:
    return str(value).lower() == "true"


def _some_is_every_bucket(values: Value) -> Value:
    """Whether one of the prefixes for data events matches every S3 bucket."""
    if isinstance(values, Unknown):
        return values
    answers = [_is_every_bucket(value) for value in _seen(values)]
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


class _Field(Record):
    """One condition of an advanced selector."""

    __slots__ = ("equals", "name", "others", "starts_with")

    name: str
    equals: list[Value]
    starts_with: list[Value]
    others: bool
    """Whether it also has an operator other than ``StartsWith``."""


def _advanced(fields: list[_Field]) -> Iterator[Selector]:
    """An advanced selector: every field must match. Without ``readOnly`` it records reads and writes."""
    by_name = {field.name: field for field in fields}
    read_only = _only_value(by_name.get("readOnly"))
    flag = None if read_only is None else truth(read_only)
    narrowing = [field for field in fields if field.name not in _WIDE_FIELDS]
    limits: list[Value] = [
        _some_is_every_bucket(field.starts_with) if field.name == "resources.ARN" and not field.others else False
        for field in narrowing
    ]
    unknown = next((limit for limit in limits if isinstance(limit, Unknown)), True)
    unlimited = False if any(limit is False for limit in limits) else unknown
    yield Selector(
        category=_only_value(by_name.get("eventCategory")),
        reads=flag in (None, True),
        writes=flag in (None, False),
        resource_type=_only_value(by_name.get("resources.type")),
        unlimited=unlimited,
        prefixes=_texts(narrowing[0].starts_with) if _limits_only_arns(narrowing) else [],
    )


def _limits_only_arns(narrowing: list[_Field]) -> bool:
    return len(narrowing) == 1 and narrowing[0].name == "resources.ARN" and not narrowing[0].others


def _only_value(field: _Field | None) -> Value:
    values = [] if field is None else field.equals
    return values[0] if len(values) == 1 else None


def _field(name: Value, starts_with: Value, equals: Value, *rest: Value) -> _Field:
    others = any(isinstance(other, Unknown | Incomplete) or other for other in (equals, *rest))
    return _Field(name=name, equals=_either(equals, []), starts_with=_either(starts_with, []), others=others)


def declared(view: View) -> list[Selector]:
    """The selectors of a Terraform trail, which are all basic or all advanced."""
    basic, advanced = (
        _either(view.get(name), view.get(f"{name}s")) for name in ("event_selector", "advanced_event_selector")
    )
    if isinstance(basic, Unknown | Incomplete) or basic:
        return _made(basic, _declared_basic)
    if isinstance(advanced, Unknown | Incomplete) or advanced:
        return _made(advanced, _declared_advanced)
    return [Selector(**_MANAGEMENT)]


def _declared_basic(item: dict[str, Value]) -> Iterator[Selector]:
    # Without the arguments, it records reads and writes, and management events.
    return _basic(
        _either(item.get("read_write_type"), "All"),
        _either(item.get("include_management_events"), True),
        _either(item.get("exclude_management_event_sources"), []),
        [(one.get("type"), one.get("values")) for one in _written(item, "data_resource")],
    )


def _declared_advanced(item: dict[str, Value]) -> Iterator[Selector]:
    names = ("field", "starts_with", "equals", "ends_with", "not_equals", "not_starts_with", "not_ends_with")
    return _advanced([_field(*(field.get(name) for name in names)) for field in _written(item, "field_selector")])


def _written(item: dict[str, Value], block: str) -> Value:
    """The blocks of a type; in the `awscc` provider, a list with the name in the plural."""
    return _either(item.get(block), item.get(f"{block}s")) or []


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
    return _advanced([_field(*(field.get(name) for name in names)) for field in item.get("FieldSelectors", [])])
