"""Module instances: a module with its inputs, in which names have values.

A value is evaluated when it is first read, and kept. A value that depends on itself is an error, as in Terraform.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipaa_guard.facts.locations import GapKind, Location
from hipaa_guard.facts.secrets import SecretText, holds_secret, revealed
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.terraform.evaluation.enclosing_module import ModuleCall
from hipaa_guard.terraform.evaluation.function_calls import invoke
from hipaa_guard.terraform.evaluation.module_calls import CallGroup
from hipaa_guard.terraform.evaluation.providers import Provider, find_provider
from hipaa_guard.terraform.evaluation.resource_values import ResourceGroup
from hipaa_guard.terraform.evaluation.resources import HclInstance
from hipaa_guard.terraform.functions.unknowns import require_small
from hipaa_guard.terraform.hcl.access import Object, OuterReference
from hipaa_guard.terraform.hcl.arguments import valued
from hipaa_guard.terraform.hcl.errors import FAILURES, LIMITS, EvaluationError
from hipaa_guard.terraform.hcl.scope import Constants, Scope, Session, kept
from hipaa_guard.terraform.hcl.sensitive_values import hidden
from hipaa_guard.terraform.hcl.syntax import Attribute, HclBlock
from hipaa_guard.terraform.modules.module import Module
from hipaa_guard.terraform.modules.type_constraints import type_of

if TYPE_CHECKING:
    from hipaa_guard.terraform.modules.module_lookup import ModuleLookup

_RUNNING: Any = object()


class ModuleInstance:
    """One module, as called once: ``module.a["x"]``. The root has no call and an empty address."""

    __slots__ = (
        "_cache",
        "_groups",
        "_providers",
        "_spaces",
        "address",
        "block",
        "call_scope",
        "calls",
        "children",
        "given",
        "key_path",
        "library",
        "module",
        "parent",
        "root_directory",
        "scope",
        "session",
        "uncertain",
    )

    def __init__(self, module: Module, session: Session, library: ModuleLookup, given: dict[str, Value]) -> None:
        self.module = module
        self.session = session
        self.library = library
        self.given = given
        self.root_directory: Path = module.directory
        self.address = ""
        self.key_path = ""
        self.calls: tuple[Location, ...] = ()
        self.parent: ModuleInstance | None = None
        self.block: HclBlock | None = None
        self.call_scope: Scope | None = None
        self.uncertain: Unknown | None = None
        self.scope = Scope(self)
        self._cache: dict[tuple[str, str], Value] = {}
        self._groups: dict[tuple[str, str, str], ResourceGroup] = {}
        self._providers: dict[tuple[str, str | None], Provider | None] = {}
        self._spaces: dict[str, Value] = {}
        self.children = {name: CallGroup(self, name, block) for name, block in module.calls.items()}

    def called(self, module: Module, call: ModuleCall) -> ModuleInstance:
        """The instance of a module that this one calls."""
        instance = ModuleInstance(module, self.session, self.library, {})
        instance.root_directory = self.root_directory
        instance.address, instance.key_path = call.address, call.key_path
        instance.parent, instance.block = self, call.block
        instance.call_scope = Scope(self, call.bound) if call.bound else self.scope
        instance.calls = (*self.calls, call.block.location())
        instance.uncertain = self.uncertain if call.uncertain is None else call.uncertain
        return instance

    def walk(self) -> Iterator[HclInstance]:
        """The instances of all resources, those of called modules after the module's own."""
        yield from self.own_instances()
        for group in self.children.values():
            for child in group.instances():
                yield from child.walk()

    def own_instances(self) -> Iterator[HclInstance]:
        """The instances of all resources of the module itself."""
        for key, block in self.module.resources.items():
            if key[0] == "resource":
                yield from self._group(key, block).instances()
        for block in self.module.repeated:
            if block.type == "resource":
                yield from ResourceGroup(self, block).instances()

    def instances_named(self, kind: str, name: str) -> list[HclInstance]:
        """The instances of one resource; none where it is not declared."""
        key = ("resource", kind, name)
        block = self.module.resources.get(key)
        return [] if block is None else self._group(key, block).instances()

    def source_comments(self) -> Iterator[tuple[Location, str]]:
        """Source comments of the module calls that lead here, the innermost first."""
        if self.block is not None and self.parent is not None:
            yield from self.block.source_comments()
            yield from self.parent.source_comments()

    def moves(self) -> Iterator[tuple[str, str]]:
        """The moves of this module and of all that it calls, as pairs of old and new address."""
        prefix = f"{self.address}." if self.address else ""
        yield from ((prefix + before, prefix + after) for before, after in self.module.moves)
        for group in self.children.values():
            for child in group.instances():
                yield from child.moves()

    def modules_used(self) -> list[Module]:
        """This module and all that it calls, each once."""
        used = {id(self.module): self.module}
        for group in self.children.values():
            for child in group.instances():
                used.update((id(module), module) for module in child.modules_used())
        return list(used.values())

    def resolve(self, name: str) -> Value:
        """See `ModuleNames`."""
        space = self._spaces.get(name)
        if space is None:
            self._spaces[name] = space = self._space(name)
        return space

    def call(self, function: str, arguments: list[Value]) -> Value:
        """See `ModuleNames`."""
        return invoke(self, function, arguments)

    def _space(self, name: str) -> Value:
        match name:
            case "var":
                return Space("var", self._variable)
            case "local":
                return Space("local", self._local)
            case "module":
                return Space("module", self._module_value)
            case "data" | "ephemeral":
                return Space(name, lambda kind: Space(f"{name}.{kind}", lambda one: self._resource(name, kind, one)))
            case "resource":
                return Space(name, self.resolve)
            case "path":
                return {"module": self._relative_path(), "root": ".", "cwd": "."}
            case "terraform":
                applying = Unknown("terraform.applying differs between plan and apply", Cause.AFTER_APPLY, is_set=True)
                return {"workspace": self._workspace(), "applying": applying}
            case "each" | "count" | "self":
                raise EvaluationError(f"{name!r} has no meaning here")
            case _:
                return Space(name, lambda one: self._resource("resource", name, one))

    def _workspace(self) -> Value:
        reason = "terraform.workspace is not known: it is chosen when Terraform runs, or here with --workspace"
        unknown = Unknown(reason, Cause.WORKSPACE, references=("terraform.workspace",), is_set=True)
        return unknown if self.session.workspace is None else self.session.workspace

    def _relative_path(self) -> str:
        return Path(os.path.relpath(self.module.directory, self.root_directory)).as_posix()

    def _once(self, kind: str, name: str, evaluate: Callable[[], Value]) -> Value:
        """The value of a variable, local or output, evaluated at most once."""
        key = (kind, name)
        value = self._cache.get(key, self)
        if value is _RUNNING:
            raise EvaluationError(f"{kind}.{name[:60]} depends on itself")
        if value is self:
            self._cache[key] = _RUNNING
            try:
                value = self._bounded(f"{kind}.{name[:60]}", kept(self.session, evaluate))
            except BaseException:
                del self._cache[key]
                raise
            self._cache[key] = value
        return value

    def _bounded(self, subject: str, value: Value) -> Value:
        if not isinstance(value, list | dict):
            return value
        try:
            require_small(value)
        except FAILURES as error:
            self.session.report(GapKind.LIMIT, subject, str(error))
            return Unknown(f"{subject}: {error}", Cause.LIMIT)
        return value

    def _variable(self, name: str) -> Value:
        block = self.module.variables.get(name)
        if block is None:
            return self._undeclared(f"var.{name}", "variable")
        return self._once("var", name, lambda: self._input(name, block))

    def _input(self, name: str, block: HclBlock) -> Value:
        value, given = self._given(name)
        default = block.attributes.get("default")
        nullable = block.attributes.get("nullable")
        required = nullable is not None and valued(nullable, self.scope, self.calls) is False
        if given and value is None and required:
            given = False
        if not given:
            if default is None:
                path = f"{self.address}.var.{name}" if self.address else f"var.{name}"
                return OuterReference(f"var.{name} has no value", Cause.VARIABLE, path, references=(f"var.{name}",))
            value = valued(default, Scope(Constants(self.session)), self.calls)
            if value is None and required:
                return self._misfit(name, block, "null is no default of a variable that must not be null")
        if not self._is_sensitive(block):
            return self._converted(name, block, value)
        return hidden(self._converted(name, block, revealed(value)), f"var.{name}")

    def _is_sensitive(self, block: HclBlock) -> bool:
        """Whether a variable or an output is sensitive; an unknown expression counts as yes."""
        marks = [block.attributes.get(name) for name in ("sensitive", "ephemeral")]
        return any(mark is not None and valued(mark, self.scope, self.calls) is not False for mark in marks)

    def _converted(self, name: str, block: HclBlock, value: Value) -> Value:
        """The value of a variable, converted to its type."""
        kind = block.attributes.get("type")
        if kind is None:
            return value
        try:
            convert = type_of(kind.node, self.scope)
            if isinstance(value, SecretText):
                return hidden(convert(revealed(value)), f"var.{name}")
            return convert(value)
        except FAILURES as error:
            if isinstance(error, LIMITS):
                return self._misfit(name, block, str(error) or "nested too deeply", Cause.LIMIT)
            problem = (
                "its value does not fit its type" if self._is_sensitive(block) or holds_secret(value) else str(error)
            )
            return self._misfit(name, block, problem)

    def _misfit(self, name: str, block: HclBlock, problem: str, cause: Cause = Cause.EXPRESSION) -> Unknown:
        reason = f"var.{name}: {problem}"
        location = block.location(self.calls)
        limit = cause is Cause.LIMIT
        kind = GapKind.LIMIT if limit else GapKind.EXPRESSION
        self.session.report(kind, f"var.{name}", reason, incomplete=limit, location=location)
        return Unknown(reason, cause, references=(f"var.{name}",))

    def _given(self, name: str) -> tuple[Value, bool]:
        """The value that the caller gives, and whether it gives one."""
        if self.block is None or self.call_scope is None or self.parent is None:
            return self.given.get(name), name in self.given
        attribute = self.block.attributes.get(name)
        if attribute is None:
            return None, False
        return valued(attribute, self.call_scope, self.parent.calls), True

    def _local(self, name: str) -> Value:
        attribute = self.module.locals.get(name)
        if attribute is None:
            return self._undeclared(f"local.{name}", "local value")
        return self._once("local", name, lambda: valued(attribute, self.scope, self.calls))

    def output(self, name: str) -> Value:
        """The value of an output.

        Raises:
            EvaluationError: no output has that name.

        """
        block = self.module.outputs.get(name)
        attribute: Attribute | None = block.attributes.get("value") if block is not None else None
        if block is None or attribute is None:
            return self._undeclared(f"{self.address or 'root'}.{name}", "output")
        return self._once("output", name, lambda: self._output_value(name, block, attribute))

    def _output_value(self, name: str, block: HclBlock, attribute: Attribute) -> Value:
        value = valued(attribute, self.scope, self.calls)
        return hidden(value, f"{self.address or 'root'}.{name}") if self._is_sensitive(block) else value

    def _module_value(self, name: str) -> Value:
        group = self.children.get(name)
        return self._undeclared(f"module.{name}", "module call") if group is None else group.value()

    def _resource(self, mode: str, kind: str, name: str) -> Value:
        key = (mode, kind, name)
        block = self.module.resources.get(key)
        if block is None:
            prefix = "" if mode == "resource" else f"{mode}."
            return self._undeclared(f"{prefix}{kind}.{name}", "resource" if mode == "resource" else f"{mode} source")
        return self._group(key, block).value()

    def _group(self, key: tuple[str, str, str], block: HclBlock) -> ResourceGroup:
        group = self._groups.get(key)
        if group is None:
            self._groups[key] = group = ResourceGroup(self, block)
        return group

    def _undeclared(self, subject: str, what: str) -> Value:
        """The value of an undeclared name: unknown if a file that was not read may declare it, else an error."""
        if any(gap.kind is GapKind.FILE for gap in self.module.gaps):
            reason = f"{subject} may be declared in a file that was not read"
            return Unknown(reason, Cause.NOT_IN_SCOPE, references=(subject,))
        raise EvaluationError(f"there is no {what} {subject[:120]}")

    def provider_of(self, block: HclBlock) -> Provider | None:
        """The configuration of the provider that a resource uses."""
        return find_provider(self, block, self._providers)


class Space(Object):
    """The first part of a name, without a value of its own: ``var``, ``local``, ``aws_s3_bucket``."""

    __slots__ = ("_find", "_known")

    def __init__(self, name: str, find: Callable[[str], Value]) -> None:
        super().__init__(f"{name} is no value by itself", Cause.EXPRESSION)
        self._find = find
        self._known: dict[str, Value] = {}

    def of(self, name: str) -> Value:
        """The value of the name with this next part."""
        return self._find(name)
