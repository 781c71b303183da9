"""Module calls: the instances of a called module, and the call as a value."""

from __future__ import annotations

from typing import Generic, TypeVar

from hipaa_guard.facts.locations import GapKind
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.terraform import limits
from hipaa_guard.terraform.addresses import key_text
from hipaa_guard.terraform.evaluation.enclosing_module import EnclosingModule, ModuleCall
from hipaa_guard.terraform.evaluation.expansion import Copy, Expansion, expand
from hipaa_guard.terraform.evaluation.resource_values import grouped
from hipaa_guard.terraform.hcl.access import Object, OuterReference
from hipaa_guard.terraform.hcl.errors import EvaluationError
from hipaa_guard.terraform.hcl.syntax import HclBlock
from hipaa_guard.terraform.modules.module import Module

M = TypeVar("M", bound=EnclosingModule)

CALL_ARGUMENTS = frozenset({"source", "version", "count", "for_each", "depends_on", "providers"})
"""Arguments of a call that are no inputs of the module."""


class CallGroup(Generic[M]):
    """All instances of one module call."""

    __slots__ = ("_expansion", "_instances", "_name", "_parent", "_reason", "_running", "_value", "block")

    def __init__(self, parent: M, name: str, block: HclBlock) -> None:
        self._parent = parent
        self._name = name
        self.block = block
        self._instances: list[M] | None = None
        self._expansion: Expansion | None = None
        self._reason = ""
        self._running = False
        self._value: Value = None

    def instances(self) -> list[M]:
        """The module instances, in the order of their keys; none where the module is not available.

        Raises:
            EvaluationError: their number depends on themselves.

        """
        if self._instances is None:
            if self._running:
                raise EvaluationError(f"the number of {self.address} depends on itself")
            self._running = True
            try:
                self._instances = self._load()
            finally:
                self._running = False
        return self._instances

    def value(self) -> Value:
        """The value of a reference to the call."""
        if self._value is None:
            instances = self.instances()
            if self._expansion is None:
                self._value = UnavailableModule(self.address, self._reason)
            else:
                self._value = grouped(self._expansion, [ModuleValue(one) for one in instances])
        return self._value

    @property
    def missing(self) -> str:
        """Why the module could not be read; empty where it was."""
        self.instances()
        return self._reason

    @property
    def address(self) -> str:
        """The address of the call, without keys."""
        return f"{self._parent.address}.module.{self._name}" if self._parent.address else f"module.{self._name}"

    def _load(self) -> list[M]:
        parent = self._parent
        module = self._module()
        if module is None:
            return []
        self._report_unknown_inputs(module)
        self._expansion = found = expand(self.block, parent.scope, self.address, parent.calls)
        instances = [self._instance(module, copy, None) for copy in found.copies]
        if found.rest is not None:
            instances.append(self._instance(module, found.rest, found.why))
        return instances

    def _report_unknown_inputs(self, module: Module) -> None:
        """Report arguments without a variable in the module: Terraform refuses them, and they may be misspelt."""
        for name, attribute in self.block.attributes.items():
            if name not in CALL_ARGUMENTS and name not in module.variables and not module.unread_blocks:
                reason = f"the module has no variable {name[:60]!r}"
                location = attribute.location(self._parent.calls)
                self._parent.session.report(
                    GapKind.EXPRESSION, self.address, reason, incomplete=False, location=location
                )

    def _instance(self, module: Module, copy: Copy, why: Unknown | None) -> M:
        address = f"{self.address}{copy.key}"
        return self._parent.called(module, ModuleCall(self.block, address, self._key_path, copy.bound, why))

    @property
    def _key_path(self) -> str:
        return f"{self._parent.key_path}.{self._name}" if self._parent.key_path else self._name

    def _module(self) -> Module | None:
        """The module that is called; None, with a gap, where it cannot be read."""
        parent = self._parent
        found = parent.library.find(parent, self.block, self._key_path)
        if isinstance(found, str):
            self._report_missing(found)
            return None
        chain: EnclosingModule | None = parent
        depth = 0
        while chain is not None:
            if chain.module is found:
                self._report_missing("the module calls itself", hint="Terraform refuses this too", kind=GapKind.MODULE)
                return None
            chain = chain.parent
            depth += 1
        if depth >= limits.MODULE_DEPTH:
            self._report_missing(f"module calls nested more than {limits.MODULE_DEPTH} deep", kind=GapKind.LIMIT)
            return None
        for gap in found.gaps:
            parent.session.add(gap)
        return found

    def _report_missing(self, reason: str, *, hint: str = "", kind: GapKind = GapKind.MODULE) -> None:
        self._reason = reason
        parent = self._parent
        hint = hint or "run terraform init in the root module, or scan a plan"
        location = self.block.location(parent.calls)
        parent.session.report(kind, self.address, reason, hint=hint, location=location)


class ModuleValue(Object):
    """A module instance as a value: its outputs."""

    __slots__ = ("instance",)

    def __init__(self, instance: EnclosingModule) -> None:
        super().__init__(f"{instance.address} is a whole module", Cause.AFTER_APPLY, references=(instance.address,))
        self.instance = instance

    def of(self, name: str) -> Value:
        """The value of an output."""
        return self.instance.output(name)

    def outputs(self) -> dict[str, Value]:
        """All outputs."""
        return {name: self.instance.output(name) for name in self.instance.module.outputs}


class UnavailableModule(Object):
    """A call whose module was not read: all its outputs are unknown."""

    __slots__ = ("_key", "_why", "address")
    certain = False

    def __init__(self, address: str, reason: str, key: str | None = "") -> None:
        """``key`` is the key of one instance, in brackets; empty for the call itself, None for an unknown key."""
        super().__init__(f"{address}: {reason}", Cause.MODULE, references=(address,), is_set=True)
        self.address = address
        self._why = reason
        self._key = key

    def of(self, name: str) -> Value:
        """An output, as an unknown value."""
        address = f"{self.address}.{name}"
        reason = f"{address}: {self._why}"
        if self._key is None:
            return Unknown(reason, Cause.MODULE, references=(address,))
        return OuterReference(reason, Cause.MODULE, f"{self.address}{self._key}.{name}", references=(address,))

    def at(self, key: Value) -> Value:
        """One instance of the call, just as unknown; with an unknown key it may be any of them."""
        return UnavailableModule(self.address, self._why, None if isinstance(key, Unknown) else key_text(key))

    def each(self) -> Value:
        """Any number of instances."""
        return Unknown(self.reason, Cause.MODULE, references=self.references)
