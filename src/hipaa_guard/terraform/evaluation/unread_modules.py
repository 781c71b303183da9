"""Instances that are given to something that was not read: a module that is not available, a file with errors.

It may hold split resources of these instances, so their absence is not known. An instance is given by its name, not by
its value: ``aws_s3_bucket.b.bucket`` gives the bucket even where its name is known. The text of a policy document
gives no instance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, Unknown
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.evaluation.instance_references import instances_mentioned
from hipaa_guard.terraform.evaluation.module_calls import CALL_ARGUMENTS
from hipaa_guard.terraform.hcl.arguments import valued

if TYPE_CHECKING:
    from hipaa_guard.terraform.evaluation.module_calls import CallGroup
    from hipaa_guard.terraform.evaluation.module_instances import ModuleInstance


@dataclass(frozen=True, slots=True)
class GivenToUnread:
    """Instances that are given to something that was not read, by address and by call."""

    instances: dict[str, Unknown]
    """Address of an instance -> why unread code may point at it."""
    calls: dict[str, tuple[str, ...]]
    """Address of a call whose module was not read -> addresses of the instances in its arguments."""


def given_to_unread(root: ModuleInstance) -> GivenToUnread:
    """The instances that are given to something that was not read, and what that is."""
    found = GivenToUnread({}, {})
    waiting = [root]
    while waiting:
        module = waiting.pop(0)
        for address, unknown in _of_module(module, found):
            found.instances.setdefault(address, unknown)
        for group in module.children.values():
            waiting += group.instances()
    return found


def _of_module(module: ModuleInstance, found: GivenToUnread) -> Iterator[tuple[str, Unknown]]:
    broken = _unread_file(module)
    if broken is not None:
        # A block of the instance's own type is another resource, not a part of it.
        unread_blocks = module.module.unread_blocks
        yield from ((each.address, broken) for each in module.own_instances() if unread_blocks - {each.type})
    for group in module.children.values():
        why = _unread_module(module, group)
        if group.missing:
            found.calls[group.address] = ()
        if why is not None:
            inputs = [each for name, each in group.block.attributes.items() if name not in CALL_ARGUMENTS]
            given = instances_mentioned(inputs, module, group.block)
            if group.missing:
                found.calls[group.address] = tuple(given)
            yield from ((address, why) for address in given)
        if broken is not None:
            for child in group.instances():
                outputs = [block.attributes.get("value") for block in child.module.outputs.values()]
                written = [output for output in outputs if output is not None]
                yield from ((address, broken) for address in instances_mentioned(written, child, None))


def _unread_file(module: ModuleInstance) -> Unknown | None:
    """Why the module may hold more blocks than were read; None where it may not."""
    gap = next((gap for gap in module.module.gaps if gap.kind is GapKind.FILE), None)
    if gap is None or not module.module.unread_blocks:
        return None
    return Unknown(f"{gap.subject}, in the same module, was not read: {gap.reason}", Cause.NOT_IN_SCOPE)


def _unread_module(parent: ModuleInstance, group: CallGroup[ModuleInstance]) -> Unknown | None:
    """Why unread code of a called module may use the arguments of the call; None where all was read."""
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


def _is_none(parent: ModuleInstance, group: CallGroup[ModuleInstance]) -> bool:
    """Whether the call certainly has no instances."""
    count, for_each = group.block.attributes.get("count"), group.block.attributes.get("for_each")
    if count is not None:
        number = valued(count, parent.scope, parent.calls)
        return isinstance(number, int) and number == 0
    if for_each is not None:
        entries = valued(for_each, parent.scope, parent.calls)
        return isinstance(entries, list | dict) and not isinstance(entries, Incomplete) and not entries
    return False
