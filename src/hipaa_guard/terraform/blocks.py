"""The one shape that HCL, plan and state are read into: resource instances, grouped by configuration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Literal, Protocol

from hipaa_guard.facts.locations import Gap, Location
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.lean import dataclass


class ResourceInstance(Protocol):
    """One instance of a managed resource: an element of count or for_each is an instance of its own.

    ``address`` is the full Terraform address, module path and instance keys included; an instance whose number is not
    known has the key ``[?]`` and an ``uncertain`` that says why.
    """

    address: str
    type: str
    name: str
    module: str
    """Address of the module instance (``module.a["x"].module.b``), empty for the root."""
    location: Location
    uncertain: Unknown | None

    @property
    def region(self) -> Value:
        """Region of the resource: its own ``region`` argument, else its provider's; None where neither says."""

    def get(self, attribute: str) -> Value:
        """The value of a top-level argument; None where it is absent or null.

        Nested blocks of one type are a list of dictionaries, whatever their number; an absent block type is None.
        Inside them the same holds. ``tags_all`` is ``tags`` with the provider's ``default_tags``.
        An attribute that only the provider knows is None here (as an argument it is unset);
        *references* to it from elsewhere are `Reference` values.
        """

    def arguments(self) -> Iterable[str]:
        """The names of the top-level arguments that are written; nothing where the source does not tell."""

    def expression(self, argument: str) -> str | None:
        """A text that is the same for arguments of one module which are worth the same; None where it is not told."""

    def mentioned(self, argument: str) -> Iterable[str]:
        """The addresses of the instances that a top-level argument is made from, as far as the source tells."""

    def locate(self, path: str) -> Location | None:
        """Where a top-level argument or the first nested block of that name (``a.b.c``) is written, if it is."""

    @property
    def declaration(self) -> ResourceInstance | None:
        """The same instance as the source declares it, where it is read from a plan or state; else None."""

    def left_open(self, argument: str) -> bool:
        """Whether a plan says of a top-level argument no more than that it is known after apply."""

    def notes(self) -> Iterable[tuple[int, str]]:
        """Comments above and inside the block, with their lines."""

    def marks(self) -> Iterable[tuple[Location, str]]:
        """Comments that speak to hipaa-guard, with places: of the block, and of the module calls that lead to it."""


@dataclass(slots=True)
class Configuration:
    """All resource instances of one root module, one plan or one state."""

    root: str
    """The name of the root module, by which findings are known: its directory from the top (`repository.Top`), ``.``
    for the top itself. As it is read, and where there is no top: the directory or file, relative to what is scanned."""
    source: Literal["hcl", "plan", "state"]
    instances: list[ResourceInstance] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    files: int = 0
    """Number of files read."""
    handed_over: dict[str, Unknown] = field(default_factory=dict)
    """Addresses of instances that something which was not read may have been given (a module that is not available,
    the rest of a partial plan). What points at such an instance was perhaps not seen: its absence is this unknown."""
    given_to: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Addresses of calls whose modules were not read -> addresses of the instances that they were given."""
    unchanged: frozenset[str] = frozenset()
    """Addresses of instances that a plan leaves as they are, and that nothing which it changes names."""
    previous: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The addresses that an instance had before it was moved, by its own."""
    former_roots: tuple[str, ...] | None = None
    """Names of the root from before it was named from the top; None where it is not."""
    asked_for: set[str] = field(default_factory=set)
    """Types of split resources that some reading looked for."""
