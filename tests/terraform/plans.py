"""Plans told in a few words, in the documented format of ``terraform show -json``."""

from __future__ import annotations

import gzip
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from hipaa_guard.terraform.addresses import key_value, last_key, module_steps

REFERENCE = Path(__file__).parents[1] / "reference" / "terraform_aws_schema.tsv.gz"


def change(
    address: str,
    after: dict[str, Any],
    unknown: dict[str, Any] | None = None,
    *,
    actions: tuple[str, ...] = ("create",),
    sensitive: dict[str, Any] | None = None,
    module: str = "",
    index: str | int | None = None,
    mode: str = "managed",
) -> dict[str, Any]:
    """An entry of `resource_changes`."""
    own = address.removeprefix(f"{module}.").removeprefix("data.")
    own = own.partition("[")[0]
    type_, _, name = own.partition(".")
    entry: dict[str, Any] = {"address": address, "mode": mode, "type": type_, "name": name}
    entry["provider_name"] = "registry.terraform.io/hashicorp/aws"
    if module:
        entry["module_address"] = module
    if index is not None:
        entry["index"] = index
    entry["change"] = {
        "actions": list(actions),
        "before": None,
        "after": None if actions in (("delete",), ("forget",)) else after,
        "after_unknown": unknown or {},
        "before_sensitive": False,
        "after_sensitive": sensitive or {},
    }
    return entry


def block(address: str, expressions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A resource of the configuration."""
    mode = "data" if address.startswith("data.") else "managed"
    type_, _, name = address.removeprefix("data.").partition(".")
    return {
        "address": address,
        "mode": mode,
        "type": type_,
        "name": name,
        "provider_config_key": "aws",
        "expressions": expressions,
        "schema_version": 0,
        **more,
    }


def refs(*names: str) -> dict[str, list[str]]:
    """An expression that mentions names; a plan lists each with its prefixes."""
    listed = []
    for name in names:
        shorter = name
        while shorter:
            listed.append(shorter)
            shorter = _prefix(shorter)
    return {"references": listed}


def _prefix(name: str) -> str:
    """The next shorter name of a resource that a plan lists; empty where there is none."""
    if name.startswith(("var.", "local.", "each.", "count.", "data.", "module.")):
        return ""
    shorter = name[:-3] if name.endswith("[0]") else name.rpartition(".")[0]
    return shorter if "." in shorter else ""


def const(value: Any) -> dict[str, Any]:
    """An expression that is a literal."""
    return {"constant_value": value}


def plan(
    changes: list[dict[str, Any]],
    resources: list[dict[str, Any]] = [],  # noqa: B006 - never changed
    *,
    calls: dict[str, Any] | None = None,
    outputs: dict[str, Any] | None = None,
    provider: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A whole plan."""
    root: dict[str, Any] = {"resources": resources}
    if calls:
        root["module_calls"] = calls
    if outputs:
        root["outputs"] = outputs
    aws = {"name": "aws", "full_name": "registry.terraform.io/hashicorp/aws", "expressions": provider or {}}
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": changes,
        "configuration": {"provider_config": {"aws": aws}, "root_module": root},
        "complete": True,
        "errored": False,
        **more,
    }


