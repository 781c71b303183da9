"""Broken and hostile trees: each oddity is a gap or an unknown value, never a crash, a hang or silence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hipaa_guard.facts.lists import first_unknown
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, Unknown
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.source import read_directory

GOOD = 'resource "test_a" "good" {\n  value = 1\n}\n'


def read_all(directory: Path) -> list[Configuration]:
    """The configurations of a tree, with every argument evaluated."""
    found = read_directory(directory)
    for one in found:
        for instance in one.instances:
            for name in ("value", "rule", "tags_all"):
                instance.get(name)
            list(instance.comments())
            instance.locate("value")
    return found


def only(directory: Path) -> Configuration:
    """The one configuration of a tree."""
    (found,) = read_all(directory)
    return found


@pytest.mark.parametrize(
    ("broken", "line", "kept"),
    [
        ('resource "test_a" "bad" {\n  value =\n}\n' + GOOD, 2, ["good"]),
        (GOOD + 'resource "test_a" "bad" {\n  value = "open\n}\n', 5, ["good"]),
        (GOOD + 'resource "test_a" "bad" {\n  value = [1, 2\n}\n', 5, ["good"]),
        (GOOD + "}\n", 4, ["good"]),
        (GOOD + "<<<<<<< HEAD\n", 4, ["good"]),
    ],
)
def test_a_syntax_error_names_its_line_and_spares_what_is_certain(
    tmp_path: Path, broken: str, line: int, kept: list[str]
) -> None:
    (tmp_path / "a.tf").write_text(broken)
    (tmp_path / "b.tf").write_text('resource "test_a" "other" {\n  value = 2\n}\n')
    found = only(tmp_path)
    assert [one.name for one in found.instances] == [*kept, "other"]
    assert found.gaps
    assert all(gap.kind is GapKind.FILE and gap.incomplete and gap.subject == "a.tf" for gap in found.gaps)
    assert any(gap.location is not None and abs(gap.location.line_start - line) <= 1 for gap in found.gaps)


def test_what_a_broken_file_may_declare_is_unknown_and_not_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text('resource "test_b" "b" {\n  x = "\n}\n')
    (tmp_path / "b.tf").write_text('resource "test_a" "it" {\n  value = try(test_b.b.id, "no")\n}\n')
    value = only(tmp_path).instances[0].get("value")
    assert isinstance(value, Unknown)
    assert value.cause is Cause.NOT_IN_SCOPE


def test_an_argument_whose_expression_is_broken_is_unknown_and_reported(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text('resource "test_a" "it" {\n  value = "\\ud800"\n}\n')
    found = only(tmp_path)
    assert isinstance(found.instances[0].get("value"), Unknown)
    assert found.gaps


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (GOOD.encode("utf-16"), "UTF-16"),
        (b"\x7fELF\0\0\0", "no text"),
        (b'resource "a" "b\xff" {}', "no UTF-8"),
        (b"#" * (5 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_files_that_are_no_text_are_gaps(tmp_path: Path, data: bytes, reason: str) -> None:
    (tmp_path / "x.tf").write_bytes(data)
    found = only(tmp_path)
    assert reason in found.gaps[0].reason
    assert found.gaps[0].incomplete


def test_byte_order_marks_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    (tmp_path / "x.tf").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    found = only(tmp_path)
    assert found.instances[0].get("value") == 1
    assert found.instances[0].location.line_end == 3
    assert not found.gaps


def test_files_that_are_no_files_do_not_block(tmp_path: Path) -> None:
    (tmp_path / "good.tf").write_text(GOOD)
    os.mkfifo(tmp_path / "pipe.tf")
    (tmp_path / "directory.tf").mkdir()
    (tmp_path / "dangling.tf").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.tf").symlink_to(tmp_path / "loop.tf")
    found = only(tmp_path)
    assert [one.name for one in found.instances] == ["good"]
    assert {gap.subject for gap in found.gaps} == {"pipe.tf", "directory.tf", "dangling.tf", "loop.tf"}


def test_nothing_outside_of_the_tree_is_read(tmp_path: Path) -> None:
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    tree.mkdir()
    outside.mkdir()
    (outside / "main.tf").write_text(GOOD)
    (outside / "secret.txt").write_text("secret")
    (tree / "link.tf").symlink_to(outside / "main.tf")
    (tree / "linked").symlink_to(outside)
    (tree / "main.tf").write_text(
        'module "out" {\n  source = "../outside"\n}\nmodule "link" {\n  source = "./linked"\n}\n'
        'resource "test_a" "it" {\n  value = [file("../outside/secret.txt"), file("${path.module}/linked/secret.txt")]\n}\n'
    )
    (found,) = read_all(tree)
    assert [one.address for one in found.instances] == ["test_a.it"]
    assert all(isinstance(part, Unknown) for part in found.instances[0].get("value"))
    reasons = " ".join(gap.reason for gap in found.gaps)
    assert reasons.count("outside of what is scanned") == 2
    assert "symbolic link" in reasons


def test_a_module_beside_the_scanned_directory_is_found_inside_one_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules/main.tf").write_text(GOOD)
    (tmp_path / "env").mkdir()
    (tmp_path / "env/main.tf").write_text('module "m" {\n  source = "../modules"\n}\n')
    (found,) = read_all(tmp_path / "env")
    assert [one.address for one in found.instances] == ["module.m.test_a.good"]
    assert found.instances[0].location.file == "../modules/main.tf"


@pytest.mark.parametrize(
    "expression",
    [
        "[" * 5000 + "]" * 5000,
        "(" * 100_000,
        "!" * 20_000 + "true",
        '"${' * 500 + "1" + '}"' * 500,
        "{ a = " * 400 + "1" + "}" * 400,
        " && ".join(["true"] * 20_000),
        "1" * 5000,
        "1e999999999",
        "2 " + "* 9999999999 " * 400,
        "a" + ".b" * 20_000,
        "true ? 1 : " * 3000 + "1",
    ],
)  # fmt: skip
def test_deep_and_huge_expressions_end(tmp_path: Path, expression: str) -> None:
    (tmp_path / "a.tf").write_text(f'resource "test_a" "it" {{\n  value = {expression}\n}}\n' + GOOD)
    found = only(tmp_path)
    assert any(one.name == "good" for one in found.instances)
    for one in found.instances:
        if one.name == "it" and not isinstance(one.get("value"), int | bool):
            assert isinstance(one.get("value"), Unknown)
            assert found.gaps


def test_blocks_nested_too_deeply_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_text(GOOD + 'resource "test_a" "it" {\n' + "x {\n" * 3000 + "}\n" * 3000 + "}\n")
    found = only(tmp_path)
    assert any(one.name == "good" for one in found.instances)
    assert found.gaps


@pytest.mark.parametrize(
    ("first", "next_one"),
    [
        ('"0123456789"', '"${local.a%d}${local.a%d}${local.a%d}${local.a%d}"'),
        ("[1]", "[local.a%d, local.a%d, local.a%d, local.a%d]"),
        ("[1]", "concat(local.a%d, local.a%d, local.a%d, local.a%d)"),
        ("{ x = 1 }", "{ a = local.a%d, b = local.a%d, c = local.a%d, d = local.a%d }"),
        ("[1, 2]", "[for x in local.a%d : [for y in local.a%d : [for z in local.a%d : local.a%d]]]"),
        ("[1, 2]", "setproduct(local.a%d, local.a%d, local.a%d, local.a%d)"),
    ],
)
def test_values_that_multiply_are_cut(tmp_path: Path, first: str, next_one: str) -> None:
    lines = [f"a0 = {first}"]
    lines += [f"a{n} = {next_one % ((n - 1,) * 4)}" for n in range(1, 16)]
    (tmp_path / "a.tf").write_text(
        "locals {\n" + "\n".join(lines) + '\n}\nresource "test_a" "it" {\n  value = jsonencode(local.a15)\n}\n'
    )
    found = only(tmp_path)
    assert isinstance(found.instances[0].get("value"), Unknown)
    assert any(gap.kind is GapKind.LIMIT for gap in found.gaps)


@pytest.mark.parametrize(
    "expression", ["range(100000000)", 'format("%9999999999d", 1)', "[for a in range(100000) : a][0]"]
)
def test_functions_that_make_much_of_little_are_cut(tmp_path: Path, expression: str) -> None:
    (tmp_path / "a.tf").write_text(f'resource "test_a" "it" {{\n  value = {expression}\n}}\n')
    value = only(tmp_path).instances[0].get("value")
    assert first_unknown(value) is not None


def test_long_chains_of_locals_end(tmp_path: Path) -> None:
    lines = ["a0 = 1", *(f"a{n} = local.a{n - 1}" for n in range(1, 2000))]
    (tmp_path / "a.tf").write_text(
        "locals {\n" + "\n".join(lines) + '\n}\nresource "test_a" "it" {\n  value = local.a1999\n}\n'
        'resource "test_a" "near" {\n  value = local.a20\n}\n'
    )
    found = only(tmp_path)
    value = found.instances[0].get("value")
    assert value == 1 if not isinstance(value, Unknown) else value.cause is Cause.LIMIT
    assert found.instances[1].get("value") == 1


def test_too_many_modules_deep_is_reported(tmp_path: Path) -> None:
    for level in range(30):
        directory = tmp_path / f"m{level}"
        directory.mkdir()
        (directory / "main.tf").write_text(f'module "m" {{\n  source = "../m{level + 1}"\n}}\n{GOOD}')
    found = only(tmp_path)
    assert len(found.instances) == 20
    assert any(gap.kind is GapKind.LIMIT for gap in found.gaps)


def test_modules_that_multiply_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "INSTANCES_PER_SCAN", 2000)
    for level in range(10):
        directory = tmp_path / f"m{level}"
        directory.mkdir()
        (directory / "main.tf").write_text(
            f'module "m" {{\n  source = "../m{level + 1}"\n  count = 100\n}}\n' if level < 9 else GOOD
        )
    found = only(tmp_path)
    assert any(gap.kind is GapKind.LIMIT for gap in found.gaps)


def test_an_empty_directory_has_no_configuration_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    assert read_directory(tmp_path) == []
    with pytest.raises(NotADirectoryError):
        read_directory(tmp_path / "nowhere")
