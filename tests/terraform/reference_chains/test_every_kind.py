"""No split resource of any kind is lost that is attached through another split resource, as the tables have it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.controls.loading import load
from hipaa_guard.facts.resource import Fact, Resource
from hipaa_guard.facts.values import NotVisible
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.binding.joins import Joins
from hipaa_guard.terraform.binding.required_arguments import arguments_of
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.read import read
from tests.schema import schema
from tests.terraform.plans import block, change, plan, refs
from tests.terraform.reference_chains.blocks import resource


@cache
def joining() -> tuple[tuple[type[Resource], str, str], ...]:
    """Every kind with each of its split types and the argument by which that points at it."""
    kinds = sorted({control.kind for control in load()}, key=lambda kind: kind.kind)
    return tuple((kind, type_, by) for kind in kinds for type_, arguments in kind.splits().items() for by in arguments)


def string_readings(kind: type[Resource]) -> Iterator[str]:
    """The paths that the facts of a kind read."""
    for fact in kind.facts.values():
        yield from (reading for reading in fact.all_readings() if isinstance(reading, str))


def linked(kinds: list[type[Resource]]) -> list[tuple[type[Resource], str, str]]:
    """The split types that facts ask for in code."""
    asked: list[tuple[type[Resource], str, str]] = []
    original = Joins.links
    for kind in kinds:

        def links(self: Joins, main: Any, type: str, by: str, *more: Any, of: type[Resource] = kind) -> Any:
            asked.append((of, type, by))
            return original(self, main, type, by, *more)

        types = kind.terraform.types if kind.terraform is not None else ()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Joins, "links", links)
            for type_ in types:
                for found in build_inventory(read_text(resource(f"{type_}.main", "")), [kind]):
                    for fact in kind.facts.values():
                        peeked(found, fact)
    return asked


def peeked(found: Resource, fact: Fact) -> Any:
    """The value of a fact; None where Terraform never shows it."""
    try:
        return found.peek(fact)
    except NotVisible:
        return None


def read_text(text: str) -> Configuration:
    """The configuration of a text."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as directory:
        (Path(directory) / "main.tf").write_text(text)
        return read(Path(directory))[0]


def test_the_kinds_are_found() -> None:
    assert len(joining()) > 30
    assert ("s3.Bucket", "aws_s3_bucket_policy", "bucket") in {(kind.kind, *rest) for kind, *rest in joining()}


def test_the_tables_name_every_type_that_code_asks_for() -> None:
    """And for each the argument, so that a part whose whole is declared elsewhere is found by the tables."""
    kinds = sorted({control.kind for control in load()}, key=lambda kind: kind.kind)
    asked = set(linked(kinds))
    assert len(asked) > 30
    adopted = {
        (kind, kind.terraform.adopted_by.type, kind.terraform.adopted_by.by)
        for kind in kinds
        if kind.terraform and kind.terraform.adopted_by
    }
    assert asked - set(joining()) == adopted | beside(kinds)


def beside(kinds: list[type[Resource]]) -> set[tuple[type[Resource], str, str]]:
    """The types that point at a kind without setting a part of it."""
    blocks = [(kind, kind.terraform) for kind in kinds if kind.terraform is not None]
    return {(kind, type_, by) for kind, block in blocks for type_, named in block.beside.items() for by in named}


def test_every_argument_by_which_a_type_stands_beside_exists() -> None:
    kinds = sorted({control.kind for control in load()}, key=lambda kind: kind.kind)
    assert [(type_, by) for _, type_, by in beside(kinds) if by not in schema()[type_]] == []


def test_every_kind_of_which_parts_are_declared_apart_has_a_name_for_people() -> None:
    assert [kind.kind for kind, *_ in joining() if not kind.noun] == []


def test_every_argument_by_which_a_type_points_exists() -> None:
    assert [(type_, by) for _, type_, by in joining() if by not in schema()[type_]] == []


