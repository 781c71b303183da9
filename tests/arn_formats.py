"""Writes the table of ARN formats beside `hipaa_guard.services.iam_grants.arns`.

AWS publishes its service authorization reference as JSON, a file for each service: ``Name`` is the prefix of its actions,
``Resources[].ARNFormats[]`` are the ARNs of its types (service authorization reference, "Simplified AWS service
information for programmatic access"). With those files in a directory: ``python -m tests.arn_formats DIRECTORY``.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from hipaa_guard.services.iam_grants.arns import TABLE

_NAME = re.compile(r"\$\{[^}]*\}")
_UNTYPED = {"sqs": ("*",)}
"""Formats that the reference leaves out."""


def line(service: dict[str, Any]) -> str | None:
    """The line of a service; None where none of its types has a name.

    ARNs of other services count only where a service has none of its own: EventBridge names keys of KMS, and owns none.
    """
    prefix = service["Name"]
    arns = (arn for resource in service.get("Resources", ()) for arn in resource.get("ARNFormats", ()))
    found = {*_UNTYPED.get(prefix, ()), *_formats(prefix, arns)}
    own = {each for each in found if ">" not in each} or found
    return f"{prefix} {' '.join(sorted(own))}" if own else None


def _formats(prefix: str, arns: Iterable[str]) -> Iterator[str]:
    for arn in arns:
        parts = _NAME.sub("*", arn.strip()).split(":", 5)
        if len(parts) < 6 or "*" in parts[2] or "*" not in parts[5] or " " in arn.strip():
            continue
        _, _, owner, region, account, name = parts
        yield f"{'' if owner == prefix else f'{owner}>'}{'' if region or account else '::'}{name}"


def main(directory: str) -> None:
    """Write the table from the files of a directory."""
    services = [json.loads(path.read_text(encoding="utf-8")) for path in Path(directory).glob("*.json")]
    lines = sorted(each for each in map(line, services) if each is not None)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"wrote {len(lines)} services to {TABLE}")


if __name__ == "__main__":
    main(sys.argv[1])
