"""A directory as it was at a commit of git, in a temporary place.

The files are read from git's objects one by one, not checked out: no hook, filter or attribute of the repository takes
effect, and nothing is fetched. Files that git does not track, such as the modules that `terraform init` downloaded, are
copied from the work tree. Tracked ones are not copied: they belong to the state that is judged, not to the commit.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, NamedTuple

from hipaa_guard.terraform import limits
from hipaa_guard.terraform.input_error import TerraformInputError
from hipaa_guard.terraform.modules.module_lookup import ModuleLookup
from hipaa_guard.terraform.modules.roots import boundary_of, directories
from hipaa_guard.terraform.repository import git

_LARGEST = 4 * 2**30
_INSTALLED = Path(".terraform") / "modules"
_SKIPPED = frozenset({"node_modules", "__pycache__", ".git"})


class Checkout(NamedTuple):
    """A directory as it was at a commit. ``base`` is the temporary place that corresponds to the commit's ``top``."""

    directory: Path
    base: Path
    commit: git.Commit

    def files(self, named: Sequence[Path]) -> list[Path]:
        """Files that the user names: tracked ones as they were at the commit, without those that it does not have."""
        return [then for file in named if (then := self._file(file)) is not None]

    def _file(self, named: Path) -> Path | None:
        inside = self.commit.place(named)
        if inside is not None and (self.base / inside).is_file():
            return self.base / inside
        return None if _is_kept(self.commit.top, named) else named


@contextmanager
def directory_at(path: Path, ref: str) -> Iterator[Checkout | None]:
    """The directory with the content that it had at a commit; None where it did not exist.

    Raises:
        TerraformInputError: it is in no work tree of git, or git does not know the commit.

    """
    here = path.resolve()
    commit = git.commit_named(here, ref)
    inside = here.relative_to(commit.top)
    with TemporaryDirectory(prefix="hipaa-guard-") as temporary:
        base = Path(temporary).resolve()
        # This marks the top of a work tree: the boundary of modules.
        (base / ".git").mkdir()
        _extract(commit, base)
        target = base / inside
        if not target.is_dir():
            yield None
            return
        _take_installed(commit.top, here, base)
        yield Checkout(target, base, commit)


def variables_below(directory: Path) -> set[str] | None:
    """The names of all variables that modules in or below a directory declare; None where there is no Terraform."""
    found = directories(directory, [])
    library = ModuleLookup(directory, boundary_of(directory))
    return {name for each in found for name in library.module(each).variables} if found else None


def _extract(commit: git.Commit, base: Path) -> None:
    """Write the files of a commit, without those that are too large to be read. Links keep their targets."""
    listing = ("ls-tree", "-r", "-z", "-l", "--full-tree", commit.id)
    listed = git.text(commit.top, *listing, failing=f"{commit} cannot be listed")
    entries = [_entry(line) for line in listed.split("\0") if line]
    if sum(size for _, _, size, _ in entries if 0 < size <= limits.FILE_BYTES) > _LARGEST:
        raise TerraformInputError(f"{commit} holds more than {_LARGEST // 2**30} GiB: give --baseline FILE instead")
    wanted = [(mode, object_, path) for mode, object_, size, path in entries if _is_wanted(mode, size, path)]
    command = git.command(commit.top, "cat-file", "--batch")
    with subprocess.Popen(  # noqa: S603 - our own words
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=git.environment()
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
            raise TerraformInputError(f"git ended before it had printed all of {commit}: run again") from None
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
    """The next object in the output of `cat-file --batch`; None where it is missing."""
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
        return  # this file system cannot have the name; the baseline is then without the file


def _take_installed(top: Path, here: Path, base: Path) -> None:
    """Copy the modules downloaded for the roots at or below a directory, without links and repositories."""
    for parent, names, _ in os.walk(here):
        names[:] = [name for name in names if name not in _SKIPPED and not name.startswith(".")]
        source = Path(parent) / _INSTALLED
        target = base / Path(parent).relative_to(top) / _INSTALLED
        ours = source.is_dir() and source.resolve() == source and not _is_kept(top, source)
        if ours and target.parent.parent.is_dir() and not target.exists():
            shutil.copytree(source, target, ignore=_no_module_file)


def _is_kept(top: Path, path: Path) -> bool:
    """Whether git tracks a file, or a file of a directory, under its path or the path that its links lead to."""
    names = {os.path.normpath(Path.cwd() / path), os.path.realpath(path)}
    inside = [os.path.relpath(name, top) for name in names if Path(name).is_relative_to(top)]
    return bool(inside) and bool(git.text(top, "ls-files", "-z", "--", *inside, failing=f"{top} cannot be listed"))


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
