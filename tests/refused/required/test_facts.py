"""Each line of the table holds for every fact that reads it: left out, not known, and set by a variable."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.controls.control import Control, Status
from hipaa_guard.controls.findings import judge
from hipaa_guard.facts.lists import first_unknown
from hipaa_guard.facts.resource import Resource
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.terraform.binding.inventory import build_inventory
from hipaa_guard.terraform.read import read
from hipaa_guard.testing import is_phi
from tests.refused.instead import CONTROLS, KINDS
from tests.refused.required.configurations import WHOLE, paths, required_steps, resource, says_whose, text

READ = {(kind, fact.name, type_, path) for kind in WHOLE for fact, type_, path in paths(kind)}
LEFT_OUT = sorted(
    {(kind.kind, name, type_, step) for kind, name, type_, path in READ for step in required_steps(type_, path)}
)
DECIDING = sorted(
    (kind.kind, name, type_, path) for kind, name, type_, path in READ if path in required_steps(type_, path)
)
BY_NAME = {kind.kind: kind for kind in KINDS}


def peeked(text: str, kind: type[Resource], name: str, directory: Path) -> Value:
    found = resource(text, kind, directory)
    assert found is not None
    return found.peek(kind.facts[name])


def test_many_required_paths_are_read() -> None:
    assert len(LEFT_OUT) > 60
    assert len(DECIDING) > 40


@pytest.mark.parametrize(("kind", "name", "type_", "path"), LEFT_OUT)
def test_a_fact_whose_required_path_is_left_out_is_not_known(
    tmp_path: Path, kind: str, name: str, type_: str, path: str
) -> None:
    of = BY_NAME[kind]
    if says_whose(of, type_, path):
        pytest.skip("what does not say where it belongs is of nobody")
    written = text(of, type_, path, {})
    value = peeked(written, of, name, tmp_path)
    unknown = first_unknown(value)
    assert unknown is not None, (written, value)
    assert (unknown.cause, unknown.is_set) == (Cause.REFUSED, False), unknown
    assert f"{path} is left out, which the provider refuses" in unknown.reason


@pytest.mark.parametrize(("kind", "name", "type_", "path"), DECIDING)
def test_a_fact_whose_required_path_is_not_known_is_set(
    tmp_path: Path, kind: str, name: str, type_: str, path: str
) -> None:
    of = BY_NAME[kind]
    written = 'variable "x" {}\n' + text(of, type_, "", {path: "var.x"})
    value = peeked(written, of, name, tmp_path)
    unknown = first_unknown(value)
    assert unknown is not None, (written, value)
    assert "var.x has no value" in unknown.reason
    if of.facts[name].parse is None:
        assert isinstance(value, Unknown)
        assert value.is_set, written


PROBES = ('"one-1"', '"two-2"', '"aurora-mysql"', '"postgres16"', '"111122223333"', '"arn:aws:s3:::three"')


@pytest.mark.parametrize("control", [each for each in CONTROLS if each.kind.terraform], ids=lambda control: control.id)
def test_where_only_being_set_counts_a_variable_counts_as_a_literal(control: Control, tmp_path: Path) -> None:
    for kind, name, type_, path in DECIDING:
        if kind != control.kind.kind:
            continue

        def status(value: str, type_: str = type_, path: str = path) -> Status:
            written = 'variable "x" {}\n' + text(control.kind, type_, "", {path: value})
            (tmp_path / "main.tf").write_text(written)
            inventory = build_inventory(read(tmp_path)[0], KINDS)
            return next(one.status for one in judge([control], inventory) if is_phi(one, control.kind))

        told = {status(probe) for probe in PROBES}
        if len(told) == 1 and Status.UNKNOWN not in told:
            assert {status("var.x")} == told, (name, type_, path)
