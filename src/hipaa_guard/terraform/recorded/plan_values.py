"""The values of a plan, from `after`, `after_unknown`, `after_sensitive` and the configuration together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.secrets import concealed
from hipaa_guard.facts.values import Cause, Computed, Reference, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.hcl.access import surely_set
from hipaa_guard.terraform.recorded.documents import NESTING, part_of, table, too_deep
from hipaa_guard.terraform.recorded.plan_references import Found

ABSENT: Any = object()
"""The configuration does not write this argument."""

Follow = Callable[[Any], Found]

_ALTERNATIVES = 16
_DOCUMENTS = ("policy", "json", "document", "definition", "definitions", "template", "user_data", "body", "content")


@dataclass(frozen=True, slots=True)
class PlannedExpression:
    """The configuration of an argument, or of the nested blocks of one type.

    ``certain`` is False where blocks that the plan does not list (``dynamic``) may have written it.
    """

    expression: Any = ABSENT
    certain: bool = True

    def below(self, key: str) -> PlannedExpression:
        """The configuration of one argument inside, taken from all nested blocks together: their order may differ."""
        if self.expression is ABSENT:
            return self
        if is_argument(self.expression):
            return PlannedExpression(ABSENT, self.certain) if self._certainly_lacks(key) else self
        blocks = self.expression if isinstance(self.expression, list) else [self.expression]
        found = [block[key] for block in blocks if isinstance(block, dict) and key in block]
        if not found:
            return PlannedExpression(ABSENT, self.certain)
        certain = self.certain and len(found) == len(blocks)
        if len(found) == 1 or all(one == found[0] for one in found):
            return PlannedExpression(found[0], certain)
        return PlannedExpression(_joined(found), certain)

    def _certainly_lacks(self, key: str) -> bool:
        """Whether an object, or each object of a list, is a literal without the key."""
        constant = table(self.expression).get("constant_value")
        objects = constant if isinstance(constant, list) else [constant]
        return bool(objects) and all(isinstance(each, dict) and key not in each for each in objects)

    def items(self, count: int) -> PlannedExpression:
        """The configuration of each element of a list."""
        if self.expression is ABSENT:
            return PlannedExpression(ABSENT, certain=False)
        if isinstance(self.expression, list):
            return PlannedExpression(self.expression, self.certain and len(self.expression) == count)
        return self


class Planned(NamedTuple):
    """A value of `after` with the marks of its unknown and its sensitive parts."""

    value: Any
    unknown: Any = None
    sensitive: Any = None

    @property
    def is_plain(self) -> bool:
        """Whether the value has no marks, like most arguments."""
        return not self.unknown and not self.sensitive and not isinstance(self.value, list | dict)

    @property
    def length(self) -> int | None:
        """The number of elements, for a list."""
        lists = [len(each) for each in (self.value, self.unknown) if isinstance(each, list)]
        is_list = isinstance(self.value, list) or (self.value is None and bool(lists and lists[0]))
        return max(lists) if is_list else None

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The keys, for an object."""
        marked = table(self.unknown)
        is_object = isinstance(self.value, dict) or (self.value is None and bool(marked))
        return tuple(dict.fromkeys((*table(self.value), *marked))) if is_object else None

    def part(self, key: str | int) -> Planned:
        """One element of a list, or one value of an object."""
        return Planned(_part(self.value, key), part_of(self.unknown, key), part_of(self.sensitive, key))


def decoded(name: str, planned: Planned, written: PlannedExpression, follow: Follow) -> Value:
    """The value of a top-level argument.

    The provider decides on an unknown value that the configuration does not write: the argument is unset. (In a plan, a
    `dynamic` block over unknown elements looks like a block that the provider computes.)
    """
    if planned.unknown is True:
        return None if written.expression is ABSENT else _pending(name, written, follow)
    if isinstance(planned.value, list | dict) and not planned.value and not planned.unknown:
        return planned.value if is_argument(written.expression) else None
    result = _Decoder(follow).decode(name, planned, written, 0)
    is_block = isinstance(result, dict) and written.expression is not ABSENT and not is_argument(written.expression)
    return [result] if is_block else result


