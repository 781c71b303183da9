"""The promises that hold for every input, checked on one case from the files to the reports."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn
from zlib import crc32

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.outputs.wording.harmless_text import visible
from hipaa_guard.outputs.wording.page import Page
from hipaa_guard.outputs.writing import renderer
from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
from hipaa_guard.scanning.terraform import scan_terraform
from hipaa_guard.terraform.modules.module import is_configuration
from tests.fuzz.documents import SECRET
from tests.fuzz.making import Case

SECONDS = 20.0
"""Processor time that one case may take. A slow machine needs it no more than a fast one: cases are small."""

_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class Broken(AssertionError):  # noqa: N818 - what is broken is the promise
    """A promise that a case broke. ``promise`` is the same for all cases that break it in the same way."""

    def __init__(self, promise: str, detail: str = "") -> None:
        super().__init__(f"{promise}\n{detail}")
        self.promise = promise


def check(case: Case) -> str:
    """Scan a case and return its report, for comparisons.

    Raises:
        Broken: a promise does not hold.

    """
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        case.write(directory)
        first = _scanned(directory, case, _formats(case))
        second = _scanned(directory, case, ("json",))
    if first != second:
        raise Broken("the same input gives the same report", _difference(first, second))
    return first


def _formats(case: Case) -> tuple[str, ...]:
    """What to write of a case: rendering HTML takes longer than all the rest, so it is asked of some cases only."""
    number = crc32(b"".join(case.files.values()))
    return ("json", "terminal", "html") if number % 8 == 0 else ("json", "terminal")


def _scanned(directory: Path, case: Case, formats: tuple[str, ...]) -> str:
    try:
        with _limited(SECONDS):
            assessment = scan_terraform(TerraformTarget(Path(os.path.normpath(directory / case.target))), Options())
            reports = {name: renderer(name).render(assessment, Page(everything=True)) for name in formats}
    except InputError as error:
        if "\n" in str(error) or len(str(error)) > 600:
            raise Broken("what cannot be scanned is refused in a sentence", str(error)[:2000]) from None
        return str(error).replace(str(directory), "")
    except Broken:
        raise
    except Exception as error:
        raise Broken(f"no exception escapes: {_where(error)}", traceback.format_exc(limit=-12)) from error
    _check_controls(assessment)
    _check_files(assessment, case)
    _check_texts(reports, case)
    document = json.loads(reports["json"])
    document["scan"]["started"] = document["scan"]["finished"] = ""
    return json.dumps(document).replace(str(directory), "")


def _check_controls(assessment: Assessment) -> None:
    for finding in assessment.findings:
        if finding.error is not None:
            last = finding.error.strip().splitlines()[-1].split(":")[0]
            raise Broken(f"no control breaks: {finding.control_id} {last}", finding.error)


def _check_files(assessment: Assessment, case: Case) -> None:
    """Every file of a tree was read, or a row of the coverage names it or its directory."""
    if case.target != ".":
        return
    files = [name for name in case.files if is_configuration(Path(name).name) and not name.startswith(".terraform")]
    named = {gap.subject for gap in assessment.coverage.gaps} | {
        gap.location.file for gap in assessment.coverage.gaps if gap.location is not None
    }
    silent = [name for name in files if os.path.normpath(name) not in named]
    if assessment.coverage.files < len(silent):
        raise Broken("every file is read or a row of the coverage", f"{assessment.coverage.files} read of {files}")
    if assessment.gate.exit_code == 0 and any(gap.incomplete for gap in assessment.coverage.gaps):
        raise Broken("what was not read is no clean exit")


def _check_texts(reports: dict[str, str], case: Case) -> None:
    for name, text in reports.items():
        if case.planted and SECRET in text:
            at = text.index(SECRET)
            raise Broken(f"a secret is never shown: {name}", text[max(0, at - 500) : at + 100])
    for line in reports.get("terminal", "").splitlines():
        if visible(line) != line:
            raise Broken("nothing that acts on a terminal is shown", repr(line))


def _where(error: BaseException) -> str:
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if "hipaa_guard" in frame.filename or "policies" in frame.filename
    ]
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].name}" if frames else ""
    return f"{type(error).__name__}{place}"


def _difference(first: str, second: str) -> str:
    at = next((at for at, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
    return f"{first[max(0, at - 200) : at + 200]}\n---\n{second[max(0, at - 200) : at + 200]}"


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Interrupt what takes too much processor time."""

    def stop(signum: int, frame: Any) -> NoReturn:
        place = "".join(traceback.format_stack(frame, limit=12))
        raise Broken("every case ends soon", place)

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
