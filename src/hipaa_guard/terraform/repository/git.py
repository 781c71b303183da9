"""Reading commits with git. Nothing from the repository is run, and nothing is fetched.

Only objects are read, by commands that use no hook, filter, diff driver or attribute. Programs that the configuration
of a repository could still start are turned off. So are replaced objects, and repositories without a work tree, which
a hostile tree may contain as plain files.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.files import LFS_POINTER
from hipaa_guard.terraform.input_error import TerraformInputError

_SAFE = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.pager=cat",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
    "submodule.recurse=false",
)
_LITERAL = "GIT_LITERAL_PATHSPECS"
_ENVIRONMENT = {
    _LITERAL: "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_TIMEOUT = 60
_ID = regex(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SHOWN = 12


class GitError(TerraformInputError):
    """Git failed. The text is one sentence that says what to do next."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit of the repository whose work tree begins at ``top``, as the user named it and by its id."""

    top: Path
    ref: str
    id: str

    def __str__(self) -> str:
        short = self.id[:_SHOWN]
        return short if self.ref == self.id else f"{self.ref} ({short})"

    def place(self, path: Path) -> str | None:
        """A path as the commit names it; None where it lies outside of the work tree."""
        try:
            here = os.path.normpath(Path.cwd().resolve() / path)
            inside = PurePosixPath(Path(here).relative_to(self.top).as_posix())
        except ValueError:
            return None
        return None if ".git" in inside.parts else str(inside)

    def read(self, path: Path, largest: int) -> bytes | None:
        """The content of a file; None where the commit has no such file. Links within the commit are followed.

        Raises:
            GitError: it is no file, is larger than ``largest`` bytes, or its content is not in this repository.

        """
        inside = self.place(path)
        if inside is None:
            raise GitError(f"{path} is outside of {self.top}, the work tree of {self}")
        if "\n" in inside:
            raise GitError(f"{path!s} has a line end in its name: it cannot be read from {self}")
        wanted = f"{self.id}:{inside}\n".encode("utf-8", "surrogateescape")
        head = self._cat("--batch-check", wanted).split(b"\n", 1)[0].split()
        match head[-2:]:
            case [b"blob", size]:
                return self._content(path, wanted, int(size), largest)
            case [b"tree", _]:
                raise GitError(f"{path} is a directory in {self}")
        if head[:1] in ([b"symlink"], [b"dangling"], [b"loop"]):
            raise GitError(f"{path} is a symbolic link in {self} that leads to no file of that commit")
        self._refuse_absent(path, inside)
        return None

    def _content(self, path: Path, wanted: bytes, size: int, largest: int) -> bytes:
        if size > largest:
            raise GitError(f"{path} is larger than {largest // 1024:,} KiB in {self}")
        head, _, rest = self._cat("--batch", wanted).partition(b"\n")
        content = rest[:size]
        if head.split()[-2:-1] != [b"blob"] or len(content) != size:
            raise GitError(f"{path} cannot be read from {self}: git returned only a part of it")
        if content.startswith(LFS_POINTER):
            raise GitError(f"{path} is kept in Git LFS: {self} has only a pointer to it, so keep it in git itself")
        return content

    def _cat(self, how: str, wanted: bytes) -> bytes:
        return call(self.top, "cat-file", how, "--follow-symlinks", given=wanted, failing=f"{self} cannot be read")

    def _refuse_absent(self, path: Path, inside: str) -> None:
        """Raise where the commit does have a file, but git cannot read it here."""
        parts = PurePosixPath(inside).parts
        for length in range(1, len(parts) + 1):
            name = "/".join(parts[:length])
            listed = self.listed(name)
            if listed is None:
                return
            mode, kind = listed
            if mode == "160000":
                raise GitError(f"{path} is in the submodule {name}: {self} does not hold its files")
            if kind == "blob" and length == len(parts):
                raise GitError(f"{path} is in {self}, but its content is not in this clone: fetch it first")

    def listed(self, inside: str) -> tuple[str, str] | None:
        """Mode and kind of the object at a path of the commit; None where there is none."""
        found = text(self.top, "ls-tree", "-z", "--full-tree", self.id, "--", inside, failing=f"{self} cannot be read")
        for line in filter(None, found.split("\0")):
            head, _, name = line.partition("\t")
            if name == inside:
                mode, kind, _ = head.split()
                return mode, kind
        return None


