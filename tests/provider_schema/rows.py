"""A schema as rows: what ``terraform providers schema -json`` writes of a provider, one argument a row."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from tests.schema import lines_of

DEEPEST = 6
"""Steps of a path that are kept: rules and dashboards of AWS repeat themselves below that, a hundred thousand paths of them."""


class Row(NamedTuple):
    """An argument, an attribute or a nested block of a resource type; dots in ``path`` enter blocks and objects."""

    type: str
    path: str
    kind: str
    presence: str
    """``required``, ``optional`` or ``computed``."""


class SchemaError(Exception):
    """A text is not what ``terraform providers schema -json`` writes of one provider."""


def of_provider(document: Any, source: str) -> dict[str, Any]:
    """The schemas of the resource types of a provider (``hashicorp/aws``), from the whole document.

    Raises:
        SchemaError: they are not in it.

    """
    providers = document.get("provider_schemas") if isinstance(document, dict) else None
    if not isinstance(providers, dict):
        raise SchemaError("it is not the output of `terraform providers schema -json`: it has no provider_schemas")
    found = [told for name, told in providers.items() if name.endswith(f"/{source}")]
    if len(found) != 1 or not isinstance(found[0].get("resource_schemas"), dict):
        raise SchemaError(f"it has no resources of {source}, only {', '.join(providers) or 'nothing'}")
    schemas: dict[str, Any] = found[0]["resource_schemas"]
    return schemas


def rows(schemas: Mapping[str, Any]) -> list[Row]:
    """The rows of all types, sorted, without what stands deeper than `DEEPEST` steps."""
    found = (Row(type_, *told) for type_, whole in schemas.items() for told in _of_block(whole["block"]))
    return sorted(row for row in found if row.path.count(".") < DEEPEST)


def _of_block(block: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str, str]]:
    for name, attribute in block.get("attributes", {}).items():
        nested = attribute.get("nested_type")
        kind = _kind(attribute["type"]) if nested is None else _nested(nested["nesting_mode"])
        yield before + name, kind, _presence(attribute)
        yield from _of_block(nested or {}, f"{before}{name}.")
    for name, nested in block.get("block_types", {}).items():
        one = nested.get("max_items") == 1 or nested["nesting_mode"] in ("single", "group")
        presence = "required" if nested.get("min_items", 0) >= 1 else "optional"
        yield before + name, "block" if one else "blocks", presence
        yield from _of_block(nested["block"], f"{before}{name}.")


def _kind(type_: Any) -> str:
    """A type as Terraform's JSON has it: ``"string"``, ``["list", "string"]``, ``["object", {...}]``."""
    if isinstance(type_, str):
        return type_
    name, inner = type_
    return name if name in ("object", "tuple") else f"{name} of {_kind(inner)}"


def _nested(mode: str) -> str:
    return "attributes" if mode == "single" else f"attributes {mode}"


def _presence(attribute: Mapping[str, Any]) -> str:
    return "required" if attribute.get("required") else "optional" if attribute.get("optional") else "computed"


def packed(title: str, found: Iterable[Row]) -> bytes:
    """The file of these rows: the same for the same rows, whenever it is written."""
    text = "".join("\t".join(row) + "\n" for row in found)
    return gzip.compress(
        f"# {title}: type, path (dots enter nested attributes), kind, required|optional|computed\n{text}".encode(),
        mtime=0,
    )


def read(name: str) -> list[Row]:
    """The rows of a file of ``tests/reference``."""
    return [Row(*line) for line in lines_of(name)]
