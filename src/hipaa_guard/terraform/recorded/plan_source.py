"""Unknown values of a plan, filled in from its source. Values that the plan has stay as they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hipaa_guard.facts.lists import Incomplete, first_unknown
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.addresses import segments, without_keys
from hipaa_guard.terraform.evaluation.expression_references import short
from hipaa_guard.terraform.hcl.access import WrittenBlock
from hipaa_guard.terraform.hcl.scope import NOT_RECORDED
from hipaa_guard.terraform.recorded.documents import NESTING, any_marked, masked, objects, table, text
from hipaa_guard.terraform.recorded.plan_references import names_of
from hipaa_guard.terraform.recorded.plan_values import ABSENT, Planned, is_argument

if TYPE_CHECKING:
    from hipaa_guard.terraform.evaluation.resources import HclInstance

_LISTED = frozenset({"var", "local", "data", "module", "each", "count"})
"""First segments of names that a plan always lists; other names may be those of a `for`."""


class KnownValues:
    """The known values of a plan: variables, attributes and answers of data sources (`scope.RecordedValues.value`)."""

    def __init__(
        self, document: Mapping[str, Any], changed: Mapping[str, Mapping[str, Any]], pending: Mapping[str, Any]
    ) -> None:
        self._document = document
        self._changed = changed
        self._read = {text(entry.get("address")): entry for entry in data_sources(document)}
        self.read = (*self._read, *pending)
        """The addresses of data sources."""

    def variables(self) -> dict[str, Value]:
        """The values of the variables of the root module."""
        root = table(table(self._document.get("configuration")).get("root_module"))
        declared = table(root.get("variables"))
        given = table(self._document.get("variables"))
        return {
            name: masked(table(one).get("value"), table(declared.get(name)).get("sensitive") is True)
            for name, one in given.items()
        }

    def value(self, address: str, attribute: str) -> Value:
        """See `scope.RecordedValues`."""
        if address in self._changed:
            change = self._changed[address]["change"]
            planned = Planned(change["after"], change.get("after_unknown"), change.get("after_sensitive"))
        elif address in self._read:
            entry = self._read[address]
            planned = Planned(entry.get("values"), None, entry.get("sensitive_values"))
        else:
            return NOT_RECORDED
        part = planned.part(attribute)
        if attribute not in table(planned.value) or any_marked(part.unknown):
            return NOT_RECORDED
        return masked(part.value, part.sensitive)


def data_sources(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The entries of data sources that were read while the plan was made."""
    modules = [table(table(table(document.get("prior_state")).get("values")).get("root_module"))]
    while modules:
        module = modules.pop()
        yield from (entry for entry in objects(module.get("resources")) if entry.get("mode") == "data")
        modules += objects(module.get("child_modules"))


def agrees(expression: Any, name: str, block: HclInstance) -> bool:
    """Whether an argument or nested blocks have the same names in the source as in the plan.

    In the source, ``dynamic`` blocks, which a plan does not list, may mention more names.
    """
    mentions = block.mentions(name)
    from_plan = {short(segments(without_keys(each))) for each in _references(expression)}
    if any(not any(f"{full}.".startswith(f"{each}.") for full in mentions) for each in from_plan):
        return False
    if expression is ABSENT:
        return name not in block.arguments()
    if block.locate(name) is None:
        return False
    return not is_argument(expression) or all(
        each in from_plan for each in mentions if each.partition(".")[0] in _LISTED
    )


def _references(expression: Any) -> Iterator[str]:
    if is_argument(expression):
        yield from names_of(expression)
    elif isinstance(expression, list | dict):
        for part in expression.values() if isinstance(expression, dict) else expression:
            yield from _references(part)


def completed(planned: Planned, from_plan: Value, written: Value, depth: int = 0) -> Value:
    """``from_plan`` with the values of the source (``written``) wherever the plan marks a value as unknown."""
    if planned.unknown is True:
        return masked(written, planned.sensitive)
    if depth > NESTING or not any_marked(planned.unknown) or isinstance(written, Unknown | Incomplete):
        return from_plan
    if isinstance(from_plan, list) and isinstance(written, list):
        if planned.keys is not None:
            planned = Planned([planned.value], [planned.unknown], [planned.sensitive])
        return _elements([planned.part(index) for index in range(len(from_plan))], from_plan, written, depth)
    if isinstance(from_plan, dict) and isinstance(written, dict):
        return {key: _value(key, planned.part(key), value, written, depth) for key, value in from_plan.items()}
    return from_plan


def _value(key: str, planned: Planned, from_plan: Value, written: dict[str, Value], depth: int) -> Value:
    """One value of a map or nested block. The provider decides on arguments that a block does not write."""
    if key in written or isinstance(written, WrittenBlock):
        return completed(planned, from_plan, written.get(key), depth + 1)
    return from_plan


def _elements(planned: list[Planned], from_plan: list[Value], written: list[Value], depth: int) -> list[Value]:
    """The elements of a list or set. The source may have the elements of a set in another order."""
    result = list(from_plan)
    unknown = [index for index, each in enumerate(planned) if each.unknown is True]
    unknown_values = [value for value in written if isinstance(value, Unknown)]
    if len(unknown_values) == len(unknown):
        for index, value in zip(unknown, unknown_values, strict=True):
            result[index] = masked(value, planned[index].sensitive)
    blocks = [value for value in written if isinstance(value, dict)]
    for index, each in enumerate(planned):
        if each.unknown is not True and any_marked(each.unknown):
            block = _counterpart(from_plan[index], blocks)
            if block is not None:
                blocks = [other for other in blocks if other is not block]
                result[index] = completed(each, from_plan[index], block, depth + 1)
    return result


def _counterpart(from_plan: Value, blocks: list[dict[str, Value]]) -> dict[str, Value] | None:
    """The block that shares most values with an element of the plan and contradicts none."""
    best, most = None, -1
    for block in blocks:
        agreeing = _agreeing(from_plan, block)
        if agreeing > most:
            best, most = block, agreeing
    return best


def _agreeing(from_plan: Value, block: dict[str, Value]) -> int:
    """The number of known values that both share; -1 where they contradict each other."""
    if not isinstance(from_plan, dict):
        return -1
    both = [(_text(from_plan[key]), _text(value)) for key, value in block.items() if key in from_plan]
    known = [(one, other) for one, other in both if one is not None and other is not None]
    return len(known) if all(one == other for one, other in known) else -1


def _text(value: Value) -> str | None:
    """A known value as text, as the provider converts it; None for unknown values and for blocks."""
    if value is None or first_unknown(value) is not None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        texts = [_text(each) for each in value]
        return None if None in texts else str(sorted(str(text) for text in texts))
    return str(value) if isinstance(value, str | int | float) else None
