"""Following the names in the expressions of a plan to resource instances.

A plan holds the configuration per block: for each argument the names in its expression, without the expression itself.
Names lead through variables, outputs and the keys of count and for_each to resource instances. A plan has no locals: a
name that leads to one cannot be followed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from itertools import islice
from typing import Any

from hipaa_guard.facts.values import Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.addresses import last_key, module_steps, segments, without_keys
from hipaa_guard.terraform.recorded.documents import table, text

_DEPTH = 40
_TARGETS = 100
_NO_RESOURCE = frozenset({"var", "local", "data", "module", "each", "count", "path", "terraform", "self", "ephemeral"})


@dataclass(frozen=True, slots=True)
class ReferenceContext:
    """The place of an expression: its module instance, and the key and for_each of its block."""

    module: PlannedModule
    key: str = ""
    repeated_over: tuple[str, ...] = ()


@dataclass(slots=True, eq=False)
class PlannedModule:
    """One module instance of the plan, with the configuration of its block."""

    address: str
    configuration: Mapping[str, Any]
    parent: PlannedModule | None = None
    call: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    _resources: dict[str, Mapping[str, Any]] | None = None

    def within(self, name: str) -> str:
        """The full address of something in this module."""
        return f"{self.address}.{name}" if self.address else name

    def resource(self, name: str) -> Mapping[str, Any]:
        """The configuration of a resource (``aws_s3_bucket.b``, ``data.aws_x.y``); empty where there is none."""
        if self._resources is None:
            listed = self.configuration.get("resources")
            entries = [table(item) for item in listed] if isinstance(listed, list) else []
            self._resources = {text(entry.get("address")): entry for entry in entries}
        return self._resources.get(name, {})


@dataclass(slots=True)
class Found:
    """The targets of an expression's names: unknown attributes, and names that were not followed (``unfollowed``)."""

    targets: dict[tuple[str, str], None] = field(default_factory=dict)
    """Pairs of an instance's address and an attribute, in order."""
    data: dict[tuple[str, str], None] = field(default_factory=dict)
    """The same for data sources that are read during apply; their names are in ``unfollowed`` too."""
    names_data_source: bool = False
    """Whether a name is that of a data source."""
    unfollowed: list[str] = field(default_factory=list)
    document: Value = None
    """The policy document, where the expression is one of a data source."""
    seen: set[tuple[str, str, str]] = field(default_factory=set)


