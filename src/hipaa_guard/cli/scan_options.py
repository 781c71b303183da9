"""The options that both scans share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from hipaa_guard.controls.control import Severity

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "-o",
        "--output",
        "outputs",
        multiple=True,
        metavar="FORMAT[=FILE]",
        help="Write a format (terminal, json, html, sarif, junit, gitlab, github, markdown, ocsf, asff, csv) "
        "to a file, or to stdout. Several may be given. [default: terminal]",
    ),
    click.option("-c", "--control", "only", multiple=True, metavar="ID", help="Judge by this control only."),
    click.option("--skip-control", "skip", multiple=True, metavar="ID", help="Leave this control out."),
    click.option(
        "--policies",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Also load the controls of this directory (its Python is run).",
    ),
    click.option(
        "--fail-on",
        type=click.Choice([severity.value for severity in Severity]),
        default=Severity.LOW.value,
        show_default=True,
        help="The lowest severity whose gaps fail the gate (exit 1).",
    ),
    click.option(
        "--max-unknown",
        type=click.IntRange(min=0),
        metavar="N",
        help="More unknown verdicts than this make the scan incomplete (exit 3).",
    ),
    click.option(
        "--max-unjudged",
        type=click.IntRange(min=0),
        metavar="N",
        help="More resources than this that no control judges make the scan incomplete (exit 3).",
    ),
    click.option("--allow-empty", is_flag=True, help="Let a scan that judges nothing pass (else exit 3)."),
    click.option("--warn-only", is_flag=True, help="Report gaps without failing because of them."),
    click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Gaps in this file are not new."),
    click.option("--fail-on-new", is_flag=True, help="Only gaps that the baseline lacks fail the gate."),
    click.option(
        "--exceptions",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The register of accepted risks. [default: .hipaa-guard/exceptions.yaml, if it exists]",
    ),
    click.option("--fail-on-expired-exceptions", is_flag=True, help="An exception that has expired fails the gate."),
    click.option("--all", "show_all", is_flag=True, help="Every resource on the terminal; passing findings in asff."),
    click.option(
        "--brief",
        is_flag=True,
        help="On stdout only what fails the gate, a line each, and nothing where it passes. No progress display.",
    ),
    click.option("--csv-raw", is_flag=True, help="csv for programs: no guard against formulas in a spreadsheet."),
    click.option(
        "--fail-on-settings-change",
        is_flag=True,
        help="Fail the gate if settings, exceptions, baseline or comments on exceptions differ from the commit of "
        "--settings-ref.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No progress display."),
)


def shared_options(command: F) -> F:
    """Give a command the options that both scans share."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
