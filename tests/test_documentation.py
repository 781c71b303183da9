"""The generated pages: whole, linked, by service; and the list of ids, to which ids are only added."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.generate import IDS, ROOT, VanishedError, differences, generated, ids, readme, write
from hipaa_guard.controls.facts_read import kinds_of
from hipaa_guard.controls.loading import load

CONTROLS = load()


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return generated()


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", page, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_each_control_and_each_kind_stands_on_the_page_of_its_service(files: dict[str, str]) -> None:
    pages = {Path(name).stem: text for name, text in files.items() if name.startswith("docs/services/")}
    for control in CONTROLS:
        row = f"| `{control.id}` | {control.title} |"
        assert [name for name, text in pages.items() if row in text] == [control.kind.kind.partition(".")[0]]
    for kind in kinds_of(CONTROLS):
        assert f"\n## {kind.kind}\n" in pages[kind.kind.partition(".")[0]]


def test_the_counts_are_those_of_the_controls(files: dict[str, str]) -> None:
    counts = re.findall(r"^\| \[\w+\]\(services/\w+\.md\) \| (\d+) \|", files["docs/controls.md"], re.MULTILINE)
    assert sum(map(int, counts)) == len(CONTROLS)
    cited = re.findall(r"(\d+) of \[", files["docs/security-rule.md"])
    assert sum(map(int, cited)) == sum(len(control.hipaa) for control in CONTROLS)


def test_the_readme_tells_the_number_of_controls(files: dict[str, str]) -> None:
    assert f" files; {len(CONTROLS)} controls.\n" in files["README.md"]
    assert " files; 3 controls.\n" in readme(files["README.md"], CONTROLS[:3])


def test_no_page_but_those_of_services_grows_with_the_controls(files: dict[str, str]) -> None:
    for name in ("controls.md", "facts.md", "security-rule.md"):
        assert not [control.id for control in CONTROLS if f"`{control.id}`" in files[f"docs/{name}"]]


def test_every_link_between_pages_leads_somewhere(files: dict[str, str]) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]}
    pages.update({ROOT / name: text for name, text in files.items() if name.endswith(".md")})
    for path, text in pages.items():
        if path.name == "CHANGELOG.md":
            continue
        for link in re.findall(r"\]\(((?!https?:)[^)\s]+)\)", text):
            target, _, anchor = link.partition("#")
            place = (path.parent / target).resolve() if target else path
            assert place.exists() or place in pages, (path.name, link)
            assert not anchor or place.suffix != ".md" or anchor in anchors(pages[place]), (path.name, link)


def test_a_file_of_a_service_that_is_no_more_is_noticed_and_removed(tmp_path: Path) -> None:
    folder = tmp_path / "docs" / "services"
    folder.mkdir(parents=True)
    (folder / "gone.md").write_text("# gone\n")
    (tmp_path / "docs" / "facts.md").write_text("old\n")
    files = {"docs/facts.md": "new\n", "docs/services/s3.md": "# s3\n"}
    stale = differences(tmp_path, files)
    assert list(stale) == ["docs/facts.md", "docs/services/gone.md", "docs/services/s3.md"]
    write(tmp_path, files, stale)
    assert [path.name for path in folder.iterdir()] == ["s3.md"]
    assert differences(tmp_path, files) == {}


def test_ids_are_added_and_none_vanishes() -> None:
    written = (ROOT / IDS).read_text(encoding="utf-8")
    assert ids(CONTROLS, written) == ids(CONTROLS, "") == written, "run `make docs`"
    with pytest.raises(VanishedError, match=r"sqs_queue_gone: published in .* previous_ids="):
        ids(CONTROLS, f"{written}sqs_queue_gone\n")


@pytest.mark.parametrize("name", ["faq", "migration", "stability", "comparison", "tutorial"])
def test_options_that_a_page_tells_of_exist(files: dict[str, str], name: str) -> None:
    text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    known = set(re.findall(r"--[a-z][a-z-]+", files["docs/command-line.md"]))
    commands = re.findall(r"hipaa-guard [^`\n]*(?:\\\n[^`\n]*)*", text)
    told = {option for command in commands for option in re.findall(r" (--[a-z][a-z-]+)", command)}
    assert told - known == set()


def test_contributing_names_files_that_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    tables = re.findall(
        r"^\| `([\w./]+)`", text[text.index("## Add a service") : text.index("## Dependencies")], re.MULTILINE
    )
    assert len(tables) > 8
    for name in tables:
        place = ROOT / name
        assert place.exists() or "kinesis" in name, name
