"""Hostile calls: each ends at once with an unknown value or an error, whatever was asked."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, PartialJson, Unknown
from hipaa_guard.terraform.functions import FUNCTIONS, FunctionError
from hipaa_guard.terraform.source import read_directory


class Here:
    def __init__(self, root: Path, module_dir: Path | None = None) -> None:
        self.root = root
        self.module_dir = module_dir or root

    def template(self, text: str, variables: dict[str, Any]) -> str:
        return f"{text}:{sorted(variables)}"


def call(name: str, *arguments: Any, root: Path = Path("/nonexistent"), module: Path | None = None) -> Any:
    return FUNCTIONS[name](list(arguments), Here(root, module))


def shared(depth: int) -> Any:
    """A list that is small in memory and enormous when written."""
    value: Any = "x" * 10
    for _ in range(depth):
        value = [value, value]
    return value


def deep(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


LONG = "a" * (1 << 20)
MANY = list(range(100_000))


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("setproduct", [MANY, MANY]),
        ("setproduct", [list(range(100))] * 10),
        ("join", [LONG, ["a"] * 1000]),
        ("join", ["", [LONG, LONG]]),
        ("format", ["%s" * 100, *[LONG] * 100]),
        ("format", ["%999999999s", "a"]),
        ("format", ["%.999999999f", 1.5]),
        ("format", ["%.9999f", 1.5]),
        ("formatlist", ["%s" * 100, *[["a"] * 100_000] * 100]),
        ("replace", [LONG, "a", "aaaa"]),
        ("replace", [LONG[: 1 << 16], "/a/", "b" * 1000]),
        ("indent", [1 << 19, "\n" * 100]),
        ("split", ["", LONG]),
        ("split", ["a", LONG]),
        ("flatten", [shared(40)]),
        ("jsonencode", [shared(40)]),
        ("yamlencode", [shared(40)]),
        ("tolist", [[shared(40)]]),
        ("toset", [[shared(40), "x"][:1]]),
        ("distinct", [[shared(40)]]),
        ("setunion", [[shared(40)], [shared(41)]]),
        ("contains", [[shared(40)], shared(40)]),
        ("index", [[shared(41)], shared(40)]),
        ("matchkeys", [["a"], [shared(40)], [shared(40)]]),
        ("format", ["%v", shared(40)]),
        ("jsonencode", [deep(100_000)]),
        ("toset", [deep(100_000)]),
        ("jsondecode", ["[" * 100_000 + "]" * 100_000]),
        ("yamldecode", ["[" * 100_000 + "]" * 100_000]),
        ("yamldecode", ["- " * 100_000]),
        ("yamldecode", ["{a: " * 5_000]),
        (
            "yamldecode",
            [
                "a: &a [x]\n"
                + "".join(
                    f"b{n}: &b{n} [*{'a' if not n else f'b{n - 1}'}, *{'a' if not n else f'b{n - 1}'}]\n"
                    for n in range(40)
                )
            ],
        ),
        ("yamldecode", ["a: &a [*a]"]),
        ("regex", ["(a+)+$", "a" * 5000 + "b"]),
        ("regex", ["(a|aa)+$", "a" * 5000 + "b"]),
        ("regexall", ["a*b|a", LONG]),
        ("regex", ["((a{0,100}){0,100}){0,100}", "a"]),
        ("regex", ["(" * 100_000, "a"]),
        ("regex", ["(?:" * 500 + ")" * 500, "a"]),
        ("regex", ["()" * 1000, "a"]),
        ("regex", ["(" + "a?" * 9000 + ")b", "a" * 20_000]),
        ("regex", ["a" * 100_000, "a"]),
        ("regex", ["\\pL{1000}", "a"]),
        ("regex", ["\\B", "é"]),
        ("regex", ["\\p{Letter}", "a"]),
        ("replace", ["a", "/a/", "$0" * 500_000]),
        ("replace", [LONG, "/a+/", "$0" * 5_000]),
        ("replace", [LONG, "/a/", ""]),
        ("pow", [10, 1_000_000]),
        ("pow", [0, -1]),
        ("log", [0, 2]),
        ("log", [1, 1]),
        ("parseint", ["9" * 100_000, 10]),
        ("tonumber", ["9" * 100_000]),
        ("tonumber", ["1e999999"]),
        ("tonumber", ["1e-999999"]),
        ("tonumber", ["1e999999999999"]),
        ("jsondecode", ["1e999999999"]),
        ("jsondecode", ["9" * 100_000]),
        ("yamldecode", ["9" * 100_000]),
        ("yamldecode", ["0x" + "f" * 100_000]),
        ("range", [0, 1e300]),
        ("range", [0, 1, 0]),
        ("chunklist", [MANY * 2, 1]),
        ("csvdecode", ["a,b\n" + "1,2\n" * 100_000]),
        ("csvdecode", ['a\n"' + '""' * 100_000]),
        ("timeadd", ["2020-01-01T00:00:00Z", "9" * 100_000 + "h"]),
        ("formatdate", ["Y" * 100_000, "2020-01-01T00:00:00Z"]),
        ("cidrsubnet", ["10.0.0.0/8", 10**30, 1]),
        ("cidrhost", ["10.0.0.0/" + "9" * 100_000, 1]),
        ("cidrhost", ["::/0", 10**300]),
        ("substr", ["abc", 10**300, 1]),
    ],
)
def test_a_call_that_asks_too_much_has_no_known_value(name: str, arguments: list[Any]) -> None:
    try:
        result = call(name, *arguments)
    except FunctionError:
        return
    if name == "substr":
        assert result == ""
    elif name == "contains":
        assert result is True or isinstance(result, Unknown)
    else:
        assert isinstance(result, Unknown)
        assert not isinstance(result, PartialJson)
        assert result.cause is Cause.LIMIT


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(.*)*b", "a" * 1000 + "b"),
        ("(a+)+$", "a" * 200),
        ("^([a-z0-9]+-)*[a-z0-9]+$", "my-very-long-bucket-name-with-many-dashes-in-it-0123456789"),
    ],
)
def test_an_ordinary_pattern_on_an_ordinary_text_is_no_problem(pattern: str, text: str) -> None:
    assert call("regexall", pattern, text)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "root"
    (root / "module").mkdir(parents=True)
    (root / "a.txt").write_text("a")
    (root / "module" / "b.txt").write_text("b")
    (root / "out").symlink_to(tmp_path)
    (root / "link.txt").symlink_to(tmp_path / "secret.txt")
    (root / "within.txt").symlink_to(root / "a.txt")
    (root / "loop").symlink_to(root / "loop")
    (root / "dangling").symlink_to(root / "nothing")
    os.mkfifo(root / "pipe")
    (root / "large.txt").write_bytes(b"a" * (6 << 20))
    return root


@pytest.mark.parametrize("name", ["file", "filebase64", "filemd5", "filesha256", "fileexists"])
@pytest.mark.parametrize(
    "path", ["../secret.txt", "link.txt", "out/secret.txt", "/etc/hostname", "module/../../secret.txt", "~/x"]
)
def test_nothing_outside_the_scanned_directory_is_read(tree: Path, name: str, path: str) -> None:
    result = call(name, path, root=tree)
    assert isinstance(result, Unknown)
    assert result.reason == f"{path!r} is outside of the scanned directory"


def test_a_pipe_is_not_waited_for(tree: Path) -> None:
    result = call("file", "pipe", root=tree)
    assert isinstance(result, Unknown)
    assert result.reason == "'pipe' is no regular file"


@pytest.mark.parametrize("path", ["loop", "dangling", "module", "a\0b", "x" * 5000])
def test_what_is_no_regular_file_is_refused(tree: Path, path: str) -> None:
    with pytest.raises(FunctionError):
        call("file", path, root=tree)


def test_files_below_the_scanned_directory_are_read(tree: Path) -> None:
    assert call("file", "../a.txt", root=tree, module=tree / "module") == "a"
    assert call("file", str(tree / "a.txt"), root=tree) == "a"
    assert call("file", "within.txt", root=tree) == "a"
    assert call("fileexists", "nothing", root=tree) is False
    assert call("templatefile", "a.txt", {"x": 1}, root=tree) == "a:['x']"
    assert isinstance(call("file", "large.txt", root=tree), Unknown)


def test_a_set_of_files_that_leads_out_is_incomplete(tree: Path) -> None:
    names = call("fileset", ".", "**", root=tree)
    assert isinstance(names, Incomplete)
    assert names.seen == ["a.txt", "large.txt", "module/b.txt", "within.txt"]
    assert call("fileset", "module", "*", root=tree) == ["b.txt"]
    assert isinstance(call("fileset", "..", "*", root=tree), Unknown)
    assert isinstance(call("fileset", ".", "../*", root=tree), Unknown)


@pytest.mark.parametrize(
    "call", ["file(@)", "fileexists(@)", 'fileset(@, "*")', "templatefile(@, {})", "filesha256(@)"]
)
def test_a_name_that_no_file_can_have_is_an_error_of_the_expression(tmp_path: Path, call: str) -> None:
    expression = call.replace("@", '"' + "a" * 5000 + '"')
    (tmp_path / "main.tf").write_text(f'resource "test_a" "it" {{\n  v = {expression}\n}}\n')
    (found,) = read_directory(tmp_path)
    assert isinstance(found.instances[0].get("v"), Unknown)
    assert [gap.kind for gap in found.gaps] == [GapKind.EXPRESSION]
    assert "too long" in found.gaps[0].reason