@dataclass(frozen=True)
class Applied:
    """A resource instance once it is applied. ``later`` holds what is known only then, by dotted paths.

    What the provider has besides, by its schema, is computed (then it is known later) or not set.
    """

    address: str
    known: dict[str, Any] = field(default_factory=dict)
    later: dict[str, Any] = field(default_factory=dict)
    sensitive: tuple[str, ...] = ()

    @property
    def _names(self) -> dict[str, Any]:
        """Module, mode, type, name and key."""
        module = "".join(f"module.{name}{key}." for name, key in module_steps(self.address)).removesuffix(".")
        own = self.address.removeprefix(f"{module}.") if module else self.address
        mode = "data" if own.startswith("data.") else "managed"
        key = last_key(own)
        type_, _, name = own.removeprefix("data.").removesuffix(key).partition(".")
        return {"module": module, "mode": mode, "type": type_, "name": name, "index": key_value(key)}

    def change(self) -> dict[str, Any]:
        """The entry of `resource_changes` that creates it."""
        names = self._names
        marks: dict[str, Any] = {}
        for path in self._computed():
            _enter(marks, path.split("."), value=True)
        sensitive = dict.fromkeys(self.sensitive, True)
        actions = ("read",) if names["mode"] == "data" else ("create",)
        entry = change(self.address, self._at_plan(), marks, actions=actions, sensitive=sensitive)
        entry |= {"mode": names["mode"], "type": names["type"], "name": names["name"]}
        entry |= {"module_address": names["module"]} if names["module"] else {}
        return entry | ({} if names["index"] is None else {"index": names["index"]})

    def shown(self) -> tuple[str, dict[str, Any]]:
        """The module, and the entry of a state that `terraform show -json` writes."""
        names = self._names
        entry = {"address": self.address, "values": self._at_apply(), **names}
        entry["sensitive_values"] = dict.fromkeys(self.sensitive, True)
        del entry["module"]
        if names["index"] is None:
            del entry["index"]
        return names["module"], entry

    def raw(self) -> dict[str, Any]:
        """The resource of a state file with this one instance."""
        names = self._names
        instance = {"schema_version": 0, "attributes": self._at_apply()}
        instance["sensitive_attributes"] = [[{"type": "get_attr", "value": name}] for name in self.sensitive]
        if names["index"] is not None:
            instance["index_key"] = names["index"]
        entry = {key: names[key] for key in ("mode", "type", "name")}
        entry |= {"provider": 'provider["registry.terraform.io/hashicorp/aws"]', "instances": [instance]}
        return entry | ({"module": names["module"]} if names["module"] else {})

    def _computed(self) -> list[str]:
        given = {path.partition(".")[0] for path in (*self.known, *self.later)}
        own = [name for name, (_, use) in self._schema().items() if use == "computed" and name not in given]
        return [*self.later, *(name for name in own if name != "tags")]

    def _at_plan(self) -> dict[str, Any]:
        rest = set(self._computed())
        empty: dict[str, Any] = {
            name: [] if kind.startswith("block") else None for name, (kind, _) in self._schema().items()
        }
        return {**{name: value for name, value in empty.items() if name not in rest}, **deepcopy(self.known)}

    def _at_apply(self) -> dict[str, Any]:
        values = dict.fromkeys(self._computed(), "") | self._at_plan()
        for path, value in self.later.items():
            values.pop(path, None)
            _enter(values, path.split("."), value)
        return {name: value for name, value in values.items() if "." not in name}

    def _schema(self) -> dict[str, tuple[str, str]]:
        return schemas().get(self._names["type"], {})


def shown_state(applied: list[Applied]) -> dict[str, Any]:
    """A state as `terraform show -json` writes it."""
    modules: dict[str, list[dict[str, Any]]] = {}
    for module, entry in (each.shown() for each in applied):
        modules.setdefault(module, []).append(entry)
    children = [{"address": module, "resources": found} for module, found in modules.items() if module]
    root = {"resources": modules.get("", []), "child_modules": children}
    return {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"outputs": {}, "root_module": root}}


def raw_state(applied: list[Applied]) -> dict[str, Any]:
    """A state file."""
    resources = [each.raw() for each in applied]
    return {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "7f0c3a0e", "resources": resources}


@cache
def schemas() -> dict[str, dict[str, tuple[str, str]]]:
    """Kind and use of the top-level attributes of the provider's resources."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    with gzip.open(REFERENCE, "rt", encoding="utf-8") as file:
        for line in file:
            type_, *rest = line.rstrip("\n").split("\t")
            if len(rest) == 3 and "." not in rest[0]:
                found.setdefault(type_, {})[rest[0]] = (rest[1], rest[2])
    return found


def _enter(values: Any, path: list[str], value: Any) -> None:
    """Put a value at a path of names and numbers; lists and objects on the way are made where they are missing."""
    step: str | int = int(path[0]) if path[0].isdigit() else path[0]
    if isinstance(step, int):
        values += [{}] * (step + 1 - len(values))
    if len(path) == 1:
        values[step] = value
        return
    if isinstance(step, str) and step not in values:
        values[step] = [] if path[1].isdigit() else {}
    _enter(values[step], path[1:], value)
