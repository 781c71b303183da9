"""``hipaa-guard mcp``: scan, explain and the preview of a fix for editors and agents."""

from __future__ import annotations

import click

from hipaa_guard.cli.commands import Command


@click.command(cls=Command)
def mcp() -> int:
    """Serve editors and agents by the Model Context Protocol, on the standard streams.

    The tools scan Terraform below the working directory, explain a control, and show the patch of a fix. They write
    nothing, call no AWS account, and refuse paths that lead out of the working directory. The server ends when its
    standard input ends. It needs the extra `mcp`.
    """
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        raise click.ClickException(
            "the SDK of the Model Context Protocol is not installed: install hipaa-guard again from the same place, "
            "with its extra `mcp` (hipaa-guard-cloud[mcp])"
        )
    from hipaa_guard.cli.mcp_server.server import serve

    serve()
    return 0
