"""The results of other scanners, in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hipaa_guard.controls.control import Status


class PeerError(Exception):
    """A file is not a result that can be read. The text says what was expected."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of another tool's check for one resource.

    ``peer`` is the tool's name in `hipaa_guard.controls.control.PEERS`. A resource of Terraform has an address, or a
    place and its module; a resource of an account has an ARN or a name. Fields that the tool does not give are empty.
    """

    tool: str
    peer: str
    check: str
    title: str
    status: Status
    message: str = ""
    severity: str = ""
    """In the tool's own word, in lower case."""
    suppressed: str = ""
    """How the user silenced the result in the tool; empty where it counts."""
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
        """The name of the resource for people; empty where the tool names none."""
        place = f"{self.file}:{self.line_start}" if self.file and self.line_start else ""
        if self.source == "terraform":
            return self.address or " ".join(filter(None, (self.module, place)))
        return self.arn or self.name


@dataclass(frozen=True, slots=True)
class Document:
    """One file of results. ``gaps`` are sentences on parts that the tool could not look at, and on results left out."""

    tool: str
    results: tuple[Result, ...]
    gaps: tuple[str, ...] = ()
    file: str = field(default="", compare=False)
    version: str = ""
    """The release of the tool, as far as the file tells it."""


def part(value: Any, *names: str | int) -> Any:
    """The value at a path in a document; None where there is none."""
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
        PeerError: the value is not a list, or the list holds something else.

    """
    found = part(value, *names)
    if found is None:
        return
    where = ".".join(map(str, names)) or "the document"
    if not isinstance(found, list):
        raise PeerError(f"{where} is not a list")
    for entry in found:
        if not isinstance(entry, dict):
            raise PeerError(f"{where} has an entry that is not an object")
        yield entry
