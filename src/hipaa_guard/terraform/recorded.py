"""Instances as plan and state record them: values that Terraform has worked out, with or without the source beside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hipaa_guard.facts.places import Location
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.terraform.blocks import Instance


@dataclass(slots=True, eq=False)
class RecordedInstance:
    """One resource instance of a plan or state (`blocks.Instance`). Its arguments are worked out when asked for."""

    address: str
    type: str
    name: str
    module: str
    location: Location
    region: Value
    decode: Callable[[str], Value]
    uncertain: Unknown | None = None
    written: tuple[str, ...] = ()
    """The arguments that the configuration writes, where it is known."""
    block: Instance | None = None
    """The same instance as the source tells it, where that was given."""
    _values: dict[str, Value] = field(default_factory=dict)

    def get(self, attribute: str) -> Value:
        """The value of a top-level argument; None where it is absent or null."""
        if attribute not in self._values:
            self._values[attribute] = self.decode(attribute)
        return self._values[attribute]

    def arguments(self) -> Iterable[str]:
        """See `written`."""
        return self.written

    def locate(self, path: str) -> Location | None:
        """Where an argument is written; without source the file, for one that is set."""
        if self.block is not None:
            return self.block.locate(path)
        return self.location if self.get(path.partition(".")[0]) is not None else None

    def notes(self) -> Iterable[tuple[int, str]]:
        """The comments of the source; plan and state hold none."""
        return () if self.block is None else self.block.notes()
