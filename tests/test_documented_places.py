"""Pages that say where code is name files that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[1]
PAGES = ["docs/architecture.md", "docs/where.md", "docs/decisions.md", "CONTRIBUTING.md", "SECURITY.md", "README.md"]
EXAMPLE = "kinesis"
"""CONTRIBUTING adds this service, whose files are not there yet."""
_PLACE = re.compile(r"`((?:\w[\w.-]*/)*[\w-]+\.(?:py|csv|yaml|toml|j2))`")


def lines(page: str) -> list[str]:
    return (TOP / page).read_text(encoding="utf-8").splitlines()


def missing(line: str) -> list[str]:
    """The files that a line names and that are not there; a bare name stands beside the file before it."""
    found: list[str] = []
    beside = TOP / "src" / "hipaa_guard"
    for name in _PLACE.findall(line):
        places = (TOP / "src" / "hipaa_guard" / name, TOP / name, beside / name)
        there = next((place for place in places if place.exists()), None)
        if there is not None:
            beside = there.parent
        elif EXAMPLE not in name:
            found.append(name)
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_names_files_that_are_there(page: str) -> None:
    said = [f"{number}: {name}" for number, line in enumerate(lines(page), 1) for name in missing(line)]
    assert said == []
