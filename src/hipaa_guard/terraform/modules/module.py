"""Modules as they are written: the files of one directory, merged as Terraform merges them.

A `Module` is read once, however often it is called. `evaluation.module_instances` evaluates its expressions.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import field
from pathlib import Path
from typing import Any

from hipaa_guard.facts.locations import Gap, GapKind, Location
from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.files import UnreadableFile, read_file
from hipaa_guard.terraform.hcl import json_syntax, parsing
from hipaa_guard.terraform.hcl.syntax import BLOCK_TYPES, Attribute, Body, HclBlock
from hipaa_guard.terraform.modules.moved_blocks import move_of

LABELS = {"resource": 2, "data": 2, "ephemeral": 2, "variable": 1, "output": 1, "module": 1, "provider": 1}

QUOTE = '"'


@dataclass(slots=True)
class Module:
    """One directory of Terraform."""

    directory: Path
    path: str
    """The directory as reports show it."""
    variables: dict[str, HclBlock] = field(default_factory=dict)
    locals: dict[str, Attribute] = field(default_factory=dict)
    outputs: dict[str, HclBlock] = field(default_factory=dict)
    calls: dict[str, HclBlock] = field(default_factory=dict)
    providers: list[HclBlock] = field(default_factory=list)
    resources: dict[tuple[str, str, str], HclBlock] = field(default_factory=dict)
    settings: list[HclBlock] = field(default_factory=list)
    """The ``terraform`` blocks."""
    repeated: list[HclBlock] = field(default_factory=list)
    """Resources whose address an earlier resource has."""
    gaps: list[Gap] = field(default_factory=list)
    moves: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of old and new address from the ``moved`` blocks."""
    unread_blocks: set[str] = field(default_factory=set)
    """Blocks that files with errors hold and that were not read: the types of resources, ``module`` for calls, ``*``
    for a file of which no part was read."""
    files: int = 0


def is_configuration(name: str) -> bool:
    """Whether Terraform reads a file of this name."""
    if name.startswith((".", "#")) or name.endswith("~"):
        return False
    return name.endswith(ENDINGS)


ENDINGS = (".tf", ".tf.json", ".tofu", ".tofu.json")
"""Of the files that make up a module."""


def configuration_files(directory: Path) -> list[str]:
    """The files of a directory that make up its module; as in OpenTofu, ``x.tofu`` replaces ``x.tf``."""
    return configurations_among(os.listdir(directory))  # noqa: PTH208 - paths of all of them cost more than their names


def configurations_among(listed: Iterable[str]) -> list[str]:
    """The files among those of a directory that make up its module."""
    names = set(filter(is_configuration, listed))
    replaced = {name.replace(".tofu", ".tf") for name in names if name.endswith((".tofu", ".tofu.json"))}
    return sorted(names - replaced)


def is_override(name: str) -> bool:
    """Whether the blocks of this file override those of other files."""
    stem = name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")


def shown(path: Path, base: Path) -> str:
    """A path as reports show it: relative to the scanned directory, with forward slashes."""
    return Path(os.path.relpath(path, base)).as_posix()


def load_module(directory: Path, base: Path, boundary: Path) -> Module:
    """Read all files of a directory. A file or block that cannot be read becomes a gap of the module."""
    module = Module(directory, shown(directory, base))
    bodies: list[tuple[str, Body]] = []
    for name in configuration_files(directory):
        path = directory / name
        place = shown(path, base)
        try:
            data = read_file(path, boundary)
        except UnreadableFile as error:
            module.gaps.append(_unread(place, str(error)))
            module.unread_blocks.add("*")
            continue
        parse = json_syntax.parse if name.endswith(".json") else parsing.parse
        body = parse(place, data)
        module.files += 1
        _report_problems(module, body)
        if body.problems:
            module.unread_blocks |= (
                {"*"} if name.endswith(".json") else _unread_blocks(data.decode("utf-8", "replace"), body)
            )
        for attribute in body.root.attributes.values():
            reason = f"{attribute.name[:60]!r} stands outside of every block"
            module.gaps.append(Gap(GapKind.EXPRESSION, place, reason, incomplete=False, location=attribute.location()))
        bodies.append((name, body))
    for name, body in bodies:
        if not is_override(name):
            for block in body.root.blocks:
                _declare(module, block)
    for name, body in bodies:
        if is_override(name):
            for block in body.root.blocks:
                _override(module, block)
    _report_duplicate_providers(module)
    return module


_HEAD = regex(r'^[ \t]*(?:resource[ \t]+"([^"\n]+)"[ \t]+"([^"\n]+)"|(module)[ \t]+"([^"\n]+)")', re.MULTILINE)


def _unread_blocks(text: str, body: Body) -> set[str]:
    """The types of the blocks of a file with errors that were not read."""
    kept = {block.labels for block in body.root.blocks}
    heads = ((type or call, (type, name) if type else (called,)) for type, name, call, called in _HEAD.findall(text))
    return {what for what, labels in heads if labels not in kept}


def _unread(place: str, reason: str) -> Gap:
    return Gap(GapKind.FILE, place, reason, location=Location(place, 1, 1))


def _report_problems(module: Module, body: Body) -> None:
    path = body.source.path
    for problem in body.problems:
        location = Location(path, problem.line, problem.line)
        reason = f"syntax error in line {problem.line}: {problem.message}"
        module.gaps.append(Gap(GapKind.FILE, path, reason, "blocks with errors were left out", location=location))
    for attribute in body.duplicates:
        reason = f"argument {attribute.name!r} is set twice in one block"
        module.gaps.append(Gap(GapKind.DUPLICATE, path, reason, location=attribute.location()))


