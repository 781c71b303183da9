"""The verbs of the command line. Each imports its modules when it runs, so that ``--version`` stays quick."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence

import click

from hipaa_guard.cli.commands import CommandGroup
from hipaa_guard.cli.terminal.screen_options import color_option, pager_option
from hipaa_guard.cli.terminal.streams import StdoutError, stdout_error
from hipaa_guard.stopping import exit_code, stopped_by
from hipaa_guard.version import VERSION

USAGE_ERROR, INTERNAL_ERROR = 2, 4
READER_LEFT = 128 + signal.SIGPIPE
"""The exit code that shells give a program whose output nobody reads any more: 141."""

_VERBS = {
    "scan": "hipaa_guard.cli.scan:scan",
    "controls": "hipaa_guard.cli.controls:controls",
    "explain": "hipaa_guard.cli.controls:explain",
    "fix": "hipaa_guard.cli.fix:fix",
    "policies": "hipaa_guard.cli.policies:policies",
    "exceptions": "hipaa_guard.cli.exceptions:exceptions",
    "baseline": "hipaa_guard.cli.baseline:baseline",
    "diff": "hipaa_guard.cli.diff:diff",
    "iam-policy": "hipaa_guard.cli.iam:iam_policy",
    "render": "hipaa_guard.cli.render:render",
    "import": "hipaa_guard.cli.importing:import_results",
    "checkov-dir": "hipaa_guard.cli.checkov:checkov_dir",
    "config": "hipaa_guard.cli.config:config",
    "init": "hipaa_guard.cli.init:init",
    "mcp": "hipaa_guard.cli.mcp:mcp",
    "completion": "hipaa_guard.cli.completion:completion",
    "man": "hipaa_guard.cli.manual:man",
    "help": "hipaa_guard.cli.manual:help",
    "version": "hipaa_guard.cli.manual:version",
}
_ALSO = {"tf": "hipaa_guard.cli.scan:terraform", "ls": "hipaa_guard.cli.controls:list_controls"}
"""Short words for verbs of the second level: ``scan terraform`` and ``controls list``."""
_HELP = {
    "scan": "Judge Terraform or a live AWS account.",
    "controls": "List the controls, or show one.",
    "explain": "Explain a control and how to fix a gap, or show one finding.",
    "fix": "Show or apply a patch for gaps whose repair is certain.",
    "policies": "Write and test policies of your own.",
    "exceptions": "Check, list and add accepted risks.",
    "baseline": "Record the known gaps, so that only new ones stop a pipeline.",
    "diff": "Compare two saved JSON results.",
    "iam-policy": "Print the least-privilege IAM policy that a scan needs.",
    "render": "Write a saved JSON result in other formats.",
    "import": "Merge results of other scanners with ours.",
    "checkov-dir": "Print the directory that makes Checkov run our controls.",
    "config": "Show the settings, and the source of each.",
    "init": "Write the settings and the pipeline for a repository.",
    "mcp": "Serve editors and agents: scan, explain, preview a fix.",
    "completion": "Print the completion script of a shell.",
    "man": "Print the manual page.",
    "help": "Print the help of a verb.",
    "version": "Print the version.",
}


class _Lazy(CommandGroup):
    """A group whose verbs are imported when they are run."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        place = _VERBS.get(cmd_name) or _ALSO.get(cmd_name)
        if place is None:
            return None
        from importlib import import_module

        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        with formatter.section("Verbs"):
            formatter.write_dl(list(_HELP.items()))
            formatter.write_paragraph()
            formatter.write_text("`tf` is short for `scan terraform`, `ls` for `controls list`.")


@click.group(
    cls=_Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 clean, 1 gaps found, 2 usage or configuration, 3 incomplete or nothing judged, 4 our error.",
)
@click.version_option(VERSION, prog_name="hipaa-guard")
@color_option()
@pager_option()
def cli() -> None:
    """Compliance as code for health care on AWS.

    One set of controls judges Terraform and live accounts against the HIPAA Security Rule.
    """


def run(arguments: Sequence[str]) -> int:
    """Run with arguments and return the exit code. Every failure is one sentence on stderr.

    Raises:
        SystemExit: a shell asked for completions.

    """
    code = _run(arguments)
    unwritten = stdout_error()
    if stopped_by() is not None:
        return exit_code()
    if unwritten is not None and code != INTERNAL_ERROR:
        return _unwritten(unwritten)
    return code


def _run(arguments: Sequence[str]) -> int:
    try:
        result = cli.main(args=list(arguments), prog_name="hipaa-guard", standalone_mode=False)
        sys.stdout.flush()
    except (click.exceptions.Abort, KeyboardInterrupt):
        by = stopped_by()
        ended = "interrupted" if by in (None, signal.SIGINT) else f"stopped by {by.name}"
        click.echo(f"hipaa-guard: {ended}", err=True)
        return exit_code()
    except click.ClickException as error:
        error.show()
        return USAGE_ERROR
    except StdoutError as error:
        return _unwritten(error)
    except SystemExit as ended:
        if isinstance(ended.__context__, OSError):  # click takes any broken pipe for that of stdout
            return _broken(ended.__context__)
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: reported as a bug of ours
        return _broken(error)
    return result if isinstance(result, int) else 0


def _unwritten(error: StdoutError) -> int:
    """Report that stdout could not be written. Where its reader has left (``| head``), nobody is there to read it."""
    if error.reader_left:
        return READER_LEFT
    if error.reported:
        return USAGE_ERROR
    error.reported = True
    click.echo(f"hipaa-guard: the output could not be written to the standard output: {error}", err=True)
    return USAGE_ERROR


def _broken(error: Exception) -> int:
    if os.environ.get("HIPAA_GUARD_DEBUG"):
        import traceback

        traceback.print_exception(error)
    click.echo(
        f"hipaa-guard: internal error: {type(error).__name__}: {error}\n"
        "This is a bug in hipaa-guard, not in what was scanned. Run again with HIPAA_GUARD_DEBUG=1 for the details "
        "and report it.",
        err=True,
    )
    return INTERNAL_ERROR
