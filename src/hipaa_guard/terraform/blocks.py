"""Resource instances, grouped by configuration: HCL, plan and state are all read into this one shape."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from typing import Literal, Protocol

from hipaa_guard.facts.locations import Gap, Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.lean import dataclass


class ResourceInstance(Protocol):
    """One instance of a managed resource: an element of count or for_each is an instance of its own.

    ``address`` is the full Terraform address, module path and instance keys included. An instance that stands for an
    unknown number of instances has the key ``[?]`` and an ``uncertain`` that says why.
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
        """Region of the resource: its ``region`` argument, else that of its provider; None where neither is set."""

    @property
    def place(self) -> Place | None:
        """The account and region that it is made in; None where nothing is recorded of them."""

    def get(self, attribute: str) -> Value:
        """The value of a top-level argument; None where it is absent or null.

        Nested blocks of one type are a list of dictionaries, even a single one; an absent block type is None.
        Inside them the same holds. ``tags_all`` is ``tags`` with the provider's ``default_tags``.
        An attribute that the provider computes is None here, as the argument is not set;
        *references* to it from elsewhere are `Reference` values.
        """

    def arguments(self) -> Iterable[str]:
        """The names of the top-level arguments that are written; empty where they are not recorded."""

    def expression(self, argument: str) -> str | None:
        """A text that is equal for arguments of one module with equal values; None where there is no such text."""

    def instances_mentioned(self, argument: str) -> Iterable[str]:
        """The addresses of the instances that a top-level argument mentions, as far as they are known."""

    def locate(self, path: str) -> Location | None:
        """The lines of a top-level argument or the first nested block at a path (``a.b.c``); None if not written."""

    @property
    def declaration(self) -> ResourceInstance | None:
        """For an instance of a plan or state, the same instance as source declares it; else None."""

    def is_known_after_apply(self, argument: str) -> bool:
        """Whether a plan says only "known after apply" of the whole top-level argument."""

    def comments(self) -> Iterable[tuple[int, str]]:
        """Comments above and inside the block, with their lines."""

    def source_comments(self) -> Iterable[tuple[Location, str]]:
        """Source comments with their places: of the block, and of the module calls that lead to it."""


@dataclass(slots=True)
class Configuration:
    """All resource instances of one root module, one plan or one state."""

    root: str
    """Name of the root module, a part of each finding's identity: its directory from the top (`repository.Top`), ``.``
    for the top itself. While it is read, or without a top: its directory or file, relative to the scanned path."""
    source: Literal["hcl", "plan", "state"]
    instances: list[ResourceInstance] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    files: int = 0
    """Number of files read."""
    left_out: dict[str, frozenset[str]] = field(default_factory=dict)
    """Why some instances are not to be judged, in words -> their addresses."""
    given_to_unread: dict[str, Unknown] = field(default_factory=dict)
    """Address of an instance that is given to something that was not read (a module that is not available, the rest of
    a partial plan) -> the unknown that stands for an absent split resource, which may be there."""
    given_to_unread_calls: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Address of a call whose module was not read -> addresses of the instances in its arguments."""
    unchanged: frozenset[str] = frozenset()
    """Addresses of instances that a plan does not change, and that no changed resource names."""
    unconcerned: frozenset[str] = frozenset()
    """Addresses of instances that changed files concern neither by their own text nor by values."""
    changed_files: frozenset[str] = frozenset()
    """The changed files, as locations name them."""
    previous: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Present address of an instance -> the addresses that it had before it was moved."""
    former_roots: tuple[str, ...] | None = None
    """Names that the root had before roots were named from the top; None where it is not named from the top."""
    account: str | None = None
    """The account that it is applied to, where the user says so. A provider that names its account knows better."""
    several_providers: bool = False
    """Whether it may have resources of AWS by several provider configurations."""
    types_looked_for: set[str] = field(default_factory=set)
    """Types of split resources that readings looked for."""
