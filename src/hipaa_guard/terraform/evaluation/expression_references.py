"""The names in an expression, taken from its text and not from its value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hipaa_guard.terraform.hcl.errors import FAILURES
from hipaa_guard.terraform.hcl.nodes import GetAttribute, Index, Literal, MapExpression, MapKey, Node, Root
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock

_LONG = {"data": 3, "module": 3}
"""First segment of a name -> its number of segments; two for all others."""


def names_mentioned(block: HclBlock, name: str) -> set[str]:
    """The names in an argument or in all nested blocks of a type, without keys (``aws_s3_bucket.b``, ``local.x``)."""
    attribute = block.attributes.get(name)
    if attribute is not None:
        return names_in(attribute)
    kinds = (inner.labels[0] if inner.type == "dynamic" and inner.labels else inner.type for inner in block.blocks)
    found = zip(kinds, block.blocks, strict=True)
    return {each for kind, inner in found if kind == name for each in _in_block(inner)}


def short(names: Sequence[str]) -> str:
    """The first segments of a name: the object without the path below it."""
    return ".".join(names[: _LONG.get(names[0], 2)])


def _in_block(block: HclBlock) -> set[str]:
    own = {name for attribute in block.attributes.values() for name in names_in(attribute)}
    return own | {name for inner in block.blocks for name in _in_block(inner)}


def names_in(attribute: Attribute) -> set[str]:
    """The names in an expression, without keys."""
    found: set[str] = set()
    try:
        waiting = [attribute.node]
    except FAILURES:  # reported where the argument is evaluated
        return found
    while waiting:
        node = waiting.pop()
        names, _ = names_of(node)
        if names:
            found.add(short(names))
        waiting += keys_of(node) if names else parts_of(node)
    return found


def names_of(node: Node) -> tuple[list[str], str | None]:
    """The names of a reference, and the key behind the second name; empty for any other expression."""
    names: list[str] = []
    key: str | None = None
    while True:
        if isinstance(node, GetAttribute):
            names.append(node.name)
            node = node.source
        elif isinstance(node, Index):
            key = _key(node.key)
            node = node.source
        elif isinstance(node, Root):
            return [node.name, *reversed(names)], key
        else:
            return [], None


def _key(node: Node) -> str | None:
    value = node.value if isinstance(node, Literal) else None
    return f'"{value}"' if isinstance(value, str) else str(value) if isinstance(value, int) else None


def value_at(node: Node, names: Sequence[str]) -> Node:
    """The expression at a path in an object expression, as far as the path can be followed."""
    for name in names:
        items = [(_spelled(key), value) for key, value in node.items] if isinstance(node, MapExpression) else []
        found = [value for key, value in items if key == name]
        if len(found) != 1 or any(key is None for key, _ in items):
            break
        node = found[0]
    return node


def _spelled(key: Node) -> str | None:
    """The text of a literal key; None for any other."""
    inner = key.node if isinstance(key, MapKey) else key
    if isinstance(inner, Literal) and isinstance(inner.value, str):
        return inner.value
    return None


def keys_of(node: Node) -> Iterator[Node]:
    """The expressions in the brackets of a reference."""
    while isinstance(node, GetAttribute | Index):
        if isinstance(node, Index):
            yield node.key
        node = node.source


def parts_of(node: Node) -> Iterator[Node]:
    """The parts of an expression."""
    waiting: list[object] = [getattr(node, name, None) for kind in type(node).__mro__ for name in _slots(kind)]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Node):
            yield part
        elif isinstance(part, tuple | list):
            waiting += part


def _slots(kind: type) -> Sequence[str]:
    found = getattr(kind, "__slots__", ())
    return (found,) if isinstance(found, str) else tuple(found)
