"""Where something was found, and what was not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from hipaa_guard.lean import dataclass

RootsFrom = Literal["option", "git", "settings", "scanned path"]
"""What root modules are named from: a directory that was given, the work tree of git, the directory of the settings,
or, where there is none of them, what was scanned."""

SETTINGS = ".hipaa-guard.yaml"
"""The file of a project's settings, by which the directory of the settings is known."""

GLOBAL = "global"
"""Stands for a region where something belongs to the whole account."""


class Location(NamedTuple):
    """Lines of a source file. ``file`` is relative to the scanned directory, with forward slashes; lines count from 1.

    ``calls`` holds the module calls that lead to the file, outermost first.
    """

    file: str
    line_start: int
    line_end: int
    calls: tuple[Location, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}:{self.line_start}"


class Asked(NamedTuple):
    """One call of AWS's that told a fact: boto3's ``service.method``, its parameters, where and when."""

    operation: str
    params: Mapping[str, Any]
    region: str
    time: datetime


class GapKind(StrEnum):
    """What sort of thing was not looked at."""

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
    ELSEWHERE = "declared elsewhere"
    UNJUDGED = "exists, not judged"
    UNDISCOVERED = "not discovered"


NOT_ASKED_FOR = "not asked for"
"""Why a region was not read that the account has enabled: the scan was told which regions to read."""


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that a scan did not look at, or could only look at in part.

    ``incomplete`` is True where something that exists was not read (exit code 3); a value that is merely undecided in
    source is counted but is no incompleteness by itself. ``hint`` says what to do next. ``action`` is the missing IAM
    action of a denied call.
    """

    kind: GapKind
    subject: str
    reason: str
    hint: str = ""
    incomplete: bool = True
    location: Location | None = None
    region: str | None = None
    action: str | None = None