def commit_named(directory: Path, ref: str) -> Commit:
    """The commit that a name means in the repository of a directory.

    Raises:
        GitError: the directory is in no work tree, or git has no such commit here.

    """
    if not ref or ref.startswith("-") or not ref.isprintable():
        raise GitError(f"{ref!r} is no commit: give the name of a branch or tag, or the id of a commit")
    top = work_tree(directory)
    hint = f"{ref!r} is no commit that git has here: fetch it first ({fetching(ref)})"
    found = text(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", failing=hint)
    return Commit(top, ref, found.strip())


def work_tree(directory: Path) -> Path:
    """The top of the work tree that contains a directory, as git finds it.

    Raises:
        GitError: it is in no work tree, or its repository names another one.

    """
    where = f"{directory} is in no work tree of git"
    top = Path(text(directory, "rev-parse", "--show-toplevel", failing=where).rstrip("\n")).resolve()
    if not directory.resolve().is_relative_to(top):
        raise GitError(f"{directory} is not in {top}, which its repository names as its work tree (core.worktree)")
    return top


def fetching(ref: str) -> str:
    """The command that brings a commit into a clone which lacks it."""
    import shlex

    if any(sign in ref for sign in "~^@{:"):
        return "`git fetch --unshallow origin`"
    if _ID.fullmatch(ref):
        return f"`git fetch origin {ref}`"
    if ref.startswith("origin/"):
        branch = ref.removeprefix("origin/")
        return f"`git fetch origin {shlex.quote(f'{branch}:refs/remotes/{ref}')}`"
    return f"`git fetch origin {shlex.quote(ref)}`, and give FETCH_HEAD"


def text(directory: Path, *arguments: str, failing: str, good_codes: tuple[int, ...] = ()) -> str:
    """The output of a git command, decoded as file names are.

    Raises:
        GitError: the command fails; the text is ``failing`` with the message of git.

    """
    return os.fsdecode(call(directory, *arguments, failing=failing, good_codes=good_codes))


def call(
    directory: Path,
    *arguments: str,
    failing: str,
    given: bytes = b"",
    good_codes: tuple[int, ...] = (),
    literal: bool = True,
    settings: Mapping[str, str] = {},
) -> bytes:
    """The output of a git command with the input ``given``. Exit codes 0 and those in ``good_codes`` are successes.

    ``literal`` is False for commands that refuse to take paths as they are: these must begin with ``./``. ``settings``
    of git go before those of the repository.

    Raises:
        GitError: the command fails; the text is ``failing`` with the message of git.

    """
    import subprocess  # most scans ask git nothing

    try:
        result = subprocess.run(  # noqa: S603 - our own words; what the user gives stands behind --end-of-options
            command(directory, *arguments),
            input=given,
            capture_output=True,
            check=False,
            timeout=_TIMEOUT,
            env={name: value for name, value in environment().items() if literal or name != _LITERAL}
            | _as_variables(settings),
        )
    except FileNotFoundError:
        raise GitError("git is not installed: commits cannot be read without it") from None
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror or error}") from None
    except subprocess.TimeoutExpired:
        raise GitError(f"git did not answer within {_TIMEOUT} seconds") from None
    if result.returncode not in (0, *good_codes):
        lines = result.stderr.decode("utf-8", "replace").strip().splitlines()
        raise GitError(failing + (f" ({lines[0][:200]})" if lines else ""))
    return result.stdout


def command(directory: Path, *arguments: str) -> list[str]:
    """A git command in a directory, with everything turned off that could start another program."""
    settings = [word for setting in _SAFE for word in ("-c", setting)]
    return ["git", "-C", str(directory), *settings, *arguments]


def _as_variables(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings as variables of the environment, where their names may have any sign."""
    found = {"GIT_CONFIG_COUNT": str(len(settings))}
    for number, (name, value) in enumerate(settings.items()):
        found |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
    return found


def environment() -> dict[str, str]:
    """The environment for git, without the variables of a hook, which would select another repository."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | _ENVIRONMENT
