"""Contradictions whose reason is known: what moto does otherwise (`known_moto.tsv`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tests.terraform.real.running import MADE
from tests.terraform.real.sources import LIVE, Difference

LIST = Path(__file__).with_name("known_moto.tsv")


@dataclass(frozen=True, slots=True)
class Deviation:
    """Verdicts of one control of which state or account say something else, for a known reason."""

    control: str
    source: str
    """``state`` where the state or the account says it, ``live`` where only a scan of the account does."""
    says: str
    """Words of what it says then."""
    reason: str

    def __str__(self) -> str:
        return f"{LIST.name}: {self.control} ({self.source})"


@dataclass(slots=True)
class Known:
    """The list, and which lines have explained something."""

    lines: tuple[Deviation, ...]
    used: set[Deviation] = field(default_factory=set)

    def explains(self, difference: Difference) -> bool:
        """Whether the list has the reason."""
        for one in self.lines:
            if one.control == difference.key[0] and _says(one, difference):
                self.used.add(one)
                return True
        return False

    def unused(self) -> list[Deviation]:
        """The lines that have explained nothing."""
        return [one for one in self.lines if one not in self.used]


def _says(one: Deviation, difference: Difference) -> bool:
    said = list(zip(difference.sources, difference.messages, strict=True))
    sources = MADE if one.source == "state" else (LIVE,)
    return any(name in sources and one.says in text for name, text in said)


def known() -> Known:
    """The list as it is kept."""
    lines = LIST.read_text(encoding="utf-8").splitlines() if LIST.exists() else []
    return Known(tuple(Deviation(*line.split("\t")) for line in lines if line and not line.startswith("#")))
