"""A directory as it was at a commit of git, in a temporary place.

The files are taken from git's objects one by one: no checkout, so no hook, filter or attribute of the repository has a
say, and nothing is fetched. What a commit cannot hold, the modules that `terraform init` has downloaded, is taken from
the work tree.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

from hipaa_guard.terraform import limits
from hipaa_guard.terraform.documents import TerraformInputError
from hipaa_guard.terraform.library import Library
from hipaa_guard.terraform.roots import boundary_of, directories

_SAFE = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "protocol.allow=never", "core.pager=cat")
_ENVIRONMENT = {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_TIMEOUT = 60
_LARGEST = 4 * 2**30
_INSTALLED = Path(".terraform") / "modules"
_SKIPPED = frozenset({"node_modules", "__pycache__", ".git"})


@contextmanager
def directory_at(path: Path, ref: str) -> Iterator[Path | None]:
    """The directory with the content that it had at a commit; None where it did not exist.

    Raises:
        TerraformInputError: it is in no work tree of git, or git does not know the commit.

    """
    here = path.resolve()
    top = Path(_git(here, "rev-parse", "--show-toplevel", failing=f"{path} is in no work tree of git").rstrip("\n"))
    hint = f"{ref!r} is no commit that git has here: fetch it first (`git fetch origin BRANCH`, no shallow clone)"
    commit = _git(here, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", failing=hint)
    inside = here.relative_to(top.resolve())
    with TemporaryDirectory(prefix="hipaa-guard-") as temporary:
        base = Path(temporary).resolve()
        # The boundary of modules is the work tree of git, which begins where this stands.
        (base / ".git").mkdir()
        _extract(top, commit.strip(), base)
        target = base / inside
        if not target.is_dir():
            yield None
            return
        _take_installed(top.resolve(), here, base)
        yield target


def variables_below(directory: Path) -> set[str] | None:
    """The names of all variables that modules in or below a directory declare; None where there is no Terraform."""
    found = directories(directory, [])
    library = Library(directory, boundary_of(directory))
    return {name for each in found for name in library.module(each).variables} if found else None


def _command(directory: Path, *arguments: str) -> list[str]:
    settings = [word for setting in _SAFE for word in ("-c", setting)]
    return ["git", "-C", str(directory), *settings, *arguments]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | _ENVIRONMENT


def _git(directory: Path, *arguments: str, failing: str) -> str:
    try:
        result = subprocess.run(  # noqa: S603 - our own words; what the user gives stands behind --end-of-options
            _command(directory, *arguments),
            capture_output=True,
            check=False,
            timeout=_TIMEOUT,
            env=_environment(),
        )
    except FileNotFoundError:
        raise TerraformInputError("git is not installed: give --baseline FILE instead") from None
    except subprocess.TimeoutExpired:
        raise TerraformInputError(f"git did not answer within {_TIMEOUT} seconds") from None
    if result.returncode != 0:
        told = result.stderr.decode("utf-8", "replace").strip().splitlines()
        raise TerraformInputError(failing + (f" ({told[0][:200]})" if told else ""))
    return os.fsdecode(result.stdout)


def _extract(top: Path, commit: str, base: Path) -> None:
    """Write the files of a commit. Larger ones than are ever read are left out, and links lead where they led."""
    listed = _git(top, "ls-tree", "-r", "-z", "-l", "--full-tree", commit, failing=f"{commit} cannot be listed")
    entries = [_entry(line) for line in listed.split("\0") if line]
    if sum(size for _, _, size, _ in entries if 0 < size <= limits.FILE_BYTES) > _LARGEST:
        raise TerraformInputError(f"{commit} holds more than {_LARGEST // 2**30} GiB: give --baseline FILE instead")
    wanted = [(mode, object_, path) for mode, object_, size, path in entries if _is_wanted(mode, size, path)]
    command = _command(top, "cat-file", "--batch")
    with subprocess.Popen(  # noqa: S603 - our own words
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            for mode, object_, path in wanted:
                process.stdin.write(f"{object_}\n".encode())
                process.stdin.flush()
                content = _content(process.stdout)
                if content is not None:
                    _write(base / path, content, is_link=mode == "120000")
            process.stdin.close()
        except BrokenPipeError:
            raise TerraformInputError(f"git ended before it had told all of {commit}: run again") from None
        except BaseException:
            process.kill()
            raise


def _entry(line: str) -> tuple[str, str, int, str]:
    head, _, path = line.partition("\t")
    mode, kind, object_, size = head.split()
    return mode, object_, int(size) if kind == "blob" and size.isdigit() else -1, path


def _is_wanted(mode: str, size: int, path: str) -> bool:
    parts = PurePosixPath(path).parts
    harmless = bool(parts) and not path.startswith("/") and not {"..", ".", ".git"} & {part.lower() for part in parts}
    return harmless and mode != "160000" and 0 <= size <= limits.FILE_BYTES


def _content(stream: IO[bytes]) -> bytes | None:
    """The next object that `cat-file --batch` tells; None where it is missing."""
    head = stream.readline().split()
    if len(head) != 3:
        return None
    content = stream.read(int(head[2]))
    stream.read(1)
    return content


def _write(path: Path, content: bytes, *, is_link: bool) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A commit cannot hold a link and a file below it, but a crafted one may say so: never write through a link.
        if path.parent.resolve() != path.parent:
            return
        if is_link:
            path.symlink_to(os.fsdecode(content))
        else:
            path.write_bytes(content)
    except (OSError, ValueError):
        return  # a name that this file system cannot have; what is not there is no part of the baseline


def _take_installed(top: Path, here: Path, base: Path) -> None:
    """Copy the modules that were downloaded for the roots at or below a directory, links and repositories left out."""
    for parent, names, _ in os.walk(here):
        names[:] = [name for name in names if name not in _SKIPPED and not name.startswith(".")]
        source = Path(parent) / _INSTALLED
        target = base / Path(parent).relative_to(top) / _INSTALLED
        if source.is_dir() and not source.is_symlink() and target.parent.parent.is_dir() and not target.exists():
            shutil.copytree(source, target, ignore=_no_module_file)


def _no_module_file(directory: str, names: list[str]) -> list[str]:
    left_out = []
    for name in names:
        status = (Path(directory) / name).lstat()
        ordinary = stat.S_ISDIR(status.st_mode) or (
            stat.S_ISREG(status.st_mode) and status.st_size <= limits.FILE_BYTES
        )
        if name == ".git" or not ordinary:
            left_out.append(name)
    return left_out
