"""``hipaa-guard scan``: judge Terraform or a live account."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from hipaa_guard.assessment.gate import CLEAN, INCOMPLETE
from hipaa_guard.cli.configuration.settings import (
    SettingsInEffect,
    configurable,
    from_file,
    repository_root,
    settings_in_effect,
)
from hipaa_guard.cli.scan_options import shared_options
from hipaa_guard.cli.scan_outputs import on_stdout_of, print_brief, warn_of, without_terminal, write_outputs
from hipaa_guard.cli.scan_words import ScanGroup, changed_in, paths_of, tf_vars
from hipaa_guard.cli.scan_words import pairs_of as pairs_of  # noqa: PLC0414 - other verbs take it from here
from hipaa_guard.cli.terminal.screen_options import Steps
from hipaa_guard.cli.words import REGIONS, severities_in
from hipaa_guard.controls.control import Severity
from hipaa_guard.facts.origin import ACCOUNT_DIGITS

if TYPE_CHECKING:
    from hipaa_guard.assessment.model import Assessment
    from hipaa_guard.peers.asked import Asked
    from hipaa_guard.scanning.options import Options

INTERRUPTED = 130
"""The exit code that shells give a program that Ctrl-C stopped."""


_RESULT_ONLY = "hipaa_guard.result_only"
"""The key, in the context of a scan, of a list that takes its result instead of the outputs."""


def _account_id(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None and not (len(value) == ACCOUNT_DIGITS and value.isdecimal()):
        raise click.BadParameter(f"{value!r} is no id of an account, which has {ACCOUNT_DIGITS} digits")
    return value


_PARTIAL = dict.fromkeys(("changed", "changed_since", "changed_files", "changed_only"), ("peers",))
"""Options for a part of a tree. Other scanners read the whole."""


@click.group(cls=ScanGroup, subcommand_metavar="[terraform|aws] [OPTIONS] [PATH]...")
def scan() -> None:
    """Judge Terraform or a live AWS account.

    Without the name of a scan it is `scan terraform`: `hipaa-guard scan` judges the working directory, and
    `hipaa-guard scan PATH` what is there. `scan aws` is always the account; a directory of that name is `./aws`.
    """


@configurable(
    "terraform", replacing={"baseline": ("baseline_ref",), "baseline_ref": ("baseline",), **_PARTIAL}, defines=True
)
@scan.command("terraform")
@click.argument("path", type=click.Path(path_type=Path, allow_dash=True), default=".")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, allow_dash=True), metavar="[PATH|FILE]...")
@click.option("-d", "--directory", "directories", multiple=True, type=click.Path(path_type=Path), help="As PATH.")
@click.option(
    "--skip-path",
    "skip_paths",
    multiple=True,
    metavar="GLOB",
    help="Leave out files and directories: a name at any depth (legacy), or a path with a slash (infra/legacy/**).",
)
@click.option(
    "--changed",
    is_flag=True,
    help="Judge only root modules that the changed FILEs affect; without FILEs, what differs from the last commit.",
)
@click.option("--changed-since", metavar="REF", help="Judge only what differs from where git's REF and HEAD parted.")
@click.option(
    "--changed-files",
    type=click.File("rb"),
    metavar="FILE",
    help="As --changed, with a list of FILEs, one a line or ended by NUL; `-` reads the standard input.",
)
@click.option(
    "--source",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The source of the plan or state: adds lines to findings, and values that the plan does not know yet.",
)
@click.option(
    "--var-file",
    "var_files",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="As for terraform plan.",
)
@click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="As for terraform plan.")
@click.option("--tf-var-env", is_flag=True, help="Also take variables from the environment, TF_VAR_NAME.")
@click.option("--workspace", metavar="NAME", help="The workspace, terraform.workspace. [default: not known]")
@click.option(
    "--account",
    callback=_account_id,
    metavar="ID",
    help="The account that it is applied to, unless a provider names its account. Decides which accounts are others.",
)
@click.option("--changed-only", is_flag=True, help="Judge only what a plan changes.")
@click.option("--baseline-ref", metavar="REF", help="Gaps that exist at this commit of git are not new.")
@repository_root
@shared_options
def terraform(
    path: Path,
    *,
    files: tuple[Path, ...],
    directories: tuple[Path, ...],
    skip_paths: tuple[str, ...],
    changed: bool,
    changed_since: str | None,
    changed_files: IO[bytes] | None,
    source: Path | None,
    var_files: tuple[Path, ...],
    variables: tuple[str, ...],
    tf_var_env: bool,
    workspace: str | None,
    account: str | None,
    changed_only: bool,
    baseline_ref: str | None,
    repository_root: Path | None,
    **common: Any,
) -> int:
    """Judge Terraform: directories, files of source, plans (`terraform show -json`) and states.

    PATH is the working directory by default. Several are one scan with one report. `-` is a plan or state on the
    standard input. Of a single .tf file, the resources that it makes are judged, with the values that its module gives
    them. Directories that git ignores are left out, unless they are named.

    With --changed, it judges only the root modules of the directory that hold a changed FILE, or that call its module
    directly or indirectly. pre-commit passes changed files in this way. Without FILEs, git tells which files differ
    from the last commit, new ones included, and only what they concern is reported: resources in them, in modules that
    they call, and those whose values come from them.
    """
    from hipaa_guard.cli.beside import beside_terraform
    from hipaa_guard.scanning.options import TerraformTarget
    from hipaa_guard.scanning.terraform import scan_terraform
    from hipaa_guard.terraform.modules.plan_inputs import PlanInputs

    paths, changes = paths_of(path, files, directories, changed=changed)
    named = changed_in(changes, changed_files)
    if named is not None and changed_since is not None:
        raise click.UsageError("--changed-since asks git which files changed: leave out the FILEs")
    target = TerraformTarget(
        paths[0],
        PlanInputs(var_files, pairs_of(variables), tf_vars() if tf_var_env else None, workspace),
        source=source,
        changed_only=changed_only,
        changed=named,
        changed_since=changed_since or ("HEAD" if changed and named is None else None),
        baseline_ref=baseline_ref,
        repository_root=repository_root,
        account=account,
        others=paths[1:],
        skip_paths=skip_paths,
        may_skip_nothing=from_file("skip_paths"),
    )
    if common["peers"] and (changed or changed_since or changed_files or changed_only):
        raise click.UsageError("--peers runs scanners that read the whole tree: leave out the --changed options")
    with no_collections():
        return _run(
            common,
            "terraform",
            lambda options: scan_terraform(target, options),
            baseline_ref=baseline_ref,
            peers=lambda: beside_terraform(common, target),
        )


def scanned_again() -> Assessment:
    """The result of ``scan terraform`` without arguments: of the paths and options in the settings, else of the working
    directory.

    Raises:
        click.ClickException: it cannot be scanned.

    """
    found: list[Assessment] = []
    with terraform.make_context("terraform", [], parent=click.get_current_context()) as ctx:
        ctx.meta[_RESULT_ONLY] = found
        try:
            terraform.invoke(ctx)
        finally:
            del ctx.meta[_RESULT_ONLY]
    return found[0]


@configurable(
    "aws",
    replacing={
        "replay": ("profile", "role_arn", "external_id", "regions", "evidence", "peers"),
        "dry_run": ("outputs", "peers"),
        "preflight": ("outputs", "peers"),
    },
    defines=True,
)
@scan.command("aws")
@click.option("--profile", metavar="NAME", help="Profile of the AWS configuration.")
@click.option("--role-arn", metavar="ARN", help="Role to assume for the scan.")
@click.option("--external-id", metavar="ID", help="External id of that role's trust policy.")
@click.option(
    "--regions",
    "--region",
    "regions",
    multiple=True,
    type=REGIONS,
    metavar="a,b|all",
    help="Regions to read; may be given several times. [default: all that the account has enabled]",
)
@click.option(
    "--evidence",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Also store the fields of the answers that the scan reads, without secrets.",
)
@click.option("--resume", is_flag=True, help="Continue an interrupted scan with the same options.")
@click.option(
    "--replay",
    type=click.Path(path_type=Path, exists=True),
    metavar="DIR",
    help="Judge the answers that --evidence stored. Calls nothing.",
)
@click.option("--dry-run", is_flag=True, help="Only print the calls and IAM actions of the scan. Calls nothing.")
@click.option(
    "--preflight", is_flag=True, help="Only print the identity, the regions, and the actions that the role lacks."
)
@shared_options
def aws(
    *,
    profile: str | None,
    role_arn: str | None,
    external_id: str | None,
    regions: tuple[str, ...],
    evidence: Path | None,
    resume: bool,
    replay: Path | None,
    dry_run: bool,
    preflight: bool,
    **common: Any,
) -> int:
    """Judge a live AWS account. Reads configuration only, never data."""
    from hipaa_guard.cli.beside import beside_aws
    from hipaa_guard.scanning.aws import AwsTarget, InterruptedScanError, dry_run_aws, preflight_aws, rejudge, scan_aws

    at = AwsTarget(profile, role_arn, external_id, ",".join(regions) if regions else None)
    chosen = [
        name for name, given in (("--dry-run", dry_run), ("--preflight", preflight), ("--replay", replay)) if given
    ]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} exclude each other: give one of them")
    if replay and (at != AwsTarget() or evidence or resume):
        raise click.UsageError(
            "--replay takes account and regions from the evidence and calls nothing: leave out their options"
        )
    if chosen and common["peers"]:
        raise click.UsageError(f"{chosen[0]} scans no account: leave out --peers")
    if dry_run:
        from hipaa_guard.cli.before_scan import print_dry_run

        return _without_scan(common, lambda options: print_dry_run(dry_run_aws(options), common["outputs"]))
    if preflight:
        from hipaa_guard.cli.before_scan import print_preflight

        return _without_scan(common, lambda options: print_preflight(preflight_aws(options, at), common["outputs"]))
    if replay:
        return _run(common, "aws", lambda options: rejudge(options, replay))
    try:
        return _run(
            common,
            "aws",
            lambda options: scan_aws(options, at, evidence=evidence, resume=resume),
            peers=lambda: beside_aws(common, at),
        )
    except InterruptedScanError as error:
        click.echo(f"hipaa-guard: {error}", err=True)
        return INTERRUPTED


def _without_scan(common: dict[str, Any], action: Callable[[Options], int]) -> int:
    """Do something else with the options of a scan: print its calls, or its preflight."""
    from hipaa_guard.outputs import OutputError
    from hipaa_guard.scanning.options import InputError, Options

    try:
        on_stdout_of(common["outputs"])
        said: list[str] = []
        options = Options(only=common["only"], skip=common["skip"], policies=common["policies"], warn=said.append)
        code = action(options)
    except (InputError, OutputError) as error:
        raise click.ClickException(str(error)) from None
    warn_of(said, "policies")
    return code or (INCOMPLETE if said else CLEAN)


@contextmanager
def no_collections() -> Iterator[None]:
    """Turn the garbage collector off: nearly all objects of a scan live to its end, and it would search all of them."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.freeze()
            gc.enable()


