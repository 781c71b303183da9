"""Arguments that a provider requires: without them Terraform refuses the block, so an unknown one is certainly set.

The table beside this module has a line for each resource type that the services read, with the paths of its required
arguments and nested blocks. ``[]`` marks lists, sets and maps: these may be given and empty.
``python -m tests.required_arguments`` renews it from the schemas of the providers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from functools import cache
from pathlib import Path

from hipaa_guard.facts.lists import mapped
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.binding.paths import first_of, walk
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.access import WrittenBlock

TABLE = Path(__file__).with_name("required_arguments.txt")
COLLECTION = "[]"


@dataclass(slots=True)
class Argument:
    """An argument or a type of nested blocks: whether it is required, and the required arguments inside it."""

    required: bool = False
    collection: bool = False
    inner: dict[str, Argument] = field(default_factory=dict)


_NOTHING: dict[str, Argument] = {}


def value_at(instance: ResourceInstance, path: str) -> Value:
    """The value at a dotted path of an instance, see `facts.readings.View.get`.

    A required argument is never None: one that is left out is an `Unknown`, and an unknown one is certainly set.
    """
    name, *steps = path.split(".")
    value = instance.get(name)
    argument = arguments_of(instance.type).get(name)
    if argument is None:
        return walk(value, steps)
    if value is None and argument.collection and not any(True for _ in instance.arguments()):
        return None  # a state records an empty list and one that is not set alike
    return _below(value, steps, argument, name)


def _below(value: Value, steps: Sequence[str], argument: Argument, path: str) -> Value:
    value = _checked(value, argument, path)
    if not steps or value is None:
        return _completed(value, argument, path)
    step = steps[0]
    block = first_of(value)
    inner = argument.inner.get(step)
    if inner is None or not isinstance(block, dict):
        return walk(value, steps)
    if _may_be_empty(inner, block, step):
        return None
    return _below(block.get(step), steps[1:], inner, f"{path}.{step}")


def _may_be_empty(argument: Argument, block: dict[str, Value], name: str) -> bool:
    """Whether an absent list may be given and empty. Only source shows the difference."""
    return argument.collection and block.get(name) is None and not isinstance(block, WrittenBlock)


def _checked(value: Value, argument: Argument, path: str) -> Value:
    """The value of an argument; where that is required, unknown if it is left out, and set if it is unknown."""
    if not argument.required:
        return value
    if isinstance(value, Unknown):
        return value.as_set()
    if value is None:
        return Unknown(f"{path} is left out, which the provider refuses", Cause.REFUSED)
    if isinstance(value, str) and not value:
        return Unknown(f"{path} is required and empty", Cause.REFUSED)
    return value


def _completed(value: Value, argument: Argument, path: str) -> Value:
    """Nested blocks, with an `Unknown` for each required argument that they leave out."""
    if not argument.inner or not isinstance(value, dict | list):
        return value
    if isinstance(value, list):
        return mapped(lambda block: _completed(block, argument, path), value)
    found: dict[str, Value] = {}
    for name, inner in argument.inner.items():
        part = value.get(name)
        if (part is None and not inner.required) or _may_be_empty(inner, value, name):
            continue
        found[name] = _completed(_checked(part, inner, f"{path}.{name}"), inner, f"{path}.{name}")
    return {**value, **found}


@cache
def arguments_of(type: str) -> dict[str, Argument]:
    """The required arguments of a resource type by name, the first step of their path; empty for unlisted types."""
    paths = _table().get(type)
    if paths is None:
        return _NOTHING
    arguments: dict[str, Argument] = {}
    for path in paths.split():
        *above, last = path.removesuffix(COLLECTION).split(".")
        inner = arguments
        for step in above:
            inner = inner.setdefault(step, Argument()).inner
        argument = inner.setdefault(last, Argument())
        argument.required, argument.collection = True, path.endswith(COLLECTION)
    return arguments


@cache
def _table() -> dict[str, str]:
    """The required paths by type, as the table writes them."""
    lines = (line for line in TABLE.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    return {type_: paths for type_, _, paths in (line.partition(" ") for line in lines)}
