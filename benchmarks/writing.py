"""Resources told once and written twice: as HCL, and as the plan that Terraform would show of it."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

UNKNOWN: Any = object()
"""A value known only after apply."""

Key = str | int | None


@dataclass(frozen=True)
class Expr:
    """An expression: its text, its value when the plan is made, and the names it mentions.

    ``value`` is a function of the instance's key where count or for_each make it differ.
    """

    text: str
    value: Any = UNKNOWN
    names: tuple[str, ...] = ()

    def at(self, key: Key) -> Any:
        return self.value(key) if callable(self.value) else self.value


@dataclass(frozen=True)
class Nested:
    """Nested blocks of one type."""

    blocks: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Dynamic:
    """A dynamic block: what it runs over, its content, and the arguments of the blocks it makes."""

    over: str
    content: dict[str, Any]
    made: tuple[dict[str, Any], ...]


@dataclass
class Block:
    """A resource or data source of a module."""

    type: str
    name: str
    arguments: dict[str, Any]
    count: int | None = None
    for_each: tuple[str, ...] = ()
    data: bool = False

    @property
    def address(self) -> str:
        return f"{'data.' if self.data else ''}{self.type}.{self.name}"

    @property
    def keys(self) -> list[Key]:
        return list(range(self.count)) if self.count is not None else list(self.for_each) or [None]

    def addresses(self, module: str) -> list[str]:
        return [f"{module}.{self.address}{index(key)}".removeprefix(".") for key in self.keys]

    def ref(self, attribute: str) -> Expr:
        """One attribute of it that is known only after apply."""
        return ref(f"{self.address}.{attribute}")


@dataclass
class Module:
    """A module: its arguments' names with what they are given, its blocks, and the calls it makes."""

    variables: dict[str, Any] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)


@dataclass
class Call:
    """A module block, and what each instance of it is, by key; they differ in values only."""

    name: str
    source: str
    modules: dict[Key, Module]

    @property
    def written(self) -> Module:
        """The module as far as all instances share it: names and texts."""
        return next(iter(self.modules.values()))

    @property
    def for_each(self) -> list[Key]:
        return [key for key in self.modules if key is not None]

    def address(self, module: str, key: Key) -> str:
        """The address of one instance."""
        return f"{module}.module.{self.name}{index(key)}".removeprefix(".")


def index(key: Key) -> str:
    return "" if key is None else f"[{json.dumps(key)}]"


def ref(name: str) -> Expr:
    return Expr(name, UNKNOWN, (name,))


def nested(*blocks: dict[str, Any]) -> Nested:
    return Nested(blocks)


def json_text(document: Any) -> Expr:
    """``jsonencode`` of a document that may hold expressions."""
    return Expr(f"jsonencode({hcl(document)})", _encoded(document), _names(document))


def heredoc(document: Any) -> Expr:
    """The document as a JSON text written by hand, its expressions in templates."""
    text = json.dumps(_templates(document), indent=2)
    return Expr(f"<<-POLICY\n{text}\nPOLICY", _encoded(document), _names(document))


def _encoded(document: Any) -> Any:
    value, unknown = planned(document)
    return UNKNOWN if _any(unknown) else json.dumps(value, separators=(",", ":"), sort_keys=True)


def _templates(value: Any) -> Any:
    if isinstance(value, Expr):
        return value.text[1:-1] if value.text.startswith('"') else f"${{{value.text}}}"
    if isinstance(value, dict):
        return {key: _templates(each) for key, each in value.items()}
    return [_templates(each) for each in value] if isinstance(value, list) else value


# --- HCL ---------------------------------------------------------------------------------------------------------


def hcl(value: Any) -> str:
    """A value as an HCL expression."""
    if isinstance(value, Expr):
        return value.text
    if isinstance(value, dict):
        inner = "".join(f"{json.dumps(key)} = {hcl(each)}\n" for key, each in value.items())
        return f"{{\n{textwrap.indent(inner, '  ')}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(hcl, value))}]"
    return json.dumps(value)


def block_text(block: Block) -> str:
    """A block of a module as HCL."""
    lines = []
    if block.count is not None:
        lines.append(f"count = {block.count}\n")
    if block.for_each:
        lines.append(f"for_each = toset({json.dumps(list(block.for_each))})\n")
    kind = "data" if block.data else "resource"
    return _braces(f'{kind} "{block.type}" "{block.name}"', "".join(lines) + _body(block.arguments))


def call_text(call: Call) -> str:
    """A module block as HCL."""
    repeated = f"for_each = toset({json.dumps(call.for_each)})\n" if call.for_each else ""
    head = f"source = {json.dumps(call.source)}\n{repeated}"
    return _braces(f'module "{call.name}"', head + _body(call.written.variables))


def _body(arguments: dict[str, Any]) -> str:
    return "".join(_argument(name, value) for name, value in arguments.items())


def _argument(name: str, value: Any) -> str:
    if isinstance(value, Nested):
        return "".join(_braces(name, _body(block)) for block in value.blocks)
    if isinstance(value, Dynamic):
        inner = f"for_each = {value.over}\n" + _braces("content", _body(value.content))
        return _braces(f'dynamic "{name}"', inner)
    return f"{name} = {hcl(value)}\n"


