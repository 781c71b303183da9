"""The parts of HCL expressions. Each evaluates itself in a `Scope`.

``evaluate`` raises one of `FAILURES` where Terraform would refuse the expression; collections keep such an error inside
the part concerned, so that one broken element does not hide its neighbours. `Undecided` is raised where a value that is
not known decides everything.
"""

from __future__ import annotations

from hipaa_guard.facts.values import Cause, Incomplete, PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.functions.budget import ELEMENT
from hipaa_guard.terraform.functions.conversion import to_text
from hipaa_guard.terraform.functions.unknowns import derived, parts_of
from hipaa_guard.terraform.hcl import operators
from hipaa_guard.terraform.hcl.access import (
    Object,
    UncertainList,
    attribute_of,
    element_of,
    may_lack,
    splat,
    type_of_reference,
)
from hipaa_guard.terraform.hcl.errors import FAILURES, LIMITS, EvaluationError, LimitReached
from hipaa_guard.terraform.hcl.scope import Scope, guarded

_ITEM = "[*]"
_STRUCTURAL = frozenset(
    {"concat", "element", "flatten", "keys", "length", "lookup", "merge", "one", "reverse", "values"}
)
"""Functions that do not look into the elements that they are given: these cannot make them fail."""


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
        scope.session.rely_on(may_lack(source))
        return attribute_of(source, self.name)


class Index(Node):
    """``source[key]``."""

    __slots__ = ("key", "source")

    def __init__(self, source: Node, key: Node) -> None:
        self.source = source
        self.key = key

    def evaluate(self, scope: Scope) -> Value:
        source, key = self.source.evaluate(scope), self.key.evaluate(scope)
        scope.session.rely_on(may_lack(source), key)
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
        scope.session.rely_on(_items_of(source))
        return splat(source, lambda item: self._turn(item, scope))

    def _turn(self, item: Value, scope: Scope) -> Value:
        scope.session.step()
        scope.session.budget.spend(ELEMENT)
        return guarded(scope.binding({_ITEM: item}), self.each)


def _items_of(source: Value) -> Unknown | None:
    """What of the items of a splat is not known; one that only may not exist fails nothing."""
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
            return operators.both(left, lambda: _relied_on(self.right, scope))
        if operator == "||":
            return operators.either(left, lambda: _relied_on(self.right, scope))
        right = _relied_on(self.right, scope)
        if operator == "==":
            return operators.same(left, right)
        if operator == "!=":
            return operators.negated(operators.same(left, right))
        return operators.arithmetic(operator, left, right)


def _relied_on(node: Node, scope: Scope) -> Value:
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
            return operators.of_one_type(value, _unneeded(other, scope))[0]
        scope.session.rely_on(test)
        then, otherwise = (_arm(arm, scope, test) for arm in (self.then, self.otherwise))
        return operators.chosen(test, *operators.of_one_type(then, otherwise))


def _unneeded(node: Node, scope: Scope) -> Value:
    """The arm that a conditional does not take: its type counts, its errors and what it relies on do not."""
    session = scope.session
    outer = session.relied_on
    session.strict += 1
    session.relied_on = None
    try:
        return node.evaluate(scope)
    except (*FAILURES, Undecided) as error:
        return Unknown(str(error), Cause.EXPRESSION)
    finally:
        session.strict -= 1
        session.relied_on = outer


def _arm(arm: Node, scope: Scope, test: Unknown) -> Value:
    try:
        return arm.evaluate(scope)
    except LIMITS:
        raise
    except FAILURES:
        return derived([test])  # the error may never come to pass
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
    """``{a = b}``. With a key that is not known, the whole map is not known."""

    __slots__ = ("items",)

    def __init__(self, items: tuple[tuple[Node, Node], ...]) -> None:
        self.items = items

    def evaluate(self, scope: Scope) -> Value:
        result: dict[str, Value] = {}
        unknown: list[Unknown] = []
        for key_node, value_node in self.items:
            key = key_node.evaluate(scope)
            value = guarded(scope, value_node)
            if isinstance(key, Unknown):
                unknown.append(key)
            else:
                result[key] = value
        return derived(unknown, is_set=True) if unknown else scope.session.made(result)


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


