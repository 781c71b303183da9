"""What something that was not read may have been given: a module that is not available, a file with errors.

It may hold the split resource that is looked for in vain, so that its absence is not known. Names are followed as they
are written, not as they are worth: ``aws_s3_bucket.b.bucket`` hands the bucket over even where its name is known. The
text of a policy document hands nothing over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hipaa_guard.facts.places import GapKind
from hipaa_guard.facts.values import Cause, Incomplete, Unknown
from hipaa_guard.terraform.calls import CALL_ARGUMENTS
from hipaa_guard.terraform.errors import FAILURES
from hipaa_guard.terraform.mentions import keys_of, named_in, names_of, parts_of, value_at
from hipaa_guard.terraform.nodes import Call, Node
from hipaa_guard.terraform.scope import valued
from hipaa_guard.terraform.syntax import Attribute, Block

if TYPE_CHECKING:
    from hipaa_guard.terraform.calls import CallGroup
    from hipaa_guard.terraform.instances import ModuleInstance

_DOCUMENTS = frozenset({"jsonencode", "yamlencode"})


def handed_over(root: ModuleInstance) -> dict[str, Unknown]:
    """The addresses of instances that something which was not read may have been given, and what that is."""
    found: dict[str, Unknown] = {}
    waiting = [root]
    while waiting:
        module = waiting.pop(0)
        for address, unknown in _of_module(module):
            found.setdefault(address, unknown)
        for group in module.children.values():
            waiting += group.instances()
    return found


def _of_module(module: ModuleInstance) -> Iterator[tuple[str, Unknown]]:
    broken = _unread_file(module)
    if broken is not None:
        # A block of the instance's own type is another resource, not a part of it.
        lost = module.module.lost
        yield from ((each.address, broken) for each in module.own_instances() if lost - {each.type})
    for group in module.children.values():
        why = _unread_module(module, group)
        if why is not None:
            inputs = [each for name, each in group.block.attributes.items() if name not in CALL_ARGUMENTS]
            yield from ((address, why) for address in _mentioned(inputs, module, group))
        if broken is not None:
            for child in group.instances():
                outputs = [block.attributes.get("value") for block in child.module.outputs.values()]
                written = [output for output in outputs if output is not None]
                yield from ((address, broken) for address in _mentioned(written, child, None))


def _unread_file(module: ModuleInstance) -> Unknown | None:
    """Why the module may hold more than was seen."""
    gap = next((gap for gap in module.module.gaps if gap.kind is GapKind.FILE), None)
    if gap is None or not module.module.lost:
        return None
    return Unknown(f"{gap.subject}, in the same module, was not read: {gap.reason}", Cause.NOT_IN_SCOPE)


def _unread_module(parent: ModuleInstance, group: CallGroup) -> Unknown | None:
    """Why what a call was given may be used by something that was not seen."""
    instances = group.instances()
    missing = group.missing
    if missing:
        if _is_none(parent, group):
            return None
        reason = f"{group.address} was given it and is not available: {missing}"
        return Unknown(reason, Cause.MODULE, references=(group.address,))
    broken = next((why for why in map(_unread_file, instances) if why is not None), None)
    if broken is None:
        return None
    reason = f"{group.address} was given it, and not all of that module was read"
    return Unknown(reason, broken.cause, references=(group.address,))


def _is_none(parent: ModuleInstance, group: CallGroup) -> bool:
    """Whether the call is certainly made for no instance."""
    count, for_each = group.block.attributes.get("count"), group.block.attributes.get("for_each")
    if count is not None:
        number = valued(count, parent.scope, parent.calls)
        return isinstance(number, int) and number == 0
    if for_each is not None:
        entries = valued(for_each, parent.scope, parent.calls)
        return isinstance(entries, list | dict) and not isinstance(entries, Incomplete) and not entries
    return False


def _mentioned(arguments: Sequence[Attribute], module: ModuleInstance, call: CallGroup | None) -> list[str]:
    """The addresses of the instances that expressions mention."""
    mentions = _Mentions()
    for argument in arguments:
        mentions.add(argument, module, call)
    return mentions.all()


class _Mentions:
    """Names followed through locals, variables and outputs to resource instances."""

    def __init__(self) -> None:
        self._found: dict[str, None] = {}
        self._seen: set[tuple[int, int]] = set()
        self._waiting: list[tuple[Node, ModuleInstance, CallGroup | None]] = []

    def add(
        self,
        attribute: Attribute | None,
        module: ModuleInstance,
        call: CallGroup | None = None,
        path: Sequence[str] = (),
    ) -> None:
        """Look into an argument of a module, or of a call that it makes: all of it, or what is at a path."""
        if attribute is None:
            return
        try:
            self._waiting.append((value_at(attribute.node, path), module, call))
        except FAILURES:  # reported where the argument is evaluated
            return

    def all(self) -> list[str]:
        """The addresses found."""
        while self._waiting:
            node, module, call = self._waiting.pop()
            if (id(node), id(module)) not in self._seen:
                self._seen.add((id(node), id(module)))
                names, key = names_of(node)
                inner = list(keys_of(node) if names else _parts(node))
                self._follow(names, key, module, call, path=names[2:] if not inner else ())
                self._waiting += [(each, module, call) for each in inner]
        return list(self._found)

    def _follow(
        self, names: list[str], key: str | None, module: ModuleInstance, call: CallGroup | None, path: Sequence[str]
    ) -> None:
        match names:
            case ["local", name, *_]:
                self.add(module.module.locals.get(name), module, path=path)
            case ["var", name, *_] if module.parent is not None and module.block is not None:
                caller = module.parent
                self.add(module.block.attributes.get(name), caller, caller.children.get(module.block.labels[0]))
            case ["module", name, output, *_] if name in module.children:
                for child in module.children[name].instances():
                    block = child.module.outputs.get(output)
                    self.add(None if block is None else block.attributes.get("value"), child)
            case ["each", *_] if call is not None:
                self.add(call.block.attributes.get("for_each"), module)
            case ["data", type_, name, *_] if type_ != "aws_iam_policy_document":
                # What it looks up is what it is asked by.
                self._add_all(module.module.resources.get(("data", type_, name)), module)
            case [type_, name, *rest]:
                self._add_target(module.module.resources.get(("resource", type_, name)), rest, module)
                instances = [one.address for one in module.instances_named(type_, name)]
                exact = [address for address in instances if key is not None and address.endswith(f"[{key}]")]
                self._found.update(dict.fromkeys(exact or instances))

    def _add_target(self, block: Block | None, path: Sequence[str], module: ModuleInstance) -> None:
        """What an attribute of a resource is made from: another resource, where it repeats the name of that."""
        if block is None or not path:
            return
        written = block.attributes.get(path[0])
        if written is not None:
            self.add(written, module)
        else:  # the id of a split resource is that of the main one
            self._add_all(block, module, main_of=block.labels[0])

    def _add_all(self, block: Block | None, module: ModuleInstance, main_of: str | None = None) -> None:
        for attribute in () if block is None else block.attributes.values():
            if main_of is None or any(main_of.startswith(f"{name.partition('.')[0]}_") for name in named_in(attribute)):
                self.add(attribute, module)


def _parts(node: Node) -> Iterator[Node]:
    """The parts of an expression, those of a policy document aside."""
    return iter(()) if isinstance(node, Call) and node.name in _DOCUMENTS else parts_of(node)
