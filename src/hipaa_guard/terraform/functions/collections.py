"""Collection functions."""

from __future__ import annotations

from hipaa_guard.facts.alternatives import Alternatives
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.secrets import SecretText
from hipaa_guard.facts.values import PartialText, Unknown, Value

from .context import Function
from .conversion import (
    added,
    as_set,
    equal,
    identity,
    list_of,
    to_list,
    to_number,
    unified,
    whole,
    whole_number,
)
from .errors import FunctionError, FunctionLimitReached
from .graphemes import graphemes
from .numbers import Number
from .signatures import ANY, BOOLS, LIST, NUMBER, TEXTS, Parameter, call
from .structures import Set
from .unknowns import (
    MAX_LIST,
    derived,
    elements,
    is_text,
    nothing_more,
    parts_of,
    relisted,
    require_small,
    unseen,
)

MAX_RANGE = 1024
NEIGHBOURS = 100
"""Maximum number of earlier elements that an unknown element is compared with."""


def alltrue(items: list[Value]) -> Value:
    """True if all elements are, or if there are none; a certain false decides alone."""
    return _decided(items, answer=False)


def anytrue(items: list[Value]) -> Value:
    """True if one element is."""
    return _decided(items, answer=True)


def _decided(items: list[Value], *, answer: bool) -> Value:
    if any(element is answer or (element is None and not answer) for element in elements(items)):
        return answer
    unknown = list(parts_of(items))
    return derived(unknown) if unknown else not answer


def chunklist(items: list[Value], size: Number) -> Value:
    """Lists of at most ``size`` elements each."""
    length = whole_number(size, "size")
    if length < 0:
        raise FunctionError("the size argument must be positive")
    if isinstance(items, Incomplete):
        return derived([items.unknown])
    if not items:
        return []
    items = unified(items)
    return [items[start : start + length] for start in range(0, len(items), length)] if length else [items]


def coalesce(*values: Value) -> Value:
    """The first argument that is neither null nor an empty text, converted to the common type of all.

    With a null among them, lists and maps have no common type, and stay as they are.
    """
    present = [value for value in values if value is not None]
    structured = any(isinstance(value, list | dict) for value in present)
    undecided: list[Unknown] = []
    for value in present if structured and len(present) < len(values) else unified(present):
        if isinstance(value, Unknown) and not value.is_set:
            undecided.append(value)
        elif isinstance(value, Unknown) or not isinstance(value, str) or value:
            return derived([*undecided, *parts_of(value)], is_set=True) if undecided else value
    if undecided:
        return derived(undecided, is_set=True)
    raise FunctionError("every argument is null or an empty string")


def coalescelist(*lists: Value) -> Value:
    """The first list that is not empty."""
    if any(isinstance(items, Set) or not isinstance(items, list | Unknown) for items in lists):
        raise FunctionError("arguments must be lists or tuples")
    for items in lists:
        if isinstance(items, Unknown):
            return derived(parts_of(list(lists)), is_set=True)
        if elements(to_list(items)):
            return items
        if isinstance(items, Incomplete):
            return derived(parts_of(list(lists)), is_set=True)
    raise FunctionError("no list has elements")


def compact(items: list[Value]) -> Value:
    """The texts that are neither null nor empty. An unknown text may be either."""
    kept, open_ends = [], [unseen(items)]
    for element in elements(items):
        if isinstance(element, Unknown):
            if not _never_empty(element):
                possible = element.values if isinstance(element, Alternatives) else (element,)
                kept_if_there = [each for each in possible if isinstance(each, Unknown) or each]
                open_ends.append(Incomplete([], element, kept_if_there))
                continue
            kept.append(element)
        elif element:
            kept.append(element)
    return relisted(kept, *open_ends)


def _never_empty(unknown: Unknown) -> bool:
    if isinstance(unknown, PartialText):
        return any(isinstance(part, str) or _never_empty(part) for part in unknown.parts)
    return unknown.is_set and is_text(unknown)