@pytest.mark.parametrize("format", ["hcl", "plan"])
def test_attached_through_any_sibling_of_any_kind_no_split_resource_is_lost(tmp_path: Path, format: str) -> None:
    tried = 0
    for kind, type_, by in joining():
        assert kind.terraform is not None
        main = f"{kind.terraform.types[0]}.main"
        for other, sibling, its in joining():
            if other is not kind or sibling == kind.terraform.types[0]:
                continue
            direct = _configuration(
                tmp_path, format, main, (f"{sibling}.s", its, f"{main}.id"), (type_, by, f"{main}.id")
            )
            through = _configuration(
                tmp_path, format, main, (f"{sibling}.s", its, f"{main}.id"), (type_, by, f"{sibling}.s.id")
            )
            assert _linked(direct, kind, main, type_, by) == "certain"
            assert _linked(through, kind, main, type_, by) in ("certain", "possible"), (kind, type_, sibling)
            for name in kind.facts:
                one, other_one = _fact(direct, kind, main, name), _fact(through, kind, main, name)
                same = repr(one) == repr(other_one) or any(word in repr(other_one) for word in ("may apply", "unknown"))
                assert same, (kind, type_, sibling, name, one, other_one)
            tried += 1
    assert tried > 100


def _linked(configuration: Configuration, kind: type[Resource], main: str, type_: str, by: str) -> str:
    joins = Joins(configuration)
    instance = joins.declared(main)
    assert instance is not None
    links = joins.links(instance, type_, by, joins.names(kind.terraform, instance.type), kind.terraform)
    if any(split.address == f"{type_}.t" for split in links.certain):
        return "certain"
    return "possible" if links.first_possible is not None else "lost"


def _fact(configuration: Configuration, kind: type[Resource], main: str, name: str) -> Any:
    for found in build_inventory(configuration, [kind]):
        if found.origin.address == main:
            return peeked(found, kind.facts[name])
    return None


def _configuration(
    directory: Path, format: str, main: str, sibling: tuple[str, str, str], split: tuple[str, str, str]
) -> Configuration:
    type_, by, pointer = split
    values = _values(type_)
    rest = _rest(sibling[0].partition(".")[0], sibling[1])
    if format == "hcl":
        others = "\n".join(f"{name} = {json.dumps(value)}" for name, value in rest.items())
        text = resource(main, "") + resource(sibling[0], f"{sibling[1]} = {sibling[2]}\n{others}")
        body = "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items() if name != by)
        (directory / "main.tf").write_text(text + resource(f"{type_}.t", f"{by} = {pointer}\n{body}"))
        return read(directory)[0]
    changes = [
        change(main, {}, {"id": True, "arn": True}),
        change(sibling[0], rest, {"id": True, sibling[1]: True}),
        change(f"{type_}.t", {name: value for name, value in values.items() if name != by}, {"id": True, by: True}),
    ]
    written = {name: {"constant_value": value} for name, value in values.items() if name != by}
    resources = [
        block(main, {}),
        block(sibling[0], {sibling[1]: refs(sibling[2]), **{name: {"constant_value": "0"} for name in rest}}),
        block(f"{type_}.t", {**written, by: refs(pointer)}),
    ]
    path = directory / "plan.json"
    path.write_text(json.dumps(plan(changes, resources)))
    return read(path)[0]


def _rest(type_: str, by: str) -> dict[str, str]:
    """Something for every other argument that a type requires: left out, each would be a reason not to know."""
    found = arguments_of(type_).items()
    return {name: "0" for name, argument in found if name != by and argument.required and not argument.inner}


@cache
def _values(type_: str) -> dict[str, Any]:
    """Something for every argument of a split type that facts read."""
    values: dict[str, Any] = {}
    for kind in {kind for kind, *_ in joining()}:
        for path in string_readings(kind):
            first, *steps = path.split(".")
            if first == type_ and steps:
                inner: Any = "set"
                for step in reversed(steps[1:]):
                    inner = {step: inner}
                values.setdefault(steps[0], inner)
    return values
