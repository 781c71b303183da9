"""The parts of HCL expressions. Each evaluates itself in a `Scope`.

``evaluate`` raises one of `FAILURES` where Terraform would refuse the expression. In a collection, only the broken
element becomes unknown, and its neighbours keep their values. `Undecided` is raised where an unknown value decides the
whole result.
"""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.partial_maps import PartialMap
from hipaa_guard.facts.secrets import holds_secret
from hipaa_guard.facts.values import Cause, PartialText, Undecided, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.functions.budget import ELEMENT
from hipaa_guard.terraform.functions.conversion import to_text
from hipaa_guard.terraform.functions.unknowns import derived
from hipaa_guard.terraform.hcl import operators
from hipaa_guard.terraform.hcl.access import (
    Object,
    UncertainList,
    attribute_of,
    element_of,
    may_lack,
    splat,
)
from hipaa_guard.terraform.hcl.errors import FAILURES, LIMITS, EvaluationError, LimitReached
from hipaa_guard.terraform.hcl.scope import Scope, guarded

_ITEM = "[*]"
_STRUCTURAL = frozenset(
    {"concat", "element", "flatten", "keys", "length", "lookup", "merge", "one", "reverse", "values"}
)
"""Functions that do not look into the elements of their arguments: an unknown element cannot make them fail."""


class Node:
    """A part of an expression."""

    __slots__ = ()

    def evaluate(self, scope: Scope) -> Value:
        """The value in a scope."""
        raise NotImplementedError


class Literal(Node):
    """A constant."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def evaluate(self, scope: Scope) -> Value:  # noqa: ARG002 - the same everywhere
        return self.value


class Root(Node):
    """The first name of a reference: ``var``, ``aws_s3_bucket``, ``each``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def evaluate(self, scope: Scope) -> Value:
        return scope.resolve(self.name)


class GetAttribute(Node):
    """``source.name``."""

    __slots__ = ("name", "source")

    def __init__(self, source: Node, name: str) -> None:
        self.source = source
        self.name = name

    def evaluate(self, scope: Scope) -> Value:
        source = self.source.evaluate(scope)
        scope.session.rely_on(may_lack(source, self.name))
        return attribute_of(source, self.name)


class Index(Node):
    """``source[key]``."""

    __slots__ = ("key", "source")

    def __init__(self, source: Node, key: Node) -> None:
        self.source = source
        self.key = key

    def evaluate(self, scope: Scope) -> Value:
        source, key = self.source.evaluate(scope), self.key.evaluate(scope)
        scope.session.rely_on(may_lack(source, key), key)
        return element_of(source, key)


class SplatItem(Node):
    """The element inside a splat."""

    __slots__ = ()

    def evaluate(self, scope: Scope) -> Value:
        return scope.bound[_ITEM]


class Splat(Node):
    """``source[*].rest``."""

    __slots__ = ("each", "source")

    def __init__(self, source: Node, each: Node) -> None:
        self.source = source
        self.each = each

    def evaluate(self, scope: Scope) -> Value:
        source = self.source.evaluate(scope)
        scope.session.rely_on(_why_items_unknown(source))
        return splat(source, lambda item: self._turn(item, scope))

    def _turn(self, item: Value, scope: Scope) -> Value:
        scope.session.step()
        scope.session.budget.spend(ELEMENT)
        return guarded(scope.binding({_ITEM: item}), self.each)


def _why_items_unknown(source: Value) -> Unknown | None:
    """Why items of a splat are not known; None where they are, or where instances only may not exist."""
    if isinstance(source, Object):
        source = source.each()
    if isinstance(source, Incomplete):
        return None if isinstance(source, UncertainList) else source.unknown
    return source if isinstance(source, Unknown) else None


class Unary(Node):
    """``-operand`` or ``!operand``."""

    __slots__ = ("operand", "operator")

    def __init__(self, operator: str, operand: Node) -> None:
        self.operator = operator
        self.operand = operand

    def evaluate(self, scope: Scope) -> Value:
        value = self.operand.evaluate(scope)
        scope.session.rely_on(value)
        return operators.negated(value) if self.operator == "!" else operators.negative(value)