def concat(*lists: Value) -> Value:
    """All elements of all lists; incomplete where a list is not known."""
    items: list[Value] = []
    missing: list[Unknown | Incomplete[Value] | None] = []
    for part in lists:
        if isinstance(part, Unknown):
            missing.append(part)
            continue
        if isinstance(part, Set):
            raise FunctionError("all arguments must be lists or tuples, not sets")
        items.extend(elements(part))
        missing.append(unseen(part))
        if len(items) > MAX_LIST:
            raise FunctionLimitReached(f"a list of more than {MAX_LIST:,} elements")
    return relisted(items, *missing)


def contains(items: Value, wanted: Value) -> Value:
    """Whether an element equals the value; a certain match decides, whatever the unknown elements are."""
    found = to_list(items)
    require_small([found, wanted])
    answers = [equal(element, wanted) for element in elements(found)]
    if any(answers):
        return True
    if isinstance(found, Incomplete):
        possible = [None] if not found.candidates else [equal(element, wanted) for element in found.candidates]
        answers += [None] if any(answer is not False for answer in possible) else []
    if None in answers:
        return derived(parts_of([found, wanted]))
    return False


def distinct(items: list[Value]) -> Value:
    """The elements without repetitions, in their order. Unknown elements are kept, and may repeat others."""
    found = unified(elements(items))
    require_small(found)
    kept: dict[object, Value] = {}
    unknown = 0
    for position, item in enumerate(found):
        if next(parts_of(item), None) is None:
            kept.setdefault(identity(item), item)
        elif not any(equal(item, other) for other in found[max(0, position - NEIGHBOURS) : position]):
            unknown += 1
            kept[unknown, "unknown"] = item
    whole = as_set(found) if unknown else []
    return relisted(list(kept.values()), unseen(items), unseen(whole))


def element(items: list[Value], index: Number) -> Value:
    """The element at an index that wraps around; negative ones count from the end."""
    position = whole_number(index)
    if isinstance(items, Set):
        raise FunctionError("cannot read elements from a set")
    if isinstance(items, Incomplete):
        return derived([items.unknown])
    if not items:
        raise FunctionError("cannot use element function with an empty list")
    return items[position % len(items)]


def flatten(items: list[Value]) -> Value:
    """All elements of all lists inside. An element that may be a list leaves the result incomplete."""
    flat: list[Value] = []
    missing: list[Unknown | Incomplete[Value] | None] = []
    waiting: list[Value] = [items]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            missing.append(_flat(part) if isinstance(part, Incomplete) else None)
            waiting.extend(reversed(elements(part)))
        elif isinstance(part, Unknown) and not is_text(part):
            missing.append(part)
        else:
            flat.append(part)
        if max(len(flat), len(waiting)) > MAX_LIST:
            raise FunctionLimitReached(f"a list of more than {MAX_LIST:,} elements")
    return relisted(flat, *missing)


def _flat(items: Incomplete[Value]) -> Unknown | Incomplete[Value]:
    """What an incomplete list may add to a flat one: its candidates, if all of them are texts."""
    texts = [isinstance(each, str) or (isinstance(each, Unknown) and is_text(each)) for each in items.candidates or []]
    return items.unknown if items.candidates is None or not all(texts) else items


def index(items: list[Value], wanted: Value) -> Value:
    """The position of the first element that equals the value."""
    if not isinstance(items, Incomplete) and not items:
        raise FunctionError("cannot search an empty list")
    require_small([items, wanted])
    for position, item in enumerate(elements(items)):
        answer = equal(item, wanted)
        if answer and not isinstance(items, Incomplete):
            return position
        if answer is not False:
            return derived(parts_of([items, wanted]))
    if isinstance(items, Incomplete):
        return derived([items.unknown])
    raise FunctionError("item not found")


def length(value: Value) -> Value:
    """The number of elements or characters."""
    if isinstance(value, Incomplete):
        return derived([value.unknown])
    if isinstance(value, str):
        return len(graphemes(value))
    if isinstance(value, list | dict):
        return len(value)
    raise FunctionError("argument must be a string, a collection type, or a structural type")


def matchkeys(items: list[Value], names: list[Value], wanted: list[Value]) -> Value:
    """The elements at the positions where the second list has an element of the third."""
    if len(items) != len(names):
        raise FunctionError("length of keys and values should be equal")
    known = unified([*names, *wanted])
    searched = {identity(name) for name in known[len(names) :]}
    return [item for item, name in zip(unified(items), known, strict=False) if identity(name) in searched]


