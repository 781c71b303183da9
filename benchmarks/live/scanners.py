"""The scanners of live accounts that are compared: how each is called, and what its JSON says that it saw."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.tools import Missing, Seen, Tool, environment, our_view, version

PROWLER = "prowler==5.46.0"
FRAMEWORK = "hipaa_aws"
"""Prowler's own selection of checks for HIPAA."""


@dataclass(frozen=True)
class Shared:
    """What both judge: our controls, and Prowler's checks that they name as their peers."""

    controls: tuple[str, ...]
    checks: tuple[str, ...]


def ours(regions: Sequence[str], controls: Sequence[str] = (), label: str = "hipaa-guard") -> Tool:
    """The code of this repository, in the interpreter that runs the benchmark; all controls unless some are named."""
    only = [word for control in controls for word in ("-c", control)]

    def command(report: Path) -> list[str]:
        scan = [sys.executable, "-m", "hipaa_guard", "scan", "aws", "--regions", ",".join(regions)]
        return [*scan, "-q", "-o", f"json={report}", *only]

    return Tool(label, command, frozenset((0, 1, 3)), our_view)


def prowler(program: Path, regions: Sequence[str], checks: Sequence[str] = (), label: str = "Prowler") -> Tool:
    """Prowler's HIPAA framework, or the checks that are named. It writes one report, as we do."""
    what = ["--checks", *checks] if checks else ["--compliance", FRAMEWORK]

    def command(report: Path) -> list[str]:
        place = ["--output-directory", str(report.parent), "--output-filename", report.name.partition(".")[0]]
        quiet = ["--no-banner", "--no-color", "--output-formats", "json-ocsf", *place]
        return [str(program), "aws", "--region", *regions, *quiet, *what]

    return Tool(label, command, frozenset((0, 3)), prowlers_view)


def installed_prowler(peers: Path) -> tuple[Path, str]:
    """Prowler in a virtual environment of its own, and its version.

    Raises:
        Missing: it cannot be installed, or does not run.

    """
    program = environment(peers / "prowler", PROWLER, ()) / "bin" / "prowler"
    said = version([str(program), "--version"]).split()
    return program, next((word for word in said if word[:1].isdigit()), PROWLER.partition("==")[2])


def shared(program: Path) -> Shared:
    """What our controls and Prowler's HIPAA framework have in common, by the peers that our controls name.

    Raises:
        Missing: Prowler does not tell its checks.

    """
    from hipaa_guard.controls.loading import load

    listed = [str(program), "aws", "--compliance", FRAMEWORK, "--list-checks-json"]
    said = subprocess.run(listed, capture_output=True, text=True, check=False).stdout
    try:
        checks = set(json.loads(said[said.index("{") :])["aws"])
    except (ValueError, KeyError) as error:
        raise Missing(f"it does not tell the checks of {FRAMEWORK}") from error
    peers = {control.id: checks.intersection(control.peers.get("prowler", ())) for control in load(())}
    both = {control: common for control, common in peers.items() if common}
    return Shared(tuple(sorted(both)), tuple(sorted(set().union(*both.values()))))


def prowlers_view(report: Sequence[Mapping[str, Any]]) -> Seen:
    """Prowler's OCSF report is a list of findings, each of one resource."""
    failing = sum(finding["status_code"] == "FAIL" for finding in report)
    return Seen(failing, len({part["uid"] for finding in report for part in finding["resources"]}))
