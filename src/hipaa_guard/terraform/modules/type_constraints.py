"""Type constraints of variables, and the conversion of values to them.

A conversion keeps unknown parts in their place. An attribute that an object type does not name is dropped, as
Terraform does; an ``optional`` one is filled in with its default.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.functions.budget import spend_elements
from hipaa_guard.terraform.functions.conversion import as_set, to_bool, to_number, to_text, unified
from hipaa_guard.terraform.functions.structures import List, Set
from hipaa_guard.terraform.functions.structures import Map as MapValue
from hipaa_guard.terraform.hcl.access import Object
from hipaa_guard.terraform.hcl.call_nodes import FunctionCall
from hipaa_guard.terraform.hcl.errors import EvaluationError, SyntaxProblem
from hipaa_guard.terraform.hcl.grammar import parse_expression
from hipaa_guard.terraform.hcl.nodes import ListNode, Literal, MapExpression, Node, Root
from hipaa_guard.terraform.hcl.scope import Scope

Convert = Callable[[Value], Value]

_PRIMITIVES: dict[str, Convert] = {"string": to_text, "number": to_number, "bool": to_bool, "any": lambda value: value}


def type_of(node: Node, scope: Scope) -> Convert:
    """The conversion to a type constraint.

    Raises:
        EvaluationError: the expression is no type.

    """
    if isinstance(node, Literal) and isinstance(node.value, str):  # type = "string", or any type in .tf.json
        node = _quoted(node.value)
    if isinstance(node, Root):
        if node.name in _PRIMITIVES:
            return _PRIMITIVES[node.name]
        node = FunctionCall(node.name, (Root("any"),), expanded=False)
    if not isinstance(node, FunctionCall) or len(node.arguments) != 1:
        raise EvaluationError("this is no type constraint")
    inner = node.arguments[0]
    match node.name:
        case "list":
            return _list_of(type_of(inner, scope), open_ended=_is_open(inner))
        case "set":
            return _set_of(type_of(inner, scope), open_ended=_is_open(inner))
        case "map":
            return _map_of(type_of(inner, scope), open_ended=_is_open(inner))
        case "object" if isinstance(inner, MapExpression):
            return _object_of(inner, scope)
        case "tuple" if isinstance(inner, ListNode):
            return _tuple_of([type_of(item, scope) for item in inner.items])
    raise EvaluationError(f"{node.name[:40]!r} is no type constraint")


def _quoted(text: str) -> Node:
    try:
        return parse_expression(text)
    except SyntaxProblem as problem:
        raise EvaluationError(f"this is no type constraint: {problem.message}") from None


def _is_open(node: Node) -> bool:
    """Whether a type contains ``any``: then the elements of the value decide on this part together."""
    match node:
        case Root():
            return node.name not in _PRIMITIVES or node.name == "any"
        case FunctionCall():
            return any(map(_is_open, node.arguments[:1]))
        case MapExpression():
            return any(_is_open(value) for _, value in node.items)
        case ListNode():
            return any(map(_is_open, node.items))
    return False


def _list_of(convert: Convert, *, open_ended: bool = False) -> Convert:
    def converted(value: Value) -> Value:
        if value is None or isinstance(value, Unknown):
            return value
        if isinstance(value, Incomplete):
            return Incomplete([convert(element) for element in value.seen], value.unknown)
        if not isinstance(value, list):
            raise EvaluationError("a list is required")
        spend_elements(len(value))
        elements = [convert(element) for element in value]
        return List(unified(elements) if open_ended else elements)

    return converted


def _set_of(convert: Convert, *, open_ended: bool) -> Convert:
    as_list = _list_of(convert, open_ended=open_ended)

    def converted(value: Value) -> Value:
        found = as_list(value)
        if found is None or isinstance(found, Unknown | Incomplete):
            return found
        unique = as_set(found)
        return unique if isinstance(unique, Incomplete) else Set(unique)

    return converted


def _map_of(convert: Convert, *, open_ended: bool) -> Convert:
    def converted(value: Value) -> Value:
        if value is None or isinstance(value, Unknown):
            return value
        if not isinstance(value, dict):
            raise EvaluationError("a map is required")
        spend_elements(2 * len(value))
        elements = [convert(element) for element in value.values()]
        return MapValue(zip(value, unified(elements) if open_ended else elements, strict=True))

    return converted


def _tuple_of(converts: list[Convert]) -> Convert:
    def converted(value: Value) -> Value:
        if value is None or isinstance(value, Unknown | Incomplete):
            return value
        if not isinstance(value, list) or len(value) != len(converts):
            raise EvaluationError(f"a tuple of {len(converts)} elements is required")
        spend_elements(len(value))
        return [convert(element) for convert, element in zip(converts, value, strict=True)]

    return converted


class _Attribute:
    __slots__ = ("convert", "default", "name", "optional")

    def __init__(self, name: str, node: Node, scope: Scope) -> None:
        self.name = name
        self.optional = isinstance(node, FunctionCall) and node.name == "optional"
        self.default: Value = None
        if isinstance(node, FunctionCall) and self.optional:
            if not 1 <= len(node.arguments) <= 2:
                raise EvaluationError("optional takes a type and a default")
            self.convert = type_of(node.arguments[0], scope)
            if len(node.arguments) == 2:
                self.default = self.convert(node.arguments[1].evaluate(scope))
        else:
            self.convert = type_of(node, scope)

    def of(self, values: dict[str, Value]) -> Value:
        if self.name not in values and not self.optional:
            raise EvaluationError(f"attribute {self.name[:60]!r} is required")
        value = self.convert(values.get(self.name))
        return self.default if value is None else value


def _object_of(node: MapExpression, scope: Scope) -> Convert:
    attributes = [_Attribute(str(key.evaluate(scope)), value, scope) for key, value in node.items]

    def converted(value: Value) -> Value:
        if isinstance(value, Object):
            found: dict[str, Any] = {attribute.name: value.of(attribute.name) for attribute in attributes}
            return {attribute.name: attribute.of(found) for attribute in attributes}
        if value is None or isinstance(value, Unknown):
            return value
        if not isinstance(value, dict):
            raise EvaluationError("an object is required")
        spend_elements(2 * len(attributes))
        return {attribute.name: attribute.of(value) for attribute in attributes}

    return converted
