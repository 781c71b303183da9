"""Instances of plans and states: values that Terraform recorded, with or without the source."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import field

from hipaa_guard.facts.lists import Incomplete
from hipaa_guard.facts.locations import Location
from hipaa_guard.facts.places import Place
from hipaa_guard.facts.values import Unknown, Value
from hipaa_guard.lean import dataclass
from hipaa_guard.terraform.blocks import ResourceInstance


@dataclass(slots=True, eq=False)
class RecordedInstance:
    """One resource instance of a plan or state (`blocks.ResourceInstance`). Its values are decoded when first read."""

    address: str
    type: str
    name: str
    module: str
    location: Location
    region: Value
    decode: Callable[[str], Value]
    uncertain: Unknown | None = None
    place: Place | None = None
    """See `ResourceInstance`."""
    written: tuple[str, ...] = ()
    """The arguments that the configuration writes; empty where they are not recorded."""
    mentions: Callable[[str], Iterable[str]] | None = None
    """Argument -> the addresses of the instances that it mentions; None where the configuration is not recorded."""
    declaration: ResourceInstance | None = None
    """See `ResourceInstance`."""
    after_apply: Callable[[str], bool] | None = None
    """Argument -> whether only "known after apply" is recorded of it; None for a state, which leaves nothing open."""
    _values: dict[str, Value] = field(default_factory=dict)

    def get(self, attribute: str) -> Value:
        """The value of a top-level argument; None where it is absent or null."""
        if attribute not in self._values:
            self._values[attribute] = _set(self.decode(attribute), blocks=False)
        return self._values[attribute]

    def arguments(self) -> Iterable[str]:
        """See `written`."""
        return self.written

    def expression(self, argument: str) -> str | None:  # noqa: ARG002 - the protocol of `ResourceInstance`
        """None: a plan or state records values, not expressions."""
        return None

    def instances_mentioned(self, argument: str) -> Iterable[str]:
        """See `ResourceInstance`."""
        if self.declaration is not None:
            return self.declaration.instances_mentioned(argument)
        return () if self.mentions is None else self.mentions(argument)

    def is_known_after_apply(self, argument: str) -> bool:
        """See `ResourceInstance`."""
        return self.after_apply is not None and self.after_apply(argument)

    def locate(self, path: str) -> Location | None:
        """The lines of an argument; without source, the file if the argument is set."""
        if self.declaration is not None:
            return self.declaration.locate(path)
        return self.location if self.get(path.partition(".")[0]) is not None else None

    def comments(self) -> Iterable[tuple[int, str]]:
        """The comments of the source; plan and state hold none."""
        return () if self.declaration is None else self.declaration.comments()

    def source_comments(self) -> Iterable[tuple[Location, str]]:
        """The source comments of the source; plan and state hold none."""
        return () if self.declaration is None else self.declaration.source_comments()


def _set(value: Value, *, blocks: bool) -> Value:
    """The value without the empty texts that providers record for unset arguments; maps such as tags keep theirs."""
    if isinstance(value, Incomplete):
        return Incomplete([_set(item, blocks=True) for item in value.seen], value.unknown)
    if isinstance(value, list):
        return [_set(item, blocks=True) if isinstance(item, dict) else item for item in value]
    if isinstance(value, dict) and blocks:
        return {key: _set(item, blocks=True) for key, item in value.items()}
    return None if isinstance(value, str) and not value else value
