"""``hipaa-guard iam-policy``: the least privilege that a scan needs, from the tables of facts."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("iam-policy")
@click.option("-c", "--control", "only", multiple=True, metavar="ID", help="Only what this control needs.")
@click.option("--policies", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="Also these controls.")
def iam_policy(only: tuple[str, ...], policies: tuple[Path, ...]) -> None:
    """Print the least-privilege IAM policy that a scan needs, with a Deny on reading data."""
    from hipaa_guard.aws.actions import policy
    from hipaa_guard.controls.loading import ControlError, load, select
    from hipaa_guard.controls.wanted import wanted_facts

    try:
        chosen = select(load(policies), only)
    except ControlError as error:
        raise click.ClickException(str(error)) from None
    wanted = wanted_facts(chosen)
    click.echo(json.dumps(policy(wanted, wanted), indent=2))
