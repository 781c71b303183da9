"""The finding that a person names as the terminal shows it: by digits of its fingerprint, or by control and address."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from hipaa_guard.cli.saved_results import SCAN, NoSuchFinding, finding_named, finding_of, saved

if TYPE_CHECKING:
    from hipaa_guard.assessment.model import Assessment
    from hipaa_guard.controls.findings import Finding

_HERE = "the working directory"


class NamedFinding(NamedTuple):
    """A finding, its result, and the place of that result in words."""

    finding: Finding
    assessment: Assessment
    where: str


def by_digits(digits: str, scan: Path | None) -> NamedFinding:
    """The finding whose fingerprint begins with some digits.

    It is sought in the saved result ``scan``. Without one, it is sought in the usual saved result, if there is one, and
    where it is not there, the working directory is scanned.

    Raises:
        click.ClickException: there is none, or more than one.

    """
    return _found(scan, lambda assessment, where: finding_named(assessment, digits.rstrip(".…"), where))


def by_control(word: str, address: str, scan: Path | None, policies: Iterable[Path]) -> NamedFinding:
    """The finding of a control (`controls.selecting`) on a resource.

    Raises:
        click.ClickException: as `by_digits`, or the word selects not exactly one control.

    """
    from hipaa_guard.cli.loaded_controls import loaded, wanted

    controls = wanted(loaded(policies), [word]).controls
    if len(controls) != 1:
        ids = ", ".join(control.id for control in controls)
        raise click.ClickException(f"{word} is no single control: give the id of one ({ids})")
    return _found(scan, lambda assessment, where: finding_of(assessment, controls[0].id, address, where))


def _found(scan: Path | None, sought: Callable[[Assessment, str], Finding]) -> NamedFinding:
    if scan is not None:
        return _in(saved(scan), str(scan), sought)
    if os.path.lexists(SCAN):
        assessment = saved(Path(SCAN))
        with suppress(NoSuchFinding):  # it may be newer
            return _in(assessment, SCAN, sought)
    from hipaa_guard.cli.scan import scanned_again

    return _in(scanned_again(), _HERE, sought)


def _in(assessment: Assessment, where: str, sought: Callable[[Assessment, str], Finding]) -> NamedFinding:
    return NamedFinding(sought(assessment, where), assessment, where)
