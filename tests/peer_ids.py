"""The ids of other scanners' checks: ``python -m tests.peer_ids checkov=FILE prowler=FILE ...`` adds to those that are known.

FILE is what a tool lists of itself; ``-`` is the standard input. Ids alone are taken, none of the sentences beside them.

  checkov     checkov --list
  prowler     prowler aws --list-checks-json, or --list-checks
  powerpipe   powerpipe control list --output json, in a mod such as steampipe-mod-aws-compliance
  aws_config  aws configservice describe-config-rules, or a conformance pack: its SourceIdentifier
  cdk_nag     RULES.md of cdk-nag, or a report
  trivy       any text with AVD-AWS-0001 in it, such as the list of its checks

An id that a tool no longer lists stays: older releases have it. Without arguments only those of ``peer_checks.csv`` are
added, which holds the survey of checks by subject.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.schema import REFERENCE

IDS = REFERENCE / "peer_ids.csv"
SURVEY = REFERENCE / "peer_checks.csv"


def checkov(text: str) -> set[str]:
    """``CKV_AWS_1`` and ``CKV2_AWS_1``, of the AWS checks."""
    return set(re.findall(r"\bCKV2?_AWS_\d+\b", text))


def prowler(text: str) -> set[str]:
    """The ids of a JSON object ``{"aws": [...]}``, or of lines that begin with ``[id]``."""
    if text.lstrip().startswith("{"):
        return set(map(str, json.loads(text).get("aws", ())))
    return set(re.findall(r"^\s*\[([a-z0-9]+(?:_[a-z0-9]+)+)\]", text, re.MULTILINE))


def powerpipe(text: str) -> set[str]:
    """The last part of ``aws_compliance.control.iam_root_user_no_access_keys``, wherever it stands in a document."""
    return {text.rpartition(".")[2] for text in _texts(json.loads(text)) if re.fullmatch(r"\w+\.control\.\w+", text)}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)


def aws_config(text: str) -> set[str]:
    """The names of managed rules (``s3-bucket-versioning-enabled``), from their identifiers in JSON or YAML."""
    found = re.findall(r'"?SourceIdentifier"?\s*:\s*"?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)\b', text)
    return {each.lower().replace("_", "-") for each in found}


def cdk_nag(text: str) -> set[str]:
    """The rules of its pack for HIPAA."""
    return set(re.findall(r"\bHIPAA\.Security-\w+", text))


def trivy(text: str) -> set[str]:
    """``AVD-AWS-0001``."""
    return set(re.findall(r"\bAVD-AWS-\d{4}\b", text))


READERS: Mapping[str, Callable[[str], set[str]]] = {
    each.__name__: each for each in (aws_config, cdk_nag, checkov, powerpipe, prowler, trivy)
}


def known() -> dict[str, set[str]]:
    """The ids of each peer that are known."""
    found: dict[str, set[str]] = defaultdict(set)
    with IDS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["peer"]].add(row["id"])
    return found


def surveyed() -> dict[str, set[str]]:
    """Those of the survey."""
    found: dict[str, set[str]] = defaultdict(set)
    with SURVEY.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for peer in READERS:
                found[peer].update(filter(None, row[peer].split(";")))
    return found


def table(*sources: Mapping[str, set[str]]) -> str:
    """The file with the ids of all these."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["peer", "id"])
    writer.writerows(sorted({(peer, id) for source in sources for peer, ids in source.items() for id in ids}))
    return out.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Add the ids of the files given."""
    given: dict[str, set[str]] = {}
    for argument in sys.argv[1:] if arguments is None else arguments:
        peer, _, file = argument.partition("=")
        if peer not in READERS or not file:
            print(f"{argument}: write PEER=FILE, where PEER is {', '.join(READERS)}", file=sys.stderr)
            return 2
        try:
            text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
            given[peer] = READERS[peer](text)
        except (OSError, ValueError) as error:
            print(f"{peer}: {file} cannot be read: {error}", file=sys.stderr)
            return 2
        if not given[peer]:
            print(
                f"{peer}: {file} has no id of {peer} in it: give what the tool lists, see the top of tests/peer_ids.py",
                file=sys.stderr,
            )
            return 2
    before = known() if IDS.exists() else {}
    text = table(before, surveyed(), given)
    IDS.write_text(text, encoding="utf-8")
    for peer, ids in given.items():
        print(f"{peer}: {len(ids)} ids, {len(ids - before.get(peer, set()))} of them new")
    return 0


if __name__ == "__main__":
    sys.exit(main())
