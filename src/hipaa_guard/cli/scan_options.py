"""The options that both scans share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from hipaa_guard.assessment.model import Preset
from hipaa_guard.cli.terminal.screen_options import color_option, pager_option
from hipaa_guard.cli.words import CONTROL, FORMAT, SEVERITY, Severities

TIMEOUT = 600
"""Seconds that each other scanner may take."""

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "-o",
        "--output",
        "--format",
        "outputs",
        multiple=True,
        type=FORMAT,
        metavar="FORMAT[=FILE]",
        help="Write a format (terminal, json, html, sarif, junit, gitlab, github, lines, markdown, ocsf, asff, csv) "
        "to a file, or to stdout. Several may be given. [default: terminal]",
    ),
    click.option(
        "-c",
        "--control",
        "only",
        multiple=True,
        type=CONTROL,
        metavar="ID",
        help="Judge by this control only. ID is an id, a pattern ('s3_*'), a citation ('164.312(e)(1)') or the id of "
        "the equivalent check of another scanner (CKV_AWS_19).",
    ),
    click.option(
        "--skip-control", "skip", multiple=True, type=CONTROL, metavar="ID", help="Leave this control out; ID as above."
    ),
    click.option(
        "--severity",
        "severities",
        multiple=True,
        type=Severities(),
        metavar="a,b",
        help="Only controls of these severities, and gaps of these severities by other controls.",
    ),
    click.option(
        "--policies",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help="Also load the controls of this directory (its Python is run).",
    ),
    click.option(
        "--preset",
        type=click.Choice(get_args(Preset)),
        default="recommended",
        show_default=True,
        help="What fails the gate (exit 1): every gap (strict), or every gap that is not advisory (recommended).",
    ),
    click.option(
        "--fail-on",
        type=SEVERITY,
        help="The lowest severity whose gaps fail the gate, advisory ones too. [default: by --preset]",
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
    click.option("--warn-only", "--soft-fail", is_flag=True, help="Report gaps without failing because of them."),
    click.option("--baseline", type=click.Path(path_type=Path), metavar="FILE", help="Gaps in this file are not new."),
    click.option("--fail-on-new", is_flag=True, help="Only gaps that the baseline lacks fail the gate."),
    click.option(
        "--exceptions",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="The register of accepted risks. [default: .hipaa-guard/exceptions.yaml, if it exists]",
    ),
    click.option("--fail-on-expired-exceptions", is_flag=True, help="An exception that has expired fails the gate."),
    click.option(
        "--all", "show_all", is_flag=True, help="Every gap on the terminal, a line each; passing findings in asff."
    ),
    click.option("--fixes", is_flag=True, help="Show the change that closes each gap on the terminal."),
    click.option("--show-unknown", is_flag=True, help="Show each unknown verdict on the terminal."),
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
    click.option(
        "--peers",
        multiple=True,
        metavar="NAME[=PROGRAM],...",
        help="Also run these installed scanners, and lay their results beside ours: checkov and trivy for Terraform, "
        "prowler for an account.",
    ),
    click.option(
        "--peers-timeout",
        type=click.IntRange(min=1),
        default=TIMEOUT,
        show_default=True,
        metavar="SECONDS",
        help="The time that each of them may take.",
    ),
    click.option(
        "--trust-peer-config",
        is_flag=True,
        help="Run them although the scanned tree configures them: such files may run code of the tree.",
    ),
    color_option(),
    pager_option(),
    click.option("-q", "--quiet", is_flag=True, help="No progress display."),
    click.option("-v", "--verbose", is_flag=True, help="Say on stderr what is read and how long each part takes."),
)


def shared_options(command: F) -> F:
    """Give a command the options that both scans share."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
