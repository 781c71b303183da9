"""The module instance around resources, calls and providers, as these use it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol, Self

from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.blocks import ResourceInstance
from hipaa_guard.terraform.hcl.scope import Scope, Session
from hipaa_guard.terraform.hcl.syntax import HclBlock
from hipaa_guard.terraform.modules.module import Module
from hipaa_guard.terraform.modules.module_lookup import ModuleLookup


class CalledModules(Protocol):
    """One module call (`module_calls.CallGroup`)."""

    def instances(self) -> Sequence[EnclosingModule]:
        """The instances of the called module."""


class ConfiguredProvider(Protocol):
    """The configuration of a provider (`providers.Provider`)."""

    @property
    def block(self) -> HclBlock | None:
        """Its block; None where it is not known."""

    @property
    def region(self) -> Value:
        """Its region; None where none is written."""

    @property
    def place(self) -> Place:
        """The account and region that it makes resources in."""

    @property
    def default_tags(self) -> Value:
        """The tags that every resource of this provider gets; None where there are none."""


class ModuleCall(NamedTuple):
    """One instance of a module call."""

    block: HclBlock
    address: str
    key_path: str
    bound: Mapping[str, Value]
    """The values of ``count`` and ``each`` in its arguments."""
    uncertain: Unknown | None
    """Why the number of instances is not known; None where it is."""


class EnclosingModule(Protocol):
    """One module, as called once (`module_instances.ModuleInstance`)."""

    address: str
    """Empty for the root."""
    key_path: str
    calls: tuple[Location, ...]
    """The module calls that lead here."""
    block: HclBlock | None
    """The call; None for the root."""
    call_scope: Scope | None
    uncertain: Unknown | None
    scope: Scope
    session: Session

    @property
    def module(self) -> Module:
        """The module as it is written."""

    @property
    def library(self) -> ModuleLookup:
        """The look-up of the modules that it calls."""

    @property
    def root_directory(self) -> Path:
        """The directory of the root module above it."""

    @property
    def parent(self) -> Self | None:
        """The module that calls it; None for the root."""

    @property
    def children(self) -> Mapping[str, CalledModules]:
        """Its module calls by name."""

    def called(self, module: Module, call: ModuleCall) -> Self:
        """The instance of a module that this one calls."""

    def output(self, name: str) -> Value:
        """The value of an output; raises `EvaluationError` where no output has that name."""

    def provider_of(self, block: HclBlock) -> ConfiguredProvider | None:
        """The configuration of the provider that a resource uses."""

    def instances_named(self, kind: str, name: str) -> Sequence[ResourceInstance]:
        """The instances of one resource; none where it is not declared."""

    def source_comments(self) -> Iterator[tuple[Location, str]]:
        """Source comments of the module calls that lead here, the innermost first."""

    def resolve(self, name: str) -> Value:
        """See `scope.ModuleNames`."""

    def call(self, function: str, arguments: list[Value]) -> Value:
        """See `scope.ModuleNames`."""
