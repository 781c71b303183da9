"""The JSON of the data source ``aws_iam_policy_document``, made from its arguments as the provider makes it.

With unknown parts, it is a `PartialJson`, whose document keeps all known parts.
"""

from __future__ import annotations

import json
from typing import Protocol

from hipaa_guard.facts.lists import Incomplete, first_unknown, joined, mapped
from hipaa_guard.facts.partial_maps import map_of
from hipaa_guard.facts.values import PartialJson, PartialText, Unknown, Value
from hipaa_guard.terraform.evaluation.partial_json import document_of
from hipaa_guard.terraform.functions.budget import spend, text_size
from hipaa_guard.terraform.functions.unknowns import derived, require_small

_STRUCTURE = 20
"""Maximum bytes of memory that the structure of a JSON text takes for each character."""

_LISTS = (
    ("actions", "Action"),
    ("not_actions", "NotAction"),
    ("resources", "Resource"),
    ("not_resources", "NotResource"),
)


class DocumentSource(Protocol):
    """The arguments of the data source."""

    def written(self, name: str) -> Value:
        """The value of an argument; None where it is absent."""


def policy_document(source: DocumentSource) -> Value:
    """The text of the policy document.

    Raises one of `LIMITS` where it is larger than a scan evaluates.
    """
    document: dict[str, Value] = {}
    version = source.written("version")
    document["Version"] = "2012-10-17" if version is None else version
    policy_id = source.written("policy_id")
    if policy_id is not None:
        document["Id"] = policy_id
    statements = _Statements()
    for name in ("source_json", "source_policy_documents"):
        statements.add_documents(source.written(name), override=False)
    statements.add_own(source.written("statement"))
    for name in ("override_policy_documents", "override_json"):
        statements.add_documents(source.written(name), override=True)
    document["Statement"] = statements.finished()
    require_small(document)
    unknown = first_unknown(document)
    if unknown is not None:
        return PartialJson(document, unknown)
    text = json.dumps(document)
    spend(text_size(text))
    return text


class _Statements:
    """Statements in order; in documents that override, one with the ``Sid`` of an earlier one replaces that."""

    def __init__(self) -> None:
        self._found: list[Value] = []
        self._missing: Unknown | None = None

    def add_documents(self, value: Value, *, override: bool) -> None:
        """Add the statements of other documents, whose texts are given."""
        if value is None or (isinstance(value, Unknown) and not isinstance(value, PartialJson | PartialText)):
            self._miss(value)
            return
        for text in _seen(value if isinstance(value, list) else [value], self._miss):
            self._add_document(text, override=override)

    def _add_document(self, text: Value, *, override: bool) -> None:
        if isinstance(text, str) and not text.strip():
            return
        if isinstance(text, str):
            spend(len(text) * _STRUCTURE)
        document = document_of(text)
        if document is None:
            document = text if isinstance(text, Unknown) else Unknown("a source policy document is not JSON")
        statement = document.get("Statement") if isinstance(document, dict) else document
        if statement is None or isinstance(statement, Unknown) or not isinstance(document, dict):
            self._miss(statement)
            return
        for one in _seen(statement if isinstance(statement, list) else [statement], self._miss):
            self._add(one, override=override)

    def add_own(self, blocks: Value) -> None:
        """Add the ``statement`` blocks."""
        if isinstance(blocks, Unknown):
            self._miss(blocks)
        elif blocks is not None:
            for block in _seen(blocks, self._miss):
                self._add(_statement(block), override=True)

    def _add(self, statement: Value, *, override: bool) -> None:
        sid = statement.get("Sid") if isinstance(statement, dict) else None
        if override and isinstance(sid, str) and sid:
            for position, earlier in enumerate(self._found):
                if isinstance(earlier, dict) and _is(earlier.get("Sid"), sid):
                    self._found[position] = statement
                    return
        self._found.append(statement)

    def _miss(self, unknown: Value) -> None:
        if isinstance(unknown, Unknown) and self._missing is None:
            self._missing = unknown

    def finished(self) -> list[Value]:
        """The list of statements, incomplete where some were not seen."""
        return self._found if self._missing is None else Incomplete(self._found, self._missing)


