"""Paths in a file of settings that was only found: another author may have chosen them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hipaa_guard.terraform.repository.git import Commit
    from hipaa_guard.terraform.repository.untrusted_paths import PathUse

_CODE = "it runs Python, so give it as --policies, HIPAA_GUARD_POLICIES or in a file that --config names"
_CODE_OF_TREE = "it runs Python of the tree, for which no commit vouches: give it as --policies or HIPAA_GUARD_POLICIES"
_PROGRAM = "it names a program, so give it as --peers, HIPAA_GUARD_PEERS or in a file that --config names"
_TRUST = (
    "it lets the tree run code, so give it as --trust-peer-config, HIPAA_GUARD_TRUST_PEER_CONFIG or in a file that "
    "--config names"
)
CODE = ("policies", "peers", "trust-peer-config")
"""Keys by which code of the tree may run. A commit does not vouch for what lies in the tree."""

_OF_COMMIT = ("exceptions", "baseline")
"""Keys whose files are read from the commit of the settings."""
_SHOWN = 200
_MOST_OUTPUTS = 50
"""The most reports that a file which was only found may ask for: each may be large."""


def uses() -> Mapping[str, PathUse]:
    """The use of each setting that is a path."""
    from hipaa_guard.terraform.repository import untrusted_paths

    return {
        "path": untrusted_paths.SCANNED,
        "source": untrusted_paths.SOURCE,
        "var-file": untrusted_paths.VALUES,
        "exceptions": untrusted_paths.REGISTER,
        "baseline": untrusted_paths.BASELINE,
        "output": untrusted_paths.OUTPUT,
        "evidence": untrusted_paths.STORE,
        "repository-root": untrusted_paths.TOP,
    }


def refused_if_found(key: str, option: click.Parameter, value: Any, at: Commit | None) -> str:
    """Why a file that was only found cannot give this value, in a few words; empty if it can.

    ``at`` is the commit that the file was read from. It vouches for its own content and not for the tree: the author
    of the tree decides what is at a path.
    """
    if key == "policies":
        return _CODE if at is None else _CODE_OF_TREE
    if key == "trust-peer-config":
        return _TRUST if value is True else ""
    if key == "peers":
        return _PROGRAM if any("=" in each for each in (value if isinstance(value, list) else [value])) else ""
    if key != "output" and not isinstance(option.type, click.Path):
        return ""
    from hipaa_guard.terraform.repository.untrusted_paths import PathKind

    use = uses().get(key)
    if use is None:
        return "it is a path: only a file that --config names may give it"
    values = value if isinstance(value, list) else [value]
    if use.expected is PathKind.FILE and use.writes and len(values) > _MOST_OUTPUTS:
        return (
            f"these are more than {_MOST_OUTPUTS} files to write: only a file that --config names may ask for so many"
        )
    for each in values:
        reason = _refused(key, each, use, at)
        if reason:
            return reason
    return ""


def refuse_default(path: Path, *, writes: bool = True) -> None:
    """Refuse a file that nobody named, where the author of the tree has put a link out of the tree, or another thing.

    Raises:
        click.ClickException: the file must not be read or written.

    """
    from hipaa_guard.terraform.repository.untrusted_paths import OUTPUT, RESULT, refused

    reason = refused(path, OUTPUT if writes else RESULT)
    if reason:
        raise click.ClickException(f"{path} {reason}: name the file that is meant")


def _refused(key: str, value: str, use: PathUse, at: Commit | None) -> str:
    from hipaa_guard.outputs.wording.harmless_text import shortened
    from hipaa_guard.terraform.repository.untrusted_paths import refused

    format, _, name = value.partition("=") if key == "output" else ("", "", value)
    if key == "output" and name in ("", "-"):
        return ""
    path = Path(name)
    if at is not None and key in _OF_COMMIT:
        reason = "" if at.place(path) is not None else "is outside of the working tree"
    else:
        reason = refused(path, use) or _write_refused(key, path, format, use)
    if not reason:
        return ""
    doing = "write" if use.writes else "name roots from" if key == "repository-root" else "read"
    return f"{shortened(name, _SHOWN)} {reason}; only a file that --config names may {doing} there"


def _write_refused(key: str, path: Path, format: str, use: PathUse) -> str:
    """The reason not to write: a file that would be overwritten, or a link that would be written through."""
    from hipaa_guard.cli.configuration.earlier_reports import may_be_replaced
    from hipaa_guard.terraform.repository.untrusted_paths import refused

    if key == "output" and not may_be_replaced(path, format):
        return f"exists and is not a {format} report of an earlier scan, and only such a report may be overwritten"
    if key == "evidence" and path.is_dir():
        objects = path / "objects"
        held = [*path.iterdir(), *(objects.iterdir() if objects.is_dir() and not objects.is_symlink() else ())]
        if refused(objects, use) or any(each.is_symlink() for each in held):
            return "holds symbolic links"
    return ""
