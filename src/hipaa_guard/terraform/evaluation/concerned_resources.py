"""The resources of a root module that changed files concern.

These are the resources of the changed files, those of modules that a call in a changed file leads to, and those whose
arguments, or the calls above them, mention a value that is different: through variables, local values, data sources
and outputs. A resource that a changed one no longer mentions is concerned too: it may have lost a part.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.evaluation.module_instances import ModuleInstance
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock
from hipaa_guard.terraform.modules.changed_blocks import ChangedBlocks, blocks_changed, mentioned
from hipaa_guard.terraform.modules.module import Module, shown
from hipaa_guard.terraform.repository.changes import Changes


@dataclass(frozen=True, slots=True)
class _Concerned:
    """What a change concerns in a module, wherever it is called from."""

    everything: bool
    names: frozenset[str]
    """Names with other values than before."""
    released: frozenset[str]
    outputs: bool
    """Whether an output may have another value."""


class ConcernedResources:
    """The resources that changes concern, asked root by root.

    ``otherwise`` are the directories of modules that a change concerns in another way than by blocks: all of their
    resources are concerned. ``base`` is the scanned directory.
    """

    def __init__(self, changes: Changes, files: Iterable[Path], otherwise: frozenset[Path], base: Path) -> None:
        self._changes = changes
        self._otherwise = otherwise
        self._by_directory: dict[Path, list[Path]] = {}
        for file in files:
            self._by_directory.setdefault(file.parent, []).append(file)
        self.files = frozenset(shown(file, base) for files in self._by_directory.values() for file in files)
        """The changed files of modules, as the places of findings name them."""
        self._known: dict[Path, _Concerned] = {}

    def addresses(self, root: ModuleInstance) -> set[str]:
        """The addresses of all concerned instances of a root module and of the modules that it calls."""
        found: set[str] = set()
        self._collect(root, found, everything=self._of(root).everything)
        return found

    def _collect(self, module: ModuleInstance, found: set[str], *, everything: bool) -> None:
        concerned = self._of(module)
        everything = everything or concerned.everything
        found.update(
            instance.address
            for instance in module.own_instances()
            if everything or self._is_concerned(instance.block, concerned)
        )
        for group in module.children.values():
            called = everything or self._stands_in_changed_file(group.block) or _mentions(group.block, concerned.names)
            for child in group.instances():
                self._collect(child, found, everything=called)

    def _is_concerned(self, block: HclBlock, concerned: _Concerned) -> bool:
        return (
            self._stands_in_changed_file(block)
            or ".".join(block.labels) in concerned.released
            or _mentions(block, concerned.names)
        )

    def _stands_in_changed_file(self, block: HclBlock) -> bool:
        return any(each.source.path in self.files for each in (block, *block.overrides))

    def _of(self, instance: ModuleInstance) -> _Concerned:
        module = instance.module
        known = self._known.get(module.directory)
        if known is None:
            self._known[module.directory] = known = self._found(instance)
        return known

    def _found(self, instance: ModuleInstance) -> _Concerned:
        module = instance.module
        changed = self._changed_in(module)
        names = set(changed.names)
        for name, group in instance.children.items():
            below = [self._of(child) for child in group.instances()]
            if any(each.everything or each.outputs for each in below):
                names.add(f"module.{name}")
        everything = changed.everything or module.directory in self._otherwise
        grown = _closure(module, names)
        return _Concerned(
            everything, grown, frozenset(changed.released), outputs=any(name.startswith("output.") for name in grown)
        )

    def _changed_in(self, module: Module) -> ChangedBlocks:
        files = self._by_directory.get(module.directory)
        if files is None:
            return ChangedBlocks()
        return blocks_changed(files, self._changes.former or {}, self._changes.unread)


def _closure(module: Module, names: set[str]) -> frozenset[str]:
    """Names with other values, and all names of the module whose values come from them."""
    if not names:
        return frozenset()
    items: dict[str, HclBlock | Attribute] = {f"local.{name}": each for name, each in module.locals.items()}
    items |= {f"output.{name}": each for name, each in module.outputs.items()}
    items |= {f"module.{name}": each for name, each in module.calls.items()}
    items |= {".".join(key): each for key, each in module.resources.items() if key[0] != "resource"}
    mentions = {name: mentioned(item) for name, item in items.items() if name not in names}
    grown = set(names)
    while found := {name for name, those in mentions.items() if name not in grown and not those.isdisjoint(grown)}:
        grown |= found
    return frozenset(grown)


def _mentions(block: HclBlock, names: frozenset[str]) -> bool:
    return bool(names) and any(not names.isdisjoint(mentioned(each)) for each in (block, *block.overrides))