class FunctionCall(Node):
    """``name(arguments...)``. `try` and `can` see their arguments before these are evaluated."""

    __slots__ = ("arguments", "expanded", "name")

    def __init__(self, name: str, arguments: tuple[Node, ...], expanded: bool) -> None:
        self.name = name
        self.arguments = arguments
        self.expanded = expanded

    def evaluate(self, scope: Scope) -> Value:
        if self.name in ("try", "can") and not self.expanded:
            return _tried(self.arguments, scope) if self.name == "try" else _can(self.arguments, scope)
        scope.session.step()
        values = [_argument(argument, scope) for argument in self.arguments]
        if self.expanded and values:
            last = values.pop()
            scope.session.rely_on(_may_fail(last))
            if isinstance(last, Unknown):
                return derived([last])
            if isinstance(last, Incomplete):
                return derived([last.unknown])
            if not isinstance(last, list):
                raise EvaluationError("the last argument before ... must be a list")
            values.extend(last)
        result = scope.module.call(self.name, values)
        scope.session.rely_on(_whole(result) if self.name in _STRUCTURAL else _may_fail(result))
        return result


def _whole(value: Value) -> Unknown | None:
    """Why a value is not known, or not all of its elements are; what they hold does not matter."""
    return value.unknown if isinstance(value, Incomplete) else value if isinstance(value, Unknown) else None


def _argument(node: Node, scope: Scope) -> Value:
    try:
        return node.evaluate(scope)
    except Undecided as undecided:
        return undecided.unknown


def _tried(arguments: tuple[Node, ...], scope: Scope) -> Value:
    """`try`: the first argument without an error. What is not all known might fail yet, so the next counts too."""
    if not arguments:
        raise EvaluationError("try requires at least one argument")
    try:
        value, doubt = _attempted(arguments[0], scope)
    except LIMITS:
        raise
    except FAILURES as error:
        if len(arguments) == 1:
            raise EvaluationError(f"no argument of try succeeded: {error}") from None
        return _tried(arguments[1:], scope)
    if isinstance(value, Reference) and "[?]" in value.address:  # kept for joins, though it may not exist
        return type_of_reference(value)(value.address, value.attribute, is_set=False)
    if doubt is None or len(arguments) == 1:
        return value
    try:
        otherwise = _tried(arguments[1:], scope)
    except LIMITS:
        raise
    except FAILURES:
        return value
    return operators.chosen(doubt, value, otherwise)


def _can(arguments: tuple[Node, ...], scope: Scope) -> Value:
    if len(arguments) != 1:
        raise EvaluationError("can requires exactly one argument")
    try:
        _, doubt = _attempted(arguments[0], scope)
    except LIMITS:
        raise
    except FAILURES:
        return False
    return True if doubt is None else derived([doubt], is_set=True)


def _attempted(node: Node, scope: Scope) -> tuple[Value, Unknown | None]:
    """The value of a node, with errors raised from inside of collections too; and why it might yet be an error.

    It might where it relies on something unknown, as in ``var.x.y``. An unknown part that is only handed on cannot
    make it fail.
    """
    session = scope.session
    outer = session.relied_on
    relied_on: list[Unknown] = []
    session.strict += 1
    session.relied_on = relied_on
    try:
        value = node.evaluate(scope)
    except Undecided as undecided:
        value = undecided.unknown
        relied_on.append(value)
    finally:
        session.strict -= 1
        session.relied_on = outer
    doubts = [found for found in map(_may_fail, relied_on) if found is not None]
    lacking = [found for found in doubts if isinstance(found, Object)]
    doubt = lacking[0] if lacking else doubts[0] if doubts and _may_fail(value) is not None else None
    session.rely_on(doubt)
    return value, doubt


def _may_fail(value: Value) -> Unknown | None:
    """An unknown part for whose sake the expression might turn out to be an error. A computed attribute is none."""
    for part in parts_of(value):
        inner = part.parts if isinstance(part, PartialText) else (part,)
        for one in inner:
            if isinstance(one, Unknown) and (not isinstance(one, Reference) or "[?]" in one.address):
                return one
    return None