@dataclass(frozen=True, slots=True)
class _Decoder:
    follow: Follow

    def decode(self, name: str, planned: Planned, written: PlannedExpression, depth: int) -> Value:
        if depth > NESTING:
            return too_deep()
        if planned.unknown is True:
            return self._unknown(name, written)
        if planned.length is not None:
            return self._list(name, planned, planned.length, written, depth)
        if planned.keys is not None:
            return {key: self._part(key, planned, written, depth) for key in planned.keys}
        if planned.sensitive is True:
            return concealed(planned.value, written=False)
        is_computed = isinstance(planned.value, str) and written.expression is ABSENT
        return Computed(planned.value) if is_computed else planned.value

    def _list(self, name: str, planned: Planned, count: int, written: PlannedExpression, depth: int) -> list[Value]:
        inner = written.items(count)
        parts = [planned.part(index) for index in range(count)]
        missing = sum(part.unknown is True for part in parts)
        targets = self._in_order(missing, inner)
        if missing > 1 and not targets and is_argument(inner.expression):
            inner = PlannedExpression(
                inner.expression, certain=False
            )  # [b.arn, "${b.arn}/*"]: one element is only partly the reference
        return [
            targets.pop(0) if targets and part.unknown is True else self.decode(name, part, inner, depth + 1)
            for part in parts
        ]

    def _part(self, key: str, planned: Planned, written: PlannedExpression, depth: int) -> Value:
        """One value of an object. An empty list that is no argument stands for absent nested blocks."""
        below = written.below(key)
        value = self.decode(key, planned.part(key), below, depth + 1)
        return None if isinstance(value, list) and not value and not is_argument(below.expression) else value

    def _unknown(self, name: str, written: PlannedExpression) -> Value:
        if written.expression is ABSENT:
            return None if written.certain else Unknown("it is known only after apply", Cause.AFTER_APPLY)
        return _pending(name, written, self.follow)

    def _in_order(self, missing: int, written: PlannedExpression) -> list[Value]:
        """References for the unknown elements of a list, if there are as many references as unknown elements."""
        if not missing or not written.certain or not is_argument(written.expression):
            return []
        found = self.follow(written.expression)
        if found.unfollowed or len(found.targets) != missing:
            return []
        return [_reference(address, attribute) for address, attribute in found.targets]


def _pending(name: str, written: PlannedExpression, follow: Follow) -> Value:
    """A value that is known only after apply; a reference, where it is one attribute of one resource."""
    if not is_argument(written.expression):
        return Unknown("it is known only after apply", Cause.AFTER_APPLY)
    found = follow(written.expression)
    if found.document is not None:
        return found.document
    references = (*(f"{address}.{attribute}" for address, attribute in found.targets), *found.unfollowed)
    alone = bool(found.targets) and not found.unfollowed and written.certain and not _holds_document(name)
    if alone and len(found.targets) == 1:
        return _reference(*next(iter(found.targets)))
    sources = " or ".join(references[:3])
    cause = (
        Cause.DATA_SOURCE if references and all(part.startswith("data.") for part in references) else Cause.AFTER_APPLY
    )
    reason = f"it is made from {sources}, known only after apply" if sources else "it is known only after apply"
    unknown = Unknown(reason, cause, references=references)
    if alone and len(found.targets) <= _ALTERNATIVES:
        return Alternatives(tuple(_reference(address, attribute) for address, attribute in found.targets), unknown)
    return unknown


def _reference(address: str, attribute: str) -> Reference:
    return Reference(address, attribute, is_set=surely_set(attribute))


def _holds_document(name: str) -> bool:
    """Whether an argument, by its name, holds a document, in which a reference is only a part of the text."""
    return name.endswith(_DOCUMENTS)


def is_argument(expression: Any) -> bool:
    """Whether an entry of a plan's expressions is an argument. Nested blocks are lists, or objects of arguments."""
    if not isinstance(expression, dict):
        return False
    return not expression or "constant_value" in expression or isinstance(expression.get("references"), list)


def _joined(expressions: list[Any]) -> Any:
    """Several expressions as one with all their names; nested blocks as one list."""
    if all(is_argument(one) for one in expressions):
        names = [name for one in expressions for name in one.get("references", [])]
        return {"references": names}
    blocks = [one if isinstance(one, list) else [one] for one in expressions]
    return [block for several in blocks for block in several]


def _part(value: Any, key: str | int) -> Any:
    if isinstance(key, int):
        return value[key] if isinstance(value, list) and key < len(value) else None
    return table(value).get(key)