class Binary(Node):
    """``left operator right``."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Node, right: Node) -> None:
        self.operator = operator
        self.left = left
        self.right = right

    def evaluate(self, scope: Scope) -> Value:
        operator = self.operator
        left = self.left.evaluate(scope)
        scope.session.rely_on(left)
        if operator == "&&":
            return operators.both(left, lambda: _evaluated_and_relied_on(self.right, scope))
        if operator == "||":
            return operators.either(left, lambda: _evaluated_and_relied_on(self.right, scope))
        right = _evaluated_and_relied_on(self.right, scope)
        if operator == "==":
            return operators.same(left, right)
        if operator == "!=":
            return operators.negated(operators.same(left, right))
        return operators.arithmetic(operator, left, right)


def _evaluated_and_relied_on(node: Node, scope: Scope) -> Value:
    value = node.evaluate(scope)
    scope.session.rely_on(value)
    return value


class Conditional(Node):
    """``test ? then : otherwise``. Both arms are converted to one type."""

    __slots__ = ("otherwise", "test", "then")

    def __init__(self, test: Node, then: Node, otherwise: Node) -> None:
        self.test = test
        self.then = then
        self.otherwise = otherwise

    def evaluate(self, scope: Scope) -> Value:
        test = operators.test_of(self.test.evaluate(scope))
        if not isinstance(test, Unknown):
            taken, other = (self.then, self.otherwise) if test else (self.otherwise, self.then)
            value = taken.evaluate(scope)
            if value is None or isinstance(value, Unknown | Incomplete):
                return value
            return operators.of_one_type(value, untaken(other, scope))[0]
        scope.session.rely_on(test)
        then, otherwise = (_arm(arm, scope, test) for arm in (self.then, self.otherwise))
        return operators.chosen(test, *operators.of_one_type(then, otherwise), operators.choice_by(test))


def untaken(node: Node, scope: Scope) -> Value:
    """The value of a part that may not be evaluated: neither its errors count nor the values that it needs.

    It is the arm that a conditional does not take, or the turn that a loop may not have.
    """
    session = scope.session
    outer = session.relied_on
    session.strict_depth += 1
    session.relied_on = None
    try:
        return node.evaluate(scope)
    except (*FAILURES, Undecided) as error:
        return Unknown(str(error), Cause.EXPRESSION)
    finally:
        session.strict_depth -= 1
        session.relied_on = outer


def _arm(arm: Node, scope: Scope, test: Unknown) -> Value:
    try:
        return arm.evaluate(scope)
    except LIMITS:
        raise
    except FAILURES:
        return derived([test])  # Terraform may not evaluate this arm
    except Undecided as undecided:
        scope.session.rely_on(undecided.unknown)
        return undecided.unknown


class ListNode(Node):
    """``[a, b]``."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[Node, ...]) -> None:
        self.items = items

    def evaluate(self, scope: Scope) -> Value:
        return scope.session.made([guarded(scope, item) for item in self.items])


class MapKey(Node):
    """The key of a map: a string, or what converts to one."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        self.node = node

    def evaluate(self, scope: Scope) -> Value:
        key = to_text(self.node.evaluate(scope))
        scope.session.rely_on(key)
        if key is None:
            raise EvaluationError("can't use a null value as a key")
        return key


class MapExpression(Node):
    """``{a = b}``. An unknown key makes the map unknown, with its entries visible unless a secret is a key."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[tuple[Node, Node], ...]) -> None:
        self.items = items

    def evaluate(self, scope: Scope) -> Value:
        result: dict[str, Value] = {}
        entries: list[tuple[str | PartialText, Value]] = []
        unknown: list[Unknown] = []
        for key_node, value_node in self.items:
            key = key_node.evaluate(scope)
            value = guarded(scope, value_node)
            if isinstance(key, Unknown):
                unknown.append(key)
                key = key if isinstance(key, PartialText) else PartialText((key,))
            else:
                result[key] = value
            entries.append((key, value))
        if not unknown:
            return scope.session.made(result)
        why = derived(unknown, is_set=True)
        return why if any(map(holds_secret, unknown)) else PartialMap(entries, why)


class Template(Node):
    """Text with interpolated parts."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Node, ...]) -> None:
        self.parts = parts

    def evaluate(self, scope: Scope) -> Value:
        pieces: list[str | Unknown] = []
        length = 0
        for part in self.parts:
            try:
                piece = to_text(part.evaluate(scope))
            except Undecided as undecided:
                piece = undecided.unknown
                scope.session.rely_on(piece)
            if piece is None:
                raise EvaluationError("the expression result is null; cannot include a null value in a string template")
            scope.session.rely_on(piece)
            pieces.append(piece)
            length += len(piece) if isinstance(piece, str) else 1
            if length > limits.TEXT_LENGTH:
                raise LimitReached(f"a text of more than {limits.TEXT_LENGTH:,} characters")
        return scope.session.made(operators.joined(pieces))


class TemplateIf(Node):
    """``%{ if test }…%{ else }…%{ endif }``."""

    __slots__ = ("otherwise", "test", "then")

    def __init__(self, test: Node, then: Node, otherwise: Node) -> None:
        self.test = test
        self.then = then
        self.otherwise = otherwise

    def evaluate(self, scope: Scope) -> Value:
        test = operators.test_of(self.test.evaluate(scope))
        if not isinstance(test, Unknown):
            return (self.then if test else self.otherwise).evaluate(scope)
        scope.session.rely_on(test)
        arms = (_arm(arm, scope, test) for arm in (self.then, self.otherwise))
        return operators.chosen(test, *arms)
