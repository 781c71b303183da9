"""Nothing is loaded that is not needed."""

from __future__ import annotations

import subprocess
import sys

from tests.cli.command_line.running import ROOT, run


def loaded_after(*arguments: str) -> set[str]:
    code = (
        "import sys; from hipaa_guard.cli.main import run; "
        f"run({list(arguments)!r}); print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=False)
    return set(result.stderr.split())


def loaded_by_python() -> set[str]:
    """What the installation imports at every start of Python."""
    code = "import sys; print('\\n'.join(sys.modules))"
    return set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())


def test_the_version_alone_is_told_without_the_command_line() -> None:
    code = (
        "import sys, atexit; sys.argv = ['hipaa-guard', '--version']; from hipaa_guard.cli import main; "
        "atexit.register(lambda: print('\\n'.join(sys.modules), file=sys.stderr)); main()"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert result.stdout == run("--version", "--version").stdout
    ours = {name for name in result.stderr.split() if name.startswith("hipaa_guard.")}
    assert ours == {
        f"hipaa_guard.{name}" for name in ("cli", "cli.terminal", "cli.terminal.streams", "stopping", "version")
    }
    assert not {"click", "dataclasses", "inspect"} & (set(result.stderr.split()) - loaded_by_python())


def test_the_version_loads_next_to_nothing() -> None:
    assert not {"boto3", "jinja2", "rich", "yaml", "tree_sitter", "sqlite3"} & loaded_after("--version")


def test_a_terraform_scan_loads_no_aws_and_no_report() -> None:
    loaded = loaded_after("scan", "terraform", "examples/telehealth", "-o", "json")
    assert "hipaa_guard.terraform.read" in loaded
    assert not {"boto3", "botocore", "jinja2", "rich", "pydantic", "jsonschema"} & loaded
    slow = {"yaml", "subprocess", "tempfile", "secrets", "pkgutil", "importlib.metadata", "importlib.resources"}
    assert not slow & (loaded - loaded_by_python())
