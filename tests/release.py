"""Check that what was built is the release that the changelog tells of: ``python -m tests.release dist SBOM [TAG]``."""

from __future__ import annotations

import json
import re
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from email.parser import Parser
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from hipaa_guard.version import VERSION
from tests.pipelines.locks import pins

ROOT = Path(__file__).parents[1]
NAME = "hipaa_guard_cloud"
ALWAYS = (
    "hipaa_guard/cli/main.py",
    "hipaa_guard/policies/law/security_rule.yaml",
    "hipaa_guard/controls/catalogue.json",
)
"""Files that each need another line of pyproject.toml to be packed."""


def faults(built: Path, bill: Path, changelog: str, tag: str = f"v{VERSION}") -> Iterator[str]:
    """What is wrong with the files in a directory and with the bill of materials, one sentence each."""
    if tag != f"v{VERSION}":
        yield f"the tag {tag} is not of version {VERSION}"
    dated = re.findall(r"(?m)^## \[(\S+)\] - \d{4}-\d\d-\d\d$", changelog)
    if dated[:1] != [VERSION]:
        yield f"the newest release of CHANGELOG.md is {dated[0] if dated else 'none'}, not {VERSION}"
    names = sorted(path.name for path in built.iterdir() if path.suffix in (".whl", ".gz"))
    expected = [f"{NAME}-{VERSION}-py3-none-any.whl", f"{NAME}-{VERSION}.tar.gz"]
    if names != expected:
        yield f"there is {', '.join(names) or 'nothing'} instead of {' and '.join(expected)}"
        return
    wheel = zipfile.ZipFile(built / expected[0])
    packed = set(wheel.namelist())
    told = Parser().parsestr(wheel.read(f"{NAME}-{VERSION}.dist-info/METADATA").decode())
    if told["Version"] != VERSION:
        yield f"the wheel says that it is version {told['Version']}"
    yield from (f"the wheel lacks {name}" for name in ALWAYS if name not in packed)
    with tarfile.open(built / expected[1]) as source:
        held = {name.partition("/")[2] for name in source.getnames()}
    yield from (f"the source distribution lacks {name}" for name in ("LICENSE", "pyproject.toml") if name not in held)

    yield from _faults_of_bill(json.loads(bill.read_text(encoding="utf-8")))


def _faults_of_bill(bill: dict[str, Any]) -> Iterator[str]:
    listed = {str(canonicalize_name(each["name"])): each.get("version") for each in bill.get("components", [])}
    ours = str(canonicalize_name(NAME))
    if listed.get(ours) != VERSION:
        yield f"the bill of materials does not list hipaa-guard-cloud {VERSION}"
    held = {str(name): {str(pin.version) for pin in several} for name, several in pins("runtime.txt").items()}
    held[ours] = {VERSION}
    wrong = sorted(name for name, version in listed.items() if version not in held.get(name, ()))
    if wrong:
        yield f"the bill of materials lists what requirements/runtime.txt does not hold: {', '.join(wrong) or 'nothing'}"


def main(built: str, bill: str, *tag: str) -> int:
    """Print each fault; the exit code is 1 if there is one."""
    found = list(faults(Path(built), Path(bill), (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), *tag))
    print("\n".join(found) or f"{VERSION}: wheel, source distribution and changelog agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
