"""Calls of functions in expressions; ``try`` and ``can`` decide whether their arguments are evaluated at all."""

from __future__ import annotations

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import PartialText, Reference, Undecided, Unknown, Value
from hipaa_guard.terraform.functions.unknowns import derived, parts_of
from hipaa_guard.terraform.hcl import operators
from hipaa_guard.terraform.hcl.access import (
    Object,
    type_of_reference,
)
from hipaa_guard.terraform.hcl.errors import FAILURES, LIMITS, EvaluationError
from hipaa_guard.terraform.hcl.nodes import _STRUCTURAL, Node
from hipaa_guard.terraform.hcl.scope import Scope


class FunctionCall(Node):
    """``name(arguments...)``. `try` and `can` see their arguments before these are evaluated."""

    __slots__ = ("arguments", "expanded", "name")

    def __init__(self, name: str, arguments: tuple[Node, ...], expanded: bool) -> None:
        self.name = name
        self.arguments = arguments
        self.expanded = expanded

    def evaluate(self, scope: Scope) -> Value:
        if self.name in ("try", "can") and not self.expanded:
            return _try(self.arguments, scope) if self.name == "try" else _can(self.arguments, scope)
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
        scope.session.rely_on(_why_not_whole(result) if self.name in _STRUCTURAL else _may_fail(result))
        return result


def _why_not_whole(value: Value) -> Unknown | None:
    """Why a value or an element of a list is not known; None where only values inside the elements are unknown."""
    return value.unknown if isinstance(value, Incomplete) else value if isinstance(value, Unknown) else None


def _argument(node: Node, scope: Scope) -> Value:
    try:
        return node.evaluate(scope)
    except Undecided as undecided:
        return undecided.unknown


def _try(arguments: tuple[Node, ...], scope: Scope) -> Value:
    """`try`: the first argument without an error. One that may still fail is combined with the next."""
    if not arguments:
        raise EvaluationError("try requires at least one argument")
    try:
        value, uncertain = _tried(arguments[0], scope)
    except LIMITS:
        raise
    except FAILURES as error:
        if len(arguments) == 1:
            raise EvaluationError(f"no argument of try succeeded: {error}") from None
        return _try(arguments[1:], scope)
    if isinstance(value, Reference) and "[?]" in value.address:  # joins need it, although it may not exist
        return type_of_reference(value)(value.address, value.attribute, is_set=False)
    if uncertain is None or len(arguments) == 1:
        return value
    try:
        otherwise = _try(arguments[1:], scope)
    except LIMITS:
        raise
    except FAILURES:
        return value
    return operators.chosen(uncertain, value, otherwise)


def _can(arguments: tuple[Node, ...], scope: Scope) -> Value:
    if len(arguments) != 1:
        raise EvaluationError("can requires exactly one argument")
    try:
        _, uncertain = _tried(arguments[0], scope)
    except LIMITS:
        raise
    except FAILURES:
        return False
    return True if uncertain is None else derived([uncertain], is_set=True)


def _tried(node: Node, scope: Scope) -> tuple[Value, Unknown | None]:
    """The value of a node, and why it may still be an error. Errors inside of collections are raised too.

    It may be an error where it relies on something unknown, as ``var.x.y`` does. An unknown part that is only passed on
    cannot make it fail.
    """
    session = scope.session
    outer = session.relied_on
    relied_on: list[Unknown] = []
    session.strict_depth += 1
    session.relied_on = relied_on
    try:
        value = node.evaluate(scope)
    except Undecided as undecided:
        value = undecided.unknown
        relied_on.append(value)
    finally:
        session.strict_depth -= 1
        session.relied_on = outer
    uncertain_parts = [found for found in map(_may_fail, relied_on) if found is not None]
    lacking = [found for found in uncertain_parts if isinstance(found, Object)]
    uncertain = (
        lacking[0] if lacking else uncertain_parts[0] if uncertain_parts and _may_fail(value) is not None else None
    )
    session.rely_on(uncertain)
    return value, uncertain


def _may_fail(value: Value) -> Unknown | None:
    """An unknown part that may make the expression an error; None where there is none. Computed attributes do not."""
    for part in parts_of(value):
        inner = part.parts if isinstance(part, PartialText) else (part,)
        for one in inner:
            if isinstance(one, Unknown) and (not isinstance(one, Reference) or "[?]" in one.address):
                return one
    return None
