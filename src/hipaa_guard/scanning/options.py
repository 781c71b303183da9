"""The options of a scan, and the controls, exceptions and baseline that they name, read before it begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from hipaa_guard.assessment.model import Preset, SettingsChange, UsedFile
from hipaa_guard.assessment.register_and_baseline import (
    RegisterAndBaseline,
    RegisterOrBaselineError,
    read_register_and_baseline,
)
from hipaa_guard.controls.broken import Broken
from hipaa_guard.controls.control import Control, Severity
from hipaa_guard.controls.loading import ControlError, chosen, list_all
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs

if TYPE_CHECKING:
    from hipaa_guard.peers.asked import Asked
    from hipaa_guard.scanning.committed_comments import CommittedComments
    from hipaa_guard.terraform.repository.git import Commit
    from hipaa_guard.terraform.repository.top import Top


class InputError(Exception):
    """The scan cannot begin. The text is one clear sentence and the next step."""


Progress = Callable[[int, int, str], None]
"""Called with the number of steps done, the number of all steps, and the current step in words."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of every scan, of Terraform or of an account."""

    only: Sequence[str] = ()
    """Words that select controls (`controls.selecting`); all where it is empty."""
    skip: Sequence[str] = ()
    severities: Sequence[Severity] = ()
    """Only controls of these severities count, with all their gaps, and gaps of these severities by other controls; all
    where it is empty."""
    policies: Sequence[Path] = ()
    preset: Preset = "recommended"
    fail_on: Severity | None = None
    """The lowest severity whose gaps fail the gate, whatever the preset says."""
    max_unknown: int | None = None
    max_unjudged: int | None = None
    """Maximum resources that no control judges."""
    allow_empty: bool = False
    """A scan that judges nothing is not incomplete."""
    warn_only: bool = False
    fail_on_new: bool = False
    """Only failures that the baseline lacks make the gate fail."""
    fail_on_expired: bool = False
    """Expired exceptions make the gate fail."""
    exceptions: Path | None = None
    """The register of accepted risks. [default: `.hipaa-guard/exceptions.yaml` below the working directory]"""
    baseline: Path | None = None
    settings: UsedFile = field(default_factory=UsedFile)
    """The settings file that other options came from, for reports."""
    at: Commit | None = None
    """The commit that the register and the baseline are read from. Only its comments may refer to exceptions."""
    settings_changes: Sequence[SettingsChange] = ()
    """Differences of the settings of the tree from those of that commit."""
    fail_on_settings_change: bool = False
    """The gate fails if the tree has other settings, exceptions, baseline or references than that commit."""
    peers: Asked | None = None
    """Other scanners that run beside ours, if any."""
    today: date | None = None
    """The day on which exceptions must be valid. [default: today]"""
    progress: Progress | None = None
    done: Callable[[str], None] | None = None
    """Called after each part of a scan with what was done, in words."""
    warn: Callable[[str], None] | None = None
    """Called with messages during a scan."""

    def did(self, text: str) -> None:
        """Say that a part of a scan is done."""
        if self.done is not None:
            self.done(text)

    def tell(self, text: str) -> None:
        """Print a message during a scan."""
        if self.warn is not None:
            self.warn(text)


@dataclass(frozen=True, slots=True)
class TerraformTarget:
    """The Terraform to scan: directories, files of source, plans and states, or parts of one."""

    path: Path
    inputs: PlanInputs = field(default_factory=PlanInputs)
    source: Path | None = None
    """The directory that a plan or state was made from."""
    changed_only: bool = False
    """Resources that a plan does not change are left out."""
    changed: Sequence[Path] | None = None
    """Only roots of a directory that depend on these changed files are judged. A changed policy, register or baseline
    concerns all roots."""
    changed_since: str | None = None
    """A git commit: instead of named files, those that differ from it count as changed, and only resources that they
    concern are reported."""
    baseline_ref: str | None = None
    """A git commit: gaps that are open there, by the same controls and variables, are not new."""
    repository_root: Path | None = None
    """The directory that roots are named from. [default: the top that `repository.top_of` finds]"""
    top: Top | None = None
    """The same directory, if it is known already."""
    account: str | None = None
    """The id of the account that it is applied to. A provider that names its account knows better."""
    others: Sequence[Path] = ()
    """Further paths: all are one scan."""
    skip_paths: Sequence[str] = ()
    """Patterns of files and directories of source that are left out (`terraform.modules.path_patterns`)."""
    may_skip_nothing: bool = False
    """A pattern that fits nothing is no error."""

    @property
    def paths(self) -> tuple[Path, ...]:
        """All paths."""
        return (self.path, *self.others)


@dataclass(slots=True)
class Selection:
    """The controls, exceptions and baseline that the options name, read before a scan begins."""

    all: list[Control]
    controls: list[Control]
    """The selected controls."""
    known: RegisterAndBaseline
    broken: Sequence[Broken] = ()
    """The selected controls, or files, that cannot be used."""
    committed_comments: CommittedComments | None = None
    """The comments of the commit that exceptions are read from; None if those of the tree count."""


def selected(options: Options) -> Selection:
    """The controls, exceptions and baseline that the options name. Unusable controls are reported.

    Raises:
        InputError: one of them does not exist or cannot be used.

    """
    try:
        loaded = list_all(options.policies)
        wanted = chosen(loaded, options.only, options.skip)
        options.did(f"listed {len(loaded.controls):,} controls, of which {len(wanted.controls):,} are asked for")
        known = read_register_and_baseline(options.exceptions, options.baseline, options.at)
        for broken in wanted.broken:
            options.tell(str(broken))
        return Selection(loaded.controls, wanted.controls, known, wanted.broken)
    except (ControlError, RegisterOrBaselineError) as error:
        raise InputError(str(error)) from None
