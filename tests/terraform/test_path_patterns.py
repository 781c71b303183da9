"""Patterns of paths that a scan leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from hipaa_guard.terraform.modules.path_patterns import PathPatterns

TOP, BASE = Path("/work tree"), Path("/work tree/infra")


@pytest.mark.parametrize(
    "pattern, fitting, others",
    [
        ("legacy", ["infra/legacy", "infra/a/legacy/main.tf", "legacy"], ["infra/legacy2", "infra/my-legacy"]),
        ("legacy/", ["infra/legacy/main.tf"], ["infra/legacy2"]),
        ("*.test.tf", ["infra/a.test.tf", "x/b.test.tf"], ["infra/test.tf"]),
        ("infra/a", ["infra/a", "infra/a/b/c.tf", "infra/infra/a"], ["infra/ab", "x/infra/a"]),
        ("./a/b", ["infra/a/b", "a/b"], ["infra/x/a/b"]),
        ("a/*/c", ["infra/a/b/c"], ["infra/a/b/b/c", "infra/a/c"]),
        ("a/**/c", ["infra/a/c", "infra/a/b/b/c"], ["infra/ac", "infra/a/cc"]),
        ("**/c/*.tf", ["c/x.tf", "infra/b/c/x.tf"], ["c/x.json"]),
        ("a?c", ["infra/abc"], ["infra/ac", "infra/a/c"]),
        ("[!a]b", ["infra/cb"], ["infra/ab", "infra/b"]),
        ("[a-c]d", ["infra/bd"], ["infra/dd"]),
        ("a.b+(c)", ["infra/a.b+(c)"], ["infra/axb+(c)", "infra/a.bbc"]),
        ("[z-a]", [], ["infra/z", "infra/a"]),
        ("[", ["infra/["], ["infra/x"]),
        ("/work tree/infra/a", ["infra/a/main.tf"], ["a/main.tf"]),
        ("é*", ["infra/été"], ["infra/e"]),
    ],
)
def test_what_a_pattern_fits(pattern: str, fitting: list[str], others: list[str]) -> None:
    for path in fitting:
        assert PathPatterns([pattern], [BASE, TOP]).fitting(TOP / path) == pattern, path
    for path in others:
        assert PathPatterns([pattern], [BASE, TOP]).fitting(TOP / path) is None, path


def test_which_patterns_fitted_nothing() -> None:
    patterns = PathPatterns(["a", "b", "infra/a"], [BASE, TOP])
    assert patterns.fitting(TOP / "infra" / "a") == "a"
    assert patterns.without_use() == ["b"]
    assert patterns.tried() == ["a"]


def test_a_hostile_pattern_takes_no_long_time() -> None:
    path = TOP / "/".join(["a" * 200] * 20)
    for pattern in ("**/" * 300 + "b", "*a" * 300 + "b", "a?" * 2000):
        assert PathPatterns([pattern], [BASE, TOP]).fitting(path) is None
