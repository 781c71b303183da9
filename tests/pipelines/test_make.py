"""What `make` offers and what CI runs are the same."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import LONG

ROOT = Path(__file__).parents[2]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def targets(name: str) -> list[str]:
    """What a target of the Makefile needs first."""
    found = re.search(rf"^{name}: (.*)$", MAKEFILE, re.MULTILINE)
    assert found is not None, name
    return found[1].split()


def recipe(name: str) -> str:
    found = re.search(rf"^{name}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    assert found is not None, name
    return found[1]


def test_ci_installs_and_runs_make_check() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.findall(r"^make .*$", script, re.MULTILINE) == ["make tools", "make docs-site", "make check"]


def test_make_check_is_everything() -> None:
    assert targets("check") == ["lint", "real", "demo", "test"]
    for word in ("ruff check", "ruff format --check", "mypy", "lint-imports", "docs.generate --check"):
        assert word in recipe("lint")
    assert "tests.terraform.real --check" in recipe("real")


def test_make_test_is_all_tests() -> None:
    words = "$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder"  # the order is that of conftest.py
    assert recipe("test").split() == words.split()


def test_the_long_files_are_there() -> None:
    names = {path.name for path in (ROOT / "tests").rglob("test_*.py")}
    assert set(LONG) <= names


def test_what_make_test_fast_runs_is_there() -> None:
    found = re.search(r"^FAST := (.*)$", MAKEFILE, re.MULTILINE)
    assert found is not None
    assert all((ROOT / path).exists() for path in found[1].split())


def test_the_readme_says_how_long_the_tests_take() -> None:
    text = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    assert re.search(r"`make test` takes about \w+ minutes on two quiet cores", text)
