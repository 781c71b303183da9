"""The table of required arguments, made anew from the schemas of the providers.

``python -m tests.required_arguments`` writes it. Required is what is so by the oldest release of the AWS provider whose
schema ``terraform`` gives, and by the newest whose schema lies in ``tests/reference``. The awscc provider is known by
the latter alone.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.terraform.binding.required_arguments import COLLECTION, TABLE
from hipaa_guard.testing import all_controls
from tests.schema import REFERENCE
from tests.terraform.real.tools import PLUGINS, tools

OLDEST = "5.100.0"

_RULE = ("from_port", "protocol", "to_port")
WRITTEN_AS_BLOCKS = {
    "aws_default_security_group": _RULE,
    "aws_network_acl": ("action", "rule_no", *_RULE),
    "aws_security_group": _RULE,
}
"""`ingress` and `egress` are lists of objects that people write as blocks. Of them the schema does not tell what ``terraform validate`` asks for."""

_HEAD = (
    "# Required arguments and nested blocks (dots enter them; [] marks lists, sets and maps), by AWS provider "
    f"{OLDEST} and 6.25.0 and AWSCC provider 1.96.1. Made by: python -m tests.required_arguments\n"
)


def text(oldest: dict[str, set[str]]) -> str:
    """The table, given what the oldest release requires."""
    lines = []
    for type_ in types_read():
        paths = required_today().get(type_, {})
        agreed = paths if type_.startswith("awscc_") else {path for path in paths if path in oldest.get(type_, ())}
        marked = sorted([*(path + paths[path] for path in agreed), *_as_blocks(type_)])
        if marked:
            lines.append(f"{type_} {' '.join(marked)}\n")
    return _HEAD + "".join(lines)


def types_read() -> list[str]:
    """The types of the providers that facts are read from; a text that ends with an underscore is the start of several."""
    texts = {text for kind in kinds_of(all_controls().values()) for text in kind.terraform_types()}
    starts = tuple(text for text in texts if text.endswith("_"))
    return sorted(type_ for type_ in all_types() if type_ in texts or type_.startswith(starts))


def _as_blocks(type_: str) -> list[str]:
    arguments = WRITTEN_AS_BLOCKS.get(type_, ())
    return [f"{name}.{argument}" for name in ("ingress", "egress") for argument in arguments]


@cache
def _rows() -> list[list[str]]:
    rows = []
    for provider in ("aws", "awscc"):
        with gzip.open(REFERENCE / f"terraform_{provider}_schema.tsv.gz", "rt", encoding="utf-8") as file:
            rows += [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return rows


def all_types() -> set[str]:
    """All types of both providers, by the newest schemas."""
    return {row[0] for row in _rows()}


@cache
def required_today() -> dict[str, dict[str, str]]:
    """What the newest releases require, by type: each path with the mark of collections."""
    found: dict[str, dict[str, str]] = {}
    for type_, path, kind, presence in _rows():
        if presence == "required" and not path.startswith("timeouts"):
            many = kind.startswith(("list", "set", "map", "attributes list", "attributes set", "attributes map"))
            found.setdefault(type_, {})[path] = COLLECTION if many else ""
    return found


def has_oldest() -> bool:
    """Whether ``terraform`` is there, and the oldest release of the provider."""
    found = tools()
    return found is not None and found.version == OLDEST


def terraform(directory: Path, *arguments: str) -> str:
    """What ``terraform`` writes when it is run in a directory that names the oldest release of the provider."""
    (directory / "providers.tf").write_text(
        f'terraform {{\n  required_providers {{\n    aws = {{ source = "hashicorp/aws", version = "{OLDEST}" }}\n  }}\n}}\n'
    )
    found = tools()
    assert found is not None  # see `has_oldest`
    for command in (["init", "-input=false", f"-plugin-dir={found.plugins}"], list(arguments)):
        done = subprocess.run(
            [str(found.terraform), *command], cwd=directory, capture_output=True, text=True, check=False
        )
    return done.stdout


def required_by_oldest() -> dict[str, set[str]]:
    """What the oldest release requires, by type."""
    with tempfile.TemporaryDirectory() as directory:
        schema = json.loads(terraform(Path(directory), "providers", "schema", "-json"))
    (provider,) = schema["provider_schemas"].values()
    return {type_: set(_required(each["block"])) for type_, each in provider["resource_schemas"].items()}


def _required(block: dict[str, Any], prefix: str = "") -> Iterator[str]:
    for name, attribute in block.get("attributes", {}).items():
        if attribute.get("required"):
            yield prefix + name
        yield from _required(attribute.get("nested_type", {}), f"{prefix}{name}.")
    for name, nested in block.get("block_types", {}).items():
        if nested.get("min_items", 0) >= 1:
            yield prefix + name
        yield from _required(nested["block"], f"{prefix}{name}.")


def main() -> int:
    """Write the table."""
    if not has_oldest():
        print(f"terraform, or the AWS provider {OLDEST}, is not there: {PLUGINS} names its directory", file=sys.stderr)
        return 2
    TABLE.write_text(text(required_by_oldest()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
