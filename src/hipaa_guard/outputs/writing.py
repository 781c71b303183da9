"""Writing the outputs of ``-o FORMAT[=FILE]`` to a file or the standard output."""

from __future__ import annotations

import importlib
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol, TextIO, cast

from hipaa_guard.assessment.model import Assessment
from hipaa_guard.nearest import did_you_mean
from hipaa_guard.outputs.wording.harmless_text import escaped_json, in_log
from hipaa_guard.outputs.wording.page import Page, page_for
from hipaa_guard.storing import replace

FORMATS = {
    "terminal": "hipaa_guard.outputs.formats.terminal",
    "json": "hipaa_guard.outputs.json.writing",
    "html": "hipaa_guard.outputs.formats.html",
    "sarif": "hipaa_guard.outputs.formats.sarif",
    "junit": "hipaa_guard.outputs.formats.junit",
    "gitlab": "hipaa_guard.outputs.formats.gitlab",
    "github": "hipaa_guard.outputs.formats.github",
    "lines": "hipaa_guard.outputs.formats.lines",
    "markdown": "hipaa_guard.outputs.formats.markdown",
    "ocsf": "hipaa_guard.outputs.formats.ocsf",
    "asff": "hipaa_guard.outputs.formats.asff",
    "csv": "hipaa_guard.outputs.formats.csv_format",
}
"""The module that renders each format, imported only when it is asked for."""


_NOT_OF = {
    ("gitlab", "aws"): "gitlab shows findings in files, and an account has none: -o junit=FILE has them",
    ("lines", "aws"): "lines shows findings in files, and an account has none: -o csv=FILE has them",
    ("asff", "terraform"): "asff is for findings of an AWS account and region, which Terraform findings do not have: "
    "-o ocsf=FILE or -o sarif=FILE has them",
}
"""(format, source) -> why the format cannot show scans of that source."""


class OutputError(Exception):
    """An output that was asked for cannot be written. The text says what to do."""


class Renderer(Protocol):
    """The interface of the modules in `FORMATS`."""

    def render(self, assessment: Assessment, page: Page) -> str:
        """The assessment in this format. Equal input gives equal text.

        A module whose text may be large also has `pieces`, which gives the same text part by part.
        """


def write(
    assessment: Assessment,
    spec: str,
    *,
    wanted: Page | None = None,
    stdout: TextIO | None = None,
) -> None:
    """Write one output. ``spec`` is a format, or a format and a file: ``json``, ``html=report.html``, ``json=-``.

    A file appears whole or not at all; directories that it lacks are made. ``wanted`` says what to show; width and
    colours are those of the stream. ``github`` on the standard output also appends a summary to the file that
    ``GITHUB_STEP_SUMMARY`` names.

    Raises:
        OutputError: there is no such format, it cannot show such a scan, or the file cannot be written.

    """
    format, destination = parsed(spec, assessment.scan.source)
    if destination is None:
        stream = stdout or sys.stdout
        _print(stream, _text(format, assessment, page_for(stream, wanted)), format)
        if format == "github":
            _append_summary(assessment, os.environ.get("GITHUB_STEP_SUMMARY"))
    else:
        _store(destination, _text(format, assessment, wanted or Page()))


def _append_summary(assessment: Assessment, name: str | None) -> None:
    """Append the Markdown page to the step summary: GitHub Actions shows few annotations, and the page has the rest."""
    if name:
        from hipaa_guard.outputs.formats.markdown import STEP_SUMMARY, document

        path = Path(name)
        try:
            written = path.stat().st_size if path.exists() else 0
            with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(document(assessment, STEP_SUMMARY - written))
        except OSError as error:
            raise OutputError(f"cannot write the step summary {name}: {error.strerror or error}") from error


def write_text(text: str, format: str, destination: Path | None) -> None:
    """Write a text that is not a result of a scan, to a file or the standard output. Nothing in it acts in a log.

    Raises:
        OutputError: the file cannot be written.

    """
    harmless = {"terminal": in_log, "json": escaped_json}.get(format)
    text = text if harmless is None else harmless(text)
    if destination is None:
        _print(sys.stdout, (text,), format)
    else:
        _store(destination, (text,))


def _text(format: str, assessment: Assessment, page: Page) -> Iterable[str]:
    module = renderer(format)
    pieces = getattr(module, "pieces", None)
    return (module.render(assessment, page),) if pieces is None else pieces(assessment, page)


def parsed(spec: str, source: str | None = None) -> tuple[str, Path | None]:
    """The format and the file of a ``-o`` value; None for the standard output. Call it before a scan to fail early.

    Raises:
        OutputError: there is no such format, it cannot show a scan of the source, or the directory of the file does
            not exist.

    """
    format, equals, name = spec.partition("=")
    if format not in FORMATS:
        hint = did_you_mean(format, FORMATS, f"there are {', '.join(sorted(FORMATS))}.", most=1)
        raise OutputError(f"there is no output format {format!r}: {hint}")
    refused = _NOT_OF.get((format, source or ""))
    if refused is not None:
        raise OutputError(refused)
    if not equals or name == "-":
        return format, None
    if not name:
        raise OutputError(f"-o {spec} names no file: write -o {format}=FILE, or -o {format} for the standard output")
    path = Path(name)
    try:
        if path.is_dir():
            raise OutputError(f"cannot write {name}: it is a directory. Name a file in it")
        above = next(each for each in path.parents if each.exists())
        if not above.is_dir():
            raise OutputError(f"cannot write {name}: {above} is not a directory")
    except OSError as error:
        raise OutputError(f"cannot write {name}: {error.strerror}") from error
    return format, path


def is_for_stdout(spec: str) -> bool:
    """Whether a ``-o`` value names the standard output. Raises what `parsed` raises.

    Files are written first: the reader of the standard output may leave early, and the files must exist all the same.
    """
    return parsed(spec)[1] is None


def renderer(format: str) -> Renderer:
    """The module that renders a format of `FORMATS`."""
    return cast("Renderer", importlib.import_module(FORMATS[format]))


def _print(stream: TextIO, text: Iterable[str], format: str) -> None:
    """Write text for people in the encoding of their terminal, and text for machines in UTF-8.

    The text is harmless already. So it bypasses the guard of the command line, which would remove our colours.
    """
    stream = getattr(stream, "unguarded", stream)
    binary = getattr(stream, "buffer", None)
    if binary is not None and format != "terminal":
        stream.flush()
        binary.writelines(_in_utf8(text))
    else:
        encoding = stream.encoding or "utf-8"
        stream.writelines(piece.encode(encoding, "backslashreplace").decode(encoding) for piece in text)
    stream.flush()


def _in_utf8(text: Iterable[str]) -> Iterable[bytes]:
    return (piece.encode("utf-8", "backslashreplace") for piece in text)


def _store(path: Path, text: Iterable[str]) -> None:
    try:
        if path.exists() and not stat.S_ISREG(path.stat().st_mode):
            with path.open("wb") as device:  # a pipe or device cannot be replaced
                device.writelines(_in_utf8(text))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            replace(path.resolve(), _in_utf8(text))
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
