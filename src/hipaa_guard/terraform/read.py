"""The entry point of the package: from a path to configurations, for source, a plan or a state."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs, VariableFileError
from hipaa_guard.terraform.recorded.documents import read_document
from hipaa_guard.terraform.recorded.plan import is_plan, read_plan
from hipaa_guard.terraform.recorded.state import is_raw_state, is_state, read_raw_state, read_state
from hipaa_guard.terraform.repository.top import Top, name_roots

if TYPE_CHECKING:
    from hipaa_guard.terraform.recorded.source_tree import SourceTree
    from hipaa_guard.terraform.repository.changes import Changes

__all__ = ["TerraformInputError", "read"]

_LOOKED_AT = 50_000
_SOURCES = (".tf", ".tf.json")


def read(
    path: Path,
    inputs: PlanInputs | None = None,
    *,
    source: Path | None = None,
    changed: Changes | None = None,
    top: Top | None = None,
) -> list[Configuration]:
    """All configurations at a path: the root modules of a directory, or the one in a plan or state.

    ``source`` is the directory with the root module that a plan or state was made from. With `Changes`, only
    the root modules of a directory that they concern are read. Roots are named from the ``top``, else
    from what is scanned.

    Raises:
        TerraformInputError: nothing can be scanned; the text says what to do next.

    """
    try:
        inputs = inputs or PlanInputs()
        inputs.check()
        found = _read(path, source, inputs, changed)
    except OSError as error:
        raise TerraformInputError(f"{path} cannot be read: {error.strerror or error}") from None
    except VariableFileError as error:
        raise TerraformInputError(str(error)) from None
    if top is not None:
        name_roots(found, top, path.name)
    return found


def _read(path: Path, source: Path | None, inputs: PlanInputs, changed: Changes | None) -> list[Configuration]:
    if source is not None and (path.is_dir() or path.name.endswith(_SOURCES)):
        raise TerraformInputError(f"{path} is source itself: --source goes with a plan or a state")
    if path.is_dir():
        return _directory(path, inputs, changed)
    if not path.exists():
        raise TerraformInputError(f"{path} does not exist: give a directory of .tf files, or a plan or state as JSON")
    if path.name.endswith(_SOURCES):
        return _with_siblings(path, inputs)
    return [_document(read_document(path), path, _source_tree(path, source, inputs))]


def _source_tree(path: Path, source: Path | None, inputs: PlanInputs) -> SourceTree | None:
    if source is not None:
        from hipaa_guard.terraform.recorded.source_tree import SourceTree

        return SourceTree(source, inputs)
    if inputs:
        raise TerraformInputError(
            f"{path} is a file of known values: variables and a workspace apply to a directory of .tf files, "
            "or to that of --source"
        )
    return None


def _document(document: dict[str, Any], path: Path, source: SourceTree | None) -> Configuration:
    if is_plan(document):
        return read_plan(document, path.name, source)
    if is_raw_state(document):
        return read_raw_state(document, path.name, source)
    if is_state(document):
        return read_state(document, path.name, source)
    found = ", ".join(repr(key[:30]) for key in sorted(document)[:5]) or "nothing"
    raise TerraformInputError(
        f"{path} holds JSON but no plan or state: `resource_changes`, `planned_values` or `values` are expected, "
        f"{found} is there; give the output of `terraform show -json`"
    )


def _directory(path: Path, inputs: PlanInputs, changed: Changes | None = None) -> list[Configuration]:
    from hipaa_guard.terraform.source import read_directory

    if not os.access(path, os.R_OK | os.X_OK):
        raise TerraformInputError(f"{path} cannot be read: permission denied")
    found = read_directory(path, inputs, changed=changed)
    if not found and not _has_source(path):
        raise TerraformInputError(f"{path} holds no .tf files: give a directory of them, or a plan or state as JSON")
    return found


def _with_siblings(path: Path, inputs: PlanInputs) -> list[Configuration]:
    """The configuration around one file of source: all files of its module are read, and a row says so."""
    found = _directory(path.parent, inputs)
    reason = f"a single file cannot be judged alone, so all of its directory {path.parent} was scanned"
    for configuration in found:
        configuration.gaps.append(
            Gap(
                GapKind.FILE,
                path.name,
                reason,
                "give the directory",
                incomplete=False,
                location=Location(path.name, 1, 1),
            )
        )
    return found


def _has_source(path: Path) -> bool:
    looked_at = 0
    for _, directories, names in os.walk(path):
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        looked_at += len(names) + 1
        if any(name.endswith(_SOURCES) for name in names) or looked_at > _LOOKED_AT:
            return True
    return False