def _run(
    common: dict[str, Any],
    source: str,
    scanned: Callable[[Options], Assessment],
    *,
    baseline_ref: str | None = None,
    peers: Callable[[], Asked | None] = lambda: None,
) -> int:
    from hipaa_guard.assessment.model import UsedFile
    from hipaa_guard.cli.terminal.progress import shown
    from hipaa_guard.outputs import OutputError
    from hipaa_guard.outputs.wording.harmless_text import visible
    from hipaa_guard.scanning.options import InputError, Options

    brief, settings = common["brief"], settings_in_effect()
    outputs = without_terminal(common["outputs"]) if brief else common["outputs"] or ("terminal",)
    if common["baseline"] is not None and baseline_ref is not None:
        raise click.UsageError("--baseline and --baseline-ref are two baselines: give one of them")
    if common["fail_on_new"] and common["baseline"] is None and baseline_ref is None:
        raise click.UsageError("--fail-on-new needs a baseline: give --baseline or --baseline-ref")
    if common["fail_on_settings_change"] and settings.at is None and not from_file("fail_on_settings_change"):
        raise click.UsageError("--fail-on-settings-change needs a commit to compare with: give --settings-ref REF")
    steps = _steps(settings) if common["verbose"] else None
    try:
        on_stdout, asked = on_stdout_of(outputs, source, brief=brief), peers()
        with shown(wanted=not (common["quiet"] or brief)) as progress:
            assessment = scanned(
                Options(
                    only=common["only"],
                    skip=common["skip"],
                    severities=severities_in(common["severities"]),
                    policies=common["policies"],
                    preset=common["preset"],
                    fail_on=None if common["fail_on"] is None else Severity(common["fail_on"]),
                    max_unknown=common["max_unknown"],
                    max_unjudged=common["max_unjudged"],
                    allow_empty=common["allow_empty"],
                    warn_only=common["warn_only"],
                    fail_on_new=common["fail_on_new"],
                    fail_on_expired=common["fail_on_expired_exceptions"],
                    exceptions=common["exceptions"],
                    baseline=common["baseline"],
                    settings=settings.used or UsedFile(),
                    at=settings.at,
                    settings_changes=settings.changes,
                    fail_on_settings_change=common["fail_on_settings_change"],
                    peers=asked,
                    progress=progress,
                    done=steps,
                    warn=lambda text: None if brief else click.echo(f"hipaa-guard: {visible(text)}", err=True),
                )
            )
        if _RESULT_ONLY in click.get_current_context().meta:
            click.get_current_context().meta[_RESULT_ONLY].append(assessment)
            return CLEAN
        if not brief:
            warn_of(assessment.exceptions.warnings, "exceptions")
        if assessment.baseline is not None and not brief:
            file = assessment.baseline.file or baseline_ref
            warn_of([f"baseline {file} {each}" for each in assessment.baseline.warnings], "the baseline")
        if steps is not None:
            steps("compared with exceptions and baseline, and decided the gate")
        write_outputs(assessment, outputs, common)
        if steps is not None:
            steps(f"wrote {', '.join(outputs)}")
    except (InputError, OutputError) as error:
        raise click.ClickException(str(error)) from None
    if brief:
        print_brief(assessment, common)
    # The deciding reason is always the last line, also where stdout has another format.
    elif "terminal" not in on_stdout:
        click.echo(f"hipaa-guard: {assessment.gate.reasons[0]}", err=True)
    return assessment.gate.exit_code


def _steps(settings: SettingsInEffect) -> Steps:
    """What tells the steps of a scan; first the source of its settings."""
    steps = Steps()
    used = settings.used
    steps("no file of settings" if used is None or not used.file else f"took settings from {used.file}")
    return steps
