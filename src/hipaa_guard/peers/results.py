"""What other scanners found, in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hipaa_guard.controls.control import Status


class PeerError(Exception):
    """A file is no result that can be read. The text says what was expected."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a check of another tool says of one resource.

    ``peer`` is its name in `hipaa_guard.controls.control.PEERS`. A resource of Terraform has an address, or a place
    and the module it is in; one of an account has an ARN or a name. What the tool does not tell is empty.
    """

    tool: str
    peer: str
    check: str
    title: str
    status: Status
    message: str = ""
    suppressed: str = ""
    """Why the tool was told to be silent about it."""
    source: str = "terraform"
    address: str = ""
    module: str = ""
    type: str = ""
    file: str = ""
    line_start: int = 0
    line_end: int = 0
    arn: str = ""
    name: str = ""
    account: str = ""
    region: str = ""

    @property
    def label(self) -> str:
        """What people call the resource; empty where the tool names none."""
        place = f"{self.file}:{self.line_start}" if self.file and self.line_start else ""
        if self.source == "terraform":
            return self.address or " ".join(filter(None, (self.module, place)))
        return self.arn or self.name


@dataclass(frozen=True, slots=True)
class Document:
    """One file of results. ``gaps`` are sentences on what the tool itself could not look at, or what was left out."""

    tool: str
    results: tuple[Result, ...]
    gaps: tuple[str, ...] = ()
    file: str = field(default="", compare=False)


def part(value: Any, *names: str | int) -> Any:
    """What stands in a document at a path; None where there is nothing."""
    for name in names:
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and isinstance(name, int) and name < len(value):
            value = value[name]
        else:
            return None
    return value


def text(value: Any, *names: str | int) -> str:
    """A text at a path; empty where there is none."""
    found = part(value, *names)
    return found if isinstance(found, str) else ""


def number(value: Any, *names: str | int) -> int:
    """A whole number at a path; 0 where there is none."""
    found = part(value, *names)
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def each(value: Any, *names: str | int) -> Iterator[dict[str, Any]]:
    """The objects of a list at a path.

    Raises:
        PeerError: it is no list, or holds something else.

    """
    found = part(value, *names)
    if found is None:
        return
    where = ".".join(map(str, names)) or "the document"
    if not isinstance(found, list):
        raise PeerError(f"{where} is no list")
    for entry in found:
        if not isinstance(entry, dict):
            raise PeerError(f"{where} holds what is no object")
        yield entry
