"""The pictures of the terminal show what the program prints, and take nothing from the network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from docs.screenshots import FOLDER, ROOT, SCENES, WIDTHS, main

_CODES = re.compile(r"\x1b\[[0-9;]*m")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("pictures")
    assert main([], root) == 0
    return root


def rows(picture: Path) -> list[str]:
    """The text of a picture by its lines, from the top."""
    by_height: dict[float, list[tuple[float, str]]] = {}
    for each in etree.parse(picture).iter("{*}text"):
        if "matrix" in (each.getparent().get("class") or ""):
            by_height.setdefault(float(each.get("y")), []).append((float(each.get("x")), each.text or ""))
    return ["".join(text for _, text in sorted(by_height[height])).rstrip() for height in sorted(by_height)]


def test_check_tells_what_is_out_of_date(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], drawn) == 0
    one = drawn / FOLDER / "terminal-80.svg"
    text = one.read_text()
    one.write_text(text.replace("CRITICAL", "critical"))
    try:
        capsys.readouterr()
        assert main(["--check"], drawn) == 1
        assert capsys.readouterr().err == f"{FOLDER}/terminal-80.svg is out of date: run `make docs` and commit it\n"
    finally:
        one.write_text(text)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_pictures_show_the_screens_of_a_scan(drawn: Path, width: int) -> None:
    first, last = (rows(drawn / FOLDER / f"{scene.name}-{width}.svg") for scene in SCENES)
    text = [row.replace("\u00a0", " ") for row in (*first, *last)]
    assert text[0] == f"$ {SCENES[0].command}"
    assert text[1] == "hipaa-guard: Terraform source in examples/telehealth", "a version would change at each release"
    assert any(row.startswith("CRITICAL") for row in text)
    assert any(row.startswith("Gate failed (exit code 1)") for row in [row for row in text if row][-4:])
    assert max(map(len, text)) <= width
    assert not any(_CODES.search(row) for row in text)


def test_the_pictures_take_nothing_from_elsewhere(drawn: Path) -> None:
    for each in sorted((drawn / FOLDER).glob("*.svg")):
        text = each.read_text()
        assert set(re.findall(r"https?:[^\"' ]*", text)) == {"http://www.w3.org/2000/svg"}
        assert not re.search(r"@import|@font-face|<script|<image|<foreignObject|url\((?!#)", text)
        assert str(ROOT) not in text


def test_each_picture_is_shown_and_told_in_words(drawn: Path) -> None:
    shown = {
        (page.parent / target).resolve(): words
        for page in PAGES
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }
    for each in sorted((drawn / FOLDER).glob("*.svg")):
        assert len(shown[ROOT / FOLDER / each.name]) > 40
        assert (ROOT / FOLDER / each.name).is_file()
