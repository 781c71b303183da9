"""docs/comparison.md repeats figures: those of docs/performance.md, and those that follow from the controls."""

from __future__ import annotations

import re
from pathlib import Path

from hipaa_guard.controls.loading import load

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "comparison.md").read_text(encoding="utf-8")
PERFORMANCE = (DOCS / "performance.md").read_text(encoding="utf-8")
NAMES = {
    "Checkov": "checkov",
    "Trivy": "trivy",
    "Prowler": "prowler",
    "AWS Config": "aws_config",
    "Powerpipe": "powerpipe",
    "cdk-nag": "cdk_nag",
}


def rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_equivalents_are_those_of_the_controls() -> None:
    controls = load()
    counted = {
        name: len({check for control in controls for check in control.peers.get(peer, ())})
        for name, peer in NAMES.items()
    }
    assert {name: int(number) for name, number in rows("Equivalents")} == counted


def test_times_of_terraform_are_those_of_performance() -> None:
    for corpus, *seconds in rows("Measured: Terraform"):
        for scanner, cell in zip(("hipaa-guard", "Checkov 3.3.30", "Trivy 0.59.1"), seconds, strict=True):
            row = f"| {corpus.replace(',', '', 1)} | {scanner} | {cell.split(',')[0]} / "
            assert row in PERFORMANCE, row


def test_calls_and_times_of_accounts_are_those_of_performance() -> None:
    account = scanners = ""
    for name, measure, ours, theirs in rows("Measured: live accounts"):
        account = "600 resources, 2 regions" if name == "what both judge" else name or account
        scanners = name or scanners
        both = ", what both judge" if scanners == "what both judge" else ""
        for scanner, cell in ((f"hipaa-guard{both}", ours), (f"Prowler 5.46.0{both or ', HIPAA'}", theirs)):
            (row,) = [line for line in PERFORMANCE.splitlines() if line.startswith(f"| {account} | {scanner} | ")]
            cells = [each.strip() for each in row.strip("|").split("|")]
            shown = {"calls": cells[2], "seconds": cells[4].split(" / ")[0], "peak MiB": cells[6]}
            assert shown[measure] == cell, row


def test_each_statement_on_another_tool_says_how_it_is_known() -> None:
    for feature, _, *others in rows("Features"):
        for cell in others:
            assert re.search(r"\((m|t|d)\)$|^\?$|^not applicable$|^no$", cell), (feature, cell)
