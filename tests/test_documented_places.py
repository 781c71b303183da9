"""Pages that say where code is name files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PAGES = ["docs/architecture.md", "docs/where.md", "docs/decisions.md", "CONTRIBUTING.md", "SECURITY.md", "README.md"]
_PLACE = re.compile(r"`((?:\w[\w.-]*/)*[\w-]+\.(?:py|csv|yaml|toml|j2))`")


def lines(page: str) -> list[str]:
    return (TOP / page).read_text(encoding="utf-8").splitlines()


def missing(line: str) -> list[str]:
    """The files that a line names and that are not there; a bare name stands beside the file named before it."""
    found: list[str] = []
    beside: Path | None = None
    for name in _PLACE.findall(line):
        if "/" not in name and beside is None:
            continue  # no place is meant: the page speaks of any file of that name
        places = (TOP / "src" / "hipaa_guard" / name, TOP / name, (beside or TOP) / name)
        there = next((place for place in places if place.exists()), None)
        if there is None and "kinesis" not in name:  # the example of a service that is not there yet
            found.append(name)
        elif there is not None:
            beside = there.parent
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_files_that_are_there(page: str) -> None:
    said = [f"{number}: {name}" for number, line in enumerate(lines(page), 1) for name in missing(line)]
    assert said == []
