"""Build the site of the documentation: ``python -m docs.site DIR``, where Sphinx is installed (`make docs-site`).

The pages are those that people read in the repository. A link from one page to another works in both places. A link to
a file of the repository that is no page becomes its name. A link that leads nowhere is an error, and stops the build.
"""

from __future__ import annotations

import posixpath
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]

CONTENTS: dict[str, tuple[str, ...]] = {
    "Begin": ("tutorial", "faq", "comparison", "migration"),
    "Use": ("ci", "exceptions", "fix", "outputs", "other-scanners", "own-policies", "editors", "command-line"),
    "Look up": ("security-rule", "controls", "facts", "services/*"),
    "The project": (
        *("stability", "changelog", "security", "contributing", "release", "architecture", "where", "decisions"),
        *("performance", "reliability"),
    ),
}
"""The pages in their order, by heading; ``/*`` stands for all pages of a folder."""

AT_THE_TOP = {"README.md": "index.md"} | {
    f"{name}.md": f"{name.lower()}.md" for name in ("CHANGELOG", "SECURITY", "CONTRIBUTING")
}
"""Pages of the repository's top, and where the site has them."""

_LINK = re.compile(r"(?P<head>!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\])\((?P<target>[^)\s]+)\)")
_ELSEWHERE = re.compile(r"[a-z]+:")


class BrokenLinkError(Exception):
    """A link of a page leads to no file."""


def pages(root: Path = ROOT) -> dict[str, str]:
    """The place in the site of each page, by its path in the repository."""
    found = {name: place for name, place in AT_THE_TOP.items() if (root / name).is_file()}
    below = sorted((root / "docs").rglob("*.md"))
    return found | {path.relative_to(root).as_posix(): path.relative_to(root / "docs").as_posix() for path in below}


def stage(target: Path, root: Path = ROOT) -> None:
    """Write the pages as Sphinx reads them, with the pictures that they show.

    Raises:
        BrokenLinkError: a link leads to no file.

    """
    places = pages(root)
    for name, place in places.items():
        text = _in_site((root / name).read_text(encoding="utf-8"), name, places, root)
        if place == "index.md":
            text += _contents(places)
        path = target / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copytree(root / "docs" / "images", target / "images", dirs_exist_ok=True)


def _in_site(text: str, page: str, places: dict[str, str], root: Path) -> str:
    """The text of a page with its links as they are in the site. Blocks of code stay."""
    parts = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(
        part if part.startswith("```") else _LINK.sub(lambda link: _link(link, page, places, root), part)
        for part in parts
    )


def _link(link: re.Match[str], page: str, places: dict[str, str], root: Path) -> str:
    target, _, anchor = link["target"].partition("#")
    if not target or _ELSEWHERE.match(target):
        return link[0]
    name = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
    if name.startswith("..") or not (root / name).exists():
        raise BrokenLinkError(f"{page}: {link['target']} is no file of the repository")
    here = posixpath.dirname(places[page])
    if name.startswith("docs/images/"):
        return f"{link['head']}({posixpath.relpath(name.removeprefix('docs/'), here or '.')})"
    if name not in places:
        return link["text"]
    place = posixpath.relpath(places[name], here or ".")
    return f"{link['head']}({place}{'#' if anchor else ''}{anchor})"


def _contents(places: dict[str, str]) -> str:
    """The list of all pages, which the site shows beside each. A page that is not in it stops the build."""
    known = sorted(place.removesuffix(".md") for place in places.values())
    text = ""
    for heading, names in CONTENTS.items():
        listed = [
            each
            for name in names
            for each in ([place for place in known if place.startswith(name[:-1])] if name.endswith("/*") else [name])
        ]
        text += "\n```{toctree}\n:hidden:\n:caption: " + "\n".join([heading, "", *listed, "```", ""])
    return text


def main(target: str) -> int:
    """Build the site into a directory; the exit code is that of Sphinx."""
    with tempfile.TemporaryDirectory() as staged:
        try:
            stage(Path(staged))
        except BrokenLinkError as error:
            print(f"docs.site: {error}", file=sys.stderr)  # noqa: T201 - a program
            return 1
        strict = ("--fail-on-warning", "--keep-going", "--nitpicky", "--quiet")
        command = [sys.executable, "-m", "sphinx", *strict, "--conf-dir", str(ROOT / "docs"), staged, target]
        return subprocess.run(command, check=False).returncode  # noqa: S603 - ours


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
