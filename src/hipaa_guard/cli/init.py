"""``hipaa-guard init``: settings, a pipeline and a pre-commit hook for a repository."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hipaa_guard.cli.commands import Command

if TYPE_CHECKING:
    from hipaa_guard.cli.initial.found_roots import FoundRoots
    from hipaa_guard.cli.initial.planned_files import PlannedFile
    from hipaa_guard.cli.initial.repository import Repository
    from hipaa_guard.cli.initial.requirement import Requirement

_SHOWN = 5


@click.command(cls=Command)
@click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path, exists=True, file_okay=False), metavar="[DIRECTORY]..."
)
@click.option(
    "--ci",
    "pipelines",
    multiple=True,
    type=click.Choice(["github", "gitlab", "none"]),
    help="The pipeline to write. [default: those that the repository has]",
)
@click.option(
    "--pre-commit/--no-pre-commit",
    default=None,
    help="Whether to add the hook of pre-commit. [default: if the repository is one of git]",
)
@click.option(
    "--install",
    metavar="REQUIREMENT",
    help="The requirement that pip installs in the pipeline. [default: this version, from where it was installed]",
)
@click.option(
    "--skip-path",
    "skipped",
    multiple=True,
    metavar="GLOB",
    help="Leave out directories that match, by their path from the top of the repository.",
)
@click.option("--dry-run", is_flag=True, help="Only show the changes, as a patch.")
@click.option("--force", is_flag=True, help="Overwrite the settings and pipelines that exist.")
def init(
    *,
    paths: tuple[Path, ...],
    pipelines: tuple[str, ...],
    pre_commit: bool | None,
    install: str | None,
    skipped: tuple[str, ...],
    dry_run: bool,
    force: bool,
) -> None:
    """Write settings, a pipeline and a pre-commit hook for the repository of the working directory.

    Looks at the Terraform in the DIRECTORIES, by default in the working directory, and at what the repository has
    already. Files go to the top of the repository. Keeps every file that exists, and adds the hook to
    .pre-commit-config.yaml.
    """
    from hipaa_guard.cli.initial.planned_files import write
    from hipaa_guard.cli.initial.planning import plan
    from hipaa_guard.cli.initial.repository import repository_here
    from hipaa_guard.cli.initial.requirement import Requirement, installed_requirement

    if "none" in pipelines and len(pipelines) > 1:
        raise click.UsageError("--ci none and another pipeline exclude each other")
    repository = repository_here()
    found = _roots(repository, paths, skipped)
    requirement = Requirement(install) if install else installed_requirement()
    hook = repository.has_git if pre_commit is None else pre_commit
    planned = plan(repository, found, requirement, pipelines, patterns=skipped, hook=hook, force=force)
    for line in _roots_told(found):
        click.echo(line)
    for each in planned.files:
        if each.changes and not dry_run:
            write(repository.top, each)
        click.echo(each.told(dry_run=dry_run))
    for line in (*planned.advice, *_absent_told(found)):
        click.echo(line)
    if dry_run:
        _show_patch(planned.files)
        return
    for line in _last_lines(repository, planned.files, requirement):
        click.echo(line)


def _roots(repository: Repository, paths: Sequence[Path], skipped: Sequence[str]) -> FoundRoots:
    """The root modules to scan.

    Raises:
        click.ClickException: there are none, or a path cannot be read or lies outside of the repository.

    """
    from hipaa_guard.cli.initial.found_roots import find_roots_of_aws

    resolved = [path.resolve() for path in paths]
    for path, real in zip(paths, resolved, strict=True):
        if not real.is_relative_to(repository.top):
            raise click.ClickException(
                f"{path} lies outside of {repository.top}: run init in the repository that holds it"
            )
    here = Path.cwd().resolve()
    if not paths and here != repository.top:
        resolved = [here]
    try:
        found = find_roots_of_aws(repository.top, resolved, skipped)
    except OSError as error:
        raise click.ClickException(f"{error.filename} cannot be read: {error.strerror}") from None
    if found.of_aws:
        return found
    where = f"below {_named([str(path) for path in paths])}" if paths else "below this directory"
    if not found.others:
        raise click.ClickException(f"there is no Terraform {where}; for an account, see `scan aws`")
    raise click.ClickException(
        f"there is no Terraform of AWS {where}: {_others(found)}; nothing was written. For an account, see `scan aws`"
    )


def _roots_told(found: FoundRoots) -> Iterator[str]:
    from hipaa_guard.outputs.wording.harmless_text import visible

    yield f"Terraform: {_named(found.of_aws)}"
    if found.others:
        yield f"Left out, without resources of AWS: {_others(found)}"
    if found.unseen:
        first, more = found.unseen[0], len(found.unseen) - 1
        yield visible(f"Not looked at: {first.subject}: {first.reason}" + (f"; and {more:,} more" if more else ""))


def _absent_told(found: FoundRoots) -> Iterator[str]:
    """Why a scan will be incomplete, which fails a pipeline, and what helps."""
    if found.absent:
        yield f"Not there or with errors: {_named([name for name, _ in found.absent])}."
        yield "  Without this a scan is incomplete (exit code 3). Mend it, or leave it out with --skip-path."
    if any(elsewhere for _, elsewhere in found.absent):
        yield "  `terraform get` brings modules from elsewhere: run it before the scan, in the pipeline too."


def _others(found: FoundRoots) -> str:
    return _named([f"{directory} ({providers})" for directory, providers in found.others])


def _named(roots: Sequence[str]) -> str:
    from hipaa_guard.outputs.wording.harmless_text import visible

    more = f" and {len(roots) - _SHOWN:,} more" if len(roots) > _SHOWN else ""
    return visible(", ".join(roots[:_SHOWN]) + more)


def _show_patch(planned: Sequence[PlannedFile]) -> None:
    """Write the patch as bytes: a guarded stream would take its first lines for marks of a log."""
    from hipaa_guard.cli.fix_questions import harmless_line
    from hipaa_guard.cli.initial.planned_files import as_patch

    lines = [harmless_line(line) for each in planned if each.changes for line in as_patch(each)]
    click.echo("".join(lines).encode("utf-8", "surrogateescape"), nl=False)


def _last_lines(repository: Repository, files: Sequence[PlannedFile], requirement: Requirement) -> Iterator[str]:
    """What is left to the user, and the next two commands."""
    from hipaa_guard.cli.initial.planning import installs

    changed = [each for each in files if each.changes]
    if not changed:
        yield "Nothing changed: all files were there."
    for each in changed:
        if installs(each.path):
            yield _source(each, requirement)
    inside = os.path.relpath(repository.top, Path.cwd().resolve())
    at_top, ending = ("", "") if inside == "." else (f"(cd {shlex.quote(inside)} && ", ")")
    yield "Next:"
    yield f"  {at_top}hipaa-guard scan terraform{ending}    # the gaps of today, and those that stop a pipeline"
    if repository.has_git:
        names = [each.path.as_posix() for each in files]
        force = "-f " if repository.ignores(names) else ""
        shown = " ".join(map(shlex.quote, names))
        yield f"  {at_top}git add {force}{shown}{ending}    # then commit them"
    else:
        yield f"  {at_top}hipaa-guard baseline write{ending}    # records the gaps of today, so that new ones stand out"


def _source(planned: PlannedFile, requirement: Requirement) -> str:
    if requirement.missing:
        return (
            f"{planned.path} needs a line of yours: {requirement.missing} Say in REQUIREMENT what pip installs there."
        )
    key = ", for which it needs a key" if requirement.needs_key else ""
    return f"{planned.path} installs {requirement.text}{key}."