def one(items: list[Value]) -> Value:
    """The only element, or null of an empty list."""
    if isinstance(items, Incomplete):
        return derived([items.unknown])
    if len(items) > 1:
        raise FunctionError("must be a list, set, or tuple value with either zero or one elements")
    return items[0] if items else None


def range_(*limits: Number) -> Value:
    """Numbers from a start to before an end, by a step. Terraform returns at most 1,024."""
    if len(limits) > len(("start", "end", "step")):
        raise FunctionError("must have one, two, or three arguments")
    start, end = (0, limits[0]) if len(limits) == 1 else limits[:2]
    step = limits[2] if len(limits) > 2 else (1 if end >= start else -1)
    if (step > 0 and end < start) or (step < 0 and end > start):
        raise FunctionError("the step leads away from the end")
    numbers: list[Value] = []
    number = start
    while number < end if step >= 0 else number > end:
        if len(numbers) == MAX_RANGE:
            raise FunctionError(f"more than {MAX_RANGE} values were generated")
        numbers.append(whole(number))
        number += step
    return numbers


def reverse(items: list[Value]) -> Value:
    """The elements from last to first."""
    return relisted(elements(items)[::-1], unseen(items))


def slice_(items: list[Value], start: Number, end: Number) -> Value:
    """The elements from a start to before an end, both of which must exist."""
    first, last = whole_number(start), whole_number(end)
    if first < 0 or last < first:
        raise FunctionError("start index must be neither less than zero nor greater than end index")
    if isinstance(items, Incomplete):
        return derived([items.unknown])
    if last > len(items):
        raise FunctionError("end index must not be greater than the length of the list")
    return items[first:last]


def sort(items: list[Value]) -> Value:
    """The texts in the order of their code points."""
    if any(isinstance(item, SecretText) for item in elements(items)):  # the caller opens it
        return derived(parts_of(items))
    unknown = next(parts_of(items), None)
    if unknown is not None:
        return relisted(elements(items), items if isinstance(items, Incomplete) else nothing_more(unknown))
    if None in items:
        raise FunctionError("a null string cannot be sorted")
    return sorted(items)


def sum_(items: list[Value]) -> Value:
    """All numbers added up."""
    if not items:
        raise FunctionError("cannot sum an empty list")
    if None in items:
        raise FunctionError("argument must be list, set, or tuple of number values")
    return added(items)


NUMBERS = Parameter(list_of(to_number))

FUNCTIONS: dict[str, Function] = {
    "alltrue": call(alltrue, BOOLS.parts_may_be_unknown),
    "anytrue": call(anytrue, BOOLS.parts_may_be_unknown),
    "chunklist": call(chunklist, LIST.parts_may_be_unknown, NUMBER),
    "coalesce": call(coalesce, rest=ANY.may_be_unknown.or_null, least=1),
    "coalescelist": call(coalescelist, rest=ANY.may_be_unknown, least=1),
    "compact": call(compact, TEXTS.parts_may_be_unknown),
    "concat": call(concat, rest=LIST.may_be_unknown, least=1),
    "contains": call(contains, LIST.parts_may_be_unknown, ANY.may_be_unknown),
    "distinct": call(distinct, LIST.parts_may_be_unknown),
    "element": call(element, LIST.parts_may_be_unknown, NUMBER),
    "flatten": call(flatten, LIST.parts_may_be_unknown),
    "index": call(index, LIST.parts_may_be_unknown, ANY.may_be_unknown),
    "length": call(length, ANY.parts_may_be_unknown),
    "matchkeys": call(matchkeys, LIST, LIST, LIST),
    "one": call(one, LIST.parts_may_be_unknown),
    "range": call(range_, rest=NUMBER, least=1),
    "reverse": call(reverse, LIST.parts_may_be_unknown),
    "slice": call(slice_, LIST.parts_may_be_unknown, NUMBER, NUMBER),
    "sort": call(sort, TEXTS.parts_may_be_unknown),
    "sum": call(sum_, NUMBERS),
}
