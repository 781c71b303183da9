"""What Terraform refuses of our own texts, and why they stay as they are: `refused.tsv`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.terraform.real.snippets import Snippet

LIST = Path(__file__).with_name("refused.tsv")


@dataclass(frozen=True, slots=True)
class Refused:
    """One line of the list: a snippet by what it is told in, words of Terraform's reason, and why it is kept."""

    told_in: str
    reason: str
    kept_because: str


def listed() -> list[Refused]:
    """All lines."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return [Refused(*line.split("\t")) for line in lines if line and not line.startswith("#")]


def unexplained(found: Mapping[str, list[str]], snippets: Iterable[Snippet]) -> list[str]:
    """What Terraform refuses and the list lacks, and what the list has and Terraform takes, in words.

    ``found`` are Terraform's reasons by the name of the snippet.
    """
    told_in = {one.name: one.told_in for one in snippets}
    left = {one.told_in: one for one in listed()}
    problems = []
    for name, reasons in found.items():
        one = left.pop(told_in[name], None)
        if one is None or not any(one.reason in reason for reason in reasons):
            problems.append(f"Terraform refuses {told_in[name]}: {reasons[0]}")
    problems += [f"{LIST.name} lists {name}, which Terraform takes or which is gone" for name in left]
    return problems
