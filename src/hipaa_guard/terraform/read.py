"""The entry point of the package: from a path to configurations, for source, a plan or a state."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipaa_guard.lean import dataclass
from hipaa_guard.nearest import nearest
from hipaa_guard.terraform.blocks import Configuration
from hipaa_guard.terraform.files import STREAM, is_stream
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.path_patterns import PathPatterns
from hipaa_guard.terraform.modules.plan_inputs import PlanInputs, VariableFileError
from hipaa_guard.terraform.recorded.documents import read_document
from hipaa_guard.terraform.recorded.plan import is_plan, read_plan
from hipaa_guard.terraform.recorded.state import is_raw_state, is_state, read_raw_state, read_state
from hipaa_guard.terraform.repository.top import Top, base_of, name_roots

if TYPE_CHECKING:
    from hipaa_guard.terraform.recorded.source_tree import SourceTree
    from hipaa_guard.terraform.repository.changes import Changes

__all__ = ["TerraformInputError", "read"]

_LOOKED_AT = 50_000
_SOURCES = (".tf", ".tf.json", ".tofu", ".tofu.json")


@dataclass(frozen=True, slots=True)
class Paths:
    """What is scanned besides one path: further ones, and what is left out of all of them."""

    others: Sequence[Path] = ()
    skipped: PathPatterns | None = None


def read(
    path: Path,
    inputs: PlanInputs | None = None,
    *,
    source: Path | None = None,
    changed: Changes | None = None,
    top: Top | None = None,
    more: Paths = Paths(),  # noqa: B008 - immutable
) -> list[Configuration]:
    """All configurations at a path: the root modules of a directory, the module of a file, the one of a plan or state.

    ``source`` is the directory with the root module that a plan or state was made from. With `Changes`, only the
    root modules of directories that they concern are read. ``more`` names further paths; places are then
    relative to the nearest directory that contains all of them (`base_of`). Roots are named from the ``top``, else from
    what is scanned.

    Raises:
        TerraformInputError: nothing can be scanned; the text says what to do next.

    """
    paths = (path, *more.others)
    try:
        inputs = inputs or PlanInputs()
        inputs.check()
        check_paths(paths, source)
        base = base_of(paths)
        of_source = [each for each in paths if _is_source(each)]
        found = _sources(of_source, base, inputs, changed, more.skipped) if of_source else []
        if top is not None:
            name_roots(found, top, "")
        for each in paths:
            if not _is_source(each):
                tree = _source_tree(each, source, PlanInputs() if of_source else inputs)
                name = STREAM if is_stream(each) else Path(os.path.relpath(_resolved(each), base)).as_posix()
                found.append(_document(read_document(each), each, name, tree))
                if top is not None:
                    name_roots(found[-1:], top, name)
    except OSError as error:
        raise TerraformInputError(f"{error.filename or path} cannot be read: {error.strerror or error}") from None
    except VariableFileError as error:
        raise TerraformInputError(str(error)) from None
    return found


def check_paths(paths: Sequence[Path], source: Path | None) -> None:
    """Refuse paths that do not exist or do not go together.

    Raises:
        TerraformInputError: what is wrong, and what to do.

    """
    for path in paths:
        if source is not None and _is_source(path):
            raise TerraformInputError(f"{path} is source itself: --source goes with a plan or a state")
        if not path.exists() and not is_stream(path):
            raise TerraformInputError(
                f"{path} does not exist: give a directory of .tf files, or a plan or state as JSON{_near(path)}"
            )
    if source is not None and len(paths) > 1:
        raise TerraformInputError("--source goes with one plan or state: scan each by itself")
    if sum(map(is_stream, paths)) > 1:
        raise TerraformInputError("only one plan or state can come through a stream: write the others to files")


def _near(path: Path) -> str:
    """A question with the nearest name that is there."""
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return ""
    close = nearest(path.name, names, 1)
    return f"; did you mean {path.parent / close[0]}?" if close else ""


def is_source_file(path: Path) -> bool:
    """Whether a path is one file of source."""
    return path.name.endswith(_SOURCES) and not path.is_dir()


def _is_source(path: Path) -> bool:
    return path.is_dir() or is_source_file(path)


def _resolved(path: Path) -> Path:
    """A file with the links of its directory followed. The file keeps its own name."""
    return path.parent.resolve() / path.name


def _sources(
    paths: Sequence[Path], base: Path, inputs: PlanInputs, changed: Changes | None, skipped: PathPatterns | None
) -> list[Configuration]:
    from hipaa_guard.terraform.source import read_directory

    places = [each for each in paths if each.is_dir()]
    for each in (*places, *(path.parent for path in paths if path not in places)):
        if not os.access(each, os.R_OK | os.X_OK):
            raise TerraformInputError(f"{each} cannot be read: permission denied")
    found = read_directory(
        base,
        inputs,
        changed=changed,
        places=[each.resolve() for each in places],
        files=[_resolved(each) for each in paths if each not in places],
        skipped=skipped,
    )
    for each in places if not found or len(paths) > 1 else ():
        if not _has_source(each):
            raise TerraformInputError(
                f"{each} holds no .tf files: give a directory of them, or a plan or state as JSON"
            )
    return found


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


def _document(document: dict[str, Any], path: Path, name: str, source: SourceTree | None) -> Configuration:
    if is_plan(document):
        return read_plan(document, name, source)
    if is_raw_state(document):
        return read_raw_state(document, name, source)
    if is_state(document):
        return read_state(document, name, source)
    found = ", ".join(repr(key[:30]) for key in sorted(document)[:5]) or "nothing"
    raise TerraformInputError(
        f"{path} holds JSON but no plan or state: `resource_changes`, `planned_values` or `values` are expected, "
        f"{found} is there; give the output of `terraform show -json`"
    )


def _has_source(path: Path) -> bool:
    looked_at = 0
    for _, directories, names in os.walk(path):
        directories[:] = sorted(name for name in directories if not name.startswith("."))
        looked_at += len(names) + 1
        if any(name.endswith(_SOURCES) for name in names) or looked_at > _LOOKED_AT:
            return True
    return False
