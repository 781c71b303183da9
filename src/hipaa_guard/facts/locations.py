"""Places where facts were found, and gaps: things that were not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from hipaa_guard.lean import dataclass

RootsFrom = Literal["option", "git", "settings", "scanned path"]
"""The start of the names of root modules: the directory of an option, the work tree of git, the directory of the
settings, else the scanned path."""

SETTINGS = ".hipaa-guard.yaml"
"""The name of the file with a project's settings. It marks the directory of the settings."""

GLOBAL = "global"
"""The region of a call or resource that belongs to the whole account."""


class Span(NamedTuple):
    """The characters that say what a place is: the first line of a block up to its brace, or a whole argument.

    Lines and columns count from 1, columns in UTF-16 code units. ``column_end`` is the one behind the last character.
    """

    line_start: int
    column_start: int
    line_end: int
    column_end: int


class Location(NamedTuple):
    """Lines of a source file, from 1. ``file`` is relative to the scanned directory, with forward slashes.

    ``calls`` holds the module calls that lead to the file, outermost first. ``span`` is None where only lines are
    known.
    """

    file: str
    line_start: int
    line_end: int
    calls: tuple[Location, ...] = ()
    span: Span | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line_start}"


class Asked(NamedTuple):
    """One call to AWS that answered a fact: boto3's ``service.method``, its parameters, its region and time."""

    operation: str
    params: Mapping[str, Any]
    region: str
    time: datetime


class GapKind(StrEnum):
    """The kind of thing that was not looked at."""

    FILE = "file not read"
    MODULE = "module not available"
    UNCALLED = "module that nobody calls"
    EXPRESSION = "expression not evaluated"
    EXPANSION = "number of instances not known"
    DUPLICATE = "declared twice"
    REMOVED = "no longer managed"
    LIMIT = "limit reached"
    CALL = "call not answered"
    REGION = "region not read"
    CONTROL = "control failed to run"
    POLICY = "policy cannot be used"
    SOURCE = "source not found"
    UNCHANGED = "not judged"
    ROOTS = "roots not looked at"
    LEFT_OUT = "left out"
    IGNORED = "ignored by git"
    ELSEWHERE = "declared elsewhere"
    UNJUDGED = "exists, not judged"
    UNDISCOVERED = "not discovered"
    PEER = "other scanner"


SOME_ROOTS = frozenset({GapKind.ROOTS, GapKind.LEFT_OUT, GapKind.IGNORED})
"""Kinds of rows that say that not all roots were looked at."""

NOT_ASKED_FOR = "not asked for"
"""Why an enabled region was not read: the user named the regions to read, without this one."""


SAME = "no file differs from "
"""How the reason begins why no root was looked at: a scan was asked for changes since a commit, and there are none."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that a scan did not look at, or could only look at in part.

    ``incomplete`` is True where something that exists was not read (exit code 3). A value that is only undecided in
    source is counted, but does not make the scan incomplete. ``hint`` says what to do next. ``action`` is the missing
    IAM action of a denied call.
    """

    kind: GapKind
    subject: str
    reason: str
    hint: str = ""
    incomplete: bool = True
    location: Location | None = None
    region: str | None = None
    action: str | None = None
