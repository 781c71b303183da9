"""The tutorial, run: ``python -m tests.tutorial`` writes the outputs that docs/tutorial.md shows anew.

A block of commands stands below a comment that says what it shows and how it ends::

    <!-- run: exit=1 first=2 last=4 -->

``first`` and ``last`` are lines of the output, ``all`` is the whole; without any of them, the commands print nothing, and
``none`` says that what they print is not shown. ``exit`` is the exit code of the last command, 0 where it is not given; those
before it have to end with 0 or 1 (gaps).
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.patience import HANGS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial.md"
EXAMPLE = ROOT / "examples" / "telehealth"
NOW = "1796115600"
"""2026-12-01 09:00 UTC: the present of the tutorial."""

_BLOCK = re.compile(r"<!-- run: ?(?P<options>.*?) ?-->\n```console\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"^exit codes:(?P<codes>(?: \d+)+)$", re.MULTILINE)
_OUT = re.compile(r"^\$ ?|^> ?")


class Shown(NamedTuple):
    """One block: its options, its commands, and the text of the page from the first command to the end of the block."""

    options: dict[str, str]
    commands: tuple[str, ...]
    text: str


def blocks(page: str) -> Iterator[Shown]:
    """The blocks of commands of a page, in their order."""
    for found in _BLOCK.finditer(page):
        options = dict(each.partition("=")[::2] for each in found["options"].split())
        commands: list[str] = []
        for line in found["text"].splitlines():
            if line.startswith("$ "):
                commands.append(line[2:])
            elif line.startswith("> ") or line == ">":
                commands[-1] += f"\n{line[2:]}"
        yield Shown(options, tuple(commands), found["text"])


def run(page: str, directory: Path) -> list[str]:
    """Run all blocks, one after the other, in a new repository of the example; the text that each should show.

    Raises:
        AssertionError: a command ends otherwise than the page says.

    """
    shutil.copytree(EXAMPLE, directory)
    identity = ("-c", "user.name=tutorial", "-c", "user.email=tutorial@example.org")
    for words in (("init", "--quiet"), ("add", "."), (*identity, "commit", "--quiet", "-m", "The clinic")):
        subprocess.run(["git", *words], cwd=directory, check=True, env=_environment(directory))
    return [_shown(block, _output(block, directory)) for block in blocks(page)]


def _output(block: Shown, directory: Path) -> str:
    script = "\n".join(f'{command}\ncode=$?; codes="$codes $code"' for command in block.commands)
    script += '\necho "exit codes:$codes"\n'
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=directory,
        env=_environment(directory),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=HANGS,
        check=False,
    )
    end = _CODE.search(done.stdout)
    assert end is not None, done.stdout
    *before, last = map(int, end["codes"].split())
    assert (last, max(before, default=0) > 1) == (int(block.options.get("exit", 0)), False), done.stdout
    return done.stdout[: end.start()]


def _environment(directory: Path) -> dict[str, str]:
    binaries = directory.parent / "bin"
    if not binaries.exists():
        binaries.mkdir()
        program = binaries / "hipaa-guard"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m hipaa_guard "$@"\n')
        program.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "HIPAA_GUARD_", "GIT_"))}
    said = {"SOURCE_DATE_EPOCH": NOW, "COLUMNS": "80", "NO_COLOR": "1", "PATH": f"{binaries}:{kept['PATH']}"}
    git = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    people = {f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in _PERSON.items()}
    return kept | said | git | people


_PERSON = {"NAME": "tutorial", "EMAIL": "tutorial@example.org"}


def _shown(block: Shown, output: str) -> str:
    """The commands, and of what they printed the part that is shown."""
    asked = "\n".join(line for line in block.text.splitlines() if _OUT.match(line)) + "\n"
    lines = output.splitlines()
    if "none" in block.options:
        return asked
    if "all" in block.options:
        return asked + "".join(f"{line}\n" for line in lines)
    first, last = (int(block.options.get(name, 0)) for name in ("first", "last"))
    if not first and not last:
        assert not lines, output
        return asked
    if first + last >= len(lines):
        return asked + "".join(f"{line}\n" for line in lines)
    kept = [*lines[:first], "...", *(lines[-last:] if last else [])]
    return asked + "".join(f"{line}\n" for line in kept)


def renewed(page: str, directory: Path) -> str:
    """The page with the outputs as the commands print them."""
    texts = iter(run(page, directory))
    return _BLOCK.sub(lambda found: found[0].replace(found["text"], next(texts), 1), page)


def main() -> None:
    """Write the page anew."""
    with tempfile.TemporaryDirectory() as place:
        PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8"), Path(place) / "clinic"), encoding="utf-8")


if __name__ == "__main__":
    main()
