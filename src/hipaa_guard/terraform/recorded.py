"""Instances as plan and state record them: values that Terraform has worked out, without lines of source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hipaa_guard.facts.places import Location
from hipaa_guard.facts.values import Unknown, Value


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
        """The file, for an argument that is set: plan and state hold no lines."""
        return self.location if self.get(path.partition(".")[0]) is not None else None

    def notes(self) -> Iterable[tuple[int, str]]:
        """Nothing: plan and state hold no comments."""
        return ()
