"""Cases with Terraform's answers, kept so that they can be judged where there is no Terraform."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.terraform.oracle.cases import Case
from tests.terraform.oracle.comparison import Ours, Outcome, compared, refused
from tests.terraform.oracle.terraforms import Answers

RECORDED = Path(__file__).with_name("recorded.jsonl.gz")
_NUMBER = "\ue00enumber "


@dataclass(frozen=True, slots=True)
class Judged:
    """A case, Terraform's answers to it, and how ours relate to them."""

    case: Case
    planned: dict[str, Any]
    applied: dict[str, Any]
    why: str
    """Terraform's reason to refuse the case; empty where it does not."""
    outcome: Outcome
    shown: str = ""


def judged(cases: list[Case], answers: Answers, mine: Ours) -> Iterator[Judged]:
    """What is to be said of each case."""
    for case in cases:
        name = case.name
        planned, applied = answers.planned.get(name, {}), answers.applied.get(name, {})
        why = answers.refused.get(name, "")
        outcome, shown = refused(mine[name], why) if why else compared(mine[name], planned, applied)
        yield Judged(case, planned, applied, why, outcome, shown)


def write(found: list[Judged]) -> None:
    """Record these."""
    lines = (
        {
            "name": one.case.name,
            "category": one.case.category,
            "files": one.case.files,
            "planned": one.planned,
            "applied": one.applied,
            "why": one.why[:250],
            "outcome": one.outcome.name,
        }
        for one in found
    )
    text = "".join(f"{json.dumps(line, ensure_ascii=False, default=lambda one: f'{_NUMBER}{one}')}\n" for line in lines)
    RECORDED.write_bytes(gzip.compress(text.encode(), mtime=0))


def read() -> list[Judged]:
    """What was recorded."""
    found = []
    for text in gzip.decompress(RECORDED.read_bytes()).decode().splitlines():
        line = json.loads(text)
        case = Case(line["name"], line["category"], line["files"])
        planned, applied = _numbered(line["planned"]), _numbered(line["applied"])
        found.append(Judged(case, planned, applied, line["why"], Outcome[line["outcome"]]))
    return found


def _numbered(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_NUMBER):
        return Decimal(value.removeprefix(_NUMBER))
    if isinstance(value, list):
        return [_numbered(part) for part in value]
    return {key: _numbered(part) for key, part in value.items()} if isinstance(value, dict) else value