class Instances:
    """The instances of a plan and their unknown attributes."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._modules: dict[str, PlannedModule] = {"": PlannedModule("", root)}
        self._values: dict[str, Mapping[str, Any]] = {}
        self._unknown: dict[str, Any] = {}
        self._blocks: dict[str, dict[str, None]] = {}
        self._module_instances: dict[str, dict[str, None]] = {}
        self._modules_seen: set[str] = set()
        self._pending: dict[str, dict[str, None]] = {}

    def add(self, address: str, module: str, values: Mapping[str, Any], unknown: Any) -> None:
        """Add a managed resource instance: its values, and the marks of their unknown parts."""
        self._values[address] = values
        self._unknown[address] = unknown
        self._blocks.setdefault(without_keys(address), {})[address] = None
        if module and module not in self._modules_seen:
            self._modules_seen.add(module)
            path = ""
            for name, key in module_steps(module):
                path = f"{path}.module.{name}{key}".removeprefix(".")
                self._module_instances.setdefault(without_keys(path), {})[path] = None

    def add_pending(self, address: str) -> None:
        """Add a data source that is read during apply."""
        self._pending.setdefault(without_keys(address), {})[address] = None

    def module(self, address: str) -> PlannedModule:
        """The module instance at an address."""
        found = self._modules.get(address)
        if found is not None:
            return found
        module = self._modules[""]
        for name, key in module_steps(address)[:_DEPTH]:
            module = self._child(module, name, key)
        self._modules[address] = module
        return module

    def follow(self, references: object, context: ReferenceContext) -> Found:
        """The targets of the names of one expression."""
        found = Found()
        self._follow(names_of(references), context, found, "", 0)
        return found

    # --- one name ------------------------------------------------------------------------------------------------

    def _follow(
        self, names: tuple[str, ...], context: ReferenceContext, found: Found, attribute: str, depth: int
    ) -> None:
        keyed = "each.key" in names or "count.index" in names or any(name.startswith("each.value") for name in names)
        for name in _longest(names):
            mark = (context.module.address, context.key, name + " " + attribute)
            if mark in found.seen:
                continue
            found.seen.add(mark)
            if depth > _DEPTH or len(found.targets) > _TARGETS:
                found.unfollowed.append(name)
                return
            self._one(name, context, found, attribute, depth + 1, keyed=keyed)

    def _one(
        self, name: str, context: ReferenceContext, found: Found, attribute: str, depth: int, *, keyed: bool
    ) -> None:
        parts = segments(name)
        head = without_keys(parts[0])
        if head == "var":
            self._variable(parts, context, found, attribute, depth)
        elif head == "module":
            self._output(parts, context, found, attribute, depth, keyed=keyed)
        elif head == "data":
            self._data(parts, context, found, attribute, keyed=keyed)
        elif head == "each" and len(parts) > 1 and without_keys(parts[1]) == "value":
            self._follow(context.repeated_over, context, found, ".".join(parts[2:]) or attribute, depth)
        elif head == "local":
            found.unfollowed.append(name)
        elif head not in _NO_RESOURCE and len(parts) > 1:
            self._resource(parts, context, found, attribute, keyed=keyed or name in context.repeated_over)

    def _variable(self, parts: list[str], context: ReferenceContext, found: Found, attribute: str, depth: int) -> None:
        """A variable: in a called module, the argument of the call; in the root module it has a known value."""
        module = context.module
        if module.parent is None or len(parts) < 2:
            return
        given = table(table(module.call.get("expressions")).get(without_keys(parts[1])))
        outer = ReferenceContext(module.parent, module.key, names_of(table(module.call.get("for_each_expression"))))
        self._follow(names_of(given), outer, found, attribute, depth)

    def _output(
        self, parts: list[str], context: ReferenceContext, found: Found, attribute: str, depth: int, *, keyed: bool
    ) -> None:
        """An output of a called module; all of its outputs where the plan names none."""
        if len(parts) < 2:
            return
        block = without_keys(context.module.within(f"module.{without_keys(parts[1])}"))
        known = self._module_instances.get(block, {})
        exact = context.module.within(f"module.{parts[1]}")
        for address in _chosen(known, exact, context.key if keyed else "") or [exact]:
            child = self.module(address)
            outputs = table(child.configuration.get("outputs"))
            name = without_keys(parts[2]) if len(parts) > 2 else ""
            for output in [outputs.get(name)] if name else outputs.values():
                names = names_of(table(table(output).get("expression")))
                self._follow(names, ReferenceContext(child), found, attribute, depth)

    def _resource(
        self, parts: list[str], context: ReferenceContext, found: Found, attribute: str, *, keyed: bool
    ) -> None:
        """The attribute of one instance, or of each possible one."""
        exact = context.module.within(".".join(parts[:2]))
        attribute = ".".join(parts[2:]) or attribute
        known = self._blocks.get(without_keys(exact), {})
        for address in _chosen(known, exact, context.key if keyed else ""):
            if not attribute or self._is_unknown(address, attribute):
                found.targets[address, attribute or "id"] = None

    def _is_unknown(self, address: str, attribute: str) -> bool:
        """Whether a part of an attribute is unknown: the plan leaves it out or marks it."""
        head = without_keys(attribute.partition(".")[0])
        marks = self._unknown[address]
        return bool(head not in self._values[address] or marks is True or table(marks).get(head))

    def _data(self, parts: list[str], context: ReferenceContext, found: Found, attribute: str, *, keyed: bool) -> None:
        """A data source: its attributes are known unless it is read during apply."""
        found.names_data_source = True
        exact = context.module.within(".".join(parts[:3]))
        known = self._pending.get(without_keys(exact), {})
        for address in _chosen(known, exact, context.key if keyed else ""):
            last = ".".join(parts[3:]) or attribute
            found.data[address, last] = None
            found.unfollowed.append(f"{address}.{last}" if last else address)

    def _child(self, parent: PlannedModule, name: str, key: str) -> PlannedModule:
        call = table(table(parent.configuration.get("module_calls")).get(name))
        address = parent.within(f"module.{name}{key}")
        found = self._modules.get(address)
        if found is None:
            found = self._modules[address] = PlannedModule(address, table(call.get("module")), parent, call, key)
        return found


def _chosen(known: Mapping[str, None], exact: str, key: str) -> list[str]:
    """The instances of a block that a name may mean: the exact one, else the one with the same key, else all."""
    if exact in known:
        return [exact]
    if last_key(exact):
        return []
    same_key = exact + key
    return [same_key] if key and same_key in known else list(islice(known, _TARGETS + 1))


def names_of(expression: object) -> tuple[str, ...]:
    """The names in an expression."""
    listed = table(expression).get("references")
    return tuple(name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()


def _longest(names: tuple[str, ...]) -> Iterator[str]:
    """The names without their prefixes, which a plan lists after each name."""
    last = ""
    for name in names:
        if last.startswith(name) and last[len(name) : len(name) + 1] in (".", "[", ""):
            continue
        last = name
        yield name
