"""What YAML does not tell by its values: its size with its aliases expanded, and keys that stand twice.

Constructing a text of a few lines could fill the memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

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


def repeated_keys(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Keys that stand twice in one mapping: YAML would silently take the last."""
    waiting, seen = [node], set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, yaml.MappingNode):
            keys = Counter(key.value for key, _ in one.value if isinstance(key, yaml.ScalarNode))
            yield from (
                key for key, _ in reversed(one.value) if isinstance(key, yaml.ScalarNode) and keys[key.value] > 1
            )
            waiting += [value for _, value in one.value]
        elif isinstance(one, yaml.SequenceNode):
            waiting += one.value
