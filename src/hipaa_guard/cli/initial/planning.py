"""The files that a repository gets, with their texts."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from hipaa_guard.cli.configuration.settings_file import FILE, has_settings
from hipaa_guard.cli.initial.found_roots import FoundRoots, skip_patterns
from hipaa_guard.cli.initial.planned_files import PlannedFile, content_of, text_of
from hipaa_guard.cli.initial.pre_commit_entry import NotEditableError, has_hook, with_entry
from hipaa_guard.cli.initial.repository import Repository
from hipaa_guard.cli.initial.requirement import Requirement

_SETTINGS, _PYPROJECT = Path(FILE), Path("pyproject.toml")
_WORKFLOW = Path(".github/workflows/hipaa-guard.yml")
_GITLAB, _GITLAB_JOB = Path(".gitlab-ci.yml"), Path(".gitlab/hipaa-guard.yml")
_PRE_COMMIT = Path(".pre-commit-config.yaml")
_INCLUDE = f"include:\n  - local: {_GITLAB_JOB}\n"
_HOOK = "hipaa-guard"
_SHOWN_ROOTS = 5
_WIDTH = 100


class Plan(NamedTuple):
    """All files, in the order in which they are told, and the steps that are left to the user."""

    files: tuple[PlannedFile, ...]
    advice: tuple[str, ...]


class _Wanted(NamedTuple):
    """What the files are about."""

    repository: Repository
    found: FoundRoots
    requirement: Requirement
    patterns: Sequence[str]
    force: bool

    @property
    def parent(self) -> str:
        """The directory that holds all that is scanned."""
        return os.path.commonpath(self.found.scanned) or "."

    def has(self, path: Path) -> bool:
        """Whether the repository has a file."""
        return os.path.lexists(self.repository.top / path)


def plan(
    repository: Repository,
    found: FoundRoots,
    requirement: Requirement,
    pipelines: Sequence[str],
    *,
    patterns: Sequence[str],
    hook: bool,
    force: bool,
) -> Plan:
    """The files for a repository. Without ``pipelines``, it gets those that it has. ``patterns`` are those of the
    directories that were skipped.

    Raises:
        click.ClickException: a file must not be read or written.

    """
    chosen = pipelines or [name for name in ("github", "gitlab") if _has(repository, name)]
    wanted = _Wanted(repository, found, requirement, patterns, force)
    planned: list[PlannedFile] = [_settings(wanted)]
    advice: list[str] = []
    if "github" in chosen:
        planned.append(_workflow(wanted))
    if "gitlab" in chosen:
        planned += _gitlab(wanted, advice)
    if not pipelines and not chosen:
        advice.append("No pipeline was written: --ci github or --ci gitlab writes one.")
    if hook:
        planned.append(_pre_commit(wanted, advice))
    return Plan(tuple(planned), tuple(advice))


def installs(path: Path) -> bool:
    """Whether a file says what a pipeline installs."""
    return path in (_WORKFLOW, _GITLAB_JOB)


def _has(repository: Repository, pipeline: str) -> bool:
    own = {"github": Path(".github"), "gitlab": _GITLAB}[pipeline]
    return os.path.lexists(repository.top / own) or repository.hosted_by(pipeline)


def _settings(wanted: _Wanted) -> PlannedFile:
    if has_settings(text_of(wanted.repository.top, _PYPROJECT)) and not wanted.has(_SETTINGS):
        return PlannedFile(_PYPROJECT, b"", None, "it has [tool.hipaa-guard]")
    roots = wanted.found.of_aws
    more = f" and {len(roots) - _SHOWN_ROOTS:,} more" if len(roots) > _SHOWN_ROOTS else ""
    shown = f"Root modules with resources of AWS: {', '.join(roots[:_SHOWN_ROOTS])}{more}"
    return _file(wanted, _SETTINGS, "settings", ROOTS=shown, PATH=json.dumps(wanted.parent), SKIPPED=_skipped(wanted))


def _skipped(wanted: _Wanted) -> str:
    """The list of what a scan leaves out below the scanned directory; empty where it leaves out nothing.

    A scan that has no such setting takes all roots below the directory.
    """
    from hipaa_guard.cli import scan as _  # noqa: F401 - the scans define the settings
    from hipaa_guard.cli.configuration.settings import commands, keys

    patterns = [*wanted.patterns, *skip_patterns(wanted.found, wanted.parent)]
    return json.dumps(patterns) if patterns and "skip-path" in keys(commands()["terraform"]) else ""


def _workflow(wanted: _Wanted) -> PlannedFile:
    folder = wanted.repository.top / _WORKFLOW.parent
    others = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    for name in (each.name for each in others if each.name != _WORKFLOW.name):
        path = _WORKFLOW.parent / name
        if _runs_hipaa_guard(text_of(wanted.repository.top, path)):
            return PlannedFile(path, b"", None, "it runs hipaa-guard")
    return _file(wanted, _WORKFLOW, "github", **_pipeline_values(wanted))


def _runs_hipaa_guard(workflow: bytes) -> bool:
    return re.search(rb"(?m)^[^#\n]*\bhipaa-guard\b", workflow) is not None


def _gitlab(wanted: _Wanted, advice: list[str]) -> Iterator[PlannedFile]:
    yield _file(wanted, _GITLAB_JOB, "gitlab", **_pipeline_values(wanted))
    own = content_of(wanted.repository.top, _GITLAB)
    if own is None:
        yield PlannedFile(_GITLAB, None, _INCLUDE.encode())
    elif str(_GITLAB_JOB).encode() in own:
        yield PlannedFile(_GITLAB, own, own)
    else:
        yield PlannedFile(_GITLAB, own, None, "its include is yours to change")
        advice.append(f"Add to {_GITLAB}:\n{_INCLUDE.rstrip()}")


def _pipeline_values(wanted: _Wanted) -> dict[str, str]:
    return {
        "BRANCH": json.dumps(wanted.repository.branch),
        "REQUIREMENT": json.dumps(wanted.requirement.text),
        "NOTE": f"REPLACE THE NEXT LINE. {wanted.requirement.missing} Write a requirement that pip can install in a "
        "pipeline: a release of an index, or a commit of your copy of hipaa-guard."
        if wanted.requirement.missing
        else "",
    }


def _pre_commit(wanted: _Wanted, advice: list[str]) -> PlannedFile:
    before = content_of(wanted.repository.top, _PRE_COMMIT)
    if wanted.requirement.missing:
        language, note = "system", f"{wanted.requirement.missing} So the hook runs the one on the PATH."
    else:
        language = f"python\n      additional_dependencies: [{json.dumps(wanted.requirement.text)}]"
        note = ""
    entry = _filled("pre_commit", LANGUAGE=language, NOTE=note, PATH=json.dumps(wanted.parent))
    try:
        text = (before or b"").decode()
        if has_hook(text, _HOOK):
            return PlannedFile(_PRE_COMMIT, before, before)
        return PlannedFile(_PRE_COMMIT, before, with_entry(text, entry).encode())
    except (NotEditableError, UnicodeDecodeError) as error:
        reason = str(error) if isinstance(error, NotEditableError) else "is not UTF-8 text"
        advice.append(f"Add to {_PRE_COMMIT}, under `repos:`:\n{entry.rstrip()}")
        return PlannedFile(_PRE_COMMIT, before, None, f"it {reason}")


def _file(wanted: _Wanted, path: Path, template: str, **values: str) -> PlannedFile:
    """A file that is written whole, and kept if it exists."""
    before, after = content_of(wanted.repository.top, path), _filled(template, **values).encode()
    if before is None or before == after or wanted.force:
        return PlannedFile(path, before, after)
    return PlannedFile(path, before, None, "it exists, --force overwrites it")


def _filled(template: str, **values: str) -> str:
    """A template with its marks replaced; the line of a note becomes lines, or none, and so does one of a list."""
    import textwrap

    from hipaa_guard.outputs.wording.harmless_text import visible

    text = (files("hipaa_guard.cli") / "pipelines" / f"{template}.yaml").read_text(encoding="utf-8")

    def noted(mark: re.Match[str]) -> str:
        return "".join(f"{mark[1]}# {line}\n" for line in textwrap.wrap(visible(values.get("NOTE", "")), _WIDTH))

    text = re.sub(r"(?m)^( *)# @NOTE@\n", noted, text)
    if not values.get("SKIPPED", ""):
        text = re.sub(r"(?m)^.*@SKIPPED@\n", "", text)
    return re.sub(r"@([A-Z]+)@", lambda mark: values[mark[1]] if mark[1] != "ROOTS" else visible(values[mark[1]]), text)
