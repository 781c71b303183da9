"""CloudFormation's schemas, as cfn-lint ships them, told in the names of the awscc provider.

That provider is generated from the same schemas: the names of its arguments are those of the properties, in snake case.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import cfnlint.data.schemas

from tests.provider_schema.rows import Row

_SHIPPED = Path(cfnlint.data.schemas.__file__ or "").parent
_ONE_WORD = re.compile("CloudFormation|CloudFront|CloudWatch|CNAMEs|FSx|OTel")
"""The provider writes these as one word, and no others: ``DynamoDB`` is ``dynamo_db``, ``IPv4`` is ``i_pv_4``."""
_BETWEEN_WORDS = re.compile("(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])")
_KINDS = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


def words(name: str) -> str:
    """A name of CloudFormation as the provider writes it: ``KmsKeyId`` is ``kms_key_id``.

    Read 2026-11-30 in the provider's ``internal/naming/naming.go``, and compared with its pages of all types.
    """
    name = _ONE_WORD.sub(lambda found: found[0].capitalize(), name)
    return re.sub("[^a-z0-9]", "_", _BETWEEN_WORDS.sub("_", name).lower())


def type_of(name: str) -> str:
    """``AWS::Kinesis::Stream`` is ``awscc_kinesis_stream``."""
    _, service, type_ = name.split("::")
    return f"awscc_{service.lower()}_{words(type_)}"


@cache
def types() -> Mapping[str, str]:
    """The provider's name of each type that can be provisioned -> CloudFormation's."""
    listed = json.loads((_SHIPPED / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    return {type_of(name): name for name in sorted(listed) if name.startswith("AWS::")}


def schema(type_: str) -> dict[str, Any]:
    """The schema of a type, by the provider's name."""
    listed = json.loads((_SHIPPED / "providers" / "us-east-1.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = json.loads(
        (_SHIPPED / "resources" / f"{listed[types()[type_]]}.json").read_text(encoding="utf-8")
    )
    return found


def rows_of(type_: str) -> list[Row]:
    """The rows of a type, by the provider's name."""
    whole = schema(type_)
    read_only = {
        pointer.removeprefix("/properties/").replace("/", ".") for pointer in whole.get("readOnlyProperties", ())
    }
    found = {
        path: (kind, presence) for path, kind, presence in _of_object(whole, whole, type_, read_only, required=True)
    }
    found.setdefault("id", ("string", "computed"))
    return sorted(Row(type_, path, *told) for path, told in found.items())


def _of_object(
    told: Mapping[str, Any],
    whole: Mapping[str, Any],
    type_: str,
    read_only: set[str],
    *,
    required: bool,
    prefix: str = "",
    above: str = "",
    seen: tuple[str, ...] = (),
) -> Iterator[tuple[str, str, str]]:
    """The paths of an object. Required is what is so at every step; the provider computes the rest where it is left out."""
    for name, property_ in _properties(told, whole).items():
        own = f"{above}{name}"
        path = f"{prefix}{_argument(name, type_) if not prefix else words(name)}"
        needed = required and name in told.get("required", ())
        computed = bool(read_only & {own, *_around(own)})
        presence = "computed" if computed else "required" if needed else "optional"
        shape, many, references = _resolved(property_, whole)
        kind = f"attributes {many}".rstrip() if _is_object(shape, whole) else _kind(shape, many)
        yield path, kind, presence
        if _is_object(shape, whole) and not set(references) & set(seen):
            more = {"prefix": f"{path}.", "above": f"{own}.*." if many else f"{own}."}
            yield from _of_object(shape, whole, type_, read_only, required=needed, seen=(*seen, *references), **more)


def _around(path: str) -> Iterator[str]:
    """The paths of the objects and lists that something stands in."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _argument(name: str, type_: str) -> str:
    """``id`` is the provider's own: a property of that name is called after its type."""
    return f"{type_.split('_', 2)[2]}_id" if name == "Id" else words(name)


def _resolved(property_: Mapping[str, Any], whole: Mapping[str, Any]) -> tuple[Mapping[str, Any], str, tuple[str, ...]]:
    """What a property is, of a list what its elements are; ``list``, ``set`` or nothing; what was referred to."""
    references: list[str] = []
    many = ""
    while True:
        reference = property_.get("$ref")
        if reference is not None and reference not in references:
            references.append(reference)
            property_ = whole.get("definitions", {}).get(reference.rpartition("/")[2], {})
        elif property_.get("type") == "array" and not many:
            ordered = property_.get("insertionOrder", True) or not property_.get("uniqueItems", False)
            many = "list" if ordered else "set"
            property_ = property_.get("items", {})
        else:
            return property_, many, tuple(references)


def _kind(shape: Mapping[str, Any], many: str) -> str:
    """The kind of what is no object with properties; an object without any is a JSON text, or a map."""
    told = shape.get("type")
    plain = _KINDS.get(told, "string") if isinstance(told, str) else "string"
    plain = "map of string" if shape.get("patternProperties") else plain
    return f"{many} of {plain}" if many else plain


def _is_object(shape: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Whether the provider has arguments for what stands in it; what may be a text as well is a JSON text to it."""
    return not isinstance(shape.get("type"), list) and bool(_properties(shape, whole))


def _properties(shape: Mapping[str, Any], whole: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of an object, those of its alternatives too."""
    found = dict(shape.get("properties", {}))
    for each in (*shape.get("oneOf", ()), *shape.get("anyOf", ()), *shape.get("allOf", ())):
        alternative, _, _ = _resolved(each, whole)
        found = {**alternative.get("properties", {}), **found}
    return found
