"""What is known before a scan begins, as files hold it: accepted risks, and the gaps of before."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hipaa_guard.assessment import baseline
from hipaa_guard.assessment.baseline import Baseline, BaselineError
from hipaa_guard.assessment.exceptions import REGISTER, Entry


class KnownError(Exception):
    """A file cannot be used. Each line of the text is a sentence that says why."""


@dataclass(slots=True)
class Known:
    """The register of exceptions and the baseline."""

    register: str = ""
    """The file of the exceptions; empty where there is none."""
    entries: list[Entry] = field(default_factory=list)
    baseline: Baseline | None = None


def read_known(register: Path | None, known: Path | None) -> Known:
    """The register, by default that of the working directory, and the baseline in a file.

    Raises:
        KnownError: a file that is named or there cannot be used.

    """
    file = register or Path(REGISTER)
    found = Known()
    try:
        if register is not None or file.exists():
            found.register, found.entries = file.as_posix(), _entries(file)
        if known is not None:
            found.baseline = baseline.read(known)
    except BaselineError as error:
        raise KnownError(str(error)) from None
    except OSError as error:
        raise KnownError(f"{file} cannot be read: {error.strerror or error}") from None
    return found


def _entries(file: Path) -> list[Entry]:
    from hipaa_guard.assessment.register import RegisterError, read  # pydantic: only where there is a register

    try:
        return read(file)
    except RegisterError as error:
        raise KnownError(str(error)) from None
