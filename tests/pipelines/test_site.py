"""The site has every page, and no link that leads nowhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.site import CONTENTS, BrokenLinkError, pages, stage
from tests.pipelines.test_make import recipe
from tests.pipelines.tools import ROOT


@pytest.fixture(scope="module")
def staged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("staged")
    stage(target)
    return target


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small repository."""
    for name in ("docs/images", "docs/services", "src"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "README.md").write_text("# Top\n\n[one](docs/one.md#part) ![p](docs/images/p.png) [x](src/x.py)\n")
    (tmp_path / "docs/one.md").write_text("# One\n\n## Part\n\n[top](../README.md) [web](https://a.example/b.md)\n")
    (tmp_path / "docs/services/s3.md").write_text("[rule](../one.md)\n```\n[no](link.md)\n```\n")
    (tmp_path / "docs/images/p.png").write_bytes(b"")
    (tmp_path / "src/x.py").write_text("")
    return tmp_path


def test_every_page_is_in_the_contents(staged: Path) -> None:
    listed = {name for names in CONTENTS.values() for name in names}
    for place in pages().values():
        name = place.removesuffix(".md")
        assert name in listed or f"{name.partition('/')[0]}/*" in listed or name == "index", name
    assert "```{toctree}" in (staged / "index.md").read_text()


def test_links_lead_from_page_to_page(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    target = tmp_path_factory.mktemp("site")
    stage(target, tree)
    assert (target / "index.md").read_text().splitlines()[2] == "[one](one.md#part) ![p](images/p.png) x"
    assert "[top](index.md) [web](https://a.example/b.md)" in (target / "one.md").read_text()
    assert (target / "services/s3.md").read_text() == "[rule](../one.md)\n```\n[no](link.md)\n```\n"


@pytest.mark.parametrize("link", ["gone.md", "../gone.py", "../../etc/passwd"])
def test_a_link_to_no_file_stops_it(tree: Path, tmp_path_factory: pytest.TempPathFactory, link: str) -> None:
    (tree / "docs/one.md").write_text(f"[one]({link})\n")
    with pytest.raises(BrokenLinkError, match=re.escape(f"docs/one.md: {link}")):
        stage(tmp_path_factory.mktemp("site"), tree)


def test_make_builds_it_with_warnings_as_errors() -> None:
    assert "-m docs.site out/site" in recipe("docs-site")
    text = (ROOT / "docs" / "site.py").read_text()
    assert '"--fail-on-warning"' in text
    assert '"--nitpicky"' in text
