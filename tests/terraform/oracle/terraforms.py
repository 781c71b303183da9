"""What Terraform says to cases: which it refuses, what it plans, and what there is after it was applied."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.terraform.oracle.cases import Case, written

TERRAFORM = shutil.which("terraform")
SLOWEST = 600
"""Seconds that Terraform has for one step. Applying takes it for ever now and then; then nothing was applied."""

UNKNOWN = "\ue00funknown"
"""Stands, in a recorded value, where the plan says that it is known after apply."""

_FILE = re.compile(r"^(\w+?)(?:_\w+)?(?:\.tf$|/)")


@dataclass(slots=True)
class Answers:
    """Refused cases with the reason; the inputs of the instances of all others by address, as planned and as applied."""

    refused: dict[str, str] = field(default_factory=dict)
    planned: dict[str, dict[str, Any]] = field(default_factory=dict)
    applied: dict[str, dict[str, Any]] = field(default_factory=dict)


def ask(cases: list[Case], prelude: str, directory: Path, *, apply: bool) -> Answers:
    """Terraform's answers to all of these. What it refuses is taken out until it accepts the rest."""
    answers = Answers()
    open_cases = list(cases)
    while open_cases:
        root = written(open_cases, prelude, directory / f"round{len(answers.refused)}")
        refused = _refusals(_run(root, "init", "-input=false", "-json"), open_cases)
        refused = refused or _refusals(_run(root, "validate", "-json"), open_cases)
        refused = refused or _refusals(_run(root, "plan", "-input=false", "-out=plan", "-json"), open_cases)
        if not refused:
            plan = json.loads(_run(root, "show", "-json", "plan"), parse_float=Decimal)
            answers.planned = _by_case(_planned(plan), open_cases)
            if apply:
                _run(root, "apply", "-input=false", "-json", "plan")
                state = json.loads(_run(root, "show", "-json"), parse_float=Decimal)
                values = state.get("values", {}).get("root_module", {})
                answers.applied = _by_case(_applied(values), open_cases)
            break
        answers.refused |= refused
        open_cases = [case for case in open_cases if case.name not in answers.refused]
        shutil.rmtree(root)
    return answers


def _run(root: Path, *arguments: str) -> str:
    assert TERRAFORM is not None
    environment = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "HOME": str(root), "CHECKPOINT_DISABLE": "1"}
    try:
        return subprocess.run(
            [TERRAFORM, *arguments],
            cwd=root,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=SLOWEST,
        ).stdout
    except subprocess.TimeoutExpired:
        return "{}"


def _refusals(output: str, cases: list[Case]) -> dict[str, str]:
    """The cases that errors in Terraform's output are about, and the first error about each."""
    found: dict[str, str] = {}
    names = {case.name for case in cases}
    for error in _errors(output):
        text = f"{error['summary']}: {error.get('detail', '')}"
        file = _FILE.match(error.get("range", {}).get("filename", ""))
        mentioned = [file[1]] if file else re.findall(r"\b(c\d+)(?=\b|_)", text)
        about = [name for name in mentioned if name in names]
        if not about:
            raise RuntimeError(f"an error that belongs to no case: {error}")
        for name in about:
            found.setdefault(name, text)
    return found


def _errors(output: str) -> Iterator[dict[str, Any]]:
    try:
        whole = json.loads(output)
    except ValueError:
        whole = None
    if isinstance(whole, dict) and "diagnostics" in whole:
        yield from (one for one in whole["diagnostics"] if one["severity"] == "error")
        return
    for line in output.splitlines():
        message = json.loads(line) if line.startswith("{") else {}
        diagnostic = message.get("diagnostic")
        if diagnostic and diagnostic["severity"] == "error":
            yield diagnostic


def _planned(plan: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for change in plan.get("resource_changes", ()):
        after, unknown = change["change"]["after"], change["change"]["after_unknown"]
        yield change["address"], marked(after.get("input"), unknown.get("input", False))


def marked(value: Any, unknown: Any) -> Any:
    """A value of a plan with `UNKNOWN` where it is known only after apply."""
    if unknown is True:
        return UNKNOWN
    if isinstance(unknown, list):
        values = value if isinstance(value, list) else []
        size = max(len(values), len(unknown))
        pairs = zip(
            [*values, *[None] * (size - len(values))], [*unknown, *[False] * (size - len(unknown))], strict=True
        )
        return [marked(one, its) for one, its in pairs]
    if isinstance(unknown, dict) and unknown:
        entries = value if isinstance(value, dict) else {}
        return {key: marked(entries.get(key), unknown.get(key, False)) for key in sorted({*entries, *unknown})}
    return value


def _applied(module: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for resource in module.get("resources", ()):
        yield resource["address"], resource["values"].get("input")
    for child in module.get("child_modules", ()):
        yield from _applied(child)


def _by_case(values: Iterator[tuple[str, Any]], cases: list[Case]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {case.name: {} for case in cases}
    for address, value in values:
        name = re.split(r"[.\[]", address)[1].partition("_")[0]
        if name in found:
            found[name][address] = value
    return found
