"""Write pictures of the terminal: ``python -m docs.screenshots``; ``--check`` only compares.

The real program runs in a pseudo-terminal on the shipped examples, and rich draws what it printed as SVG. The pictures
hold no time and no version, so that they change only when the output does.
"""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path
from typing import NamedTuple

import click

ROOT = Path(__file__).parents[1]
FOLDER = "docs/images"
WIDTHS = (80, 120)
_ROWS = 40
_TIME = "1795335127"
"""The time of each scan, in seconds since 1970."""
_VERSION = re.compile(r"(?<=hipaa-guard) \d+\.\d+\S*(?=:)")

# As rich's own, without the fonts that it takes from the network.
_SVG = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


class Scene(NamedTuple):
    """One command, and the screen of it that is shown: the first or the last."""

    name: str
    command: str
    last: bool


SCENES = (
    Scene("terminal", "hipaa-guard scan terraform examples/telehealth", last=False),
    Scene("terminal-end", "hipaa-guard scan terraform examples/telehealth", last=True),
)


def pictures() -> dict[str, str]:
    """The text of each picture by its path from the top."""
    found = {}
    for width in WIDTHS:
        printed = {command: printed_by(command, width) for command in dict.fromkeys(each.command for each in SCENES)}
        for scene in SCENES:
            name = f"{scene.name}-{width}"
            found[f"{FOLDER}/{name}.svg"] = _drawn(_screen(scene, printed[scene.command]), width, name, scene.command)
    return found


def printed_by(command: str, width: int) -> str:
    """What a command prints on a terminal of some columns, with its colours and without its version.

    It runs in a new repository with a copy of the examples and without a commit, which the scan would name.
    """
    with tempfile.TemporaryDirectory() as directory:
        shutil.copytree(ROOT / "examples", Path(directory) / "examples", ignore=shutil.ignore_patterns("__pycache__"))
        git = ["git", "init", "-q", directory]
        subprocess.run(git, check=True, env=_environment(directory, width))  # noqa: S603 - our own command
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, width, 0, 0))
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", *command.replace("hipaa-guard", "hipaa_guard", 1).split()],
            cwd=directory,
            env=_environment(directory, width),
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=subprocess.DEVNULL,  # has the display of the progress, which is gone at the end
        )
        os.close(theirs)
        printed = _all_of(ours)
        os.close(ours)
        process.wait()
    return _VERSION.sub("", printed.replace("\r\n", "\n"))


def _environment(home: str, width: int) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "VIRTUAL_ENV") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": home,
        "LC_ALL": "C.UTF-8",
        "TERM": "xterm-256color",
        "FORCE_COLOR": "1",
        "COLUMNS": str(width),
        "LINES": str(_ROWS),
        "PAGER": "cat",
        "SOURCE_DATE_EPOCH": _TIME,
    }


def _all_of(terminal: int) -> str:
    data = b""
    while True:
        try:
            more = os.read(terminal, 65536)
        except OSError:  # the program has ended, and with it the other side
            more = b""
        if not more:
            return data.decode()
        data += more


def _screen(scene: Scene, printed: str) -> str:
    """The lines of a screen; the first has the command above them, the last the prompt below them."""
    lines = printed.rstrip("\n").split("\n")
    if scene.last:
        return "\n".join([*lines[-_ROWS + 1 :], "$ "])
    return "\n".join([f"$ {scene.command}", *lines[: _ROWS - 1]])


def _drawn(screen: str, width: int, name: str, title: str) -> str:
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(Text.from_ansi(screen), no_wrap=True, crop=True)
    text = console.export_svg(title=title, code_format=_SVG, unique_id=name)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip()) + "\n"


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Write the pictures below a directory, or with ``--check`` say which are out of date."""
    stale = {
        name: text
        for name, text in pictures().items()
        if not (root / name).exists() or (root / name).read_text(encoding="utf-8") != text
    }
    if "--check" in arguments:
        for name in stale:
            click.echo(f"{name} is out of date: run `make docs` and commit it", err=True)
        return 1 if stale else 0
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, text in stale.items():
        (root / name).write_text(text, encoding="utf-8")
        click.echo(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
