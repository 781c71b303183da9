"""What the tables of services read of the provider's resources, and which of it the release on this machine lacks.

The tables are written by the schema of a newer release; ``newer_arguments.tsv`` lists what is read and missing in the one
that Terraform is asked with. Both schemas lie in ``tests/reference``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.facts.readings import is_awscc, names_split
from hipaa_guard.facts.resource import Resource
from hipaa_guard.testing import all_controls
from tests.schema import schema

HERE = Path(__file__).parent
NEWER = HERE / "newer_arguments.tsv"
ANY = "*"


def newer() -> dict[tuple[str, str], str]:
    """The listed arguments, ``*`` for every type that has it, with the major release that brought them."""
    lines = NEWER.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {(type_, path): since for type_, path, since in rows}


@cache
def read_paths() -> frozenset[tuple[str, str]]:
    """(type, path) of all that is read of the `aws` provider: by the tables, and named in the functions beside them."""
    found = set()
    for kind in kinds_of(list(all_controls().values())):
        types = _types(kind)
        found |= set(_of_table(kind))
        named = _texts(kind.__module__)
        found |= {(type_, path) for type_ in types for path in named & schema().get(type_, set())}
    return frozenset(found)


def types_read() -> set[str]:
    """The types of the `aws` provider that the tables read."""
    return {type_ for kind in kinds_of(list(all_controls().values())) for type_ in _types(kind)}


def _types(kind: type[Resource]) -> set[str]:
    if kind.terraform is None:
        return set()
    starts = {*kind.terraform.types, *kind.terraform_types()}
    # A text that ends with an underscore is the start of several.
    known = {name for start in starts if start.endswith("_") for name in schema() if name.startswith(start)}
    return {name for name in (starts | known) if not name.endswith("_") and not is_awscc(name)}


def _of_table(kind: type[Resource]) -> Iterator[tuple[str, str]]:
    for fact in kind.facts.values() if kind.terraform is not None else ():
        for type_ in kind.terraform.types if kind.terraform is not None else ():
            for reading in fact.readings(type_):
                head, _, rest = str(reading).partition(".")
                place = (head, rest) if names_split(reading) else (type_, reading)
                # A kind of several types need not find each path in each of them.
                if (
                    isinstance(reading, str)
                    and not is_awscc(str(place[0]))
                    and place[1] in schema().get(place[0], set())
                ):
                    yield str(place[0]), str(place[1])


def _texts(module: str) -> set[str]:
    """All texts in the module of a service and those beside it in its folder."""
    file = Path(__import__(module, fromlist=["_"]).__file__ or "")
    files = file.parent.glob("*.py") if file.parent.name != "services" else [file]
    nodes = (node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
