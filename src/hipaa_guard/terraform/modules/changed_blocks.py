"""What a change of some files of a module changes in its blocks, found by comparing their texts.

Names are those that expressions use (``var.x``, ``local.x``, ``data.aws_kms_key.k``, ``aws_s3_bucket.b``, ``module.m``)
and ``output.x``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path

from hipaa_guard.lean import dataclass, regex
from hipaa_guard.terraform.files import UnreadableFile, checked, read_file
from hipaa_guard.terraform.hcl import json_syntax, parsing
from hipaa_guard.terraform.hcl.lexer import real
from hipaa_guard.terraform.hcl.syntax import Attribute, Body, HclBlock

_MENTIONED = regex(r"(?<![\w.-])(?:(?:data|ephemeral)\.)?[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*")
_NAMED = {"variable": "var", "output": "output", "module": "module", "data": "data", "ephemeral": "ephemeral"}
_WITHOUT_EFFECT = frozenset({"moved", "removed", "import", "check", "action"})
"""Blocks that change no argument of a resource."""


@dataclass(slots=True)
class ChangedBlocks:
    """What is different in the blocks of a module."""

    everything: bool = False
    """All of the module may be different: a provider or a setting of Terraform is, or a file could not be compared."""
    names: set[str] = field(default_factory=set)
    """The names of variables, local values, data sources, calls and outputs that are different, and of resources that
    are new or gone."""
    released: set[str] = field(default_factory=set)
    """The names of resources that a resource mentioned, and does not mention any more."""


def mentioned(item: HclBlock | Attribute) -> set[str]:
    """The names in the text of a block or attribute. A text that is none may look like one."""
    return set(_MENTIONED.findall(real(item.source.text[item.start : _end(item)])))


def blocks_changed(files: Iterable[Path], former: Mapping[Path, bytes], unread: Collection[Path]) -> ChangedBlocks:
    """The difference that a change of these files makes in the blocks of their module.

    ``former`` has the contents before the change; ``unread`` are files whose content then is not known.
    """
    before, after = _Declared(), _Declared()
    changed = ChangedBlocks()
    for file in files:
        changed.everything |= file in unread
        before.add(file, former.get(file))
        after.add(file, _present(file))
    changed.everything |= before.unclear or after.unclear
    for name in before.texts.keys() | after.texts.keys():
        if before.texts.get(name) == after.texts.get(name):
            continue
        if name == _ALL:
            changed.everything = True
        elif name.startswith(tuple(f"{word}." for word in ("local", *_NAMED.values()))):
            changed.names.add(name)
        else:
            if name not in before.texts or name not in after.texts:
                changed.names.add(name)
            changed.released |= before.mentions.get(name, set()) - after.mentions.get(name, set()) - {name}
    return changed


_ALL = "*"
"""The name of blocks that decide about a whole module."""


class _Declared:
    """The texts of all blocks of some files, and the names that resources mention, by their names."""

    def __init__(self) -> None:
        self.texts: dict[str, Counter[str]] = {}
        self.mentions: dict[str, set[str]] = {}
        self.unclear = False

    def add(self, file: Path, data: bytes | None) -> None:
        """Add a file; None where there is no such file."""
        if data is None:
            return
        try:
            body = _parsed(file, checked(data))
        except UnreadableFile:
            self.unclear = True
            return
        self.unclear |= bool(body.problems)
        for block in body.root.blocks:
            for name, item in _named(block):
                self.texts.setdefault(name, Counter())[_text(item)] += 1
                if block.type == "resource":
                    self.mentions.setdefault(name, set()).update(mentioned(item))


def _named(block: HclBlock) -> Iterator[tuple[str, HclBlock | Attribute]]:
    """A block with its name; of local values each."""
    if block.type == "locals":
        yield from ((f"local.{name}", attribute) for name, attribute in block.attributes.items())
    elif block.type == "resource":
        yield ".".join(block.labels), block
    elif block.type in _NAMED:
        yield ".".join((_NAMED[block.type], *block.labels)), block
    elif block.type not in _WITHOUT_EFFECT:
        yield _ALL, block


def _parsed(file: Path, data: bytes) -> Body:
    parse = json_syntax.parse if file.name.endswith(".json") else parsing.parse
    return parse(file.name, data)


def _present(file: Path) -> bytes | None:
    try:
        return read_file(file)
    except UnreadableFile:
        return b"{" if file.exists() else None  # what is there and cannot be read is no text of blocks


def _end(item: HclBlock | Attribute) -> int:
    return item.value_end if isinstance(item, Attribute) else item.end


def _text(item: HclBlock | Attribute) -> str:
    return real(item.source.text[item.start : _end(item)]).strip()
