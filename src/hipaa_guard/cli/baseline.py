"""``hipaa-guard baseline``: record the known gaps, so that only new ones stop a pipeline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hipaa_guard.assessment.baseline import FILE
from hipaa_guard.cli import scan as _  # noqa: F401 - the scans define the settings
from hipaa_guard.cli.commands import CommandGroup
from hipaa_guard.cli.configuration.settings import configurable, repository_root, settings_in_effect

if TYPE_CHECKING:
    from hipaa_guard.assessment.model import Assessment

_PATH = click.Path(path_type=Path)


@click.group(cls=CommandGroup)
def baseline() -> None:
    """Record the known gaps, so that only new ones stop a pipeline."""


@configurable("terraform")
@baseline.command("write")
@click.argument("path", type=_PATH, default=".")
@click.option("-o", "--output", type=_PATH, default=FILE, show_default=True, metavar="FILE", help="The file to write.")
@click.option("--policies", multiple=True, type=_PATH, metavar="DIR", help="As for scan.")
@click.option("--var-file", "var_files", multiple=True, type=_PATH, metavar="FILE", help="As for scan.")
@click.option("--exceptions", type=_PATH, metavar="FILE", help="As for scan.")
@repository_root
def write(
    path: Path,
    *,
    output: Path,
    policies: tuple[Path, ...],
    var_files: tuple[Path, ...],
    exceptions: Path | None,
    repository_root: Path | None,
) -> None:
    """Write the baseline of Terraform at PATH, or of a saved JSON result.

    It holds all failing and unknown findings.
    """
    from hipaa_guard.assessment.baseline import baseline_of, written
    from hipaa_guard.cli.configuration.settings_paths import refuse_default
    from hipaa_guard.outputs import OutputError, write_text
    from hipaa_guard.scanning.options import InputError, Options, TerraformTarget
    from hipaa_guard.scanning.terraform import scan_terraform
    from hipaa_guard.terraform.modules.plan_inputs import PlanInputs

    found = _result(path)
    try:
        if found is None:
            options = Options(policies=policies, exceptions=exceptions, at=settings_in_effect().at)
            target = TerraformTarget(path, PlanInputs(var_files), repository_root=repository_root)
            found = scan_terraform(target, options)
        elif repository_root is not None:
            raise click.UsageError(
                "--repository-root is for a scan of Terraform: the roots of a saved result are already named"
            )
        if output == Path(FILE):
            refuse_default(output)
        if output.parent == Path(FILE).parent:
            output.parent.mkdir(exist_ok=True)
        write_text(written(found), "json", output)
    except (InputError, OutputError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"cannot write {output}: {error.strerror}") from None
    number = len(baseline_of(found).findings)
    click.echo(f"hipaa-guard: {number:,} known findings in {output}", err=True)
    if found.scan.roots_from == "scanned path":
        click.echo(
            "hipaa-guard: its roots are named from the scanned path: use it for scans of this path only", err=True
        )
    if not found.coverage.complete:
        click.echo("hipaa-guard: the scan was incomplete: gaps in parts that were not read will count as new", err=True)


def _result(path: Path) -> Assessment | None:
    """The result in a file, if hipaa-guard wrote it."""
    from hipaa_guard.cli.saved_results import saved

    if not path.name.endswith(".json") or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            start = file.read(200)
    except OSError as error:
        raise click.ClickException(f"cannot read {path}: {error.strerror}") from None
    return saved(path) if b'"schema_version"' in start else None
