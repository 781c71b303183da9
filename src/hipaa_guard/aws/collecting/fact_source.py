"""The facts of one live resource, from the answers that were collected for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hipaa_guard.aws.calling.calls import Answer, jmespath_result
from hipaa_guard.aws.planning import templates
from hipaa_guard.aws.planning.plan import KindPlan, parts_of
from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import Asked
from hipaa_guard.facts.origin import Trace
from hipaa_guard.facts.readings import Ask, Derived, Listed
from hipaa_guard.facts.resource import Fact
from hipaa_guard.facts.values import Cause, Undecided, Unknown, Value


@dataclass(slots=True, eq=False)
class Item:
    """One resource: its element of a listing, and the answers of further calls for it."""

    plan: KindPlan
    own: Mapping[str, Any]
    fields: templates.Fields
    """The fields for templates: its own, its parents', and partition, region, account."""
    region: str | None
    """Its region; None for a resource of the whole account."""
    listed_in: str
    name: str | None = None
    arn: str | None = None
    parent: Item | None = None
    listed: Answer | None = None
    """The answer that lists it; None for a kind without a listing."""
    answers: dict[int, Answer] = field(default_factory=dict)
    """Answers by the position of the `Ask` in the plan; none for one whose parameters this item lacks."""


class AnswerIndex:
    """Finds the part of one resource in answers for many, by an index instead of a search for each."""

    _EQUALS = re.compile(
        r"(?P<list>\w+(?:\.\w+)*)\[\? *(?P<field>\w+(?:\.\w+)*) *== *'?\{(?P<key>[\w.]+)\}'? *\](?P<rest>[^{]*)"
    )

    def __init__(self, action: Callable[[str], str]) -> None:
        self.action = action
        """The IAM action of an operation."""
        self._indexes: dict[tuple[int, str, str], dict[Any, list[Any]]] = {}

    def pick(self, answer: Answer, ask: Ask, fields: templates.Fields) -> Value:
        """The value at the path of `ask` for the item with these fields; None where it is absent.

        A path with a field that the item does not have gives None.
        """
        try:
            equals = self._EQUALS.fullmatch(ask.path)
            if equals is None or answer.value is None:
                return answer.at(templates.path(ask.path, fields), ask.absent)
            found = self._index(answer, equals["list"], equals["field"]).get(templates.field(equals["key"], fields), [])
        except templates.MissingFieldError:
            return None
        except TypeError:  # a field that cannot be a key
            return answer.at(templates.path(ask.path, fields), ask.absent)
        value = jmespath_result("[*]" + equals["rest"], found)
        # An element that is found by its key is known, also if others were not answered.
        is_found = value is not None and equals["rest"].strip() == "| [0]"
        if answer.refusal is None or isinstance(value, Unknown) or is_found:
            return value
        return Incomplete(value, answer.refusal.unknown()) if isinstance(value, list) else answer.refusal.unknown()

    def _index(self, answer: Answer, path: str, key: str) -> dict[Any, list[Any]]:
        identity = (id(answer), path, key)
        if identity not in self._indexes:
            index: dict[Any, list[Any]] = {}
            for element in templates.compiled(path).search(answer.value) or []:
                index.setdefault(templates.compiled(key).search(element), []).append(element)
            self._indexes[identity] = index
        return self._indexes[identity]


class AwsSource:
    """The facts of one resource of a live account."""

    __slots__ = ("_item", "_lookup", "_read")

    def __init__(self, item: Item, lookup: AnswerIndex) -> None:
        self._item = item
        self._lookup = lookup
        self._read: dict[str, Value] = {}

    def read(self, fact: Fact) -> Value:
        """The raw value of the fact: None where absent, an `Unknown` where it could not be seen."""
        if fact.name not in self._read:
            self._read[fact.name] = self._value(fact)
        return self._read[fact.name]

    def trace(self, fact: Fact) -> Trace:
        """The IAM actions that answered the fact, with the region of the call: ``s3:GetBucketPolicy in eu-west-1``."""
        action_of = self._lookup.action
        asked: list[str] = []
        calls: list[Asked] = []
        for part in parts_of(fact):
            answer = self._answer(part)
            if answer is not None:
                operations = answer.through or (answer.operation,)
                words = f"{', '.join(map(action_of, operations))} in {answer.region}"
            elif isinstance(part, Ask):
                words = f"{action_of(part.operation)} in {self._item.region or self._item.listed_in}"
            else:
                words = ""
            if words and words not in asked:
                asked.append(words)
                calls += [answer.asked] if answer else []
        return Trace("; ".join(asked), None, tuple(calls))

    def _answer(self, part: Listed | Ask) -> Answer | None:
        item = self._item
        return item.answers.get(item.plan.position(part)) if isinstance(part, Ask) else item.listed

    def _value(self, fact: Fact) -> Value:
        if fact.name not in {each.name for each in self._item.plan.facts}:
            return Unknown(f"{fact.name} was not collected in this scan", Cause.NOT_COLLECTED)
        parts = parts_of(fact)
        values = [self._part(part) for part in parts]
        owed = fact.is_single and not isinstance(fact.aws, Derived)
        for part, value in zip(parts, values, strict=True):
            if value is None and (owed if part.always is None else part.always) and not self._is_absent(part):
                return self._left_out(part)
        if not isinstance(fact.aws, Derived):
            return values[0]
        return derived_from(fact.aws, values)

    def _is_absent(self, part: Listed | Ask) -> bool:
        """Whether AWS said by an error code that nothing is configured."""
        answer = self._answer(part)
        return isinstance(part, Ask) and answer is not None and answer.absent(part.absent)

    def _left_out(self, part: Listed | Ask) -> Unknown:
        """Why a fact is not known that AWS always answers."""
        answer = self._answer(part)
        if answer is None:
            operation = self._lookup.action(part.operation) if isinstance(part, Ask) else "the listing"
            return Unknown(f"{operation} could not be asked: the resource was listed without its name", _SPOILT)
        where = f"{self._lookup.action(answer.operation)} in {answer.region}"
        return Unknown(f"{where} answered without {part.path}, which AWS always includes", _SPOILT)

    def _part(self, part: Listed | Ask) -> Value:
        item = self._item
        if isinstance(part, Listed):
            try:
                return jmespath_result(templates.path(part.path, item.fields), item.own)
            except templates.MissingFieldError:
                return None
        answer = self._answer(part)
        return None if answer is None else self._lookup.pick(answer, part, item.fields)


_SPOILT = Cause.UNREACHABLE


def derived_from(reading: Derived, values: Sequence[Value]) -> Value:
    """The result of a derived reading; unknown where it needs an unknown answer."""
    try:
        return reading.function(*values)
    except Undecided as error:
        return error.unknown
    except Exception as error:  # noqa: BLE001 - an answer of an unforeseen form leaves this one fact unknown
        name = getattr(reading.function, "__name__", "the reading")
        return Unknown(f"{name} does not understand the answer ({type(error).__name__}: {error})", Cause.OTHER)
