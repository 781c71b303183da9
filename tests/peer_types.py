"""The types of Terraform that checks of other scanners read: ``python -m tests.peer_types checkov=FILE`` writes them.

FILE is what ``checkov --list`` prints: the id, whether it is about a resource or a data source, and the type. The other
tools print no types; those of their checks are in the survey by subject (``peer_checks.csv``). Where a subject has more
types than one of its checks, ``peer_types.csv`` has the row of that check, written by hand.
"""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from hipaa_guard.controls.control import PEERS
from tests.peer_ids import SURVEY
from tests.schema import REFERENCE

TYPES = REFERENCE / "peer_types.csv"
Check = tuple[str, str]
"""The name of the tool and the id of its check."""

_MOST = 40
"""A check of more types is one of tags or regions, which no control is the equivalent of."""

_LISTED = re.compile(r"\|\s*\d+\s*\|\s*(CKV2?_AWS_\d+)\s*\|\s*(resource|data)\s*\|\s*(aws_\w+)\s*\|")


def checkov(text: str) -> dict[Check, frozenset[str]]:
    """By check, the types of the list; data sources as ``data.aws_iam_policy_document``."""
    found: dict[Check, set[str]] = defaultdict(set)
    for id, block, type in _LISTED.findall(text):
        found["checkov", id].add(f"data.{type}" if block == "data" else type)
    return {check: frozenset(types) for check, types in found.items()}


def surveyed() -> dict[Check, frozenset[str]]:
    """By check, all types of the subjects that it belongs to."""
    found: dict[Check, set[str]] = defaultdict(set)
    for row in csv.DictReader(SURVEY.read_text(encoding="utf-8").splitlines()):
        for peer in PEERS:
            for id in filter(None, row[peer].split(";")):
                found[peer, id].update(filter(None, row["terraform_types"].split(";")))
    return {check: frozenset(types) for check, types in found.items()}


def written() -> dict[Check, frozenset[str]]:
    """The rows of ``peer_types.csv``."""
    rows = csv.DictReader(TYPES.read_text(encoding="utf-8").splitlines())
    return {(row["peer"], row["id"]): frozenset(row["types"].split(";")) for row in rows}


def types_of_checks() -> Mapping[Check, frozenset[str]]:
    """By check, the types that it reads, as far as that is known."""
    return surveyed() | written()


def table(rows: Mapping[Check, Iterable[str]]) -> str:
    """The text of ``peer_types.csv``."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["peer", "id", "types"])
    writer.writerows([peer, id, ";".join(sorted(types))] for (peer, id), types in sorted(rows.items()))
    return text.getvalue()


def main(arguments: list[str]) -> int:
    """Add the checks of a list that the survey has; they replace those of the same id."""
    known = surveyed()
    for argument in arguments:
        peer, _, file = argument.partition("=")
        if peer != "checkov" or not file:
            print("give checkov=FILE: no other tool lists types", file=sys.stderr)
            return 2
        found = checkov(Path(file).read_text(encoding="utf-8"))
        added = {check: types for check, types in found.items() if check in known and len(types) <= _MOST}
        TYPES.write_text(table(written() | added), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
