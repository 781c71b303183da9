"""Plans told in a few words, in the documented format of ``terraform show -json``."""

from __future__ import annotations

from typing import Any


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
