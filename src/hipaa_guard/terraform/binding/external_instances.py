"""The instance that stands for a resource which is declared elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field

from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.values import Cause, Unknown, Value
from hipaa_guard.lean import dataclass


@dataclass(slots=True, eq=False)
class ExternalInstance:
    """The instance that is declared elsewhere (`blocks.Instance`). All its own arguments are unknown."""

    address: str
    type: str
    name: str
    text: str | None
    """The text that names it, where one does."""
    location: Location
    region: Value = None
    module: str = ""
    uncertain: Unknown | None = None
    unknown: Unknown = field(init=False)

    def __post_init__(self) -> None:
        self.unknown = Unknown(f"{self.name} is not declared in this configuration", Cause.NOT_IN_SCOPE)

    def get(self, attribute: str) -> Value:
        """See `Instance`."""
        is_arn = attribute == "arn" and self.text is not None and self.text.startswith("arn:")
        return self.text if is_arn else self.unknown

    def arguments(self) -> Iterable[str]:
        """None is written here."""
        return ()

    def expression(self, argument: str) -> str | None:  # noqa: ARG002 - the protocol of `Instance`
        """Nothing is written here."""
        return None

    def mentioned(self, argument: str) -> Iterable[str]:  # noqa: ARG002 - the protocol of `Instance`
        """Nothing is written here."""
        return ()

    def locate(self, path: str) -> Location | None:  # noqa: ARG002 - the protocol of `Instance`
        """Nothing is written here."""
        return None

    @property
    def declaration(self) -> None:
        """It is declared elsewhere."""

    def left_open(self, argument: str) -> bool:  # noqa: ARG002 - the protocol of `Instance`
        """No plan speaks of it."""
        return False

    def notes(self) -> Iterable[tuple[int, str]]:
        """No comments are here."""
        return ()

    def marks(self) -> Iterable[tuple[Location, str]]:
        """No comments are here."""
        return ()
