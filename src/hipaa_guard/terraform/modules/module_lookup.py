"""Finding the module that a call names. Nothing is downloaded."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Protocol

from hipaa_guard.terraform.files import UnreadableFile, is_within, read_file
from hipaa_guard.terraform.hcl.errors import FAILURES
from hipaa_guard.terraform.hcl.nodes import Literal
from hipaa_guard.terraform.hcl.syntax import HclBlock
from hipaa_guard.terraform.modules.module import Module, load_module

_MANIFEST = ".terraform/modules/modules.json"


class CallingModule(Protocol):
    """A module instance that calls another module."""

    @property
    def module(self) -> Module:
        """The module as it is written."""

    @property
    def root_directory(self) -> Path:
        """The directory of the root module above it, where ``terraform init`` lists the modules that it installed."""


class ModuleLookup:
    """The modules of one scan, each directory read once."""

    __slots__ = ("_installed", "_modules", "base", "boundary")

    def __init__(self, base: Path, boundary: Path) -> None:
        self.base = base
        self.boundary = boundary
        self._modules: dict[Path, Module] = {}
        self._installed: dict[Path, dict[str, str] | str] = {}

    def module(self, directory: Path) -> Module:
        """The module in a directory, whose path must be resolved."""
        module = self._modules.get(directory)
        if module is None:
            self._modules[directory] = module = load_module(directory, self.base, self.boundary)
        return module

    def find(self, caller: CallingModule, block: HclBlock, key_path: str) -> Module | str:
        """The module of a call, or the reason why there is none."""
        source = source_of(block)
        if source is None:
            return "the source of the module is not a literal string"
        if is_local(source):
            return self._in(caller.module.directory / source, f"the directory {source[:200]!r}")
        manifest = self._manifest(caller.root_directory)
        if isinstance(manifest, str):
            return f"the module {source[:200]!r} is not in the scanned tree, and {_MANIFEST} cannot be used: {manifest}"
        installed = manifest.get(key_path)
        if installed is None:
            reason = f"the module {source[:200]!r} is not in the scanned tree"
            if self._is_directory(caller.module.directory / source):
                reason += ": a directory is meant by a source that begins with ./"
            return reason
        return self._in(caller.root_directory / installed, f"the installed module {installed[:200]!r}")

    def _is_directory(self, path: Path) -> bool:
        """Whether a path, which may be any text, is a directory inside of the boundary."""
        try:
            return is_within(path.resolve(strict=True), self.boundary) and path.is_dir()
        except (OSError, RuntimeError, ValueError):
            return False

    def _in(self, path: Path, subject: str) -> Module | str:
        try:
            directory = path.resolve(strict=True)
            if not directory.is_dir():
                return f"{subject} does not exist"
        except (OSError, RuntimeError, ValueError):
            return f"{subject} does not exist"
        if not is_within(directory, self.boundary):
            return f"{subject} lies outside of what is scanned"
        try:
            module = self.module(directory)
        except OSError as error:
            return f"{subject} cannot be read: {error.strerror}"
        return module if module.files or module.gaps else f"{subject} holds no Terraform files"

    def _manifest(self, root: Path) -> dict[str, str] | str:
        """Directories of the modules that ``terraform init`` installed, by their calls; or why they cannot be read."""
        if root not in self._installed:
            self._installed[root] = self._installed_below(root)
        return self._installed[root]

    def _installed_below(self, root: Path) -> dict[str, str] | str:
        path = root / _MANIFEST
        if not os.path.lexists(path):
            return {}
        if not is_within(path, self.boundary):
            return "it is a symbolic link that leads nowhere or out of the scanned tree"
        try:
            entries = json.loads(read_file(path, self.boundary))["Modules"]
            return {entry["Key"]: os.fspath(entry["Dir"]) for entry in entries}
        except UnreadableFile as error:
            return str(error)
        except (ValueError, LookupError, TypeError, RecursionError):
            return "it is no list of modules as Terraform writes it"


def source_of(block: HclBlock) -> str | None:
    """The source of a module call, if it is a literal string."""
    attribute = block.attributes.get("source")
    if attribute is None:
        return None
    try:
        node = attribute.node
    except FAILURES:
        return None
    return node.value if isinstance(node, Literal) and isinstance(node.value, str) else None


def is_local(source: str) -> bool:
    """Whether a source names a directory of the same tree."""
    return source.startswith(("./", "../")) or source in (".", "..")
