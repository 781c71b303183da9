"""What the files in requirements/ hold."""

from __future__ import annotations

import re
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.pipelines.tools import ROOT

LOCKS = sorted(path.name for path in (ROOT / "requirements").glob("*.txt"))


class Pin(NamedTuple):
    """A release that is held."""

    requirement: Requirement
    hashes: frozenset[str]

    @property
    def version(self) -> Version:
        """The only version that is taken."""
        (only,) = self.requirement.specifier
        assert only.operator == "==", self.requirement
        return Version(only.version)

    def applies(self, **where: str) -> bool:
        """Whether it is installed here, or where the environment differs from here as said."""
        marker = self.requirement.marker
        return marker is None or marker.evaluate({"extra": "", **where})


def pins(lock: str) -> dict[str, list[Pin]]:
    """The releases that a lock holds, by name; several of one name are for different environments."""
    found: dict[str, list[Pin]] = {}
    for line in requirement_lines(lock):
        text, *hashes = re.split(r"\s+--hash=", line)
        requirement = Requirement(text)
        found.setdefault(canonicalize_name(requirement.name), []).append(Pin(requirement, frozenset(hashes)))
    return found


def requirement_lines(name: str) -> list[str]:
    """The lines of a file in requirements/ that pip reads, each with what continues it."""
    text = (ROOT / "requirements" / name).read_text().replace("\\\n", " ")
    return [line.strip() for line in re.sub(r"(?m)(^|\s)#.*$", "", text).splitlines() if line.strip()]
