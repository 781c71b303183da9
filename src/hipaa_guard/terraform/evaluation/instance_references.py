"""The resource instances that an expression mentions, found by following its names and not its value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from hipaa_guard.terraform.evaluation.enclosing_module import EnclosingModule
from hipaa_guard.terraform.evaluation.expression_references import keys_of, names_in, names_of, parts_of, value_at
from hipaa_guard.terraform.hcl.call_nodes import FunctionCall
from hipaa_guard.terraform.hcl.errors import FAILURES
from hipaa_guard.terraform.hcl.nodes import Node
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock

_DOCUMENTS = frozenset({"jsonencode", "yamlencode"})


def instances_mentioned(arguments: Iterable[Attribute], module: EnclosingModule, block: HclBlock | None) -> list[str]:
    """The addresses of the instances that arguments of a block mention.

    ``each`` stands for the `for_each` of ``block``. Names in the text of a policy document do not count.
    """
    mentions = _Mentions()
    for argument in arguments:
        mentions.add(argument, module, block)
    return mentions.all()


class _Mentions:
    """Names followed through locals, variables and outputs to resource instances."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}
        self._seen: set[tuple[int, int]] = set()
        self._waiting: list[tuple[Node, EnclosingModule, HclBlock | None]] = []

    def add(
        self,
        attribute: Attribute | None,
        module: EnclosingModule,
        block: HclBlock | None = None,
        path: Sequence[str] = (),
    ) -> None:
        """Follow the names of an argument: all of them, or those at a path."""
        if attribute is None:
            return
        try:
            self._waiting.append((value_at(attribute.node, path), module, block))
        except FAILURES:  # reported where the argument is evaluated
            return

    def all(self) -> list[str]:
        """The addresses found."""
        while self._waiting:
            node, module, block = self._waiting.pop()
            if (id(node), id(module)) not in self._seen:
                self._seen.add((id(node), id(module)))
                names, key = names_of(node)
                inner = list(keys_of(node) if names else _parts(node))
                self._follow(names, key, module, block, path=names[2:] if not inner else ())
                self._waiting += [(each, module, block) for each in inner]
        return list(self._found)

    def _follow(
        self, names: list[str], key: str | None, module: EnclosingModule, block: HclBlock | None, path: Sequence[str]
    ) -> None:
        match names:
            case ["local", name, *_]:
                self.add(module.module.locals.get(name), module, path=path)
            case ["var", name, *_] if module.parent is not None and module.block is not None:
                self.add(module.block.attributes.get(name), module.parent, module.block)
            case ["module", name, output, *_] if name in module.children:
                for child in module.children[name].instances():
                    declared = child.module.outputs.get(output)
                    self.add(None if declared is None else declared.attributes.get("value"), child)
            case ["each", *_] if block is not None:
                self.add(block.attributes.get("for_each"), module, block)
            case ["data", type_, name, *_] if type_ != "aws_iam_policy_document":
                # A data source finds the resource that its arguments name.
                self._add_all(module.module.resources.get(("data", type_, name)), module)
            case [type_, name, *rest]:
                self._add_target(module.module.resources.get(("resource", type_, name)), rest, module)
                instances = [one.address for one in module.instances_named(type_, name)]
                exact = [address for address in instances if key is not None and address.endswith(f"[{key}]")]
                self._found.update(dict.fromkeys(exact or instances))

    def _add_target(self, block: HclBlock | None, path: Sequence[str], module: EnclosingModule) -> None:
        """Follow an attribute of a resource: it may repeat the name of another resource."""
        if block is None or not path:
            return
        written = block.attributes.get(path[0])
        if written is not None:
            self.add(written, module)
        else:  # a split resource has the id of its main one
            self._add_all(block, module, main_of=block.labels[0])

    def _add_all(self, block: HclBlock | None, module: EnclosingModule, main_of: str | None = None) -> None:
        for attribute in () if block is None else block.attributes.values():
            if main_of is None or any(main_of.startswith(f"{name.partition('.')[0]}_") for name in names_in(attribute)):
                self.add(attribute, module)


def _parts(node: Node) -> Iterator[Node]:
    """The parts of an expression; none for a policy document."""
    return iter(()) if isinstance(node, FunctionCall) and node.name in _DOCUMENTS else parts_of(node)