def _braces(head: str, body: str) -> str:
    return f"{head} {{\n{textwrap.indent(body, '  ')}}}\n"


# --- the plan ----------------------------------------------------------------------------------------------------


def planned(value: Any, key: Key = None) -> tuple[Any, Any]:
    """A value as a plan's ``after`` and ``after_unknown``."""
    if isinstance(value, Expr):
        found = value.at(key)
        return (None, True) if found is UNKNOWN else planned(found)
    if isinstance(value, Nested):
        return planned(list(value.blocks), key)
    if isinstance(value, Dynamic):
        return planned(list(value.made), key)
    if isinstance(value, dict):
        parts = {name: planned(each, key) for name, each in value.items()}
        known = {name: part[0] for name, part in parts.items() if part[1] is not True}
        return known, {name: part[1] for name, part in parts.items() if part[1] is not False}
    if isinstance(value, list):
        parts_ = [planned(each, key) for each in value]
        return [part[0] for part in parts_], [part[1] for part in parts_]
    return value, False


def _any(unknown: Any) -> bool:
    if isinstance(unknown, dict):
        return any(map(_any, unknown.values()))
    return any(map(_any, unknown)) if isinstance(unknown, list) else bool(unknown)


COMPUTED = {"id": True, "arn": True, "tags_all": True}
DEFAULTS = {"region": "us-east-1", "timeouts": None}
"""What the provider adds to every resource: known after apply, and known."""


def changes(module: Module, address: str) -> Iterator[dict[str, Any]]:
    """The entries of ``resource_changes`` of a module and of all that it calls, at the module's address."""
    for block in module.blocks:
        for key, full in zip(block.keys, block.addresses(address), strict=True):
            after, unknown = planned(block.arguments, key)
            if block.data and not _any(unknown):
                continue  # read while planning: its values stand where it is used
            entry: dict[str, Any] = {"address": full}
            if address:
                entry["module_address"] = address
            entry |= {"mode": "data" if block.data else "managed", "type": block.type, "name": block.name}
            if key is not None:
                entry["index"] = key
            entry["provider_name"] = "registry.terraform.io/hashicorp/aws"
            entry["change"] = {
                "actions": ["read" if block.data else "create"],
                "before": None,
                "after": DEFAULTS | after,
                "after_unknown": COMPUTED | unknown,
                "before_sensitive": False,
                "after_sensitive": {},
            }
            yield entry
    for call in module.calls:
        for key, called in call.modules.items():
            yield from changes(called, call.address(address, key))


def planned_values(entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The same entries as the ``planned_values`` of a plan: by module, without what is unknown."""
    modules: dict[str, dict[str, Any]] = {"": {}}
    for entry in entries:
        resource = {name: part for name, part in entry.items() if name not in ("change", "module_address")}
        resource |= {"schema_version": 0, "values": entry["change"]["after"], "sensitive_values": {}}
        _module(modules, entry.get("module_address", "")).setdefault("resources", []).append(resource)
    return {"root_module": modules[""]}


def _module(modules: dict[str, dict[str, Any]], address: str) -> dict[str, Any]:
    if address not in modules:
        modules[address] = {"address": address}
        parent = _module(modules, address.rpartition(".module.")[0])
        parent.setdefault("child_modules", []).append(modules[address])
    return modules[address]


def configuration(module: Module) -> dict[str, Any]:
    """A module as the ``configuration`` of a plan has it."""
    found: dict[str, Any] = {"resources": [_resource(block) for block in module.blocks]}
    if module.calls:
        found["module_calls"] = {call.name: _call(call) for call in module.calls}
    return found


def _resource(block: Block) -> dict[str, Any]:
    entry = {
        "address": block.address,
        "mode": "data" if block.data else "managed",
        "type": block.type,
        "name": block.name,
        "provider_config_key": "aws",
        "expressions": _expressions(block.arguments),
        "schema_version": 0,
    }
    if block.count is not None:
        entry["count_expression"] = {"constant_value": block.count}
    if block.for_each:
        entry["for_each_expression"] = {}
    return entry


def _call(call: Call) -> dict[str, Any]:
    entry: dict[str, Any] = {"source": call.source, "expressions": _expressions(call.written.variables)}
    if call.for_each:
        entry["for_each_expression"] = {}
    inside = configuration(call.written)
    inside["variables"] = {name: {} for name in call.written.variables}
    return {**entry, "module": inside}


def _expressions(arguments: dict[str, Any]) -> dict[str, Any]:
    """What is written, dynamic blocks left out as a plan leaves them out."""
    return {name: _expression(value) for name, value in arguments.items() if not isinstance(value, Dynamic)}


def _expression(value: Any) -> Any:
    if isinstance(value, Nested):
        return [_expressions(block) for block in value.blocks]
    names = _names(value)
    if names:
        return {"references": [part for name in names for part in _with_prefix(name)]}
    return {} if isinstance(value, Expr) else {"constant_value": value}


def _with_prefix(name: str) -> list[str]:
    """A plan lists a name, and then the resource that it is of."""
    parts = name.split(".")
    own = 3 if parts[0] == "data" else 2
    alone = parts[0] in ("var", "local", "each", "count") or len(parts) <= own
    return [name] if alone else [name, ".".join(parts[:own])]


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, Expr):
        return value.names
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return tuple(name for each in inside for name in _names(each))
