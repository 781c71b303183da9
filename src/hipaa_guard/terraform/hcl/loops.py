"""``for``: in lists, in maps and in templates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.partial_maps import OpenMap
from hipaa_guard.facts.values import Undecided, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.functions.budget import ELEMENT
from hipaa_guard.terraform.functions.conversion import to_text
from hipaa_guard.terraform.functions.unknowns import derived
from hipaa_guard.terraform.hcl import operators
from hipaa_guard.terraform.hcl.access import Object, UncertainList, entries, uncertain_reference
from hipaa_guard.terraform.hcl.errors import EvaluationError, LimitReached
from hipaa_guard.terraform.hcl.nodes import Node, untaken
from hipaa_guard.terraform.hcl.scope import Scope, guarded


class ForList(Node):
    """``[for key, value in source : result if test]``."""

    __slots__ = ("key_name", "result", "source", "test", "value_name")

    def __init__(self, names: tuple[str | None, str], source: Node, result: Node, test: Node | None) -> None:
        self.key_name, self.value_name = names
        self.source = source
        self.result = result
        self.test = test

    def evaluate(self, scope: Scope) -> Value:
        results: list[Value] = []
        source = self.source.evaluate(scope)
        if isinstance(source, Object):
            source = source.each()
        turns = _Turns(self, source, scope)
        missing: list[Unknown] = []
        possible: list[Value] = []
        for inner, certain in turns:
            value = guarded(inner, self.result)
            scope.session.budget.spend(ELEMENT)
            if isinstance(certain, Unknown):
                missing.append(certain)
                possible.append(value)
            else:
                results.append(value)
        if turns.missing is not None:
            missing.append(derived([turns.missing]) if isinstance(source, Unknown) else turns.missing)
            if isinstance(source, UncertainList):
                if self.test is None:
                    names = {self.value_name: source.rest}
                    results.extend(uncertain_reference(guarded(scope.binding(names), self.result)))
                return Incomplete(results, missing[0])
            possible.extend(self._other_turns(source, turns.missing, scope))
        return Incomplete(results, missing[0], possible) if missing else results

    def _other_turns(self, source: Value, why: Unknown, scope: Scope) -> Iterator[Value]:
        """The results of the turns that are not seen: for each element that may be in the source, or for any."""
        any_element = derived([why])
        known = source.candidates if isinstance(source, Incomplete) else None
        for element in [any_element] if known is None else known:
            names = {self.value_name: element}
            if self.key_name is not None:
                names[self.key_name] = any_element
            scope.session.step()
            scope.session.budget.spend(ELEMENT)
            yield untaken(self.result, scope.binding(names))


class ForMap(Node):
    """``{for key, value in source : k => v... if test}``."""

    __slots__ = ("grouped", "key", "key_name", "result", "source", "test", "value_name")

    def __init__(
        self,
        names: tuple[str | None, str],
        source: Node,
        result: tuple[Node, Node],
        test: Node | None,
        *,
        grouped: bool,
    ) -> None:
        self.key_name, self.value_name = names
        self.source = source
        self.key, self.result = result
        self.test = test
        self.grouped = grouped

    def evaluate(self, scope: Scope) -> Value:
        result: dict[str, Any] = {}
        turns = _Turns(self, self.source.evaluate(scope), scope)
        for inner, certain in turns:
            if isinstance(certain, Unknown):
                return derived([certain], is_set=True)
            key = to_text(self.key.evaluate(inner))
            scope.session.rely_on(key)
            if isinstance(key, Unknown):
                return derived([key], is_set=True)
            if key is None:
                raise EvaluationError("can't use a null value as a key")
            value = guarded(inner, self.result)
            scope.session.budget.spend(2 * ELEMENT)
            if self.grouped:
                result.setdefault(key, []).append(value)
            elif key in result:
                raise EvaluationError(f"two different items produced the key {key[:60]!r}")
            else:
                result[key] = value
        if turns.missing is None:
            return result
        why = derived([turns.missing], is_set=True)
        return OpenMap(result, why) if result and not self.grouped else why


class TemplateFor(Node):
    """``%{ for key, value in source }…%{ endfor }``."""

    __slots__ = ("body", "key_name", "source", "test", "value_name")

    def __init__(self, names: tuple[str | None, str], source: Node, body: Node) -> None:
        self.key_name, self.value_name = names
        self.source = source
        self.body = body
        self.test = None

    def evaluate(self, scope: Scope) -> Value:
        pieces: list[str | Unknown] = []
        length = 0
        turns = _Turns(self, self.source.evaluate(scope), scope)
        for inner, _ in turns:
            piece = self.body.evaluate(inner)
            scope.session.rely_on(piece)
            pieces.append(piece)
            length += len(piece) if isinstance(piece, str) else 1
            if length > limits.TEXT_LENGTH:
                raise LimitReached(f"a text of more than {limits.TEXT_LENGTH:,} characters")
        if turns.missing is not None:  # the place of the unseen turns is not known
            pieces = [turns.missing]
        return scope.session.made(operators.joined(pieces))


class _Turns:
    """The turns of a ``for``: the inner scope, and True or the unknown test. ``missing`` says why others are unseen."""

    __slots__ = ("missing", "node", "scope", "source")

    def __init__(self, node: Any, source: Value, scope: Scope) -> None:
        self.node = node
        self.source = source
        self.scope = scope
        self.missing: Unknown | None = None

    def __iter__(self) -> Iterator[tuple[Scope, bool | Unknown]]:
        node, scope = self.node, self.scope
        taken = 0
        pairs = entries(self.source)
        while True:
            try:
                key, value = next(pairs)
            except StopIteration:
                return
            except Undecided as undecided:
                self.missing = undecided.unknown
                scope.session.rely_on(undecided.unknown)
                return
            taken += 1
            if taken > limits.LIST_LENGTH:
                raise LimitReached(f"a for expression over more than {limits.LIST_LENGTH:,} elements")
            scope.session.step()
            names = {node.value_name: value}
            if node.key_name is not None:
                names[node.key_name] = key
            inner = scope.binding(names)
            certain: bool | Unknown = True
            if node.test is not None:
                certain = _tested(node.test, inner)
                scope.session.rely_on(certain)
            if certain is not False:
                yield inner, certain


def _tested(test: Node, scope: Scope) -> bool | Unknown:
    try:
        return operators.test_of(test.evaluate(scope))
    except Undecided as undecided:
        return undecided.unknown
