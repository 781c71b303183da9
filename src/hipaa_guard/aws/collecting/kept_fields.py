"""The kept part of an answer: only fields that the plan reads, and only derived values instead of secrets.

AWS answers far more than a scan reads: names of people, tags, environment variables. All of that is dropped when the
answer arrives, so that it is neither held in memory nor written to a ledger or to evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from hipaa_guard.aws.calling.alternative_calls import SIBLINGS
from hipaa_guard.aws.calling.calls import Answer, plain
from hipaa_guard.aws.planning import templates
from hipaa_guard.aws.planning.actions import action_of
from hipaa_guard.aws.planning.error_codes import classify
from hipaa_guard.aws.planning.plan import KindPlan, Plan, parts_of
from hipaa_guard.facts.readings import Listed, Listing
from hipaa_guard.facts.values import Value

_ANY = "\ue000"
"""Placeholder for the field of an item in a path: a private-use character."""


class FieldConflictError(Exception):
    """One reading keeps a whole value of which another keeps only a derived value: a fault of the tables."""


class Field:
    """A field of an answer. A list and its elements are the same field."""

    __slots__ = ("below", "kept_as", "whole")

    def __init__(self) -> None:
        self.below: dict[str, Field] = {}
        self.whole = False
        self.kept_as: Callable[[Value], Value] | None = None

    def at(self, name: str) -> Field:
        """A field below this one."""
        return self.below.setdefault(name, Field())

    def of(self, value: Any) -> Value:
        """The kept part of a value of this field."""
        if self.kept_as is not None:
            return None if value is None else self.kept_as(plain(value))
        if self.whole:
            return plain(value)
        if isinstance(value, list | tuple):
            return [self.of(part) for part in value]
        if isinstance(value, Mapping):
            return {name: self.below[name].of(part) for name, part in value.items() if name in self.below}
        return plain(value)

    def as_data(self) -> Any:
        """The field as plain data. Two plans keep the same of an answer if these are equal."""
        if self.kept_as is not None:
            return getattr(self.kept_as, "__name__", "")
        return True if self.whole else {name: field.as_data() for name, field in sorted(self.below.items())}

    def check(self, path: str = "") -> None:
        """Check that no secret is kept as part of a larger value.

        Raises:
            FieldConflictError: a secret is kept so.

        """
        for name, field in self.below.items():
            if field.kept_as is not None and (self.whole or field.whole or field.below):
                raise FieldConflictError(f"{path}{name} is kept as a whole and in part")
            field.check(f"{path}{name}.")


def fields_read(plan: Plan) -> dict[str, Field]:
    """Operation -> the fields of its answers that the plan reads.

    Raises:
        FieldConflictError: the tables contradict each other.

    """
    found: dict[str, Field] = {}
    for root in plan.roots:
        _of_kind(root, found, None)
    for question in plan.questions:
        for path, kept_as in question.reads.items():
            _end(walk(path, [found.setdefault(question.operation, Field())]), kept_as)
    for bulk in [operation for operation in found if operation in SIBLINGS]:
        for operation, path in SIBLINGS[bulk].reads.items():
            _end(walk(path, [found.setdefault(operation, Field())]))
    for operation, field in found.items():
        field.check(f"{operation}: ")
    return found


def covers(stored: Any, needed: Any) -> bool:
    """Whether stored fields (`Field.as_data`) include all that are needed now."""
    if isinstance(stored, dict) and isinstance(needed, dict):
        return all(name in stored and covers(stored[name], field) for name, field in needed.items())
    return stored == needed or (stored is True and isinstance(needed, dict) and _is_plain(needed))


def _is_plain(needed: Mapping[str, Any]) -> bool:
    """Whether all of it is kept as it is, nothing in a derived form."""
    return all(_is_plain(each) if isinstance(each, dict) else each is True for each in needed.values())


def keep(answer: Answer, fields: Mapping[str, Field]) -> Answer:
    """The answer with its kept fields. Never raises: an answer that is too deep, or has another form, is refused."""
    if answer.value is None:
        return answer
    try:
        return replace(answer, value=fields[answer.operation].of(answer.value))
    except Exception as error:  # noqa: BLE001 - after any error, only this answer is unknown
        action = action_of(answer.operation)
        refusal = classify(error, operation=answer.operation, region=answer.region, action=action, answered=True)
        return replace(answer, value=None, refusal=refusal)


def _of_kind(plan: KindPlan, found: dict[str, Field], parent: Field | None) -> None:
    listing = plan.listing
    for ask in plan.asks:
        _end(walk(ask.path, [found.setdefault(ask.operation, Field())]), ask.kept_as)
    if not isinstance(listing, Listing):
        return
    for path in listing.always:
        _end(walk(path, [found.setdefault(listing.operation, Field())]))
    for item in walk(listing.items, [found.setdefault(listing.operation, Field())]):
        _of_item(plan, listing, item, parent)
        for child in plan.children:
            _of_kind(child, found, item)


def _of_item(plan: KindPlan, listing: Listing, item: Field, parent: Field | None) -> None:
    if parent is not None:
        item.below["Parent"] = parent
    read = [listing.name or listing.wrap, *listing.keys]
    named: list[Any] = [listing.arn, listing.region, *(ask.params for ask in plan.asks)]
    named += [ask.path for ask in plan.asks]
    named += [child.listing.params for child in plan.children if isinstance(child.listing, Listing)]
    read += [name for each in named for name in templates.fields_in(each)]
    for path in read:
        for place in (item, parent):
            if place is not None:
                _end(walk(path, [place]))
    for fact in plan.facts:
        for part in parts_of(fact):
            if isinstance(part, Listed):
                _end(walk(part.path, [item]), part.kept_as)


def _end(ends: Iterable[Field], kept_as: Callable[[Value], Value] | None = None) -> None:
    for field in ends:
        if kept_as is None:
            field.whole = True
        else:
            field.kept_as = kept_as


# --- JMESPath ----------------------------------------------------------------------------------------------------


def walk(path: str, start: list[Field]) -> list[Field]:
    """The fields at which a JMESPath ends. The fields that it compares on its way are marked to be kept."""
    return _walk(templates.compiled(templates.path(path, _Anything())).parsed, start)


def _walk(node: Mapping[str, Any], at: list[Field]) -> list[Field]:
    type, children = node["type"], node["children"]
    if type in ("field", "identity", "current", "index", "slice", "literal", "expref"):
        return _leaf(node, at)
    if type in ("subexpression", "index_expression", "pipe", "projection", "flatten"):
        for child in children:
            at = _walk(child, at)
        return at
    if type == "filter_projection":
        items, then, condition = children
        at = _walk(items, at)
        _end(_walk(condition, at))
        return _walk(then, at)
    if type == "value_projection":  # for any names in the object
        _end(_walk(children[0], at))
        return []
    ends = [end for child in children for end in _walk(child, at)]
    if type in ("or_expression", "and_expression", "key_val_pair"):
        return ends
    # Comparisons, functions and new structures use the whole values of their parts. Other nodes use the whole field.
    _end(ends if type in _MADE else at)
    return []


_MADE = ("comparator", "function_expression", "multi_select_dict", "multi_select_list", "not_expression")


def _leaf(node: Mapping[str, Any], at: list[Field]) -> list[Field]:
    if node["type"] in ("literal", "expref"):
        return []
    if node["type"] != "field":
        return at
    if _ANY in node["value"]:  # a name that depends on the item
        return at
    return [field.at(node["value"]) for field in at]


class _Anything(dict[str, Any]):
    """Fields of an item that has every field."""

    def get(self, name: str, default: Any = None) -> Any:
        del name, default
        return _ANY
