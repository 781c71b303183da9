"""``hipaa-guard init``: settings and a pipeline for the repository of the working directory."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from importlib import metadata
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import click

from hipaa_guard.cli.commands import Command
from hipaa_guard.cli.configuration.settings_file import FILE
from hipaa_guard.cli.configuration.settings_paths import refuse_default

_WORKFLOW = Path(".github/workflows/hipaa-guard.yml")
_GITLAB, _GITLAB_JOB = Path(".gitlab-ci.yml"), Path(".gitlab/hipaa-guard.yml")
_PRE_COMMIT = Path(".pre-commit-config.yaml")
_INCLUDE = f"include:\n  - local: {_GITLAB_JOB}\n"
_DISTRIBUTION = "hipaa-guard-cloud"
_SHOWN_ROOTS = 5


class _Repository(NamedTuple):
    """The repository of the working directory."""

    roots: list[str]
    scanned: str
    branch: str
    pipelines: tuple[str, ...]


@click.command(cls=Command)
@click.option(
    "--ci",
    "pipelines",
    multiple=True,
    type=click.Choice(["github", "gitlab", "none"]),
    help="The pipeline to write. [default: those that the repository has]",
)
@click.option(
    "--install",
    metavar="REQUIREMENT",
    help="The requirement that pip installs in the pipeline. [default: this version, from its source here]",
)
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
def init(*, pipelines: tuple[str, ...], install: str | None, force: bool) -> None:
    """Write the settings and the pipeline for the repository in the working directory.

    Looks at its Terraform, .github, .gitlab-ci.yml, pre-commit configuration and remotes. Keeps every file that exists.
    """
    if "none" in pipelines and len(pipelines) > 1:
        raise click.UsageError("--ci none and another pipeline exclude each other")
    found = _look(pipelines)
    needed = _PRE_COMMIT.exists() or bool(found.pipelines)
    requirement = install or (_requirement() if needed else "")
    click.echo(f"Terraform: {_named(found.roots)}")
    for path, text in _files(found, requirement):
        click.echo(_put(path, text, force=force))
    for line in _advice(found, requirement):
        click.echo(line)


def _look(pipelines: tuple[str, ...]) -> _Repository:
    from hipaa_guard.terraform.modules.module_lookup import ModuleLookup
    from hipaa_guard.terraform.modules.roots import boundary_of, directories, find_roots

    base = Path.cwd().resolve()
    library = ModuleLookup(base, boundary_of(base))
    modules = [library.module(directory) for directory in directories(base, [])]
    roots = [module.directory for module in find_roots(modules)]
    if not roots:
        raise click.ClickException("there is no Terraform below this directory; for an account, see `scan aws`")
    # Not the common parent of the roots: a root that is added beside it later must be scanned too.
    scanned = os.path.relpath(os.path.commonpath([module.directory for module in modules]), base)
    if not pipelines:
        pipelines = tuple(name for name in ("github", "gitlab") if _has(name))
    wanted = tuple(dict.fromkeys(name for name in pipelines if name != "none"))
    return _Repository([os.path.relpath(root, base) for root in roots], scanned, _branch(), wanted)


def _has(pipeline: str) -> bool:
    own = {"github": Path(".github"), "gitlab": _GITLAB}[pipeline]
    return own.exists() or re.search(rf"(?m)^\s*url\s*=.*\b{pipeline}\b", _read(Path(".git/config"))) is not None


def _branch() -> str:
    """The branch that pull requests go to: the default branch of the remote, else the current one."""
    for head in (Path(".git/refs/remotes/origin/HEAD"), Path(".git/HEAD")):
        found = re.match(r"ref: refs/(?:heads|remotes/origin)/(\S+)", _read(head))
        if found:
            return found[1]
    return "main"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _requirement() -> str:
    """The requirement with which pip installs exactly this version in a pipeline.

    Raises:
        click.ClickException: hipaa-guard was installed from a directory, which a pipeline does not have.

    """
    distribution = metadata.distribution(_DISTRIBUTION)
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")  # PEP 610: absent if it is from an index
    if not origin:
        return f"{_DISTRIBUTION}=={distribution.version}"
    vcs = origin.get("vcs_info", {})
    if vcs.get("commit_id"):
        return f"{_DISTRIBUTION} @ {vcs['vcs']}+{origin['url']}@{vcs['commit_id']}"
    if origin["url"].startswith("https://"):
        return f"{_DISTRIBUTION} @ {origin['url']}"
    raise click.ClickException(
        "this hipaa-guard was installed from a directory, which a pipeline does not have: name a requirement that "
        f'pip can install there, such as --install "{_DISTRIBUTION} @ git+https://HOST/OWNER/hipaa-guard@COMMIT"'
    )


def _files(found: _Repository, requirement: str) -> Iterator[tuple[Path, str]]:
    values = {
        "ROOTS": f"Root modules: {_named(found.roots)}",
        "PATH": json.dumps(found.scanned),
        "BRANCH": json.dumps(found.branch),
        "REQUIREMENT": json.dumps(requirement),
    }
    yield Path(FILE), _filled("settings", values)
    if "github" in found.pipelines:
        yield _WORKFLOW, _filled("github", values)
    if "gitlab" in found.pipelines:
        yield _GITLAB_JOB, _filled("gitlab", values)
        if not _GITLAB.exists():
            yield _GITLAB, _INCLUDE


def _filled(name: str, values: dict[str, str]) -> str:
    text = (files("hipaa_guard.cli") / "pipelines" / f"{name}.yaml").read_text(encoding="utf-8")
    return re.sub(r"@([A-Z]+)@", lambda mark: values[mark[1]], text)


def _named(roots: list[str]) -> str:
    from hipaa_guard.outputs.wording.harmless_text import visible

    more = f" and {len(roots) - _SHOWN_ROOTS:,} more" if len(roots) > _SHOWN_ROOTS else ""
    return visible(", ".join(roots[:_SHOWN_ROOTS]) + more)


def _put(path: Path, text: str, *, force: bool) -> str:
    """Write a file unless it exists; the line that reports it."""
    from hipaa_guard.storing import create, replace

    refuse_default(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        existed = path.exists()
        if force:
            replace(path.resolve(), (text.encode(),))
        else:
            create(path, (text.encode(),))
    except FileExistsError:
        return f"kept   {path}: it exists, --force overwrites it"
    except OSError as error:
        raise click.ClickException(f"cannot write {path}: {error.strerror}") from None
    return f"{'overwrote' if existed else 'wrote'}  {path}"


def _advice(found: _Repository, requirement: str) -> Iterator[str]:
    """The steps left to the user: init does not change files of others."""
    if not found.pipelines:
        yield "No pipeline was written: --ci github or --ci gitlab writes one."
    if "gitlab" in found.pipelines and str(_GITLAB_JOB) not in _read(_GITLAB):
        yield f"Add to {_GITLAB}:\n{_INCLUDE.rstrip()}"
    if _PRE_COMMIT.exists() and "hipaa-guard" not in _read(_PRE_COMMIT):
        hook = _filled("pre_commit", {"REQUIREMENT": json.dumps(requirement), "PATH": json.dumps(found.scanned)})
        yield f"Add to {_PRE_COMMIT}, under `repos:`:\n{hook.rstrip()}"
    yield "Next: hipaa-guard scan terraform"
