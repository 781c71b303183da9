"""Whole resources as values: one instance, a block with an unknown number of instances, all instances of a block."""

from __future__ import annotations

from hipaa_guard.facts.values import Reference, Unknown, Value
from hipaa_guard.terraform.evaluation.enclosing_module import EnclosingModule
from hipaa_guard.terraform.evaluation.expansion import Expansion, expand
from hipaa_guard.terraform.evaluation.resources import HclInstance
from hipaa_guard.terraform.hcl.access import AttributeText, Object, OwnKey, Pinned, UncertainList
from hipaa_guard.terraform.hcl.errors import EvaluationError
from hipaa_guard.terraform.hcl.syntax import HclBlock


class ResourceValue(Object, Reference):
    """A whole instance as a value.

    ``pinned`` says that it stands for one of several instances, but not for which.
    """

    __slots__ = ("instance", "pinned")

    def __init__(self, instance: HclInstance, *, pinned: bool = False) -> None:
        Reference.__init__(self, instance.address, "")
        self.reason = f"{instance.address} is known only after apply"
        self.references = (instance.address,)
        self.instance = instance
        self.pinned = pinned

    def of(self, name: str) -> Value:
        """The value of an argument, or a reference to what the provider computes."""
        value = self.instance.reference(name)
        if self.pinned and isinstance(value, AttributeText):
            return AttributeText.of(value, Pinned(self.address, name))
        if not self.pinned or not isinstance(value, Reference) or value.address != self.address:
            return value
        pinned = Pinned(value.address, value.attribute, is_set=value.is_set)
        pinned.reason, pinned.cause, pinned.references = value.reason, value.cause, value.references
        return pinned

    def paired(self) -> Object:
        """The instance with the key of the instance that mentions it."""
        return ResourceValue(self.instance)


class UncertainGroup(Object):
    """A resource whose instances are not all known: each unknown key leads to the ``[?]`` instance."""

    __slots__ = ("known", "rest")
    certain = False

    def __init__(self, known: dict[Value, Object], rest: Object, why: Unknown) -> None:
        super().__init__(why.reason, why.cause, references=why.references, is_set=True)
        self.known = known
        self.rest = rest

    def of(self, name: str) -> Value:
        """An attribute of the ``[?]`` instance: only old Terraform has references without a key."""
        return self.at(name) if name in self.known else self.rest.of(name)

    def at(self, key: Value) -> Value:
        """The instance with that key, else the ``[?]`` instance."""
        if isinstance(key, OwnKey):
            return self.rest.paired()
        return self.rest if isinstance(key, Unknown) else self.known.get(key, self.rest)

    def each(self) -> Value:
        """The known instances and the ``[?]`` instance."""
        return UncertainList(list(self.known.values()), self.rest, self)


class ResourceGroup:
    """All instances of one resource block in one module instance."""

    __slots__ = ("_block", "_instances", "_module", "_running", "_value", "expansion")

    def __init__(self, module: EnclosingModule, block: HclBlock) -> None:
        self._module = module
        self._block = block
        self._instances: list[HclInstance] | None = None
        self._running = False
        self._value: Value = None
        self.expansion: Expansion | None = None

    def instances(self) -> list[HclInstance]:
        """The instances in the order of their keys, the ``[?]`` instance last.

        Raises:
            EvaluationError: their number depends on themselves.

        """
        if self._instances is None:
            mode = "" if self._block.type == "resource" else self._block.type
            subject = ".".join(part for part in (self._module.address, mode, *self._block.labels) if part)
            if self._running:
                raise EvaluationError(f"the number of {subject} depends on itself")
            self._running = True
            try:
                found = expand(self._block, self._module.scope, subject, self._module.calls)
            finally:
                self._running = False
            self.expansion = found
            self._instances = [HclInstance(self._module, self._block, copy, None) for copy in found.copies]
            if found.rest is not None:
                self._instances.append(HclInstance(self._module, self._block, found.rest, found.why))
        return self._instances

    def value(self) -> Value:
        """The value of a reference to the whole resource."""
        if self._value is None:
            found = self.expansion_of()
            pinned = found.rest is not None and not found.at_most_one
            known = [ResourceValue(one) for one in self.instances()[: len(found.copies)]]
            rest = [ResourceValue(one, pinned=pinned) for one in self.instances()[len(found.copies) :]]
            self._value = grouped(found, [*known, *rest])
        return self._value

    def expansion_of(self) -> Expansion:
        """The expansion of the block."""
        self.instances()
        assert self.expansion is not None
        return self.expansion


def grouped(expansion: Expansion, objects: list[Object]) -> Value:
    """Objects in the shape of the block: a list for ``count``, a map for ``for_each``, else the one object."""
    if expansion.rest is not None and expansion.why is not None:
        known = {copy.index: one for copy, one in zip(expansion.copies, objects, strict=False)}
        return UncertainGroup(known, objects[-1], expansion.why)
    if expansion.why is not None:
        return expansion.why
    if expansion.kind == "count":
        return list(objects)
    if expansion.kind == "each":
        return {copy.index: one for copy, one in zip(expansion.copies, objects, strict=True)}
    return objects[0]
