"""The option ``--peers``: other scanners that run beside ours."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hipaa_guard.peers.asked import Asked, Subject
    from hipaa_guard.peers.programs import Source
    from hipaa_guard.scanning.aws import AwsTarget
    from hipaa_guard.scanning.options import TerraformTarget


def beside_terraform(common: dict[str, Any], target: TerraformTarget) -> Asked | None:
    """The scanners that a scan of Terraform is to run beside; None where there are none.

    Raises:
        click.UsageError: one of them cannot run.

    """
    if not common["peers"]:
        return None
    from hipaa_guard.peers.asked import Subject
    from hipaa_guard.terraform.files import is_stream
    from hipaa_guard.terraform.read import is_source_file

    if target.others or is_stream(target.path) or is_source_file(target.path):
        raise click.UsageError(
            "--peers goes with one directory, or a plan in a file: other scanners read neither several paths, single "
            "files of source nor streams as this scan does"
        )
    if target.skip_paths:
        click.echo(
            "hipaa-guard: --skip-path does not reach other scanners: what they find there counts as theirs", err=True
        )
    inputs = target.inputs
    if inputs.variables or inputs.environment:
        click.echo(
            "hipaa-guard: values of --var and TF_VAR_* do not reach other scanners, those of --var-file do", err=True
        )
    subject = Subject(target.path, target.source, tuple(inputs.var_files))
    return _asked(common, "terraform", subject, tuple(_trees(target.path, target.source)))


def beside_aws(common: dict[str, Any], target: AwsTarget) -> Asked | None:
    """The scanners that a scan of an account is to run beside; None where there are none.

    Raises:
        click.UsageError: one of them cannot run.

    """
    if not common["peers"]:
        return None
    from hipaa_guard.peers.asked import Subject

    named = [each.strip() for each in (target.regions or "").split(",") if each.strip()]
    regions = () if "all" in named else tuple(named)
    subject = Subject(profile=target.profile, role_arn=target.role_arn, external_id=target.external_id, regions=regions)
    return _asked(common, "aws", subject, ())


def _asked(common: dict[str, Any], source: Source, subject: Subject, trees: tuple[Path, ...]) -> Asked:
    from hipaa_guard.peers.asked import Asked
    from hipaa_guard.peers.programs import PeerChoiceError, programs

    try:
        found = programs(common["peers"], source, trees, os.environ.get("PATH", ""))
    except PeerChoiceError as error:
        raise click.UsageError(f"--peers: {error}") from None
    return Asked(found, subject, trees, common["trust_peer_config"], common["peers_timeout"])


def _trees(*places: Path | None) -> Iterator[Path]:
    """The directories whose author is that of the scanned text: what is scanned, and the work trees that hold it."""
    from hipaa_guard.terraform.repository.top import work_tree_of

    for place in places:
        if place is not None:
            directory = place if place.is_dir() else place.parent
            work_tree = work_tree_of(directory.resolve())
            yield from (each for each in (place if place.is_dir() else None, work_tree) if each is not None)