def _report_duplicate_providers(module: Module) -> None:
    """Report further configurations with one alias of a provider: Terraform refuses them, and the first counts."""
    seen: dict[tuple[object, ...], HclBlock] = {}
    for block in module.providers:
        alias = alias_of(block)
        subject = f"provider {'.'.join((*block.labels[:1], *filter(None, [alias.strip(QUOTE)])))}"
        _enter(module, seen, (block.labels, alias), block, subject)


def _declare(module: Module, block: HclBlock) -> None:
    kind, labels = block.type, block.labels
    if kind not in BLOCK_TYPES:
        _report_block(module, block, f"unknown block type {kind[:60]!r}")
        return
    if len(labels) != LABELS.get(kind, len(labels)):
        _report_block(module, block, f"a {kind} block takes {LABELS[kind]} labels, not {len(labels)}")
        return
    if kind == "locals":
        for name, attribute in block.attributes.items():
            _enter(module, module.locals, name, attribute, f"local.{name}")
    elif kind == "provider":
        module.providers.append(block)
    elif kind == "terraform":
        module.settings.append(block)
    elif kind == "removed":
        _report_removed(module, block)
    elif kind == "moved":
        module.moves += move_of(block)
    elif kind in ("resource", "data", "ephemeral"):
        key = (kind, labels[0], labels[1])
        if key in module.resources:
            module.repeated.append(block)
        _enter(module, module.resources, key, block, ".".join(labels))
    else:
        table = _table(module, kind)
        if table is not None:
            _enter(module, table, labels[0], block, f"{kind} {labels[0]!r}")


def _report_removed(module: Module, block: HclBlock) -> None:
    """Report resources that Terraform forgets but does not destroy: they still exist, and no block describes them."""
    from_, lifecycle = block.attributes.get("from"), next(block.nested("lifecycle"), None)
    destroy = None if lifecycle is None else lifecycle.attributes.get("destroy")
    if from_ is not None and destroy is not None and destroy.text.strip(QUOTE) == "false":
        reason = "no longer managed, still exists: nothing here tells how it is configured"
        hint = "scan the account to judge it"
        subject = from_.text.strip(QUOTE)
        module.gaps.append(Gap(GapKind.REMOVED, subject, reason, hint, incomplete=False, location=block.location()))


def _table(module: Module, kind: str) -> dict[str, HclBlock] | None:
    return {"variable": module.variables, "output": module.outputs, "module": module.calls}.get(kind)


def _enter(module: Module, table: dict[Any, Any], key: object, item: HclBlock | Attribute, subject: str) -> None:
    """Add a definition. Terraform refuses a second one with the same name: it is left out and becomes a gap."""
    if key in table:
        first = table[key].location()
        reason = f"declared a second time; the first is in {first}"
        module.gaps.append(Gap(GapKind.DUPLICATE, subject, reason, location=item.location()))
    else:
        table[key] = item


def _report_block(module: Module, block: HclBlock, reason: str) -> None:
    module.gaps.append(Gap(GapKind.FILE, block.source.path, reason, location=block.location()))


def _override(module: Module, block: HclBlock) -> None:
    kind, labels = block.type, block.labels
    if kind == "locals":
        for name, attribute in block.attributes.items():
            if name not in module.locals:
                _report_baseless_override(module, f"local.{name}", attribute)
        module.locals.update(block.attributes)
        return
    if kind == "provider":
        alias = alias_of(block)
        for position, base in enumerate(module.providers):
            if base.labels == labels and alias_of(base) == alias:
                module.providers[position] = merged(base, block)
                return
        _report_baseless_override(module, f"provider {'.'.join(labels)}", block)
        module.providers.append(block)
        return
    table: dict[Any, HclBlock] | None = _table(module, kind)
    key: object = labels[0] if labels else ""
    if kind in ("resource", "data", "ephemeral"):
        table, key = module.resources, (kind, *labels)
    if table is not None and key in table:
        table[key] = merged(table[key], block)
        return
    if table is not None:
        _report_baseless_override(module, ".".join((kind, *labels)), block)
    _declare(module, block)


def _report_baseless_override(module: Module, subject: str, item: HclBlock | Attribute) -> None:
    """Report an override without a declaration: Terraform refuses it, and it counts as the declaration."""
    reason = "an override file changes it, but nothing declares it"
    module.gaps.append(Gap(GapKind.EXPRESSION, subject, reason, incomplete=False, location=item.location()))


def merged(base: HclBlock, override: HclBlock) -> HclBlock:
    """`base` with the arguments of `override`; nested blocks of a type there replace all of that type in `base`."""
    result = HclBlock(base.source, base.type, base.labels, base.start, base.end)
    result.remarks = base.remarks
    result.overrides = (*base.overrides, override)
    result.attributes = {**base.attributes, **override.attributes}
    replaced = {_nested_type(block) for block in override.blocks}
    kept = [block for block in base.blocks if _nested_type(block) not in replaced or block.type == "lifecycle"]
    result.blocks = [*kept, *override.blocks]
    return result


def _nested_type(block: HclBlock) -> str:
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def alias_of(block: HclBlock) -> str:
    """The alias of a provider block as it is written; empty for the default one."""
    attribute = block.attributes.get("alias")
    return attribute.source.text[attribute.value_start : attribute.value_end] if attribute else ""
