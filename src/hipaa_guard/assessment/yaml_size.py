"""The size of YAML with its aliases expanded: constructing it could fill the memory."""

from __future__ import annotations

import yaml


def expanded(root: yaml.Node, most: int) -> int:
    """The number of values in a document with its aliases expanded; at most ``most`` + 1.

    An alias inside the value that it refers to counts as more than ``most``.
    """
    sizes: dict[int, int] = {}
    waiting: list[tuple[yaml.Node, bool]] = [(root, False)]
    inside: set[int] = set()
    while waiting:
        node, counted = waiting.pop()
        if counted:
            inside.discard(id(node))
            sizes[id(node)] = min(most, sum(sizes[id(child)] for child in _children(node))) + 1
        elif id(node) in inside:
            return most + 1
        elif id(node) not in sizes:
            inside.add(id(node))
            waiting.append((node, True))
            waiting += [(child, False) for child in _children(node) if id(child) not in sizes]
    return sizes[id(root)]


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
