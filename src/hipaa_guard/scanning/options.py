"""What a scan is asked for, packed once by whoever starts it, and read once before the scan begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hipaa_guard.assessment.model import SettingsChange, UsedFile
from hipaa_guard.assessment.register_and_baseline import (
    RegisterAndBaseline,
    RegisterOrBaselineError,
    read_register_and_baseline,
)
from hipaa_guard.controls.broken import Broken
from hipaa_guard.controls.control import Control, Severity
from hipaa_guard.controls.loading import ControlError, chosen, list_all
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs

if TYPE_CHECKING:
    from hipaa_guard.scanning.committed_comments import CommittedComments
    from hipaa_guard.terraform.repository.git import Commit
    from hipaa_guard.terraform.repository.top import Top


class InputError(Exception):
    """What was asked for cannot be scanned. The text is one clear sentence and what to do next."""


Progress = Callable[[int, int, str], None]
"""Called with how much is done, how much there is and what is being done."""


@dataclass(frozen=True, slots=True)
class Options:
    """What every scan is told, whatever it reads."""

    only: Sequence[str] = ()
    skip: Sequence[str] = ()
    policies: Sequence[Path] = ()
    fail_on: Severity = Severity.LOW
    max_unknown: int | None = None
    max_unjudged: int | None = None
    """How many resources may have no control that judges them."""
    allow_empty: bool = False
    """A scan that judges nothing does not stop."""
    warn_only: bool = False
    fail_on_new: bool = False
    """Only failures stop that the baseline does not have."""
    fail_on_expired: bool = False
    """Exceptions stop whose time is over."""
    exceptions: Path | None = None
    """The register of accepted risks. [default: `.hipaa-guard/exceptions.yaml` below the working directory]"""
    baseline: Path | None = None
    settings: UsedFile = field(default_factory=UsedFile)
    """The file that the other options were taken from, as reports name it."""
    at: Commit | None = None
    """The commit that the register and the baseline are read from, and whose comments alone may refer to exceptions."""
    settings_changes: Sequence[SettingsChange] = ()
    """How the settings of the tree differ from those of that commit."""
    fail_on_settings_change: bool = False
    """The gate fails where the tree has other settings, exceptions, baseline or references than that commit."""
    today: date | None = None
    """The day by which exceptions are judged. [default: today]"""
    progress: Progress | None = None
    warn: Callable[[str], None] | None = None
    """Called with what should be known while a long scan goes on."""

    def tell(self, text: str) -> None:
        """Say what should be known while a scan goes on."""
        if self.warn is not None:
            self.warn(text)


@dataclass(frozen=True, slots=True)
class TerraformTarget:
    """What of Terraform is scanned: a directory, a plan or a state, and how much of it."""

    path: Path
    inputs: PlanInputs = field(default_factory=PlanInputs)
    source: Path | None = None
    """The directory that a plan or state was made from."""
    changed_only: bool = False
    """What a plan does not change is left out."""
    changed: Sequence[Path] | None = None
    """Only those roots of a directory are judged that these changed files concern: all where a file is among them by
    which every root is judged."""
    baseline_ref: str | None = None
    """A commit of git: what was open there, by the same controls and variables, is not new."""
    repository_root: Path | None = None
    """The directory that roots are named from. [default: the top that `repository.top_of` finds]"""
    top: Top | None = None
    """The same where it is known already."""


@dataclass(slots=True)
class Selection:
    """The controls, exceptions and baseline that the options name, read before a scan begins."""

    all: list[Control]
    controls: list[Control]
    """Those that are asked for."""
    known: RegisterAndBaseline
    broken: Sequence[Broken] = ()
    """What was asked for of policies and cannot be used."""
    marks: CommittedComments | None = None
    """The comments of the commit that exceptions are read from; None where the tree's own count."""


def selected(options: Options) -> Selection:
    """What the options name; what of policies cannot be used is said.

    Raises:
        InputError: something of it does not exist or cannot be used.

    """
    try:
        loaded = list_all(options.policies)
        wanted = chosen(loaded, options.only, options.skip)
        known = read_register_and_baseline(options.exceptions, options.baseline, options.at)
        for broken in wanted.broken:
            options.tell(str(broken))
        return Selection(loaded.controls, wanted.controls, known, wanted.broken)
    except (ControlError, RegisterOrBaselineError) as error:
        raise InputError(str(error)) from None