def _seen(items: list[Value], miss: object) -> list[Value]:
    if isinstance(items, Incomplete):
        miss(items.unknown)  # type: ignore[operator]
        return items.seen
    return items


def _is(value: Value, text: str) -> bool:
    return isinstance(value, str) and value == text


def _statement(block: Value) -> Value:
    if not isinstance(block, dict):
        return block
    statement: dict[str, Value] = {}
    sid = block.get("sid")
    if sid is not None:
        statement["Sid"] = sid
    effect = block.get("effect")
    statement["Effect"] = "Allow" if effect is None else effect
    for name, key in _LISTS:
        value = _one_or_many(block.get(name))
        if value is not None:
            statement[key] = value
    for name, key in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        value = _principals(block.get(name))
        if value is not None:
            statement[key] = value
    conditions = _conditions(block.get("condition"))
    if conditions is not None:
        statement["Condition"] = conditions
    return statement


def _one_or_many(value: Value) -> Value:
    """A list as the provider writes it: one element without its list, an empty list as None."""
    if isinstance(value, Incomplete):
        return mapped(_variables, value)
    if not isinstance(value, list):
        return _variables(value)
    if not value:
        return None
    return _variables(value[0]) if len(value) == 1 else [_variables(element) for element in value]


def _variables(value: Value) -> Value:
    """``&{aws:username}`` is how the data source writes the policy variable ``${aws:username}``."""
    if isinstance(value, str):
        return value.replace("&{", "${")
    if isinstance(value, PartialText):
        return PartialText(part.replace("&{", "${") if isinstance(part, str) else part for part in value.parts)
    return value


def _principals(blocks: Value) -> Value:
    if blocks is None or isinstance(blocks, Unknown):
        return blocks
    missing: list[Unknown] = []
    merged: dict[str, list[Value]] = {}
    for block in _seen(blocks, missing.append):
        kind = block.get("type") if isinstance(block, dict) else block
        if isinstance(kind, Unknown):
            missing.append(kind)
            continue
        merged.setdefault(str(kind), []).append(block.get("identifiers"))
    if missing:
        return derived(missing, is_set=True)
    principals = {kind: _flattened(values) for kind, values in merged.items()}
    if list(principals) == ["*"] and _is(principals["*"], "*"):
        return "*"
    return principals


def _conditions(blocks: Value) -> Value:
    if blocks is None or isinstance(blocks, Unknown):
        return blocks
    missing: list[Unknown] = []
    conditions: dict[str, list[tuple[str | PartialText, list[Value]]]] = {}
    for block in _seen(blocks, missing.append):
        test = block.get("test") if isinstance(block, dict) else block
        variable = block.get("variable") if isinstance(block, dict) else block
        if isinstance(test, Unknown) or (isinstance(variable, Unknown) and not isinstance(variable, PartialText)):
            missing.extend(part for part in (test, variable) if isinstance(part, Unknown))
            continue
        keys = conditions.setdefault(str(test), [])
        key = variable if isinstance(variable, PartialText) else str(variable)
        same = next((values for other, values in keys if isinstance(key, str) and _is(other, key)), None)
        if same is None:
            keys.append((key, [block.get("values")]))
        else:
            same.append(block.get("values"))
    if missing:  # an unseen condition may narrow the statement in any way
        return derived(missing, is_set=True)
    return {test: map_of([(key, _flattened(values)) for key, values in keys]) for test, keys in conditions.items()}


def _flattened(values: list[Value]) -> Value:
    """Several lists of identifiers as one list; unknown ones become unknown elements."""
    flat = joined(*(value if isinstance(value, list) else [value] for value in values if value is not None))
    return _one_or_many(flat) if isinstance(flat, Incomplete) or flat else []
