"""How CI systems read a log: which commands they find in it. Written from their documentation, apart from our code.

GitHub (`ActionCommand` of actions/runner): ``::name key=value::data`` at the start of a line, white space before it left
out, and ``##[name key=value]data`` anywhere in a line. Azure Pipelines: ``##vso[area.action ...]`` anywhere, ``##[name]``
to format. TeamCity: ``##teamcity[...]``. GitLab: ``section_start:TIME:NAME`` and ``section_end:TIME:NAME``. Travis:
``travis_fold:start:NAME``. Continua: ``@@continua[...]``. Buildkite: ``---``, ``+++``, ``~~~`` and ``^^^`` at the start.
"""

from __future__ import annotations

import re

COLOUR = re.compile("\x1b\\[[0-9;]*m")
ANYWHERE = re.compile(r"##[A-Za-z0-9_.-]*\[|section_(?:start|end):|travis_fold:|@@continua\[")
AT_START = re.compile(r"::|(?:---|\+\+\+|~~~|\^\^\^)(?:\s|$)")
OF_GITHUB = re.compile(r"::[A-Za-z-]+(?: [^\n]*?)?::")
"""What its runner takes for a command: in documents whose own lines may begin with two colons, as CSS has them."""

ACTING = (
    "##[error]x",
    "##[add-mask]x",
    "##[group]x",
    "##vso[task.setvariable variable=PATH;issecret=false]x",
    "##teamcity[buildStatus status='SUCCESS']",
    "::error file=secret::stolen",
    "::set-env name=PATH::x",
    "::stop-commands::x",
    "section_start:1560896352:hidden[collapsed=true]\r\x1b[0K",
    "section_end:1560896352:hidden\r\x1b[0K",
    "travis_fold:start:hidden\r",
    "@@continua[setBuildVariable name='x' value='y']",
    "--- hidden",
    "+++ shown",
    "~~~ hidden",
    "^^^ +++",
)
"""One of each kind of command."""

WRAPPINGS = (
    "@",
    " @",
    "a @",
    "a\n@",
    "a\r\n  @",
    "\x1b[0K@",
    "\u2028@",
    "\u3000@",
    "word " * 30 + "@",
    "a#@",
    "@ @",
    "\u200b@",
)
"""Texts around a command, by which it may come to the start of a line."""


def acting(text: str, *, document: bool = False) -> list[str]:
    """The lines that a CI system takes for commands; ``document`` where two colons alone are no command."""
    found = []
    for line in re.split("\r\n|\r|\n", COLOUR.sub("", text)):
        start = line.lstrip()
        at_start = OF_GITHUB.match(start) if document else AT_START.match(start)
        if ANYWHERE.search(line) or at_start:
            found.append(line)
    return found
