"""The files that a scan reads first: the register of accepted risks, and the baseline of earlier gaps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from hipaa_guard.assessment import baseline
from hipaa_guard.assessment.baseline import Baseline, BaselineError
from hipaa_guard.assessment.exceptions import REGISTER, RegisterEntry
from hipaa_guard.assessment.files_in_effect import InEffectError, differences, read_used
from hipaa_guard.assessment.model import SettingsChange, UsedFile
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.repository import untrusted_paths
from hipaa_guard.terraform.repository.git import Commit


class RegisterOrBaselineError(Exception):
    """A file cannot be used. Each line of the text is a sentence that says why."""


@dataclass(slots=True)
class RegisterAndBaseline:
    """The register of exceptions and the baseline."""

    register: str = ""
    """The file of the register; empty where there is none."""
    entries: list[RegisterEntry] = field(default_factory=list)
    baseline: Baseline | None = None
    used: UsedFile = field(default_factory=UsedFile)
    """The register as it was read: its file and its source."""
    changes: list[SettingsChange] = field(default_factory=list)
    """Differences of the tree's exceptions and baseline from those of the commit that they were read from."""


def read_register_and_baseline(
    register: Path | None, baseline_file: Path | None, at: Commit | None = None
) -> RegisterAndBaseline:
    """The register, by default that of the working directory, and the baseline in a file; both from a commit if given.

    Raises:
        RegisterOrBaselineError: a named file, or the register of the working directory, cannot be used.

    """
    found = RegisterAndBaseline()
    try:
        _read_register(found, register, at)
        if baseline_file is not None:
            _read_baseline(found, baseline_file, at)
    except (BaselineError, InEffectError, TerraformInputError) as error:
        raise RegisterOrBaselineError(str(error)) from None
    return found


def _read_register(found: RegisterAndBaseline, named: Path | None, at: Commit | None) -> None:
    file, use = named or Path(REGISTER), untrusted_paths.REGISTER
    data, found.used = read_used(file, use, named=named is not None, at=at)
    if data is not None:
        found.register, found.entries = file.as_posix(), _entries(data, file)
    if found.used.commit:
        found.changes += differences("exceptions", file, use, data, _by_id)


def _read_baseline(found: RegisterAndBaseline, file: Path, at: Commit | None) -> None:
    use = untrusted_paths.BASELINE
    data, used = read_used(file, use, named=True, at=at, bounded=False)
    read = Baseline(file=str(file)) if data is None else baseline.parse(data, file)
    found.baseline = replace(read, used=used)
    if used.commit:
        found.changes += differences("baseline", file, use, data, _by_fingerprint)


def _entries(data: bytes, file: Path) -> list[RegisterEntry]:
    from hipaa_guard.assessment.register import RegisterError, entries_of  # pydantic: only where there is a register

    try:
        return entries_of(data, str(file))
    except RegisterError as error:
        raise RegisterOrBaselineError(str(error)) from None


def _by_fingerprint(data: bytes, file: Path) -> Mapping[str, object]:
    return baseline.parse(data, file).findings


def _by_id(data: bytes, file: Path) -> Mapping[str, object]:
    return {entry.exception.id: replace(entry, line=0) for entry in _entries(data, file)}
