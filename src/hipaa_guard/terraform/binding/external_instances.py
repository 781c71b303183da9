"""Instances for resources that another configuration declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.lean import dataclass


@dataclass(slots=True, eq=False)
class ExternalInstance:
    """The instance of a stand-in (`blocks.ResourceInstance`). All its own arguments are unknown."""

    address: str
    type: str
    name: str
    text: str | None
    """Its name or ARN, where a known text names it."""
    location: Location
    region: Value = None
    module: str = ""
    uncertain: Unknown | None = None
    place: Place | None = None
    unknown: Unknown = field(init=False)

    def __post_init__(self) -> None:
        self.unknown = Unknown(f"{self.name} is not declared in this configuration", Cause.NOT_IN_SCOPE)

    def get(self, attribute: str) -> Value:
        """See `ResourceInstance`: the ARN, if that is the name; else unknown."""
        is_arn = attribute == "arn" and self.text is not None and self.text.startswith("arn:")
        return self.text if is_arn else self.unknown

    def arguments(self) -> Iterable[str]:
        """No arguments: its block is in another configuration."""
        return ()

    def expression(self, argument: str) -> str | None:  # noqa: ARG002 - the protocol of `ResourceInstance`
        """None, as it has no arguments."""
        return None

    def instances_mentioned(self, argument: str) -> Iterable[str]:  # noqa: ARG002 - the protocol of `ResourceInstance`
        """No addresses, as it has no arguments."""
        return ()

    def locate(self, path: str) -> Location | None:  # noqa: ARG002 - the protocol of `ResourceInstance`
        """None, as it has no arguments."""
        return None

    @property
    def declaration(self) -> None:
        """None, as this configuration does not declare it."""

    def is_known_after_apply(self, argument: str) -> bool:  # noqa: ARG002 - the protocol of `ResourceInstance`
        """False, as no plan holds it."""
        return False

    def comments(self) -> Iterable[tuple[int, str]]:
        """No comments, as it has no block here."""
        return ()

    def source_comments(self) -> Iterable[tuple[Location, str]]:
        """No source comments, as it has no block here."""
        return ()
